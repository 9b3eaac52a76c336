/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A peer that writes what it likes, when it likes: the counting port lets the test change the
 * peer's section before each access of the endpoint under test, which is side 0.
 *
 * Bounded work (P4): one activation, that is iwc_begin, iwc_recv until it returns 0, S calls of
 * iwc_send and one iwc_arm, with C classes of budget B_c each and N = sum of B_c, reads at most
 *
 *	W = 3 + 2 C				session, starts, credits (stall)
 *	  + sum over c of B_c (5 + c)		tag, skip before it, end-to-end word, session,
 *space; a tag of each higher class
 *	  + 2 C (N + 1)				looks in vain, one a class for each burst and the
 *last
 *	  + 2 S					credit, wake
 *	  + 2 C + 1				space and tag a class, session
 *
 * words of the peer, and copies at most the sum of B_c longest frames.
 */
#include "port/count/iwc_port.h"

#include "crc32c.c"
#include "e2e.c"
#include "ring.c"
#include "endpoint.c"
#include "session.c"

#include "port/count/pair.h"

#define BACKOFF_MIN_NS 1000u
#define BACKOFF_MAX_NS 8000u
#define SENDS 3u
#define EP (&p.ep[0])

struct iwc_count iwc_count;

static struct pair p;
static struct pair_bufs in, out, peers;
static uint64_t seed;
static unsigned one_in; /* writes happen before one access in so many */

static uint64_t draw(uint64_t below)
{
	return pair_random(&seed) % below;
}

static uint64_t words_max(const struct iwc_config *cfg)
{
	uint64_t classes = cfg->class_count, frames = 0, w = 0;

	for (uint32_t c = 0; c < classes; c++) {
		frames += cfg->cls[c].budget;
		w += (uint64_t)cfg->cls[c].budget * (5u + c);
	}
	return w + 3u + 2u * classes + 2u * classes * (frames + 1u) + 2u * SENDS + 2u * classes +
	       1u;
}

static uint64_t pieces_max(const struct iwc_config *cfg)
{
	uint64_t pieces = 0;

	for (uint32_t c = 0; c < cfg->class_count; c++)
		pieces += (uint64_t)cfg->cls[c].budget * ((cfg->cls[c].frame_max_bytes + 7u) / 8u);
	return pieces;
}

/* The word of the peer's section that the endpoint sees at this address, to be written. */
static struct iwc_word *peer_word(const void *seen)
{
	return (struct iwc_word *)(void *)(p.own[1] + ((const uint8_t *)seen - p.seen[1]));
}

/* --- what the peer writes ----------------------------------------------------------------------
 */

static uint64_t line_near(uint64_t line)
{
	static const int64_t steps[] = {0, 1, -1, 2, 64, -64, INT64_C(1) << 47};

	return ((line + (uint64_t)steps[draw(7)]) & IWC_LINE_MASK) |
	       (draw(8) != 0u ? IWC_SAID : 0u);
}

static void write_session(void)
{
	uint32_t epoch = EP->peer_highest + (uint32_t)draw(4);
	uint32_t acked = draw(4) == 0u ? (uint32_t)draw(3) : EP->epoch;

	if (draw(8) == 0u)
		epoch = draw(2) == 0u ? 0u : (uint32_t)pair_random(&seed);
	pair_header(&p, 1)->session.v = (uint64_t)epoch << 32 | acked;
}

static void write_control_word(void)
{
	unsigned c = (unsigned)draw(p.cfg[0].class_count);
	struct iwc_class_words *w = &pair_header(&p, 1)->cls[c];

	switch (draw(5)) {
	case 0:
		w->start.v = line_near(EP->rx[c].pos);
		break;
	case 1:
		w->credit.v = line_near(EP->tx[c].credit);
		break;
	case 2:
		w->credit.v = line_near(EP->tx[c].pos);
		break;
	case 3:
		w->wake.v = line_near(EP->tx[c].pos);
		break;
	default:
		w->space.v = line_near(EP->rx[c].pos);
		break;
	}
}

