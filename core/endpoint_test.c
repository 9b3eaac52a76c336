/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Binding, sending, receiving, doorbells and counters of an endpoint; two honest endpoints over the
 * native port, with single words of the peer rewritten by hand where a test says so.
 */
#include "iwc_port.h"
#include "port/count/pair.h"

struct bell {
	struct iwc_native_port port; /* first: the port's pointer is the bell's */
	unsigned rings;
};

/* What each test works on. */
struct fixture {
	struct pair p;
	struct bell bell[2];
	struct pair_bufs in, out;
};

static void count_ring(struct iwc_native_port *self)
{
	((struct bell *)(void *)self)->rings++;
}

static void fixture_open(struct fixture *x, const struct iwc_config *cfg)
{
	memset(x, 0, sizeof(*x));
	for (unsigned side = 0; side < 2u; side++) {
		x->bell[side].port.ring = count_ring;
		x->p.port[side] = &x->bell[side];
	}
	pair_bufs_init(&x->in);
	pair_bufs_init(&x->out);
	pair_open(&x->p, cfg);
	pair_connect(&x->p);
}

static void fixture_close(struct fixture *x)
{
	pair_bufs_check(&x->in);
	pair_bufs_check(&x->out);
	pair_close(&x->p);
}

/* Send n frames of len bytes whose keys begin at key. */
static int send_keys(struct fixture *x, unsigned side, unsigned cls, uint64_t key, unsigned n,
		     uint32_t len_bytes)
{
	for (unsigned i = 0; i < n && i < IWC_BURST_MAX; i++)
		pair_fill(&x->in.f[i], key + i, len_bytes);
	return iwc_send(&x->p.ep[side], cls, x->in.f, n);
}

static void configurations(void **state)
{
	struct iwc_config good = pair_config(), cfg;

	(void)state;
	assert_int_not_equal(iwc_section_bytes(&good), 0);
#define REFUSED(change)                                                                            \
	do {                                                                                       \
		cfg = good;                                                                        \
		change;                                                                            \
		assert_int_equal(iwc_section_bytes(&cfg), 0);                                      \
	} while (0)
	REFUSED(cfg.class_count = 0);
	REFUSED(cfg.class_count = 5);
	REFUSED(cfg.class_count = UINT32_MAX);
	REFUSED(cfg.cls[0].lines_log2 = 0);
	REFUSED(cfg.cls[1].lines_log2 = 17);
	REFUSED(cfg.cls[1].lines_log2 = 255);
	REFUSED(cfg.cls[0].frame_max_bytes = 13);
	REFUSED(cfg.cls[1].frame_max_bytes = 1537);
	REFUSED(cfg.cls[1].budget = 0);
	REFUSED(cfg.backoff_min_ns = 0);
	REFUSED(cfg.backoff_max_ns = cfg.backoff_min_ns - 1u);
#undef REFUSED
	/* A class that is not in use is not looked at. */
	cfg = good;
	cfg.class_count = 1;
	cfg.cls[1].budget = 0;
	assert_int_not_equal(iwc_section_bytes(&cfg), 0);
}

/* The longest frame must fit at any position with an eighth held back: 2k - 1 + L/8 <= L. */
static void frame_against_ring(void **state)
{
	static const uint16_t most[] = {0, 64, 128, 256, 448, 896, 1536};
	struct iwc_config cfg = pair_config();

	(void)state;
	cfg.class_count = 1;
	for (uint8_t k = 1; k <= 6u; k++) {
		cfg.cls[0].lines_log2 = k;
		cfg.cls[0].frame_max_bytes = most[k];
		assert_int_not_equal(iwc_section_bytes(&cfg), 0);
		if (most[k] == IWC_FRAME_MAX)
			continue;
		cfg.cls[0].frame_max_bytes++;
		assert_int_equal(iwc_section_bytes(&cfg), 0);
	}
}

