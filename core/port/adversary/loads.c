/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hooks that read, as a judge: properties P1, P4 and P7, and what of the protocol one endpoint
 * can do right or wrong alone. The letters are those of the barrier pairs in docs/protocol.md.
 */
#include "judge.h"
#include "iwc_port.h"

/* Frames of the peer that may be delivered, once the session is known to stand. */
static void judge_burst(unsigned c)
{
	struct adversary_in *in = &A.in[c];

	A.now.due_cls = c;
	for (unsigned i = 0; i < in->n; i++) {
		struct adversary_frame *f = &in->f[i];
		uint32_t seq = (uint32_t)(f->word >> 32);

		require(f->copied, "a frame is judged before it is copied");
		if (A.cfg.cls[c].protect) {
			A.now.taken_protected++;
			if (f->word != adversary_right_word(c, seq, f) ||
			    (seq - in->expected) >> 31 != 0u)
				continue;
			A.now.due_protected++;
			in->expected = seq + 1u;
		}
		A.now.due[A.now.due_n++] = *f;
	}
	in->left -= in->n;
	in->n = 0;
}

static void settle(uint64_t session)
{
	require(A.now.fenced, "F: no acquire fence between a copy and the session word");
	for (unsigned c = 0; c < A.cfg.class_count; c++) {
		if (A.in[c].n == 0u)
			continue;
		A.now.taken = A.in[c].n;
		if (session == A.session) {
			judge_burst(c);
			return;
		}
		A.now.stale = true;
		A.in[c].n = 0;
		return;
	}
	require(false, "P4: the session is looked at without a frame");
}

static uint64_t load_session(bool acquire)
{
	uint64_t v = adversary_say_session();

	switch (A.now.call) {
	case ADVERSARY_BEGIN:
		if (A.now.start_missing) {
			require(A.now.fenced,
				"F: no acquire fence between a start and the session");
			A.now.start_missing = false;
			if (v == A.session)
				A.now.must = IWC_VIOLATION_START;
			break;
		}
		require(acquire, "C: the session word is taken without acquire");
		require(A.now.acks == 0u || !A.now.dirty,
			"G: no full fence behind an acknowledgement");
		require(A.now.looks == A.now.acks, "P4: a look at the session too many");
		A.now.looks++;
		A.session = v;
		break;
	case ADVERSARY_RECV:
		settle(v);
		break;
	case ADVERSARY_ARM:
		require(!A.now.dirty, "D, G: no full fence before the last look at the session");
		A.now.work = A.now.work || v != A.session;
		break;
	default:
		require(false, "the session word is read where it does not matter");
	}
	return v;
}

static uint64_t load_start(unsigned c)
{
	uint64_t v = adversary_say_start();

	require(A.now.call == ADVERSARY_BEGIN && (uint32_t)A.session == A.epoch,
		"R3: a start is taken before the peer has acknowledged");
	require(A.acked != 0u && (uint32_t)(A.session >> 32) == A.acked,
		"R3: a start is taken of an epoch that is not acknowledged");
	A.now.start_missing = (v & IWC_SAID) == 0u;
	A.now.fenced = false;
	A.in[c].pos = v & IWC_LINE_MASK;
	A.in[c].told = A.in[c].pos;
	A.in[c].n = 0;
	A.in[c].expected = 0;
	A.out[c].seq = 0;
	return v;
}

static uint64_t load_credit(unsigned c, bool acquire)
{
	struct adversary_out *out = &A.out[c];
	uint64_t v = adversary_say_credit(c), ahead = (v - out->credit) & IWC_LINE_MASK;

	require(acquire, "B: a credit is taken without acquire");
	require(A.now.call == ADVERSARY_BEGIN || A.now.cls == c,
		"the credit of another class is read");
	require(A.now.call == ADVERSARY_BEGIN || A.now.call == ADVERSARY_SEND ||
		    (A.now.call == ADVERSARY_ARM_SPACE && !A.now.dirty),
		"E: no full fence before the credit, or no reason to read it");
	require(!out->asked, "P7: the credit is read twice in a call");
	require(A.now.must == IWC_VIOLATION_NONE, "a word is read behind a violation");
	out->asked = true;
	if ((v & IWC_SAID) == 0u)
		return v;
	if (ahead > out->pos - out->credit)
		A.now.must = IWC_VIOLATION_CREDIT;
	else
		out->credit += ahead;
	return v;
}

static bool passed(uint64_t v, uint64_t old, uint64_t now)
{
	return (v & IWC_SAID) != 0u && ((v - old) & IWC_LINE_MASK) < now - old;
}

static uint64_t load_wake(unsigned c)
{
	const struct adversary_out *out = &A.out[c];
	uint64_t v = adversary_say_near(out->old);

	require(A.now.call == ADVERSARY_SEND && A.now.cls == c,
		"a wake word is read where nothing is sent");
	require(!A.now.dirty && out->n == 0u,
		"D: no full fence between the tags and the wake word");
	A.now.must_ring = A.now.must_ring || passed(v, out->old, out->pos);
	return v;
}

static uint64_t load_space(unsigned c)
{
	const struct adversary_in *in = &A.in[c];
	uint64_t v = adversary_say_near(in->told_before);

	require(A.now.call == ADVERSARY_RECV || A.now.call == ADVERSARY_ARM,
		"a space word for no credit");
	require(!A.now.dirty, "E: no full fence between a credit and the space word");
	A.now.must_ring = A.now.must_ring || passed(v, in->told_before, in->told);
	return v;
}

