/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * threads.c - the same scenario on two pthreads in real time, with core/ on its native port.
 *
 * The region is one memory file mapped twice: each world writes its own section and can only read
 * the peer's, so that P13 is enforced by the MMU. Time is CLOCK_MONOTONIC; a run is not
 * repeatable. Of the faults, those that a real thread can suffer are honoured: crash (at an
 * activation), renew, hang, slow, bell-lost; the others are left out. Checked are
 * P2, P3 and P6, on frames that carry their number and their session.
 */
#include "machine.h"

#include "iwc.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define PAIR_OFFSET 24u
#define PAIR_END 32u
/* A frame on the way to a sleeping thread of a busy host: what P6 waits for. */
#define GRACE_NS UINT64_C(2000000000)

/* As in core/port/native/iwc_port.h, whose hooks sim/ does not compile with. */
struct iwc_native_port {
	void (*ring)(struct iwc_native_port *self);
};

struct bell {
	pthread_mutex_t lock;
	pthread_cond_t rung;
	bool pending;
};

struct side {
	struct iwc_native_port port; /* first: the hook gets this address */
	enum sim_world_id id;
	struct side *peer;
	struct sim_world *w;
	struct bell bell;
	void *own;
	const void *other;
	uint64_t last_id[IWC_CLASSES_MAX], pair[IWC_CLASSES_MAX];
	struct sim_rng rng;
	uint64_t received;
};

static struct {
	struct side side[SIM_WORLDS];
	uint64_t origin_ns;
	pthread_mutex_t lock; /* violations, bucket, boot counts */
	bool done;	      /* by __atomic */
	bool probe_seen[SIM_WORLDS];
} run;

static uint64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec - run.origin_ns;
}

static void violate(struct side *s, unsigned property, const char *detector, const char *text)
{
	pthread_mutex_lock(&run.lock);
	s->w->t = now_ns();
	sim_violate(property, s->w, detector, "%s", text);
	pthread_mutex_unlock(&run.lock);
	if (sim.stop)
		__atomic_store_n(&run.done, true, __ATOMIC_RELEASE);
}

static uint32_t next_epoch(const struct side *s)
{
	uint32_t epoch;

	pthread_mutex_lock(&run.lock);
	epoch = sim_monitor_boot(s->id);
	pthread_mutex_unlock(&run.lock);
	return epoch;
}

/* ---- doorbells ---- */

static void pend(struct side *target)
{
	pthread_mutex_lock(&target->bell.lock);
	target->bell.pending = true;
	pthread_cond_signal(&target->bell.rung);
	pthread_mutex_unlock(&target->bell.lock);
}

/* An opportunity of a fault; only the thread of the fault's world counts and draws. */
static bool fires(struct side *s, unsigned i)
{
	const struct sim_fault *f = &sim.sc->fault[i];
	struct sim_fault_state *st = &sim.fault[i];
	uint64_t now = now_ns(), end = f->to_ns != 0u ? f->to_ns : sim.main_end_ns;

	if (now < f->from_ns || now >= end || now >= sim.main_end_ns ||
	    (f->count != 0u && st->fired >= f->count))
		return false;
	if (++st->passed <= f->skip || !sim_rng_hit(&s->rng, sim_rng_threshold(f->probability)))
		return false;
	st->fired++;
	return true;
}

static bool chance(struct side *s, enum sim_fault_kind kind, int64_t *amount)
{
	for (unsigned i = 0; i < sim.sc->fault_count; i++) {
		if (sim.sc->fault[i].kind != kind || sim.sc->fault[i].world != s->id ||
		    !fires(s, i))
			continue;
		*amount = sim.sc->fault[i].amount;
		return true;
	}
	return false;
}

static void ring(struct iwc_native_port *port)
{
	struct side *s = (struct side *)(void *)port;
	int64_t amount;
	bool granted = true;

	if (chance(s, SIM_FAULT_BELL_LOST, &amount))
		return;
	if (s->id == SIM_NS) {
		pthread_mutex_lock(&run.lock);
		sim.monitor.smcs++;
		granted = sim.world[SIM_S].core->bucket_take(&sim.monitor.bucket, now_ns());
		sim.monitor.deferred += !granted;
		pthread_mutex_unlock(&run.lock);
	}
	if (granted)
		pend(s->peer);
}

