/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * channel_check.pml - the specification against itself: histories that it must accept, and after
 * each of them events that it must refuse, by the rule that is named. One straight line, no choice.
 */
#define SPEC_CLASSES 2
#define SPEC_FRAMES 3
#include "channel.pml"

#define NS 0
#define S 1

chan say = [0] of { byte, byte, byte, byte, byte, byte };

/* The event must be allowed. */
#define yes(kind, w, a, b, c) say!kind, w, a, b, c, RULE_NONE
/* The event must be refused by this rule. */
#define no(kind, w, a, b, c, rule) say!kind, w, a, b, c, rule

active proctype judge()
{
	byte kind, w, a, b, c, rule;

end:	do
	:: d_step {
		say?kind, w, a, b, c, rule;
		spec_event(kind, w, a, b, c);
		assert(spec_refused == rule);
		spec_refused = RULE_NONE
	   }
	od
}

/* From off to down, in a new life or in a new epoch. */
inline boots(w, e)
{
	yes(EV_BOOT, w, e, 0, 0);
	yes(EV_SESSION, w, 0, 0, 0);
	yes(EV_SESSION, w, e, 0, 0);
	yes(EV_RING, w, 0, 0, 0);
	yes(EV_STATE, w, ST_DOWN, e, 0)
}

/* From down to wait. */
inline accepts(w, e, peer)
{
	yes(EV_SESSION, w, e, peer, 0);
	yes(EV_RING, w, 0, 0, 0);
	yes(EV_STATE, w, ST_WAIT, e, peer)
}

inline link_up(e, f)
{
	boots(NS, e);
	boots(S, f);
	accepts(NS, e, f);
	accepts(S, f, e);
	yes(EV_STATE, S, ST_UP, f, e);
	yes(EV_STATE, NS, ST_UP, e, f)
}

inline lives()
{
	no(EV_SESSION, NS, 1, 0, 0, RULE_LIFE);
	no(EV_RING, NS, 0, 0, 0, RULE_LIFE);
	yes(EV_BOOT, NS, 1, 0, 0);
	no(EV_BOOT, NS, 2, 0, 0, RULE_LIFE);
	no(EV_SESSION, NS, 1, 0, 0, RULE_R0);
	yes(EV_CRASH, NS, 0, 0, 0);
	no(EV_BOOT, NS, 1, 0, 0, RULE_EPOCH);
	yes(EV_BOOT, NS, 2, 0, 0);
	yes(EV_SESSION, NS, 0, 0, 0);
	no(EV_SESSION, NS, 0, 0, 0, RULE_R0);
	no(EV_SESSION, NS, 1, 0, 0, RULE_WORD);
	yes(EV_SESSION, NS, 2, 0, 0);
	no(EV_STATE, NS, ST_DOWN, 2, 0, RULE_R4);
	yes(EV_RING, NS, 0, 0, 0);
	no(EV_STATE, NS, ST_DOWN, 1, 0, RULE_WORD);
	yes(EV_STATE, NS, ST_DOWN, 2, 0);
	no(EV_STATE, NS, ST_DOWN, 2, 0, RULE_STATE);
	no(EV_SESSION, NS, 2, 0, 0, RULE_WORD);
	no(EV_RENEW, NS, 2, 0, 0, RULE_EPOCH)
}

