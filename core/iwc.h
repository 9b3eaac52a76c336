/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc.h - an endpoint of the inter-world channel: sessions, classes, doorbells, violations.
 *
 * An endpoint is one world's end of the link. It owns one section of the shared region, reads the
 * other, and is used by one context at a time (or its calls are serialised). Nothing here waits,
 * allocates, prints or asserts; whatever the peer writes ends in frames, counters or a frozen link.
 *
 * The caller drives an endpoint like this:
 *
 *	iwc_init(...); iwc_boot(ep, epoch);
 *	at each doorbell and at least once every poll period:
 *		ev = iwc_begin(ep, now);		session step, budgets are refilled
 *		if (ev & IWC_EVENT_RENEW)
 *			iwc_renew(ep, next epoch from the monitor);
 *		while ((n = iwc_recv(ep, frames, max, &cls)) > 0)
 *			deliver;
 *		iwc_send(ep, cls, frames, n) ...
 *		if (iwc_arm(ep)) run again; else sleep until a doorbell or the period ends
 *
 * Session word: own epoch << 32 | acknowledged peer epoch; 0 in either half means "none". The link
 * is up when both worlds have acknowledged each other's present epoch.
 *
 *	DOWN ---peer's new epoch: reset credits and starts, acknowledge---> WAIT
 *	WAIT ---peer acknowledges my epoch: take its starts--------------> UP
 *	any  ---violation: withdraw the acknowledgement------------------> FROZEN
 *	DOWN with a peer that can't be accepted, or FROZEN, for a back-off: IWC_EVENT_RENEW
 *	WAIT for backoff_max_ns, or UP with a peer that takes nothing for stall_ns: IWC_EVENT_RENEW
 *
 * Barrier pairs (continued from iwc_ring.h):
 *   C  session store, release       ->  session load, acquire
 *   F  {0,0} store, full fence, zeroes  ->  payload copy, acquire fence, session load
 *   G  session store, full fence, peer's session load (both worlds)
 */
#ifndef IWC_H
#define IWC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iwc_layout.h"
#include "iwc_ring.h"

/* Results: 0 or a count is good, negative is not, for ever. */
enum iwc_error {
	IWC_OK = 0,
	IWC_EINVAL = -1, /* a parameter outside its range */
	IWC_EDOWN = -2,	 /* the link is not up */
	IWC_EFRAME = -3, /* frame length outside the class's range */
	IWC_EPEER = -4,	 /* the peer violated the protocol; the link is frozen */
};

/* Bits returned by iwc_begin. */
#define IWC_EVENT_UP 1u	   /* the link came up */
#define IWC_EVENT_DOWN 2u  /* the link went down since the last iwc_begin, for whatever reason */
#define IWC_EVENT_RENEW 4u /* get a new epoch from the monitor and call iwc_renew */
#define IWC_EVENT_LATE 8u  /* a protected class got no good frame for its timeout */

struct iwc_class_config {
	uint8_t lines_log2;	  /* IWC_LINES_LOG2_MIN..MAX */
	bool protect;		  /* end-to-end words, both directions */
	uint16_t frame_max_bytes; /* IWC_FRAME_MIN..IWC_FRAME_MAX */
	uint16_t budget;	  /* frames received an activation, 1..65535 */
	uint64_t timeout_ns;	  /* lateness of a protected class; 0: not watched */
};

struct iwc_config {
	uint32_t class_count; /* 1..IWC_CLASSES_MAX; class 0 is served first */
	struct iwc_class_config cls[IWC_CLASSES_MAX];
	bool bell;		 /* the peer may sleep: doorbells with suppression */
	uint64_t first_line;	 /* line number, modulo 2^48, behind which the rings start */
	uint64_t backoff_min_ns; /* first wait after a violation or between restarts */
	uint64_t backoff_max_ns; /* it doubles up to here; forgotten after so long a good link */
	uint64_t stall_ns;	 /* renew if sent lines are not taken for so long; 0: never */
};

/* Private counters; frames unless said otherwise. None is ever reset by the peer. */
struct iwc_counters {
	uint64_t sent[IWC_CLASSES_MAX];
	uint64_t received[IWC_CLASSES_MAX]; /* delivered to the caller */
	uint64_t refused[IWC_CLASSES_MAX];  /* offered to iwc_send and not taken: ring full */
	uint64_t unsent;		    /* offered while the link was down */
	uint64_t abandoned_lines; /* lines sent and not known to be taken when a link went down */
	uint64_t stale;		  /* frames copied, then dropped: the session had changed */
	uint64_t ups, downs;	  /* link transitions */
	uint64_t peer_restarts;	  /* new peer epochs accepted */
	uint64_t refused_epochs;  /* polls that saw a peer epoch which was not accepted */
	uint64_t renewals;	  /* own epochs after the first */
	uint64_t stalls;	  /* times the peer took nothing for stall_ns */
	uint64_t violations;	  /* protocol violations by the peer */
	uint64_t rings;		  /* doorbells requested from the port */
};

