/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protocol.pml - the protocol of docs/protocol.md, step by step, in two worlds.
 *
 * A step reads or writes one shared word (or words that the other world can't tell apart), and memory
 * is sequentially consistent: orders of memory are the business of model/code/, which runs the real
 * core. What a step does in the service is said to channel.pml, and an event that the specification
 * refuses violates an assertion.
 *
 * Bounds, each a macro: CLASSES; LINES of a ring; TO_S and TO_NS, frames of each class from NS and from
 * S, of one line, with LONG of one and two in turn; BUDGET; DEATHS_NS and DEATHS_S, at any step;
 * RENEWALS of each world, at any activation.
 *
 * Time is left out: a world acts when it likes, so that any back-off and poll period is covered. Three
 * modes say more:
 *   BELLS    worlds sleep until a doorbell comes, and nothing wakes them otherwise. BELLS_LOST of
 *            them get lost.
 *   ROUNDS   discrete time: each world runs one activation a poll period; back-off, waits and
 *            renewals as in core/. FLIPS session words are corrupted.
 *   HOSTILE  (and WORK, which counts what S reads) there is no NS: what S reads of its section is anything within the domain, each time
 *            anew. That is a peer that writes any word between any two reads of S, without a state
 *            of its own.
 *
 * WITNESS is a state that must be within reach, or a search says nothing.
 * BREAK_* takes one rule or countermeasure out; the table runs has the run that must find it.
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

/* --- the session --- */

#ifdef ROUNDS
#define BACKOFF_MAX 2
#define start_age(w) me[w].age = 0
#define back_off(w) me[w].backoff = BACKOFF_MAX
#define may_accept(w) (me[w].wait == 0)
#define may_refuse(w) (me[w].wait != 0)
#ifdef BREAK_RENEWAL
#define may_renew(w) false
#else
#define may_renew(w)                                                                               \
	((me[w].state == ST_WAIT && me[w].age >= BACKOFF_MAX) ||                                   \
	 (me[w].age >= me[w].backoff &&                                                            \
	  (me[w].state == ST_FROZEN ||                                                             \
	   (me[w].state == ST_DOWN && me[w].seen != 0 && !acceptable(w)))))
#endif
#define must_renew(w) may_renew(w)
#else
#define start_age(w) skip
#define back_off(w) skip
#define may_accept(w) true
#define may_renew(w) (renewed[w] < RENEWALS)
#define must_renew(w) false
#ifdef BELLS
#define may_refuse(w) false
#else
#define may_refuse(w) true /* it backs off */
#endif
#endif
#if defined(COUNT) && !defined(BREAK_COUNT)
#define count_abandoned(w) abandoned[w] = abandoned[w] + me[w].pos[0] - me[w].credit[0]
#else
#define count_abandoned(w) skip
#endif

/* --- what a hostile NS shows to S in front of a read --- */

#ifdef WORK
#define count_read(w) reads++; assert(reads <= READS_MAX)
/* Two looks and a re-check at the session, the starts, and for a frame two tags and a re-check. */
#define READS_MAX (3 + CLASSES + BUDGET * (CLASSES + 2) + CLASSES + CLASSES * (TO_NS + 1))
#else
#define count_read(w) skip
#endif

#ifdef HOSTILE

inline wipe()
{
	d_step {
		mem[NS].epoch = 0;
		mem[NS].acked = 0;
		for (i : 0 .. CLASSES - 1) {
			mem[NS].start[i] = 0;
			mem[NS].credit[i] = 0
		}
		for (i : 0 .. CLASSES * LINES - 1) {
			mem[NS].tag[i] = 0;
			mem[NS].data[i] = 1
		}
		i = 0
	}
}

inline lie_session(w)
{
	atomic {
		wipe();
		select(n2 : 0 .. EPOCHS);
		mem[NS].epoch = n2;
		if
		:: mem[NS].acked = 0
		:: mem[NS].acked = me[w].epoch
		:: mem[NS].acked = me[w].epoch + 1
		fi;
		n2 = 0
	}
}

inline lie_starts(w)
{
	atomic {
		wipe();
		for (i : 0 .. CLASSES - 1) {
			if
			:: mem[NS].start[i] = 0
			:: mem[NS].start[i] = 1
			:: mem[NS].start[i] = 2
			fi
		}
		i = 0
	}
}

inline lie_tag(w)
{
	atomic {
		wipe();
		if
		:: true /* nothing there: an old tag, or one far ahead */
		:: mem[NS].tag[at(c, me[w].take[c])] = tag_word(me[w].take[c], SKIP)
		:: mem[NS].tag[at(c, me[w].take[c])] = tag_word(me[w].take[c], ONE)
		:: mem[NS].tag[at(c, me[w].take[c])] = tag_word(me[w].take[c], TWO)
		:: mem[NS].tag[at(c, me[w].take[c])] = tag_word(me[w].take[c], BAD)
		fi
	}
}

inline lie_credit(w)
{
	atomic {
		wipe();
		if
		:: true /* nothing said */
		:: mem[NS].credit[c] = me[w].credit[c] /* one back */
		:: mem[NS].credit[c] = me[w].credit[c] + 1
		:: mem[NS].credit[c] = me[w].credit[c] + 2
		:: mem[NS].credit[c] = me[w].pos[c] + 1
		:: mem[NS].credit[c] = me[w].pos[c] + 2 /* never sent */
		fi
	}
}
#else
#define lie_session(w) skip
#define lie_starts(w) skip
#define lie_tag(w) skip
#define lie_credit(w) skip
#endif
#ifdef PRIORITY
#define judge_priority(w)                                                                          \
	waiting = (c == 1 && spec_count(w, 0) != 0 -> waiting + 1 : 0);                            \
	assert(waiting <= 1)
#else
#define judge_priority(w) skip
#endif

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
	start_age(w);                                                                              \
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
		count_abandoned(w);
		me[w].peer = 0;
		forget_link(w);
		store_session(w, me[w].epoch, 0);
		enter(w, ST_DOWN)
	}
}