inline sessions()
{
	boots(NS, 1);
	no(EV_SESSION, NS, 1, 1, 0, RULE_ANNOUNCED);
	yes(EV_BOOT, S, 1, 0, 0);
	no(EV_SESSION, NS, 1, 1, 0, RULE_ANNOUNCED);
	yes(EV_CRASH, S, 0, 0, 0);
	boots(S, 2);
	no(EV_SESSION, NS, 1, 1, 0, RULE_ANNOUNCED);
	yes(EV_SESSION, NS, 1, 2, 0);
	no(EV_STATE, NS, ST_WAIT, 1, 2, RULE_R4);
	yes(EV_RING, NS, 0, 0, 0);
	no(EV_STATE, NS, ST_UP, 1, 2, RULE_STATE);
	yes(EV_STATE, NS, ST_WAIT, 1, 2);
	no(EV_STATE, NS, ST_UP, 1, 2, RULE_MUTUAL);
	no(EV_SEND, NS, 0, 1, 0, RULE_STATE);
	no(EV_STATE, NS, ST_DOWN, 1, 2, RULE_STATE);
	accepts(S, 2, 1);
	yes(EV_STATE, S, ST_UP, 2, 1);
	yes(EV_STATE, NS, ST_UP, 1, 2);
	no(EV_VIOLATION, NS, 1, 0, 0, RULE_ACCUSED);
	yes(EV_SESSION, NS, 1, 0, 0);
	yes(EV_STATE, NS, ST_DOWN, 1, 0);
	no(EV_STATE, NS, ST_FROZEN, 1, 0, RULE_STATE);
	no(EV_SESSION, NS, 1, 2, 0, RULE_R3);
	/* An epoch that was passed over by a renewal was still announced. */
	yes(EV_RENEW, S, 3, 0, 0);
	yes(EV_SESSION, S, 2, 0, 0);
	yes(EV_STATE, S, ST_DOWN, 2, 0);
	yes(EV_SESSION, S, 3, 0, 0);
	yes(EV_RING, S, 0, 0, 0);
	yes(EV_STATE, S, ST_DOWN, 3, 0);
	/* NS may still see 2 in a new epoch of its own, but not for ever. */
	yes(EV_RENEW, NS, 2, 0, 0);
	yes(EV_SESSION, NS, 2, 0, 0);
	yes(EV_RING, NS, 0, 0, 0);
	yes(EV_STATE, NS, ST_DOWN, 2, 0);
	accepts(NS, 2, 2);
	no(EV_STATE, NS, ST_UP, 2, 2, RULE_MUTUAL);
	yes(EV_SESSION, NS, 2, 0, 0);
	yes(EV_STATE, NS, ST_DOWN, 2, 0);
	accepts(NS, 2, 3);
	/* S acknowledges and renews before NS looks: NS may come up with 3, and not with 4. */
	accepts(S, 3, 2);
	yes(EV_STATE, S, ST_UP, 3, 2);
	yes(EV_RENEW, S, 4, 0, 0);
	yes(EV_SESSION, S, 4, 0, 0);
	yes(EV_RING, S, 0, 0, 0);
	yes(EV_STATE, S, ST_DOWN, 4, 0);
	yes(EV_STATE, NS, ST_UP, 2, 3);
	yes(EV_SESSION, NS, 2, 0, 0);
	yes(EV_STATE, NS, ST_DOWN, 2, 0);
	accepts(NS, 2, 4);
	no(EV_STATE, NS, ST_UP, 2, 4, RULE_MUTUAL)
}

