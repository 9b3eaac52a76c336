/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stddef.h - what core/ wants of C's header, from the kernel's own types. */
#ifndef IWC_LINUX_STDDEF_H
#define IWC_LINUX_STDDEF_H

#include <linux/stddef.h>
#include <linux/types.h>

#endif
