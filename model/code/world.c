/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * world.c - what a world does for ever: boot, then activations as docs/protocol.md orders them, and
 * sleep. Both worlds run the same program; the client says who keeps frames and who drops them.
 *
 * Time is what is left of it when all waits are one unit long: a wait is over or not. Before each
 * activation a unit may pass or not, wherever the endpoint has a wait that this would end.
 */
#include "machine.h"
#include "../spec/events.h"

#include <string.h>

#define NOW_NS 10u /* of every activation; stamps move instead */

struct iwc model_work;

static uint8_t buffer[MODEL_BURST_MAX][IWC_FRAME_MAX];

static struct model_life *life(void)
{
	return &model_run.self.life;
}

static const struct model_world *script(void)
{
	return &model.client.world[model_run.w];
}

/* ---- epochs ---- */

/* The boots-th number that the monitor gives out; 0 is none. */
static uint32_t epoch_of(unsigned w, unsigned boots)
{
	uint32_t first = model.client.world[w].first_epoch, epoch = first + (uint32_t)boots - 1u;

	return epoch < first ? epoch + 1u : epoch;
}

unsigned model_boots_of(unsigned w, uint32_t epoch)
{
	uint32_t first = model.client.world[w].first_epoch;

	if (epoch == 0u)
		return 0;
	return epoch - first + 1u - (epoch < first ? 1u : 0u);
}

static void hand_out_epoch(void)
{
	if (life()->boots == 15u)
		model_fail(99, "boots");
	else
		life()->boots++;
}

/* ---- time ---- */

static void pass_time(struct iwc *ep)
{
	ep->since_ns = NOW_NS - 1u;
	ep->accept_ns = NOW_NS;
}

static bool waits(const struct iwc *ep)
{
	return ep->since_ns == NOW_NS || ep->accept_ns > NOW_NS;
}

/* Is there a wait that ends without anything from the peer? */
static bool timer_pending(const struct iwc *ep, unsigned renewals)
{
	uint32_t peer_epoch = (uint32_t)(ep->session_seen >> 32);

	switch (ep->state) {
	case IWC_STATE_UP:
		return false;
	case IWC_STATE_WAIT:
	case IWC_STATE_FROZEN:
		return renewals != 0u;
	case IWC_STATE_DOWN:
		break;
	}
	return peer_epoch != 0u && (ep->accept_ns > NOW_NS || renewals != 0u);
}

/* ---- choices between calls ---- */

/* Ways to begin an activation: time passes or not, the driver reloads or not. */
static unsigned begin_choices(const struct model_life *l)
{
	return (l->waits != 0u ? 2u : 1u) * (l->reloads != 0u ? 2u : 1u);
}

/* The driver clears its doorbell before it looks at anything. False: there was none. */
static bool take_bell(void)
{
	bool bell = (model_run.flags & MODEL_BELL(model_run.w)) != 0u;

	if (bell) {
		model_run.flags &= ~MODEL_BELL(model_run.w);
		mem_take_bell(&model_run.section[!model_run.w]);
		model_say(EV_BELL, 0, 0, 0);
	}
	return bell;
}

static void begin(unsigned choice)
{
	unsigned ways = life()->waits != 0u ? 2u : 1u;

	(void)take_bell();
	if (choice % ways == 1u)
		pass_time(&model_run.self.ep);
	life()->wish = choice / ways != 0u;
	life()->blocked = 0;
	life()->at = MODEL_AT_BEGIN;
}

/*
 * By a doorbell if there is one. A timer's wake-up comes behind those ways: a poll period is longer
 * than any wait here, and than a store takes to be seen.
 */
static void wake(unsigned choice)
{
	bool bell =
	    (model_run.flags & MODEL_BELL(model_run.w)) != 0u && choice < begin_choices(life());

	if (bell) {
		(void)take_bell();
	} else {
		pass_time(&model_run.self.ep);
		mem_see_all(&model_run.section[!model_run.w]);
		choice = 0;
	}
	model_say(EV_WAKE, bell, 0, 0);
	begin(choice);
}

unsigned model_world_choices(const struct model_state *s, unsigned w)
{
	const struct model_life *l = model_life_of(s->world[w]);
	unsigned choices = 0;

	if (l->at == MODEL_AT_BEGIN)
		return begin_choices(l);
	if (l->at != MODEL_AT_SLEEP)
		return 1;
	if ((s->flags & MODEL_BELL(w)) != 0u)
		choices += begin_choices(l);
	return choices + (model.client.poll || l->timer != 0u ? 1u : 0u);
}

