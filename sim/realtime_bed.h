/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realtime_bed.h - test bed: two worlds in real time whose clients send numbered frames and judge
 * what they get. Included by the tests realtime_*_test.c only.
 */
#ifndef SIM_REALTIME_BED_H
#define SIM_REALTIME_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "realtime.h"
#include "rng.h"
#include "scenario_file.h"

#if defined(__SANITIZE_THREAD__)
#define BED_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define BED_TSAN 1
#endif
#endif
#ifndef BED_TSAN
#define BED_TSAN 0
#endif

#define BED_MIN 64u
#define BED_WAIT_MS 20000u /* no verdict: only ends a test that would not end */

struct bed_client {
	enum sim_world_id id;
	uint64_t next[IWC_CLASSES_MAX]; /* number of the next frame */
	uint64_t last[IWC_CLASSES_MAX], pair[IWC_CLASSES_MAX];
	struct sim_rng rng;
	uint8_t held[IWC_CLASSES_MAX][IWC_FRAME_MAX];
	uint32_t held_bytes[IWC_CLASSES_MAX]; /* 0: none */
	bool up;
	/* its own count; read by others while it runs, so by __atomic */
	uint64_t offered, delivered, lost_in_boot, boots, ups;
	uint64_t bad_content, bad_order, bad_session;
};

static struct bed {
	struct scenario sc;
	struct sim_rt *rt;
	struct bed_client client[SIM_WORLDS];
	struct sim_rt_status st;
	bool quiet; /* by __atomic: no frame is sent any more */
	char err[2048];
} bed;

static const char bed_base[] =
    "name = \"bed\";\n"
    "channel: { backoff_max = \"2 ms\"; classes = (\n"
    "{ name = \"control\"; lines = 64; frame_max = \"256 B\"; budget = 8; protect = true; },\n"
    "{ name = \"bulk\"; lines = 128; frame_max = \"1514 B\"; budget = 16; }); };\n"
    "monitor: { bucket_interval = \"20 us\"; };\n"
    "ns: { poll = \"1 ms\"; };\n"
    "s: { poll = \"500 us\"; };\n";

static inline void bed_bump(uint64_t *n)
{
	__atomic_store_n(n, *n + 1u, __ATOMIC_RELAXED);
}

static inline uint64_t bed_count(const uint64_t *n)
{
	return __atomic_load_n(n, __ATOMIC_RELAXED);
}

static inline void bed_fill(uint8_t *b, uint32_t len, unsigned from, unsigned cls, uint64_t number,
			    uint64_t pair)
{
	for (uint32_t i = 0; i < len; i++)
		b[i] = (uint8_t)(number * 31u + i);
	b[14] = (uint8_t)from;
	b[15] = (uint8_t)cls;
	memcpy(b + 16, &number, 8);
	memcpy(b + 24, &pair, 8);
}

static uint64_t bed_boot(void *ctx, uint64_t now_ns)
{
	struct bed_client *c = ctx;
	uint64_t lost = 0;

	(void)now_ns;
	c->up = false;
	bed_bump(&c->boots);
	for (unsigned k = 0; k < IWC_CLASSES_MAX; k++) {
		lost += c->held_bytes[k] != 0u;
		c->held_bytes[k] = 0;
	}
	c->lost_in_boot += lost;
	return lost;
}

static void bed_link(void *ctx, bool up, uint64_t now_ns)
{
	struct bed_client *c = ctx;

	(void)now_ns;
	if (up == c->up)
		bed_bump(&c->bad_order);
	c->up = up;
	if (up)
		bed_bump(&c->ups);
}

static bool bed_deliver(void *ctx, unsigned cls, const uint8_t *frame, uint32_t len_bytes,
			uint64_t now_ns)
{
	struct bed_client *c = ctx;
	uint64_t session = sim_rt_session(bed.rt, c->id), pair = session << 32 | session >> 32;
	uint64_t number, said;
	uint8_t want[IWC_FRAME_MAX];

	(void)now_ns;
	bed_bump(&c->delivered);
	if (len_bytes < BED_MIN || (frame[12] == 0x88u && frame[13] == 0xb5u))
		return true; /* of the machine's own, or forged */
	memcpy(&number, frame + 16, 8);
	memcpy(&said, frame + 24, 8);
	bed_fill(want, len_bytes, 1u - c->id, cls, number, said);
	if (memcmp(want, frame, len_bytes) != 0) {
		bed_bump(&c->bad_content);
		return true;
	}
	if (said != pair)
		bed_bump(&c->bad_session);
	if (c->pair[cls] == said && number <= c->last[cls])
		bed_bump(&c->bad_order);
	c->pair[cls] = said;
	c->last[cls] = number;
	return true;
}

/* Send what is held, else a new frame. False: the ring is full. */
static bool bed_send(struct bed_client *c, unsigned cls)
{
	uint32_t max = cls == 0u ? 256u : 1514u, len = c->held_bytes[cls];
	struct iwc_frame f;
	uint64_t number;

	if (len == 0u) {
		len = BED_MIN + (uint32_t)sim_rng_upto(&c->rng, max - BED_MIN);
		c->next[cls]++;
	}
	number = c->next[cls];
	bed_fill(c->held[cls], len, c->id, cls, number, sim_rt_session(bed.rt, c->id));
	f = (struct iwc_frame){c->held[cls], len};
	c->held_bytes[cls] = len;
	if (sim_rt_send(bed.rt, c->id, cls, &f, 1, false) == 0u)
		return false;
	c->held_bytes[cls] = 0;
	bed_bump(&c->offered);
	return true;
}

