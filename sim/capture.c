/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <pcap/pcap.h>

#define NS_PER_S 1000000000

enum step {
	STEP_FRAME,
	STEP_SKIPPED,
	STEP_END,
	STEP_ERROR,
};

struct sim_capture {
	pcap_t *pcap;
	char *name;
	struct bpf_program program;
	bool filtered; /* program is compiled and has to be freed */
	bool ahead;    /* frame holds the next one already */
	bool started;  /* first_s and first_ns are set */
	bool torn;     /* the file ends in mid-frame */
	enum sim_capture_result last;
	int64_t first_s;
	int64_t first_ns;
	uint64_t time_ns; /* of the frame given out last */
	struct sim_capture_frame frame;
	struct sim_capture_counts counts;
	char error[SIM_CAPTURE_ERROR_BYTES];
	char warning[SIM_CAPTURE_ERROR_BYTES];
};

__attribute__((format(printf, 3, 4))) static void message_format(char *text, const char *name,
								 const char *format, ...)
{
	char cause[SIM_CAPTURE_ERROR_BYTES - 1024u];
	va_list args;

	va_start(args, format);
	vsnprintf(cause, sizeof(cause), format, args);
	va_end(args);
	snprintf(text, SIM_CAPTURE_ERROR_BYTES, "%.1000s: %s", name, cause);
}

/*
 * The distance of a stamp from the first one. The file may claim any seconds and any fraction, so
 * nothing here may overflow; false if the distance is negative or beyond what is given out.
 */
static bool stamp_distance(const struct sim_capture *c, int64_t s, int64_t ns, uint64_t *distance)
{
	int64_t diff_s;
	int64_t diff_ns;
	int64_t total;

	if (__builtin_sub_overflow(s, c->first_s, &diff_s) ||
	    __builtin_sub_overflow(ns, c->first_ns, &diff_ns) ||
	    __builtin_mul_overflow(diff_s, (int64_t)NS_PER_S, &total) ||
	    __builtin_add_overflow(total, diff_ns, &total) || total < 0)
		return false;
	*distance = (uint64_t)total;
	return true;
}

static uint64_t frame_time(struct sim_capture *c, const struct pcap_pkthdr *header)
{
	/* The stream was opened with nanosecond precision: tv_usec holds nanoseconds. */
	int64_t s = header->ts.tv_sec;
	int64_t ns = header->ts.tv_usec;
	uint64_t distance = 0;

	if (!c->started) {
		c->started = true;
		c->first_s = s;
		c->first_ns = ns;
		return 0;
	}
	if (!stamp_distance(c, s, ns, &distance) || distance < c->time_ns) {
		c->counts.clamped++;
		distance = c->time_ns;
	}
	c->time_ns = distance;
	return distance;
}

/* The counter of the reason why this frame can't be replayed, or NULL. */
static uint64_t *skip_reason(struct sim_capture *c, const struct pcap_pkthdr *header,
			     const uint8_t *data)
{
	uint32_t wire = header->len > header->caplen ? header->len : header->caplen;

	if (c->filtered && pcap_offline_filter(&c->program, header, data) == 0)
		return &c->counts.no_match;
	if (wire > SIM_CAPTURE_FRAME_MAX)
		return &c->counts.too_long;
	if (wire < SIM_CAPTURE_FRAME_MIN)
		return &c->counts.too_short;
	if (header->caplen < wire)
		return &c->counts.cut;
	return NULL;
}

/*
 * libpcap has one code for a damaged file and a cut-off one, and texts that change. A read that
 * ran into the end of the stream tells the two apart.
 */
static enum step failure_classify(struct sim_capture *c)
{
	FILE *stream = pcap_file(c->pcap);

	if (feof(stream) && !ferror(stream)) {
		c->torn = true;
		message_format(c->warning, c->name,
			       "cut off after frame %" PRIu64 "; the frames before are used",
			       c->counts.read);
		return STEP_END;
	}
	message_format(c->error, c->name, "after frame %" PRIu64 ": %s", c->counts.read,
		       pcap_geterr(c->pcap));
	return STEP_ERROR;
}

static enum step frame_read(struct sim_capture *c)
{
	struct pcap_pkthdr *header;
	const uint8_t *data;
	uint64_t *reason;
	int rc = pcap_next_ex(c->pcap, &header, &data);

	if (rc == PCAP_ERROR_BREAK)
		return STEP_END;
	if (rc != 1)
		return failure_classify(c);
	c->counts.read++;
	reason = skip_reason(c, header, data);
	if (reason) {
		(*reason)++;
		return STEP_SKIPPED;
	}
	c->counts.frames++;
	c->frame.time_ns = frame_time(c, header);
	c->frame.number = c->counts.read;
	c->frame.data = data;
	c->frame.len_bytes = header->caplen;
	return STEP_FRAME;
}

static enum sim_capture_result frame_seek(struct sim_capture *c)
{
	enum step step;

	do {
		step = frame_read(c);
	} while (step == STEP_SKIPPED);
	if (step == STEP_FRAME)
		return SIM_CAPTURE_FRAME;
	return step == STEP_END ? SIM_CAPTURE_END : SIM_CAPTURE_ERROR;
}

