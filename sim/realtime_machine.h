/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * realtime_machine.h - the inside of realtime.h. Files: realtime.c the machine as a whole and its
 * processors; realtime_world.c what a world does at a turn; realtime_send.c its frames;
 * realtime_bell.c doorbells and monitor; realtime_ledger.c where frames are; realtime_status.c the
 * account; realtime_faults.c and realtime_rogue.c what goes wrong.
 *
 * A processor is a thread that plays one world or both. It gives turns to worlds that have
 * something to do, and sleeps in ppoll when none has. What one thread asks of another is a flag of
 * the receiving side, by atomic access, and a poke at its processor. All else of a world belongs to
 * its own thread, counters too: a picture of them is drawn by the world itself when it is asked.
 */
#ifndef SIM_REALTIME_MACHINE_H
#define SIM_REALTIME_MACHINE_H

#include <pthread.h>

#include "iwc_bucket.h"
#include "realtime.h"
#include "rng.h"

/* As in core/port/native/iwc_port.h, whose hooks sim/ does not compile with. */
struct iwc_native_port {
	void (*ring)(struct iwc_native_port *self);
};

/* ---- realtime_ledger.c ---- */

enum rt_mark {
	RT_FREE,
	RT_OPEN,  /* under way */
	RT_TAKEN, /* the receiver has it, whatever became of it */
	RT_LOST,  /* given up by the sender's side */
};

/* A frame of a ring. The two worlds meet here, so every member is accessed atomically. */
struct rt_entry {
	uint64_t key;  /* line number at which it starts << 16 | length */
	uint64_t pair; /* session: sender's epoch << 32 | receiver's */
	uint64_t mark; /* id << 2 | enum rt_mark */
	uint64_t sent_ns;
};

/*
 * What one world sent in one class, by start line, over more laps than the ring has: a frame is
 * entered before it is known to fit, up to two laps beyond the credit, and must not stand in the
 * way of one that the receiver has given credit for and not marked yet.
 */
#define RT_LEDGER_LAPS 4u

struct rt_ledger {
	struct rt_entry *entry;
	uint32_t lines;
	uint64_t next;	      /* line behind the last frame sent */
	uint64_t overwritten; /* found open by a later frame of the same session */
	bool used;	      /* since it was last settled */
};

struct rt_taken {
	uint64_t id, sent_ns;
	uint64_t next; /* line behind it */
	bool lost;     /* had been given up */
};

struct rt_settled {
	uint64_t session, credit; /* given up now, by cause */
	uint64_t open;		  /* under way in the session that lives */
};

int rt_ledger_create(struct rt_ledger *l, uint32_t lines);
void rt_ledger_destroy(struct rt_ledger *l);

/* Before the producer at pos is given these frames of the given session, with numbers from id on.
 * Returns how many were entered, 1..n: never more than a lap. */
unsigned rt_ledger_enter(struct rt_ledger *l, uint64_t pos, const struct iwc_frame *f, unsigned n,
			 uint64_t pair, uint64_t id, uint64_t now_ns);

/* Afterwards: the first sent of them were taken. Returns where the producer must be now. */
uint64_t rt_ledger_commit(struct rt_ledger *l, uint64_t pos, const struct iwc_frame *f,
			  unsigned entered, unsigned sent);

/* By the receiver, which has moved from line to before end: the next frame of the given session.
 * False: the ledger has none there. */
bool rt_ledger_take(struct rt_ledger *l, uint64_t line, uint64_t end, uint64_t pair,
		    struct rt_taken *taken);

/* Both sides have left all sessions but alive (0: that too): what is open is lost. */
struct rt_settled rt_ledger_settle(struct rt_ledger *l, uint64_t alive);

/* ---- the machine ---- */

struct rt_counts {
	uint64_t offered, offered_bytes, sent, sent_bytes;
	uint64_t delivered, delivered_bytes, strays;
	uint64_t found; /* frames of the peer that had been given up and were received */
	uint64_t drops[SIM_RT_DROPS]; /* by this world, of either direction */
	struct histogram latency;     /* of what it received */
	struct sim_rt_world_status world;
};

enum rt_life {
	RT_LIFE_OFF, /* boots when hold_ns is over */
	RT_LIFE_RUN,
	RT_LIFE_PARKED, /* waits for the monitor's reset */
};

struct rt_cpu;

struct rt_world {
	struct iwc_native_port port; /* first: the hook gets this address */
	enum sim_world_id id;
	struct sim_rt *rt;
	struct rt_world *peer;
	struct rt_cpu *cpu;
	struct sim_rt_client client;
	struct iwc ep;
	uint8_t *own;
	const uint8_t *other;
	/* asked for by other threads; atomic */
	bool bell;	      /* a doorbell is pending */
	uint64_t bell_due_ns; /* one arrives then; SIM_RT_NEVER: none */
	uint64_t kill_ns;     /* 1 + time until it powers on again; 0: lives on */
	unsigned want;	      /* enum rt_want: a picture */
	/* when it has something to do */
	enum rt_life life;
	bool again, readable;
	bool deaf;	 /* its client's file is in error */
	uint64_t now_ns; /* of this turn, or of a later look at the clock */
	uint64_t hold_ns, poll_due_ns, client_due_ns, timer_ns;
	/* receiving */
	struct iwc_frame rx;
	uint8_t rx_buffer[2048];
	uint64_t rx_pair; /* session, as its sender names it */
	uint64_t rx_pos[IWC_CLASSES_MAX], refused[IWC_CLASSES_MAX];
	/* sending */
	struct rt_ledger ledger[IWC_CLASSES_MAX];
	uint64_t next_id;
	uint32_t blocked[IWC_CLASSES_MAX]; /* length of the frame that found the ring full; 0: none
					    */
	/* what was reported last */
	enum iwc_state state;
	uint64_t violations;
	bool told_up;
	/* faults in force: until */
	struct sim_rng rng;
	bool calmed, reload;
	int64_t clock_offset;
	uint64_t masked_ns, no_take_ns, no_buffers_ns, no_ring_ns, late_tick_ns;
	uint64_t storm_next_ns, storm_end_ns, storm_interval_ns;
	unsigned crash_again; /* activations until it crashes again; 0: no */
	/* counters; those of former lives are in base */
	struct iwc_counters base;
	struct rt_counts n;
	struct rt_counts picture; /* of n; read by others when want is RT_WANT_NOTHING */
};

