/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel.pml - the service of the channel: which events of events.h are allowed, and when.
 *
 * This is the specification, and there is only one. Three clients say the events of something that
 * runs, and ask: protocol.pml (the abstract protocol), model/code/ (the real core, step by step)
 * and conform.pml (traces of the simulator). It knows nothing of rings, tags or credits. It says:
 *
 *   R0  a life begins by withdrawing the session word of the former one;
 *   R3  only an announced peer epoch that is higher than those accepted before is acknowledged;
 *       a link comes up only if the peer has acknowledged the present epoch;
 *   R4  announcements and acknowledgements ring before anything else happens;
 *   P2  what is delivered was sent in the receiver's present pair of epochs;
 *   P3  it is the oldest such frame that has not been delivered: in order, exactly once; and no
 *       world holds an honest peer for a violator;
 *   P9  the worlds don't both sleep on a frame or an acknowledgement without a doorbell coming.
 *
 * How to use it
 *
 *	#define SPEC_CLASSES 1		the classes of the client
 *	#define SPEC_FRAMES 3		in flight of a class and direction: the lines of the ring and
 *					what one call takes, as credit comes back before it returns
 *	#include "channel.pml"
 *	...
 *	d_step { spec_event(kind, w, a, b, c); assert(spec_refused == 0) }
 *
 * Or call the inline of one kind, spec_send(w, c, n) and so on, which makes less code. Arguments
 * are constants, variables and elements of arrays: SPIN passes no field of a structure through
 * inlines. Each event must be said in the step in which it happens:
 *
 *   EV_BOOT, EV_RENEW	before iwc_boot, iwc_renew is called
 *   EV_SESSION		at the store of the session word; {0, 0} of a boot included
 *   EV_SEND		at the release store that publishes it, once for each frame of a burst
 *   EV_RECV		when iwc_recv has returned, once for each frame
 *   EV_STATE, EV_VIOLATION  from iwc_port_trace; EV_RING from iwc_port_ring
 *   EV_BELL		when a doorbell reaches the world, before the EV_WAKE that it causes
 *   EV_SLEEP, EV_WAKE	when it sleeps, with no doorbell here, and goes on; or neither ever
 *
 * Epochs are numbers other than 0, compared by their difference: in a byte they are small ones,
 * which number of the monitor it is, counted for each world from 1 on; in an int they may be the
 * real ones. Frames are named by numbers other than 0; a name may come back when it is no longer in
 * flight.
 *
 * State: about 12 bytes a world and SPEC_FRAMES + 1 for each class and direction, all of it a
 * function of what may still matter. Nothing is chosen, and all of it may stand in a d_step. Facts
 * about epochs are kept for the last 8 of each world (the bits of SPEC_MASK_T): an older one counts
 * as never said.
 */
#include "events.h"
#include "rules.h"

#ifndef SPEC_CLASSES
#define SPEC_CLASSES 1
#endif
#ifndef SPEC_FRAMES
#define SPEC_FRAMES 4
#endif
/* Types: wide ones for long traces. */
#ifndef SPEC_EPOCH_T
#define SPEC_EPOCH_T byte
#define SPEC_MASK_T byte
#define SPEC_MASK 255
#endif
#ifndef SPEC_FRAME_T
#define SPEC_FRAME_T byte
#define SPEC_COUNT_T byte
#endif
/* "hidden" keeps the frames out of the state, for clients that never search. */
#ifndef SPEC_STORE
#define SPEC_STORE
#endif
/* May world w believe what it reads of its peer? 0: nothing is said of what the peer made it do. */
#ifndef SPEC_TRUST
#define SPEC_TRUST(w) 1
#endif
/* May frames get lost on their way to w, in class c, and be missed there (end-to-end check)? */
#ifndef SPEC_GAPS
#define SPEC_GAPS(w, c) 0
#endif
/* Does every ring reach the other world, and no other doorbell? */
#ifndef SPEC_BELLS
#define SPEC_BELLS 1
#endif
/* Are the frames of class c that w receives judged? */
#ifndef SPEC_JUDGED
#define SPEC_JUDGED(w, c) SPEC_TRUST(w)
#endif
/* n frames of class c on their way to world w are lost with their session. */
#ifndef SPEC_LOST
#define SPEC_LOST(w, c, n) skip
#endif