void model_world_choose(unsigned choice)
{
	if (life()->at == MODEL_AT_OFF)
		life()->at = MODEL_AT_BOOT;
	else if (life()->at == MODEL_AT_BEGIN)
		begin(choice);
	else if (life()->at == MODEL_AT_SLEEP)
		wake(choice);
}

/* ---- calls ---- */

static const struct sim_core *core(void)
{
	return model.core[model_run.w];
}

/* The endpoint comes back from a call: what of it is nothing to the future goes. */
static void call_end(void)
{
	struct iwc *ep = &model_work;
	unsigned pair;

	memset(&ep->n, 0, sizeof(ep->n)); /* compared within one call only */
	ep->reason = IWC_VIOLATION_NONE;  /* for diagnosis */
	for (unsigned c = 0; c < model.cfg.class_count; c++) {
		memset(ep->rx[c].pending, 0, sizeof(ep->rx[c].pending)); /* of one burst */
		memset(&ep->rx[c].check.n, 0, sizeof(ep->rx[c].check.n));
		ep->rx[c].check.good_ns = 0; /* no time-out is configured */
	}
	ep->now_ns = NOW_NS;
	/* How long a state has lasted matters to a renewal only. */
	if (ep->since_ns < NOW_NS || ep->state == IWC_STATE_UP || life()->renewals == 0u)
		ep->since_ns = NOW_NS - 1u;
	ep->accept_ns = ep->accept_ns <= NOW_NS ? NOW_NS : NOW_NS + 1u;
	model_call_end();
	life()->state = (uint8_t)model_run.self.ep.state;
	life()->waits = waits(&model_run.self.ep);
	life()->timer = timer_pending(&model_run.self.ep, life()->renewals);
	if (model_run.self.ep.state != IWC_STATE_UP)
		return;
	pair = (unsigned)life()->boots << 4 |
	       model_boots_of(!model_run.w, model_run.self.ep.peer_epoch);
	if (pair != life()->up_pair) {
		life()->up_pair = (uint8_t)pair;
		memset(life()->sent, 0, sizeof(life()->sent));
		memset(life()->received, 0, sizeof(life()->received));
	}
}

static void boot(void)
{
	/* The number of the first access tells a boot under way from one that begins. */
	if (life()->accesses == 0u && life()->access == MODEL_NO_ACCESS) {
		hand_out_epoch();
		model_run.self.ep = model.fresh[model_run.w];
		model_say(EV_BOOT, life()->boots, 0, 0);
	}
	model_call_begin();
	(void)core()->boot(&model_work, epoch_of(model_run.w, life()->boots));
	call_end();
	life()->at = MODEL_AT_BEGIN;
}

static void begin_activation(void)
{
	unsigned events;

	model_call_begin();
	events = core()->begin(&model_work, NOW_NS);
	call_end();
	life()->at = MODEL_AT_RECV;
	if (life()->wish != 0u)
		life()->reloads--;
	else if ((events & IWC_EVENT_RENEW) != 0u && life()->renewals != 0u)
		life()->renewals--;
	else
		return;
	life()->wish = 0;
	life()->at = MODEL_AT_RENEW;
	hand_out_epoch();
	model_say(EV_RENEW, life()->boots, 0, 0);
}

static void renew(void)
{
	model_call_begin();
	(void)core()->renew(&model_work, epoch_of(model_run.w, life()->boots));
	call_end();
	life()->at = MODEL_AT_RECV;
}

static void receive(void)
{
	struct iwc_frame f[MODEL_BURST_MAX];
	unsigned n, cls = 0;

	for (unsigned i = 0; i < MODEL_BURST_MAX; i++)
		f[i] = (struct iwc_frame){.buf = buffer[i]};
	model_call_begin();
	n = core()->recv(&model_work, f, script()->take, &cls);
	call_end();
	for (unsigned i = 0; i < n; i++)
		model_judge_frame(cls, &f[i]);
	if (n == 0u) {
		life()->at = MODEL_AT_SEND;
		life()->cls = 0;
	}
}

/* ---- sending ---- */

static unsigned left(unsigned cls)
{
	return script()->send[cls].frames - life()->offered[cls];
}

static bool blocked(unsigned cls)
{
	return ((unsigned)life()->blocked >> cls & 1u) != 0u;
}

