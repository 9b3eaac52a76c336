/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * state.pml - the bounds of protocol.pml, the region, private memory, monitor and doorbells.
 */
#define NS 0
#define S 1

#ifndef CLASSES
#define CLASSES 1
#endif
#ifndef LINES
#define LINES 2
#endif
#ifndef TO_S
#define TO_S 2
#endif
#ifndef TO_NS
#define TO_NS 0
#endif
#ifndef DEATHS_NS
#define DEATHS_NS 0
#endif
#ifndef DEATHS_S
#define DEATHS_S 0
#endif
#ifndef RENEWALS
#define RENEWALS 0
#endif
#ifndef BELLS_LOST
#define BELLS_LOST 0
#endif
#ifndef FLIPS
#define FLIPS 0
#endif
#ifndef BUDGET
#define BUDGET 4
#endif
#ifdef LONG
#define length_of(n) ((n) % 2 == 0 -> TWO : ONE)
#else
#define length_of(n) ONE
#endif

#define SPEC_CLASSES CLASSES
#define SPEC_FRAMES (LINES + 1)
#ifdef BELLS
#define SPEC_BELLS (lost_bells == 0)
#else
#define SPEC_BELLS 0
#endif
#ifdef HOSTILE
#define SPEC_TRUST(w) 0
#else
#define SPEC_TRUST(w) (flips == 0)
#endif
#ifdef COUNT
#define SPEC_LOST(w, c, n) lost[w] = lost[w] + (n)
byte lost[2];	   /* frames on their way to a world that never arrive */
byte abandoned[2]; /* lines that a world knows that it may have lost */
#endif

byte lost_bells, flips;

#include "channel.pml"

/* --- the region: section w is written by world w only --- */

typedef section {
	byte epoch, acked;    /* session */
	byte start[CLASSES];  /* line + 1; 0 says nothing, here and below */
	byte credit[CLASSES];
	byte wake[CLASSES];
	byte space[CLASSES];
	byte tag[CLASSES * LINES];
	byte data[CLASSES * LINES];
};
section mem[2];

/* A tag says the line where it stands and what starts there. */
#define SKIP 0 /* nothing until the end of the ring */
#define ONE 1  /* a frame of one line */
#define TWO 2  /* a frame of two lines */
#define BAD 3  /* a length that no frame has */
#define tag_word(line, what) (((line) + 1) * 4 + (what))

/* --- private memory of a world --- */

typedef endpoint {
	unsigned state : 2;
	byte epoch, peer, highest;
	byte seen, seen_acked; /* the peer's session word at the last look */
	byte pos[CLASSES];     /* producer: next line, and where the peer has got to */
	byte credit[CLASSES];
	byte take[CLASSES];    /* consumer: next line */
	byte early[CLASSES];   /* of a broken one: starts taken too early */
#ifdef ROUNDS
	byte wait, backoff, age; /* until the next accept; the next wait; of this state */
#endif
};
endpoint me[2];

/* --- the monitor and the interrupt controller --- */

byte given[2];	/* epochs so far */
byte renewed[2];
byte deaths[2];
bool bell[2];	/* doorbell pending at a world */
bool kept;	/* doorbell of NS that waits in the bucket for a token */
bool dead[2];
bool quiet;	/* no more faults from here on */
bool ran[2];	/* has had its activation of this round */
byte calm;	/* rounds since it is quiet */
byte reads;	/* of an activation of S, in front of a hostile NS */
byte waiting;	/* frames of class 1 taken while one of class 0 lay ready */
byte sent[2 * CLASSES]; /* frames published so far, over all lives */

#define peer_of(w) (1 - (w))
#define flow(w, c) ((w) * CLASSES + (c))
#define at(c, line) ((c) * LINES + (line) % LINES)
#define frames(w) ((w) == NS -> TO_S : TO_NS)
#define is_up(w) (me[w].state == ST_UP)
#define allowed assert(spec_refused == RULE_NONE)
#define linked                                                                                     \
	(is_up(NS) && is_up(S) && me[NS].peer == me[S].epoch && me[S].peer == me[NS].epoch)
#define acceptable(w)                                                                              \
	(me[w].seen != 0 && me[w].state != ST_FROZEN && HIGHER(me[w].seen, me[w].highest))
#ifdef BREAK_R3_HIGHER
#define HIGHER(e, than) ((e) != (than))
#else
#define HIGHER(e, than) ((e) > (than))
#endif

#define class_taken(c)                                                                             \
	(sent[flow(NS, c)] == TO_S && sent[flow(S, c)] == TO_NS && spec_count(NS, c) == 0 &&       \
	 spec_count(S, c) == 0)
#if CLASSES == 1
#define all_taken class_taken(0)
#else
#define all_taken (class_taken(0) && class_taken(1))
#endif

#define all_dead (deaths[NS] == DEATHS_NS && deaths[S] == DEATHS_S)
/* Every bound is used up and everything has arrived. */
#define s_is_frozen (me[S].state == ST_FROZEN)
#define everything (all_taken && linked && all_dead)

/* --- doorbells --- */

inline raise(w)
{
	bell[w] = 1;
	spec_bell(w);
	allowed
}

/* World w rings. NS goes through the monitor, which may keep the doorbell, but not lose it. */
inline ring(w)
{
	atomic {
		d_step { spec_ring(w); allowed }
#ifdef BELLS
		if
		:: w == NS -> kept = 1
		:: w == S -> d_step { raise(NS) }
		:: lost_bells < BELLS_LOST -> lost_bells++
		fi
#endif
	}
}