/* What is accepted does flow: the longest frame gets through at every position of the ring. */
static void longest_frame_at_every_position(void **state)
{
	static const uint16_t most[] = {0, 64, 128, 256, 448, 896, 1536};
	static struct fixture x;

	(void)state;
	for (uint8_t k = 1; k <= 6u; k++) {
		struct iwc_config cfg = pair_config();
		unsigned cls;

		cfg.class_count = 1;
		cfg.cls[0].lines_log2 = k;
		cfg.cls[0].frame_max_bytes = most[k];
		fixture_open(&x, &cfg);
		for (uint32_t i = 0; i < 3u << k; i++) {
			uint32_t len = i % 2u != 0u ? most[k] : 14u + 64u * (i % 3u) % most[k];

			iwc_begin(&x.p.ep[1], x.p.now_ns);
			assert_int_equal(send_keys(&x, 0, 0, i, 1, len), 1);
			assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 1, &cls), 1);
			assert_true(pair_matches(&x.out.f[0], i, len));
		}
		fixture_close(&x);
	}
}

static void init_parameters(void **state)
{
	struct iwc_config good = pair_config(), bad = good;
	static struct fixture x;
	struct iwc *ep = &x.p.ep[0];
	void *own;
	const void *seen;

	(void)state;
	fixture_open(&x, &good);
	own = x.p.own[0];
	seen = x.p.seen[1];
	bad.class_count = 0;
	assert_int_equal(iwc_init(ep, &bad, own, seen, NULL), IWC_EINVAL);
	assert_int_equal(iwc_init(ep, &good, NULL, seen, NULL), IWC_EINVAL);
	assert_int_equal(iwc_init(ep, &good, own, NULL, NULL), IWC_EINVAL);
	assert_int_equal(iwc_init(ep, &good, (uint8_t *)own + 64, seen, NULL), IWC_EINVAL);
	assert_int_equal(iwc_init(ep, &good, own, (const uint8_t *)seen + 64, NULL), IWC_EINVAL);
	assert_int_equal(iwc_init(ep, &good, own, seen, NULL), IWC_OK);
	fixture_close(&x);
}

static void init_touches_nothing(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	static uint8_t before[12288];

	(void)state;
	fixture_open(&x, &cfg);
	memset(x.p.own[0], 0x3c, pair_used_bytes(&cfg));
	memcpy(before, x.p.own[0], x.p.bytes);
	pair_init(&x.p, 0);
	assert_memory_equal(x.p.own[0], before, x.p.bytes);
	assert_int_equal(x.p.ep[0].n.rings, 0);
	assert_false(iwc_is_up(&x.p.ep[0]));
	fixture_close(&x);
}

/* Without a port the native hook rings nobody, and counts nevertheless. */
static void no_port_no_bell(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;

	(void)state;
	fixture_open(&x, &cfg);
	x.p.port[0] = NULL;
	pair_reboot(&x.p, 0);
	assert_int_equal(x.p.ep[0].n.rings, 1);
	fixture_close(&x);
}

static void send_results(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	struct iwc *ep = &x.p.ep[0];
	struct iwc_frame many[40];
	uint64_t pos;

	(void)state;
	fixture_open(&x, &cfg);
	pos = ep->tx[1].pos;
	assert_int_equal(send_keys(&x, 0, 2, 1, 1, 60), IWC_EINVAL);
	assert_int_equal(send_keys(&x, 0, UINT32_MAX, 1, 1, 60), IWC_EINVAL);
	assert_int_equal(iwc_send(ep, 0, x.in.f, 0), IWC_EINVAL);
	assert_int_equal(send_keys(&x, 0, 0, 1, 2, 13), IWC_EFRAME);
	assert_int_equal(send_keys(&x, 0, 0, 1, 2, 257), IWC_EFRAME);
	assert_int_equal(ep->n.sent[0] + ep->n.refused[0] + ep->n.unsent, 0);
	/* A bad frame behind good ones ends the burst and is no refusal. */
	pair_fill(&x.in.f[0], 1, 60);
	pair_fill(&x.in.f[1], 2, 60);
	pair_fill(&x.in.f[2], 3, 257);
	assert_int_equal(iwc_send(ep, 0, x.in.f, 3), 2);
	assert_int_equal(ep->n.sent[0], 2);
	assert_int_equal(ep->n.refused[0], 0);
	/* 14 lines are left. */
	assert_int_equal(send_keys(&x, 0, 0, 3, 20, 60), 14);
	assert_int_equal(ep->n.sent[0], 16);
	assert_int_equal(ep->n.refused[0], 6);
	assert_int_equal(send_keys(&x, 0, 0, 3, 3, 60), 0);
	assert_int_equal(ep->n.refused[0], 9);
	/* The other class has its own ring, and a call takes 32 frames at most, room or no room. */
	for (unsigned i = 0; i < 40u; i++)
		many[i] = (struct iwc_frame){.buf = x.in.f[0].buf, .len_bytes = 60};
	assert_int_equal(iwc_send(ep, 1, many, 40), 32);
	assert_int_equal(x.p.ep[0].tx[1].pos, pos + 32u);
	assert_int_equal(ep->n.sent[1], 32);
	assert_int_equal(ep->n.refused[1], 0);
	fixture_close(&x);
}

