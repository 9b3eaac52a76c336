/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Restarts at every access. Two honest worlds play a script: handshake, traffic both ways in two
 * classes, a full ring, idling, a renewal. The counting port stops a world before its k-th shared
 * access, for every k of the script, and there
 *
 *	it dies (its call is left by longjmp) and lives again some steps later, or
 *	the other world acts: reboots, reboots and polls, polls and sends, or renews.
 *
 * In each run: only frames of the pair that the receiver is in are delivered (P2), without a gap,
 * once and in order (P3), nobody sees a violation or a damaged frame, no sleeper has work without
 * a doorbell (P9), and when the faults are over the link comes up and carries frames within
 * POLLS_MAX polls (P6): one side may have to wait for its rate limit, at most BACKOFF_MAX_NS, then
 * the other for a renewal, as long; the polls of a handshake and of a first frame follow.
 */
#include "port/count/iwc_port.h"

#include "crc32c.c"
#include "e2e.c"
#include "ring.c"
#include "endpoint.c"
#include "session.c"

#include "port/count/pair.h"

#define CLASSES 2u
#define BACKOFF_MIN_NS 1000u
#define BACKOFF_MAX_NS 4000u
#define POLLS_MAX (2u * BACKOFF_MAX_NS / BACKOFF_MIN_NS + 5u)

struct iwc_count iwc_count;

struct world {
	jmp_buf out;
	struct iwc_count_port port;
	uint64_t accesses; /* in all its lives */
	uint64_t die_at;   /* it dies before this access; 0: never */
	uint64_t meet_at;  /* before this access the other world acts; 0: never */
	void (*meet)(unsigned side);
	unsigned dead_steps; /* of its own until it lives again; 0: alive */
	unsigned rings_seen; /* of the other world's port */
	bool born, asleep;
	uint64_t pair;		/* the one it is up with: own epoch << 32 | peer's */
	uint32_t sent[CLASSES]; /* in this pair */
	uint32_t got[CLASSES];	/* in this pair */
	uint32_t got_ever[CLASSES];
	struct pair_bufs in, out_bufs;
};

static struct pair p;
static struct world worlds[2];
static unsigned side_now;
static bool meeting;
static unsigned dead_steps_of_a_death;

typedef void (*action)(unsigned side);

static void run(unsigned side, action what);

static void at_access(enum iwc_count_kind kind, const void *at, uint64_t value)
{
	struct world *w = &worlds[side_now];

	(void)kind;
	(void)at;
	(void)value;
	w->accesses++;
	/* Not while the other one is in the middle of a call itself. */
	if (w->accesses == w->meet_at && worlds[!side_now].born && !meeting) {
		meeting = true;
		run(!side_now, w->meet);
		meeting = false;
	}
	if (w->accesses == w->die_at)
		longjmp(w->out, 1);
}

/* Take note of a session that is new: numbers begin anew. */
static void note_pair(unsigned side)
{
	struct world *w = &worlds[side];
	struct iwc *ep = &p.ep[side];
	uint64_t pair = (uint64_t)ep->epoch << 32 | ep->peer_epoch;

	if (!iwc_is_up(ep) || pair == w->pair)
		return;
	w->pair = pair;
	memset(w->sent, 0, sizeof(w->sent));
	memset(w->got, 0, sizeof(w->got));
}

/* A frame is made from who sends it to whom, in which lives, and its number: nothing is alike. */
static uint64_t key_of(unsigned sender, uint64_t senders_pair, unsigned cls, uint32_t number)
{
	return ((senders_pair >> 32) * 977u + (uint32_t)senders_pair) * UINT64_C(0x1000003d1) +
	       ((uint64_t)number * 4u + cls * 2u + sender) * 100003u;
}

static uint32_t length_of(unsigned cls, uint32_t number)
{
	uint32_t max = p.cfg[0].cls[cls].frame_max_bytes;

	return IWC_FRAME_MIN + (number * 37u + cls * 11u) % (max - IWC_FRAME_MIN + 1u);
}

static void check_frame(unsigned side, unsigned cls, const struct iwc_frame *f)
{
	struct world *w = &worlds[side];
	uint64_t senders = w->pair << 32 | w->pair >> 32;
	uint32_t number = w->got[cls]++;

	assert_true(pair_matches(f, key_of(!side, senders, cls, number), length_of(cls, number)));
	w->got_ever[cls]++;
}

