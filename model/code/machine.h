/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * machine.h - two worlds that run the compiled core, one step at a time, over a weak memory.
 *
 * A state is five numbers (struct model_state), so that a search can keep many of them: a world and
 * a section are kept once for all states that share them (intern.c), and a number names them. A
 * step takes a state and a choice and gives another state.
 *
 * How C becomes steps (step.c): a world's private state is the endpoint as it was when the call
 * under way began, and what its loads have returned since. A step runs the call again from its
 * beginning, answers the accesses of before from that record, makes new ones, and leaves by longjmp
 * in front of the access at which the other world may matter. The core itself is unchanged.
 *
 * Files: memory.c the memory; step.c accesses and steps; world.c the program of a world; judge.c
 * what must hold; intern.c states in few bytes; client.c the client; walk.c and code.pml use them.
 */
#ifndef MODEL_MACHINE_H
#define MODEL_MACHINE_H

#include "client.h"
#include "core_ops.h"
#include "memory.h"

#define MODEL_WORLDS 2u
#define MODEL_LOG_MAX 160u    /* accesses of one call */
#define MODEL_EVENTS_MAX 64u  /* of one step */
#define MODEL_OPTIONS_MAX 16u /* choices of one step */

/* Where a world is in its program. The order is that of an activation. */
enum model_at {
	MODEL_AT_OFF,
	MODEL_AT_BOOT,
	MODEL_AT_BEGIN,
	MODEL_AT_RENEW,
	MODEL_AT_RECV,
	MODEL_AT_SEND,
	MODEL_AT_SPACE,
	MODEL_AT_ARM,
	MODEL_AT_SLEEP,
};

/* The access in front of which a world stands. */
enum model_access {
	MODEL_NO_ACCESS, /* between calls: BEGIN and SLEEP have choices of their own */
	MODEL_LOAD,
	MODEL_STORE,
	MODEL_COPY_IN,
	MODEL_COPY_OUT,
	MODEL_FENCE_FULL,
	MODEL_FENCE_ACQUIRE,
	MODEL_RING,
};

/* What a world knows and where it is. */
struct model_life {
	uint8_t at;			    /* enum model_at */
	uint8_t access;			    /* enum model_access that comes next */
	uint8_t word;			    /* of it */
	uint8_t cls;			    /* SEND, SPACE: which class */
	uint8_t boots;			    /* epochs handed out by the monitor */
	uint8_t crashes, renewals, reloads; /* that are left */
	uint8_t blocked;		    /* bit c: class c waits for space */
	uint8_t up_pair; /* session in which the counts below are: own boots << 4 | peer's */
	uint8_t state;	 /* enum iwc_state, as of the call under way began */
	uint8_t waits;	 /* a unit of time that passes would change what it does */
	uint8_t timer;	 /* its timer alone ends a wait, so that it does not sleep for ever */
	uint8_t wish;	 /* the driver of this world will reload in this activation */
	uint8_t offered[MODEL_CLASSES_MAX];  /* frames of the script that are behind us */
	uint8_t sent[MODEL_CLASSES_MAX];     /* accepted in this session */
	uint8_t received[MODEL_CLASSES_MAX]; /* delivered in this session */
	uint8_t accesses;		     /* of the call under way that are done */
	uint8_t logged;			     /* values of them in the log */
};

struct model_world_state {
	struct model_life life;
	struct iwc ep; /* as it was when the call under way began */
	uint64_t log[MODEL_LOG_MAX];
};

/* Bits of model_state.flags. */
#define MODEL_BELL(w) (1u << (w)) /* a doorbell is pending at world w */
#define MODEL_LOST_SHIFT 8u	  /* doorbells that faults may still take */

struct model_state {
	int32_t world[MODEL_WORLDS];
	int32_t section[MODEL_WORLDS];
	uint32_t flags;
};

/* What went wrong, as in docs/properties.md. */
struct model_fault {
	unsigned property;    /* 1..13; 0: nothing; 99: a bound of the harness */
	const char *detector; /* static */
	unsigned world;
};

struct model_event {
	uint8_t kind, world; /* EV_* of spec/events.h */
	uint8_t a, b, c;     /* epochs as the count of boots that gave them */
};

/* ---- for those who search: step.c ---- */

/* Bind a client. One machine a process. 0, or -1 with the reason in err. */
int model_open(const struct model_client *client, char *err, size_t err_size);

/* Both worlds are off and about to boot. */
struct model_state model_start(void);

/* Drop all that is kept of states: none of before means anything any more. */
void model_forget(void);

/* How many ways world w can go on: 0 when it sleeps and nothing wakes it. */
unsigned model_choices(const struct model_state *s, unsigned w);

/* World w goes on in the way of choice, below model_choices(). */
struct model_state model_step(const struct model_state *s, unsigned w, unsigned choice);

