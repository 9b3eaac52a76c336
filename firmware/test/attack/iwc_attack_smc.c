// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Attacks by calls of the monitor. A call that does not exist must say so, as wide as it is, with
 * no other result; registers 4 to 17 come back as they were whatever was called.
 */
#include <linux/irqflags.h>
#include <linux/kernel.h>

#include "iwc_attack.h"

#define PSCI_VERSION 0x84000000u
#define PSCI_CPU_ON 0xc4000003u
#define PSCI_INVALID_ADDRESS (-9)
#define FLOOD 2000
#define FUZZ 1000

void attack_smc(u64 *x)
{
	register u64 *at asm("x19") = x;

	asm volatile("ldp x0, x1, [x19]\n\t"
		     "ldp x2, x3, [x19, #16]\n\t"
		     "ldp x4, x5, [x19, #32]\n\t"
		     "ldp x6, x7, [x19, #48]\n\t"
		     "ldp x8, x9, [x19, #64]\n\t"
		     "ldp x10, x11, [x19, #80]\n\t"
		     "ldp x12, x13, [x19, #96]\n\t"
		     "ldp x14, x15, [x19, #112]\n\t"
		     "ldp x16, x17, [x19, #128]\n\t"
		     "smc #0\n\t"
		     "stp x0, x1, [x19]\n\t"
		     "stp x2, x3, [x19, #16]\n\t"
		     "stp x4, x5, [x19, #32]\n\t"
		     "stp x6, x7, [x19, #48]\n\t"
		     "stp x8, x9, [x19, #64]\n\t"
		     "stp x10, x11, [x19, #80]\n\t"
		     "stp x12, x13, [x19, #96]\n\t"
		     "stp x14, x15, [x19, #112]\n\t"
		     "stp x16, x17, [x19, #128]"
		     : "+r"(at)
		     :
		     : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
		       "x12", "x13", "x14", "x15", "x16", "x17", "cc", "memory");
}

u32 attack_epoch(void)
{
	u64 x[18] = {IWC_SMC_EPOCH};

	attack_smc(x);
	return x[0] == IWC_SMC_OK ? x[1] : 0;
}

/* ---- floods, with interrupts off as long as Linux bears it ---- */

static void ring_piece(u64 *state)
{
	unsigned long flags;
	int i;

	local_irq_save(flags);
	for (i = 0; i < FLOOD; i++) {
		u64 x[18] = {IWC_SMC_RING};

		attack_smc(x);
	}
	local_irq_restore(flags);
}

int attack_ring(void)
{
	return attack_everywhere(ring_piece);
}

static const u32 harmless[] = {
    0x80000000,
    0x80000001,
    IWC_SMC_VERSION,
    IWC_SMC_EPOCH,
    IWC_SMC_REGION,
    IWC_SMC_UID,
    IWC_SMC_REVISION,
    PSCI_VERSION,
    0x84000006 /* MIGRATE_INFO_TYPE */,
    0xc4000004 /* AFFINITY_INFO */,
    0x8400000a /* FEATURES */,
    0x12345678,
    0xffffffff,
};

static void call_piece(u64 *state)
{
	unsigned long flags;
	int i;

	local_irq_save(flags);
	for (i = 0; i < FLOOD; i++) {
		u64 x[18] = {harmless[attack_random(state) % ARRAY_SIZE(harmless)],
			     attack_random(state)};

		attack_smc(x);
	}
	local_irq_restore(flags);
}

int attack_calls(void)
{
	return attack_everywhere(call_piece);
}

/* ---- calls that nobody should make ---- */

static atomic64_t tried, wrong, leaked, changed;

/* Calls that NS may make: their results are their own. */
static bool known(u32 id)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(harmless) - 2; i++)
		if (id == harmless[i])
			return true;
	return id == IWC_SMC_RING || (id & 0x3f000000) == 0x04000000; /* PSCI */
}

/* Registers that hold results beside x0. */
static int results(u32 id)
{
	switch (id) {
	case IWC_SMC_EPOCH:
	case IWC_SMC_REVISION:
		return 1;
	case IWC_SMC_REGION:
	case IWC_SMC_UID:
		return 3;
	default:
		return 0;
	}
}