enum rt_want {
	RT_WANT_NOTHING,
	RT_WANT_PICTURE,
	RT_WANT_DRAWN, /* being drawn */
};

/* A thread that plays one world, or both. */
struct rt_cpu {
	struct sim_rt *rt;
	struct rt_world *world[SIM_WORLDS];
	unsigned world_count, last;
	uint64_t now_ns; /* last look at the clock */
	pthread_t thread;
	bool busy;	    /* a frame moved since it looked for more */
	int fd;		    /* eventfd: ends its sleep */
	bool poked, asleep; /* atomic */
};

struct rt_fault {
	struct sim_rng rng; /* these belong to the thread that draws */
	uint64_t threshold;
	uint64_t passed;
	uint64_t next_ns; /* of kinds that come by time */
	uint64_t kept;	  /* attack-keep-session: the word */
	uint64_t fired;	  /* atomic */
};

struct rt_monitor {
	pthread_mutex_t lock;
	struct iwc_bucket bucket;
	uint32_t boots[SIM_WORLDS];
	uint64_t smcs, deferred;
	uint64_t due_ns; /* of the remembered doorbell; atomic */
	bool reset;	 /* NS waits for S, then both start afresh; atomic */
};

struct sim_rt {
	const struct scenario *sc;
	struct sim_rt_options opt;
	struct sim_rt_observer observer; /* zero: nobody */
	struct iwc_config channel;
	uint64_t origin_ns;
	size_t section_bytes;
	struct rt_world world[SIM_WORLDS];
	struct rt_cpu cpu[SIM_WORLDS];
	unsigned cpu_count, started;
	struct rt_monitor monitor;
	struct rt_fault fault[SIM_FAULTS_MAX];
	struct rt_cpu rogue; /* a processor of NS that attacks */
	bool has_rogue, rogue_started;
	uint64_t mmu_faults; /* of the rogue; atomic */
	bool done, calm;     /* atomic */
	pthread_mutex_t status_lock;
	bool running; /* by status_lock */
	uint64_t in_flight[SIM_WORLDS];
};

#define rt_load(p) __atomic_load_n((p), __ATOMIC_RELAXED)
#define rt_store(p, v) __atomic_store_n((p), (v), __ATOMIC_RELAXED)

/* The session of this world as its sender names it. */
static inline uint64_t rt_pair(const struct iwc *ep)
{
	return (uint64_t)ep->epoch << 32 | ep->peer_epoch;
}

/* realtime.c */
void rt_poke(struct rt_cpu *cpu); /* it looks again at what its worlds have to do */
/* Sleep until until_ns, a poke or a readable client; marks the worlds of those. */
void rt_sleep(struct rt_cpu *cpu, uint64_t until_ns);
void rt_event(struct rt_world *w, enum sim_rt_event_kind kind, uint32_t a, uint64_t b, uint64_t c);

/* realtime_status.c */
void rt_draw(struct rt_world *w); /* the picture that is wanted */

/* realtime_world.c */
uint64_t rt_due_ns(struct rt_world *w, uint64_t now_ns); /* when it wants a turn; 0: now */
void rt_turn(struct rt_world *w);
bool rt_listens(const struct rt_world *w, uint64_t now_ns); /* to its client's file */
void rt_die(struct rt_world *w, uint64_t back_ns);
void rt_settle(struct rt_world *w, uint64_t alive, uint64_t *open);
void rt_count(struct rt_world *w); /* brings n.world up to date */

/* realtime_send.c */
/* Frames of the machine itself: one that does not fit is dropped, in either world. */
void rt_offer(struct rt_world *w, unsigned cls, const struct iwc_frame *f, unsigned n);

/* realtime_bell.c */
void rt_ring(struct iwc_native_port *port);
void rt_pend(struct rt_world *target, const struct rt_cpu *by);
void rt_monitor_power_on(struct sim_rt *rt);
uint32_t rt_monitor_epoch(struct sim_rt *rt, enum sim_world_id id);
void rt_monitor_call(struct sim_rt *rt, const struct rt_cpu *by, uint64_t late_ns);
void rt_monitor_release(struct sim_rt *rt); /* by S, when the remembered doorbell is due */
void rt_monitor_wrap(struct sim_rt *rt, enum sim_world_id id);

/* realtime_faults.c */
void rt_faults_power_on(struct sim_rt *rt);
bool rt_fault_by_rogue(enum sim_fault_kind kind);
bool rt_fault_draw(struct sim_rt *rt, unsigned i, uint64_t now_ns);
bool rt_fault_any(struct rt_world *w, enum sim_fault_kind kind, int64_t *amount);
bool rt_faults_attend(struct rt_world *w);     /* what others ask: true if it has ended its life */
bool rt_faults_activation(struct rt_world *w); /* false: its life has ended */
void rt_faults_calm(struct rt_world *w);
/* Both sections as the monitor leaves them at power-on. No world runs. */
void rt_clear_region(struct sim_rt *rt);

/* realtime_rogue.c */
void *rt_rogue_run(void *cpu);

#endif
