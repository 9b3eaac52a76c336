/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record.c - the observer, and the thread that merges two queues by time and feeds the sinks.
 *
 * An item is held back for a moment if the other world's queue is empty: an earlier one may still
 * come from there. A writer that sleeps sets "asleep" and looks again; who queues after that rings.
 */
#include "record.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#include "record_queue.h"
#include "record_sink.h"

#define SINKS_MAX (RECORD_FILES_MAX + RECORD_STREAMS_MAX)
#define NS_PER_MS UINT64_C(1000000)
#define HOLD_NS NS_PER_MS
#define FLUSH_NS (100u * NS_PER_MS)
#define LAST_NS (1000u * NS_PER_MS) /* for streams at the end */
#define ROUND 1024u		    /* items between two looks at the rest */

struct record {
	struct sink_link link;
	struct sim_rt_observer observer;
	struct record_queue queue[SIM_WORLDS];
	int bell; /* eventfd */
	/* atomic */
	unsigned wanted; /* enum record_what: anybody? */
	uint32_t keep;	 /* bytes of a frame that somebody needs; only grows */
	bool asleep, stop;
	uint64_t number; /* of the last event */
	uint64_t frames, events, missed;
	/* under lock */
	pthread_mutex_t lock;
	struct sink *coming[RECORD_STREAMS_MAX]; /* the writer has not seen them yet */
	unsigned coming_count, files, streams, failed, told;
	uint64_t cut_off;
	char trouble[RECORD_FILES_MAX][RECORD_ERROR_BYTES];
	/* the writer's, once started */
	pthread_t thread;
	bool started, stopped;
	struct sink *sink[SINKS_MAX];
	unsigned sinks;
	uint64_t missed_gone; /* by streams that have ended */
	uint64_t flushed_ns;
	uint64_t wall_ns, monotonic_ns; /* at time 0 of the machine */
};

static uint64_t clock_ns(clockid_t id)
{
	struct timespec t;

	clock_gettime(id, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static struct sink_lost lost_now(const struct record *r)
{
	struct sink_lost lost = {0};

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		lost.frames[i] = __atomic_load_n(&r->queue[i].lost_frames, __ATOMIC_RELAXED);
		lost.events[i] = __atomic_load_n(&r->queue[i].lost_events, __ATOMIC_RELAXED);
	}
	return lost;
}

/* ---- the worlds' side ---- */

static void ring(struct record *r)
{
	static const uint64_t one = 1;

	if (__atomic_load_n(&r->asleep, __ATOMIC_SEQ_CST) &&
	    __atomic_exchange_n(&r->asleep, false, __ATOMIC_SEQ_CST))
		(void)!write(r->bell, &one, sizeof(one));
}

static void observe_frame(void *ctx, const struct sim_rt_frame *frame)
{
	struct record *r = ctx;

	if ((__atomic_load_n(&r->wanted, __ATOMIC_RELAXED) & RECORD_FRAMES) != 0 &&
	    record_queue_frame(&r->queue[frame->from], frame,
			       __atomic_load_n(&r->keep, __ATOMIC_RELAXED)))
		ring(r);
}

static void observe_event(void *ctx, const struct sim_rt_event *event)
{
	struct record *r = ctx;

	if ((__atomic_load_n(&r->wanted, __ATOMIC_RELAXED) & RECORD_EVENTS) != 0 &&
	    event->kind != SIM_RT_EV_DELIVER &&
	    record_queue_event(&r->queue[event->world], event,
			       __atomic_add_fetch(&r->number, 1, __ATOMIC_RELAXED)))
		ring(r);
}

const struct sim_rt_observer *record_observer(struct record *r)
{
	return &r->observer;
}

/* ---- making, adding ---- */

struct record *record_create_sized(const struct scenario *sc, const char *interface, size_t slots)
{
	struct record *r = calloc(1, sizeof(*r));

	if (!r)
		return NULL;
	r->link.sc = sc;
	snprintf(r->link.interface, sizeof(r->link.interface), "%s", interface);
	r->observer =
	    (struct sim_rt_observer){.ctx = r, .frame = observe_frame, .event = observe_event};
	pthread_mutex_init(&r->lock, NULL);
	r->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (r->bell >= 0 && record_queue_init(&r->queue[SIM_NS], slots) &&
	    record_queue_init(&r->queue[SIM_S], slots))
		return r;
	record_destroy(r);
	return NULL;
}

struct record *record_create(const struct scenario *sc, const char *interface)
{
	return record_create_sized(sc, interface, RECORD_SLOTS);
}

/* Under the lock, or before there are threads. */
static void want(struct record *r, const struct sink *s)
{
	if (sink_needs(s) > r->keep)
		__atomic_store_n(&r->keep, sink_needs(s), __ATOMIC_RELAXED);
	__atomic_or_fetch(&r->wanted, (unsigned)sink_what(s), __ATOMIC_RELAXED);
}

int record_add_file(struct record *r, const char *path, const struct record_sink *sink, char *err)
{
	struct sink *s;

	for (unsigned i = 0; i < r->sinks; i++)
		if (sink_same_place(r->sink[i], path)) {
			snprintf(err, RECORD_ERROR_BYTES,
				 "%.1000s: two captures can't go to the same file", path);
			return -1;
		}
	if (r->files == RECORD_FILES_MAX) {
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: at most %u captures", path,
			 RECORD_FILES_MAX);
		return -1;
	}
	s = sink_file(&r->link, path, sink, clock_ns(CLOCK_REALTIME), err);
	if (!s)
		return -1;
	r->sink[r->sinks++] = s;
	r->files++;
	want(r, s);
	return 0;
}

