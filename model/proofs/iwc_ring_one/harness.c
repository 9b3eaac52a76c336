/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"
#include "ring_one.h"

/* The small functions of ring_one.h, iwc_consumer_owes and iwc_is_up, by what their comments say.
 */
void harness(void)
{
	static struct iwc ep;
	uint32_t len = nondet_u32(), max = nondet_u32(), index = nondet_u32(), lines = nondet_u32();
	uint64_t t = nondet_u64(), pos = nondet_u64(), old = nondet_u64(), w = nondet_u64();
	bool length_ok;

	ASSUME(max >= IWC_FRAME_MIN && max <= IWC_FRAME_MAX && pos < LONG && old <= pos);
	ASSUME(lines >= 2u && lines <= 65536u && index < lines && pos - old < UINT64_C(1) << 47);
	length_ok = len >= IWC_FRAME_MIN && len <= max;
	PROVE(iwc_length_ok(len, max) == length_ok, "a length from 14 to the longest");
	if (length_ok) {
		uint64_t tag = iwc_tag_word(pos, len);

		PROVE(iwc_lines_of(len) * 64u >= len && (iwc_lines_of(len) - 1u) * 64u < len,
		      "the fewest lines that hold a frame");
		PROVE((tag & 0xffffu) == len && tag >> 16 == ((pos + 1u) & IWC_LINE_MASK) &&
			  iwc_tag_awaited(tag, pos),
		      "a tag carries number and length, and is awaited there");
	}
	PROVE(iwc_frame_ok(len, index, lines, max) ==
		  (length_ok && index + (len + 63u) / 64u <= lines),
	      "a frame is within bounds");
	PROVE(iwc_tag_awaited(t, pos) == (t >> 16 == ((pos + 1u) & IWC_LINE_MASK)),
	      "a tag is awaited if its number is the position's");
	PROVE(iwc_passed(w, old, pos) ==
		  ((w & IWC_SAID) != 0u && ((w - old) & IWC_LINE_MASK) < pos - old),
	      "a word that is said is passed if it lies in [old, now)");
	ep = nondet_iwc();
	PROVE(iwc_is_up(&ep) == (ep.state == IWC_STATE_UP), "up");
	REACH("end");
	if (iwc_passed(w, old, pos))
		REACH("passed");
}
