/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two worlds in real time without faults: traffic each way on one thread and on two, files that
 * wake a world, a full ring, the account and what it sees, start and stop. No verdict depends on
 * the machine's speed.
 */
#include "realtime_bed.h"
#include "realtime_machine.h"

#include <dirent.h>
#include <sys/eventfd.h>
#include <unistd.h>

static void run_both_ways(enum sim_rt_cpus cpus, uint64_t spin_ns)
{
	bed_load("");
	/* A busy machine must not look like a peer that has lost its place. */
	bed.sc.channel.backoff_max_ns = UINT64_C(60000000000);
	bed_create(cpus, spin_ns, NULL);
	bed_start();
	bed_wait(2000);
	bed_end();
	bed_honest();
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		const struct sim_rt_world_status *w = &bed.st.world[i];

		assert_int_equal(bed.st.flow[i].in_flight, 0);
		assert_int_equal(bed.st.flow[i].drops[SIM_RT_DROP_E2E], 0);
		assert_int_equal(w->boots, 1);
		assert_int_equal(w->violations, 0);
		assert_int_equal(w->state, IWC_STATE_UP);
		assert_true(w->activations != 0u);
		assert_true(w->interrupts != 0u);
	}
	bed_destroy();
}

static void one_thread_plays_both_worlds(void **state)
{
	(void)state;
	run_both_ways(SIM_RT_SHARED, 0);
}

static void two_threads_play_a_world_each(void **state)
{
	(void)state;
	run_both_ways(SIM_RT_APART, 0);
}

static void they_may_look_before_they_sleep(void **state)
{
	(void)state;
	run_both_ways(SIM_RT_APART, 20000);
	run_both_ways(SIM_RT_SHARED, 20000);
}

static void without_doorbells_they_poll(void **state)
{
	(void)state;
	bed_load("");
	bed.sc.channel.bell = false;
	bed_create(SIM_RT_SHARED, 0, NULL);
	bed_start();
	bed_wait(200);
	bed_end();
	bed_honest();
	assert_true(bed.st.world[SIM_S].polls != 0u);
	bed_destroy();
}

/* ---- a file that wakes a world ---- */

static struct {
	int fd;
	uint64_t read, sent;
} source;

static uint64_t source_run(void *ctx, uint64_t now_ns)
{
	uint8_t bytes[64] = {0};
	struct iwc_frame f = {bytes, sizeof(bytes)};
	uint64_t n;

	(void)ctx;
	(void)now_ns;
	if (read(source.fd, &n, sizeof(n)) == (ssize_t)sizeof(n))
		__atomic_fetch_add(&source.read, n, __ATOMIC_RELAXED);
	if ((sim_rt_session(bed.rt, SIM_NS) & UINT32_MAX) != 0u)
		while (source.sent < source.read &&
		       sim_rt_send(bed.rt, SIM_NS, 1, &f, 1, false) == 1u)
			source.sent++;
	return SIM_RT_NEVER;
}

static uint64_t idle_run(void *ctx, uint64_t now_ns)
{
	(void)ctx;
	(void)now_ns;
	return SIM_RT_NEVER;
}

static bool count_frames(void *ctx, unsigned cls, const uint8_t *frame, uint32_t len_bytes,
			 uint64_t now_ns)
{
	(void)cls;
	(void)frame;
	(void)len_bytes;
	(void)now_ns;
	__atomic_fetch_add((uint64_t *)ctx, 1, __ATOMIC_RELAXED);
	return true;
}

/* No poll, no timer: only the file can wake NS, and only a doorbell S. */
static void a_readable_file_wakes_its_world(void **state)
{
	uint64_t delivered = 0, one = 1;
	struct sim_rt_client clients[SIM_WORLDS] = {
	    {.run = source_run, .fd = -1}, {.deliver = count_frames, .run = idle_run, .fd = -1}};
	struct sim_rt_options opt = {.seed = 1};

	(void)state;
	for (unsigned mode = 0; mode < 2u; mode++) {
		bed_load("");
		bed.sc.world[SIM_NS].poll_ns = bed.sc.world[SIM_S].poll_ns = 0;
		memset(&source, 0, sizeof(source));
		source.fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
		clients[SIM_NS].fd = source.fd;
		clients[SIM_S].ctx = &delivered;
		delivered = 0;
		opt.cpus = mode == 0u ? SIM_RT_APART : SIM_RT_SHARED;
		bed.rt = sim_rt_create(&bed.sc, &opt, clients, bed.err, sizeof(bed.err));
		assert_non_null(bed.rt);
		bed_start();
		for (uint64_t k = 1; k <= 100u; k++) {
			assert_int_equal(write(source.fd, &one, sizeof(one)), sizeof(one));
			for (unsigned ms = 0; __atomic_load_n(&delivered, __ATOMIC_RELAXED) < k;
			     ms++) {
				assert_true(ms < 100u * BED_WAIT_MS);
				usleep(10);
			}
		}
		sim_rt_stop(bed.rt);
		sim_rt_status(bed.rt, &bed.st);
		assert_int_equal(bed.st.flow[SIM_NS].delivered, 100);
		assert_int_equal(bed.st.world[SIM_NS].polls, 0);
		bed_destroy();
		close(source.fd);
	}
}

