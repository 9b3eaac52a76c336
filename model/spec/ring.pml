/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ring.pml - frames of protocol.pml: tags, credit, what is taken and what is published.
 */
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
			d_step {
				me[w].take[c] = me[w].take[c] + LINES - index(me[w].take[c]);
				n = 0
			}
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
/* Put the frame's content down, then its tag, then the tag of a skip before it if there is one. */
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