/* A remembered doorbell is released by whoever waits for it. */
static uint64_t bucket_due(const struct side *s)
{
	uint64_t due;

	if (s->id != SIM_S)
		return SIM_NEVER;
	pthread_mutex_lock(&run.lock);
	due = sim.world[SIM_S].core->bucket_due_ns(&sim.monitor.bucket);
	if (due <= now_ns() && sim.world[SIM_S].core->bucket_release(&sim.monitor.bucket, now_ns()))
		due = 0;
	pthread_mutex_unlock(&run.lock);
	return due;
}

static void sleep_until(struct side *s, uint64_t wake_ns)
{
	uint64_t due = bucket_due(s), at;
	struct timespec ts;

	if (due < wake_ns)
		wake_ns = due;
	at = wake_ns + run.origin_ns;
	ts.tv_sec = (time_t)(at / 1000000000u);
	ts.tv_nsec = (long)(at % 1000000000u);
	pthread_mutex_lock(&s->bell.lock);
	while (!s->bell.pending && now_ns() < wake_ns)
		if (pthread_cond_timedwait(&s->bell.rung, &s->bell.lock, &ts) == ETIMEDOUT)
			break;
	s->w->bell = s->bell.pending;
	s->w->interrupts += s->bell.pending;
	s->bell.pending = false;
	pthread_mutex_unlock(&s->bell.lock);
}

/* ---- frames ---- */

static uint64_t get64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, 8);
	return v;
}

/* What the sender put together, from its number and session; frames too short for them pass. */
static void judge(struct side *s, unsigned cls, const uint8_t *b, uint32_t len)
{
	uint64_t id = sim_frame_id(b, len),
		 pair = (uint64_t)s->w->ep.peer_epoch << 32 | s->w->ep.epoch;
	uint8_t want[IWC_FRAME_MAX];

	if (id == 0u || len < PAIR_END)
		return;
	if (get64(b + PAIR_OFFSET) != pair)
		violate(s, 2, "stale-frame", "a frame of another session is delivered");
	if (s->pair[cls] == pair && id <= s->last_id[cls])
		violate(s, 3, "order", "a frame comes twice or out of order");
	s->pair[cls] = pair;
	s->last_id[cls] = id;
	sim_frame_fill(s->peer->id, cls, id, want, len);
	memcpy(want + PAIR_OFFSET, &pair, 8);
	if (memcmp(want, b, len) != 0)
		violate(s, 3, "content", "bytes are delivered that nobody sent so");
}

static void receive(struct side *s)
{
	unsigned cls = 0, n;

	while ((n = iwc_recv(&s->w->ep, s->w->rx, IWC_BURST_MAX, &cls)) != 0u)
		for (unsigned i = 0; i < n; i++) {
			s->received++;
			judge(s, cls, s->w->rx[i].buf, s->w->rx[i].len_bytes);
			if (now_ns() > sim.main_end_ns)
				__atomic_store_n(&run.probe_seen[s->id], true, __ATOMIC_RELEASE);
		}
}

static void send_one(struct side *s, unsigned cls, uint32_t len)
{
	uint8_t bytes[IWC_FRAME_MAX + 64u];
	struct iwc_frame f = {bytes, len};
	uint64_t pair = (uint64_t)s->w->ep.epoch << 32 | s->w->ep.peer_epoch;

	(void)sim_frame_make(s->w, cls, bytes, len);
	if (len >= PAIR_END)
		memcpy(bytes + PAIR_OFFSET, &pair, 8);
	if (iwc_send(&s->w->ep, cls, &f, 1) == 1)
		__atomic_fetch_add(&sim.frames_sent, 1, __ATOMIC_RELAXED);
}

