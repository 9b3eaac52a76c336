/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * protocol.pml - the protocol of docs/protocol.md, step by step, in two worlds.
 *
 * A step reads or writes one shared word (or words that the other world can't tell apart), and
 * memory is sequentially consistent: orders of memory are the business of model/code/, which runs
 * the real core. What a step does in the service is said to channel.pml, and an event that the
 * specification refuses violates an assertion.
 *
 * Bounds, each a macro: CLASSES; LINES of a ring; TO_S and TO_NS, frames of each class from NS and
 * from S, of one line, with LONG of one and two in turn; BUDGET; DEATHS_NS and DEATHS_S, at any
 * step; RENEWALS of each world, at any activation.
 *
 * Time is left out: a world acts when it likes, so that any back-off and poll period is covered.
 * Three modes say more:
 *   BELLS    worlds sleep until a doorbell comes, and nothing wakes them otherwise. BELLS_LOST of
 *            them get lost.
 *   ROUNDS   discrete time: each world runs one activation a poll period; back-off, waits and
 *            renewals as in core/. FLIPS session words are corrupted.
 *   HOSTILE  there is no NS: what S reads of its section is anything within the domain, each time
 *            anew. That is a peer that writes any word between any two reads of S, without a state
 *            of its own. With WORK the reads of an activation are counted.
 *
 * WITNESS is a state that must be within reach, or a search says nothing.
 * BREAK_* takes one rule or countermeasure out; the table runs has the run that must find it.
 */
#include "state.pml"
#include "modes.pml"
#include "session.pml"
#include "ring.pml"

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
