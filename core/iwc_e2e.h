/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_e2e.h - end-to-end protection of the frames of one class and direction.
 *
 * The end-to-end word is seq:32 << 32 | crc:32. The CRC-32C runs over the frame and then over a
 * trailer that is never stored: sender epoch, receiver epoch, class and seq, 32 bits each,
 * little-endian. So a frame of another session or class can't pass, wherever it comes from.
 * The kinds of fault are those of ISO 26262-6:2018 D.2.4 and AUTOSAR's E2E protocol: corruption,
 * loss, repetition, insertion, incorrect sequence, delay.
 *
 * Private memory only; one context at a time.
 */
#ifndef IWC_E2E_H
#define IWC_E2E_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a frame is bound to besides its bytes. */
struct iwc_e2e_id {
	uint32_t sender_epoch;
	uint32_t receiver_epoch;
	uint32_t class_id;
};

struct iwc_e2e_counters {
	uint64_t corrupted; /* checksum matches no known binding: dropped */
	uint64_t inserted;  /* valid for the former session: dropped */
	uint64_t repeated;  /* sequence number already delivered: dropped */
	uint64_t reordered; /* late arrival of a number counted as lost, or too old: dropped */
	uint64_t lost;	    /* numbers skipped; frames, not events */
	uint64_t late;	    /* no good frame for timeout_ns while the link was up */
};

struct iwc_e2e_rx {
	struct iwc_e2e_id id;	  /* binding of the present session */
	struct iwc_e2e_id former; /* of the one before; sender_epoch 0: none */
	uint64_t seen;		  /* bit k: number expected - 1 - k was delivered */
	uint32_t expected;	  /* next sequence number */
	uint64_t timeout_ns;	  /* 0: lateness is not watched */
	uint64_t good_ns;	  /* when the last good frame, or the session, came */
	struct iwc_e2e_counters n;
};

enum iwc_e2e_match {
	IWC_E2E_CORRUPTED,
	IWC_E2E_INSERTED,
	IWC_E2E_GENUINE,
};

/* The end-to-end word of the frame of len_bytes at frame with sequence number seq. */
uint64_t iwc_e2e_word(const struct iwc_e2e_id *id, uint32_t seq, const void *frame,
		      size_t len_bytes);

/* A new session begins at now_ns: numbers start at 0 again, counters go on. */
void iwc_e2e_rx_start(struct iwc_e2e_rx *rx, const struct iwc_e2e_id *id, uint64_t now_ns);

/*
 * First half of a check: is the private copy at frame what word vouches for? Changes nothing, so
 * that a receiver may compute it before it knows that the session still stands.
 */
enum iwc_e2e_match iwc_e2e_verify(const struct iwc_e2e_rx *rx, uint64_t word, const void *frame,
				  size_t len_bytes);

/* Second half: count the frame by kind; true if it may be delivered. */
bool iwc_e2e_judge(struct iwc_e2e_rx *rx, uint64_t word, enum iwc_e2e_match match, uint64_t now_ns);

/* Count lateness; call at each poll while the link is up. True if the timeout has just passed. */
bool iwc_e2e_late(struct iwc_e2e_rx *rx, uint64_t now_ns);

#endif