static void send_while_down(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;

	(void)state;
	fixture_open(&x, &cfg);
	pair_reboot(&x.p, 0);
	assert_int_equal(send_keys(&x, 0, 0, 1, 7, 60), IWC_EDOWN);
	assert_int_equal(x.p.ep[0].n.unsent, 7);
	assert_int_equal(x.p.ep[0].n.sent[0], 0);
	assert_false(iwc_arm_space(&x.p.ep[0], 0, 60));
	fixture_close(&x);
}

/* A credit that is a violation freezes the link; frames before it count as sent. */
static void send_meets_bad_credit(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;

	(void)state;
	for (int sent = 16; sent >= 0; sent -= 16) {
		fixture_open(&x, &cfg);
		if (sent == 0)
			assert_int_equal(send_keys(&x, 0, 0, 1, 16, 60), 16);
		pair_header(&x.p, 1)->cls[0].credit.v = 1000u | IWC_SAID;
		assert_int_equal(send_keys(&x, 0, 0, 1, 17, 60), sent == 0 ? IWC_EPEER : sent);
		assert_int_equal(x.p.ep[0].state, IWC_STATE_FROZEN);
		assert_int_equal(x.p.ep[0].reason, IWC_VIOLATION_CREDIT);
		assert_int_equal(x.p.ep[0].n.refused[0], 0);
		assert_int_equal(x.p.ep[0].n.sent[0], 16);
		assert_int_equal(x.p.ep[0].n.abandoned_lines, 16);
		assert_int_equal(send_keys(&x, 0, 0, 1, 1, 60), IWC_EDOWN);
		fixture_close(&x);
	}
}

static void arm_space_results(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	struct iwc *ep = &x.p.ep[0];

	(void)state;
	fixture_open(&x, &cfg);
	assert_false(iwc_arm_space(ep, 2, 60));
	assert_false(iwc_arm_space(ep, 0, 13));
	assert_false(iwc_arm_space(ep, 0, 257));
	assert_int_equal(pair_header(&x.p, 0)->cls[0].space.v, 0);
	assert_true(iwc_arm_space(ep, 0, 256));
	assert_int_equal(send_keys(&x, 0, 0, 1, 16, 60), 16);
	assert_false(iwc_arm_space(ep, 0, 60));
	pair_header(&x.p, 1)->cls[0].credit.v = 1000u | IWC_SAID;
	assert_false(iwc_arm_space(ep, 0, 60));
	assert_int_equal(ep->state, IWC_STATE_FROZEN);
	assert_int_equal(ep->reason, IWC_VIOLATION_CREDIT);
	fixture_close(&x);
}