static unsigned burst(unsigned cls)
{
	unsigned n = left(cls), most = script()->send[cls].burst;

	return n < most ? n : most;
}

/* The frames of the script that come next in this class. */
static void make_frames(struct iwc_frame *f, unsigned cls, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		struct model_frame_id id = {.world = model_run.w,
					    .cls = cls,
					    .number = life()->offered[cls] + i + 1u,
					    .place = life()->sent[cls] + i,
					    .pair = life()->up_pair};

		f[i].buf = buffer[i];
		f[i].len_bytes = model_length(model_run.w, cls, id.number);
		for (uint32_t at = 0; at < f[i].len_bytes; at += IWC_LINE)
			model_chunk_fill(buffer[i] + at,
					 f[i].len_bytes - at < IWC_LINE ? f[i].len_bytes - at
									: IWC_LINE,
					 model_frame_key(&id, at / IWC_LINE));
	}
}

void model_world_published(void)
{
	unsigned cls = life()->cls, sent = model_frames_copied();

	for (unsigned i = 0; i < sent; i++)
		model_say(EV_SEND, cls, life()->offered[cls] + i + 1u, 0);
}

static void send(void)
{
	struct iwc_frame f[MODEL_BURST_MAX];
	unsigned cls = life()->cls, n;
	int sent;

	if (cls == model.cfg.class_count) {
		life()->at = MODEL_AT_ARM;
		return;
	}
	n = burst(cls);
	if (n == 0u || !iwc_is_up(&model_run.self.ep) || blocked(cls)) {
		life()->cls++;
		return;
	}
	make_frames(f, cls, n);
	model_call_begin();
	sent = core()->send(&model_work, cls, f, n);
	call_end();
	if (sent < 0) {
		life()->cls++;
		return;
	}
	life()->sent[cls] = (uint8_t)(life()->sent[cls] + sent);
	life()->offered[cls] =
	    (uint8_t)(life()->offered[cls] + (script()->keeps ? (unsigned)sent : n));
	if ((unsigned)sent < n && script()->keeps)
		life()->at = MODEL_AT_SPACE;
	else
		life()->cls++;
}

/* The ring is full: ask to be told; true says that it is not full any more. */
static void arm_space(void)
{
	unsigned cls = life()->cls;
	bool fits;

	model_call_begin();
	fits = core()->arm_space(&model_work, cls,
				 model_length(model_run.w, cls, life()->offered[cls] + 1u));
	call_end();
	if (!fits)
		life()->blocked = (uint8_t)(life()->blocked | 1u << cls);
	life()->at = MODEL_AT_SEND;
}

static bool more_to_send(void)
{
	for (unsigned c = 0; c < model.cfg.class_count; c++)
		if (left(c) != 0u && !blocked(c))
			return iwc_is_up(&model_run.self.ep);
	return false;
}

static void arm(void)
{
	bool again;

	model_call_begin();
	again = core()->arm(&model_work);
	call_end();
	life()->at = again || more_to_send() ? MODEL_AT_BEGIN : MODEL_AT_SLEEP;
	if (life()->at == MODEL_AT_SLEEP)
		model_say(EV_SLEEP, 0, 0, 0);
}

void model_world_run(void)
{
	bool between = false;

	while (!between) {
		switch (life()->at) {
		case MODEL_AT_BOOT:
			boot();
			between = true;
			break;
		case MODEL_AT_BEGIN:
			begin_activation();
			break;
		case MODEL_AT_RENEW:
			renew();
			break;
		case MODEL_AT_RECV:
			receive();
			break;
		case MODEL_AT_SEND:
			send();
			break;
		case MODEL_AT_SPACE:
			arm_space();
			break;
		case MODEL_AT_ARM:
			arm();
			between = true;
			break;
		default:
			between = true;
			break;
		}
	}
}

void model_world_die(void)
{
	struct model_life *l = life();

	model_say(EV_CRASH, 0, 0, 0);
	l->crashes--;
	l->at = MODEL_AT_BOOT;
	l->access = MODEL_NO_ACCESS;
	l->word = 0;
	l->cls = 0;
	l->accesses = 0;
	l->logged = 0;
	l->blocked = 0;
	l->wish = 0;
	l->waits = 0;
	l->timer = 0;
	l->state = IWC_STATE_DOWN;
	l->up_pair = 0;
	memset(l->sent, 0, sizeof(l->sent));
	memset(l->received, 0, sizeof(l->received));
	model_run.self.ep = model.fresh[model_run.w];
}
