/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * observe.c - what happened, as records: hashed always, kept for the counterexample, and written
 * as text and packets when the run has an output folder.
 */
#include "machine.h"
#include "scenario_file.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *text;
} properties[SIM_PROPERTIES] = {
    {"memory", "for any content of shared memory, changing at any time, no access outside own "
	       "memory and the region"},
    {"freshness", "no frame of a former session is delivered"},
    {"order", "between honest peers each class delivers exactly once, in order, intact"},
    {"bounded work", "an activation takes at most its budget of frames and a fixed number of "
		     "shared reads"},
    {"bounded interrupts", "doorbell interrupts stay within the token bucket in any window"},
    {"recovery", "when faults stop, the link comes up and traffic flows within k polls"},
    {"no waiting", "the secure world never waits for the non-secure one"},
    {"no leak", "only frame bytes and zeros leave the secure world"},
    {"no lost wake-up", "a sleeping consumer with frames has a doorbell pending, and a poll "
			"finds them in any case"},
    {"deadline", "the critical task meets every deadline"},
    {"detection", "corrupted, lost, repeated, inserted, reordered and late frames are detected; "
		  "a corrupted one is never delivered"},
    {"priority", "bulk traffic delays a control frame by at most one bulk frame"},
    {"single writer", "no world writes the peer's section or reads back its own"},
};

const char *sim_property_name(unsigned n)
{
	return n >= 1u && n <= SIM_PROPERTIES ? properties[n - 1u].name : "?";
}

const char *sim_property_text(unsigned n)
{
	return n >= 1u && n <= SIM_PROPERTIES ? properties[n - 1u].text : "?";
}

const char *sim_verdict_name(enum sim_verdict v)
{
	static const char *const names[] = {"PASS", "FAIL", "UNDECIDED", "SKIP"};

	return (unsigned)v < 4u ? names[v] : "?";
}

/* ---- records ---- */

static void hash_word(uint64_t v)
{
	sim.hash = (sim.hash ^ v) * UINT64_C(0x100000001b3);
	sim.hash ^= sim.hash >> 29;
}

void sim_observe(uint8_t who, enum sim_event_kind kind, uint32_t a, uint64_t b, uint64_t c,
		 uint64_t time_ns)
{
	struct sim_event *e = &sim.recent[sim.events % SIM_RECENT];

	*e = (struct sim_event){
	    .time_ns = time_ns, .b = b, .c = c, .a = a, .kind = (uint8_t)kind, .who = who};
	if (sim.events < SIM_EARLY)
		sim.early[sim.events] = *e;
	sim.events++;
	hash_word(time_ns);
	hash_word((uint64_t)a << 16 | (uint64_t)kind << 8 | who);
	hash_word(b);
	hash_word(c);
	if (sim.output != NULL)
		sim_output_event(sim.output, e);
}

void sim_checked(unsigned property)
{
	sim.check.checks[property]++;
}

void sim_violate(unsigned property, struct sim_world *w, const char *detector, const char *fmt, ...)
{
	struct sim_violation *v;
	va_list ap;

	if ((sim.sc->properties & SIM_PROPERTY(property)) == 0u || sim.stop)
		return;
	sim.check.checks[property]++;
	sim.check.failed[property]++;
	if (sim.violations < SIM_VIOLATIONS_MAX) {
		v = &sim.violation[sim.violations];
		v->time_ns = w->t;
		v->property = property;
		v->world = w->id;
		snprintf(v->detector, sizeof(v->detector), "%s", detector);
		va_start(ap, fmt);
		vsnprintf(v->text, sizeof(v->text), fmt, ap);
		va_end(ap);
	}
	sim_observe((uint8_t)w->id, SIM_EV_PROPERTY, property, sim.violations, 0, w->t);
	if (sim.violations == 0u)
		sim.failing_event = sim.events - 1u;
	sim.violations++;
	if (!sim.opt->keep_going)
		sim.stop = true;
}

/* ---- words ---- */

static const char *class_name(uint32_t c)
{
	return c < sim.sc->channel.class_count ? sim.sc->class_name[c] : "?";
}