/* The peer violated the protocol. Between honest worlds this is not reached. */
inline freeze(w)
{
	d_step { spec_violation(w); allowed }
	down(w);
	d_step { back_off(w); enter(w, ST_FROZEN) }
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
	lie_session(w);
	d_step {
		count_read(w);
		me[w].seen = mem[peer_of(w)].epoch;
		me[w].seen_acked = mem[peer_of(w)].acked
	}
}

#define same_session(w)                                                                            \
	(mem[peer_of(w)].epoch == me[w].seen && mem[peer_of(w)].acked == me[w].seen_acked)

/* Acknowledge a new peer epoch. */
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
		store_session(w, me[w].epoch, me[w].peer);
#ifdef ROUNDS
		me[w].wait = me[w].backoff;
		me[w].backoff = BACKOFF_MAX
#endif
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
	lie_starts(w);
	d_step {
		for (i : 0 .. CLASSES - 1) {
			count_read(w);
#ifdef BREAK_START_EARLY
			me[w].take[i] = me[w].early[i];
#else
			me[w].take[i] = mem[peer_of(w)].start[i];
#endif
			me[w].early[i] = 0
		}
	}
	if
	:: me[w].take[0] == 0 || me[w].take[CLASSES - 1] == 0 ->
		lie_session(w);
		count_read(w);
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
		:: !again && acceptable(w) && may_accept(w) -> accept(w); again = true
		:: !again && acceptable(w) && may_refuse(w)
		:: again || !acceptable(w)
		fi
	:: !another_life(w) && is_up(w) && me[w].seen_acked != me[w].epoch -> down(w)
	:: !another_life(w) && me[w].state == ST_WAIT && me[w].seen_acked == me[w].epoch -> come_up(w)
	:: else
	fi
}

/* --- frames --- */

#define index(line) ((line) % LINES)
/* Where the next frame of class c ends: it is contiguous, and may need a skip before it. */
#define next_length(w) length_of(sent[flow(w, c)] + 1)
#define skipped(w)                                                                                 \
	(index(me[w].pos[c]) + next_length(w) > LINES -> LINES - index(me[w].pos[c]) : 0)
#define next_end(w) (me[w].pos[c] + skipped(w) + next_length(w))
#define is_full(w) (next_end(w) > me[w].credit[c] + LINES)
/* Has a position that went from old to new passed the line that a word names? */
#define passed(word, old, new) ((word) != 0 && (word) - 1 >= (old) && (word) - 1 < (new))

/* n := what is at the consumer's position, 1 + SKIP .. BAD, or 0 for nothing. */
inline load_tag(w)
{
	lie_tag(w);
	d_step {
		count_read(w);
		n = mem[peer_of(w)].tag[at(c, me[w].take[c])];
#ifdef BREAK_LAP
		n = (n != 0 -> 1 + n % 4 : 0)
#else
		n = (n / 4 == me[w].take[c] + 1 -> 1 + n % 4 : 0)
#endif
	}
}