static uint64_t bed_run(void *ctx, uint64_t now_ns)
{
	struct bed_client *c = ctx;

	if (__atomic_load_n(&bed.quiet, __ATOMIC_RELAXED))
		return SIM_RT_NEVER;
	for (unsigned cls = 0; cls < 2u; cls++)
		for (uint64_t k = sim_rng_upto(&c->rng, 6); k != 0u; k--)
			if (!bed_send(c, cls))
				break;
	return now_ns + sim_rng_upto(&c->rng, 100000);
}

static inline void bed_nap(unsigned ms)
{
	struct timespec ts = {.tv_sec = ms / 1000u, .tv_nsec = (long)(ms % 1000u) * 1000000};

	nanosleep(&ts, NULL);
}

/* A scenario with these settings more. */
static inline void bed_load(const char *more)
{
	char text[sizeof(bed_base) + 1024];
	int n = snprintf(text, sizeof(text), "%s%s", bed_base, more);

	memset(&bed, 0, sizeof(bed));
	if (scenario_parse(&bed.sc, text, (size_t)n, "bed.cfg", NULL, 0, bed.err,
			   sizeof(bed.err)) != 0)
		fail_msg("%s", bed.err);
}

/* A machine for the scenario loaded; it has not been started. */
static inline void bed_create(enum sim_rt_cpus cpus, uint64_t spin_ns,
			      const struct sim_rt_observer *observer)
{
	struct sim_rt_client clients[SIM_WORLDS];
	struct sim_rt_options opt = {
	    .seed = 1, .cpus = cpus, .spin_ns = spin_ns, .observer = observer};

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		bed.client[i].id = (enum sim_world_id)i;
		sim_rng_init(&bed.client[i].rng, 1, i);
		clients[i] = (struct sim_rt_client){.ctx = &bed.client[i],
						    .boot = bed_boot,
						    .link = bed_link,
						    .deliver = bed_deliver,
						    .run = bed_run,
						    .fd = -1};
	}
	bed.rt = sim_rt_create(&bed.sc, &opt, clients, bed.err, sizeof(bed.err));
	if (bed.rt == NULL)
		fail_msg("%s", bed.err);
}

static inline void bed_start(void)
{
	if (sim_rt_start(bed.rt, bed.err, sizeof(bed.err)) != 0)
		fail_msg("%s", bed.err);
}

static inline uint64_t bed_delivered(unsigned id)
{
	return bed_count(&bed.client[id].delivered);
}

/* Until each world has got so many frames more. */
static inline void bed_wait(uint64_t more)
{
	uint64_t ns = bed_delivered(SIM_NS), s = bed_delivered(SIM_S);

	for (unsigned ms = 0; ms < BED_WAIT_MS; ms++) {
		if (bed_delivered(SIM_NS) >= ns + more && bed_delivered(SIM_S) >= s + more)
			return;
		bed_nap(1);
	}
	fail_msg("no traffic: ns has got %llu frames, s %llu",
		 (unsigned long long)(bed_delivered(SIM_NS) - ns),
		 (unsigned long long)(bed_delivered(SIM_S) - s));
}

/* End of the faults, traffic again each way, silence, and the account is drawn. */
static inline void bed_end(void)
{
	sim_rt_calm(bed.rt);
	bed_wait(20);
	__atomic_store_n(&bed.quiet, true, __ATOMIC_RELAXED);
	bed_nap(5);
	sim_rt_stop(bed.rt);
	sim_rt_status(bed.rt, &bed.st);
}

static inline uint64_t bed_known(const struct sim_rt_flow *f)
{
	uint64_t known = f->delivered + f->in_flight;

	for (unsigned d = SIM_RT_DROP_SESSION; d < SIM_RT_DROPS; d++)
		known += f->drops[d];
	return known;
}

/* Every frame of a direction has one cause; the clients count for themselves. */
static inline void bed_account(unsigned from)
{
	const struct sim_rt_flow *f = &bed.st.flow[from];
	const struct bed_client *to = &bed.client[1u - from];

	assert_true(f->sent != 0u);
	assert_true(f->delivered != 0u);
	assert_int_equal(f->unaccounted, 0);
	assert_int_equal(f->sent, bed_known(f));
	assert_int_equal(f->offered, f->sent + f->drops[SIM_RT_DROP_FULL] +
					 f->drops[SIM_RT_DROP_DOWN] + f->drops[SIM_RT_DROP_LENGTH]);
	assert_true(f->offered >= bed.client[from].offered);
	assert_int_equal(f->drops[SIM_RT_DROP_CRASH], bed.client[from].lost_in_boot);
	assert_int_equal(f->delivered + f->strays, to->delivered);
	assert_int_equal(f->latency.count, f->delivered);
}

/* And nothing is wrong with what honest worlds deliver. */
static inline void bed_honest(void)
{
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		bed_account(i);
		assert_int_equal(bed.st.flow[i].strays, 0);
		assert_int_equal(bed.st.flow[i].drops[SIM_RT_DROP_CREDIT], 0);
		assert_int_equal(bed.client[i].bad_content, 0);
		assert_int_equal(bed.client[i].bad_order, 0);
		assert_int_equal(bed.client[i].bad_session, 0);
	}
}

static inline void bed_destroy(void)
{
	sim_rt_destroy(bed.rt);
	bed.rt = NULL;
}

/* A failed test leaves its machine behind. */
static inline int bed_clean_up(void **state)
{
	(void)state;
	bed_destroy();
	return 0;
}

#endif