/* Phases of a life. */
#define LIFE_OFF 0
#define LIFE_BOOT 1  /* has its epoch; the former life's session word still stands */
#define LIFE_CLEAR 2 /* the session word is {0, 0} */
#define LIFE_RENEW 3 /* has a new epoch and has not announced it */
#define LIFE_SAID 4  /* has announced it */
#define LIFE_RUN 5

/* The doorbell of a world. */
#define BELL_NONE 0
#define BELL_RUNG 1 /* on its way */
#define BELL_HERE 2 /* it has reached a sleeping world */

typedef spec_world {
	unsigned life : 3;
	unsigned state : 2;   /* ST_* */
	unsigned bell : 2;
	bool owes;	      /* must ring before it does anything else */
	bool accuses;	      /* has said EV_VIOLATION and is not yet frozen */
	bool asleep;
	SPEC_EPOCH_T top;     /* newest epoch that the monitor gave it */
	SPEC_EPOCH_T own;     /* the one it has announced and lives in; 0: none */
	SPEC_EPOCH_T acked;   /* the peer's that it acknowledges; 0: none */
	SPEC_EPOCH_T highest; /* of the peer's acknowledged under own */
	SPEC_MASK_T said;     /* bit k: it announced epoch top - k */
	SPEC_MASK_T acks;     /* bit k: the peer acknowledged own, in the peer's epoch top - k */
};

spec_world spec[2];
/* Frames on their way to world w in its present pair of epochs, the oldest first, then zeros. */
SPEC_STORE SPEC_FRAME_T spec_fly[2 * SPEC_CLASSES * SPEC_FRAMES];
SPEC_STORE SPEC_COUNT_T spec_flying[2 * SPEC_CLASSES];
/* 0, or the rule (rules.h) that the last event broke. It stays until the client clears it. */
byte spec_refused = RULE_NONE;
hidden int spec_i, spec_c;

#define spec_flow(w, c) ((w) * SPEC_CLASSES + (c))
#define spec_at(w, c, i) spec_fly[spec_flow(w, c) * SPEC_FRAMES + (i)]
#define spec_count(w, c) spec_flying[spec_flow(w, c)]
/* Epochs wrap where the type is wide enough to hold real ones; 0 is none, and any is higher. */
#define spec_higher(e, than) ((than) == 0 || (e) - (than) > 0)
#define spec_bit(mask, k) ((k) >= 0 && (k) < 31 && (((mask) >> (k)) & 1) != 0)
/* Has world w announced epoch e? */
#define spec_announced(w, e) spec_bit(spec[w].said, spec[w].top - (e))
/* Has the peer, in the epoch that w acknowledges, acknowledged that of w? */
#define spec_mutual(w) spec_bit(spec[w].acks, spec[1 - (w)].top - spec[w].acked)
#define spec_acts(w) (spec[w].life != LIFE_OFF && !spec[w].asleep)
#define spec_runs(w) (spec[w].life == LIFE_RUN && !spec[w].asleep)
#define spec_linked(w) (spec[w].state == ST_UP && spec[w].acked != 0 && !spec[w].accuses)
#define spec_good (spec_refused == RULE_NONE)

/* Rules are judged in their order; the first that is broken is the one that is named. */
inline spec_demand(cond, rule)
{
	if
	:: spec_good && !(cond) -> spec_refused = rule
	:: else
	fi
}

/* World w leaves its pair of epochs: what is on its way to it never arrives. */
inline spec_flush(w)
{
	for (spec_c : 0 .. SPEC_CLASSES - 1) {
		if
		:: spec_count(w, spec_c) != 0 ->
			SPEC_LOST(w, spec_c, spec_count(w, spec_c));
			for (spec_i : 0 .. spec_count(w, spec_c) - 1) {
				spec_at(w, spec_c, spec_i) = 0
			}
			spec_count(w, spec_c) = 0
		:: else
		fi
	}
}

