/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - the simulated machine: memory, two worlds, monitor, faults, and what is observed.
 *
 * One machine at a time, in `sim`. Files: memory.c the C11 view machine and its detectors; engine.c
 * the scheduler and events; monitor.c doorbells and boot counts; world.c what a world runs; flows.c
 * its traffic; ghost.c what was sent and must arrive; wakeup.c lost wake-ups; faults.c, spoil.c and
 * attacks.c what goes wrong; observe.c events and violations; output.c and result.c the output.
 * Times are ns of virtual time.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include "core_ops.h"
#include "capture.h"
#include "coro.h"
#include "histogram.h"
#include "iwc_trace.h"
#include "rng.h"
#include "scenario.h"
#include "sim.h"
#include "stack.h"

#define SIM_NEVER UINT64_MAX

/* ---- memory ---- */

#define SIM_VERSIONS 4u

/* One store to a word. Each word has one writer, so modification order is store order. */
struct sim_version {
	uint64_t value;
	uint64_t seq;	  /* of the writer's stores; 1 is its first */
	uint64_t rel;	  /* writer's stores up to this one are released by it; 0: none */
	uint64_t time_ns; /* from when staleness is counted */
};

struct sim_cell {
	struct sim_version v[SIM_VERSIONS];
	uint64_t floor;	  /* newest store of this word that the reader has seen */
	uint64_t fetched; /* value that the reader fetched last */
	uint32_t op;	  /* and its operation that did */
	uint8_t newest;
	uint8_t count;
};

struct sim_line {
	uint64_t seq, rel, time_ns;
	uint64_t prev_seq;
	uint64_t floor;
	uint64_t pair; /* session in which it was filled; 0: not waiting to be taken */
	uint32_t op;
	uint8_t prev[IWC_LINE]; /* content before the last store */
};

/* Where the arrays of a class are in either section. */
struct sim_range {
	size_t words, data, end; /* byte offsets */
	unsigned cell, line;	 /* first index */
	unsigned lines;
};

struct sim_section {
	uint8_t *base;
	struct sim_cell *cell;
	struct sim_line *line;
};

enum sim_cell_kind {
	SIM_CELL_HELLO,
	SIM_CELL_SESSION,
	SIM_CELL_START,
	SIM_CELL_CREDIT,
	SIM_CELL_WAKE,
	SIM_CELL_SPACE,
	SIM_CELL_TAG,
	SIM_CELL_E2E,
	SIM_CELL_NONE, /* between fields: nobody's */
};

/* ---- observation ---- */

enum sim_event_kind {
	SIM_EV_BOOT,	  /* a: epoch */
	SIM_EV_CRASH,	  /* a: 0 crash, 1 hang, 2 monitor reset */
	SIM_EV_STATE,	  /* a: enum iwc_state, b: epochs */
	SIM_EV_RENEW,	  /* a: epoch */
	SIM_EV_SEND,	  /* a: class, b: id, c: length */
	SIM_EV_RECV,	  /* a: class, b: id, c: length */
	SIM_EV_DROP,	  /* a: class, b: id, c: enum sim_drop */
	SIM_EV_SMC,	  /* doorbell call to the monitor */
	SIM_EV_DEFERRED,  /* bucket empty: remembered */
	SIM_EV_INTERRUPT, /* doorbell interrupt raised for this world */
	SIM_EV_WAKE,	  /* world woke; a: 1 doorbell, 0 timer */
	SIM_EV_VIOLATION, /* seen by core; a: enum iwc_violation */
	SIM_EV_FAULT,	  /* a: fault index, b: firing number */
	SIM_EV_LATE,	  /* end-to-end timeout */
	SIM_EV_MISS,	  /* deadline missed; a: response ns */
	SIM_EV_PROPERTY,  /* a: property */
	SIM_EV_ACCESS,	  /* a: enum sim_access, b: offset, c: value */
	SIM_EV_PHASE,	  /* a: 1 closing phase begins */
	SIM_EV_PUBLISH,	  /* a: class, b: id, c: length; the peer can take the frame from now on */
	SIM_EV_ANNOUNCE,  /* b: epochs; the session word is stored */
	SIM_EV_RING,	  /* the endpoint rings, whatever becomes of it */
};

