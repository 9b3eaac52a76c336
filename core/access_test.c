/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which shared words are touched, how often and in which order: the count port writes each access
 * down. The orders are those of the barrier pairs A to G; a test that finds two accesses swapped
 * says nothing about a memory model, only that core/ asks for them in the right order.
 */
#include "port/count/iwc_port.h"

#include "crc32c.c"
#include "e2e.c"
#include "ring.c"
#include "endpoint.c"
#include "session.c"

#include "port/count/pair.h"

#define LOG_MAX 16384u
#define NOT_FOUND UINT32_MAX

struct iwc_count iwc_count;

struct entry {
	enum iwc_count_kind kind;
	const void *at;
	uint64_t value;
};

static struct entry log_of[LOG_MAX];
static uint32_t log_count;
static struct pair p;
static struct pair_bufs in, out;

static void write_down(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	assert_true(log_count < LOG_MAX);
	log_of[log_count++] = (struct entry){kind, at, value};
}

static void listen(void)
{
	memset(iwc_count.n, 0, sizeof(iwc_count.n));
	log_count = 0;
	iwc_count.hook = write_down;
}

static void listen_no_more(void)
{
	iwc_count.hook = NULL;
}

/* The next entry from "from" on of that kind at that address (NULL: any). */
static uint32_t next_of(uint32_t from, enum iwc_count_kind kind, const void *at)
{
	for (uint32_t i = from; i < log_count; i++)
		if (log_of[i].kind == kind && (at == NULL || log_of[i].at == at))
			return i;
	return NOT_FOUND;
}

static uint32_t find(enum iwc_count_kind kind, const void *at)
{
	uint32_t i = next_of(0, kind, at);

	assert_int_not_equal(i, NOT_FOUND);
	return i;
}

static uint32_t find_last(enum iwc_count_kind kind, const void *at)
{
	uint32_t i = find(kind, at), next;

	for (next = i; next != NOT_FOUND; next = next_of(i + 1u, kind, at))
		i = next;
	return i;
}

static unsigned count_of(enum iwc_count_kind kind, const void *at)
{
	unsigned n = 0;

	for (uint32_t i = next_of(0, kind, at); i != NOT_FOUND; i = next_of(i + 1u, kind, at))
		n++;
	return n;
}

static int open_pair(void **state)
{
	struct iwc_config cfg = pair_config();

	(void)state;
	memset(&iwc_count, 0, sizeof(iwc_count));
	cfg.cls[1].protect = true;
	p = (struct pair){.port = {NULL, NULL}};
	pair_open(&p, &cfg);
	pair_bufs_init(&in);
	pair_bufs_init(&out);
	pair_connect(&p);
	return 0;
}

static int close_pair(void **state)
{
	(void)state;
	listen_no_more();
	pair_bufs_check(&in);
	pair_bufs_check(&out);
	pair_close(&p);
	return 0;
}

static int send_keys(unsigned side, unsigned cls, uint64_t key, unsigned n, uint32_t len_bytes)
{
	for (unsigned i = 0; i < n; i++)
		pair_fill(&in.f[i], key + i, len_bytes);
	return iwc_send(&p.ep[side], cls, in.f, n);
}

/* A, D: payload and end-to-end words, the later tags, the first tag with release, fence, wake. */
static void send_order(void **state)
{
	struct iwc_producer *tx = &p.ep[0].tx[0];
	uint32_t first, fence, i;

	(void)state;
	listen();
	assert_int_equal(send_keys(0, 0, 1, 3, 60), 3);
	first = find(IWC_COUNT_STORE_RELEASE, &tx->tag[0]);
	assert_int_equal(count_of(IWC_COUNT_STORE_RELEASE, NULL), 1);
	i = find(IWC_COUNT_STORE_RELAXED, &tx->tag[2]);
	assert_true(find_last(IWC_COUNT_COPY_OUT, NULL) < i);
	for (unsigned k = 0; k < 3u; k++)
		assert_true(find(IWC_COUNT_STORE_RELAXED, &tx->e2e[k]) < i);
	assert_true(i < find(IWC_COUNT_STORE_RELAXED, &tx->tag[1]));
	assert_true(find(IWC_COUNT_STORE_RELAXED, &tx->tag[1]) < first);
	fence = find(IWC_COUNT_FENCE_FULL, NULL);
	assert_true(first < fence);
	assert_true(fence < find(IWC_COUNT_LOAD_RELAXED, tx->wake));
	assert_int_equal(iwc_count_loads(), 1);
}