/* Of those, what would end this test: CPUs go to sleep or off, the machine goes off. */
static bool ends_linux(u32 id)
{
	u32 n = id & 0xffff;

	return (id & 0xbf000000) == 0x84000000 &&
	       (n == 1 || n == 2 || n == 8 || n == 9 || n == 0xc || n == 0xe || n == 0x12);
}

static u64 argument(u64 *state)
{
	static const u64 of_interest[] = {
	    0,		1,	    2,		0x80000000, 0xffffffff, 0x100000000, 0x0e000000,
	    0x0e100000, 0x7fe00000, 0x7ff00000, 0x40000000, 0x84000003, 0xc4000003,  ~0ull,
	};
	u64 r = attack_random(state);

	return r & 1 ? of_interest[(r >> 1) % ARRAY_SIZE(of_interest)] : attack_random(state);
}

static u32 identifier(u64 *state)
{
	static const u32 base[] = {
	    0x80000000, 0x84000000, 0xb2000000, 0xb2000010, 0xbf00ff00, 0x32000000, 0x82000000,
	};
	u64 r = attack_random(state);
	u32 id = base[(r >> 8) % ARRAY_SIZE(base)] + (r >> 16) % 24;

	switch (r % 8) {
	case 0:
		return attack_random(state);
	case 1:
		return id | 1u << 16; /* the hint about SVE of SMCCC 1.3 */
	case 2:
		return id | 1u << (17 + (r >> 40) % 7); /* bits that must be zero */
	case 3:
	case 4:
		return id ^ 1u << 30; /* the other width */
	case 5:
		return id & ~(1u << 31); /* a yielding call */
	default:
		return id;
	}
}

static void fuzz_one(u64 *state)
{
	u64 x[18], sent[18];
	u32 id = identifier(state);
	int i;

	if (ends_linux(id))
		return;
	x[0] = (attack_random(state) << 32 & (0 - (attack_random(state) & 1))) | id;
	for (i = 1; i < 18; i++)
		x[i] = argument(state);
	memcpy(sent, x, sizeof(sent));
	attack_smc(x);
	atomic64_inc(&tried);
	if (memcmp(&x[4], &sent[4], sizeof(x) - 4 * sizeof(x[0])))
		atomic64_inc(&changed);
	for (i = 1 + results(id); i < 4; i++)
		if (x[i])
			atomic64_inc(&leaked);
	if (!known(id) && x[0] != (id & 1u << 30 ? ~0ull : 0xffffffffull))
		atomic64_inc(&wrong);
}

static void fuzz_piece(u64 *state)
{
	int i;

	for (i = 0; i < FUZZ; i++)
		fuzz_one(state);
}

int attack_fuzz(void)
{
	int ret = attack_everywhere(fuzz_piece);

	attack_tell("calls", atomic64_read(&tried));
	attack_judge("some thousand calls", atomic64_read(&tried) >= FUZZ);
	attack_judge("unknown calls say unknown", !atomic64_read(&wrong));
	attack_judge("and nothing else", !atomic64_read(&leaked));
	attack_judge("registers 4 to 17 stay", !atomic64_read(&changed));
	return ret;
}

int attack_identity(void)
{
	static const u32 of_s[] = {IWC_SMC_IDLE, IWC_SMC_ALIVE, IWC_SMC_DIE};
	bool unknown = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(of_s); i++) {
		u64 x[18] = {of_s[i], 1};

		attack_smc(x);
		unknown = unknown && x[0] == 0xffffffff && !x[1];
	}
	attack_judge("calls of S do not exist for NS", unknown);
	return 0;
}

/* Would the monitor start a processor in memory that is not NS's? */
int attack_entry(void)
{
	static const u64 entry[] = {0, 0x0e000000, 0x0e100000, 0x09040000, ~0ull << 32};
	bool refused = true;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(entry); i++) {
		u64 x[18] = {PSCI_CPU_ON, 0, entry[i], 0};

		attack_smc(x);
		refused = refused && (s32)x[0] == PSCI_INVALID_ADDRESS;
	}
	attack_judge("no processor starts outside of NS's memory", refused);
	return 0;
}