/* A tag was loaded with acquire: what may follow? */
static void offer(unsigned c, uint32_t index, uint64_t v)
{
	struct adversary_in *in = &A.in[c];
	uint32_t len = (uint32_t)(v & 0xffffu), lines = adversary_lines(c);
	bool length_ok = len >= 14u && len <= A.cfg.cls[c].frame_max_bytes;

	if (v >> 16 != ((in->pos + 1u) & IWC_LINE_MASK))
		return;
	if (length_ok && index + adversary_lines_of(len) <= lines) {
		in->f[in->n++] =
		    (struct adversary_frame){.index = index, .len_bytes = len, .salt = A.salt++};
		in->pos += adversary_lines_of(len);
	} else if (len == IWC_SKIP && index != 0u) {
		in->pos += lines - index;
	} else if (len == IWC_SKIP) {
		A.now.must = IWC_VIOLATION_SKIP;
	} else if (v != 0u) {
		A.now.must = length_ok ? IWC_VIOLATION_PAST_END : IWC_VIOLATION_LENGTH;
	}
}

static uint64_t load_tag(unsigned c, uint32_t index, bool acquire)
{
	struct adversary_in *in = &A.in[c];
	uint64_t v;

	require(A.up && (A.now.call == ADVERSARY_RECV || A.now.call == ADVERSARY_ARM),
		"a tag is read where nothing is received");
	require(A.now.must == IWC_VIOLATION_NONE && !A.now.stale,
		"a tag is read behind a violation");
	require(index == adversary_index_of(c, in->pos),
		"P1: a tag that is not at the own position");
	v = adversary_say_tag(c);
	if (A.now.call == ADVERSARY_ARM) {
		require(!A.now.dirty, "D: no full fence between the wake word and the tag");
		A.now.work = A.now.work || (v != 0u && v >> 16 == ((in->pos + 1u) & IWC_LINE_MASK));
		return v;
	}
	in->looked = v >> 16 != ((in->pos + 1u) & IWC_LINE_MASK) || v == 0u;
	if (!acquire) { /* only whether a class has a frame */
		in->more = !in->looked;
		return v;
	}
	require(A.now.due_n == 0u, "a tag is taken although frames are due");
	require(in->n < in->left, "P4: a frame is looked for beyond the budget");
	require(in->n < IWC_BURST_MAX, "P4: a frame is looked for beyond the burst");
	require(in->n == 0u || in->f[in->n - 1u].copied,
		"a tag is taken before the frame before it");
	offer(c, index, v);
	return v;
}

static uint64_t load_e2e(unsigned c, uint32_t index)
{
	struct adversary_in *in = &A.in[c];
	struct adversary_frame *f = &in->f[in->n != 0u ? in->n - 1u : 0u];

	require(A.now.call == ADVERSARY_RECV && A.cfg.cls[c].protect && in->n != 0u,
		"an end-to-end word is read for no frame");
	require(f->index == index && !f->word_read,
		"an end-to-end word is read twice or elsewhere");
	f->word = adversary_say_e2e(c, f);
	f->word_read = true;
	return f->word;
}

static uint64_t load(const struct iwc_word *w, bool acquire)
{
	struct adversary_spot s = adversary_spot_of(A.peer, w);

	adversary_count_step();
	require(++A.now.loads <= A.now.loads_max, "P4, P7: a call reads more words than it may");
	A.activation.loads++;
	require(s.cls < A.cfg.class_count, "P1: a word of a class that is not there");
	switch (s.place) {
	case SESSION:
		return load_session(acquire);
	case START:
		return load_start(s.cls);
	case CREDIT:
		return load_credit(s.cls, acquire);
	case WAKE:
		return load_wake(s.cls);
	case SPACE:
		return load_space(s.cls);
	case TAG:
		return load_tag(s.cls, s.index, acquire);
	case E2E:
		return load_e2e(s.cls, s.index);
	default:
		require(false, "P1: hello or the payload is read as a word");
		return 0;
	}
}

uint64_t iwc_port_load_relaxed(const struct iwc_word *w)
{
	return load(w, false);
}

uint64_t iwc_port_load_acquire(const struct iwc_word *w)
{
	return load(w, true);
}

void iwc_port_copy_in(void *dst, const uint8_t *line, uint32_t len_bytes)
{
	struct adversary_spot s = adversary_spot_of(A.peer, line);
	struct adversary_in *in = &A.in[s.cls];
	struct adversary_frame *f = &in->f[in->n != 0u ? in->n - 1u : 0u];
	uint8_t *d = dst;

	adversary_count_step();
	require(s.place == DATA && in->n != 0u && A.now.call == ADVERSARY_RECV,
		"P1: a copy of what is no frame");
	require(s.index == f->index && len_bytes == f->len_bytes,
		"P1: a copy that differs from what was checked");
	require(!f->copied, "P1: lines are copied twice");
	require(f->word_read == A.cfg.cls[s.cls].protect, "a frame without its end-to-end word");
	/* Whole lines, as ports may: the buffer must hold them. */
	for (uint32_t i = 0; i < adversary_lines_of(len_bytes) * 64u; i++)
		d[i] = adversary_payload(f, i);
	f->copied = true;
	A.now.fenced = false;
}

void iwc_port_touch(const uint8_t *line)
{
	struct adversary_spot s = adversary_spot_of(A.peer, line);

	adversary_count_step();
	require(s.place == DATA && s.index == adversary_index_of(s.cls, A.in[s.cls].pos),
		"P1: a touch of what is not the next line");
}