/* A frame alone: payload, end-to-end word, its tag with release, fence, wake. */
static void send_order_of_one(void **state)
{
	struct iwc_producer *tx = &p.ep[0].tx[0];
	uint32_t tag;

	(void)state;
	listen();
	assert_int_equal(send_keys(0, 0, 1, 1, 60), 1);
	tag = find(IWC_COUNT_STORE_RELEASE, &tx->tag[0]);
	assert_true(find_last(IWC_COUNT_COPY_OUT, NULL) < tag);
	assert_true(find(IWC_COUNT_STORE_RELAXED, &tx->e2e[0]) < tag);
	assert_int_equal(log_of[tag + 1u].kind, IWC_COUNT_FENCE_FULL);
	assert_ptr_equal(log_of[tag + 2u].at, tx->wake);
	assert_int_equal(log_count, tag + 3u);
}

/* A skip is a tag of the burst like others: published before the first one. */
static void send_order_with_skip(void **state)
{
	struct iwc_producer *tx = &p.ep[0].tx[0];
	unsigned cls;

	(void)state;
	assert_int_equal(send_keys(0, 0, 1, 14, 60), 14);
	iwc_begin(&p.ep[1], p.now_ns);
	while (iwc_recv(&p.ep[1], out.f, 8, &cls) != 0u || iwc_arm(&p.ep[1]))
		iwc_begin(&p.ep[1], p.now_ns);
	listen();
	assert_int_equal(send_keys(0, 0, 1, 2, 250), 2);
	/* Line 14: a skip, then two frames of four lines. */
	assert_true(find_last(IWC_COUNT_COPY_OUT, NULL) <
		    find(IWC_COUNT_STORE_RELAXED, &tx->tag[4]));
	assert_true(find(IWC_COUNT_STORE_RELAXED, &tx->tag[4]) <
		    find(IWC_COUNT_STORE_RELAXED, &tx->tag[0]));
	assert_true(find(IWC_COUNT_STORE_RELAXED, &tx->tag[0]) <
		    find(IWC_COUNT_STORE_RELEASE, &tx->tag[14]));
}

/* B, E: the credit is read once a send, with acquire; arming for space fences before it looks. */
static void credit_order(void **state)
{
	struct iwc_producer *tx = &p.ep[0].tx[0];

	(void)state;
	assert_int_equal(send_keys(0, 0, 1, 15, 60), 15);
	listen();
	assert_int_equal(send_keys(0, 0, 1, 8, 60), 1);
	assert_int_equal(count_of(IWC_COUNT_LOAD_ACQUIRE, tx->credit_word), 1);
	assert_int_equal(count_of(IWC_COUNT_LOAD_RELAXED, tx->wake), 1);
	assert_int_equal(iwc_count_loads(), 2);
	listen();
	assert_false(iwc_arm_space(&p.ep[0], 0, 60));
	assert_true(find(IWC_COUNT_STORE_RELAXED, tx->space) < find(IWC_COUNT_FENCE_FULL, NULL));
	assert_true(find(IWC_COUNT_FENCE_FULL, NULL) <
		    find(IWC_COUNT_LOAD_ACQUIRE, tx->credit_word));
	assert_int_equal(iwc_count_loads(), 1);
}