static uint64_t produce(struct side *s, bool closing)
{
	uint64_t due = SIM_NEVER, now = now_ns();

	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		const struct sim_flow *f = &sim.sc->flow[i];
		struct sim_flow_state *st = &sim.flow[i];
		unsigned burst = f->pattern == SIM_PATTERN_BURST ? f->burst : 1u;

		if (f->from != s->id || f->kind != SIM_FLOW_FRAMES || closing)
			continue;
		while (st->next_ns <= now && (f->count == 0u || st->sent < f->count)) {
			for (unsigned k = 0; k < burst; k++)
				send_one(s, f->cls,
					 f->size_min_bytes +
					     (uint32_t)sim_rng_upto(
						 &st->rng, f->size_max_bytes - f->size_min_bytes));
			st->offered += burst;
			st->sent += burst;
			st->next_ns += f->gap_ns != 0u ? f->gap_ns : 1000u;
		}
		if (st->next_ns < due)
			due = st->next_ns;
	}
	return due;
}

/* ---- a world ---- */

static void boot(struct side *s)
{
	struct iwc_config channel = sim_channel();

	(void)iwc_init(&s->w->ep, &channel, s->own, s->other, &s->port);
	s->w->epoch = next_epoch(s);
	s->w->boots++;
	(void)iwc_boot(&s->w->ep, s->w->epoch);
}

static void nap(uint64_t ns)
{
	struct timespec ts = {.tv_sec = (time_t)(ns / 1000000000u),
			      .tv_nsec = (long)(ns % 1000000000u)};

	nanosleep(&ts, NULL);
}

static void suffer(struct side *s)
{
	int64_t amount = 0;

	if (chance(s, SIM_FAULT_HANG, &amount) || chance(s, SIM_FAULT_SLOW, &amount))
		nap((uint64_t)amount);
	if (chance(s, SIM_FAULT_RENEW, &amount)) {
		s->w->renewals++;
		(void)iwc_renew(&s->w->ep, next_epoch(s));
	}
	if (chance(s, SIM_FAULT_CRASH, &amount)) {
		s->w->crashes++;
		nap((uint64_t)amount);
		boot(s);
	}
}

static void *world(void *arg)
{
	struct side *s = arg;
	uint64_t poll = sim.sc->world[s->id].poll_ns, due;

	boot(s);
	while (!__atomic_load_n(&run.done, __ATOMIC_ACQUIRE)) {
		bool closing = now_ns() >= sim.main_end_ns;

		s->w->activations++;
		if ((iwc_begin(&s->w->ep, now_ns()) & IWC_EVENT_RENEW) != 0u) {
			s->w->renewals++;
			(void)iwc_renew(&s->w->ep, next_epoch(s));
		}
		receive(s);
		due = produce(s, closing);
		if (closing && iwc_is_up(&s->w->ep))
			send_one(s, 0,
				 64u < s->w->ep.tx[0].frame_max_bytes
				     ? 64u
				     : s->w->ep.tx[0].frame_max_bytes);
		suffer(s);
		if (iwc_arm(&s->w->ep))
			continue;
		due = due < now_ns() + poll || poll == 0u ? due : now_ns() + poll;
		sleep_until(s, due < sim.end_ns ? due : sim.end_ns);
	}
	return NULL;
}

/* ---- the region ---- */

static int map_region(size_t bytes, char *err, size_t err_size)
{
	int fd = memfd_create("iwc-region", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, (off_t)(2u * bytes)) != 0) {
		snprintf(err, err_size, "shared region: %s", strerror(errno));
		if (fd >= 0)
			close(fd);
		return -1;
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		run.side[i].own =
		    mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, (off_t)(i * bytes));
		run.side[i].other =
		    mmap(NULL, bytes, PROT_READ, MAP_SHARED, fd, (off_t)((1u - i) * bytes));
		if (run.side[i].own == MAP_FAILED || run.side[i].other == MAP_FAILED) {
			snprintf(err, err_size, "shared region: %s", strerror(errno));
			close(fd);
			return -1;
		}
	}
	close(fd);
	return 0;
}

static int prepare(struct side *s, unsigned i)
{
	pthread_condattr_t attr;

	s->id = (enum sim_world_id)i;
	s->port.ring = ring;
	s->peer = &run.side[1u - i];
	s->w = &sim.world[i];
	sim_rng_init(&s->rng, sim.opt->seed, 3000u + i);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_mutex_init(&s->bell.lock, NULL);
	pthread_cond_init(&s->bell.rung, &attr);
	pthread_condattr_destroy(&attr);
	return sim_world_create(s->w, s->id);
}

