/* SPDX-License-Identifier: BSD-2-Clause */
#include "iwc_e2e.h"
#include "iwc_crc32c.h"

#define WINDOW 64u

/*
 * Extend the checksum of a frame by its binding. The trailer is put together in words as wide as a
 * checksum by words reads them: narrower stores would have to reach memory first.
 */
static uint32_t bind(uint32_t crc, const struct iwc_e2e_id *id, uint32_t seq)
{
	const uint64_t trailer[2] = {
	    (uint64_t)id->receiver_epoch << 32 | id->sender_epoch,
	    (uint64_t)seq << 32 | id->class_id,
	};

	return iwc_crc32c(crc, trailer, sizeof(trailer));
}

uint64_t iwc_e2e_word(const struct iwc_e2e_id *id, uint32_t seq, const void *frame,
		      size_t len_bytes)
{
	return (uint64_t)seq << 32 | bind(iwc_crc32c(0, frame, len_bytes), id, seq);
}

void iwc_e2e_rx_start(struct iwc_e2e_rx *rx, const struct iwc_e2e_id *id, uint64_t now_ns)
{
	rx->former = rx->id;
	rx->id = *id;
	rx->expected = 0;
	rx->seen = 0;
	rx->good_ns = now_ns;
}

enum iwc_e2e_match iwc_e2e_verify(const struct iwc_e2e_rx *rx, uint64_t word, const void *frame,
				  size_t len_bytes)
{
	uint32_t crc = iwc_crc32c(0, frame, len_bytes), seq = (uint32_t)(word >> 32);

	if (bind(crc, &rx->id, seq) == (uint32_t)word)
		return IWC_E2E_GENUINE;
	if (rx->former.sender_epoch != 0u && bind(crc, &rx->former, seq) == (uint32_t)word)
		return IWC_E2E_INSERTED;
	return IWC_E2E_CORRUPTED;
}

/* A number behind the expected one: delivered before, or counted as lost before. */
static void count_past(struct iwc_e2e_rx *rx, uint32_t behind)
{
	if (behind < WINDOW && (rx->seen >> behind & 1u) != 0u) {
		rx->n.repeated++;
		return;
	}
	rx->n.reordered++;
}

bool iwc_e2e_judge(struct iwc_e2e_rx *rx, uint64_t word, enum iwc_e2e_match match, uint64_t now_ns)
{
	uint32_t seq = (uint32_t)(word >> 32), ahead = seq - rx->expected;

	if (match == IWC_E2E_CORRUPTED) {
		rx->n.corrupted++;
		return false;
	}
	if (match == IWC_E2E_INSERTED) {
		rx->n.inserted++;
		return false;
	}
	if (ahead > UINT32_MAX / 2u) {
		count_past(rx, rx->expected - seq - 1u);
		return false;
	}
	rx->n.lost += ahead;
	rx->seen = ahead < WINDOW - 1u ? rx->seen << (ahead + 1u) | 1u : 1u;
	rx->expected = seq + 1u;
	rx->good_ns = now_ns;
	return true;
}

bool iwc_e2e_late(struct iwc_e2e_rx *rx, uint64_t now_ns)
{
	if (rx->timeout_ns == 0u)
		return false;
	if (now_ns < rx->good_ns) {
		rx->good_ns = now_ns;
		return false;
	}
	if (now_ns - rx->good_ns < rx->timeout_ns)
		return false;
	rx->n.late++;
	rx->good_ns = now_ns;
	return true;
}