/* A, F, B, E: tag, copy, end-to-end word, fence, session, and only then the credit. */
static void recv_order(void **state)
{
	struct iwc_consumer *rx = &p.ep[1].rx[0];
	const void *session = &p.ep[1].peer->session;
	uint32_t fence, credit;
	unsigned cls;

	(void)state;
	assert_int_equal(send_keys(0, 0, 1, 3, 60), 3);
	iwc_begin(&p.ep[1], p.now_ns);
	listen();
	assert_int_equal(iwc_recv(&p.ep[1], out.f, 3, &cls), 3);
	assert_true(find(IWC_COUNT_LOAD_ACQUIRE, &rx->tag[0]) < find(IWC_COUNT_COPY_IN, NULL));
	fence = find(IWC_COUNT_FENCE_ACQUIRE, NULL);
	assert_true(find_last(IWC_COUNT_COPY_IN, NULL) < fence);
	assert_true(find(IWC_COUNT_LOAD_RELAXED, &rx->e2e[2]) < fence);
	assert_true(fence < find(IWC_COUNT_LOAD_RELAXED, session));
	credit = find(IWC_COUNT_STORE_RELEASE, rx->credit_word);
	assert_true(find(IWC_COUNT_LOAD_RELAXED, session) < credit);
	assert_true(credit < find(IWC_COUNT_FENCE_FULL, NULL));
	assert_true(find(IWC_COUNT_FENCE_FULL, NULL) < find(IWC_COUNT_LOAD_RELAXED, rx->space));
	/* T03: each word once. */
	for (unsigned k = 0; k < 3u; k++) {
		assert_int_equal(count_of(IWC_COUNT_LOAD_ACQUIRE, &rx->tag[k]), 1);
		assert_int_equal(count_of(IWC_COUNT_LOAD_RELAXED, &rx->e2e[k]), 1);
	}
	assert_int_equal(iwc_count_loads(), 3u + 3u + 1u + 1u);
	/* 60 bytes are eight pieces: nothing is copied twice, nothing behind the frame. */
	assert_int_equal(iwc_count.n[IWC_COUNT_COPY_IN], 3u * 8u);
}

/* An empty ring costs its tag, a hint to the cache and nothing else. */
static void recv_nothing(void **state)
{
	unsigned cls;

	(void)state;
	iwc_begin(&p.ep[1], p.now_ns);
	listen();
	assert_int_equal(iwc_recv(&p.ep[1], out.f, 3, &cls), 0);
	assert_int_equal(iwc_count_loads(), 2);
	assert_int_equal(iwc_count.n[IWC_COUNT_TOUCH], 2);
	assert_int_equal(log_count, 4);
}

/* D, G: credit and wake words, full fence, then the looks that decide about sleeping. */
static void arm_order(void **state)
{
	struct iwc_consumer *rx = p.ep[1].rx;
	uint32_t fence;

	(void)state;
	listen();
	assert_false(iwc_arm(&p.ep[1]));
	fence = find_last(IWC_COUNT_FENCE_FULL, NULL);
	for (unsigned c = 0; c < 2u; c++) {
		assert_true(find(IWC_COUNT_STORE_RELAXED, rx[c].wake) < fence);
		assert_true(fence < find(IWC_COUNT_LOAD_RELAXED,
					 &rx[c].tag[rx[c].pos & (rx[c].lines - 1u)]));
	}
	assert_true(fence < find(IWC_COUNT_LOAD_RELAXED, &p.ep[1].peer->session));
}