int record_add_stream(struct record *r, int fd, const struct record_sink *sink, char *err)
{
	static const uint64_t one = 1;
	struct sink_lost lost = lost_now(r);
	struct sink *s = sink_stream(&r->link, fd, "stream", sink, RECORD_STALL_NS,
				     clock_ns(CLOCK_REALTIME), &lost, err);
	bool full;

	if (!s)
		return -1;
	pthread_mutex_lock(&r->lock);
	full = r->streams == RECORD_STREAMS_MAX;
	if (!full) {
		r->coming[r->coming_count++] = s;
		r->streams++;
		want(r, s);
	}
	pthread_mutex_unlock(&r->lock);
	if (full) {
		snprintf(err, RECORD_ERROR_BYTES, "%u captures are attached already, no more fit",
			 RECORD_STREAMS_MAX);
		sink_detach(s);
		return -1;
	}
	(void)!write(r->bell, &one, sizeof(one));
	return 0;
}

/* ---- the writer ---- */

static void streams_join(struct record *r)
{
	pthread_mutex_lock(&r->lock);
	for (unsigned i = 0; i < r->coming_count; i++)
		r->sink[r->sinks++] = r->coming[i];
	r->coming_count = 0;
	pthread_mutex_unlock(&r->lock);
}

/* The next item in the order of time; with hold, NULL as long as an earlier one may come. */
static struct record_item *item_next(struct record *r, bool hold, struct record_queue **from)
{
	struct record_item *ns = record_queue_peek(&r->queue[SIM_NS]);
	struct record_item *s = record_queue_peek(&r->queue[SIM_S]);
	struct record_item *item = ns;
	uint64_t now_ns;

	if (!ns || (s && record_item_time(s) < record_item_time(ns)))
		item = s;
	*from = &r->queue[item == s ? SIM_S : SIM_NS];
	if (!item || !hold || (ns && s))
		return item;
	now_ns = clock_ns(CLOCK_MONOTONIC) - r->monotonic_ns;
	/* A stamp from the future is none to wait for. */
	return now_ns - record_item_time(item) >= HOLD_NS ? item : NULL;
}