enum sim_drop {
	SIM_DROP_FULL,	  /* ring full: secure world drops and counts */
	SIM_DROP_QUEUE,	  /* sender's own queue full */
	SIM_DROP_DOWN,	  /* link down */
	SIM_DROP_FILTER,  /* refused by the receiver's filter */
	SIM_DROP_LENGTH,  /* length that the channel can't carry */
	SIM_DROP_BUFFERS, /* receiver's stack out of buffers */
	SIM_DROP_SESSION, /* in flight at a restart */
	SIM_DROP_E2E,	  /* end-to-end check */
	SIM_DROPS,
};

enum sim_access {
	SIM_ACCESS_LOAD,
	SIM_ACCESS_STORE,
	SIM_ACCESS_FENCE,
	SIM_ACCESS_COPY_IN,
	SIM_ACCESS_COPY_OUT,
};

struct sim_event {
	uint64_t time_ns;
	uint64_t b, c;
	uint32_t a;
	uint8_t kind;
	uint8_t who; /* enum sim_world_id, or SIM_MONITOR */
};

#define SIM_MONITOR 2u
#define SIM_RECENT 256u /* events kept for a counterexample */
#define SIM_EARLY 200u
#define SIM_POINTS 256u /* occupancy samples a ring */

struct sim_points {
	uint32_t low[SIM_POINTS], high[SIM_POINTS]; /* low > high: no sample */
	uint32_t last[SIM_POINTS];
};

/* ---- frames in flight ---- */

struct sim_ghost {
	uint64_t id;
	uint64_t offered_ns;
	uint64_t published_ns; /* 0: not yet */
	uint64_t pair;	       /* sender's session */
	uint64_t position;     /* of its bytes, free-running */
	uint32_t offset, len_bytes, flow;
	bool open; /* the send call that took it is still under way */
};

struct sim_ghosts {
	struct sim_ghost *entry;
	uint8_t *bytes;
	uint32_t mask, byte_mask;
	uint64_t head, tail; /* entries head..tail-1 are in flight */
	uint64_t byte_tail;
	uint64_t recent_id[64], recent_pair[64]; /* delivered or lost, by id mod 64 */
	uint64_t delivered, lost_session, skipped;
	uint64_t last_id;  /* of the last delivered */
	uint32_t bulk_run; /* lower-class frames delivered while one here was visible */
};

/* ---- worlds ---- */

#define SIM_QUEUE 128u
#define SIM_BUFFER 2048u /* bytes of a private frame buffer; a frame may fill 1536 of them */

struct sim_slot {
	uint64_t id, offered_ns;
	uint32_t len_bytes;
	uint32_t flow;
	_Alignas(64) uint8_t bytes[SIM_BUFFER];
};

/* Frames that a world's own stack has ready for one class. */
struct sim_queue {
	struct sim_slot *slot; /* SIM_QUEUE of them */
	uint32_t head, count;
};

struct sim_flow_state {
	uint64_t next_ns, sent;
	struct sim_rng rng;
	uint64_t offered, accepted, delivered, dropped;
	struct sim_capture *replay;
	uint32_t replay_len; /* of the frame read ahead; 0: none */
	uint8_t replay_bytes[IWC_FRAME_MAX];
};

enum sim_life {
	SIM_LIFE_OFF,
	SIM_LIFE_RUN,
	SIM_LIFE_SLEEP,
	SIM_LIFE_DEAD, /* crashed; comes back at wake_ns */
};

