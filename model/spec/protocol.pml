/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protocol.pml - the protocol of docs/protocol.md between two honest worlds, step by step.
 *
 * A step reads or writes one shared word (or words that the other world can't tell apart), and memory
 * is sequentially consistent: orders of memory are the business of model/code/, which runs the real
 * core. A frame takes one line. Time is left out: a world acts when it likes, so that each back-off
 * and poll period is covered. What a step does in the service is said to channel.pml, and an event
 * that the specification refuses violates an assertion.
 *
 * Bounds, each a macro: CLASSES; LINES of a ring; TO_S and TO_NS, frames of each class from NS and from
 * S; DEATHS_NS and DEATHS_S, at any step; RENEWALS of each world at any activation. With BELLS the
 * worlds sleep until a doorbell comes; BELLS_LOST of them get lost, SPURIOUS ones come from nowhere,
 * and POLL lets a world wake by itself.
 *
 * BREAK_* takes one rule or countermeasure out; runs has the run that must find it.
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

#define SPEC_CLASSES CLASSES
#define SPEC_FRAMES (LINES + 1)
#if defined(BELLS) && !defined(SPURIOUS)
#define SPEC_BELLS (lost_bells == 0)
#else
#define SPEC_BELLS 0
#endif
#define SPEC_LOST(w, c, n) lost[w] = lost[w] + (n)

byte lost_bells;
byte lost[2]; /* frames on their way to a world that never arrive */

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

/* --- private memory of a world --- */

typedef endpoint {
	unsigned state : 2;
	byte epoch, peer, highest;
	byte seen, seen_acked; /* the peer's session word at the last look */
	byte pos[CLASSES];     /* producer: next line, and where the peer has got to */
	byte credit[CLASSES];
	byte take[CLASSES];    /* consumer: next line */
	byte early[CLASSES];   /* of a broken one: starts taken too early */
};
endpoint me[2];

/* --- the monitor and the interrupt controller --- */

byte given[2];	/* epochs so far */
byte renewed[2];
byte deaths[2];
bool bell[2];	/* doorbell pending at a world */
bool kept;	/* doorbell of NS that waits in the bucket for a token */
bool dead[2];
byte sent[2 * CLASSES]; /* frames published so far, over all lives */

#define peer_of(w) (1 - (w))
#define flow(w, c) ((w) * CLASSES + (c))
#define at(c, line) ((c) * LINES + (line) % LINES)
#define frames(w) ((w) == NS -> TO_S : TO_NS)
#define is_up(w) (me[w].state == ST_UP)
#define allowed assert(spec_refused == RULE_NONE)
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

/* --- the session --- */

/* SPIN passes no field of a structure through two inlines: these carry them. */
hidden byte said_epoch, said_acked;

#define store_session(w, e, a)                                                                     \
	mem[w].epoch = e;                                                                          \
	mem[w].acked = a;                                                                          \
	said_epoch = e;                                                                            \
	said_acked = a;                                                                            \
	spec_session(w, said_epoch, said_acked);                                                   \
	allowed

#define enter(w, st)                                                                               \
	me[w].state = st;                                                                          \
	said_epoch = me[w].epoch;                                                                  \
	said_acked = me[w].peer;                                                                   \
	spec_state(w, st, said_epoch, said_acked);                                                 \
	allowed

/* What a link leaves behind in private memory is dead; equal states shall look equal. */
inline forget_link(w)
{
	for (i : 0 .. CLASSES - 1) {
		me[w].take[i] = 0;
		me[w].credit[i] = me[w].pos[i];
		me[w].early[i] = 0
	}
}

inline down(w)
{
	d_step {
		me[w].peer = 0;
		forget_link(w);
		store_session(w, me[w].epoch, 0);
		enter(w, ST_DOWN)
	}
}

/* The peer violated the protocol. Between honest worlds this must not be reached. */
inline freeze(w)
{
	d_step { spec_violation(w); allowed }
}

/* Both rings start anew, a lap later. */
inline restart_rings(w)
{
	for (i : 0 .. CLASSES - 1) {
		me[w].pos[i] = ((me[w].pos[i] + 2 * LINES - 1) / LINES) * LINES;
		me[w].credit[i] = me[w].pos[i];
#ifndef BREAK_R2
		mem[w].credit[i] = 0;
#endif
		mem[w].start[i] = me[w].pos[i] + 1
	}
}

inline begin_epoch(w)
{
	d_step { restart_rings(w) }
	d_step {
		me[w].epoch = given[w];
		me[w].peer = 0;
		me[w].highest = 0;
		me[w].seen = 0;
		me[w].seen_acked = 0;
		forget_link(w);
		store_session(w, me[w].epoch, 0)
	}
	ring(w);
	d_step { enter(w, ST_DOWN) }
}

inline boot(w)
{
	d_step {
#ifdef BREAK_BOOT_COUNT
		given[w] = 1;
#else
		given[w]++;
#endif
		spec_boot(w, given[w]);
		allowed
	}
	d_step {
		spec_session(w, 0, 0);
		allowed;
#ifndef BREAK_R0
		mem[w].epoch = 0;
		mem[w].acked = 0
#endif
	}
#ifndef BREAK_ZEROING
	d_step {
		for (i : 0 .. CLASSES * LINES - 1) {
			mem[w].tag[i] = 0
		}
	}
	d_step {
		for (i : 0 .. CLASSES - 1) {
			mem[w].start[i] = 0;
			mem[w].credit[i] = 0;
			mem[w].wake[i] = 0;
			mem[w].space[i] = 0
		}
	}
	d_step {
		for (i : 0 .. CLASSES * LINES - 1) {
			mem[w].data[i] = 0
		}
	}
#endif
	begin_epoch(w)
}

inline renew(w)
{
	d_step {
		given[w]++;
		spec_renew(w, given[w]);
		allowed
	}
	if
	:: is_up(w) -> down(w)
	:: else
	fi;
	begin_epoch(w)
}

inline look(w)
{
	me[w].seen = mem[peer_of(w)].epoch;
	me[w].seen_acked = mem[peer_of(w)].acked
}

#define same_session(w)                                                                            \
	(mem[peer_of(w)].epoch == me[w].seen && mem[peer_of(w)].acked == me[w].seen_acked)

inline accept(w)
{
	d_step {
#ifdef BREAK_START_EARLY
		for (i : 0 .. CLASSES - 1) {
			me[w].early[i] = mem[peer_of(w)].start[i]
		}
#endif
		restart_rings(w)
	}
	d_step {
		me[w].peer = me[w].seen;
		me[w].highest = me[w].seen;
		store_session(w, me[w].epoch, me[w].peer)
	}
#ifdef BREAK_R4
	d_step { spec[w].owes = 0 } /* it is not the missing event that shall be found */
#else
	ring(w);
#endif
	d_step { enter(w, ST_WAIT) }
}

/* The peer has acknowledged: take its starts. */
inline come_up(w)
{
	d_step {
		for (i : 0 .. CLASSES - 1) {
#ifdef BREAK_START_EARLY
			me[w].take[i] = me[w].early[i];
#else
			me[w].take[i] = mem[peer_of(w)].start[i];
#endif
			me[w].early[i] = 0
		}
	}
	if
	:: me[w].take[0] == 0 ->
#ifndef BREAK_START_RECHECK
		if
		:: same_session(w) -> freeze(w)
		:: else
		fi
#else
		freeze(w)
#endif
	:: else ->
		d_step {
			for (i : 0 .. CLASSES - 1) {
				me[w].take[i]--
			}
			enter(w, ST_UP)
		}
	fi
}

#ifdef BREAK_R3_FIRST
/* An acknowledgement of mine is believed whatever epoch stands beside it. */
#define another_life(w) (me[w].seen != me[w].peer && me[w].seen_acked != me[w].epoch)
#else
#define another_life(w) (me[w].seen != me[w].peer)
#endif

/* One look at the peer's session, and what follows from it. */
inline follow(w)
{
	if
	:: another_life(w) ->
		if
		:: me[w].state == ST_UP || me[w].state == ST_WAIT -> down(w)
		:: else
		fi;
		if
		:: !again && acceptable(w) -> accept(w); again = true
#ifdef BELLS
		:: else
#else
		:: true /* backs off */
#endif
		fi
	:: !another_life(w) && is_up(w) && me[w].seen_acked != me[w].epoch -> down(w)
	:: !another_life(w) && me[w].state == ST_WAIT && me[w].seen_acked == me[w].epoch -> come_up(w)
	:: else
	fi
}

/* --- frames --- */

/* Take what is there, class 0 first after each frame. */
inline receive(w)
{
	c = 0;
	do
	:: c < CLASSES && is_up(w) ->
		d_step {
			n = mem[peer_of(w)].tag[at(c, me[w].take[c])];
#ifndef BREAK_LAP
			n = (n == me[w].take[c] + 1 -> 1 : 0)
#endif
		}
		if
		:: n == 0 -> c++
		:: else ->
			n = mem[peer_of(w)].data[at(c, me[w].take[c])];
			if
#ifdef BREAK_R1
			:: true ->
#else
			:: !same_session(w) -> n = 0; down(w)
			:: same_session(w) ->
#endif
				d_step {
					me[w].take[c]++;
					spec_recv(w, c, n);
					allowed;
					n = 0
				}
				d_step { mem[w].credit[c] = me[w].take[c] + 1 }
#ifdef BELLS
				if
				:: mem[peer_of(w)].space[c] == me[w].take[c] -> ring(w)
				:: else
				fi
#endif
			fi;
#ifdef BREAK_PRIORITY
			skip
#else
			c = 0
#endif
		fi
	:: else -> break
	od;
	c = 0
}

/* Read the peer's credit. */
inline update_credit(w)
{
	d_step { n = mem[peer_of(w)].credit[c] }
	if
	:: n == 0
	:: n != 0 && n - 1 >= me[w].credit[c] && n - 1 <= me[w].pos[c] -> me[w].credit[c] = n - 1
	:: else -> freeze(w)
	fi;
	n = 0
}

#define is_full(w) (me[w].pos[c] - me[w].credit[c] == LINES)

inline store_data(w) { mem[w].data[at(c, me[w].pos[c])] = sent[flow(w, c)] + 1 }
inline store_tag(w)
{
	mem[w].tag[at(c, me[w].pos[c])] = me[w].pos[c] + 1;
	me[w].pos[c]++;
	sent[flow(w, c)]++;
	spec_send(w, c, sent[flow(w, c)]);
	allowed
}

inline publish(w)
{
#ifdef BREAK_PUBLISH_FIRST
	d_step { store_tag(w) }
	d_step { mem[w].data[at(c, me[w].pos[c] - 1)] = sent[flow(w, c)] }
#else
	d_step { store_data(w) }
	d_step { store_tag(w) }
#endif
#ifdef BELLS
	if
	:: mem[peer_of(w)].wake[c] == me[w].pos[c] -> ring(w)
	:: else
	fi
#endif
}

/* A frame that does not fit stays with the sender. */
inline transmit(w)
{
	c = 0;
	do
	:: c < CLASSES && is_up(w) ->
		if
		:: sent[flow(w, c)] < frames(w) && is_full(w) ->
			update_credit(w);
			if
			:: is_full(w) -> c++
			:: else
			fi
		:: sent[flow(w, c)] < frames(w) && !is_full(w) -> publish(w)
		:: else -> c++
		fi
	:: else -> break
	od;
	c = 0
}

/* --- an activation --- */

#ifdef BELLS
/* Ask for doorbells, look again, sleep. */
inline arm(w)
{
	again = false;
	if
	:: is_up(w) ->
		d_step {
			for (i : 0 .. CLASSES - 1) {
				mem[w].wake[i] = me[w].take[i] + 1
			}
		}
		for (c : 0 .. CLASSES - 1) {
			if
			:: sent[flow(w, c)] < frames(w) ->
				d_step { mem[w].space[c] = me[w].pos[c] + 1 - LINES };
				update_credit(w);
				again = again || !is_full(w)
			:: else
			fi
		}
		c = 0
	:: else
	fi;
#ifndef BREAK_LOOK_AGAIN
	if
	:: !same_session(w) -> again = true
	:: else
	fi;
	for (c : 0 .. CLASSES - 1) {
		if
		:: is_up(w) && mem[peer_of(w)].tag[at(c, me[w].take[c])] == me[w].take[c] + 1 -> again = true
		:: else
		fi
	}
	c = 0;
#endif
	if
	:: again || bell[w]
	:: d_step { !again && !bell[w] -> spec_sleep(w); allowed }
		if
		:: bell[w] || all_taken
#ifdef POLL
		:: true
#endif
		fi;
		d_step { spec_wake(w); allowed }
	fi
}
#else
inline arm(w) { skip }
#endif

inline activation(w)
{
	d_step {
		bell[w] = 0;
		again = false;
		look(w)
	}
	follow(w);
	if
	:: again -> d_step { look(w) } follow(w)
	:: else
	fi;
	d_step { again = false }
	if
	:: renewed[w] < RENEWALS -> renewed[w]++; renew(w)
	:: true
	fi;
	receive(w);
	transmit(w);
	arm(w)
}

/* A world: life after life. Death comes between any two steps. */
proctype world(bit w)
{
	byte c, i, n;
	bool again;

life:	{
		boot(w);
		do
		:: activation(w)
		od
	} unless {
		dead[w] ->
		d_step {
			dead[w] = 0;
			bell[w] = 0;
			c = 0;
			i = 0;
			n = 0;
			again = 0;
			me[w].state = ST_DOWN;
			me[w].epoch = 0;
			me[w].peer = 0;
			me[w].highest = 0;
			me[w].seen = 0;
			me[w].seen_acked = 0;
			for (i : 0 .. CLASSES - 1) {
				me[w].pos[i] = 0;
				me[w].credit[i] = 0;
				me[w].take[i] = 0;
				me[w].early[i] = 0
			}
			i = 0
		}
	};
	goto life
}

/* What goes wrong beside the protocol, and the part of the monitor that lets doorbells wait. */
active proctype environment()
{
end:	do
	:: atomic { deaths[NS] < DEATHS_NS && spec[NS].life != LIFE_OFF && !dead[NS] ->
		d_step { deaths[NS]++; dead[NS] = 1; spec_crash(NS) } }
	:: atomic { deaths[S] < DEATHS_S && spec[S].life != LIFE_OFF && !dead[S] ->
		d_step { deaths[S]++; dead[S] = 1; spec_crash(S) } }
#ifdef BELLS
	:: kept -> d_step { kept = 0; raise(S) }
#ifdef SPURIOUS
	:: !bell[NS] -> bell[NS] = 1
	:: !bell[S] -> bell[S] = 1
#endif
#endif
	od
}

init {
	atomic { run world(NS); run world(S) }
}
