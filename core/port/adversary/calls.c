/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The calls of iwc.h between two looks: what they return, the invariants of the private state, the
 * counters.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "judge.h"

#define EP (&adversary.ep)

#define BACKOFF_MIN_NS 1000u
#define BACKOFF_MAX_NS 8000u
#define RANGE_BYTES (UINT64_C(1) << 20)

static struct iwc_counters before;
static uint64_t e2e_refused_before, in_flight_before;
static uint8_t *buffers[IWC_BURST_MAX];

/* --- opening */

static struct iwc_class_config class_config(void)
{
	uint8_t shape = adversary_byte(), budget = adversary_byte();
	uint32_t lines_log2 = 1u + (shape & 7u) % 6u, lines = 1u << lines_log2;
	uint32_t max = (lines - lines / 8u + 1u) / 2u * IWC_LINE;

	max = max < IWC_FRAME_MAX ? max : IWC_FRAME_MAX;
	return (struct iwc_class_config){
	    .lines_log2 = (uint8_t)lines_log2,
	    .protect = (shape & 8u) != 0u,
	    .frame_max_bytes = (uint16_t)(max - (shape >> 4)),
	    .budget = (uint16_t)(1u + budget % 40u),
	    .timeout_ns = (budget & 0x80u) != 0u ? 2500 : 0,
	};
}

static struct iwc_config config(void)
{
	static const uint64_t first[] = {0, IWC_LINE_MASK - 70u, UINT32_MAX - 70u, IWC_LINE_MASK};
	uint8_t shape = adversary_byte();
	struct iwc_config cfg = {
	    .class_count = 1u + (shape & 3u),
	    .bell = (shape & 4u) == 0u,
	    .first_line = first[shape >> 3 & 3u],
	    .backoff_min_ns = BACKOFF_MIN_NS,
	    .backoff_max_ns = BACKOFF_MAX_NS,
	    .stall_ns = (shape & 0x20u) != 0u ? 3000 : 0,
	};

	A.epoch_next = (shape & 0x40u) != 0u ? UINT32_MAX - 2u : 0u;
	A.highest = 0;
	for (uint32_t c = 0; c < cfg.class_count; c++)
		cfg.cls[c] = class_config();
	return cfg;
}