struct sim_world {
	enum sim_world_id id;
	enum sim_life life;
	uint64_t t;	  /* own time */
	uint64_t horizon; /* gives way when t reaches it */
	uint64_t wake_ns;
	/* memory views */
	uint64_t seq;	   /* own stores so far */
	uint64_t relfence; /* own stores before the last release (full) fence */
	uint64_t floor;	   /* peer's stores that are visible for certain */
	uint64_t pend;	   /* would be visible after an acquire fence */
	bool racy;	   /* this operation copied bytes that no acquire ordered */
	/* detectors */
	uint32_t op;
	uint64_t accesses;
	uint64_t fault_at;	     /* access count at which the next fault of an access is due */
	uint32_t reads, reads_bound; /* of this activation */
	uint32_t reads_worst;
	uint32_t taken[IWC_CLASSES_MAX]; /* frames of this activation */
	uint32_t spin_cell, spin_count;
	/* doorbell */
	uint64_t irq_ns;    /* pending interrupt arrives then; SIM_NEVER: none */
	uint64_t irq_seq;   /* ringer's stores that it makes visible */
	uint64_t masked_ns; /* masked until */
	bool bell;
	uint64_t interrupts;
	/* program */
	const struct sim_core *core;
	struct iwc ep;
	uint32_t epoch;
	bool booting;
	bool activation;
	uint64_t boots, renewals, crashes, activations, polls, wakes, mmu_faults;
	uint64_t poll_due_ns, next_job_ns, slept_ns, ran_ns, burst_ns;
	uint64_t jobs, jobs_missed, worst_response_ns;
	uint64_t spent_uart_ns;
	struct sim_queue queue[IWC_CLASSES_MAX];
	struct iwc_frame rx[IWC_BURST_MAX];
	uint8_t *rx_buffer;
	struct sim_ghosts sent[IWC_CLASSES_MAX];
	struct sim_points points[IWC_CLASSES_MAX]; /* occupancy of the ring it fills */
	uint64_t drops[SIM_DROPS];
	const struct sim_stack_ops *stack;
	uint64_t stack_due_ns;
	bool stack_ran; /* in an earlier life of this run: its reports go on */
	/* fault states: in force until */
	int64_t clock_offset;
	uint64_t no_take_ns, no_buffers_ns, delay_ns, delay_until_ns, late_tick_ns;
	uint64_t no_ring_ns, keep_session_ns;
	uint64_t kept_session;
	uint64_t crash_again;	 /* accesses of its next boot after which it crashes again; 0: no */
	uint64_t crash_again_at; /* the same as a count of accesses */
	bool reload;		 /* driver reload wanted */
	/* the frames of the send call under way, for end-to-end faults */
	struct {
		uint32_t index, len_bytes;
	} out[IWC_BURST_MAX];
	unsigned out_count, out_class;
	unsigned copied; /* frames that it has copied out and not published yet */
	struct sim_coro coro;
};

struct sim_fault_state {
	struct sim_rng rng;
	uint64_t threshold;
	uint64_t passed;      /* opportunities */
	uint64_t next_ns;     /* for kinds that come by time */
	uint64_t next_access; /* of the world, for kinds that come at an access */
	uint64_t drawn;	      /* firings so far, muted ones included */
	uint64_t fired;
};

struct sim_monitor {
	struct iwc_bucket bucket;
	uint32_t boots[SIM_WORLDS];
	uint64_t raised[64]; /* times of the last doorbell interrupts to S, by number */
	uint64_t clock_ns;   /* its own: the callers' are a slack apart */
	uint64_t raises, smcs, deferred, storm_end_ns, storm_next_ns, storm_interval_ns;
};

/* A frame as it stood in shared memory, for end-to-end faults. */
struct sim_image {
	uint64_t word;
	uint64_t pair;
	uint32_t len_bytes; /* 0: none */
	uint8_t bytes[IWC_FRAME_MAX];
};

struct sim_check {
	uint64_t checks[SIM_PROPERTIES + 1];
	uint64_t failed[SIM_PROPERTIES + 1];
};

