/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "record_sink_parts.h"
#include "version.h"

#define NS_PER_S UINT64_C(1000000000)

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

bool sink_output_open(struct sink *s, uint64_t now_ns, char *err)
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
	s->written_before = s->written;
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

int sink_output_close(struct sink *s)
{
	int rc = s->classic ? classic_close(s->classic, NULL) : sim_pcapng_close(s->ng, NULL);

	s->classic = NULL;
	s->ng = NULL;
	return rc;
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
	if (want_check(s, err) && place_open(s, err) && sink_output_open(s, now_ns, err))
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
	if (s->stream && sink_output_open(s, now_ns, err))
		return s;
	snprintf(err, RECORD_ERROR_BYTES, "%.1000s: out of memory", name);
	sink_detach(s);
	return NULL;
}

void sink_detach(struct sink *s)
{
	(void)sink_output_close(s);
	record_stream_release(s->stream);
	s->stream = NULL;
	sink_destroy(s);
}

void sink_destroy(struct sink *s)
{
	if (!s)
		return;
	(void)sink_output_close(s);
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