/* ---- the account ---- */

static bool tampered; /* by the thread of S alone, until it has ended */

/* The ledger forgets that a frame was taken. */
static bool deliver_and_tamper(void *ctx, unsigned cls, const uint8_t *frame, uint32_t len_bytes,
			       uint64_t now_ns)
{
	struct rt_ledger *l = &bed.rt->world[SIM_NS].ledger[cls];
	struct bed_client *c = ctx;

	for (uint32_t i = 0; !tampered && c->delivered > 100u && i < 2u * l->lines; i++) {
		uint64_t mark = rt_load(&l->entry[i].mark);

		if ((mark & 3u) != RT_TAKEN)
			continue;
		rt_store(&l->entry[i].mark, (mark & ~UINT64_C(3)) | RT_OPEN);
		tampered = true;
	}
	return bed_deliver(ctx, cls, frame, len_bytes, now_ns);
}

static void a_lost_mark_shows(void **state)
{
	(void)state;
	for (unsigned mode = 0; mode < 2u; mode++) {
		bed_load("");
		bed_create(mode == 0u ? SIM_RT_APART : SIM_RT_SHARED, 0, NULL);
		bed.rt->world[SIM_S].client.deliver = deliver_and_tamper;
		tampered = false;
		bed_start();
		bed_wait(500);
		bed_end();
		assert_true(tampered);
		assert_int_equal(bed.st.flow[SIM_NS].unaccounted, 1);
		assert_int_equal(bed.st.flow[SIM_S].unaccounted, 0);
		bed_destroy();
	}
}

static void a_picture_can_be_had_at_any_time(void **state)
{
	uint64_t delivered = 0;

	(void)state;
	bed_load("");
	bed_create(SIM_RT_APART, 0, NULL);
	sim_rt_status(bed.rt, &bed.st);
	assert_int_equal(bed.st.flow[SIM_NS].offered, 0);
	bed_start();
	for (unsigned k = 0; k < 50u; k++) {
		bed_wait(5);
		sim_rt_status(bed.rt, &bed.st);
		assert_true(bed.st.flow[SIM_NS].delivered >= delivered);
		delivered = bed.st.flow[SIM_NS].delivered;
		assert_int_equal(bed.st.flow[SIM_NS].latency.count, delivered);
		assert_int_equal(bed.st.flow[SIM_NS].unaccounted, 0);
	}
	assert_true(delivered != 0u);
	bed_end();
	bed_honest();
	bed_destroy();
}

/* ---- what is seen ---- */

static struct {
	uint64_t frames[SIM_WORLDS], dropped[SIM_WORLDS], last_id[SIM_WORLDS], bytes[SIM_WORLDS];
	uint64_t delivered[SIM_WORLDS], boots[SIM_WORLDS], states[SIM_WORLDS];
	bool gap;
} seen;

/* Each world's thread has counters of its own. */
static void see_frame(void *ctx, const struct sim_rt_frame *f)
{
	(void)ctx;
	seen.frames[f->from]++;
	seen.dropped[f->from] += f->drop != SIM_RT_DROP_NONE;
	seen.bytes[f->from] += f->len_bytes;
	if (f->id != ++seen.last_id[f->from])
		__atomic_store_n(&seen.gap, true, __ATOMIC_RELAXED);
}

static void see_event(void *ctx, const struct sim_rt_event *e)
{
	(void)ctx;
	seen.delivered[e->world] += e->kind == SIM_RT_EV_DELIVER;
	seen.boots[e->world] += e->kind == SIM_RT_EV_BOOT;
	seen.states[e->world] += e->kind == SIM_RT_EV_STATE;
}