struct sim_machine {
	const struct scenario *sc;
	const struct sim_options *opt;
	struct sim_section section[SIM_WORLDS];
	struct sim_range range[IWC_CLASSES_MAX];
	size_t section_bytes;
	unsigned cells, lines;
	uint64_t sc_view[SIM_WORLDS]; /* stores before each world's fences, in fence order */
	struct sim_world world[SIM_WORLDS];
	struct sim_world *self; /* who runs */
	struct sim_monitor monitor;
	struct sim_flow_state flow[SIM_FLOWS_MAX];
	struct sim_fault_state fault[SIM_FAULTS_MAX];
	uint64_t kinds[(SIM_FAULT_KINDS + 63) / 64]; /* fault kinds of the scenario, a bit each */
	struct sim_image kept[SIM_WORLDS][IWC_CLASSES_MAX];
	struct sim_rng rng_memory, rng_schedule;
	uint64_t weak_threshold;
	uint64_t now_ns, main_end_ns, end_ns;
	bool closing, stop, interrupted;
	bool honest;   /* nobody lies: order, race and accusation checks apply */
	bool intact;   /* no fault has changed a byte that was sent */
	bool restarts; /* a world restarted or will */
	bool probing;  /* P6 is being watched */
	bool probe_ok[SIM_WORLDS][IWC_CLASSES_MAX];
	uint64_t probe_id[SIM_WORLDS][IWC_CLASSES_MAX];
	uint64_t probe_ns; /* next look at P6 */
	/* observed */
	struct sim_check check;
	struct sim_violation violation[SIM_VIOLATIONS_MAX];
	unsigned violations;
	struct sim_event recent[SIM_RECENT];
	struct sim_event early[SIM_EARLY]; /* the first ones */
	uint64_t events;
	uint64_t hash;
	uint64_t failing_event;
	struct sim_firing *firing;
	unsigned firings, firing_room;
	struct histogram latency[SIM_WORLDS][IWC_CLASSES_MAX]; /* by sender */
	struct histogram response;
	uint64_t next_id[SIM_WORLDS];
	uint64_t frames_sent, frames_delivered;
	struct sim_output *output; /* NULL: nothing is written */
};

extern struct sim_machine sim;

/* memory.c */
int sim_memory_create(void);
void sim_memory_destroy(void);
/* Fill both sections with power-on content: zero, or garbage from a stream. */
void sim_memory_power_on(enum sim_world_id owner, bool garbage);
enum sim_cell_kind sim_memory_kind(unsigned cell, unsigned *cls, unsigned *index);
unsigned sim_memory_cell(enum sim_cell_kind kind, unsigned cls, unsigned index);
uint64_t sim_memory_peek(enum sim_world_id owner, unsigned cell);
/* A store that does not come from core/: seen by everybody at once. */
void sim_memory_poke(enum sim_world_id owner, unsigned cell, uint64_t value);
uint8_t *sim_memory_line(enum sim_world_id owner, unsigned cls, unsigned index);
/* The doorbell's ordering: the target sees all that its ringer stored up to seq. */
void sim_memory_order(struct sim_world *target, uint64_t seq);

/* engine.c */
void sim_spend(struct sim_world *w, uint64_t ns); /* processor time of the running world */
void sim_give_way(struct sim_world *w);
void sim_sleep(struct sim_world *w, uint64_t wake_ns);
/* Its life ends at at_ns and a new one begins back_ns later. Does not return to a world that kills
 * itself. */
void sim_kill_at(struct sim_world *w, uint64_t at_ns, uint64_t back_ns);
/* Let a sleeping world look at what it has to do. */
void sim_nudge(struct sim_world *w);
void sim_interrupt(struct sim_world *w); /* take a due interrupt */
static inline struct sim_world *sim_peer(const struct sim_world *w)
{
	return &sim.world[w->id == SIM_NS ? SIM_S : SIM_NS];
}

/* monitor.c */
void sim_monitor_power_on(void);
uint32_t sim_monitor_boot(enum sim_world_id id); /* next epoch of a world */
void sim_monitor_doorbell(struct sim_world *from, uint64_t now_ns);
uint64_t sim_monitor_due_ns(void);
void sim_monitor_run(uint64_t now_ns);
void sim_monitor_spurious(struct sim_world *target, uint64_t now_ns);
void sim_monitor_storm(uint64_t now_ns, uint64_t duration_ns, uint64_t interval_ns);

/* world.c */
struct iwc_config sim_channel(void); /* configuration of both endpoints */
int sim_world_create(struct sim_world *w, enum sim_world_id id);
void sim_world_destroy(struct sim_world *w);
void sim_world_power_on(struct sim_world *w, uint64_t at_ns);

/* wakeup.c: P9, judged when a world wakes and before it polls */
void sim_wakeup_check(struct sim_world *w);
void sim_poll_check(struct sim_world *w);

/* flows.c */
uint64_t sim_flows_due_ns(const struct sim_world *w);
void sim_flows_produce(struct sim_world *w);
bool sim_queue_put(struct sim_world *w, unsigned cls, const void *bytes, uint32_t len_bytes,
		   uint64_t id, uint32_t flow);