/* The frame in hand, of size lines and with content n, is good if the session stands. */
inline settle(w)
{
	lie_session(w);
	count_read(w);
	if
#ifdef BREAK_R1
	:: true ->
#else
	:: !same_session(w) -> n = 0; down(w)
	:: same_session(w) ->
#endif
		d_step {
			me[w].take[c] = me[w].take[c] + size;
#ifndef BREAK_BUDGET
			left--;
#endif
			spec_recv(w, c, n);
			allowed;
			judge_priority(w);
			n = 0
		}
		d_step { mem[w].credit[c] = me[w].take[c] + 1 }
#ifdef BELLS
		if
		:: passed(mem[peer_of(w)].space[c], me[w].take[c] - size, me[w].take[c]) -> ring(w)
		:: else
		fi
#endif
	fi
}

#ifdef BREAK_SKIP
#define may_skip(w) true
#else
#define may_skip(w) (index(me[w].take[c]) != 0)
#endif
#ifdef BREAK_END_CHECK
#define past_end(w) false
#else
#define past_end(w) (index(me[w].take[c]) == LINES - 1)
#endif
/* Take what is there, within the budget, class 0 first after each frame. */
inline receive(w)
{
	d_step { c = 0; left = BUDGET }
	do
	:: c < CLASSES && is_up(w) && left != 0 ->
		load_tag(w);
		if
		:: n == 0 -> c++
		:: n == 1 + SKIP && may_skip(w) ->
			d_step { me[w].take[c] = me[w].take[c] + LINES - index(me[w].take[c]); n = 0 }
		:: n == 1 + BAD || (n == 1 + SKIP && !may_skip(w)) ||
		   (n == 1 + TWO && past_end(w)) -> n = 0; freeze(w)
		:: else ->
			size = n - 1;
#ifdef BREAK_DOUBLE_FETCH
			load_tag(w);
			size = (n > 1 -> n - 1 : size);
#endif
			assert(index(me[w].take[c]) + size <= LINES); /* P1 */
			n = mem[peer_of(w)].data[at(c, me[w].take[c])];
			settle(w);
			d_step {
				size = 0;
				n = 0;
#ifndef BREAK_PRIORITY
				c = 0
#endif
			}
		fi
	:: else -> break
	od;
	c = 0;
	left = 0
}


#ifdef BREAK_CREDIT
#define credit_ok(w) true
#else
#define credit_ok(w) (n - 1 <= me[w].pos[c])
#endif
/* Read the peer's credit, once. */
inline update_credit(w)
{
	lie_credit(w);
	d_step {
		count_read(w);
		n = mem[peer_of(w)].credit[c]
	}
	if
	:: n == 0
	:: n != 0 && n - 1 >= me[w].credit[c] && credit_ok(w) -> me[w].credit[c] = n - 1
	:: else -> n = 0; freeze(w)
	fi;
	n = 0;
	assert(me[w].credit[c] <= me[w].pos[c] && me[w].pos[c] <= me[w].credit[c] + LINES)
}


#ifdef BREAK_BELL_FIRST
#define BELL_FROM(w) me[w].pos[c]
#define BELL_TO(w) (me[w].pos[c] + n + size)
#else
#define BELL_FROM(w) (me[w].pos[c] - size)
#define BELL_TO(w) me[w].pos[c]
#endif
/* Has the peer asked to be rung for these lines? */
inline ask_for_bell(w)
{
#ifdef BELLS
	if
	:: passed(mem[peer_of(w)].wake[c], BELL_FROM(w), BELL_TO(w)) -> ring(w)
	:: else
	fi
#else
	skip
#endif
}
/* Put the frame's content down; then its tag; then, if there is one, the tag of the skip before it. */
inline publish(w)
{
	d_step { n = skipped(w); size = next_length(w) }
#ifndef BREAK_PUBLISH_FIRST
	d_step { mem[w].data[at(c, me[w].pos[c] + n)] = sent[flow(w, c)] + 1 }
#endif
	if
	:: n != 0 -> d_step {
		mem[w].tag[at(c, me[w].pos[c] + n)] = tag_word(me[w].pos[c] + n, size) }
	:: else
	fi;
#ifdef BREAK_BELL_FIRST
	ask_for_bell(w);
#endif
	d_step {
		mem[w].tag[at(c, me[w].pos[c])] = tag_word(me[w].pos[c], (n == 0 -> size : SKIP));
		me[w].pos[c] = me[w].pos[c] + n + size;
		assert(me[w].pos[c] < 60); /* room of a tag word */
		sent[flow(w, c)]++;
		spec_send(w, c, sent[flow(w, c)]);
		allowed;
		size = n + size;
		n = 0
	}
#ifdef BREAK_PUBLISH_FIRST
	d_step { mem[w].data[at(c, me[w].pos[c] - size)] = sent[flow(w, c)] }
#endif
#ifndef BREAK_BELL_FIRST
	ask_for_bell(w);
#endif
	size = 0
}


