/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_sink.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "event_text.h"
#include "pcapng.h"
#include "record_classic.h"
#include "record_stream.h"
#include "version.h"

#define NS_PER_S UINT64_C(1000000000)

struct sink {
	const struct sink_link *link;
	struct record_sink want;
	char *path, *filter;
	bool is_attached; /* by sink_stream: whoever reads it may leave, which is no error */
	bool is_stdout, is_classic, filtered;
	struct bpf_program program;
	struct rotate *rotate;	      /* NULL: one file */
	struct record_stream *stream; /* NULL: a file */
	int fd;			      /* standard output that is a file; -1: open the path */
	/* the present file */
	struct sim_pcapng *ng;
	struct classic *classic;
	unsigned frames_iface, events_iface;
	uint64_t start_ns;

	uint64_t written;	 /* packets, over all files */
	struct sink_lost told;	 /* of what was lost before, the capture speaks already */
	struct sink_lost missed; /* by a stream, and not told yet */
	uint64_t missed_all;
	int error;
	char text[RECORD_ERROR_BYTES]; /* of error */
};

/* ---- making one ---- */

static bool filter_compile(struct sink *s, char *err)
{
	pcap_t *dead;

	if (!s->want.filter || s->want.filter[0] == '\0')
		return true;
	dead = pcap_open_dead(DLT_EN10MB, (int)SIM_PCAPNG_FRAME_MAX);
	if (!dead) {
		snprintf(err, RECORD_ERROR_BYTES, "filter: out of memory");
		return false;
	}
	s->filtered = pcap_compile(dead, &s->program, s->want.filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!s->filtered)
		snprintf(err, RECORD_ERROR_BYTES, "filter '%.500s': %s", s->want.filter,
			 pcap_geterr(dead));
	pcap_close(dead);
	return s->filtered;
}

static uint32_t snaplen(const struct sink *s)
{
	return s->want.snaplen_bytes ? s->want.snaplen_bytes : SIM_PCAPNG_FRAME_MAX;
}

static struct sink *sink_new(const struct sink_link *link, const char *path,
			     const struct record_sink *want, char *err)
{
	struct sink *s = calloc(1, sizeof(*s));

	if (!s) {
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: out of memory", path);
		return NULL;
	}
	s->link = link;
	s->want = *want;
	s->fd = -1;
	s->path = strdup(path);
	s->filter = want->filter ? strdup(want->filter) : NULL;
	s->want.filter = s->filter;
	if (!s->path || (want->filter && !s->filter))
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: out of memory", path);
	else if (filter_compile(s, err))
		return s;
	sink_destroy(s);
	return NULL;
}

static bool interfaces_add(struct sink *s, char *err)
{
	char about[256];
	int n = 0;

	snprintf(about, sizeof(about), "inter-world channel, scenario %s", s->link->sc->name);
	if (s->want.what & RECORD_FRAMES)
		n = sim_pcapng_add_interface(s->ng, s->link->interface, about, SIM_PCAPNG_ETHERNET);
	if (n >= 0) {
		s->frames_iface = (unsigned)n;
		n = 0;
		if (s->want.what & RECORD_EVENTS)
			n = sim_pcapng_add_interface(
			    s->ng, "iwc-events", "doorbells, sessions, faults, drops, violations",
			    SIM_PCAPNG_UPPER_PDU);
	}
	if (n >= 0) {
		s->events_iface = (unsigned)n;
		return true;
	}
	sim_pcapng_close(s->ng, err);
	s->ng = NULL;
	return false;
}

/* Begin a file, or the stream, at wall clock now_ns. */
static bool output_open(struct sink *s, uint64_t now_ns, char *err)
{
	static const char program[] = "iwc " IWC_VERSION;
	struct sim_pcapng_options options = {
	    .flush_each = s->stream != NULL,
	    .snaplen_bytes = s->want.snaplen_bytes,
	    .filter = s->filter,
	    .start_ns = now_ns,
	};
	const char *path = s->path;

	s->start_ns = now_ns;
	if (s->rotate)
		path = rotate_next(s->rotate, (time_t)(now_ns / NS_PER_S));
	if (!path) {
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: out of memory", s->path);
		return false;
	}
	if (s->is_classic) {
		s->classic = classic_open(path, snaplen(s), err);
		return s->classic != NULL;
	}
	if (s->stream)
		s->ng = sim_pcapng_hand_over(record_stream_take, s->stream, path, program, &options,
					     err);
	else if (s->fd >= 0)
		s->ng = sim_pcapng_attach(s->fd, path, program, &options, err);
	else
		s->ng = sim_pcapng_open(path, program, &options, err);
	s->fd = -1;
	return s->ng && interfaces_add(s, err);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), end_len = strlen(end);

	return len > end_len && strcmp(text + len - end_len, end) == 0;
}

