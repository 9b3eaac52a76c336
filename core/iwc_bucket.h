/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_bucket.h - token bucket of the monitor, which bounds doorbell interrupts (property P5).
 *
 * In any window of t ns at most burst + ceil(t / interval_ns) tokens are granted. A doorbell
 * that finds the bucket empty is not lost: it is remembered as one pending bit, which the next
 * token releases. Private memory of the monitor only; one context at a time; no ordering.
 */
#ifndef IWC_BUCKET_H
#define IWC_BUCKET_H

#include <stdbool.h>
#include <stdint.h>

struct iwc_bucket {
	uint64_t interval_ns; /* one token a interval, >= 1 */
	uint64_t stamp_ns;    /* time up to which tokens have been added */
	uint32_t burst;	      /* most tokens the bucket holds, >= 1 */
	uint32_t tokens;
	bool pending; /* a doorbell waits for a token */
};

/* Start full at now_ns. A zero interval_ns or burst is taken as 1. */
void iwc_bucket_init(struct iwc_bucket *b, uint64_t interval_ns, uint32_t burst, uint64_t now_ns);

/*
 * A doorbell was requested at now_ns: true if the interrupt may be raised now, false if it was
 * remembered. A clock that goes backwards adds no token and the count goes on from there; one
 * that jumps ahead fills the bucket to burst and no further, so that a clock which jumps back and
 * ahead again is worth burst tokens a jump at most.
 */
bool iwc_bucket_take(struct iwc_bucket *b, uint64_t now_ns);

/* At a refill: true if a remembered doorbell may be raised now (at most once a request). */
bool iwc_bucket_release(struct iwc_bucket *b, uint64_t now_ns);

/* When to call iwc_bucket_release next, in ns on the same clock; UINT64_MAX if nothing waits. */
uint64_t iwc_bucket_due_ns(const struct iwc_bucket *b);

#endif