/* Class 0 first; a class after the other; what was sent, in order. */
static void recv_order(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	struct iwc *ep = &x.p.ep[1];
	unsigned cls = 9;

	(void)state;
	fixture_open(&x, &cfg);
	assert_int_equal(iwc_recv(ep, x.out.f, 32, &cls), 0);
	assert_int_equal(send_keys(&x, 0, 1, 100, 5, 1000), 4);
	assert_int_equal(send_keys(&x, 0, 0, 200, 5, 60), 5);
	assert_int_equal(iwc_recv(ep, x.out.f, 3, &cls), 3);
	assert_int_equal(cls, 0);
	assert_true(pair_matches(&x.out.f[2], 202, 60));
	assert_int_equal(iwc_recv(ep, x.out.f, 1000, &cls), 2);
	assert_int_equal(cls, 0);
	assert_int_equal(iwc_recv(ep, x.out.f, 1000, &cls), 4);
	assert_int_equal(cls, 1);
	assert_true(pair_matches(&x.out.f[3], 103, 1000));
	assert_int_equal(iwc_recv(ep, x.out.f, 1000, &cls), 0);
	assert_int_equal(ep->n.received[0], 5);
	assert_int_equal(ep->n.received[1], 4);
	fixture_close(&x);
}

static void recv_caps(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls;

	(void)state;
	cfg.cls[1].budget = 100;
	fixture_open(&x, &cfg);
	assert_int_equal(send_keys(&x, 0, 1, 0, 32, 60), 32);
	assert_int_equal(send_keys(&x, 0, 1, 32, 8, 60), 8);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 0, &cls), 0);
	/* The array has no more than 32 entries, whatever the caller says. */
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 1000, &cls), 32);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 1000, &cls), 8);
	fixture_close(&x);
}

/* P4: not more than the budget of a class in one activation; the next one goes on. */
static void budgets(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	struct iwc *ep = &x.p.ep[1];
	unsigned cls;

	(void)state;
	cfg.cls[0].budget = 3;
	cfg.cls[1].budget = 2;
	fixture_open(&x, &cfg);
	assert_int_equal(send_keys(&x, 0, 0, 0, 8, 60), 8);
	assert_int_equal(send_keys(&x, 0, 1, 50, 8, 60), 8);
	/* Control out of budget with more to come: bulk waits. */
	for (unsigned round = 0; round < 2u; round++) {
		iwc_begin(ep, ++x.p.now_ns);
		assert_int_equal(iwc_recv(ep, x.out.f, 2, &cls), 2);
		assert_int_equal(iwc_recv(ep, x.out.f, 32, &cls), 1);
		assert_int_equal(cls, 0);
		assert_int_equal(iwc_recv(ep, x.out.f, 32, &cls), 0);
		assert_true(iwc_arm(ep));
	}
	iwc_begin(ep, ++x.p.now_ns);
	assert_int_equal(iwc_recv(ep, x.out.f, 32, &cls), 2);
	assert_int_equal(cls, 0);
	assert_int_equal(iwc_recv(ep, x.out.f, 32, &cls), 2);
	assert_int_equal(cls, 1);
	assert_int_equal(iwc_recv(ep, x.out.f, 32, &cls), 0);
	assert_true(iwc_arm(ep));
	for (unsigned round = 0; round < 3u; round++) {
		iwc_begin(ep, ++x.p.now_ns);
		assert_int_equal(iwc_recv(ep, x.out.f, 32, &cls), 2);
		assert_true(pair_matches(&x.out.f[1], 53u + 2u * round, 60));
	}
	assert_false(iwc_arm(ep));
	fixture_close(&x);
}

/* Control that has used up its budget exactly does not hold bulk back. */
static void spent_budget_without_more(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls;

	(void)state;
	fixture_open(&x, &cfg);
	assert_int_equal(send_keys(&x, 0, 0, 0, 8, 60), 8);
	assert_int_equal(send_keys(&x, 0, 1, 50, 1, 60), 1);
	iwc_begin(&x.p.ep[1], ++x.p.now_ns);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 32, &cls), 8);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 32, &cls), 1);
	assert_int_equal(cls, 1);
	fixture_close(&x);
}

/* Damage n frames of a class in the ring, from its first line on. */
static void damage(struct fixture *x, unsigned cls, unsigned n)
{
	uint8_t *data = (uint8_t *)x->p.ep[0].tx[cls].data;

	for (unsigned i = 0; i < n; i++)
		data[i * IWC_LINE + 7u] ^= 1u;
}