static void an_observer_sees_every_frame(void **state)
{
	static const struct sim_rt_observer observer = {.frame = see_frame, .event = see_event};

	(void)state;
	memset(&seen, 0, sizeof(seen));
	bed_load("");
	bed_create(SIM_RT_APART, 0, &observer);
	bed_start();
	bed_wait(500);
	bed_end();
	bed_honest();
	assert_false(seen.gap);
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		const struct sim_rt_flow *f = &bed.st.flow[i];

		assert_int_equal(seen.frames[i], f->offered);
		assert_int_equal(seen.bytes[i], f->offered_bytes);
		assert_int_equal(seen.dropped[i], f->offered - f->sent);
		assert_int_equal(seen.delivered[1u - i], f->delivered);
		assert_int_equal(seen.boots[i], 1);
		assert_true(seen.states[i] != 0u);
	}
	bed_destroy();
}

/* ---- start and stop ---- */

static unsigned entries(const char *folder)
{
	DIR *d = opendir(folder);
	unsigned n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

static void nothing_is_left_behind(void **state)
{
	unsigned files = entries("/proc/self/fd"), threads = entries("/proc/self/task");

	(void)state;
	for (unsigned k = 0; k < 20u; k++) {
		bed_load(k % 2u != 0u
			     ? ""
			     : "faults = ({ kind = \"attack-write-peer\"; },"
			       "{ kind = \"hang\"; world = \"s\"; amount = \"1000 s\"; });");
		bed_create(k % 4u < 2u ? SIM_RT_APART : SIM_RT_SHARED, 0, NULL);
		if (k != 0u)
			bed_start();
		if (k > 4u)
			bed_nap(2);
		bed_destroy();
	}
	assert_int_equal(entries("/proc/self/fd"), files);
	assert_int_equal(entries("/proc/self/task"), threads);
}

static void what_is_switched_off_is_refused(void **state)
{
	struct sim_rt_client clients[SIM_WORLDS] = {{.run = idle_run}, {.run = idle_run}};
	struct sim_rt_options opt = {.seed = 1};

	(void)state;
	bed_load("");
	bed.sc.weakness = SIM_WEAK_NO_BUCKET;
	assert_null(sim_rt_create(&bed.sc, &opt, clients, bed.err, sizeof(bed.err)));
	assert_non_null(strstr(bed.err, "a countermeasure"));
	bed.sc.weakness = 0;
	snprintf(bed.sc.core[SIM_S], sizeof(bed.sc.core[SIM_S]), "no-recheck");
	assert_null(sim_rt_create(&bed.sc, &opt, clients, bed.err, sizeof(bed.err)));
	assert_non_null(strstr(bed.err, "no-recheck"));
}

static void faults_that_are_left_out_have_names(void **state)
{
	(void)state;
	bed_load("faults = ({ kind = \"stale-read\"; world = \"s\"; },"
		 "{ kind = \"crash\"; world = \"s\"; amount = \"1 ms\"; },"
		 "{ kind = \"frame-lost\"; world = \"ns\"; class = \"bulk\"; });");
	assert_string_equal(sim_rt_left_out(&bed.sc, 0), "stale-read");
	assert_string_equal(sim_rt_left_out(&bed.sc, 1), "frame-lost");
	assert_null(sim_rt_left_out(&bed.sc, 2));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_teardown(one_thread_plays_both_worlds, bed_clean_up),
	    cmocka_unit_test_teardown(two_threads_play_a_world_each, bed_clean_up),
	    cmocka_unit_test_teardown(they_may_look_before_they_sleep, bed_clean_up),
	    cmocka_unit_test_teardown(without_doorbells_they_poll, bed_clean_up),
	    cmocka_unit_test_teardown(a_readable_file_wakes_its_world, bed_clean_up),
	    cmocka_unit_test_teardown(a_lost_mark_shows, bed_clean_up),
	    cmocka_unit_test_teardown(a_picture_can_be_had_at_any_time, bed_clean_up),
	    cmocka_unit_test_teardown(an_observer_sees_every_frame, bed_clean_up),
	    cmocka_unit_test_teardown(nothing_is_left_behind, bed_clean_up),
	    cmocka_unit_test(what_is_switched_off_is_refused),
	    cmocka_unit_test(faults_that_are_left_out_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
