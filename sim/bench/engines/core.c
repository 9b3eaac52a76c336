/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The project's own core through its endpoint: two endpoints over one region, linked from the
 * native library as a user would. Flags:
 *
 *   CORE_BELL		the peer may sleep: event index, futex doorbell, spinning before a sleep
 *   CORE_PROTECT	end-to-end words on
 */
#include <linux/futex.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "engine.h"
#include "iwc.h"
#include "iwc_port.h"

#ifndef CORE_BELL
#define CORE_BELL 0
#endif
#ifndef CORE_PROTECT
#define CORE_PROTECT 0
#endif

/* How long a receiver looks for itself before it sleeps: about what a wake-up costs. */
#define SPIN_NS 20000u
/* An idle receiver begins a new activation so often: far within any poll period. */
#define POLLS_AN_ACTIVATION 64u
/* The poll period: no doorbell is relied upon. */
#define SLEEP_NS 20000000

struct bell {
	struct iwc_native_port port; /* first: the port hook is given this one */
	uint32_t rings __attribute__((aligned(64)));
};

struct port {
	struct iwc *ep;
	struct bell *bell;   /* rung by the peer */
	uint64_t idle_ticks; /* when a receiver about to sleep began to spin; 0: it does not */
	uint32_t idle_polls; /* since something came */
};

static struct iwc ends[2] __attribute__((aligned(256)));
static struct bell bells[2] __attribute__((aligned(256)));

static void ring(struct iwc_native_port *self)
{
	struct bell *b = (struct bell *)self;

	__atomic_fetch_add(&b->rings, 1, __ATOMIC_RELEASE);
	syscall(SYS_futex, &b->rings, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/* Nanoseconds, near enough: a time stamp costs a tenth of a look at the system's clock. */
static uint64_t now_ns(void)
{
	return bench_ticks() / 2u;
}

static int port_setup(void)
{
	const struct iwc_config cfg = {
	    .class_count = 1,
	    .cls = {{.lines_log2 = 13,
		     .protect = CORE_PROTECT,
		     .frame_max_bytes = BENCH_LEN_MAX,
		     .budget = 256}},
	    .bell = CORE_BELL,
	    .backoff_min_ns = 1000,
	    .backoff_max_ns = 1000000,
	};
	size_t len = iwc_section_bytes(&cfg);
	void *own[2];

	for (int i = 0; i < 2; i++) {
		own[i] = bench_shared_alloc(len);
		bells[i].port.ring = ring;
	}
	for (int i = 0; i < 2; i++)
		if (iwc_init(&ends[i], &cfg, own[i], own[!i], CORE_BELL ? &bells[!i] : NULL) !=
			IWC_OK ||
		    iwc_boot(&ends[i], 1) != IWC_OK)
			return -1;
	for (int turn = 0; turn < 4; turn++)
		iwc_begin(&ends[turn % 2], now_ns());
	if (iwc_is_up(&ends[0]) && iwc_is_up(&ends[1]))
		return 0;
	fprintf(stderr, "%s: the link does not come up\n", ENGINE_NAME);
	return -1;
}

static void port_open(struct port *p, int side)
{
	p->ep = &ends[side];
	p->bell = &bells[side];
}

static void port_begin(struct port *p, int side, uint32_t len_bytes, int both_ways)
{
	(void)side;
	(void)len_bytes;
	(void)both_ways;
	iwc_begin(p->ep, now_ns());
	p->idle_polls = 0;
}

static inline unsigned port_tx(struct port *p, const struct iwc_frame *f, unsigned n)
{
	int sent = iwc_send(p->ep, 0, f, n);

	/* A full ring: time to see whether the peer still lives. */
	if (sent < (int)n)
		iwc_begin(p->ep, now_ns());
	return sent > 0 ? (unsigned)sent : 0u;
}

/* An activation ends when it finds nothing, or its budget is used up; then the next one begins. */
static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	unsigned cls, taken = iwc_recv(p->ep, f, n, &cls);

	if (taken != 0) {
		p->idle_polls = 0;
		p->idle_ticks = 0;
		return taken;
	}
	if (p->idle_polls++ % POLLS_AN_ACTIVATION == 0u)
		iwc_begin(p->ep, now_ns());
	return 0;
}

static void port_wait(struct port *p)
{
	const struct timespec period = {.tv_nsec = SLEEP_NS};
	uint32_t rings;

	if (p->idle_ticks == 0)
		p->idle_ticks = bench_ticks();
	if (!CORE_BELL || (double)(bench_ticks() - p->idle_ticks) < SPIN_NS * bench_ticks_per_ns)
		return;
	rings = __atomic_load_n(&p->bell->rings, __ATOMIC_ACQUIRE);
	if (!iwc_arm(p->ep))
		syscall(SYS_futex, &p->bell->rings, FUTEX_WAIT_PRIVATE, rings, &period, NULL, 0);
	p->idle_ticks = 0;
}

static inline void port_done(struct port *p)
{
	(void)p;
}

#include "loops.inc"
