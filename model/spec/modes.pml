/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * modes.pml - what the modes of protocol.pml add: time in rounds, counts, and what a hostile NS
 * shows to S in front of a read.
 */
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
