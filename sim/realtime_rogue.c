/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A rogue processor of NS: a thread that writes NS's section while both worlds run, through a
 * mapping of its own right, and knows no more than a hostile kernel would. Where S looks it learns
 * from S's credit, and how far S has sent from S's tags. Each attack strikes at most once a tick.
 */
#include "realtime_machine.h"

#include <errno.h>
#include <sys/random.h>

#define TICK_NS 100000u

struct view {
	struct sim_rt *rt;
	uint8_t *own;	      /* NS's section */
	const uint8_t *other; /* S's */
	unsigned cls;
	uint32_t lines;
	size_t ring; /* offset of the class's tags */
};

static uint64_t load(const uint8_t *base, size_t offset)
{
	return __atomic_load_n((const uint64_t *)(const void *)(base + offset), __ATOMIC_RELAXED);
}

static void store(uint8_t *base, size_t offset, uint64_t value)
{
	__atomic_store_n((uint64_t *)(void *)(base + offset), value, __ATOMIC_RELAXED);
}

static struct view view_of(struct sim_rt *rt, unsigned cls)
{
	struct view v = {.rt = rt,
			 .own = rt->world[SIM_NS].own,
			 .other = rt->world[SIM_NS].other,
			 .cls = cls,
			 .lines = 1u << rt->channel.cls[cls].lines_log2,
			 .ring = IWC_HEADER_BYTES};

	for (unsigned c = 0; c < cls; c++)
		v.ring += IWC_RING_BYTES(rt->channel.cls[c].lines_log2);
	return v;
}

static size_t class_word(const struct view *v, size_t member)
{
	return IWC_OFFSET_CLASS + v->cls * (size_t)IWC_CLASS_STRIDE + member;
}

#define START offsetof(struct iwc_class_words, start)
#define CREDIT offsetof(struct iwc_class_words, credit)
#define WAKE offsetof(struct iwc_class_words, wake)
#define SPACE offsetof(struct iwc_class_words, space)

static size_t tag_at(const struct view *v, uint64_t line)
{
	return v->ring + 8u * (line & (v->lines - 1u));
}

static size_t data_at(const struct view *v, uint64_t line)
{
	return v->ring + (size_t)16u * v->lines + IWC_LINE * (line & (v->lines - 1u));
}

static uint64_t tag_of(uint64_t line, uint64_t length)
{
	return ((line + 1u) & IWC_LINE_MASK) << 16 | length;
}

/* Where S looks for NS's next frame, or has looked a moment ago. */
static uint64_t looked_at(const struct view *v)
{
	uint64_t credit = load(v->other, class_word(v, CREDIT));

	return ((credit & IWC_SAID) != 0u ? credit : load(v->own, class_word(v, START))) &
	       IWC_LINE_MASK;
}

/* How far S has sent: its tags are followed from what NS has credited. */
static uint64_t sent_to(const struct view *v, uint64_t credited)
{
	uint64_t line = credited, tag;

	for (uint32_t k = 0; k < v->lines; k++) {
		tag = load(v->other, tag_at(v, line));
		if (tag >> 16 != ((line + 1u) & IWC_LINE_MASK))
			break;
		line = (tag & 0xffffu) == IWC_SKIP
			   ? (line | (v->lines - 1u)) + 1u
			   : line + ((tag & 0xffffu) + IWC_LINE - 1u) / IWC_LINE;
	}
	return line;
}

/* ---- attacks ---- */