static void write_tag(void)
{
	unsigned c = (unsigned)draw(p.cfg[0].class_count);
	const struct iwc_consumer *rx = &EP->rx[c];
	const uint64_t lengths[] = {
	    0,	  13,	14,	64,	 65, rx->frame_max_bytes, rx->frame_max_bytes + 1u,
	    1536, 1537, 0xfffe, IWC_SKIP};
	uint64_t line = rx->pos + draw(3);

	peer_word(&rx->tag[line & (rx->lines - 1u)])->v =
	    (((line + 1u) & IWC_LINE_MASK) << 16) | lengths[draw(draw(3) == 0u ? 11 : 6)];
}

static void write_anything(void)
{
	size_t words = pair_used_bytes(&p.cfg[1]) / 8u;
	struct iwc_word *w = (struct iwc_word *)(void *)p.own[1];

	w[draw(words)].v = draw(2) == 0u ? pair_random(&seed) : draw(2) - 1u;
}

static void write_something(void)
{
	switch (draw(8)) {
	case 0:
		write_session();
		break;
	case 1:
	case 2:
		write_control_word();
		break;
	case 3:
		write_anything();
		break;
	default:
		write_tag();
		break;
	}
}

static void hostile(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	(void)kind;
	(void)at;
	(void)value;
	if (draw(one_in) == 0u)
		write_something();
}

/* --- what the endpoint does --------------------------------------------------------------------
 */

static void check_work(void)
{
	assert_true(iwc_count_loads() <= words_max(&p.cfg[0]));
	assert_true(iwc_count.n[IWC_COUNT_COPY_IN] <= pieces_max(&p.cfg[0]));
}

static void check_endpoint(void)
{
	uint32_t acked = (uint32_t)pair_header(&p, 0)->session.v;

	assert_int_equal(pair_header(&p, 0)->session.v >> 32, EP->epoch);
	assert_int_equal(acked, EP->peer_epoch);
	assert_int_equal(acked != 0u, EP->state == IWC_STATE_UP || EP->state == IWC_STATE_WAIT);
	assert_in_range(EP->backoff_ns, BACKOFF_MIN_NS, BACKOFF_MAX_NS);
	for (uint32_t c = 0; c < p.cfg[0].class_count; c++) {
		const struct iwc_producer *tx = &EP->tx[c];

		assert_true(tx->credit <= tx->pos && tx->pos <= tx->credit + tx->lines);
		assert_true(EP->rx[c].told <= EP->rx[c].pos);
	}
	pair_bufs_check(&in);
	pair_bufs_check(&out);
}

/* One activation; returns the frames that were delivered. */
static unsigned activate(uint64_t ns)
{
	unsigned cls, n, got = 0;

	memset(iwc_count.n, 0, sizeof(iwc_count.n));
	p.now_ns += ns;
	pair_poll(&p, 0);
	while ((n = iwc_recv(EP, out.f, 1u + (unsigned)draw(IWC_BURST_MAX), &cls)) != 0u) {
		assert_true(cls < p.cfg[0].class_count);
		for (unsigned i = 0; i < n; i++)
			assert_in_range(out.f[i].len_bytes, IWC_FRAME_MIN,
					p.cfg[0].cls[cls].frame_max_bytes);
		got += n;
	}
	for (unsigned i = 0; i < SENDS; i++) {
		cls = (unsigned)draw(p.cfg[0].class_count);
		n = 1u + (unsigned)draw(4);
		for (unsigned k = 0; k < n; k++)
			in.f[k].len_bytes = IWC_FRAME_MIN + (uint32_t)draw(50);
		assert_true(iwc_send(EP, cls, in.f, n) <= (int)n);
	}
	iwc_arm(EP);
	check_work();
	check_endpoint();
	return got;
}