/* What can't go together. */
static bool want_check(const struct sink *s, char *err)
{
	char why[256];

	if (!rotate_check(&s->want.rotate, why, sizeof(why))) {
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: %s", s->path, why);
		return false;
	}
	if (s->is_classic && s->want.what != RECORD_FRAMES) {
		snprintf(err, RECORD_ERROR_BYTES,
			 "%.1000s: a .pcap file holds frames only; name it .pcapng for events",
			 s->path);
		return false;
	}
	return true;
}

/* A pipe is a stream: its reader is not waited for. name is for messages. */
static bool pipe_attach(struct sink *s, int fd, char *err)
{
	if (s->is_classic || rotate_wanted(&s->want.rotate)) {
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: a pipe gets one pcapng stream, no %s",
			 s->path, s->is_classic ? ".pcap" : "ring of files");
		close(fd);
		return false;
	}
	s->stream = record_stream_create(fd, RECORD_STREAM_BYTES, 0);
	if (!s->stream) {
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: out of memory", s->path);
		close(fd);
	}
	return s->stream != NULL;
}

static bool stdout_attach(struct sink *s, char *err)
{
	static const char name[] = "standard output";
	int fd = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
	char *path = strdup(name);
	struct stat st;

	if (fd < 0 || !path || fstat(fd, &st) != 0) {
		snprintf(err, RECORD_ERROR_BYTES, "%s: %s", name,
			 strerror(fd < 0 ? errno : ENOMEM));
		free(path);
		if (fd >= 0)
			close(fd);
		return false;
	}
	free(s->path);
	s->path = path;
	s->is_stdout = true;
	if (isatty(fd)) {
		snprintf(err, RECORD_ERROR_BYTES,
			 "%s is a terminal: send it to a file or a program", name);
		close(fd);
		return false;
	}
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
		return pipe_attach(s, fd, err);
	if (rotate_wanted(&s->want.rotate)) {
		snprintf(err, RECORD_ERROR_BYTES, "%s: a ring of files needs a name", name);
		close(fd);
		return false;
	}
	s->fd = fd;
	return true;
}

static bool place_open(struct sink *s, char *err)
{
	struct stat st;

	if (strcmp(s->path, "-") == 0)
		return stdout_attach(s, err);
	if (stat(s->path, &st) == 0 && S_ISFIFO(st.st_mode)) {
		/* Waits for a reader, as everybody does with a FIFO. */
		int fd = open(s->path, O_WRONLY | O_CLOEXEC);

		if (fd >= 0)
			return pipe_attach(s, fd, err);
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: %s", s->path, strerror(errno));
		return false;
	}
	if (!rotate_wanted(&s->want.rotate))
		return true;
	s->rotate = rotate_create(s->path, &s->want.rotate);
	if (!s->rotate)
		snprintf(err, RECORD_ERROR_BYTES, "%.1000s: out of memory", s->path);
	return s->rotate != NULL;
}

struct sink *sink_file(const struct sink_link *link, const char *path,
		       const struct record_sink *want, uint64_t now_ns, char *err)
{
	struct sink *s = sink_new(link, path, want, err);

	if (!s)
		return NULL;
	s->is_classic = ends_with(path, ".pcap");
	if (want_check(s, err) && place_open(s, err) && output_open(s, now_ns, err))
		return s;
	sink_destroy(s);
	return NULL;
}

struct sink *sink_stream(const struct sink_link *link, int fd, const char *name,
			 const struct record_sink *want, uint64_t stall_ns, uint64_t now_ns,
			 const struct sink_lost *lost, char *err)
{
	struct sink *s = sink_new(link, name, want, err);

	if (!s)
		return NULL;
	s->is_attached = true;
	s->told = *lost;
	s->stream = record_stream_create(fd, RECORD_STREAM_BYTES, stall_ns);
	/* The buffer is empty and larger than the first blocks. */
	if (s->stream && output_open(s, now_ns, err))
		return s;
	snprintf(err, RECORD_ERROR_BYTES, "%.1000s: out of memory", name);
	sink_detach(s);
	return NULL;
}

/* ---- writing ---- */

static int output_close(struct sink *s, char *err)
{
	int rc = s->classic ? classic_close(s->classic, err) : sim_pcapng_close(s->ng, err);

	s->classic = NULL;
	s->ng = NULL;
	return rc;
}

static const char *cause(int rc)
{
	if (rc == -EPIPE)
		return "its reader has gone";
	return rc == -ETIME ? "nobody reads it" : strerror(-rc);
}

static void fail(struct sink *s, int rc)
{
	(void)output_close(s, NULL);
	s->error = rc;
	snprintf(s->text, sizeof(s->text),
		 "%.1000s: %s; the capture ends after %" PRIu64 " packets", s->path, cause(rc),
		 s->written);
}