static void forge_tag(const struct view *v, const struct sim_fault *f, struct sim_rng *r)
{
	uint64_t line = looked_at(v), held = load(v->own, tag_at(v, line)), tag;
	uint64_t max = v->rt->channel.cls[v->cls].frame_max_bytes;

	switch (f->kind) {
	case SIM_FAULT_ATTACK_TAG_AHEAD:
		tag = tag_of(
		    line + (f->amount > 0 ? (uint64_t)f->amount : 1u + sim_rng_upto(r, UINT32_MAX)),
		    64);
		break;
	case SIM_FAULT_ATTACK_TAG_REPLAY:
		tag = tag_of(line - v->lines, 64);
		break;
	case SIM_FAULT_ATTACK_LENGTH_PAST_END:
		tag = tag_of(line,
			     (line & (v->lines - 1u)) + (max + IWC_LINE - 1u) / IWC_LINE > v->lines
				 ? max
				 : 1537u + sim_rng_upto(r, 60000));
		break;
	case SIM_FAULT_ATTACK_LENGTH_SHORT:
		tag = tag_of(line, sim_rng_upto(r, IWC_FRAME_MIN - 1u));
		break;
	case SIM_FAULT_ATTACK_LENGTH_FLIP:
		tag = (held & ~UINT64_C(0xffff)) | 9000u;
		break;
	default: /* SIM_FAULT_ATTACK_SKIP */
		tag = tag_of(line, IWC_SKIP);
		break;
	}
	store(v->own, tag_at(v, line), tag);
}

static void forge_credit(const struct view *v, const struct sim_fault *f)
{
	uint64_t credit = load(v->own, class_word(v, CREDIT)), line, sent;
	uint64_t amount = f->amount > 0 ? (uint64_t)f->amount : 1u;

	if ((credit & IWC_SAID) == 0u)
		credit = load(v->other, class_word(v, START));
	line = credit & IWC_LINE_MASK;
	sent = sent_to(v, line);
	if (f->kind == SIM_FAULT_ATTACK_CREDIT_AHEAD)
		line = sent + amount;
	else if (f->kind == SIM_FAULT_ATTACK_CREDIT_BACK)
		line -= amount;
	else if (line != sent)
		line++;
	store(v->own, class_word(v, CREDIT), (line & IWC_LINE_MASK) | IWC_SAID);
}

static void rewrite_payload(const struct view *v)
{
	/* Bytes 12 and 13: the type of the frame. */
	uint64_t *word = (uint64_t *)(void *)(v->own + data_at(v, looked_at(v)) + 8u);

	__atomic_fetch_xor(word, UINT64_C(0xffff) << 32, __ATOMIC_RELAXED);
}

static uint64_t interesting(const struct view *v, struct sim_rng *r)
{
	uint64_t near = sim_rng_upto(r, 8) - 4u;

	switch (sim_rng_upto(r, 6)) {
	case 0:
		return sim_rng_next(r);
	case 1:
		return tag_of(looked_at(v) + near, sim_rng_upto(r, 0xffff));
	case 2:
		return ((sent_to(v, load(v->own, class_word(v, CREDIT))) + near) & IWC_LINE_MASK) |
		       IWC_SAID;
	case 3:
		return load(v->own, IWC_OFFSET_SESSION) + (near << 32);
	case 4:
		return 0;
	case 5:
		return UINT64_MAX;
	default:
		return tag_of(looked_at(v), IWC_SKIP);
	}
}

static void scribble(const struct view *v, struct sim_rng *r)
{
	uint64_t line = sim_rng_upto(r, 1) != 0u ? looked_at(v) : sim_rng_next(r);
	const size_t where[] = {8u * sim_rng_upto(r, 2), IWC_OFFSET_SESSION,
				class_word(v, START),	 class_word(v, CREDIT),
				class_word(v, WAKE),	 class_word(v, SPACE),
				tag_at(v, line),	 tag_at(v, line) + (size_t)8u * v->lines};

	store(v->own, where[sim_rng_upto(r, 7)], interesting(v, r));
}

/* The kernel is asked to write where NS may only read: what a processor would get as an abort. */
static void write_peer(struct sim_rt *rt)
{
	void *credit = (void *)(uintptr_t)(rt->world[SIM_NS].other + IWC_OFFSET_CLASS);

	if (getrandom(credit, 8, 0) < 0 && errno == EFAULT)
		__atomic_fetch_add(&rt->mmu_faults, 1, __ATOMIC_RELAXED);
}

static void flap(struct sim_rt *rt, unsigned i)
{
	const struct view v = view_of(rt, 0);
	uint64_t epoch = load(v.own, IWC_OFFSET_SESSION) >> 32,
		 s = load(v.other, IWC_OFFSET_SESSION);

	store(v.own, IWC_OFFSET_SESSION, (epoch + rt_load(&rt->fault[i].fired)) << 32 | s >> 32);
	rt_monitor_call(rt, &rt->rogue, 0);
}

