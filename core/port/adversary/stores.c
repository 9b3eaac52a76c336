/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hooks that write, order and ring, as a judge: P13, P3, and the rules R0 to R4.
 */
#include <string.h>

#include "judge.h"
#include "iwc_port.h"

static void keep(const void *at, uint64_t v)
{
	A.shadow[((uintptr_t)at - (uintptr_t)A.own) / 8u] = v;
}

static uint64_t kept(size_t offset)
{
	return A.shadow[offset / 8u];
}

static bool acceptable(uint32_t epoch)
{
	uint32_t ahead = epoch - A.highest;

	return epoch != 0u && (A.highest == 0u || (ahead != 0u && ahead < UINT32_C(1) << 31));
}

/* R2, R3, C: everything that the peer may believe by this word stands before it. */
static void acknowledge(uint32_t epoch, bool release)
{
	require(release, "C: an acknowledgement without release");
	require(A.now.call == ADVERSARY_BEGIN && epoch == (uint32_t)(A.session >> 32),
		"an epoch is acknowledged that the peer does not have");
	require(acceptable(epoch), "R3: an epoch is acknowledged that is not higher");
	require(A.acked == 0u, "R3: an epoch is acknowledged above another");
	for (unsigned c = 0; c < A.cfg.class_count; c++) {
		require(kept(320u + 256u * c) == 0u, "R2: a credit of the former session stands");
		require((kept(256u + 256u * c) & IWC_SAID) != 0u, "C: a start is missing");
	}
	A.now.acks++;
	A.highest = epoch;
	A.now.must_ring = true;
}

static void store_session(uint64_t v, bool release)
{
	if (A.now.call == ADVERSARY_BOOT && !A.now.session_zeroed) {
		require(v == 0u, "R0: a boot does not begin with {0,0}");
		A.now.session_zeroed = true;
		A.now.fenced = false;
		return;
	}
	if (v >> 32 != A.epoch) {
		require(v == (uint64_t)A.epoch_next << 32, "the session word has another epoch");
		A.epoch = A.epoch_next;
		A.highest = 0;
		A.session = 0;
		A.now.must_ring = true;
	}
	require(release, "C: the session word without release");
	require(A.now.must == IWC_VIOLATION_NONE || kept(16) == (uint64_t)A.now.must,
		"the acknowledgement is withdrawn before the reason is published");
	if ((uint32_t)v != 0u)
		acknowledge((uint32_t)v, release);
	A.acked = (uint32_t)v;
	for (unsigned c = 0; c < A.cfg.class_count; c++)
		A.in[c].n = 0; /* what was copied and not judged is gone */
}

/* A new session starts a lap later than anything said before, on line index 0. */
static void store_start(unsigned c, uint64_t v)
{
	struct adversary_out *out = &A.out[c];
	uint64_t lines = adversary_lines(c), ahead = (v - out->pos) & IWC_LINE_MASK;

	require(A.acked == 0u || !A.up, "R3: a start moves under a session that is up");
	require((v & ~(IWC_LINE_MASK | IWC_SAID)) == 0u, "reserved bits of a start");
	require((v & IWC_SAID) != 0u && v % lines == 0u, "a start that is not at line index 0");
	require(ahead >= lines && ahead < 2u * lines, "a start that is not a lap later");
	out->pos += ahead;
	out->old = out->fill = out->credit = out->pos;
}

static void store_credit(unsigned c, uint64_t v, bool release)
{
	struct adversary_in *in = &A.in[c];
	uint64_t gathered = in->pos - in->told;

	if (v == 0u) {
		require(A.acked == 0u || !A.up, "R2: a credit is taken back within a session");
		return;
	}
	require(release, "B: a credit without release");
	require(A.up && in->n == 0u && v == (IWC_SAID | (in->pos & IWC_LINE_MASK)),
		"R1: a credit for what has not been taken");
	require(gathered != 0u &&
		    (A.now.call == ADVERSARY_ARM || gathered >= adversary_lines(c) / 8u),
		"a credit before an eighth has gathered");
	in->told_before = in->told;
	in->told = in->pos;
}

static void store_tag(unsigned c, uint32_t index, uint64_t v, bool release)
{
	struct adversary_out *out = &A.out[c];
	unsigned k = 0, others = 0;

	require(A.now.call == ADVERSARY_SEND && A.now.cls == c,
		"a tag is written where nothing is sent");
	require(!out->word_due, "A: a tag before the end-to-end word");
	while (k < out->n && out->tag[k] != v)
		k++;
	require(k < out->n && !out->stored[k], "A: a tag of what has not been copied");
	require(index == (((v >> 16) - 1u) & (adversary_lines(c) - 1u)), "a tag at another index");
	out->stored[k] = true;
	for (unsigned i = 1; i < out->n; i++)
		others += out->stored[i];
	require((k == 0u) == (others + 1u == out->n && out->stored[0]),
		"A: the first tag of a burst is not the last one written");
	if (k != 0u)
		return;
	require(release, "A: the first tag without release");
	out->pos = out->fill;
	out->n = 0;
}

static void store_e2e(unsigned c, uint32_t index, uint64_t v)
{
	struct adversary_out *out = &A.out[c];

	require(A.now.call == ADVERSARY_SEND && A.now.cls == c && out->word_due,
		"an end-to-end word too many");
	require(index == out->word_index && v == out->word, "an end-to-end word of another frame");
	out->word_due = false;
}

static void store_hello(uint32_t index, uint64_t v)
{
	require(A.now.call == ADVERSARY_BOOT || index == 2u, "hello is written within a life");
	require(v == 0u || index == 2u || kept(8u * index) == 0u, "R0: hello is not zeroed first");
	require(A.now.call == ADVERSARY_BOOT || v == (uint64_t)A.now.must,
		"another reason than what happened");
}

