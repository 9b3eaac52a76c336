/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "iwc_crc32c.h"

/* iwc_e2e_word, iwc_e2e_rx_start and iwc_e2e_verify, by the layout that docs/protocol.md gives. */
#define BYTES 3u

static uint32_t expected(const struct iwc_e2e_id *id, uint32_t seq, const uint8_t *frame)
{
	const uint32_t trailer[4] = {id->sender_epoch, id->receiver_epoch, id->class_id, seq};

	return iwc_crc32c(iwc_crc32c(0, frame, BYTES), trailer, sizeof(trailer));
}

void harness(void)
{
	struct iwc_consumer any = nondet_consumer();
	struct iwc_e2e_rx rx = any.check, old = rx;
	struct iwc_e2e_id id = {nondet_u32(), nondet_u32(), nondet_u32()};
	uint8_t frame[BYTES];
	uint32_t seq = nondet_u32();
	uint64_t word, any_word = nondet_u64(), now_ns = nondet_u64();
	enum iwc_e2e_match match, right;

	for (uint32_t i = 0; i < BYTES; i++)
		frame[i] = (uint8_t)nondet_u32();
	iwc_e2e_rx_start(&rx, &id, now_ns);
	PROVE(rx.expected == 0u && rx.seen == 0u && rx.good_ns == now_ns &&
		  rx.former.sender_epoch == old.id.sender_epoch &&
		  rx.former.receiver_epoch == old.id.receiver_epoch &&
		  rx.former.class_id == old.id.class_id && rx.timeout_ns == old.timeout_ns,
	      "a session begins at 0, and the one before is remembered");
	PROVE(rx.n.corrupted == old.n.corrupted && rx.n.lost == old.n.lost &&
		  rx.n.late == old.n.late,
	      "counters go on");

	word = iwc_e2e_word(&id, seq, frame, BYTES);
	REACH("end");
	PROVE(word == ((uint64_t)seq << 32 | expected(&id, seq, frame)),
	      "a word is the number, and the checksum of frame, epochs, class and number");
	PROVE(iwc_e2e_verify(&rx, word, frame, BYTES) == IWC_E2E_GENUINE,
	      "a frame's own is genuine");

	match = iwc_e2e_verify(&rx, any_word, frame, BYTES);
	seq = (uint32_t)(any_word >> 32);
	right = IWC_E2E_CORRUPTED;
	if (expected(&rx.id, seq, frame) == (uint32_t)any_word)
		right = IWC_E2E_GENUINE;
	else if (rx.former.sender_epoch != 0u &&
		 expected(&rx.former, seq, frame) == (uint32_t)any_word)
		right = IWC_E2E_INSERTED;
	PROVE(match == right,
	      "genuine for this session, inserted for the one before, else corrupted");
	if (match == IWC_E2E_INSERTED)
		REACH("inserted");
	if (match == IWC_E2E_CORRUPTED)
		REACH("corrupted");
}