enum sim_capture_result sim_capture_next(struct sim_capture *c, struct sim_capture_frame *frame)
{
	if (c->last != SIM_CAPTURE_FRAME)
		return c->last;
	if (!c->ahead)
		c->last = frame_seek(c);
	c->ahead = false;
	if (c->last == SIM_CAPTURE_FRAME)
		*frame = c->frame;
	return c->last;
}

static bool linktype_check(const struct sim_capture *c, char *error)
{
	int linktype = pcap_datalink(c->pcap);
	const char *name = pcap_datalink_val_to_name(linktype);

	if (linktype == DLT_EN10MB)
		return true;
	if (name)
		message_format(error, c->name, "link type %s (%d); only Ethernet can be replayed",
			       name, linktype);
	else
		message_format(error, c->name, "link type %d; only Ethernet can be replayed",
			       linktype);
	return false;
}

static bool filter_compile(struct sim_capture *c, const char *filter, char *error)
{
	if (!filter || filter[0] == '\0')
		return true;
	if (pcap_compile(c->pcap, &c->program, filter, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		message_format(error, c->name, "filter '%.200s': %s", filter, pcap_geterr(c->pcap));
		return false;
	}
	c->filtered = true;
	return true;
}

/* Reads up to the first frame to give out, so that a useless file is refused before a run. */
static bool first_frame_seek(struct sim_capture *c, char *error)
{
	char summary[256];

	c->last = frame_seek(c);
	c->ahead = true;
	if (c->last == SIM_CAPTURE_FRAME)
		return true;
	if (c->last == SIM_CAPTURE_ERROR) {
		memcpy(error, c->error, sizeof(c->error));
		return false;
	}
	if (c->counts.read == 0) {
		message_format(error, c->name, "holds no frame%s",
			       c->torn ? ", it is cut off" : "");
		return false;
	}
	sim_capture_summary(&c->counts, summary, sizeof(summary));
	message_format(error, c->name, "holds no frame to replay: %s", summary);
	return false;
}

struct sim_capture *sim_capture_open_stream(FILE *stream, const char *name, const char *filter,
					    char *error)
{
	char pcap_error[PCAP_ERRBUF_SIZE] = "";
	struct sim_capture *c = calloc(1, sizeof(*c));

	if (c)
		c->name = strdup(name);
	if (!c || !c->name) {
		message_format(error, name, "out of memory");
		fclose(stream);
		free(c);
		return NULL;
	}
	c->pcap = pcap_fopen_offline_with_tstamp_precision(stream, PCAP_TSTAMP_PRECISION_NANO,
							   pcap_error);
	if (!c->pcap) {
		message_format(error, name, "not a usable capture file (pcap or pcapng): %s",
			       pcap_error);
		fclose(stream);
		sim_capture_close(c);
		return NULL;
	}
	if (!linktype_check(c, error) || !filter_compile(c, filter, error) ||
	    !first_frame_seek(c, error)) {
		sim_capture_close(c);
		return NULL;
	}
	return c;
}

/* What path is, if not a file to read from; NULL if it is one. */
static const char *kind_refused(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return "is a directory";
	if (S_ISFIFO(st->st_mode))
		return "is a FIFO, not a regular file";
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_size == 0)
		return "is empty, so it holds no frame";
	return NULL;
}

struct sim_capture *sim_capture_open(const char *path, const char *filter, char *error)
{
	/* Not blocking: a FIFO without a writer must come to the check below. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	const char *cause = NULL;
	FILE *stream = NULL;
	struct stat st;

	if (fd < 0) {
		message_format(error, path, "%m");
		return NULL;
	}
	if (fstat(fd, &st) == 0)
		cause = kind_refused(&st);
	else
		cause = strerror(errno);
	if (!cause) {
		stream = fdopen(fd, "rb");
		cause = stream ? NULL : strerror(errno);
	}
	if (cause) {
		message_format(error, path, "%s", cause);
		close(fd);
		return NULL;
	}
	return sim_capture_open_stream(stream, path, filter, error);
}

const char *sim_capture_error(const struct sim_capture *c)
{
	return c->error;
}

const char *sim_capture_warning(const struct sim_capture *c)
{
	return c->torn ? c->warning : NULL;
}

const struct sim_capture_counts *sim_capture_counts(const struct sim_capture *c)
{
	return &c->counts;
}

void sim_capture_summary(const struct sim_capture_counts *counts, char *text, size_t text_bytes)
{
	const struct {
		uint64_t value;
		const char *words;
	} parts[] = {
	    {counts->no_match, "left out by the filter"},
	    {counts->too_long, "longer than 1536 bytes"},
	    {counts->too_short, "shorter than 14 bytes"},
	    {counts->cut, "cut by a snap length"},
	    {counts->clamped, "with a time stamp moved"},
	};
	size_t used;
	int n;

	if (text_bytes == 0)
		return;
	n = snprintf(text, text_bytes, "%" PRIu64 " frame%s read, %" PRIu64 " used", counts->read,
		     counts->read == 1 ? "" : "s", counts->frames);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		used = strlen(text);
		if (n < 0 || parts[i].value == 0)
			continue;
		n = snprintf(text + used, text_bytes - used, ", %" PRIu64 " %s", parts[i].value,
			     parts[i].words);
	}
}

void sim_capture_close(struct sim_capture *c)
{
	if (!c)
		return;
	if (c->filtered)
		pcap_freecode(&c->program);
	if (c->pcap)
		pcap_close(c->pcap);
	free(c->name);
	free(c);
}