enum iwc_state {
	IWC_STATE_DOWN,
	IWC_STATE_WAIT,
	IWC_STATE_UP,
	IWC_STATE_FROZEN,
};

struct iwc {
	struct iwc_producer tx[IWC_CLASSES_MAX];
	struct iwc_consumer rx[IWC_CLASSES_MAX];
	uint32_t left[IWC_CLASSES_MAX]; /* receive budget of this activation */
	struct iwc_header *own;
	const struct iwc_header *peer;
	void *port; /* handed to the port hooks */
	struct iwc_config cfg;
	enum iwc_state state;
	bool told_up;		   /* the last iwc_begin left the caller with a link that is up */
	uint32_t epoch;		   /* mine; 0 before boot */
	uint32_t peer_epoch;	   /* the one acknowledged; 0: none */
	uint32_t peer_highest;	   /* highest accepted by this epoch of mine; 0: none */
	uint64_t session_seen;	   /* peer's session word at the last step */
	uint64_t now_ns;	   /* of this activation */
	uint64_t since_ns;	   /* of the last change of state */
	uint64_t accept_ns;	   /* no new peer epoch is accepted before */
	uint64_t backoff_ns;	   /* the present wait */
	uint64_t stall_check_ns;   /* when credits were last looked at for a stall */
	enum iwc_violation reason; /* of the last freeze */
	struct iwc_counters n;
};

/* Bytes of a section for this configuration (a multiple of 4096); 0 if it is invalid: a count or
 * size outside its range, or a ring too small for two frames of frame_max_bytes at its end. */
size_t iwc_section_bytes(const struct iwc_config *cfg);

/*
 * Bind ep to its section and the peer's, both of iwc_section_bytes(cfg), aligned to 4096. Both
 * worlds use the same geometry (class_count, lines_log2, protect, frame_max_bytes), agreed at
 * build time; none of it is read from memory. Touches no shared memory. port is passed to the
 * port hooks. Returns IWC_OK or IWC_EINVAL. Counters and back-off start afresh.
 */
int iwc_init(struct iwc *ep, const struct iwc_config *cfg, void *own, const void *peer, void *port);

/*
 * First steps of a new life, before any other call but iwc_init: leave the former session, zero
 * every word and line of the own section (not the padding between them: the monitor clears the
 * region before either world runs), announce epoch. All cores of the former life must have stopped.
 * epoch comes from the monitor and was never used before in this power cycle; not 0. Work: one
 * store a word of the section. Returns IWC_OK or IWC_EINVAL.
 */
int iwc_boot(struct iwc *ep, uint32_t epoch);

/*
 * Go on in a new incarnation without zeroing: line numbers go on, so nothing old can match. On
 * IWC_EVENT_RENEW, or when the driver above restarts. epoch as in iwc_boot. Bounded, short.
 */
int iwc_renew(struct iwc *ep, uint32_t epoch);

/*
 * Begin an activation at now_ns (monotonic, any origin): refill the receive budgets, read the
 * peer's session word (at most three times), follow it. Returns IWC_EVENT_* bits. Costs a bounded
 * number of accesses whatever the peer does; new peer epochs are accepted at most once a back-off.
 */
unsigned iwc_begin(struct iwc *ep, uint64_t now_ns);

/*
 * Take up to n frames (capped at IWC_BURST_MAX) of the first class that has any, class 0 first; a
 * burst of a lower class ends when a higher one has a frame, and lower classes are not served in an
 * activation that has used up the budget of a higher one which has more. *cls says which class.
 * Returns how many frames were put to the front of f, 0 when nothing is there, the budgets of this
 * activation are used up or the link is not up. Buffers of f may be swapped among its entries. A
 * violation freezes the link and returns 0.
 */
unsigned iwc_recv(struct iwc *ep, struct iwc_frame *f, unsigned n, unsigned *cls);

/*
 * Send up to n frames (capped at IWC_BURST_MAX) of class cls. Returns how many were taken (fewer
 * than n: the ring is full; the caller drops or keeps the rest), IWC_EDOWN, IWC_EINVAL for a bad
 * class, IWC_EFRAME if the first frame's length is out of range, IWC_EPEER if the peer's credit was
 * a violation. Rings the doorbell if the peer asked for it.
 */
int iwc_send(struct iwc *ep, unsigned cls, const struct iwc_frame *f, unsigned n);

/*
 * Before sleeping: give all credit back, ask for a doorbell at the next frame of every class, look
 * again. True: there is work, do not sleep. Also true if budgets ended an activation early.
 */
bool iwc_arm(struct iwc *ep);

/* A sender that found the ring full: ask for a doorbell when a frame of len_bytes fits. True: it
 * fits now. Only while the link is up (else false). */
bool iwc_arm_space(struct iwc *ep, unsigned cls, uint32_t len_bytes);

/* True if the link is up by the last step. */
static inline bool iwc_is_up(const struct iwc *ep)
{
	return ep->state == IWC_STATE_UP;
}

#endif