/* Losses that the capture does not speak of yet. */
static uint64_t untold_frames(const struct sink *s, const struct sink_lost *lost)
{
	return lost->frames - s->told.frames + s->missed.frames;
}

static uint64_t untold_events(const struct sink *s, const struct sink_lost *lost)
{
	return lost->events - s->told.events + s->missed.events;
}

/* The file's own statistics tell of losses after its last packet. */
static void losses_finish(struct sink *s, const struct sink_lost *lost)
{
	if (s->ng && (s->want.what & RECORD_FRAMES))
		(void)sim_pcapng_add_drops(s->ng, s->frames_iface, untold_frames(s, lost));
	if (s->ng && (s->want.what & RECORD_EVENTS))
		(void)sim_pcapng_add_drops(s->ng, s->events_iface, untold_events(s, lost));
	s->told = *lost;
	s->missed = (struct sink_lost){0};
}

/* A file that takes the next packet; false: the sink has ended. */
static bool file_ready(struct sink *s, uint64_t time_ns, const struct sink_lost *lost)
{
	uint64_t bytes;
	int rc;

	if (!s->rotate)
		return true;
	bytes = s->classic ? classic_bytes(s->classic) : sim_pcapng_bytes(s->ng);
	if (!rotate_due(s->rotate, bytes, s->start_ns, time_ns))
		return true;
	losses_finish(s, lost);
	rc = output_close(s, NULL);
	if (rc == 0 && output_open(s, time_ns, s->text))
		return true;
	if (rc == 0)
		s->error = -EIO; /* what it was is in the text */
	else
		fail(s, rc);
	return false;
}

static int frame_write(struct sink *s, const struct record_item *item, uint64_t time_ns,
		       const struct sink_lost *lost)
{
	const struct sim_rt_frame *f = &item->frame;
	uint32_t kept = f->len_bytes < IWC_FRAME_MAX ? f->len_bytes : IWC_FRAME_MAX;
	char comment[64] = "";
	struct sim_pcapng_packet packet = {
	    .iface = s->frames_iface,
	    .time_ns = time_ns,
	    .data = item->bytes,
	    .len_bytes = f->len_bytes,
	    .data_bytes = kept,
	    .direction = f->from == SIM_NS ? SIM_PCAPNG_OUTBOUND : SIM_PCAPNG_INBOUND,
	    .id = item->number,
	    .queue = f->cls,
	    .drop_count = untold_frames(s, lost),
	    .comment = comment,
	};

	if (s->classic)
		return classic_write(s->classic, time_ns, item->bytes, f->len_bytes, kept);
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
	return sim_pcapng_write_event(s->ng, s->events_iface, time_ns, item->number, text, NULL);
}

static bool wanted(const struct sink *s, const struct record_item *item)
{
	struct pcap_pkthdr header;
	uint32_t len;

	if (item->is_event)
		return (s->want.what & RECORD_EVENTS) != 0;
	if ((s->want.what & RECORD_FRAMES) == 0 || !s->filtered)
		return (s->want.what & RECORD_FRAMES) != 0;
	len = item->frame.len_bytes;
	header =
	    (struct pcap_pkthdr){.caplen = len < IWC_FRAME_MAX ? len : IWC_FRAME_MAX, .len = len};
	return pcap_offline_filter(&s->program, &header, item->bytes) != 0;
}

void sink_write(struct sink *s, const struct record_item *item, uint64_t time_ns,
		const struct sink_lost *lost)
{
	int rc;

	if (sink_error(s) || !wanted(s, item))
		return;
	if (s->stream && !record_stream_room(s->stream, SIM_PCAPNG_BLOCK_MAX)) {
		*(item->is_event ? &s->missed.events : &s->missed.frames) += 1u;
		s->missed_all++;
		return;
	}
	if (!s->stream && !file_ready(s, time_ns, lost))
		return;
	rc = item->is_event ? event_write(s, item, time_ns) : frame_write(s, item, time_ns, lost);
	if (rc) {
		fail(s, rc);
		return;
	}
	s->written++;
	if (!item->is_event) {
		s->told.frames = lost->frames;
		s->missed.frames = 0;
	}
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
	rc = output_close(s, NULL);
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

void sink_detach(struct sink *s)
{
	(void)output_close(s, NULL);
	record_stream_release(s->stream);
	s->stream = NULL;
	sink_destroy(s);
}

void sink_destroy(struct sink *s)
{
	if (!s)
		return;
	(void)output_close(s, NULL);
	record_stream_destroy(s->stream);
	rotate_destroy(s->rotate);
	if (s->filtered)
		pcap_freecode(&s->program);
	if (s->fd >= 0)
		close(s->fd);
	free(s->filter);
	free(s->path);
	free(s);
}