/* Wait for the end: the main phase, then until a frame came each way or the grace is over. */
static void watch(void)
{
	uint64_t limit = sim.main_end_ns + sim.sc->closing_ns + GRACE_NS;

	while (!__atomic_load_n(&run.done, __ATOMIC_ACQUIRE) && now_ns() < limit) {
		nap(1000000);
		if (sim.opt->stop != NULL && *sim.opt->stop != 0) {
			sim.interrupted = true;
			break;
		}
		if (sim.opt->progress != NULL)
			sim.opt->progress(sim.opt->progress_ctx, now_ns(), sim.end_ns);
		if (now_ns() >= sim.main_end_ns &&
		    __atomic_load_n(&run.probe_seen[SIM_NS], __ATOMIC_ACQUIRE) &&
		    __atomic_load_n(&run.probe_seen[SIM_S], __ATOMIC_ACQUIRE))
			break;
	}
	__atomic_store_n(&run.done, true, __ATOMIC_RELEASE);
}

static int run_pair(char *err, size_t err_size)
{
	pthread_t thread[SIM_WORLDS];
	unsigned started = 0;

	while (started < SIM_WORLDS &&
	       pthread_create(&thread[started], NULL, world, &run.side[started]) == 0)
		started++;
	if (started == SIM_WORLDS)
		watch();
	__atomic_store_n(&run.done, true, __ATOMIC_RELEASE);
	for (unsigned i = 0; i < started; i++) {
		pend(&run.side[i]);
		pthread_join(thread[i], NULL);
	}
	if (started == SIM_WORLDS)
		return 0;
	snprintf(err, err_size, "cannot start a thread: %s", strerror(errno));
	return -1;
}

static void conclude(void)
{
	sim.now_ns = now_ns();
	for (unsigned p = 2; p <= 3u; p++)
		if (run.side[SIM_NS].received + run.side[SIM_S].received != 0u)
			sim_checked(p);
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		sim.frames_delivered += run.side[i].received;
		if (sim.interrupted || sim.stop)
			continue;
		sim_checked(6);
		if (!run.probe_seen[i])
			sim_violate(6, &sim.world[i], "no-traffic",
				    "no frame arrived at %s after the faults",
				    i == SIM_NS ? "ns" : "s");
	}
}

int sim_run_threads(struct sim_result *result, char *err, size_t err_size)
{
	size_t bytes = iwc_section_bytes(&sim.sc->channel);
	int rc = 0;

	memset(&run, 0, sizeof(run));
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		sim.world[i].core = sim_core_find("core");
	sim.main_end_ns = sim.sc->duration_ns;
	sim.end_ns = sim.sc->duration_ns + sim.sc->closing_ns;
	run.origin_ns = 0;
	run.origin_ns = now_ns();
	pthread_mutex_init(&run.lock, NULL);
	sim_monitor_power_on();
	if (sim.sc->weakness != 0u || strcmp(sim.sc->core[SIM_NS], "core") != 0 ||
	    strcmp(sim.sc->core[SIM_S], "core") != 0) {
		snprintf(err, err_size,
			 "what is switched off is switched off in virtual time only: "
			 "no --threads");
		return -2;
	}
	if (bytes == 0u) {
		snprintf(err, err_size, "channel: the geometry is not valid");
		return -2;
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		if (prepare(&run.side[i], i) != 0) {
			snprintf(err, err_size, "out of memory for a world");
			rc = -1;
		}
	for (unsigned i = 0; i < sim.sc->flow_count; i++) {
		sim_rng_init(&sim.flow[i].rng, sim.opt->seed, 100u + i);
		sim.flow[i].next_ns = sim.sc->flow[i].start_ns;
	}
	if (rc == 0)
		rc = map_region(bytes, err, err_size);
	if (rc == 0)
		rc = run_pair(err, err_size);
	if (rc == 0) {
		conclude();
		sim_result_fill(result);
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		if (run.side[i].own != NULL && run.side[i].own != MAP_FAILED)
			munmap(run.side[i].own, bytes);
		if (run.side[i].other != NULL && run.side[i].other != MAP_FAILED)
			munmap((void *)(uintptr_t)run.side[i].other, bytes);
		sim_world_destroy(&sim.world[i]);
	}
	return rc;
}
