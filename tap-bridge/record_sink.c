/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_sink.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "event_text.h"
#include "record_sink_parts.h"

static const char *cause(int rc)
{
	if (rc == -EPIPE)
		return "its reader has gone";
	return rc == -ETIME ? "nobody reads it" : strerror(-rc);
}

static void fail(struct sink *s, int rc)
{
	(void)sink_output_close(s);
	s->error = rc;
	snprintf(s->text, sizeof(s->text),
		 "%.1000s: %s; the capture ends after %" PRIu64 " packets", s->path, cause(rc),
		 s->written);
}

/* Of what was lost before this item in its queue, that of which the capture does not speak yet. */
static uint64_t untold(struct sink *s, const struct record_item *item)
{
	uint64_t *told =
	    item->is_event ? &s->told.events[item->event.world] : &s->told.frames[item->frame.from];
	uint64_t *missed = item->is_event ? &s->missed_events : &s->missed_frames;
	uint64_t n = *missed;

	*missed = 0;
	/* A stream that came later may know more than the item. */
	if (item->lost > *told) {
		n += item->lost - *told;
		*told = item->lost;
	}
	return n;
}

/* The statistics tell of losses after the last packet. */
static void losses_finish(struct sink *s, const struct sink_lost *lost)
{
	uint64_t frames = s->missed_frames, events = s->missed_events;

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		frames += lost->frames[i] - s->told.frames[i];
		events += lost->events[i] - s->told.events[i];
	}
	if (s->ng && (s->want.what & RECORD_FRAMES))
		(void)sim_pcapng_add_drops(s->ng, s->frames_iface, frames);
	if (s->ng && (s->want.what & RECORD_EVENTS))
		(void)sim_pcapng_add_drops(s->ng, s->events_iface, events);
}

/* A file that takes the next packet; false: the sink has ended. */
static bool file_ready(struct sink *s, uint64_t time_ns)
{
	uint64_t bytes;
	int rc;

	if (!s->rotate)
		return true;
	if (s->written == s->written_before) {
		s->start_ns = time_ns; /* of its first packet */
		return true;
	}
	bytes = s->classic ? classic_bytes(s->classic) : sim_pcapng_bytes(s->ng);
	if (!rotate_due(s->rotate, bytes, s->start_ns, time_ns))
		return true;
	rc = sink_output_close(s);
	if (rc == 0 && sink_output_open(s, time_ns, s->text))
		return true; /* with this packet as its first */
	if (rc == 0)
		s->error = -EIO; /* what it was is in the text */
	else
		fail(s, rc);
	return false;
}

static int frame_write(struct sink *s, const struct record_item *item, uint64_t time_ns)
{
	const struct sim_rt_frame *f = &item->frame;
	char comment[64] = "";
	struct sim_pcapng_packet packet = {
	    .iface = s->frames_iface,
	    .time_ns = time_ns,
	    .data = item->bytes,
	    .len_bytes = f->len_bytes,
	    .data_bytes = item->kept_bytes,
	    .direction = f->from == SIM_NS ? SIM_PCAPNG_OUTBOUND : SIM_PCAPNG_INBOUND,
	    .id = item->number,
	    .queue = f->cls,
	    .drop_count = untold(s, item),
	    .comment = comment,
	};

	if (s->classic)
		return classic_write(s->classic, time_ns, item->bytes, f->len_bytes,
				     item->kept_bytes);
	if (f->drop != SIM_RT_DROP_NONE)
		snprintf(comment, sizeof(comment), "dropped: %s", sim_rt_drop_name(f->drop));
	for (char *c = comment; *c != '\0'; c++)
		if (*c == '-')
			*c = ' '; /* as in the captures of a simulated run */
	return sim_pcapng_write_packet(s->ng, &packet);
}

/* Gaps in the numbers of events say where some were lost, the statistics how many. */
static int event_write(struct sink *s, const struct record_item *item, uint64_t time_ns)
{
	char text[EVENT_TEXT_MAX];

	event_text(s->link->sc, &item->event, text, sizeof(text));
	(void)sim_pcapng_add_drops(s->ng, s->events_iface, untold(s, item));
	return sim_pcapng_write_event(s->ng, s->events_iface, time_ns, item->number, text, NULL);
}

static bool wanted(const struct sink *s, const struct record_item *item)
{
	struct pcap_pkthdr header;

	if (item->is_event)
		return (s->want.what & RECORD_EVENTS) != 0;
	if ((s->want.what & RECORD_FRAMES) == 0 || !s->filtered)
		return (s->want.what & RECORD_FRAMES) != 0;
	header = (struct pcap_pkthdr){.caplen = item->kept_bytes, .len = item->frame.len_bytes};
	return pcap_offline_filter(&s->program, &header, item->bytes) != 0;
}

void sink_write(struct sink *s, const struct record_item *item, uint64_t time_ns)
{
	int rc;

	if (s->error || !wanted(s, item))
		return;
	if (s->stream && !record_stream_room(s->stream, SIM_PCAPNG_BLOCK_MAX)) {
		*(item->is_event ? &s->missed_events : &s->missed_frames) += 1u;
		s->missed_all++;
		return;
	}
	if (!s->stream && !file_ready(s, time_ns))
		return;
	rc = item->is_event ? event_write(s, item, time_ns) : frame_write(s, item, time_ns);
	if (rc)
		fail(s, rc);
	else
		s->written++;
}

void sink_flush(struct sink *s, uint64_t now_ns)
{
	int rc = 0;

	if (s->error)
		return;
	if (s->stream) {
		record_stream_pump(s->stream, now_ns);
		rc = record_stream_error(s->stream);
	} else if (s->classic) {
		rc = classic_flush(s->classic);
	} else if (s->ng) {
		rc = sim_pcapng_flush(s->ng);
	}
	if (rc)
		fail(s, rc);
}

void sink_hang_up(struct sink *s)
{
	if (!s->error)
		fail(s, -EPIPE);
}

void sink_finish(struct sink *s, const struct sink_lost *lost)
{
	int rc;

	if (s->error)
		return;
	losses_finish(s, lost);
	rc = sink_output_close(s);
	if (rc)
		fail(s, rc);
}

/* ---- asking ---- */

int sink_error(const struct sink *s)
{
	return s->error;
}

const char *sink_text(const struct sink *s)
{
	return s->text;
}

uint32_t sink_needs(const struct sink *s)
{
	bool all = s->filtered || s->want.snaplen_bytes == 0;

	return (s->want.what & RECORD_FRAMES) == 0 ? 0 : all ? UINT32_MAX : s->want.snaplen_bytes;
}

enum record_what sink_what(const struct sink *s)
{
	return s->want.what;
}

bool sink_is_attached(const struct sink *s)
{
	return s->is_attached;
}

uint64_t sink_missed(const struct sink *s)
{
	return s->missed_all;
}

int sink_watch(const struct sink *s, bool *waits)
{
	*waits = s->stream && record_stream_waits(s->stream);
	return s->stream ? record_stream_fd(s->stream) : -1;
}

bool sink_same_place(const struct sink *s, const char *path)
{
	struct stat here, there;

	if (strcmp(s->path, path) == 0 || (s->is_stdout && strcmp(path, "-") == 0))
		return true;
	return stat(s->path, &here) == 0 && stat(path, &there) == 0 && S_ISREG(here.st_mode) &&
	       here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

bool sink_give_up(struct sink *s)
{
	if (!s->error && s->stream && record_stream_waits(s->stream))
		fail(s, -ETIME);
	return s->error != 0;
}
