/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * port.h - the adversary's port: every load of a shared word gives anything, each time anew.
 *
 * The hooks are those of core/port/null/iwc_port.h. They keep a ghost of what the call under proof
 * has done, and claim at each access what must hold there:
 *
 *   P1   an address lies in the words, or the lines of one class, that the hook is for; a copy out
 *        of the peer's lines is exactly what the tag just loaded says, once
 *   P8   a copy into own lines takes one of the caller's frames, whole and no more
 *   P13  no store into the peer's section, no load from the own one
 *
 * and the order in which the program makes its accesses: payload before the tag, the first tag
 * last, a fence before the look that needs one. (The order in which memory sees them is no matter
 * of CBMC, to which atomics are sequentially consistent.)
 */
#ifndef PORT_H
#define PORT_H

#include "proof.h"

/* A consumer as its loads and copies show it. */
struct port_rx {
	uint64_t pos;  /* where it stands */
	uint64_t tag;  /* what it has loaded there with acquire */
	bool have_tag; /* has it? */
	bool skipping; /* it was a skip: the next line is at index 0 */
	bool have_e2e; /* the end-to-end word of the frame there is loaded */
	bool protect;  /* it has to be */
	uint32_t max_bytes;
};

/* A producer as its copies and stores show it. */
struct port_tx {
	uint64_t begin; /* its position before the call */
	uint64_t pos;	/* behind the last frame copied */
	unsigned frames, skips;
	unsigned frame_tags, skip_tags, e2e_stores;
	bool released;	    /* the first tag is stored */
	uint64_t frame_pos; /* of frame number port.witness of the call */
	unsigned frame_tagged;
	uint64_t skip_pos; /* of skip number port.witness of the call */
	unsigned skip_tagged;
	uint32_t seq;  /* next sequence number of an end-to-end word */
	uint64_t last; /* where it was copied to */
	bool e2e_due;  /* a frame was copied, and its end-to-end word not yet stored */
	bool protect;
	uint32_t max_bytes;
};

struct port {
	/* Geometry of both sections, from the private configuration. */
	uint8_t *own;
	const uint8_t *peer;
	uint32_t classes, lines[IWC_CLASSES_MAX];
	size_t offset[IWC_CLASSES_MAX], bytes;
	void *handle; /* what iwc_init was given for the hooks */

	/* Loads of peer's words, by kind. */
	unsigned loads, sessions, starts, credits, wakes, spaces, tags, peeks, e2es;
	bool found_ready;	  /* one that looked for a frame has found it */
	uint64_t session, peeked; /* last values */
	uint64_t start[IWC_CLASSES_MAX], credit[IWC_CLASSES_MAX];
	uint64_t wake[IWC_CLASSES_MAX], space[IWC_CLASSES_MAX];

	unsigned copies_in, copies_out, stores, rings, traces, fences;
	struct iwc_frame frame; /* the caller's, number witness */

	bool fenced;   /* a full fence since the last store */
	bool acquired; /* an acquire or full fence since the last load or copy */
	bool leaving;  /* {0,0} was stored, and no full fence since */
	bool sleeping; /* looks at the peer need a full fence behind all stores */

	/* Own words, by the last store. */
	uint64_t own_session, own_hello[3];
	uint64_t own_credit[IWC_CLASSES_MAX], own_start[IWC_CLASSES_MAX];
	uint64_t own_wake[IWC_CLASSES_MAX], own_space[IWC_CLASSES_MAX];
	size_t mark; /* offset of any word of the own section, payload included */
	bool marked; /* it was stored or zeroed */
	uint64_t mark_value;

	/* What stands for core/ring.c in proofs of the endpoint has done (rings.c). */
	unsigned bursts, lost_bursts, judged_bad, arms;
	bool violated;	     /* a ring has found a violation */
	bool full;	     /* a send ended at a full ring */
	bool session_stands; /* the last look at the session found what the link came up with */
	uint64_t session_up; /* that word */

	unsigned witness; /* any number */
	struct port_rx rx[IWC_CLASSES_MAX];
	struct port_tx tx[IWC_CLASSES_MAX];
};

extern struct port port;

/* Two sections for this geometry, and a ghost that has seen nothing yet. */
void port_setup(const struct iwc_config *cfg);

/* The ghosts of class c begin where the rings stand. */
void port_follow_rx(uint32_t c, const struct iwc_consumer *rx);
void port_follow_tx(uint32_t c, const struct iwc_producer *tx);

/* Claims for the end of a call: the ring stands where its accesses lead. */
void port_check_rx(uint32_t c, const struct iwc_consumer *rx);
void port_check_tx(uint32_t c, const struct iwc_producer *tx, unsigned sent);

#endif
