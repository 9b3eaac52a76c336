/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * events.h - what a world can be seen to do: the words in which the specification speaks.
 *
 * Read by C and by spin's preprocessor alike. Each event has a world (0 non-secure, 1 secure) and
 * up to three numbers a, b, c. The real core inside SPIN, the abstract protocol and the traces of
 * the simulator all say these events, and channel.pml says which of them are allowed.
 */
#ifndef MODEL_EVENTS_H
#define MODEL_EVENTS_H

#define EV_BOOT 1  /* a: epoch; a new life */
#define EV_RENEW 2 /* a: epoch; a new incarnation of the same life */
#define EV_CRASH 3 /* the life ends */
#define EV_STATE 4 /* a: a ST_* below, b: own epoch, c: acknowledged peer epoch */
#define EV_SEND 5  /* a: class, b: number of the frame; it may be taken from now on */
#define EV_RECV 6  /* a: class, b: number of the frame; given to the caller */
#define EV_RING 7  /* rings the peer */
#define EV_BELL 8  /* a doorbell reaches this world */
#define EV_SLEEP 9
#define EV_WAKE 10	/* a: 1 doorbell, 0 timer */
#define EV_VIOLATION 11 /* a: enum iwc_violation; holds the peer for a violator */
#define EV_SESSION 12	/* a: own epoch, b: the acknowledged one; the session word is stored */
#define EV_POWER 13	/* power cycle: both worlds off, memory zero, the monitor counts anew */

/* As in enum iwc_state. */
#define ST_DOWN 0
#define ST_WAIT 1
#define ST_UP 2
#define ST_FROZEN 3

#endif