/* R0, F, G: leave, fence, zero the tags, all the rest, announce, fence, ring. */
static void boot_order(void **state)
{
	const struct iwc_header *own = p.ep[0].own;
	uint32_t leave, fence, zeroes, words, announce;

	(void)state;
	listen();
	pair_boot(&p, 0);
	leave = find(IWC_COUNT_STORE_RELAXED, &own->session);
	assert_int_equal(leave, 0);
	assert_int_equal(log_of[leave].value, 0);
	fence = find(IWC_COUNT_FENCE_FULL, NULL);
	assert_int_equal(fence, 1);
	/* 16 and 64 tags come first. */
	for (zeroes = 2; log_of[zeroes].kind == IWC_COUNT_ZERO; zeroes++)
		assert_true(log_of[zeroes].at < (const void *)(p.own[0] + 4096 + 1280 + 512));
	assert_int_equal(zeroes, 2u + 16u + 64u);
	words = find(IWC_COUNT_STORE_RELAXED, &own->cls[0].start);
	assert_true(zeroes < words);
	announce = find(IWC_COUNT_STORE_RELEASE, &own->session);
	assert_int_equal(log_of[announce].value, UINT64_C(2) << 32);
	assert_true(find_last(IWC_COUNT_ZERO, NULL) < announce);
	for (unsigned c = 0; c < 2u; c++)
		assert_true(find_last(IWC_COUNT_STORE_RELAXED, &own->cls[c].start) < announce);
	assert_int_equal(log_of[announce + 1u].kind, IWC_COUNT_FENCE_FULL);
	assert_int_equal(log_of[announce + 2u].kind, IWC_COUNT_RING);
	assert_int_equal(log_count, announce + 3u);
	/* It looks at nothing, so there is nothing that a peer could have written. */
	assert_int_equal(iwc_count_loads(), 0);
}

/* R2, R3, R4, C, G: credits and starts, the acknowledgement, the ring, fence, one more look. */
static void acknowledge_order(void **state)
{
	struct iwc_header *own = p.ep[1].own;
	const void *session = &p.ep[1].peer->session;
	uint32_t announce, fence, look;

	(void)state;
	pair_reboot(&p, 0);
	p.now_ns += 20000;
	listen();
	assert_int_equal(iwc_begin(&p.ep[1], p.now_ns), IWC_EVENT_DOWN);
	announce = find_last(IWC_COUNT_STORE_RELEASE, &own->session);
	assert_int_equal(log_of[announce].value, UINT64_C(1) << 32 | 2u);
	for (unsigned c = 0; c < 2u; c++) {
		assert_true(find(IWC_COUNT_STORE_RELAXED, &own->cls[c].credit) < announce);
		assert_true(find(IWC_COUNT_STORE_RELAXED, &own->cls[c].start) < announce);
		assert_int_equal(log_of[find(IWC_COUNT_STORE_RELAXED, &own->cls[c].credit)].value,
				 0);
	}
	/* The former acknowledgement was taken back before the words of the new one changed. */
	assert_true(find(IWC_COUNT_STORE_RELEASE, &own->session) <
		    find(IWC_COUNT_STORE_RELAXED, &own->cls[0].credit));
	assert_true(announce < find(IWC_COUNT_RING, NULL));
	fence = find(IWC_COUNT_FENCE_FULL, NULL);
	assert_true(announce < fence);
	look = find_last(IWC_COUNT_LOAD_ACQUIRE, session);
	assert_true(fence < look);
	assert_int_equal(count_of(IWC_COUNT_LOAD_ACQUIRE, session), 2);
	assert_int_equal(iwc_count_loads(), 2);
}

/* The starts are read behind the acknowledgement that they belong to. */
static void come_up_order(void **state)
{
	const struct iwc_header *peer = p.ep[1].peer;

	(void)state;
	pair_reboot(&p, 0);
	p.now_ns += 20000;
	pair_poll(&p, 1);
	pair_poll(&p, 0);
	listen();
	assert_int_equal(iwc_begin(&p.ep[1], p.now_ns), IWC_EVENT_UP);
	for (unsigned c = 0; c < 2u; c++)
		assert_true(find(IWC_COUNT_LOAD_ACQUIRE, &peer->session) <
			    find(IWC_COUNT_LOAD_RELAXED, &peer->cls[c].start));
	assert_int_equal(iwc_count_loads(), 3);
}

static enum iwc_state traced[32];
static unsigned traced_count, traced_violations;