inline frames()
{
	link_up(1, 1);
	no(EV_SEND, NS, 2, 1, 0, RULE_EVENT);
	no(EV_SEND, NS, 0, 0, 0, RULE_EVENT);
	no(EV_RECV, S, 0, 1, 0, RULE_FRESH);
	yes(EV_SEND, NS, 0, 1, 0);
	yes(EV_SEND, NS, 0, 2, 0);
	yes(EV_SEND, NS, 1, 3, 0);
	no(EV_RECV, S, 1, 1, 0, RULE_FRESH);
	no(EV_RECV, NS, 0, 1, 0, RULE_FRESH);
	no(EV_RECV, S, 0, 2, 0, RULE_ORDER);
	yes(EV_RECV, S, 1, 3, 0);
	yes(EV_RECV, S, 0, 1, 0);
	no(EV_RECV, S, 0, 1, 0, RULE_FRESH);
	yes(EV_SEND, NS, 0, 4, 0);
	yes(EV_SEND, NS, 0, 5, 0);
	no(EV_SEND, NS, 0, 6, 0, RULE_BOUND);
	/* The sender dies: what it sent may still arrive, until the receiver leaves the pair. */
	yes(EV_CRASH, NS, 0, 0, 0);
	yes(EV_RECV, S, 0, 2, 0);
	boots(NS, 2);
	yes(EV_RECV, S, 0, 4, 0);
	yes(EV_SESSION, S, 1, 0, 0);
	no(EV_RECV, S, 0, 5, 0, RULE_STATE);
	yes(EV_STATE, S, ST_DOWN, 1, 0);
	accepts(S, 1, 2);
	accepts(NS, 2, 1);
	yes(EV_STATE, NS, ST_UP, 2, 1);
	yes(EV_SEND, NS, 0, 7, 0);
	no(EV_RECV, S, 0, 7, 0, RULE_STATE);
	yes(EV_STATE, S, ST_UP, 1, 2);
	no(EV_RECV, S, 0, 5, 0, RULE_FRESH);
	/* The receiver dies: what is sent into the old pair is lost. */
	yes(EV_CRASH, S, 0, 0, 0);
	yes(EV_SEND, NS, 0, 8, 0);
	boots(S, 2);
	yes(EV_SEND, NS, 0, 9, 0);
	accepts(S, 2, 2);
	yes(EV_SEND, NS, 0, 10, 0);
	yes(EV_SESSION, NS, 2, 0, 0);
	yes(EV_STATE, NS, ST_DOWN, 2, 0);
	accepts(NS, 2, 2);
	yes(EV_STATE, NS, ST_UP, 2, 2);
	yes(EV_STATE, S, ST_UP, 2, 2);
	no(EV_RECV, S, 0, 10, 0, RULE_FRESH);
	yes(EV_SEND, NS, 0, 11, 0);
	yes(EV_RECV, S, 0, 11, 0)
}

inline doorbells()
{
	no(EV_BELL, S, 0, 0, 0, RULE_BELL);
	link_up(1, 1);
	yes(EV_BELL, S, 0, 0, 0);
	yes(EV_BELL, NS, 0, 0, 0);
	no(EV_WAKE, S, 1, 0, 0, RULE_LIFE);
	yes(EV_SLEEP, S, 0, 0, 0);
	no(EV_RING, S, 0, 0, 0, RULE_LIFE);
	no(EV_SEND, S, 0, 1, 0, RULE_LIFE);
	yes(EV_SEND, NS, 0, 1, 0);
	no(EV_SLEEP, NS, 0, 0, 0, RULE_WAKE);
	yes(EV_WAKE, NS, 0, 0, 0); /* a refused sleep has happened all the same */
	yes(EV_RING, NS, 0, 0, 0);
	yes(EV_SLEEP, NS, 0, 0, 0);
	yes(EV_BELL, S, 0, 0, 0);
	yes(EV_WAKE, S, 1, 0, 0);
	no(EV_BELL, S, 0, 0, 0, RULE_BELL);
	no(EV_SLEEP, S, 0, 0, 0, RULE_WAKE);
	yes(EV_WAKE, S, 0, 0, 0);
	yes(EV_RECV, S, 0, 1, 0);
	yes(EV_SLEEP, S, 0, 0, 0);
	no(14, S, 0, 0, 0, RULE_EVENT);
	no(0, S, 0, 0, 0, RULE_EVENT);
}

/* What is over leaves nothing behind: equal states look equal. */
inline is_clean()
{
	yes(EV_POWER, 0, 0, 0, 0);
	d_step {
		assert(spec[0].top + spec[0].said + spec[0].acks + spec[0].own == 0);
		assert(spec[1].top + spec[1].said + spec[1].acks + spec[1].own == 0);
		for (spec_i : 0 .. 2 * SPEC_CLASSES * SPEC_FRAMES - 1) {
			assert(spec_fly[spec_i] == 0)
		}
	}
}

init {
	lives();
	is_clean();
	sessions();
	is_clean();
	frames();
	is_clean();
	doorbells();
	is_clean();
#ifdef BREAK_CHECK
	/* A check that can't fail is none. */
	link_up(1, 1);
	yes(EV_RECV, S, 0, 1, 0);
#endif
}