static void strike(struct sim_rt *rt, unsigned i)
{
	const struct sim_fault *f = &rt->sc->fault[i];
	struct sim_rng *r = &rt->fault[i].rng;
	struct view v = view_of(rt, f->cls);

	switch (f->kind) {
	case SIM_FAULT_ATTACK_RANDOM:
		v = view_of(rt, (unsigned)sim_rng_upto(r, rt->channel.class_count - 1u));
		scribble(&v, r);
		break;
	case SIM_FAULT_ATTACK_CREDIT_AHEAD:
	case SIM_FAULT_ATTACK_CREDIT_BACK:
	case SIM_FAULT_ATTACK_ONE_SLOT:
		forge_credit(&v, f);
		break;
	case SIM_FAULT_ATTACK_REWRITE_PAYLOAD:
		v = view_of(rt, (unsigned)sim_rng_upto(r, rt->channel.class_count - 1u));
		rewrite_payload(&v);
		break;
	case SIM_FAULT_ATTACK_WRITE_PEER:
		write_peer(rt);
		break;
	case SIM_FAULT_ATTACK_FLAP_EPOCH:
		flap(rt, i);
		break;
	case SIM_FAULT_ATTACK_KEEP_SESSION:
		rt->fault[i].kept = load(v.own, IWC_OFFSET_SESSION);
		break;
	default:
		forge_tag(&v, f, r);
		break;
	}
}

/* An attack that comes by time, at its window's start and every interval; others at each tick. */
static bool is_due(const struct sim_fault *f, struct rt_fault *st, uint64_t now_ns)
{
	if (f->kind != SIM_FAULT_ATTACK_FLAP_EPOCH && f->kind != SIM_FAULT_ATTACK_KEEP_SESSION)
		return true;
	if (now_ns < st->next_ns)
		return false;
	st->next_ns = f->interval_ns != 0u ? now_ns + f->interval_ns : SIM_RT_NEVER;
	return true;
}

/* The session word that is kept, as long as the window is open. */
static void keep_session(struct sim_rt *rt, unsigned i, uint64_t now_ns)
{
	const struct sim_fault *f = &rt->sc->fault[i];

	if (f->kind == SIM_FAULT_ATTACK_KEEP_SESSION && rt_load(&rt->fault[i].fired) != 0u &&
	    (f->to_ns == 0u || now_ns < f->to_ns))
		store(rt->world[SIM_NS].own, IWC_OFFSET_SESSION, rt->fault[i].kept);
}

/* By this thread itself: the worlds are at work. */
static void report(const struct sim_rt *rt, unsigned i, uint64_t now_ns)
{
	struct sim_rt_event e = {.time_ns = now_ns,
				 .b = rt_load(&rt->fault[i].fired),
				 .a = i,
				 .kind = SIM_RT_EV_FAULT,
				 .world = SIM_NS};

	if (rt->observer.event != NULL)
		rt->observer.event(rt->observer.ctx, &e);
}

static void tick(struct sim_rt *rt, uint64_t now_ns)
{
	for (unsigned i = 0; i < rt->sc->fault_count; i++) {
		if (!rt_fault_by_rogue(rt->sc->fault[i].kind))
			continue;
		keep_session(rt, i, now_ns);
		if (!is_due(&rt->sc->fault[i], &rt->fault[i], now_ns) ||
		    !rt_fault_draw(rt, i, now_ns))
			continue;
		strike(rt, i);
		report(rt, i, now_ns);
	}
}

void *rt_rogue_run(void *arg)
{
	struct rt_cpu *cpu = arg;
	struct sim_rt *rt = cpu->rt;

	while (!__atomic_load_n(&rt->done, __ATOMIC_ACQUIRE)) {
		uint64_t now = sim_rt_now_ns(rt);

		if (rt_load(&rt->calm)) {
			rt_sleep(cpu, SIM_RT_NEVER);
			continue;
		}
		tick(rt, now);
		rt_sleep(cpu, now + TICK_NS);
	}
	return NULL;
}
