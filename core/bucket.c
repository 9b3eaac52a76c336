/* SPDX-License-Identifier: BSD-2-Clause */
#include "iwc_bucket.h"

void iwc_bucket_init(struct iwc_bucket *b, uint64_t interval_ns, uint32_t burst, uint64_t now_ns)
{
	b->interval_ns = interval_ns != 0u ? interval_ns : 1u;
	b->burst = burst != 0u ? burst : 1u;
	b->tokens = b->burst;
	b->stamp_ns = now_ns;
	b->pending = false;
}

static void refill(struct iwc_bucket *b, uint64_t now_ns)
{
	uint64_t gained;

	if (now_ns < b->stamp_ns) {
		/* The clock went back: forget the credit it promised, never grant it twice. */
		b->stamp_ns = now_ns;
		return;
	}
	gained = (now_ns - b->stamp_ns) / b->interval_ns;
	if (gained >= (uint64_t)b->burst - b->tokens) {
		b->tokens = b->burst;
		b->stamp_ns = now_ns;
	} else {
		b->tokens += (uint32_t)gained;
		b->stamp_ns += gained * b->interval_ns;
	}
}

bool iwc_bucket_take(struct iwc_bucket *b, uint64_t now_ns)
{
	refill(b, now_ns);
	if (b->tokens == 0u) {
		b->pending = true;
		return false;
	}
	b->tokens--;
	/* The interrupt that is raised now serves a remembered doorbell as well. */
	b->pending = false;
	return true;
}

bool iwc_bucket_release(struct iwc_bucket *b, uint64_t now_ns)
{
	return b->pending && iwc_bucket_take(b, now_ns);
}

uint64_t iwc_bucket_due_ns(const struct iwc_bucket *b)
{
	if (!b->pending)
		return UINT64_MAX;
	if (b->tokens != 0u)
		return b->stamp_ns;
	if (b->stamp_ns > UINT64_MAX - b->interval_ns)
		return UINT64_MAX - 1u;
	return b->stamp_ns + b->interval_ns;
}
