/* SPDX-License-Identifier: BSD-2-Clause */
/* lwIP as the simulator's worlds have it, on the machine: what differs, and why. */
#ifndef SPOS_LWIPOPTS_H
#define SPOS_LWIPOPTS_H

#include "../../../sim/lwip/lwipopts.h"

/* Guard bytes round every element are for the simulator's faults; they cost time on each frame. */
#undef MEMP_OVERFLOW_CHECK
#define MEMP_OVERFLOW_CHECK 0

/* Sums 32 bits at a time. */
#define LWIP_CHKSUM_ALGORITHM 3

#endif