/* An honest life beneath the noise, so that sessions do come up. */
static void peer_acts(void)
{
	void (*hook)(enum iwc_count_kind, const void *, uint64_t) = iwc_count.hook;
	unsigned cls;

	iwc_count.hook = NULL;
	if (draw(20) == 0u)
		pair_reboot(&p, 1);
	pair_poll(&p, 1);
	while (iwc_recv(&p.ep[1], peers.f, 8, &cls) != 0u)
		;
	for (uint32_t c = 0; c < p.cfg[0].class_count; c++)
		iwc_send(&p.ep[1], c, peers.f, (unsigned)draw(4));
	iwc_arm(&p.ep[1]);
	iwc_count.hook = hook;
}

static struct iwc_config drawn_config(void)
{
	struct iwc_config cfg = {
	    .class_count = 1u + (uint32_t)draw(IWC_CLASSES_MAX),
	    .bell = draw(2) == 0u,
	    .first_line = draw(2) == 0u ? draw(100) : IWC_LINE_MASK - draw(100),
	    .backoff_min_ns = BACKOFF_MIN_NS,
	    .backoff_max_ns = BACKOFF_MAX_NS,
	    .stall_ns = draw(2) * 3000u,
	};

	for (uint32_t c = 0; c < cfg.class_count; c++) {
		uint32_t k = 1u + (uint32_t)draw(6), lines = 1u << k;
		uint32_t max = (lines - lines / 8u + 1u) / 2u * IWC_LINE;

		cfg.cls[c] = (struct iwc_class_config){
		    .lines_log2 = (uint8_t)k,
		    .protect = draw(2) == 0u,
		    .frame_max_bytes = (uint16_t)(max < IWC_FRAME_MAX ? max : IWC_FRAME_MAX),
		    .budget = (uint16_t)(1u + draw(12)),
		    .timeout_ns = draw(2) * 2500u,
		};
	}
	return cfg;
}

static void open_link(const struct iwc_config *cfg)
{
	memset(&iwc_count, 0, sizeof(iwc_count));
	p = (struct pair){.port = {NULL, NULL}};
	pair_open(&p, cfg);
	pair_bufs_init(&in);
	pair_bufs_init(&out);
	pair_bufs_init(&peers);
	for (unsigned i = 0; i < IWC_BURST_MAX; i++)
		pair_fill(&peers.f[i], i, 60);
	pair_connect(&p);
}

/*
 * P6 after all that. The endpoint may be frozen or at its rate limit (BACKOFF_MAX_NS), and its
 * next epoch may meet the rate limit of the honest peer, whose own may have been refused
 * (BACKOFF_MAX_NS each); a handshake follows.
 */
static void recover(void)
{
	const unsigned polls_max = 3u * BACKOFF_MAX_NS / BACKOFF_MIN_NS + 5u;
	unsigned polls = 0;

	iwc_count.hook = NULL;
	pair_reboot(&p, 1);
	do {
		p.now_ns += BACKOFF_MIN_NS;
		pair_poll(&p, 0);
		pair_poll(&p, 1);
	} while (!pair_is_up(&p) && ++polls < polls_max);
	assert_true(polls < polls_max);
	for (unsigned side = 0; side < 2u; side++) {
		unsigned cls = 9;

		pair_fill(&in.f[0], side, 60);
		assert_int_equal(iwc_send(&p.ep[side], 0, in.f, 1), 1);
		assert_int_equal(iwc_recv(&p.ep[!side], out.f, 8, &cls), 1);
		assert_true(pair_matches(&out.f[0], side, 60));
	}
}

/* --- tests -------------------------------------------------------------------------------------
 */

/* P1, P4, P6 against noise of all densities, in links of all shapes. */
static void noise(void **state)
{
	uint64_t kinds[8] = {0}, ups = 0, delivered = 0;

	(void)state;
	for (uint64_t round = 1; round <= 1500u; round++) {
		struct iwc_config cfg;

		seed = round * UINT64_C(0x9e3779b97f4a7c15);
		cfg = drawn_config();
		open_link(&cfg);
		one_in = 2u << draw(8);
		iwc_count.hook = hostile;
		for (unsigned i = 0; i < 25u; i++) {
			peer_acts();
			delivered += activate(draw(BACKOFF_MIN_NS));
			kinds[EP->reason]++;
		}
		ups += EP->n.ups;
		recover();
		pair_close(&p);
	}
	/* The noise is of use: it meets each kind of violation, and links that are up. */
	for (unsigned why = IWC_VIOLATION_LENGTH; why <= IWC_VIOLATION_START; why++)
		assert_int_not_equal(kinds[why], 0);
	assert_true(ups > 2500u);
	assert_true(delivered > 5000u);
}