static const char *violation_name(uint32_t v)
{
	static const char *const names[] = {"none",   "length",	   "past-end", "skip",
					    "credit", "withdrawn", "start"};

	return v < sizeof(names) / sizeof(names[0]) ? names[v] : "?";
}

static const char *drop_name(uint64_t d)
{
	static const char *const names[SIM_DROPS] = {"ring full",    "queue full", "link down",
						     "filter",	     "length",	   "no buffers",
						     "session over", "end-to-end"};

	return d < SIM_DROPS ? names[d] : "?";
}

static const char *state_name(uint32_t s)
{
	static const char *const names[] = {"down", "wait", "up", "frozen"};

	return s < 4u ? names[s] : "?";
}

static void cell_text(uint64_t cell, char *buf, size_t size)
{
	static const char *const names[] = {"hello", "session", "start", "credit", "wake",
					    "space", "tag",	"e2e",	 "?"};
	unsigned cls, index;
	enum sim_cell_kind k = sim_memory_kind((unsigned)cell, &cls, &index);

	if (k == SIM_CELL_SESSION || k == SIM_CELL_HELLO)
		snprintf(buf, size, "%s", names[k]);
	else
		snprintf(buf, size, "%s.%s[%u]", class_name(cls), names[k], index);
}

static int access_text(const struct sim_event *e, char *buf, size_t size)
{
	char cell[96];

	if (e->a == SIM_ACCESS_FENCE)
		return snprintf(buf, size, "full fence");
	if (e->a == SIM_ACCESS_COPY_IN || e->a == SIM_ACCESS_COPY_OUT)
		return snprintf(buf, size, "copy %s %" PRIu64 " bytes at offset %" PRIu64,
				e->a == SIM_ACCESS_COPY_IN ? "in" : "out", e->c, e->b);
	cell_text(e->b, cell, sizeof(cell));
	return snprintf(buf, size, "%s %s %#" PRIx64, e->a == SIM_ACCESS_LOAD ? "load" : "store",
			cell, e->c);
}

const char *sim_event_kind_name(enum sim_event_kind kind)
{
	static const char *const names[] = {
	    "boot",	"crash",    "session",	 "renew", "send",      "deliver",  "drop",
	    "smc",	"deferred", "interrupt", "wake",  "violation", "fault",	   "late",
	    "deadline", "property", "access",	 "phase", "publish",   "announce", "ring"};

	return (unsigned)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "?";
}

static int life_text(const struct sim_event *e, char *buf, size_t size)
{
	static const char *const ends[] = {"crashed", "hangs"};

	switch (e->kind) {
	case SIM_EV_BOOT:
		return snprintf(buf, size, "epoch %" PRIu32, e->a);
	case SIM_EV_CRASH:
		return snprintf(buf, size, "%s", e->a < 2u ? ends[e->a] : "?");
	case SIM_EV_STATE:
		return snprintf(buf, size, "%s epoch %" PRIu64 " peer %" PRIu64, state_name(e->a),
				e->b >> 32, e->b & UINT32_MAX);
	case SIM_EV_ANNOUNCE:
		return snprintf(buf, size, "epoch %" PRIu64 " peer %" PRIu64, e->b >> 32,
				e->b & UINT32_MAX);
	case SIM_EV_RENEW:
		return snprintf(buf, size, "goes on as epoch %" PRIu32, e->a);
	case SIM_EV_PHASE:
		return snprintf(buf, size, "faults end");
	default:
		return -1;
	}
}