static unsigned send_some(unsigned side, unsigned cls, unsigned n)
{
	struct world *w = &worlds[side];
	int took;

	for (unsigned i = 0; i < n; i++)
		pair_fill(&w->in.f[i], key_of(side, w->pair, cls, w->sent[cls] + i),
			  length_of(cls, w->sent[cls] + i));
	took = iwc_send(&p.ep[side], cls, w->in.f, n);
	if (took <= 0)
		return 0;
	w->sent[cls] += (unsigned)took;
	return (unsigned)took;
}

/* --- what a world does -------------------------------------------------------------------------
 */

/* A new life: a world that dies in it lives once more. */
static void live(unsigned side)
{
	struct world *w = &worlds[side];

	assert_int_equal(p.ep[side].n.violations, 0);
	w->born = true;
	w->asleep = false;
	w->rings_seen = worlds[!side].port.rings;
	pair_reboot(&p, side);
}

/* One activation, as iwc.h has it. */
static void act(unsigned side)
{
	struct world *w = &worlds[side];
	struct iwc *ep = &p.ep[side];
	unsigned cls, n, rounds = 0;

	w->asleep = false;
	do {
		w->rings_seen = worlds[!side].port.rings;
		pair_poll(&p, side);
		note_pair(side);
		while ((n = iwc_recv(ep, w->out_bufs.f, 3, &cls)) != 0u)
			for (unsigned i = 0; i < n; i++)
				check_frame(side, cls, &w->out_bufs.f[i]);
	} while (iwc_arm(ep) && ++rounds < 8u);
	w->asleep = rounds < 8u;
}

static void send_control(unsigned side)
{
	send_some(side, 0, 1);
}

static void send_bulk(unsigned side)
{
	send_some(side, 1, 2);
}

/* Fill the ring, ask to be woken, and send on if there is room by then. */
static void fill_bulk(unsigned side)
{
	send_some(side, 1, 9);
	if (iwc_arm_space(&p.ep[side], 1, length_of(1, worlds[side].sent[1])))
		send_some(side, 1, 1);
}

static void fill_control(unsigned side)
{
	send_some(side, 0, 9);
}

static void renew(unsigned side)
{
	assert_int_equal(iwc_renew(&p.ep[side], pair_next_epoch(&p, side)), IWC_OK);
}

static void live_and_act(unsigned side)
{
	live(side);
	act(side);
}

static void act_and_send(unsigned side)
{
	act(side);
	send_some(side, 0, 1);
	send_some(side, 1, 1);
}

static void idle(unsigned side)
{
	(void)side;
	p.now_ns += 2u * BACKOFF_MAX_NS;
}

/* Returns false if the world died over it. */
static bool survives(unsigned side, action what)
{
	if (setjmp(worlds[side].out) != 0)
		return false;
	what(side);
	return true;
}

/* Let a world act; if it dies over it, note that. A dead one counts its steps and lives again. */
static void run(unsigned side, action what)
{
	struct world *w = &worlds[side];
	unsigned outer = side_now;

	if (w->dead_steps != 0u) {
		if (--w->dead_steps != 0u)
			return;
		what = live;
	}
	side_now = side;
	if (!survives(side, what))
		w->dead_steps = dead_steps_of_a_death;
	side_now = outer;
}

/* --- the script --------------------------------------------------------------------------------
 */

static const struct {
	unsigned side;
	action what;
} script[] = {
    {0, live},	       {1, live},	  {0, act},	     {1, act},	     {0, act},
    {1, act},	       {0, send_control}, {1, act},	     {1, send_bulk}, {1, send_control},
    {0, act},	       {0, fill_bulk},	  {0, send_control}, {1, act},	     {0, fill_bulk},
    {1, act},	       {0, act},	  {1, fill_control}, {0, act},	     {1, send_control},
    {1, renew},	       {0, act},	  {1, act},	     {0, idle},	     {0, act},
    {1, act},	       {0, send_bulk},	  {1, send_control}, {1, act},	     {0, act},
    {0, fill_control}, {1, act},	  {0, act},	     {1, act},
};

/* P9, and the same for a session: a world asleep without a doorbell has nothing to do. */
static void check_sleepers(void)
{
	if (!p.cfg[0].bell || worlds[0].dead_steps != 0u || worlds[1].dead_steps != 0u)
		return;
	iwc_count.hook = NULL;
	for (unsigned side = 0; side < 2u; side++) {
		struct iwc *ep = &p.ep[side];
		uint64_t word = pair_header(&p, !side)->session.v;

		if (!worlds[side].asleep || worlds[side].rings_seen != worlds[!side].port.rings)
			continue;
		if (ep->state == IWC_STATE_WAIT)
			assert_int_not_equal(word, (uint64_t)ep->peer_epoch << 32 | ep->epoch);
		for (unsigned c = 0; c < CLASSES && ep->state == IWC_STATE_UP; c++)
			assert_false(iwc_consumer_ready(&ep->rx[c]));
	}
	iwc_count.hook = at_access;
}

