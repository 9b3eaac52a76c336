/* SPDX-License-Identifier: BSD-2-Clause */
/* plat.h of host tests: Juno's TZC-400. */
#ifndef PLAT_H
#define PLAT_H

#define IWC_PLAT_TZC 0x2a4a0000u
#define IWC_PLAT_TZC_NS_IDS 0xffffffffu

#endif
