/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realtime.h - two worlds in real time, with core/ on its native port.
 *
 * The region is one memory file mapped twice: each world writes its own section and can only read
 * the peer's, so that P13 is enforced by the MMU. Time is CLOCK_MONOTONIC, in ns since
 * sim_rt_create; a run is not repeatable. The monitor (token bucket, boot counts) and those faults
 * and attacks of the scenario that a real thread can suffer are part of the machine;
 * sim_rt_left_out names the others.
 *
 * Who gives the frames and takes them is a client, one for each world: generated traffic, a TAP, an
 * IP stack. All its calls come from the thread of its world.
 *
 * Frames are accounted for from outside, by a ledger that neither endpoint sees: every frame that
 * sim_rt_send took ends as delivered, or dropped for one counted cause, or is in flight. What is
 * received and the ledger does not know, a forgery of an attacker for one, is a stray.
 */
#ifndef SIM_REALTIME_H
#define SIM_REALTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "histogram.h"
#include "scenario.h"

#define SIM_RT_NEVER UINT64_MAX

/* Which processors the worlds have. */
enum sim_rt_cpus {
	SIM_RT_APART,  /* a thread each */
	SIM_RT_SHARED, /* one thread; a doorbell switches to the other world, as a monitor would */
};

/* Where and why a frame was lost; place is the world that lost it. */
enum sim_rt_drop {
	SIM_RT_DROP_NONE,
	SIM_RT_DROP_FULL,    /* ring full, and the world does not wait (S) */
	SIM_RT_DROP_DOWN,    /* offered while the link was down */
	SIM_RT_DROP_LENGTH,  /* a length that its class can't carry */
	SIM_RT_DROP_CRASH,   /* in the client's private memory when its world crashed */
	SIM_RT_DROP_SESSION, /* in the ring when its session ended */
	SIM_RT_DROP_CREDIT,  /* overwritten in the ring: the peer gave credit for what it had not
			      * taken (a liar, or a flipped bit) */
	SIM_RT_DROP_STALE,   /* copied out, then the session had changed */
	SIM_RT_DROP_E2E,     /* refused by the end-to-end check */
	SIM_RT_DROP_CLIENT,  /* received, and the client could not take it: no buffers, no device */
	SIM_RT_DROPS,
};

/* Stable name for output and JSON: "ring-full", "link-down", ... */
const char *sim_rt_drop_name(enum sim_rt_drop why);

enum sim_rt_event_kind {
	SIM_RT_EV_BOOT,	     /* a: epoch */
	SIM_RT_EV_CRASH,     /* a: 0 crash, 1 hang */
	SIM_RT_EV_STATE,     /* a: enum iwc_state, b: own epoch << 32 | peer's */
	SIM_RT_EV_RENEW,     /* a: epoch */
	SIM_RT_EV_DOORBELL,  /* a: 1 granted, 0 deferred by the bucket */
	SIM_RT_EV_VIOLATION, /* a: enum iwc_violation */
	SIM_RT_EV_FAULT,     /* a: index in scenario.fault, b: its firings so far, from 1 */
	SIM_RT_EV_LATE,	     /* end-to-end timeout */
	SIM_RT_EV_DELIVER,   /* a: class, b: frame id, c: length */
	SIM_RT_EV_DROP,	     /* a: class, b: frame id or 0, c: enum sim_rt_drop */
};

struct sim_rt_event {
	uint64_t time_ns, b, c;
	uint32_t a;
	enum sim_rt_event_kind kind;
	enum sim_world_id world;
};

/* A frame that a world offered. drop: it was not sent, and why. */
struct sim_rt_frame {
	uint64_t time_ns;
	uint64_t id; /* counts per sender from 1 */
	const uint8_t *bytes;
	uint32_t len_bytes;
	unsigned cls;
	enum sim_world_id from;
	enum sim_rt_drop drop;
};

/*
 * What looks on: captures, status. Called from both worlds' threads at once (attacks from a third),
 * in the middle of their work: must not block and must not call sim_rt functions. Members may be
 * NULL.
 */
struct sim_rt_observer {
	void *ctx;
	void (*frame)(void *ctx, const struct sim_rt_frame *frame);
	void (*event)(void *ctx, const struct sim_rt_event *event);
};

struct sim_rt;

/* One world's user of the link. Members may be NULL, but run. */
struct sim_rt_client {
	void *ctx;
	/* The world boots, with empty private memory; at power-on too. Returns how many frames
	 * that it had taken in, and not yet offered, are lost by that. */
	uint64_t (*boot)(void *ctx, uint64_t now_ns);
	void (*link)(void *ctx, bool up, uint64_t now_ns);
	/* A frame from the peer. False: it could not be taken (counted). */
	bool (*deliver)(void *ctx, unsigned cls, const uint8_t *frame, uint32_t len_bytes,
			uint64_t now_ns);
	/*
	 * Send what is there, by sim_rt_send, in bounded portions. Returns when to be called again
	 * at the latest, whatever happens (now or earlier: at once); SIM_RT_NEVER: at the next
	 * activation. Called at every activation.
	 */
	uint64_t (*run)(void *ctx, uint64_t now_ns);
	/* Readable: an activation is due. Not looked at while the ring is full for the world's
	 * frames, nor while the world is dead or hangs. -1: none. Non-blocking. */
	int fd;
};