/* Write what is due, up to a round. True: there is more. */
static bool drain(struct record *r, bool hold)
{
	struct record_queue *from;
	struct record_item *item;

	for (unsigned n = 0; n < ROUND; n++) {
		item = item_next(r, hold, &from);
		if (!item)
			break;
		for (unsigned i = 0; i < r->sinks; i++)
			sink_write(r->sink[i], item, record_item_time(item) + r->wall_ns);
		__atomic_add_fetch(item->is_event ? &r->events : &r->frames, 1, __ATOMIC_RELAXED);
		record_queue_drop(from);
	}
	return record_queue_peek(&r->queue[SIM_NS]) || record_queue_peek(&r->queue[SIM_S]);
}

static void sink_remove(struct record *r, unsigned i)
{
	struct sink *s = r->sink[i];
	unsigned wanted = 0;

	r->sink[i] = r->sink[--r->sinks];
	r->missed_gone += sink_missed(s);
	pthread_mutex_lock(&r->lock);
	if (sink_is_attached(s)) {
		r->streams--;
		r->cut_off += sink_error(s) == -ETIME;
	} else {
		memcpy(r->trouble[r->failed++], sink_text(s), RECORD_ERROR_BYTES);
		r->files--;
	}
	for (i = 0; i < r->sinks; i++)
		wanted |= (unsigned)sink_what(r->sink[i]);
	for (i = 0; i < r->coming_count; i++)
		wanted |= (unsigned)sink_what(r->coming[i]);
	__atomic_store_n(&r->wanted, wanted, __ATOMIC_RELAXED);
	pthread_mutex_unlock(&r->lock);
	sink_destroy(s);
}

/* Flush, and remove what has ended. Files are flushed now and then, and before a sleep. */
static void sinks_tend(struct record *r, bool idle)
{
	uint64_t now_ns = clock_ns(CLOCK_MONOTONIC), missed = r->missed_gone;
	bool files = idle || now_ns - r->flushed_ns >= FLUSH_NS;
	bool waits;

	if (files)
		r->flushed_ns = now_ns;
	for (unsigned i = r->sinks; i-- > 0;) {
		struct sink *s = r->sink[i];

		if (files || sink_watch(s, &waits) >= 0)
			sink_flush(s, now_ns);
		missed += sink_missed(s);
		if (sink_error(s))
			sink_remove(r, i);
	}
	__atomic_store_n(&r->missed, missed, __ATOMIC_RELAXED);
}

/* Wait for the bell, for readers who can take more or leave, and no longer than timeout_ms. */
static void watch(struct record *r, int timeout_ms)
{
	struct pollfd p[SINKS_MAX + 1] = {{.fd = r->bell, .events = POLLIN}};
	uint64_t rings;
	bool waits;

	for (unsigned i = 0; i < r->sinks; i++) {
		p[i + 1].fd = sink_watch(r->sink[i], &waits);
		p[i + 1].events = waits ? POLLOUT : 0;
		if (waits && timeout_ms < 0)
			timeout_ms = (int)(FLUSH_NS / NS_PER_MS);
	}
	if (poll(p, r->sinks + 1u, timeout_ms) <= 0)
		return;
	(void)!read(r->bell, &rings, sizeof(rings));
	for (unsigned i = 0; i < r->sinks; i++)
		if ((p[i + 1].revents & (POLLERR | POLLHUP | POLLNVAL)) != 0)
			sink_hang_up(r->sink[i]);
}

/* Nothing is queued: sleep until something is, or until stop. */
static void doze(struct record *r)
{
	__atomic_store_n(&r->asleep, true, __ATOMIC_SEQ_CST);
	if (!record_queue_peek(&r->queue[SIM_NS]) && !record_queue_peek(&r->queue[SIM_S]))
		watch(r, -1);
	__atomic_store_n(&r->asleep, false, __ATOMIC_SEQ_CST);
}