static void note_trace(void *port, enum iwc_trace what, uint32_t a, uint64_t b)
{
	(void)port;
	if (what == IWC_TRACE_VIOLATION) {
		assert_int_equal(a, IWC_VIOLATION_LENGTH);
		assert_int_equal(b, 0);
		traced_violations++;
		return;
	}
	assert_true(traced_count < 32u);
	traced[traced_count++] = (enum iwc_state)a;
}

/* The port hears of each change of state and of each violation. */
static void trace(void **state)
{
	struct iwc_producer *tx = &p.ep[0].tx[1];
	unsigned cls;

	(void)state;
	traced_count = traced_violations = 0;
	iwc_count.trace = note_trace;
	tx->tag[tx->pos & (tx->lines - 1u)].v = (tx->pos + 1u) << 16 | 3u;
	iwc_begin(&p.ep[1], p.now_ns);
	assert_int_equal(iwc_recv(&p.ep[1], out.f, 3, &cls), 0);
	assert_int_equal(traced_violations, 1);
	assert_int_equal(traced_count, 2);
	assert_int_equal(traced[0], IWC_STATE_DOWN);
	assert_int_equal(traced[1], IWC_STATE_FROZEN);
	assert_int_equal(iwc_renew(&p.ep[1], 77), IWC_OK);
	p.now_ns += 20000;
	pair_poll(&p, 1);
	assert_int_equal(traced_count, 4);
	assert_int_equal(traced[2], IWC_STATE_DOWN);
	assert_int_equal(traced[3], IWC_STATE_WAIT);
}

/* --- the peer acts between two accesses ---------------------------------------------------------
 */

static unsigned triggers, copied_frames;

/* At the first piece of a bulk frame, control gets a frame; bulk frames copied since are counted.
 */
static void control_arrives(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	static struct pair_bufs control;
	const struct iwc_consumer *bulk = &p.ep[1].rx[1];
	size_t offset = (size_t)((const uint8_t *)at - bulk->data);

	(void)value;
	if (kind != IWC_COUNT_COPY_IN || (const uint8_t *)at < bulk->data ||
	    offset >= (size_t)bulk->lines * IWC_LINE)
		return;
	copied_frames += offset % IWC_LINE == 0u;
	if (triggers++ != 0u)
		return;
	listen_no_more();
	pair_bufs_init(&control);
	pair_fill(&control.f[0], 4711, 60);
	assert_int_equal(iwc_send(&p.ep[0], 0, control.f, 1), 1);
	iwc_count.hook = control_arrives;
}

/* P12: control waits for the bulk frame in hand and for no other, also if that one is damaged. */
static void bulk_delays_control_by_one(void **state)
{
	(void)state;
	for (unsigned damaged = 0; damaged <= 10u; damaged++) {
		unsigned cls = 9, got;

		assert_int_equal(send_keys(0, 1, 100, 10, 60), 10);
		for (unsigned i = 0; i < damaged; i++)
			p.ep[0].tx[1].data[((p.ep[0].tx[1].pos - 10u + i) % 64u) * IWC_LINE] ^= 2u;
		iwc_begin(&p.ep[1], p.now_ns);
		triggers = copied_frames = 0;
		iwc_count.hook = control_arrives;
		got = iwc_recv(&p.ep[1], out.f, 8, &cls);
		if (damaged == 0u) {
			assert_int_equal(got, 1);
			assert_int_equal(cls, 1);
			got = iwc_recv(&p.ep[1], out.f, 8, &cls);
		}
		assert_int_equal(got, 1);
		assert_int_equal(cls, 0);
		assert_true(pair_matches(&out.f[0], 4711, 60));
		assert_int_equal(copied_frames, 1);
		listen_no_more();
		while (iwc_recv(&p.ep[1], out.f, 8, &cls) != 0u)
			;
		assert_false(iwc_arm(&p.ep[1]));
	}
}

static const void *hit_at;
static enum iwc_count_kind hit_kind;
static unsigned hits;
static void (*hit)(void);

