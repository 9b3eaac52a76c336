/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * smc.c - what comes from a world: calls, found by table (Arm DEN0028, SMCCC 1.2), interrupts, and
 * exceptions that are nobody's business here. Who calls is known from the context alone (T24).
 * Every handler takes a bounded time and none waits for another processor (T09).
 */
#include "monitor.h"
#include "cpu.h"
#include "iwc_channel.h"
#include "iwc_plat.h"
#include "iwc_smc.h"

#define EC_SHIFT 26
#define EC_FP 0x07u
#define EC_SMC 0x17u
#define ESR_IL (1u << 25)

#define ID_FAST (1u << 31)
#define ID_64 (1u << 30)
#define ID_OWNER (1u << 24)
#define ID_ZERO 0x00ff0000u /* must be zero; the hint about SVE state is of SMCCC 1.3 */

#define SMCCC_VERSION 0x80000000u
#define SMCCC_ARCH_FEATURES 0x80000001u

struct context *handle_sync(struct context *c);
struct context *handle_interrupt(struct context *c);
struct context *handle_serror(struct context *c);

/* --- calls of the architecture ------------------------------------------------------------------
 */

static struct context *arch_version(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	return result(c, 0x10002);
}

static struct context *arch_features(struct context *c, uint64_t id, uint64_t a2, uint64_t a3)
{
	(void)a2;
	(void)a3;
	return result(c, id == SMCCC_VERSION || id == SMCCC_ARCH_FEATURES ? 0u : UINT32_MAX);
}

static const struct call arch_calls[] = {
    {arch_version, SMC32},
    {arch_features, SMC32},
};

/* --- calls of the channel -----------------------------------------------------------------------
 */

static struct context *iwc_version(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	return result(c, IWC_SMC_VERSION_NUMBER);
}

static struct context *iwc_ring_ns(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	doorbell_from_s();
	return result(c, IWC_SMC_OK);
}

static struct context *iwc_epoch(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	uint32_t *boots = is_s(c) ? &secure.boots : &ns_boots;
	uint32_t epoch = __atomic_add_fetch(boots, 1u, __ATOMIC_RELAXED);

	(void)a1;
	(void)a2;
	(void)a3;
	if (epoch == 0u) /* means "not here" */
		epoch = __atomic_add_fetch(boots, 1u, __ATOMIC_RELAXED);
	c->x[1] = epoch;
	return result(c, IWC_SMC_OK);
}

static struct context *iwc_region(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	c->x[1] = IWC_PLAT_NS_SECTION;
	c->x[2] = IWC_PLAT_S_SECTION;
	c->x[3] = IWC_SECTION_BYTES;
	return result(c, IWC_SMC_OK);
}

static struct context *iwc_idle(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	secure.state = S_IDLE;
	result(c, IWC_SMC_OK);
	return schedule(c->cpu);
}

static struct context *iwc_alive(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	secure_alive();
	return result(c, IWC_SMC_OK);
}

static struct context *iwc_die(struct context *c, uint64_t reason, uint64_t a2, uint64_t a3)
{
	(void)a2;
	(void)a3;
	secure_end("by itself, reason", reason);
	return schedule(c->cpu);
}

#define NUMBER(id) ((id)&0xffffu)

static const struct call ns_calls[] = {
    [NUMBER(IWC_SMC_VERSION)] = {iwc_version, SMC32},
    [NUMBER(IWC_SMC_RING)] = {doorbell_from_ns, SMC32},
    [NUMBER(IWC_SMC_EPOCH)] = {iwc_epoch, SMC32},
    [NUMBER(IWC_SMC_REGION)] = {iwc_region, SMC64},
};

static const struct call s_calls[] = {
    [NUMBER(IWC_SMC_VERSION)] = {iwc_version, SMC32}, [NUMBER(IWC_SMC_RING)] = {iwc_ring_ns, SMC32},
    [NUMBER(IWC_SMC_EPOCH)] = {iwc_epoch, SMC32},     [NUMBER(IWC_SMC_IDLE)] = {iwc_idle, SMC32},
    [NUMBER(IWC_SMC_ALIVE)] = {iwc_alive, SMC32},     [NUMBER(IWC_SMC_DIE)] = {iwc_die, SMC32},
};

static struct context *iwc_uid(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	c->x[1] = 0xf64a0d4cu;
	c->x[2] = 0x8b2ec1a9u;
	c->x[3] = 0x53d7e06bu;
	return result(c, 0x6d1c9a27u);
}

static struct context *iwc_revision(struct context *c, uint64_t a1, uint64_t a2, uint64_t a3)
{
	(void)a1;
	(void)a2;
	(void)a3;
	c->x[1] = IWC_SMC_VERSION_NUMBER & 0xffffu;
	return result(c, IWC_SMC_VERSION_NUMBER >> 16);
}

