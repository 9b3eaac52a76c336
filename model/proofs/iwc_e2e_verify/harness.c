/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "iwc_e2e.h"

/* iwc_e2e_word, iwc_e2e_rx_start and iwc_e2e_verify: what one makes, the other knows. */
#define BYTES 3u

void harness(void)
{
	struct iwc_consumer any = nondet_consumer();
	struct iwc_e2e_rx rx = any.check, old = rx;
	struct iwc_e2e_id id = {nondet_u32(), nondet_u32(), nondet_u32()};
	uint8_t frame[BYTES], other[BYTES];
	uint32_t seq = nondet_u32(), bit = nondet_u32();
	uint64_t word, now_ns = nondet_u64();

	for (uint32_t i = 0; i < BYTES; i++)
		frame[i] = other[i] = (uint8_t)nondet_u32();
	iwc_e2e_rx_start(&rx, &id, now_ns);
	PROVE(rx.expected == 0u && rx.seen == 0u && rx.good_ns == now_ns &&
		  rx.former.sender_epoch == old.id.sender_epoch &&
		  rx.former.receiver_epoch == old.id.receiver_epoch &&
		  rx.former.class_id == old.id.class_id && rx.timeout_ns == old.timeout_ns,
	      "a session begins at 0, and the one before is remembered");
	PROVE(rx.n.corrupted == old.n.corrupted && rx.n.lost == old.n.lost && rx.n.late == old.n.late,
	      "counters go on");

	word = iwc_e2e_word(&id, seq, frame, BYTES);
	REACH("end");
	PROVE(word >> 32 == seq, "the word carries the number");
	PROVE(iwc_e2e_verify(&rx, word, frame, BYTES) == IWC_E2E_GENUINE, "a frame's own word is genuine");
	ASSUME(bit < 8u * BYTES);
	other[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
	PROVE(iwc_e2e_verify(&rx, word, other, BYTES) != IWC_E2E_GENUINE, "a flipped bit is seen");
}