#ifdef BREAK_WAIT
#define give_up skip
#else
#define give_up c++
#endif
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
			:: is_up(w) && is_full(w) -> give_up
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
				d_step { mem[w].space[c] = next_end(w) - LINES };
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
		:: is_up(w) && mem[peer_of(w)].tag[at(c, me[w].take[c])] / 4 == me[w].take[c] + 1 ->
			again = true
		:: else
		fi
	}
	c = 0;
#endif
	if
	:: again || bell[w]
	:: d_step { !again && !bell[w] -> spec_sleep(w); allowed }
		(bell[w] || all_taken);
		d_step { spec_wake(w); allowed }
	fi
}
#else
#ifdef ROUNDS
inline arm(w)
{
	d_step { again = false; ran[w] = true }
	!ran[w]
}
#else
inline arm(w) { skip }
#endif
#endif

inline activation(w)
{
	d_step {
		bell[w] = 0;
		again = false;
		reads = 0
	}
	look(w);
	follow(w);
	if
	:: again -> look(w); follow(w)
	:: else
	fi;
	again = false;
	if
	:: may_renew(w) -> d_step { renewed[w] = (RENEWALS == 0 -> 0 : renewed[w] + 1) } renew(w)
	:: !must_renew(w)
	fi;
	receive(w);
	transmit(w);
	arm(w)
}

/* A world: life after life. Death comes between any two steps. */
proctype world(bit w)
{
	byte c, i, n, n2, size, left;
	bool again;

#ifdef ROUNDS
	me[w].backoff = 1;
#endif
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
			n2 = 0;
			size = 0;
			left = 0;
			again = 0;
			ran[w] = 0;
			waiting = 0;
#ifdef ROUNDS
			me[w].wait = 0;
			me[w].backoff = 1;
			me[w].age = 0;
#endif
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

#ifdef ROUNDS
/* Both worlds have had their activation. P6: the link is up K rounds after the last fault. */
inline end_round()
{
	for (w : 0 .. 1) {
		ran[w] = 0;
		me[w].wait = (me[w].wait == 0 -> 0 : me[w].wait - 1);
		me[w].age = (me[w].age < BACKOFF_MAX -> me[w].age + 1 : BACKOFF_MAX);
		me[w].backoff = (is_up(w) && me[w].age == BACKOFF_MAX -> 1 : me[w].backoff)
	}
	w = 0;
	calm = (quiet && calm < ROUNDS -> calm + 1 : calm);
	assert(calm < ROUNDS || linked)
}
#endif

/* What goes wrong beside the protocol, and the part of the monitor that lets doorbells wait. */
active proctype environment()
{
	byte w, x;

end:	do
	:: atomic { deaths[NS] < DEATHS_NS && spec[NS].life != LIFE_OFF && !dead[NS] && !quiet ->
		d_step { deaths[NS]++; dead[NS] = 1; spec_crash(NS) } }
	:: atomic { deaths[S] < DEATHS_S && spec[S].life != LIFE_OFF && !dead[S] && !quiet ->
		d_step { deaths[S]++; dead[S] = 1; spec_crash(S) } }
#ifdef WITNESS
	/* The bounds are no empty ones: this is to be found. */
	:: WITNESS -> assert(false)
#endif
#ifdef BELLS
	:: kept -> d_step { kept = 0; raise(S) }
#endif
#ifdef ROUNDS
	:: !quiet -> quiet = true
	:: ran[NS] && ran[S] -> d_step { end_round() }
	:: atomic { flips < FLIPS && !quiet ->
		flips++;
		if
		:: w = NS
		:: w = S
		fi;
		select(x : 0 .. 3);
		mem[w].epoch = x;
		select(x : 0 .. 3);
		mem[w].acked = x;
		w = 0;
		x = 0 }
#endif
	od
}

init {
	atomic {
#ifndef HOSTILE
		run world(NS);
#endif
		run world(S)
	}
}

/* --- what must come to pass, under weak fairness --- */

#define flying (spec_flying[0] + spec_flying[1] != 0)
#ifdef CLAIM_TAKEN
ltl taken { <> all_taken }
#endif
#ifdef CLAIM_LINKED
ltl stays_linked { <> [] linked }
#endif
#ifdef CLAIM_SETTLED
ltl settled { [] (flying -> <> !flying) }
#endif
#ifdef CLAIM_RECOVERS
ltl recovers { [] (quiet -> <> linked) }
#endif
#ifdef CLAIM_COUNTED
ltl counted { [] (lost[S] <= abandoned[NS] + me[NS].pos[0] - me[NS].credit[0]) }
#endif