/* Take the oldest frame of a class away. */
inline spec_pop(w, c)
{
	spec_count(w, c)--;
	for (spec_i : 0 .. spec_count(w, c) - 1) {
		spec_at(w, c, spec_i) = spec_at(w, c, spec_i + 1)
	}
	spec_at(w, c, spec_count(w, c)) = 0
}

/* --- life --- */

#define spec_shifted(mask, k) ((k) >= 0 && (k) < 31 -> ((mask) << (k)) & SPEC_MASK : 0)

/* The monitor hands out epoch e. Facts about epochs are kept by their distance from the newest. */
inline spec_new_epoch(w, e, phase)
{
	spec_demand(spec_higher(e, spec[w].top), RULE_EPOCH);
	if
	:: spec_good ->
		spec[w].said = spec_shifted(spec[w].said, (e) - spec[w].top);
		spec[1 - (w)].acks = spec_shifted(spec[1 - (w)].acks, (e) - spec[w].top);
		spec[w].top = e;
		spec[w].life = phase
	:: else
	fi
}

inline spec_boot(w, e)
{
	spec_demand(spec[w].life == LIFE_OFF, RULE_LIFE);
	spec_new_epoch(w, e, LIFE_BOOT)
}

inline spec_renew(w, e)
{
	spec_demand(spec_runs(w), RULE_LIFE);
	spec_demand(!spec[w].owes, RULE_R4);
	spec_new_epoch(w, e, LIFE_RENEW)
}

/* A world may die at any time; what is dead may die again. */
inline spec_crash(w)
{
	spec_flush(w);
	spec[w].life = LIFE_OFF;
	spec[w].state = ST_DOWN;
	spec[w].owes = 0;
	spec[w].accuses = 0;
	spec[w].asleep = 0;
	spec[w].own = 0;
	spec[w].acked = 0;
	spec[w].highest = 0;
	spec[w].acks = 0;
	if
	:: spec[w].bell == BELL_HERE -> spec[w].bell = BELL_NONE
	:: else
	fi
}

/* A new power cycle: memory is zero and the monitor counts from 1 again. */
inline spec_power()
{
	spec_crash(0);
	spec_crash(1);
	spec[0].top = 0;
	spec[1].top = 0;
	spec[0].said = 0;
	spec[1].said = 0;
	spec[0].bell = BELL_NONE;
	spec[1].bell = BELL_NONE
}

/* --- the session word --- */

/* {0, 0}: the former life is over. */
inline spec_clear(w)
{
	spec_demand(spec[w].life == LIFE_BOOT, RULE_R0);
	if
	:: spec_good -> spec[w].life = LIFE_CLEAR
	:: else
	fi
}

/* {epoch, 0} with a new epoch. */
inline spec_announce(w, e)
{
	spec_demand(spec[w].life == LIFE_CLEAR || spec[w].life == LIFE_RENEW, RULE_R0);
	spec_demand((e) == spec[w].top, RULE_WORD);
	if
	:: spec_good ->
		spec_flush(w);
		spec[w].life = LIFE_SAID;
		spec[w].own = e;
		spec[w].said = spec[w].said | 1;
		spec[w].acks = 0;
		spec[w].acked = 0;
		spec[w].highest = 0;
		spec[w].owes = 1
	:: else
	fi
}

/* {epoch, 0} with the present epoch: the acknowledgement is taken back. */
inline spec_withdraw(w)
{
	spec_demand(spec[w].acked != 0, RULE_WORD);
	if
	:: spec_good ->
		spec_flush(w);
		spec[w].acked = 0
	:: else
	fi
}