int sim_event_text(const struct sim_event *e, char *buf, size_t size)
{
	int n = life_text(e, buf, size);

	if (n >= 0)
		return n;
	buf[0] = '\0';
	switch (e->kind) {
	case SIM_EV_SEND:
	case SIM_EV_PUBLISH:
	case SIM_EV_RECV:
		return snprintf(buf, size, "%s #%" PRIu64 " %" PRIu64 " bytes", class_name(e->a),
				e->b, e->c);
	case SIM_EV_DROP:
		return snprintf(buf, size, "%s #%" PRIu64 " %s", class_name(e->a), e->b,
				drop_name(e->c));
	case SIM_EV_DEFERRED:
		return snprintf(buf, size, "bucket empty, remembered");
	case SIM_EV_INTERRUPT:
		return snprintf(buf, size, "to %s", e->a == SIM_S ? "s" : "ns");
	case SIM_EV_WAKE:
		return snprintf(buf, size, "by %s", e->a != 0u ? "doorbell" : "timer");
	case SIM_EV_VIOLATION:
		return snprintf(buf, size, "peer violates the protocol: %s", violation_name(e->a));
	case SIM_EV_FAULT:
		return snprintf(buf, size, "%s (faults[%" PRIu32 "] firing %" PRIu64 ")",
				scenario_fault_name(sim.sc->fault[e->a].kind), e->a,
				e->b & UINT32_MAX);
	case SIM_EV_MISS:
		return snprintf(buf, size, "missed, response %" PRIu64 " ns", e->b);
	case SIM_EV_PROPERTY:
		return snprintf(buf, size, "P%" PRIu32 " broken: %s", e->a,
				e->b < SIM_VIOLATIONS_MAX ? sim.violation[e->b].detector : "");
	case SIM_EV_ACCESS:
		return access_text(e, buf, size);
	default:
		return 0;
	}
}

/* ---- the same as key=value words, for captures ---- */

/* As sim_rt_drop_name() says where it means the same. */
static const char *drop_word(uint64_t d)
{
	static const char *const words[SIM_DROPS] = {"ring-full",   "queue-full", "link-down",
						     "filter",	    "bad-length", "no-buffers",
						     "session-end", "check"};

	return d < SIM_DROPS ? words[d] : "?";
}

static int life_words(const struct sim_event *e, char *buf, size_t size)
{
	switch (e->kind) {
	case SIM_EV_BOOT:
	case SIM_EV_RENEW:
		return snprintf(buf, size, " epoch=%" PRIu32, e->a);
	case SIM_EV_CRASH:
		return snprintf(buf, size, " how=%s", e->a == 0u ? "crash" : "hang");
	case SIM_EV_STATE:
		return snprintf(buf, size, " state=%s epoch=%" PRIu64 " peer_epoch=%" PRIu64,
				state_name(e->a), e->b >> 32, e->b & UINT32_MAX);
	case SIM_EV_ANNOUNCE:
		return snprintf(buf, size, " epoch=%" PRIu64 " peer_epoch=%" PRIu64, e->b >> 32,
				e->b & UINT32_MAX);
	case SIM_EV_PHASE:
		return snprintf(buf, size, " phase=closing");
	default:
		return 0;
	}
}

int sim_event_words(const struct sim_event *e, char *buf, size_t size)
{
	static const char *const who[] = {"ns", "s", "monitor"};
	int n = snprintf(buf, size, "world=%s kind=%s", e->who < 3u ? who[e->who] : "?",
			 sim_event_kind_name((enum sim_event_kind)e->kind));

	buf += n;
	size -= (size_t)n;
	switch (e->kind) {
	case SIM_EV_DROP:
		return n + snprintf(buf, size, " class=%s frame=%" PRIu64 " cause=%s",
				    class_name(e->a), e->b, drop_word(e->c));
	case SIM_EV_INTERRUPT:
		return n + snprintf(buf, size, " to=%s", e->a == SIM_S ? "s" : "ns");
	case SIM_EV_WAKE:
		return n + snprintf(buf, size, " by=%s", e->a != 0u ? "doorbell" : "timer");
	case SIM_EV_VIOLATION:
		return n + snprintf(buf, size, " violation=%s", violation_name(e->a));
	case SIM_EV_FAULT:
		return n + snprintf(buf, size, " fault=%s index=%" PRIu32 " firing=%" PRIu64,
				    scenario_fault_name(sim.sc->fault[e->a].kind), e->a,
				    e->b & UINT32_MAX);
	case SIM_EV_MISS:
		return n + snprintf(buf, size, " response_ns=%" PRIu64, e->b);
	case SIM_EV_PROPERTY:
		return n + snprintf(buf, size, " property=P%" PRIu32 " detector=%s", e->a,
				    e->b < SIM_VIOLATIONS_MAX ? sim.violation[e->b].detector : "?");
	default:
		return n + life_words(e, buf, size);
	}
}