static uint32_t supply_bytes;
static bool supply_skips;

/* A peer that always has one more frame: the tag that is read next is made valid first. */
static void generous(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	(void)value;
	if (kind != IWC_COUNT_LOAD_ACQUIRE && kind != IWC_COUNT_LOAD_RELAXED)
		return;
	for (uint32_t c = 0; c < p.cfg[0].class_count; c++) {
		const struct iwc_consumer *rx = &EP->rx[c];
		const uint8_t *first = (const uint8_t *)rx->tag;
		size_t offset = (size_t)((const uint8_t *)at - first);
		uint32_t len = supply_bytes;
		uint64_t line = rx->pos;

		if ((const uint8_t *)at < first || offset >= (size_t)8u * rx->lines)
			continue;
		/* The line number of this lap at this index, at or after the position. */
		line += (offset / 8u - line) & (rx->lines - 1u);
		if (supply_skips && offset != 0u)
			len = IWC_SKIP;
		peer_word(at)->v = ((line + 1u) & IWC_LINE_MASK) << 16 | len;
	}
}

static struct iwc_config generous_config(bool protect)
{
	struct iwc_config cfg = {
	    .class_count = 3,
	    .cls = {{.lines_log2 = 4, .frame_max_bytes = 64, .budget = 5},
		    {.lines_log2 = 6, .frame_max_bytes = 64, .budget = 40},
		    {.lines_log2 = 3, .frame_max_bytes = 64, .budget = 3}},
	    .bell = true,
	    .backoff_min_ns = BACKOFF_MIN_NS,
	    .backoff_max_ns = BACKOFF_MAX_NS,
	};

	for (unsigned c = 0; c < 3u; c++)
		cfg.cls[c].protect = protect;
	return cfg;
}

/* Frames without end: the budget of the first class, and no more, however often one asks. */
static void endless_frames(void **state)
{
	struct iwc_config cfg = generous_config(false);

	(void)state;
	seed = 1;
	open_link(&cfg);
	supply_bytes = 64;
	supply_skips = false;
	iwc_count.hook = generous;
	for (unsigned i = 0; i < 50u; i++) {
		assert_int_equal(activate(1), 5);
		assert_true(iwc_arm(EP));
	}
	assert_int_equal(EP->n.violations, 0);
	pair_close(&p);
}

/* One class with frames without end: its budget is met exactly, and the bound is no idle one. */
static void endless_frames_of_one_class(void **state)
{
	struct iwc_config cfg = generous_config(false);

	(void)state;
	seed = 1;
	cfg.class_count = 1;
	cfg.cls[0] = cfg.cls[1];
	open_link(&cfg);
	supply_bytes = 14;
	supply_skips = false;
	iwc_count.hook = generous;
	for (unsigned i = 0; i < 20u; i++) {
		assert_int_equal(activate(1), 40);
		assert_true(iwc_count_loads() >= 40u);
		assert_true(iwc_count.n[IWC_COUNT_COPY_IN] == 40u * 2u);
	}
	pair_close(&p);
}

/* Frames that all fail the check: one call looks on, within the budget. */
static void endless_damaged_frames(void **state)
{
	struct iwc_config cfg = generous_config(true);

	(void)state;
	seed = 1;
	open_link(&cfg);
	supply_bytes = 64;
	supply_skips = false;
	iwc_count.hook = generous;
	for (unsigned i = 1; i <= 20u; i++) {
		assert_int_equal(activate(1), 0);
		assert_int_equal(EP->rx[0].check.n.corrupted, 5u * i);
		/* Damaged control out of budget holds bulk back as good control does. */
		assert_int_equal(EP->rx[1].check.n.corrupted, 0);
	}
	pair_close(&p);
}