/* An Ethernet frame that carries this number; its content follows from both. */
void sim_frame_fill(enum sim_world_id from, unsigned cls, uint64_t id, uint8_t *bytes,
		    uint32_t len_bytes);
/* The same with the world's next number, which is returned. */
uint64_t sim_frame_make(struct sim_world *w, unsigned cls, uint8_t *bytes, uint32_t len_bytes);
uint64_t sim_frame_id(const uint8_t *bytes, uint32_t len_bytes); /* 0: not one of ours */
void sim_flows_stack(const struct sim_world *w, struct sim_stack_config *cfg);
int sim_flows_open(char *err, size_t err_size);
void sim_flows_close(void);

/* ghost.c */
int sim_ghost_create(struct sim_ghosts *g, unsigned lines);
void sim_ghost_destroy(struct sim_ghosts *g);
/* The first n frames of the queue are about to be offered to the ring. */
void sim_ghost_offer(struct sim_world *w, unsigned cls, unsigned n);
void sim_ghost_settle(struct sim_world *w, unsigned cls, unsigned offered, unsigned accepted);
void sim_ghost_published(struct sim_world *w, unsigned cls);
void sim_ghost_flush(struct sim_world *w);   /* whatever is in flight is lost */
void sim_ghost_abandon(struct sim_world *w); /* died in the middle of a send */
void sim_ghost_delivered(struct sim_world *receiver, unsigned cls, const uint8_t *bytes,
			 uint32_t len_bytes);
void sim_ghost_end(void);
uint64_t sim_world_pair(const struct sim_world *w);

/* faults.c */
void sim_faults_arm(void);
uint64_t sim_faults_due_ns(void);
void sim_faults_run(uint64_t now_ns);
void sim_faults_end(void); /* the closing phase begins */
void sim_fault_at_access(struct sim_world *w);
void sim_faults_activation(struct sim_world *w);
bool sim_fault_draw(unsigned fault, struct sim_world *w); /* an opportunity: does it fire? */
bool sim_fault_any(enum sim_fault_kind kind, struct sim_world *w, int64_t *amount);

/* spoil.c */
void sim_faults_publish(struct sim_world *w, unsigned cls);

/* attacks.c */
void sim_attack_before_load(struct sim_world *reader, unsigned cell);
void sim_attack_after_load(struct sim_world *reader, unsigned cell);
void sim_attack_after_copy(struct sim_world *reader, unsigned cls, unsigned index);
void sim_attack_by_time(unsigned fault, uint64_t now_ns);
/* What a former power cycle left in a section. */
void sim_attack_power_on(enum sim_world_id owner);
bool sim_fault_named(enum sim_fault_kind kind); /* is one of this kind in the scenario? */

/* observe.c */
void sim_observe(uint8_t who, enum sim_event_kind kind, uint32_t a, uint64_t b, uint64_t c,
		 uint64_t time_ns);
void sim_violate(unsigned property, struct sim_world *w, const char *detector, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void sim_checked(unsigned property);
int sim_event_text(const struct sim_event *e, char *buf, size_t size);
/* The same as one line "world=WHO kind=KIND key=value ..." (docs/trace-format.md). */
int sim_event_words(const struct sim_event *e, char *buf, size_t size);
const char *sim_event_kind_name(enum sim_event_kind kind);

/* output.c: files and stream of a run, either may be NULL */
struct sim_output *sim_output_open(const char *folder, struct sim_stream *stream, char *err,
				   size_t err_size);
void sim_output_event(struct sim_output *o, const struct sim_event *e);
void sim_output_frame(struct sim_output *o, const struct sim_world *from, uint64_t id,
		      const uint8_t *bytes, uint32_t len_bytes, const char *comment);
int sim_output_close(struct sim_output *o, json_t *json, char *err, size_t err_size);

/* threads.c: the same scenario on two pthreads in real time */
int sim_run_threads(struct sim_result *result, char *err, size_t err_size);

/* result.c */
void sim_result_fill(struct sim_result *result);
json_t *sim_result_json(const struct sim_result *result);

#endif
