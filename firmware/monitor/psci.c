/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * psci.c - PSCI 1.1 for NS (Arm DEN0022). S goes on whatever is turned off here: a processor
 * without NS waits in the monitor's scheduler, and S runs from there.
 */
#include "monitor.h"
#include "cpu.h"
#include "iwc_plat.h"

#define SUCCESS 0u
#define NOT_SUPPORTED UINT32_MAX /* -1 */
#define INVALID_PARAMETERS (UINT32_MAX - 1u)
#define ALREADY_ON (UINT32_MAX - 3u)
#define ON_PENDING (UINT32_MAX - 4u)
#define INVALID_ADDRESS (UINT32_MAX - 8u)

#define PSCI_BASE 0x84000000u
#define SMCCC_VERSION 0x80000000u
#define NO_MIGRATION 2u
#define RESET2_VENDOR (1u << 31)

static struct context *version(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	return result(c, 0x10001);
}

/* Standby only: wait here for what would interrupt NS, or S. */
static struct context *cpu_suspend(struct context *c, uint64_t state, uint64_t a2, uint64_t a3)
{
	(void)a2;
	(void)a3;
	if (state != 0u)
		return result(c, INVALID_PARAMETERS);
	wfi();
	return result(c, SUCCESS);
}

static struct context *cpu_off(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	return ns_off(c->cpu);
}

static bool is_entry(uint64_t address)
{
	return address % 4u == 0u && address >= IWC_PLAT_DRAM_BASE &&
	       address - IWC_PLAT_DRAM_BASE < IWC_PLAT_DRAM_BYTES;
}

static struct context *cpu_on(struct context *c, uint64_t target, uint64_t entry, uint64_t argument)
{
	unsigned state = NS_OFF;
	struct cpu *cpu;

	if (!ns_owns(target) || !__atomic_load_n(&cpus[target].present, __ATOMIC_ACQUIRE))
		return result(c, INVALID_PARAMETERS);
	if (!is_entry(entry))
		return result(c, INVALID_ADDRESS);
	cpu = &cpus[target];
	if (!__atomic_compare_exchange_n(&cpu->ns_state, &state, NS_CLAIMED, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return result(c, state == NS_ON ? ALREADY_ON : ON_PENDING);
	cpu->ns_entry = entry;
	cpu->ns_argument = argument;
	__atomic_store_n(&cpu->ns_state, NS_PENDING, __ATOMIC_RELEASE);
	dsb_sy();
	gic_kick(cpu->index);
	return result(c, SUCCESS);
}

static struct context *affinity_info(struct context *c, uint64_t target, uint64_t level,
				     uint64_t a3)
{
	unsigned state;

	(void)a3;
	if (level != 0u || !ns_owns(target) ||
	    !__atomic_load_n(&cpus[target].present, __ATOMIC_ACQUIRE))
		return result(c, INVALID_PARAMETERS);
	state = __atomic_load_n(&cpus[target].ns_state, __ATOMIC_ACQUIRE);
	return result(c, state == NS_ON ? 0u : state == NS_OFF ? 1u : 2u);
}

static struct context *migrate_info_type(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	return result(c, NO_MIGRATION);
}

static struct context *system_off(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	plat_system_off();
	return ns_off(c->cpu);
}

/* Linux restarts; S does not notice but by its session. */
static struct context *system_reset(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	ns_restart();
	return schedule(c->cpu);
}

static struct context *features(struct context *c, uint64_t id, uint64_t a2, uint64_t a3)
{
	bool psci = (id & ~0x4000001full) == PSCI_BASE;

	(void)a2;
	(void)a3;
	if (id == SMCCC_VERSION || (psci && smc_of_ns((uint32_t)id)))
		return result(c, 0);
	return result(c, NOT_SUPPORTED);
}

/* Type 0 is a warm reset, Linux alone; a vendor's type 0x80000000 is the whole machine. */
static struct context *system_reset2(struct context *c, uint64_t type, uint64_t a2, uint64_t a3)
{
	if ((uint32_t)type == 0u)
		return system_reset(c, type, a2, a3);
	if ((uint32_t)type != RESET2_VENDOR)
		return result(c, INVALID_PARAMETERS);
	plat_system_reset();
	return ns_off(c->cpu);
}

const struct call psci_calls[PSCI_CALLS] = {
    [0x00] = {version, SMC32},
    [0x01] = {cpu_suspend, SMC32 | SMC64},
    [0x02] = {cpu_off, SMC32},
    [0x03] = {cpu_on, SMC32 | SMC64},
    [0x04] = {affinity_info, SMC32 | SMC64},
    [0x06] = {migrate_info_type, SMC32},
    [0x08] = {system_off, SMC32},
    [0x09] = {system_reset, SMC32},
    [0x0a] = {features, SMC32},
    [0x12] = {system_reset2, SMC32 | SMC64},
};