/* {epoch, the peer's}. */
inline spec_acknowledge(w, e, f)
{
	spec_demand(spec_runs(w) && spec[w].state == ST_DOWN && !spec[w].accuses, RULE_STATE);
	spec_demand(!spec[w].owes, RULE_R4);
	spec_demand((e) == spec[w].own && spec[w].acked == 0, RULE_WORD);
	spec_demand(!SPEC_TRUST(w) || spec_announced(1 - (w), f), RULE_ANNOUNCED);
	spec_demand(spec_higher(f, spec[w].highest), RULE_R3);
	if
	:: spec_good ->
		spec[w].acked = f;
		spec[w].highest = f;
		spec[w].owes = 1;
		if
		:: spec[1 - (w)].own == (f) -> spec[1 - (w)].acks = spec[1 - (w)].acks | 1
		:: else
		fi
	:: else
	fi
}

inline spec_session(w, e, f)
{
	spec_demand(spec_acts(w), RULE_LIFE);
	if
	:: (f) != 0 -> spec_acknowledge(w, e, f)
	:: (f) == 0 && (e) == 0 -> spec_clear(w)
	:: (f) == 0 && (e) != 0 && (e) == spec[w].own -> spec_withdraw(w)
	:: else -> spec_announce(w, e)
	fi
}

/* --- the state that a world says it is in --- */

inline spec_state(w, st, e, f)
{
	spec_demand(spec_acts(w) && spec[w].life >= LIFE_RENEW, RULE_LIFE);
	spec_demand(!spec[w].owes, RULE_R4);
	spec_demand((e) == spec[w].own && (f) == spec[w].acked, RULE_WORD);
	if
	:: (st) == ST_DOWN ->
		spec_demand(spec[w].acked == 0, RULE_STATE);
		spec_demand(spec[w].life == LIFE_SAID || spec[w].state == ST_WAIT ||
			    spec[w].state == ST_UP, RULE_STATE)
	:: (st) == ST_WAIT ->
		spec_demand(spec[w].life == LIFE_RUN && spec[w].state == ST_DOWN &&
			    spec[w].acked != 0, RULE_STATE)
	:: (st) == ST_UP ->
		spec_demand(spec[w].life == LIFE_RUN && spec[w].state == ST_WAIT &&
			    spec[w].acked != 0 && !spec[w].accuses, RULE_STATE);
		spec_demand(!SPEC_TRUST(w) || spec_mutual(w), RULE_MUTUAL)
	:: (st) == ST_FROZEN ->
		spec_demand(spec[w].life == LIFE_RUN && spec[w].state == ST_DOWN &&
			    spec[w].accuses, RULE_STATE)
	:: else -> spec_demand(false, RULE_EVENT)
	fi;
	if
	:: spec_good ->
		spec[w].state = st;
		spec[w].accuses = spec[w].accuses && (st) != ST_FROZEN;
		if
		:: spec[w].life == LIFE_SAID -> spec[w].life = LIFE_RUN
		:: else
		fi
	:: else
	fi
}

inline spec_violation(w)
{
	spec_demand(spec_runs(w) && spec[w].acked != 0 &&
		    (spec[w].state == ST_UP || spec[w].state == ST_WAIT), RULE_STATE);
	spec_demand(!SPEC_TRUST(w), RULE_ACCUSED);
	if
	:: spec_good -> spec[w].accuses = 1
	:: else
	fi
}

/* --- frames --- */

/* Frame n of class c is published. In a pair that the peer has left, it is lost at once. */
inline spec_send(w, c, n)
{
	spec_demand((c) < SPEC_CLASSES && (n) != 0, RULE_EVENT);
	spec_demand(spec_runs(w), RULE_LIFE);
	spec_demand(spec_linked(w), RULE_STATE);
	spec_demand(!spec[w].owes, RULE_R4);
	if
	:: !spec_good || !SPEC_JUDGED(1 - (w), c)
	:: spec_good && SPEC_JUDGED(1 - (w), c) && spec[1 - (w)].own == spec[w].acked &&
	   spec[1 - (w)].acked == spec[w].own ->
		if
		:: spec_count(1 - (w), c) < SPEC_FRAMES ->
			spec_at(1 - (w), c, spec_count(1 - (w), c)) = n;
			spec_count(1 - (w), c)++
		:: else -> spec_refused = RULE_BOUND
		fi
	:: else -> SPEC_LOST(1 - (w), c, 1)
	fi
}

