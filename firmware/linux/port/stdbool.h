/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* stdbool.h - what core/ wants of C's header, from the kernel's own types. */
#ifndef IWC_LINUX_STDBOOL_H
#define IWC_LINUX_STDBOOL_H

#include <linux/types.h>

#endif