/* Frames that fail the check use the budget up; good ones behind them are still found. */
static void corrupted_frames_cost_budget(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls;

	(void)state;
	fixture_open(&x, &cfg);
	assert_int_equal(send_keys(&x, 0, 0, 0, 12, 60), 12);
	damage(&x, 0, 7);
	iwc_begin(&x.p.ep[1], ++x.p.now_ns);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 2, &cls), 1);
	assert_true(pair_matches(&x.out.f[0], 7, 60));
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 2, &cls), 0);
	assert_int_equal(x.p.ep[1].rx[0].check.n.corrupted, 7);
	assert_int_equal(x.p.ep[1].n.received[0], 1);
	iwc_begin(&x.p.ep[1], ++x.p.now_ns);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 32, &cls), 4);
	assert_int_equal(x.p.ep[1].rx[0].check.n.lost, 7);
	fixture_close(&x);
}

/* R1, T45: the peer's word changed since the session began: nothing of it is delivered. */
static void stale_copies(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	struct iwc *ep = &x.p.ep[1];
	unsigned cls;

	(void)state;
	fixture_open(&x, &cfg);
	assert_int_equal(send_keys(&x, 0, 1, 0, 5, 60), 5);
	iwc_begin(ep, ++x.p.now_ns);
	pair_header(&x.p, 0)->session.v = 0;
	assert_int_equal(iwc_recv(ep, x.out.f, 3, &cls), 0);
	assert_int_equal(ep->n.stale, 3);
	assert_int_equal(ep->n.downs, 1);
	assert_int_equal(ep->n.received[1], 0);
	assert_int_equal(ep->n.violations, 0);
	assert_int_equal(ep->state, IWC_STATE_DOWN);
	assert_int_equal(pair_header(&x.p, 1)->session.v, UINT64_C(1) << 32);
	assert_int_equal(iwc_recv(ep, x.out.f, 3, &cls), 0);
	fixture_close(&x);
}

/* A tag that is a violation freezes the link, delivers nothing and is published as the reason. */
static void recv_meets_bad_tags(void **state)
{
	static const struct {
		uint64_t tag;
		enum iwc_violation why;
	} bad[] = {
	    {UINT64_C(33) << 16 | 13u, IWC_VIOLATION_LENGTH},
	    {UINT64_C(33) << 16 | 257u, IWC_VIOLATION_LENGTH},
	    {UINT64_C(33) << 16 | 0u, IWC_VIOLATION_LENGTH},
	    {UINT64_C(33) << 16 | IWC_SKIP, IWC_VIOLATION_SKIP},
	};
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls;

	(void)state;
	for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct iwc *ep = &x.p.ep[1];

		fixture_open(&x, &cfg);
		assert_int_equal(send_keys(&x, 0, 1, 0, 5, 60), 5);
		iwc_begin(ep, ++x.p.now_ns);
		x.p.ep[0].tx[0].tag[0].v = bad[i].tag;
		assert_int_equal(iwc_recv(ep, x.out.f, 3, &cls), 0);
		assert_int_equal(ep->state, IWC_STATE_FROZEN);
		assert_int_equal(ep->reason, bad[i].why);
		assert_int_equal(ep->n.violations, 1);
		assert_int_equal(pair_header(&x.p, 1)->hello[2].v, bad[i].why);
		assert_int_equal(pair_header(&x.p, 1)->session.v, UINT64_C(1) << 32);
		/* Bulk has frames, but a frozen link delivers none. */
		assert_int_equal(iwc_recv(ep, x.out.f, 3, &cls), 0);
		fixture_close(&x);
	}
}

/* Good frames in front of a bad tag in one burst are dropped with it. */
static void violation_drops_the_burst(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls;

	(void)state;
	fixture_open(&x, &cfg);
	assert_int_equal(send_keys(&x, 0, 0, 0, 3, 60), 3);
	x.p.ep[0].tx[0].tag[3].v = UINT64_C(36) << 16 | 5u;
	iwc_begin(&x.p.ep[1], ++x.p.now_ns);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 32, &cls), 0);
	assert_int_equal(x.p.ep[1].reason, IWC_VIOLATION_LENGTH);
	assert_int_equal(x.p.ep[1].n.received[0], 0);
	fixture_close(&x);
}