/*
 * From within a client's deliver or run: send n frames (1..IWC_BURST_MAX) of class cls of the
 * client's world. Returns how many are dealt with, sent or dropped and counted; fewer than n only
 * for NS, whose ring is full: keep the rest, run is called again when there is room. A frame that
 * is dropped for a wrong length or a link that is down counts as dealt with. For S a full ring
 * drops, unless keep is set: then it returns as for NS.
 */
unsigned sim_rt_send(struct sim_rt *rt, enum sim_world_id from, unsigned cls,
		     const struct iwc_frame *frames, unsigned n, bool keep);

/* The session of a world, own epoch << 32 | the peer's; the low half is 0 while the link is not
 * up. From within calls of its client. */
uint64_t sim_rt_session(const struct sim_rt *rt, enum sim_world_id world);

struct sim_rt_options {
	uint64_t seed;
	enum sim_rt_cpus cpus;
	uint64_t spin_ns; /* how long an idle world looks before it sleeps; 0: not at all */
	const struct sim_rt_observer *observer; /* NULL: nobody */
};

/* Can real time give what the scenario wants? No weakened core, and nothing else switched off.
 * False with one line in err. */
bool sim_rt_possible(const struct scenario *sc, char *err, size_t err_size);

/*
 * Make the machine for a scenario, which must outlive it. Returns NULL with one line in err: not
 * possible, no memory. clients are copied.
 */
struct sim_rt *sim_rt_create(const struct scenario *sc, const struct sim_rt_options *opt,
			     const struct sim_rt_client clients[SIM_WORLDS], char *err,
			     size_t err_size);

/* Power on; returns at once. -1 with a line in err if a thread can't be had. */
int sim_rt_start(struct sim_rt *rt, char *err, size_t err_size);

/* Both worlds end after their activation; joined. Safe without start. */
void sim_rt_stop(struct sim_rt *rt);

void sim_rt_destroy(struct sim_rt *rt);

/* Any thread. */
uint64_t sim_rt_now_ns(const struct sim_rt *rt);

/* No fault fires from now on, those in force end; for a closing phase. Any thread. */
void sim_rt_calm(struct sim_rt *rt);

/* The i-th of the scenario's faults that real time leaves out: "stale-read"; NULL: no more. */
const char *sim_rt_left_out(const struct scenario *sc, unsigned i);

/* One direction, by sender. sent = delivered + in flight + dropped from SIM_RT_DROP_SESSION on. */
struct sim_rt_flow {
	uint64_t offered, offered_bytes;
	uint64_t sent, sent_bytes;
	uint64_t delivered, delivered_bytes;
	uint64_t drops[SIM_RT_DROPS]; /* offered = sent + full + down + length; crash beside */
	uint64_t in_flight;	      /* while it runs: what is not known to be delivered or lost */
	uint64_t unaccounted;	      /* frames without a cause, or with two: not 0 is our bug */
	uint64_t strays; /* received, but not sent so: forged, or repeated after a bit flip */
	struct histogram latency; /* iwc_send to delivery, ns */
};

/* The endpoint of a world in its last life, for its counters. Only after sim_rt_stop. */
const struct iwc *sim_rt_endpoint(const struct sim_rt *rt, enum sim_world_id world);

struct sim_rt_world_status {
	enum iwc_state state;
	uint32_t epoch, peer_epoch;
	uint64_t boots, crashes, renewals, ups, downs, violations, stalls;
	uint64_t activations, polls;
	uint64_t rings;	     /* doorbells that it rang */
	uint64_t suppressed; /* sends that needed none: the peer was awake */
	uint64_t interrupts; /* doorbells that reached it */
	uint64_t mmu_faults; /* its writes to the peer's section, each refused by the MMU */
};

struct sim_rt_status {
	uint64_t now_ns;
	struct sim_rt_flow flow[SIM_WORLDS]; /* by sender */
	struct sim_rt_world_status world[SIM_WORLDS];
	uint64_t smcs, deferred;	/* monitor: calls of NS, and those the bucket held back */
	uint64_t fired[SIM_FAULTS_MAX]; /* by fault of the scenario */
};

/*
 * A picture of the machine, from any thread; while it runs, counters of one world may be newer than
 * the other's, and only after sim_rt_stop is the account exact (large: 60 KiB).
 */
void sim_rt_status(struct sim_rt *rt, struct sim_rt_status *status);

#endif