/* R0: {0,0}, full fence, tags, then everything else. */
static void booting(bool is_tag)
{
	if (A.now.call != ADVERSARY_BOOT)
		return;
	require(A.now.session_zeroed, "R0: a boot does not begin with {0,0}");
	require(A.now.fenced, "F: no full fence between {0,0} and the zeroes");
	require(is_tag || A.now.tags_zeroed == A.cfg.class_count, "R0: tags are not zeroed first");
}

static void store(struct iwc_word *w, uint64_t v, bool release)
{
	struct adversary_spot s = adversary_spot_of(A.own, w);

	adversary_count_step();
	if (s.place != SESSION)
		booting(false);
	require(s.cls < A.cfg.class_count || (A.now.call == ADVERSARY_BOOT && v == 0u),
		"P1: a word of a class that is not there");
	if (s.place == SESSION)
		store_session(v, release);
	else if (s.place == HELLO)
		store_hello(s.index, v);
	else if (s.place == TAG)
		store_tag(s.cls, s.index, v, release);
	else if (s.place == E2E)
		store_e2e(s.cls, s.index, v);
	else if (s.place == CREDIT)
		store_credit(s.cls, v, release);
	else if (s.place == START && (v != 0u || A.now.call != ADVERSARY_BOOT))
		store_start(s.cls, v);
	else if (s.place == WAKE && A.now.call != ADVERSARY_BOOT)
		require(A.now.call == ADVERSARY_ARM &&
			    v == (IWC_SAID | (A.in[s.cls].pos & IWC_LINE_MASK)),
			"D: a wake word that is not the own position");
	else if (s.place == SPACE && A.now.call != ADVERSARY_BOOT)
		require(A.now.call == ADVERSARY_ARM_SPACE && s.cls == A.now.cls &&
			    v == (IWC_SAID |
				  ((adversary_end_of(s.cls, A.out[s.cls].pos, A.now.len_bytes) -
				    adversary_lines(s.cls) - 1u) &
				   IWC_LINE_MASK)),
			"E: a space word that is not the credit needed");
	else
		require(s.place != DATA, "P1: the payload is written as a word");
	keep(w, v);
	A.now.dirty = true;
}

void iwc_port_store_relaxed(struct iwc_word *w, uint64_t v)
{
	store(w, v, false);
}

void iwc_port_store_release(struct iwc_word *w, uint64_t v)
{
	store(w, v, true);
}

void iwc_port_copy_out(uint8_t *line, const void *src, uint32_t len_bytes)
{
	struct adversary_spot s = adversary_spot_of(A.own, line);
	struct adversary_out *out = &A.out[s.cls];
	struct iwc_e2e_id id = {A.epoch, A.acked, s.cls};
	uint32_t lines = adversary_lines(s.cls), count = adversary_lines_of(len_bytes);

	adversary_count_step();
	require(s.place == DATA && A.now.call == ADVERSARY_SEND && A.now.cls == s.cls && A.up,
		"P1: a copy where nothing is sent");
	require(src == A.now.frames[out->copies].buf &&
		    len_bytes == A.now.frames[out->copies].len_bytes,
		"P8: a copy that is not the next frame");
	require(len_bytes >= 14u && len_bytes <= A.cfg.cls[s.cls].frame_max_bytes,
		"P1: a frame of bad length is sent");
	require(!out->word_due, "a frame without its end-to-end word");
	if (adversary_index_of(s.cls, out->fill) + count > lines) {
		out->stored[out->n] = false;
		out->tag[out->n++] = (out->fill + 1u) << 16 | IWC_SKIP;
		out->fill += lines - adversary_index_of(s.cls, out->fill);
	}
	require(adversary_index_of(s.cls, out->fill) == s.index,
		"P3: a frame that is not behind the last one");
	require(out->fill + count - out->credit <= lines,
		"P3: lines that the peer has not given back");
	memcpy(A.shadow + ((uintptr_t)line - (uintptr_t)A.own) / 8u, src, len_bytes);
	out->stored[out->n] = false;
	out->tag[out->n++] = (out->fill + 1u) << 16 | len_bytes;
	out->fill += count;
	out->copies++;
	if (!A.cfg.cls[s.cls].protect)
		return;
	out->word = iwc_e2e_word(&id, out->seq++, src, len_bytes);
	out->word_index = s.index;
	out->word_due = true;
}

void iwc_port_zero(void *shared, size_t len_bytes)
{
	struct adversary_spot s = adversary_spot_of(A.own, shared);
	size_t each = s.place == DATA ? 64u : 8u;

	adversary_count_step();
	require(A.now.call == ADVERSARY_BOOT && s.place >= TAG && s.index == 0u &&
		    len_bytes == each * adversary_lines(s.cls),
		"P13: zeroes that are not one array of a boot");
	booting(s.place == TAG);
	A.now.tags_zeroed += s.place == TAG;
	memset(A.shadow + ((uintptr_t)shared - (uintptr_t)A.own) / 8u, 0, len_bytes);
	A.now.dirty = true;
}

void iwc_port_fence_full(void)
{
	adversary_count_step();
	A.now.dirty = false;
	A.now.fenced = true;
}

void iwc_port_fence_acquire(void)
{
	adversary_count_step();
	A.now.fenced = A.now.fenced || A.now.call != ADVERSARY_BOOT;
}

void iwc_port_ring(void *port)
{
	adversary_count_step();
	require(port == &A, "another port is rung");
	A.now.rings++;
}

void iwc_port_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	(void)a;
	adversary_count_step();
	require(port == &A, "another port is told");
	require(what != IWC_TRACE_STATE || b == ((uint64_t)A.epoch << 32 | A.acked),
		"a state is told that the session word does not say");
}
