/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * event_text.h - an event of the real-time machine as one line, "world=WHO kind=KIND key=value...".
 *
 * The words are those of events.pcapng of a simulated run wherever the meaning is the same
 * (docs/trace-format.md), so that one dissector and one grep know both.
 */
#ifndef TAP_EVENT_TEXT_H
#define TAP_EVENT_TEXT_H

#include <stddef.h>

#include "realtime.h"

#define EVENT_TEXT_MAX 256u

/* Cut to size, always ended by a NUL. sc gives the names of classes and faults. Any thread. */
void event_text(const struct scenario *sc, const struct sim_rt_event *event, char *text,
		size_t size);

#endif
