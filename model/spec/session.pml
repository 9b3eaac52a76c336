/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.pml - sessions of protocol.pml: boot, renewal, acknowledgement, violations; rules R0 to
 * R4.
 */
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
	:: !another_life(w) && me[w].state == ST_WAIT && me[w].seen_acked == me[w].epoch ->
		come_up(w)
	:: else
	fi
}