static void finish(struct record *r)
{
	struct sink_lost lost = lost_now(r);
	uint64_t end_ns = clock_ns(CLOCK_MONOTONIC) + LAST_NS, now_ns;
	bool waiting;

	for (unsigned i = 0; i < r->sinks; i++)
		sink_finish(r->sink[i], &lost);
	do {
		sinks_tend(r, true);
		waiting = false;
		for (unsigned i = 0; i < r->sinks; i++) {
			bool waits;

			(void)sink_watch(r->sink[i], &waits);
			waiting = waiting || waits;
		}
		if (waiting)
			watch(r, 10);
		now_ns = clock_ns(CLOCK_MONOTONIC);
	} while (waiting && now_ns < end_ns);
	for (unsigned i = r->sinks; i-- > 0;)
		if (sink_give_up(r->sink[i]))
			sink_remove(r, i);
	while (r->sinks > 0)
		sink_destroy(r->sink[--r->sinks]);
	pthread_mutex_lock(&r->lock);
	r->files = r->streams = 0;
	pthread_mutex_unlock(&r->lock);
}

static void *writer(void *ctx)
{
	struct record *r = ctx;
	bool stop, more;

	do {
		stop = __atomic_load_n(&r->stop, __ATOMIC_ACQUIRE);
		streams_join(r);
		more = drain(r, !stop);
		sinks_tend(r, !more);
		if (!stop && more)
			watch(r, (int)(HOLD_NS / NS_PER_MS));
		else if (!stop)
			doze(r);
	} while (!stop || more);
	finish(r);
	return NULL;
}

/* ---- start, stop, ask ---- */

int record_start(struct record *r, uint64_t rt_now_ns, char *err)
{
	sigset_t all, old;
	int rc;

	r->wall_ns = clock_ns(CLOCK_REALTIME) - rt_now_ns;
	r->monotonic_ns = clock_ns(CLOCK_MONOTONIC) - rt_now_ns;
	/* Signals are for the thread that knows what to do. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	rc = pthread_create(&r->thread, NULL, writer, r);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	r->started = rc == 0;
	if (rc)
		snprintf(err, RECORD_ERROR_BYTES, "captures: no thread: %s", strerror(rc));
	return rc ? -1 : 0;
}

int record_stop(struct record *r)
{
	static const uint64_t one = 1;

	if (!r->stopped && r->started) {
		__atomic_store_n(&r->stop, true, __ATOMIC_RELEASE);
		(void)!write(r->bell, &one, sizeof(one));
		pthread_join(r->thread, NULL);
	} else if (!r->stopped) {
		streams_join(r);
		finish(r);
	}
	r->stopped = true;
	return r->failed ? -1 : 0;
}

bool record_trouble(struct record *r, char *text)
{
	bool any;

	pthread_mutex_lock(&r->lock);
	any = r->told < r->failed;
	if (any)
		memcpy(text, r->trouble[r->told++], RECORD_ERROR_BYTES);
	pthread_mutex_unlock(&r->lock);
	return any;
}

void record_counts(struct record *r, struct record_counts *counts)
{
	struct sink_lost lost = lost_now(r);

	pthread_mutex_lock(&r->lock);
	*counts = (struct record_counts){
	    .frames = __atomic_load_n(&r->frames, __ATOMIC_RELAXED),
	    .events = __atomic_load_n(&r->events, __ATOMIC_RELAXED),
	    .dropped_frames = lost.frames[SIM_NS] + lost.frames[SIM_S],
	    .dropped_events = lost.events[SIM_NS] + lost.events[SIM_S],
	    .stream_drops = __atomic_load_n(&r->missed, __ATOMIC_RELAXED),
	    .cut_off = r->cut_off,
	    .files = r->files,
	    .streams = r->streams,
	    .failed = r->failed,
	};
	pthread_mutex_unlock(&r->lock);
}

void record_destroy(struct record *r)
{
	if (!r)
		return;
	(void)record_stop(r);
	for (unsigned i = 0; i < r->coming_count; i++)
		sink_destroy(r->coming[i]);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		record_queue_free(&r->queue[i]);
	if (r->bell >= 0)
		close(r->bell);
	pthread_mutex_destroy(&r->lock);
	free(r);
}
