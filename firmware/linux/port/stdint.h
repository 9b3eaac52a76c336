/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stdint.h - what core/ wants of C's header, from the kernel's own types. */
#ifndef IWC_LINUX_STDINT_H
#define IWC_LINUX_STDINT_H

#include <linux/limits.h>
#include <linux/types.h>

#ifndef UINT64_C
#define UINT64_C(c) c##ULL
#endif
#ifndef INT32_MAX
#define INT32_MAX S32_MAX
#endif
#ifndef UINT32_MAX
#define UINT32_MAX U32_MAX
#endif
#ifndef UINT64_MAX
#define UINT64_MAX U64_MAX
#endif

#endif