/* T07: what the peer reads back to us is not believed; own words are never read. */
static void own_section_is_never_read(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls;

	(void)state;
	fixture_open(&x, &cfg);
	for (unsigned round = 0; round < 40u; round++) {
		struct iwc_header *own = pair_header(&x.p, 1);

		assert_int_equal(send_keys(&x, 0, 1, round, 1, 900), 1);
		iwc_begin(&x.p.ep[1], ++x.p.now_ns);
		assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 4, &cls), 1);
		assert_true(pair_matches(&x.out.f[0], round, 900));
		/* All but session and credit, which the honest sender needs. */
		own->hello[0].v = own->cls[1].start.v = own->cls[1].wake.v = UINT64_MAX;
		memset(x.p.own[1] + IWC_HEADER_BYTES, 0xff,
		       pair_used_bytes(&cfg) - IWC_HEADER_BYTES);
	}
	assert_int_equal(x.p.ep[1].n.violations, 0);
	fixture_close(&x);
}

/* A sleeper gets one ring for many frames; a receiver that is awake gets none. */
static void doorbells(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	struct iwc *tx = &x.p.ep[0], *rx = &x.p.ep[1];
	unsigned cls;

	(void)state;
	fixture_open(&x, &cfg);
	for (unsigned c = 0; c < 2u; c++) {
		unsigned before;

		/* A frame that uses up what the turn before has armed. */
		assert_int_equal(send_keys(&x, 0, c, 0, 1, 60), 1);
		iwc_begin(rx, ++x.p.now_ns);
		assert_int_equal(iwc_recv(rx, x.out.f, 32, &cls), 1);
		before = x.bell[0].rings;
		/* Not armed. */
		assert_int_equal(send_keys(&x, 0, c, 0, 3, 60), 3);
		assert_int_equal(x.bell[0].rings, before);
		iwc_begin(rx, ++x.p.now_ns);
		/* Arming with frames there: go on instead. */
		assert_true(iwc_arm(rx));
		assert_int_equal(iwc_recv(rx, x.out.f, 32, &cls), 3);
		assert_false(iwc_arm(rx));
		for (unsigned i = 0; i < 5u; i++) {
			assert_int_equal(send_keys(&x, 0, c, 0, 1, 60), 1);
			assert_int_equal(x.bell[0].rings, before + 1u);
		}
		iwc_begin(rx, ++x.p.now_ns);
		assert_int_equal(iwc_recv(rx, x.out.f, 32, &cls), 5);
		assert_false(iwc_arm(rx));
	}
	assert_int_equal(tx->n.rings, x.bell[0].rings);
	fixture_close(&x);
}

/* Without bell in the configuration nobody is rung but for the session. */
static void no_doorbells(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls, before[2];

	(void)state;
	cfg.bell = false;
	fixture_open(&x, &cfg);
	before[0] = x.bell[0].rings;
	before[1] = x.bell[1].rings;
	assert_false(iwc_arm(&x.p.ep[1]));
	assert_int_equal(send_keys(&x, 0, 0, 0, 16, 60), 16);
	assert_false(iwc_arm_space(&x.p.ep[0], 0, 60));
	iwc_begin(&x.p.ep[1], ++x.p.now_ns);
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 32, &cls), 8);
	assert_true(iwc_arm(&x.p.ep[1]));
	assert_int_equal(x.bell[0].rings, before[0]);
	assert_int_equal(x.bell[1].rings, before[1]);
	fixture_close(&x);
}