static void play(void)
{
	for (unsigned i = 0; i < sizeof(script) / sizeof(script[0]); i++) {
		p.now_ns += 100;
		run(script[i].side, script[i].what);
		check_sleepers();
	}
}

static bool all_flowed(void)
{
	for (unsigned side = 0; side < 2u; side++)
		for (unsigned c = 0; c < CLASSES; c++)
			if (worlds[side].got_ever[c] == 0u)
				return false;
	return true;
}

/* P6: no faults any more. Returns the polls until every class flows in both directions. */
static unsigned recover(void)
{
	unsigned polls;

	for (unsigned side = 0; side < 2u; side++) {
		worlds[side].die_at = worlds[side].meet_at = 0;
		if (worlds[side].dead_steps != 0u)
			worlds[side].dead_steps = 1;
		memset(worlds[side].got_ever, 0, sizeof(worlds[side].got_ever));
	}
	for (polls = 0; polls < POLLS_MAX && !all_flowed(); polls++) {
		p.now_ns += BACKOFF_MIN_NS;
		for (unsigned side = 0; side < 2u; side++) {
			run(side, act_and_send);
			check_sleepers();
		}
	}
	return polls;
}

static bool belled(unsigned side)
{
	return worlds[side].rings_seen != worlds[!side].port.rings;
}

/* No poll, no time: what is sent now arrives by doorbells alone. */
static void doorbells_alone(void)
{
	for (unsigned side = 0; side < 2u; side++)
		run(side, act);
	for (unsigned side = 0; side < 2u; side++) {
		run(side, fill_bulk);
		run(side, fill_control);
		for (unsigned i = 0; i < 20u && (belled(0) || belled(1)); i++)
			run(belled(0) ? 0u : 1u, act);
		assert_memory_equal(worlds[!side].got, worlds[side].sent,
				    sizeof(worlds[side].sent));
	}
}

static void check_counters(void)
{
	for (unsigned side = 0; side < 2u; side++) {
		assert_int_equal(p.ep[side].n.violations, 0);
		assert_int_equal(p.ep[side].n.stalls, 0);
		for (unsigned c = 0; c < CLASSES; c++) {
			const struct iwc_e2e_counters *n = &p.ep[side].rx[c].check.n;

			assert_int_equal(n->corrupted + n->inserted + n->repeated, 0);
			assert_int_equal(n->reordered + n->lost + n->late, 0);
		}
		pair_bufs_check(&worlds[side].in);
		pair_bufs_check(&worlds[side].out_bufs);
	}
}

/* Power on: nothing in memory, nothing known. */
static void power_on(void)
{
	memset(&iwc_count, 0, sizeof(iwc_count));
	for (unsigned side = 0; side < 2u; side++) {
		struct world *w = &worlds[side];

		memset(p.own[side], 0, pair_used_bytes(&p.cfg[side]));
		memset(w, 0, offsetof(struct world, in));
		pair_init(&p, side);
		p.epoch[side] = side == 0u ? UINT32_MAX - 1u : 0x7ffffffeu;
	}
	p.now_ns = 1;
	iwc_count.hook = at_access;
}

static void whole_run(void)
{
	play();
	assert_in_range(recover(), 1, POLLS_MAX - 1u);
	if (p.cfg[0].bell)
		doorbells_alone();
	check_counters();
}

/* --- the runs ----------------------------------------------------------------------------------
 */

/* Small rings: two lines a class; a few lines and the wrap of line numbers; no doorbells. */
static struct iwc_config geometry(unsigned which)
{
	struct iwc_config cfg = {
	    .class_count = CLASSES,
	    .cls = {{.lines_log2 = 1, .frame_max_bytes = 64, .budget = 2},
		    {.lines_log2 = 1, .frame_max_bytes = 64, .budget = 2}},
	    .bell = true,
	    .backoff_min_ns = BACKOFF_MIN_NS,
	    .backoff_max_ns = BACKOFF_MAX_NS,
	};