bool model_can_crash(const struct model_state *s, unsigned w);
struct model_state model_crash(const struct model_state *s, unsigned w);

/* The first fault of the last step, or of an earlier one if it had none. */
extern struct model_fault model_fault;

/* What the last step showed, in order. */
extern struct model_event model_event[MODEL_EVENTS_MAX];
extern unsigned model_events;

/* Called for each access of a step, for a trace; NULL: nobody listens. */
extern void (*model_watch)(unsigned w, enum model_access access, unsigned word, uint64_t value);

/* ---- predicates on states, for properties: judge.c ---- */

/* Both worlds are up in one session. */
bool model_linked(const struct model_state *s);
/* Both sleep, no doorbell is pending and no timer will wake one of them. */
bool model_quiet(const struct model_state *s);
/* All that was accepted in the present session was delivered. */
bool model_drained(const struct model_state *s);
/* Every frame of the scripts was offered. */
bool model_all_offered(const struct model_state *s);

/* ---- between the files ---- */

/* place.c: what stands where in a section. */
enum model_field {
	MODEL_SESSION,
	MODEL_START,
	MODEL_CREDIT,
	MODEL_WAKE,
	MODEL_SPACE,
	MODEL_TAG,
	MODEL_E2E,
	MODEL_LINE,
	MODEL_UNUSED, /* written and never read: hello, classes that the client lacks */
	MODEL_OUTSIDE,
};

struct model_place {
	enum model_field field;
	unsigned owner, cls, index;
	unsigned word; /* of the section; lines stand last */
};

struct model {
	struct model_client client;
	struct iwc_config cfg;
	const struct sim_core *core[MODEL_WORLDS];
	struct iwc fresh[MODEL_WORLDS]; /* endpoints just bound */
	uint8_t *region[MODEL_WORLDS];	/* addresses only; nothing is ever stored there */
	size_t region_bytes;
	unsigned words, lines;	   /* of a section */
	struct model_place *place; /* by offset / 8 */
};

extern struct model model;

/* The step under way. */
struct model_run {
	unsigned w;
	struct model_world_state self;
	struct model_life peer; /* of the other world, to be judged by */
	struct mem_section section[MODEL_WORLDS];
	uint32_t flags;
};

extern struct model_run model_run;

/* Fill model.place; then ask for an address. */
void model_place_all(void);
struct model_place model_place(const void *address);
unsigned model_word(enum model_field field, unsigned cls, unsigned index);
static inline unsigned model_first_line(void)
{
	return model.words - model.lines;
}
/* "class 0 tag[1]" and the like. */
const char *model_word_text(unsigned word, char *buf, size_t size);

/* step.c, for world.c and judge.c */
void model_fail(unsigned property, const char *detector);
/* An event of the access or the call that is new in this step. */
void model_say(uint8_t kind, unsigned a, unsigned b, unsigned c);
extern struct iwc model_work;	    /* the endpoint as the call under way changes it */
unsigned model_frames_copied(void); /* by the send call under way */
void model_call_begin(void);
void model_call_end(void);

/* world.c: go on from where the world is, until it stands in front of something. */
void model_world_run(void);
/* Ways out of BEGIN and SLEEP. */
unsigned model_world_choices(const struct model_state *s, unsigned w);
void model_world_choose(unsigned choice);
void model_world_die(void);
/* The frames copied by the send call under way can be taken from now on. */
void model_world_published(void);
/* Which boot of world w an epoch is; 0: none. */
unsigned model_boots_of(unsigned w, uint32_t epoch);

/* judge.c: frames that say who sent them, and where they belong */
struct model_frame_id {
	unsigned world, cls, number, place, pair;
};
uint64_t model_frame_key(const struct model_frame_id *id, unsigned chunk);
void model_chunk_fill(uint8_t *bytes, uint32_t len_bytes, uint64_t key);
void model_judge_frame(unsigned cls, const struct iwc_frame *f);
void model_judge_quiet(const struct model_state *s);
uint64_t model_chunk_key(const uint8_t *bytes, uint32_t len_bytes);
/* Are both worlds up in the same session, as far as their last calls knew? */
bool model_same_session(void);
unsigned model_length(unsigned w, unsigned cls, unsigned number);
#define MODEL_POISON UINT64_MAX /* content of a line that was copied while it changed */

/* intern.c */
int32_t model_intern_world(struct model_world_state *w, unsigned who);
int32_t model_intern_section(struct mem_section *s);
const struct model_life *model_life_of(int32_t id);
void model_extern_world(int32_t id, struct model_world_state *w, unsigned who);
void model_extern_section(int32_t id, struct mem_section *s);
unsigned model_section_options(int32_t id, unsigned word);
void model_intern_forget(void);
size_t model_intern_bytes(void);
void model_intern_print(void); /* how many there are, on stdout */

#endif