#define QUERIES 0xff00u

static const struct call queries[] = {
    [NUMBER(IWC_SMC_UID) - QUERIES] = {iwc_uid, SMC32},
    [NUMBER(IWC_SMC_REVISION) - QUERIES] = {iwc_revision, SMC32},
};

/* --- dispatch -----------------------------------------------------------------------------------
 */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
const struct service ns_services[OWNERS] = {
    [0] = {arch_calls, COUNT(arch_calls)},
    [4] = {psci_calls, PSCI_CALLS},
    [IWC_SMC_OWNER] = {ns_calls, COUNT(ns_calls)},
};

const struct service s_services[OWNERS] = {
    [0] = {arch_calls, COUNT(arch_calls)},
    [IWC_SMC_OWNER] = {s_calls, COUNT(s_calls)},
};

static __attribute__((noinline)) const struct call *find_query(uint32_t id)
{
	uint32_t number = NUMBER(id) - QUERIES;

	return id / ID_OWNER == IWC_SMC_UID / ID_OWNER && (id & ID_ZERO) == 0u &&
		       number < COUNT(queries) && queries[number].handle != 0
		   ? &queries[number]
		   : 0;
}

/* The call, or 0 if this world has none of that id. */
static inline const struct call *find(const struct service *services, uint32_t id)
{
	const struct service *s = &services[id / ID_OWNER % OWNERS];
	uint64_t number = NUMBER(id);
	const struct call *call = &s->calls[number];

	if ((id & (ID_FAST | ID_ZERO)) != ID_FAST || number >= s->count)
		return find_query(id);
	return (call->widths >> (id / ID_64 & 1u) & 1u) != 0u ? call : 0;
}

bool smc_of_ns(uint32_t id)
{
	return find(ns_services, id) != 0;
}

static inline struct context *smc(struct context *c)
{
	uint32_t id = (uint32_t)c->x[0];
	uint64_t wide = (id & ID_64) != 0u ? UINT64_MAX : UINT32_MAX;
	uint64_t a1 = c->x[1] & wide, a2 = c->x[2] & wide, a3 = c->x[3] & wide;
	const struct call *call = find(c->services, id);

	c->x[1] = 0; /* nothing that is no result goes back (T22) */
	c->x[2] = 0;
	c->x[3] = 0;
	return call != 0 ? call->handle(c, a1, a2, a3) : result(c, wide); /* -1 */
}

/* --- exceptions ---------------------------------------------------------------------------------
 */

/* Nobody's: it becomes an undefined instruction of the world that made it. NS only; its registers
 * are in the processor. */
static void inject_undefined(struct context *c)
{
	unsigned level = (unsigned)(c->spsr >> 2) & 3u, offset = 0x400;
	bool narrow = (c->spsr & (1u << 4)) != 0u;
	bool to_el2 =
	    level == 2u || (level == 0u && has_el2() && (READ_SYSREG(hcr_el2) & (1u << 27)) != 0u);

	if (narrow)
		offset = 0x600;
	else if (level != 0u)
		offset = (c->spsr & 1u) != 0u ? 0x200 : 0;
	if (to_el2) {
		WRITE_SYSREG(elr_el2, c->elr);
		WRITE_SYSREG(spsr_el2, c->spsr);
		WRITE_SYSREG(esr_el2, ESR_IL);
		c->elr = READ_SYSREG(vbar_el2) + offset;
		c->spsr = 0x3c9;
	} else {
		WRITE_SYSREG(elr_el1, c->elr);
		WRITE_SYSREG(spsr_el1, c->spsr);
		WRITE_SYSREG(esr_el1, ESR_IL);
		c->elr = READ_SYSREG(vbar_el1) + offset;
		c->spsr = 0x3c5;
	}
}

static struct context *unexpected(struct context *c, uint64_t esr)
{
	if (!is_s(c)) {
		inject_undefined(c);
		return c;
	}
	secure_end("by an exception, ESR", esr);
	return schedule(c->cpu);
}

/* Kept apart from calls, which are what matters. */
static __attribute__((noinline)) struct context *other(struct context *c, uint64_t esr)
{
	if (esr >> EC_SHIFT == EC_FP && context_fp_trap(c->cpu, c))
		return c;
	return unexpected(c, esr);
}

struct context *handle_sync(struct context *c)
{
	uint64_t esr = READ_SYSREG(esr_el3);

	return esr >> EC_SHIFT == EC_SMC ? smc(c) : other(c, esr);
}

struct context *handle_interrupt(struct context *c)
{
	return schedule(c->cpu);
}

struct context *handle_serror(struct context *c)
{
	return unexpected(c, READ_SYSREG(esr_el3));
}
