/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * e2e.pml - P11: the end-to-end check between a sender and a receiver, with faults in between.
 *
 * The wire holds frames in order, each with its content, its number and a checksum over content,
 * number and session; the checksum is ideal: it fits what it was made for and nothing else. At most
 * FAULTS of them are corrupted, repeated, lost, inserted (a frame of the former session), reordered
 * (with the next) or late. The receiver judges as docs/protocol.md says.
 *
 * Checked: a frame is delivered only if it was sent in this session with this content, at most
 * once, and in order; a fault is counted under its kind by the time that the last frame has come,
 * and without one nothing is (of two faults that meet in one frame one may undo the other, so this
 * needs FAULTS 1). FRAMES are sent, and the last one is not touched: what is lost behind it shows
 * in no number, only by time.
 */
#ifndef FRAMES
#define FRAMES 4
#endif
#ifndef FAULTS
#define FAULTS 1
#endif
#define ROOM (FRAMES + FAULTS + 1)
#define PATIENCE 3 /* ticks without a good frame until it is late */

/* What the checksum was made for: 1 this session, 2 the former one, 0 neither (corrupted). */
#define HERE 1
#define FORMER 2
#define NOBODY 0

typedef frame {
	byte content, number, made_for;
};
frame wire[ROOM];
byte count; /* frames on the wire */
byte faults;
byte corrupted, repeated, lost, inserted, reordered, late; /* that happened */

byte expected, seen; /* the receiver's; bit k of seen: number expected - 1 - k was delivered */
byte n_corrupted, n_repeated, n_lost, n_inserted, n_reordered, n_late;
byte last; /* content of the last one delivered; contents rise from 1 */
bool all_sent, was_late;
byte quiet;

inline copy(to, from)
{
	wire[to].content = wire[from].content;
	wire[to].number = wire[from].number;
	wire[to].made_for = wire[from].made_for
}

inline clear(k)
{
	wire[k].content = 0;
	wire[k].number = 0;
	wire[k].made_for = 0
}

/* Take frame k off the wire. */
inline remove(k)
{
	count--;
	for (i : k .. count - 1) {
		copy(i, i + 1)
	}
	clear(count);
	i = 0
}

/* A second frame like frame k, behind it. */
inline double(k)
{
	for (i : 0 .. count - k - 1) {
		copy(count - i, count - i - 1)
	}
	count++;
	i = 0
}

inline swap(k)
{
	copy(ROOM - 1, k);
	copy(k, k + 1);
	copy(k + 1, ROOM - 1);
	clear(ROOM - 1)
}

active proctype sender()
{
	byte n;

	do
	:: n < FRAMES ->
		atomic {
			count < ROOM - 1;
			wire[count].content = n + 1;
			wire[count].number = n;
			wire[count].made_for = HERE;
			count++;
			n++
		}
	:: else -> break
	od;
	all_sent = true
}

/* Faults happen to frames on the wire, before the last one of all. */
#define touched(k) (wire[k].made_for == HERE && wire[k].number < FRAMES - 1)

active proctype wire_faults()
{
	byte i, k;

end:	do
	:: atomic { faults < FAULTS && count != 0 ->
		select(k : 0 .. ROOM - 2);
		if
		:: k >= count || !touched(k)
		:: k < count && touched(k) -> faults++; corrupted++; wire[k].content = 99;
			wire[k].made_for = NOBODY
		:: k < count && touched(k) && count < ROOM - 1 -> d_step {
			faults++; repeated++; double(k) }
		:: k < count && touched(k) -> d_step { faults++; lost++; remove(k) }
		:: k < count && touched(k) && count < ROOM - 1 -> d_step {
			faults++; inserted++; double(k); wire[k].made_for = FORMER;
			wire[k].content = 98 }
		:: k + 1 < count && touched(k) && touched(k + 1) &&
		   wire[k].number < wire[k + 1].number -> d_step {
			faults++; reordered++; swap(k) }
		fi;
		k = 0 }
	od
}

inline deliver(k)
{
	assert(wire[k].content != 99 && wire[k].content != 98); /* none but the right ones */
	assert(wire[k].content > last);				/* once, and in order */
	last = wire[k].content
}

#ifdef BREAK_CHECKSUM
#define passes(k, whom) true
#else
#define passes(k, whom) (wire[k].made_for == whom)
#endif
#ifdef BREAK_BINDING
#define is_former(k) false
#define is_here(k) (wire[k].made_for != NOBODY)
#else
#define is_former(k) (wire[k].made_for == FORMER)
#define is_here(k) passes(k, HERE)
#endif

inline judge()
{
	if
	:: is_former(0) -> n_inserted++
	:: !is_former(0) && !is_here(0) -> n_corrupted++
#ifdef BREAK_NUMBER
	:: !is_former(0) && is_here(0) -> deliver(0)
#else
	:: !is_former(0) && is_here(0) && wire[0].number >= expected ->
#ifndef BREAK_LOSS_COUNT
		n_lost = n_lost + wire[0].number - expected;
#endif
		seen = (seen << (wire[0].number - expected + 1)) | 1;
		expected = wire[0].number + 1;
		deliver(0)
	:: !is_former(0) && is_here(0) && wire[0].number < expected ->
		if
		:: (seen >> (expected - wire[0].number - 1)) & 1 -> n_repeated++
		:: else -> n_reordered++
		fi
#endif
	fi;
	quiet = 0
}

active proctype receiver()
{
	byte i;

	do
	:: d_step { count != 0 -> judge(); remove(0) }
	:: d_step { count == 0 && !all_sent && quiet < PATIENCE ->
		quiet++;
		was_late = was_late || quiet == PATIENCE;
#ifndef BREAK_LATE
		n_late = n_late + (quiet == PATIENCE -> 1 : 0)
#endif
	   }
	:: count == 0 && all_sent -> break
	od;
	assert(last == FRAMES);
	assert((n_late != 0) == was_late);
#if FAULTS == 1
	d_step {
		assert(n_corrupted == corrupted);
		assert(n_repeated == repeated);
		assert(n_inserted == inserted);
		/* What does not come in its turn is missing first, and known for what it is later. */
		assert(n_lost == lost + corrupted + n_reordered);
		assert(n_reordered == reordered)
	}
#endif
}
