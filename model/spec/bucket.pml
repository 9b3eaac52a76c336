/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bucket.pml - P5 and P10: what the doorbells of a hostile NS can cost S, in discrete time.
 *
 * The monitor's bucket holds at most BURST tokens and gains one each INTERVAL ticks. NS asks for a
 * doorbell as often as it likes in each tick. A request that finds no token is remembered, once.
 *
 * P5: BURST + 1 interrupts in a row take at least INTERVAL ticks, and no doorbell is lost: within
 * INTERVAL ticks of a request comes an interrupt.
 *
 * P10 (with JOB): S has a critical job of JOB ticks each PERIOD. At its release an activation of
 * the channel may have begun, which is not preempted and takes at most ACTIVATION ticks (P4 bounds
 * it). Each interrupt takes IRQ ticks and starts no activation before the job is done. The response
 * is at most ACTIVATION + JOB + IRQ * (BURST + interrupts that the bucket grants in DEADLINE),
 * which is DEADLINE.
 */
#ifndef BURST
#define BURST 2
#endif
#ifndef INTERVAL
#define INTERVAL 3
#endif
#define REQUESTS (BURST + 2) /* of one tick: more of them change nothing, the bucket is empty */

byte tokens = BURST;
byte since;    /* ticks since the last refill; at INTERVAL a token is due */
bool pending;
byte age[BURST]; /* ticks since the last interrupts, newest first; INTERVAL is the most told */
bool asked;    /* since the last interrupt */
byte idle;     /* ticks since the first request that got no interrupt */

#ifdef JOB
#ifndef IRQ
#define IRQ 1
#endif
byte debt;     /* ticks of interrupts still to be served */
byte blocked;  /* ticks that the activation still takes */
byte job;      /* ticks that the job still takes */
byte response; /* ticks since its release */
byte phase;    /* ticks since its release, modulo PERIOD */
#endif

inline raise()
{
#ifndef JOB
	assert(age[BURST - 1] >= INTERVAL); /* P5 */
#endif
	for (i : 1 .. BURST - 1) {
		age[BURST - i] = age[BURST - i - 1]
	}
	age[0] = 0;
	asked = false;
	idle = 0;
#ifdef JOB
	debt = debt + IRQ;
#endif
	i = 0
}
inline refill()
{
	if
	:: since >= INTERVAL ->
		tokens = (tokens < BURST -> tokens + 1 : BURST);
		since = (tokens == BURST -> 0 : since - INTERVAL)
	:: else
	fi;
	assert(tokens <= BURST)
}

inline request()
{
	if
#ifdef BREAK_BUCKET
	:: true -> raise()
#else
	:: tokens != 0 -> tokens--; pending = false; raise()
#ifdef BREAK_FORGET
	:: tokens == 0 -> asked = true
#else
	:: tokens == 0 -> asked = true; pending = true
#endif
#endif
	fi
}

inline release()
{
	if
	:: pending && tokens != 0 -> tokens--; pending = false; raise()
	:: else
	fi
}

#ifdef JOB
/* One tick of S's processor: interrupts first, then what can't be preempted, then the job. */
inline work()
{
	if
	:: debt != 0 -> debt--
	:: debt == 0 && blocked != 0 -> blocked--
	:: debt == 0 && blocked == 0 && job != 0 -> job--
	:: else
	fi;
	phase = (phase + 1) % PERIOD;
	if
	:: job != 0 || response != 0 ->
		response++;
		assert(response <= DEADLINE); /* P10 */
		response = (job == 0 -> 0 : response)
	:: else
	fi
}

inline release_job()
{
	if
	:: phase == 0 ->
		assert(job == 0);
		job = JOB;
		response = 0;
		if
		:: blocked == 0 -> blocked = ACTIVATION
#ifdef BREAK_BUDGET
		:: blocked == 0 -> blocked = 3 * ACTIVATION
#endif
		:: true
		fi
	:: else
	fi
}
#else
inline work() { skip }
inline release_job() { skip }
#endif

active proctype machine()
{
	byte i, n;
	for (i : 0 .. BURST - 1) {
		age[i] = INTERVAL
	}
	i = 0;
end:	do
	:: atomic {
		/* NS may ask at the beginning of each tick, at the end of it a token may come. */
		release_job();
		n = 0;
		do
		:: n < REQUESTS -> n++; request()
		:: break
		od;
		n = 0;
		work();
		d_step {
			since = (tokens == BURST -> 0 : since + 1);
			for (i : 0 .. BURST - 1) {
				age[i] = (age[i] < INTERVAL -> age[i] + 1 : INTERVAL)
			}
			i = 0;
			refill();
			release();
			idle = (asked -> idle + 1 : 0);
			assert(idle < INTERVAL)
		}
	   }
	od
}