/* Addresses without memory: whatever touches one beside the hooks ends the program. */
static uint8_t *range(void)
{
	static uint8_t *next;

	if (next == NULL) {
		next = mmap(NULL, 2u * RANGE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		require(next != MAP_FAILED, "no addresses");
	}
	return next;
}

static void check_refusal(void)
{
	struct iwc_config bad = A.cfg;

	bad.class_count = IWC_CLASSES_MAX + 1u;
	require(iwc_section_bytes(&bad) == 0u, "a class too many");
}

void adversary_open(const uint8_t *data, size_t size)
{
	for (unsigned i = 0; i < IWC_BURST_MAX && buffers[i] == NULL; i++)
		buffers[i] = malloc(IWC_FRAME_MAX);
	memset(&A, 0, sizeof(A));
	A.next = data;
	A.end = data + size;
	A.cfg = config();
	A.own = range();
	A.peer = A.own + RANGE_BYTES;
	A.used_bytes = 4096;
	for (unsigned c = 0; c < A.cfg.class_count; c++)
		A.used_bytes += 80u * (size_t)adversary_lines(c);
	A.shadow = malloc(A.used_bytes);
	memset(A.shadow, 0xe7, A.used_bytes);
	require(iwc_section_bytes(&A.cfg) == (A.used_bytes + 4095u) / 4096u * 4096u,
		"section bytes");
	check_refusal();
}

void adversary_close(void)
{
	free(A.shadow);
}

/* --- around a call */

static uint64_t budget_left(void)
{
	uint64_t left = 0;

	for (unsigned c = 0; c < A.cfg.class_count; c++)
		left += A.in[c].left;
	return left;
}

/* Words of the peer that one call may read. */
static uint64_t words_max(enum adversary_call call)
{
	uint64_t classes = A.cfg.class_count;

	switch (call) {
	case ADVERSARY_BEGIN:
		return 3u + 2u * classes;
	case ADVERSARY_RECV:
		return budget_left() * (5u + 3u * classes) + 2u * classes;
	case ADVERSARY_SEND:
		return 2;
	case ADVERSARY_ARM:
		return 2u * classes + 1u;
	case ADVERSARY_ARM_SPACE:
		return 1;
	default:
		return 0;
	}
}

static uint64_t e2e_refused(void)
{
	uint64_t sum = 0;

	for (unsigned c = 0; c < A.cfg.class_count; c++) {
		const struct iwc_e2e_counters *n = &EP->rx[c].check.n;

		sum += n->corrupted + n->inserted + n->repeated + n->reordered;
	}
	return sum;
}

static void enter(enum adversary_call call)
{
	A.now = (struct adversary_now){.call = call, .loads_max = words_max(call)};
	A.up = EP->state == IWC_STATE_UP;
	before = EP->n;
	e2e_refused_before = e2e_refused();
	in_flight_before = 0;
	for (unsigned c = 0; c < A.cfg.class_count; c++) {
		A.out[c].old = A.out[c].pos;
		A.out[c].copies = 0;
		A.out[c].asked = false;
		A.in[c].looked = A.in[c].more = false;
		in_flight_before += A.out[c].pos - A.out[c].credit;
	}
}

static void check_rings(unsigned c)
{
	const struct iwc_producer *tx = &EP->tx[c];
	const struct iwc_consumer *rx = &EP->rx[c];

	require(tx->credit <= tx->pos && tx->pos <= tx->credit + tx->lines,
		"a producer's credit and position");
	require(((tx->pos ^ A.out[c].pos) & IWC_LINE_MASK) == 0u &&
		    tx->pos - tx->credit == A.out[c].pos - A.out[c].credit,
		"a producer is not where it has published and been told");
	require(rx->told <= rx->pos, "a consumer's credit and position");
	require(EP->left[c] <= A.cfg.cls[c].budget && EP->left[c] == A.in[c].left,
		"P4: a budget does not count the frames");
	require(A.out[c].n == 0u && !A.out[c].word_due, "frames were copied and not published");
	if (EP->state == IWC_STATE_UP)
		require(rx->pos == A.in[c].pos && rx->told == A.in[c].told,
			"a consumer is not where the tags lead");
}

/* The private state says what the own session word says, and follows the peer's. */
static void check_session(void)
{
	bool acked = EP->state == IWC_STATE_UP || EP->state == IWC_STATE_WAIT;

	require(EP->epoch == A.epoch && EP->peer_epoch == A.acked && acked == (A.acked != 0u),
		"the state is not what the session word says");
	if (A.now.call != ADVERSARY_BEGIN)
		return;
	require(!acked || (uint32_t)(A.session >> 32) == A.acked, "R3: an old epoch is kept");
	require(EP->state != IWC_STATE_UP || (uint32_t)A.session == A.epoch,
		"up without an acknowledgement by the peer");
	require(A.up || EP->state != IWC_STATE_UP || EP->n.ups == before.ups + 1u, "ups");
}

static void check_counters(void)
{
	const uint64_t *then = (const uint64_t *)&before, *now = (const uint64_t *)&EP->n;
	bool up = EP->state == IWC_STATE_UP;
	uint64_t abandoned = A.up && EP->n.downs != before.downs ? in_flight_before : 0;

	for (size_t i = 0; i < sizeof(before) / sizeof(*now); i++)
		require(now[i] >= then[i], "a counter went back");
	require(EP->n.rings == before.rings + A.now.rings, "rings are not counted");
	require((A.now.rings != 0u) == A.now.must_ring,
		"D, E, R4: a doorbell that is missing or has no cause");
	require(EP->n.violations == before.violations + (A.now.must != IWC_VIOLATION_NONE),
		"violations");
	require(EP->n.stale == before.stale + (A.now.stale ? A.now.taken : 0u), "stale frames");
	require(EP->n.peer_restarts == before.peer_restarts + A.now.acks, "restarts of the peer");
	require(EP->n.ups - EP->n.downs == (uint64_t)up, "ups and downs");
	require(EP->n.downs <= before.downs + 1u, "downs");
	if (A.now.call != ADVERSARY_SEND && A.now.call != ADVERSARY_BEGIN &&
	    A.now.call != ADVERSARY_ARM_SPACE)
		require(EP->n.abandoned_lines == before.abandoned_lines + abandoned,
			"lines in flight");
	require(e2e_refused() - e2e_refused_before == A.now.taken_protected - A.now.due_protected,
		"P11: a frame is not counted once by kind");
}

static void leave(void)
{
	if (A.now.must != IWC_VIOLATION_NONE)
		require(EP->state == IWC_STATE_FROZEN && EP->reason == A.now.must &&
			    A.shadow[2] == (uint64_t)A.now.must,
			"a violation does not freeze the link");
	else
		require(EP->state != IWC_STATE_FROZEN || before.violations == EP->n.violations,
			"P3: the peer is accused of what it did not do");
	if (A.now.stale)
		require(EP->state == IWC_STATE_DOWN, "R1: a session that does not stand goes on");
	require(EP->backoff_ns >= BACKOFF_MIN_NS && EP->backoff_ns <= BACKOFF_MAX_NS, "back-off");
	for (unsigned c = 0; c < A.cfg.class_count; c++)
		check_rings(c);
	check_session();
	check_counters();
	A.now.call = ADVERSARY_NONE;
}

/* P4: W of docs/protocol.md where it applies, and the bound of core/hostile_test.c for bursts. */
static void check_activation(void)
{
	uint64_t classes = A.cfg.class_count, frames = 0, w = 0, w_burst = 0;

	for (uint32_t c = 0; c < classes; c++) {
		uint64_t budget = A.cfg.cls[c].budget;

		frames += budget;
		w += budget * (8u + c);
		w_burst += budget * (5u + c);
	}
	w += 8u + 4u * classes + 4u * A.activation.sends + 2u * A.activation.space_arms;
	w_burst += 3u + 2u * classes + 2u * classes * (frames + A.activation.recvs) +
		   2u * A.activation.sends + A.activation.space_arms +
		   (2u * classes + 1u) * A.activation.arms;
	require(A.activation.loads <= w_burst, "P4: an activation reads more words than it may");
	if ((!A.activation.bursts || classes == 1u) && A.activation.after_end == 0u &&
	    A.activation.arms <= 1u)
		require(A.activation.loads <= w, "P4: an activation reads more than W words");
}

/* --- the calls */

static void next_epoch(void)
{
	if (++A.epoch_next == 0u)
		A.epoch_next = 1;
}

void adversary_boot(void)
{
	memset(A.in, 0, sizeof(A.in));
	memset(A.out, 0, sizeof(A.out));
	require(iwc_init(EP, &A.cfg, A.own, A.peer, &A) == IWC_OK, "iwc_init");
	for (unsigned c = 0; c < A.cfg.class_count; c++)
		A.out[c].pos = A.out[c].credit = A.out[c].fill = A.cfg.first_line & IWC_LINE_MASK;
	next_epoch();
	A.acked = 0;
	enter(ADVERSARY_BOOT);
	require(iwc_boot(EP, A.epoch_next) == IWC_OK && A.epoch == A.epoch_next, "iwc_boot");
	require(!A.now.dirty, "G: no full fence behind a new epoch");
	for (size_t i = 4096; i < A.used_bytes; i += 8u)
		require(A.shadow[i / 8u] == 0u, "R0: a boot leaves what was there");
	for (unsigned c = 0; c < IWC_CLASSES_MAX; c++) {
		size_t start = 32u * (c + 1u);

		require((c < A.cfg.class_count) == ((A.shadow[start] & IWC_SAID) != 0u) &&
			    (A.shadow[start + 8u] | A.shadow[start + 16u] |
			     A.shadow[start + 24u]) == 0u,
			"R0: a boot leaves a word");
	}
	require((uint32_t)A.shadow[0] == IWC_MAGIC && A.shadow[0] >> 48 == A.cfg.class_count &&
		    A.shadow[2] == 0u,
		"hello");
	leave();
}

void adversary_renew(void)
{
	uint32_t old = A.epoch;

	if (A.epoch == 0u)
		return;
	enter(ADVERSARY_RENEW);
	require(iwc_renew(EP, 0) == IWC_EINVAL && iwc_renew(EP, old) == IWC_EINVAL,
		"an epoch that is not new");
	next_epoch();
	require(iwc_renew(EP, A.epoch_next) == IWC_OK && A.epoch == A.epoch_next, "iwc_renew");
	require(!A.now.dirty, "G: no full fence behind a new epoch");
	require(EP->n.renewals == before.renewals + 1u, "renewals");
	leave();
}

unsigned adversary_begin(uint64_t ns)
{
	bool told_up = EP->told_up, up;
	unsigned events;

	A.activation = (struct adversary_activation){0};
	A.now_ns = (A.now_ns + ns) & INT64_MAX; /* a clock of 292 years, which may jump anywhere */
	for (unsigned c = 0; c < A.cfg.class_count; c++)
		A.in[c].left = A.cfg.cls[c].budget;
	enter(ADVERSARY_BEGIN);
	events = iwc_begin(EP, A.now_ns);
	up = iwc_is_up(EP);
	require(A.now.looks == 1u + A.now.acks, "R3, G: no look behind an acknowledgement");
	require(((events & IWC_EVENT_UP) != 0u) == (up && EP->n.ups != before.ups), "event up");
	require(((events & IWC_EVENT_DOWN) != 0u) == (told_up && (!up || EP->n.ups != before.ups)),
		"event down");
	leave();
	return events;
}

static void check_delivered(const struct iwc_frame *f, unsigned got)
{
	require(got == A.now.due_n, "P2, P3, P11: a frame is missing or must not be delivered");
	for (unsigned i = 0; i < got; i++) {
		const uint8_t *b = f[i].buf;

		require(f[i].len_bytes == A.now.due[i].len_bytes, "P1: the length of a frame");
		for (uint32_t k = 0; k < f[i].len_bytes; k++)
			require(b[k] == adversary_payload(&A.now.due[i], k),
				"P3: the bytes of a frame");
	}
	for (unsigned i = 0; i < IWC_BURST_MAX; i++) {
		unsigned found = 0;

		for (unsigned k = 0; k < IWC_BURST_MAX; k++)
			found += f[k].buf == buffers[i];
		require(found == 1u, "a buffer is lost");
	}
}

/* A call that delivers nothing has looked everywhere: P12 lets the classes below one wait that has
 * more frames than budget, and nothing else does. */
static void check_nothing(void)
{
	for (unsigned c = 0; c < A.cfg.class_count && !A.in[c].more; c++)
		require(A.in[c].looked, "P12: a class is passed over");
}

unsigned adversary_recv(unsigned n)
{
	struct iwc_frame f[IWC_BURST_MAX];
	unsigned cls = UINT32_MAX, got;

	for (unsigned i = 0; i < IWC_BURST_MAX; i++)
		f[i] = (struct iwc_frame){buffers[i], 0};
	A.activation.recvs++;
	A.activation.bursts = A.activation.bursts || n > 1u;
	enter(ADVERSARY_RECV);
	got = iwc_recv(EP, f, n, &cls);
	require(got <= n && got <= IWC_BURST_MAX, "more frames than asked for");
	check_delivered(f, got);
	if (got != 0u)
		require(cls == A.now.due_cls && EP->n.received[cls] == before.received[cls] + got,
			"the class of a frame");
	if (got != 0u && A.in[cls].pos != A.in[cls].told)
		require(A.in[cls].pos - A.in[cls].told < adversary_lines(cls) / 8u,
			"E: credit that has gathered is not given");
	if (got == 0u && n != 0u && EP->state == IWC_STATE_UP)
		check_nothing();
	A.activation.after_end += A.activation.ended;
	A.activation.ended = got == 0u;
	leave();
	check_activation();
	return got;
}

/* What iwc_send may return: the frames taken, or why the first was not. */
static void check_sent(unsigned cls, const struct iwc_frame *f, unsigned n, int result)
{
	const struct adversary_out *out = &A.out[cls];
	unsigned sent = out->copies;

	require(sent <= n, "more frames are sent than were offered");
	require(EP->n.sent[cls] == before.sent[cls] + sent, "sent frames");
	require(result == (int)sent || (sent == 0u && result < 0), "the result of a send");
	if (sent == n || A.now.must != IWC_VIOLATION_NONE) {
		require(sent == n || sent != 0u || result == IWC_EPEER, "a violation is not told");
		return;
	}
	if (f[sent].len_bytes < IWC_FRAME_MIN ||
	    f[sent].len_bytes > A.cfg.cls[cls].frame_max_bytes) {
		require(sent != 0u || result == IWC_EFRAME, "a bad length is not told");
		return;
	}
	require(result >= 0 && EP->n.refused[cls] == before.refused[cls] + n - sent,
		"refused frames");
	require(out->asked && adversary_end_of(cls, out->pos, f[sent].len_bytes) >
				  out->credit + adversary_lines(cls),
		"a frame that fits is refused");
}

void adversary_send(unsigned cls, unsigned n)
{
	struct iwc_frame f[IWC_BURST_MAX];
	int result;

	for (unsigned i = 0; i < IWC_BURST_MAX && i < n; i++) {
		uint8_t b = adversary_byte();
		uint32_t len = b < 0xf0u ? 14u + 7u * b : adversary_byte();

		f[i] = (struct iwc_frame){malloc(len), len};
		memset(f[i].buf, b, len);
	}
	A.activation.sends++;
	enter(ADVERSARY_SEND);
	A.now.cls = cls;
	A.now.frames = f;
	result = iwc_send(EP, cls, f, n);
	if (cls >= A.cfg.class_count || n == 0u)
		require(result == IWC_EINVAL, "a bad class or number is not told");
	else if (!A.up)
		require(result == IWC_EDOWN && EP->n.unsent == before.unsent + n,
			"a link that is down");
	else
		check_sent(cls, f, n < IWC_BURST_MAX ? n : IWC_BURST_MAX, result);
	leave();
	check_activation();
	for (unsigned i = 0; i < IWC_BURST_MAX && i < n; i++)
		free(f[i].buf);
}

void adversary_arm(void)
{
	bool work;

	A.activation.arms++;
	enter(ADVERSARY_ARM);
	work = iwc_arm(EP);
	require(work == A.now.work, "P9: asleep on work, or awake without");
	if (A.up)
		for (unsigned c = 0; c < A.cfg.class_count; c++)
			require(A.in[c].told == A.in[c].pos &&
				    A.shadow[48u + 32u * c] ==
					(IWC_SAID | (A.in[c].pos & IWC_LINE_MASK)),
				"asleep with credit kept or without a wake word");
	leave();
	check_activation();
}

void adversary_arm_space(unsigned cls, uint32_t len_bytes)
{
	bool fits, want = false;

	A.activation.space_arms++;
	enter(ADVERSARY_ARM_SPACE);
	A.now.cls = cls;
	A.now.len_bytes = len_bytes;
	fits = iwc_arm_space(EP, cls, len_bytes);
	if (cls < A.cfg.class_count && A.out[cls].asked)
		want = A.now.must == IWC_VIOLATION_NONE &&
		       adversary_end_of(cls, A.out[cls].pos, len_bytes) <=
			   A.out[cls].credit + adversary_lines(cls);
	else
		require(!A.up || cls >= A.cfg.class_count || len_bytes < IWC_FRAME_MIN ||
			    len_bytes > A.cfg.cls[cls].frame_max_bytes,
			"E: the credit is not read again");
	require(fits == want, "E: a frame that fits, or does not");
	leave();
	check_activation();
}

/* P6: from whatever state, beside an honest peer, in a few of the longest waits. */
void adversary_connect(void)
{
	A.honest = true;
	for (unsigned i = 0; i < 4u && !iwc_is_up(EP); i++)
		if ((adversary_begin(BACKOFF_MAX_NS) & IWC_EVENT_RENEW) != 0u)
			adversary_renew();
	require(iwc_is_up(EP), "P6: the link does not come up");
	A.honest = false;
}