/* Run hit() before the first access of that kind at that address. */
static void strike(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	(void)value;
	if (kind != hit_kind || at != hit_at || hits++ != 0u)
		return;
	iwc_count.hook = NULL;
	hit();
	iwc_count.hook = strike;
}

static void strike_at(enum iwc_count_kind kind, const void *at, void (*what)(void))
{
	hit_kind = kind;
	hit_at = at;
	hit = what;
	hits = 0;
	iwc_count.hook = strike;
}

static void sender_reboots(void)
{
	pair_reboot(&p, 0);
}

/* F1, T45: the sender reboots and zeroes between my reading of the tag and my copy. */
static void reboot_before_the_copy(void **state)
{
	struct iwc *ep = &p.ep[1];
	unsigned cls;

	(void)state;
	ep->rx[0].protect = false;
	assert_int_equal(send_keys(0, 0, 1, 1, 60), 1);
	iwc_begin(ep, p.now_ns);
	strike_at(IWC_COUNT_COPY_IN, ep->rx[0].data, sender_reboots);
	assert_int_equal(iwc_recv(ep, out.f, 4, &cls), 0);
	assert_int_equal(hits, 1);
	assert_int_equal(ep->n.stale, 1);
	assert_int_equal(ep->n.violations, 0);
	assert_int_equal(ep->n.received[0], 0);
}

/* The same with the check on: a life that ended is not counted as corruption. */
static void reboot_is_no_corruption(void **state)
{
	struct iwc *ep = &p.ep[1];
	unsigned cls;

	(void)state;
	assert_int_equal(send_keys(0, 0, 1, 1, 60), 1);
	iwc_begin(ep, p.now_ns);
	strike_at(IWC_COUNT_COPY_IN, ep->rx[0].data, sender_reboots);
	assert_int_equal(iwc_recv(ep, out.f, 4, &cls), 0);
	assert_int_equal(ep->n.stale, 1);
	assert_int_equal(ep->rx[0].check.n.corrupted, 0);
}

static void tag_changes(void)
{
	p.ep[0].tx[0].tag[0].v = (p.ep[1].rx[0].pos + 1u) << 16 | 1500u;
}

/* T03: what the tag says after it was read has no part in the copy. */
static void length_changes_after_the_check(void **state)
{
	struct iwc *ep = &p.ep[1];
	unsigned cls;

	(void)state;
	assert_int_equal(send_keys(0, 0, 1, 1, 60), 1);
	iwc_begin(ep, p.now_ns);
	strike_at(IWC_COUNT_COPY_IN, ep->rx[0].data, tag_changes);
	assert_int_equal(iwc_recv(ep, out.f, 4, &cls), 1);
	assert_int_equal(hits, 1);
	assert_true(pair_matches(&out.f[0], 1, 60));
}

static void frame_comes(void)
{
	assert_int_equal(send_keys(0, 1, 1, 1, 60), 1);
}

/* T12: a frame between the wake word and the second look: found, or it rings; here it is found. */
static void frame_while_arming(void **state)
{
	struct iwc *ep = &p.ep[1];

	(void)state;
	strike_at(IWC_COUNT_STORE_RELAXED, ep->rx[1].wake, frame_comes);
	assert_true(iwc_arm(ep));
	assert_int_equal(hits, 1);
}

static void take_all(void)
{
	unsigned cls;

	iwc_begin(&p.ep[1], p.now_ns);
	while (iwc_recv(&p.ep[1], out.f, 8, &cls) != 0u)
		;
}

/* The other edge: the ring empties between a sender's last look and its space word. */
static void space_while_arming(void **state)
{
	(void)state;
	assert_int_equal(send_keys(0, 0, 1, 16, 60), 16);
	strike_at(IWC_COUNT_STORE_RELAXED, p.ep[0].tx[0].space, take_all);
	assert_true(iwc_arm_space(&p.ep[0], 0, 60));
	assert_int_equal(hits, 1);
}

