/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iwc_smc.h - what either world may ask the monitor: SMCCC 1.2 fast calls, owner 50 (a Trusted OS;
 * Arm DEN0028, table of owning entities). Included by C of every world and by assembly.
 *
 * Arguments and results are in x0..x3 as said; x4..x17 come back as they were (SMCCC 1.1). x0 of a
 * result is one of the codes below; registers that a call does not define as results are 0.
 * A call that a world may not make is answered like one that does not exist.
 */
#ifndef IWC_SMC_H
#define IWC_SMC_H

#define IWC_SMC_OWNER 50

/* Both worlds. */
#define IWC_SMC_VERSION 0xb2000000 /* x0 = major << 16 | minor */
#define IWC_SMC_RING 0xb2000001	   /* ring the other world's doorbell; a full bucket defers it */
#define IWC_SMC_EPOCH 0xb2000002   /* begin an incarnation: x1 = epoch, never used before, not 0 */

/* Non-secure world. */
/* x1 = base of the NS section, x2 = of the S section, x3 = bytes of each. */
#define IWC_SMC_REGION 0xf2000003

/* Secure world. */
/* Nothing to do: NS runs until a secure interrupt; the call returns then. */
#define IWC_SMC_IDLE 0xb2000010
#define IWC_SMC_ALIVE 0xb2000011 /* restarts the watchdog's period */
#define IWC_SMC_DIE 0xb2000012	 /* x1 = reason, for the log: end this life, begin a new one */

/* Trusted OS general queries (Arm DEN0028, 6.2). */
#define IWC_SMC_UID 0xbf00ff01
#define IWC_SMC_REVISION 0xbf00ff03

#define IWC_SMC_VERSION_NUMBER 0x00010000

#define IWC_SMC_OK 0
#define IWC_SMC_UNKNOWN (-1) /* SMCCC: as wide as the call */

#endif