	if (which == 0u)
		return cfg;
	cfg.cls[0].lines_log2 = 2;
	cfg.cls[0].frame_max_bytes = 100;
	cfg.cls[0].protect = true;
	cfg.cls[1].lines_log2 = 3;
	cfg.cls[1].frame_max_bytes = 200;
	cfg.cls[1].budget = 20;
	cfg.first_line = (UINT64_C(1) << IWC_LINE_BITS) - 25u;
	cfg.bell = which == 1u;
	return cfg;
}

#define GEOMETRIES 3u

static void with_geometry(unsigned which, void (*runs)(void))
{
	struct iwc_config cfg = geometry(which);

	p.port[0] = &worlds[0].port;
	p.port[1] = &worlds[1].port;
	pair_open(&p, &cfg);
	for (unsigned side = 0; side < 2u; side++) {
		pair_bufs_init(&worlds[side].in);
		pair_bufs_init(&worlds[side].out_bufs);
	}
	runs();
	pair_close(&p);
}

/* The accesses of a side in a script without a fault. */
static uint64_t script_accesses(unsigned side)
{
	power_on();
	play();
	return worlds[side].accesses;
}

static void run_undisturbed(void)
{
	power_on();
	whole_run();
	/* The script does what it is for: traffic in both pairs, and a ring that was full. */
	assert_int_equal(p.ep[0].n.ups, 2);
	assert_int_equal(p.ep[1].n.renewals, 1);
	assert_true(p.ep[0].n.refused[1] != 0u);
	assert_true(p.ep[0].n.received[0] >= 3u && p.ep[1].n.received[1] >= 3u);
}

static void undisturbed(void **state)
{
	(void)state;
	for (unsigned g = 0; g < GEOMETRIES; g++)
		with_geometry(g, run_undisturbed);
}

static void run_deaths(void)
{
	for (unsigned side = 0; side < 2u; side++) {
		uint64_t last = script_accesses(side);

		assert_true(last > 200u);
		for (uint64_t k = 1; k <= last; k++)
			for (unsigned steps = 1; steps <= 3u; steps += 2u) {
				power_on();
				dead_steps_of_a_death = steps;
				worlds[side].die_at = k;
				whole_run();
			}
	}
}

/* T18: a world dies before each of its accesses. */
static void death_at_every_access(void **state)
{
	(void)state;
	for (unsigned g = 0; g < GEOMETRIES; g++)
		with_geometry(g, run_deaths);
}

static void run_meetings(action what)
{
	for (unsigned side = 0; side < 2u; side++) {
		uint64_t last = script_accesses(side);

		for (uint64_t k = 1; k <= last; k++) {
			power_on();
			worlds[side].meet_at = k;
			worlds[side].meet = what;
			whole_run();
		}
	}
}

static void run_meet_live(void)
{
	run_meetings(live);
}

static void run_meet_live_and_act(void)
{
	run_meetings(live_and_act);
}

static void run_meet_act_and_send(void)
{
	run_meetings(act_and_send);
}

static void run_meet_renew(void)
{
	run_meetings(renew);
}

/* T43, T45: the other world reboots, and more, between any two accesses of this one. */
static void other_acts_at_every_access(void **state)
{
	(void)state;
	for (unsigned g = 0; g < GEOMETRIES; g++) {
		with_geometry(g, run_meet_live);
		with_geometry(g, run_meet_live_and_act);
		with_geometry(g, run_meet_act_and_send);
		with_geometry(g, run_meet_renew);
	}
}

/* Two faults, drawn: each world dies, or the other acts, at accesses of its own. */
static void run_pairs(void)
{
	static const action meetings[] = {live, live_and_act, act_and_send, renew};
	uint64_t last[2] = {script_accesses(0), script_accesses(1)}, seed = 20;

	for (unsigned i = 0; i < 4000u; i++) {
		power_on();
		dead_steps_of_a_death = 1u + (unsigned)(pair_random(&seed) % 4u);
		for (unsigned side = 0; side < 2u; side++) {
			struct world *w = &worlds[side];

			w->die_at = 1u + pair_random(&seed) % last[side];
			if (pair_random(&seed) % 2u == 0u)
				continue;
			w->meet_at = 1u + pair_random(&seed) % last[side];
			w->meet = meetings[pair_random(&seed) % 4u];
		}
		whole_run();
	}
}

static void two_faults(void **state)
{
	(void)state;
	for (unsigned g = 0; g < GEOMETRIES; g++)
		with_geometry(g, run_pairs);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(undisturbed),
	    cmocka_unit_test(death_at_every_access),
	    cmocka_unit_test(other_acts_at_every_access),
	    cmocka_unit_test(two_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