/* A step that finds two different words: the session of the second one is not the first one's. */
static void peer_says_new_epoch(void)
{
	pair_header(&p, 0)->session.v = UINT64_C(9) << 32 | p.ep[1].epoch;
}

static void epoch_changes_between_the_looks(void **state)
{
	(void)state;
	pair_reboot(&p, 0);
	p.now_ns += 20000;
	/* Between my acknowledgement and my second look the peer lives again. */
	strike_at(IWC_COUNT_FENCE_FULL, NULL, peer_says_new_epoch);
	assert_int_equal(iwc_begin(&p.ep[1], p.now_ns), IWC_EVENT_DOWN);
	assert_int_equal(hits, 1);
	assert_int_equal(p.ep[1].state, IWC_STATE_DOWN);
	assert_int_equal(pair_header(&p, 1)->session.v, UINT64_C(1) << 32);
	/* It is accepted when the rate of restarts allows. */
	p.now_ns += 20000;
	assert_int_equal(iwc_begin(&p.ep[1], p.now_ns), IWC_EVENT_UP);
}

/*
 * P9 in a handshake: a peer that lived again while I waited for its former life has acknowledged me
 * already, and will send without another ring. So the acknowledgement is followed by a second
 * look, whatever state it found me in.
 */
static void second_look_after_each_acknowledgement(void **state)
{
	(void)state;
	pair_reboot(&p, 0);
	p.now_ns += 20000;
	pair_poll(&p, 1);
	assert_int_equal(p.ep[1].state, IWC_STATE_WAIT);
	/* Before it has acknowledged, it dies; its next life does. */
	pair_reboot(&p, 0);
	pair_poll(&p, 0);
	assert_int_equal(p.ep[0].state, IWC_STATE_WAIT);
	p.now_ns += 20000;
	assert_int_equal(pair_poll(&p, 1), IWC_EVENT_UP);
	assert_int_equal(pair_poll(&p, 0), IWC_EVENT_UP);
}

/* The first steps of a boot: the epoch is left and the words are zeroed, the new one not yet said.
 */
static void peer_begins_to_boot(void)
{
	memset(p.own[0], 0, IWC_HEADER_BYTES);
}

/* A peer that reboots between its acknowledgement and my reading of its starts has done no wrong.
 */
static void reboot_before_the_starts(void **state)
{
	(void)state;
	pair_reboot(&p, 0);
	p.now_ns += 20000;
	pair_poll(&p, 1);
	pair_poll(&p, 0);
	strike_at(IWC_COUNT_LOAD_RELAXED, &p.ep[1].peer->cls[1].start, peer_begins_to_boot);
	assert_int_equal(iwc_begin(&p.ep[1], p.now_ns), 0);
	assert_int_equal(hits, 1);
	assert_int_equal(p.ep[1].n.violations, 0);
	assert_int_equal(p.ep[1].n.ups, 1);
	pair_reboot(&p, 0);
	for (unsigned i = 0; i < 3u; i++) {
		p.now_ns += 20000;
		pair_poll(&p, 1);
		pair_poll(&p, 0);
	}
	assert_true(pair_is_up(&p));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_pair, close_pair)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(send_order),
	    TEST(send_order_of_one),
	    TEST(send_order_with_skip),
	    TEST(credit_order),
	    TEST(recv_order),
	    TEST(recv_nothing),
	    TEST(arm_order),
	    TEST(boot_order),
	    TEST(acknowledge_order),
	    TEST(come_up_order),
	    TEST(trace),
	    TEST(bulk_delays_control_by_one),
	    TEST(reboot_before_the_copy),
	    TEST(reboot_is_no_corruption),
	    TEST(length_changes_after_the_check),
	    TEST(frame_while_arming),
	    TEST(space_while_arming),
	    TEST(reboot_before_the_starts),
	    TEST(epoch_changes_between_the_looks),
	    TEST(second_look_after_each_acknowledgement),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