/* spec_i := the place of frame n in flight, or the number of those in flight. */
inline spec_find(w, c, n)
{
	spec_i = 0;
	do
	:: spec_i < spec_count(w, c) && spec_at(w, c, spec_i) != (n) -> spec_i++
	:: else -> break
	od
}

inline spec_recv(w, c, n)
{
	spec_demand((c) < SPEC_CLASSES, RULE_EVENT);
	spec_demand(spec_runs(w), RULE_LIFE);
	spec_demand(spec_linked(w), RULE_STATE);
	spec_demand(!spec[w].owes, RULE_R4);
	if
	:: spec_good && SPEC_JUDGED(w, c) ->
		spec_find(w, c, n);
		spec_demand(spec_i < spec_count(w, c), RULE_FRESH);
		spec_demand(spec_i == 0 || SPEC_GAPS(w, c), RULE_ORDER);
		do
		:: spec_good && spec_at(w, c, 0) != (n) ->
			SPEC_LOST(w, c, 1);
			spec_pop(w, c)
		:: else -> break
		od;
		if
		:: spec_good -> spec_pop(w, c)
		:: else
		fi
	:: else
	fi
}

/* --- doorbells and sleep --- */

inline spec_ring(w)
{
	spec_demand(spec_acts(w), RULE_LIFE);
	if
	:: spec_good ->
		spec[w].owes = 0;
		spec[1 - (w)].bell = BELL_RUNG
	:: else
	fi
}

inline spec_bell(w)
{
	spec_demand(!SPEC_BELLS || spec[w].bell != BELL_NONE, RULE_BELL);
	if
	:: spec_good -> spec[w].bell = (spec[w].asleep -> BELL_HERE : BELL_NONE)
	:: else
	fi
}

/* World w sleeps, and so does its peer: is there anything that waits and was not rung for? */
inline spec_wakeful(w)
{
	spec_i = 0;
	for (spec_c : 0 .. SPEC_CLASSES - 1) {
		spec_i = spec_i + spec_count(w, spec_c)
	}
	spec_demand(spec[w].bell != BELL_NONE || !spec_linked(w) || spec_i == 0, RULE_WAKE);
	spec_demand(spec[w].bell != BELL_NONE || spec[w].state != ST_WAIT || !spec_mutual(w),
		    RULE_WAKE)
}

inline spec_sleep(w)
{
	spec_demand(spec_runs(w), RULE_LIFE);
	spec_demand(!spec[w].owes, RULE_R4);
	if
	:: spec_good ->
		spec[w].asleep = 1;
		if
		:: SPEC_BELLS && spec[1 - (w)].asleep ->
			spec_wakeful(w);
			spec_wakeful(1 - (w))
		:: else
		fi
	:: else
	fi
}

inline spec_wake(w)
{
	spec_demand(spec[w].asleep, RULE_LIFE);
	if
	:: spec_good ->
		spec[w].asleep = 0;
		if
		:: spec[w].bell == BELL_HERE -> spec[w].bell = BELL_NONE
		:: else
		fi
	:: else
	fi
}

/* --- any event --- */

inline spec_event(kind, w, a, b, c)
{
	if
	:: (kind) == EV_BOOT -> spec_boot(w, a)
	:: (kind) == EV_RENEW -> spec_renew(w, a)
	:: (kind) == EV_CRASH -> spec_crash(w)
	:: (kind) == EV_STATE -> spec_state(w, a, b, c)
	:: (kind) == EV_SEND -> spec_send(w, a, b)
	:: (kind) == EV_RECV -> spec_recv(w, a, b)
	:: (kind) == EV_RING -> spec_ring(w)
	:: (kind) == EV_BELL -> spec_bell(w)
	:: (kind) == EV_SLEEP -> spec_sleep(w)
	:: (kind) == EV_WAKE -> spec_wake(w)
	:: (kind) == EV_VIOLATION -> spec_violation(w)
	:: (kind) == EV_SESSION -> spec_session(w, a, b)
	:: (kind) == EV_POWER -> spec_power()
	:: else -> spec_refused = RULE_EVENT
	fi
}
