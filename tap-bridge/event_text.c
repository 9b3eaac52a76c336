/* SPDX-License-Identifier: BSD-2-Clause */
#include "event_text.h"

#include <inttypes.h>
#include <stdio.h>

#include "scenario_file.h"

static const char *class_name(const struct scenario *sc, uint32_t cls)
{
	return cls < sc->channel.class_count ? sc->class_name[cls] : "?";
}

static const char *fault_name(const struct scenario *sc, uint32_t index)
{
	return index < sc->fault_count ? scenario_fault_name(sc->fault[index].kind) : "?";
}

static const char *state_name(uint32_t state)
{
	static const char *const names[] = {"down", "wait", "up", "frozen"};

	return state <= IWC_STATE_FROZEN ? names[state] : "?";
}

static const char *violation_name(uint32_t violation)
{
	static const char *const names[] = {"none",   "length",	   "past-end", "skip",
					    "credit", "withdrawn", "start"};

	return violation <= IWC_VIOLATION_START ? names[violation] : "?";
}

static const char *world_name(enum sim_world_id world)
{
	return world == SIM_NS ? "ns" : "s";
}

/* A doorbell is the monitor's doing; the world of the event is who rang. */
static void doorbell_text(const struct sim_rt_event *e, char *text, size_t size)
{
	if (e->a != 0)
		snprintf(text, size, "world=monitor kind=interrupt to=%s",
			 world_name(e->world == SIM_NS ? SIM_S : SIM_NS));
	else
		snprintf(text, size, "world=monitor kind=deferred");
}

static void frame_text(const struct scenario *sc, const struct sim_rt_event *e, char *text,
		       size_t size)
{
	const char *world = world_name(e->world), *cls = class_name(sc, e->a);

	if (e->kind == SIM_RT_EV_DELIVER)
		snprintf(text, size,
			 "world=%s kind=deliver class=%s frame=%" PRIu64 " bytes=%" PRIu64, world,
			 cls, e->b, e->c);
	else
		snprintf(text, size, "world=%s kind=drop class=%s frame=%" PRIu64 " cause=%s",
			 world, cls, e->b,
			 e->c < SIM_RT_DROPS ? sim_rt_drop_name((enum sim_rt_drop)e->c) : "?");
}

void event_text(const struct scenario *sc, const struct sim_rt_event *event, char *text,
		size_t size)
{
	const char *world = world_name(event->world);

	switch (event->kind) {
	case SIM_RT_EV_BOOT:
		snprintf(text, size, "world=%s kind=boot epoch=%" PRIu32, world, event->a);
		break;
	case SIM_RT_EV_RENEW:
		snprintf(text, size, "world=%s kind=renew epoch=%" PRIu32, world, event->a);
		break;
	case SIM_RT_EV_CRASH:
		snprintf(text, size, "world=%s kind=crash how=%s", world,
			 event->a == 0 ? "crash" : "hang");
		break;
	case SIM_RT_EV_STATE:
		snprintf(text, size,
			 "world=%s kind=session state=%s epoch=%" PRIu64 " peer_epoch=%" PRIu64,
			 world, state_name(event->a), event->b >> 32, event->b & UINT32_MAX);
		break;
	case SIM_RT_EV_DOORBELL:
		doorbell_text(event, text, size);
		break;
	case SIM_RT_EV_VIOLATION:
		snprintf(text, size, "world=%s kind=violation violation=%s", world,
			 violation_name(event->a));
		break;
	case SIM_RT_EV_FAULT:
		snprintf(text, size,
			 "world=%s kind=fault fault=%s index=%" PRIu32 " firing=%" PRIu64, world,
			 fault_name(sc, event->a), event->a, event->b);
		break;
	case SIM_RT_EV_LATE:
		snprintf(text, size, "world=%s kind=late", world);
		break;
	case SIM_RT_EV_DELIVER:
	case SIM_RT_EV_DROP:
		frame_text(sc, event, text, size);
		break;
	default:
		snprintf(text, size, "world=%s kind=%d", world, (int)event->kind);
		break;
	}
}