/* A sender asleep on a full ring is rung when its frame fits: by a batch and by arming. */
static void space_doorbell(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	struct iwc *tx = &x.p.ep[0], *rx = &x.p.ep[1];
	unsigned cls, before;

	(void)state;
	fixture_open(&x, &cfg);
	assert_int_equal(send_keys(&x, 0, 0, 0, 16, 60), 16);
	before = x.bell[1].rings;
	iwc_begin(rx, ++x.p.now_ns);
	/* Not armed: no ring. */
	assert_int_equal(iwc_recv(rx, x.out.f, 2, &cls), 2);
	assert_int_equal(x.bell[1].rings, before);
	assert_int_equal(send_keys(&x, 0, 0, 0, 2, 60), 2);
	assert_false(iwc_arm_space(tx, 0, 60));
	/* One line is less than an eighth of the ring: it is told with the next ones. */
	assert_int_equal(iwc_recv(rx, x.out.f, 1, &cls), 1);
	assert_int_equal(x.bell[1].rings, before);
	assert_int_equal(iwc_recv(rx, x.out.f, 1, &cls), 1);
	assert_int_equal(x.bell[1].rings, before + 1u);
	assert_int_equal(iwc_recv(rx, x.out.f, 2, &cls), 2);
	assert_int_equal(x.bell[1].rings, before + 1u);
	assert_int_equal(send_keys(&x, 0, 0, 0, 4, 60), 4);
	assert_false(iwc_arm_space(tx, 0, 60));
	assert_int_equal(iwc_recv(rx, x.out.f, 1, &cls), 1);
	/* A receiver about to sleep gives back what it held. */
	assert_int_equal(x.bell[1].rings, before + 1u);
	iwc_arm(rx);
	assert_int_equal(x.bell[1].rings, before + 2u);
	fixture_close(&x);
}

/* A session that changed is work to do, whatever the rings say. */
static void arm_sees_the_session(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;

	(void)state;
	fixture_open(&x, &cfg);
	assert_false(iwc_arm(&x.p.ep[1]));
	pair_reboot(&x.p, 0);
	assert_true(iwc_arm(&x.p.ep[1]));
	iwc_begin(&x.p.ep[1], x.p.now_ns);
	/* Down or waiting: nothing but a new word of the peer is work. */
	assert_false(iwc_arm(&x.p.ep[1]));
	iwc_begin(&x.p.ep[0], x.p.now_ns);
	assert_true(iwc_arm(&x.p.ep[1]));
	fixture_close(&x);
}

/* Four classes are served in order, each with its own ring. */
static void four_classes(void **state)
{
	struct iwc_config cfg = pair_config();
	static struct fixture x;
	unsigned cls;

	(void)state;
	cfg.class_count = 4;
	cfg.cls[2] = cfg.cls[0];
	cfg.cls[3] = (struct iwc_class_config){.lines_log2 = 1, .frame_max_bytes = 64, .budget = 1};
	fixture_open(&x, &cfg);
	for (unsigned c = 4; c-- > 0u;)
		assert_int_equal(send_keys(&x, 0, c, 10u * c, 1, 60), 1);
	iwc_begin(&x.p.ep[1], ++x.p.now_ns);
	for (unsigned c = 0; c < 4u; c++) {
		assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 8, &cls), 1);
		assert_int_equal(cls, c);
		assert_true(pair_matches(&x.out.f[0], 10u * c, 60));
	}
	assert_int_equal(iwc_recv(&x.p.ep[1], x.out.f, 8, &cls), 0);
	fixture_close(&x);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(configurations),
	    cmocka_unit_test(frame_against_ring),
	    cmocka_unit_test(longest_frame_at_every_position),
	    cmocka_unit_test(init_parameters),
	    cmocka_unit_test(init_touches_nothing),
	    cmocka_unit_test(no_port_no_bell),
	    cmocka_unit_test(send_results),
	    cmocka_unit_test(send_while_down),
	    cmocka_unit_test(send_meets_bad_credit),
	    cmocka_unit_test(arm_space_results),
	    cmocka_unit_test(recv_order),
	    cmocka_unit_test(recv_caps),
	    cmocka_unit_test(budgets),
	    cmocka_unit_test(spent_budget_without_more),
	    cmocka_unit_test(corrupted_frames_cost_budget),
	    cmocka_unit_test(stale_copies),
	    cmocka_unit_test(recv_meets_bad_tags),
	    cmocka_unit_test(violation_drops_the_burst),
	    cmocka_unit_test(own_section_is_never_read),
	    cmocka_unit_test(doorbells),
	    cmocka_unit_test(no_doorbells),
	    cmocka_unit_test(space_doorbell),
	    cmocka_unit_test(arm_sees_the_session),
	    cmocka_unit_test(four_classes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