/* T44: skips for ever. A frame at line 0 and a skip behind it: two tags a frame, budget as ever. */
static void endless_skips(void **state)
{
	struct iwc_config cfg = generous_config(false);
	uint64_t laps;

	(void)state;
	seed = 1;
	open_link(&cfg);
	supply_bytes = 64;
	supply_skips = true;
	iwc_count.hook = generous;
	for (unsigned i = 0; i < 20u; i++) {
		uint64_t before = EP->rx[0].pos;

		assert_int_equal(activate(1), 5);
		laps = (EP->rx[0].pos - before) / EP->rx[0].lines;
		assert_in_range(laps, 4, 5);
	}
	pair_close(&p);
}

/* A skip at line 0 would be a way to lap without taking anything: a violation. */
static void skip_at_line_zero(void **state)
{
	struct iwc_config cfg = generous_config(false);

	(void)state;
	seed = 1;
	open_link(&cfg);
	assert_int_equal(EP->rx[0].pos % EP->rx[0].lines, 0);
	supply_bytes = IWC_SKIP;
	supply_skips = true;
	iwc_count.hook = generous;
	assert_int_equal(activate(1), 0);
	assert_int_equal(EP->state, IWC_STATE_FROZEN);
	assert_int_equal(EP->reason, IWC_VIOLATION_SKIP);
	pair_close(&p);
}

/* T16: epochs that change before each look: the rate limit holds, work stays small. */
static void ever_new_epochs(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	static uint32_t epoch = 1000;

	(void)kind;
	(void)value;
	if (at == &EP->peer->session)
		pair_header(&p, 1)->session.v = (uint64_t)++epoch << 32 | EP->epoch;
}

static void epochs_flap(void **state)
{
	struct iwc_config cfg = generous_config(false);

	(void)state;
	seed = 1;
	open_link(&cfg);
	iwc_count.hook = ever_new_epochs;
	for (unsigned i = 0; i < 1000u; i++) {
		activate(80);
		assert_true(iwc_count_loads() <= 2u + SENDS + 1u);
	}
	/* 80000 ns: waits of 2, 4, 8, 8, ... thousand after the first one. */
	assert_in_range(EP->n.peer_restarts, 10, 13);
	pair_close(&p);
}

/* T07: what stands in the own section is not asked for; the endpoint may read none of its words. */
static void reads_no_own_word(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	const uint8_t *b = at;

	(void)value;
	if (kind == IWC_COUNT_LOAD_ACQUIRE || kind == IWC_COUNT_LOAD_RELAXED ||
	    kind == IWC_COUNT_COPY_IN)
		assert_true(b >= p.seen[1] && b + 8 <= p.seen[1] + p.bytes);
	else if (at != NULL && kind != IWC_COUNT_TOUCH && kind != IWC_COUNT_RING)
		assert_true(b >= p.own[0] && b + 8 <= p.own[0] + p.bytes);
}

static void own_and_peer(void **state)
{
	(void)state;
	for (uint64_t round = 1; round <= 100u; round++) {
		struct iwc_config cfg;

		seed = round;
		cfg = drawn_config();
		open_link(&cfg);
		iwc_count.hook = reads_no_own_word;
		for (unsigned i = 0; i < 20u; i++) {
			peer_acts();
			activate(300);
		}
		pair_reboot(&p, 0);
		pair_close(&p);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(noise),
	    cmocka_unit_test(endless_frames),
	    cmocka_unit_test(endless_frames_of_one_class),
	    cmocka_unit_test(endless_damaged_frames),
	    cmocka_unit_test(endless_skips),
	    cmocka_unit_test(skip_at_line_zero),
	    cmocka_unit_test(epochs_flap),
	    cmocka_unit_test(own_and_peer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
