/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * record_sink_parts.h - a sink as record_sink.c, which writes, and record_sink_open.c, which makes
 * it and its files, share it.
 */
#ifndef TAP_RECORD_SINK_PARTS_H
#define TAP_RECORD_SINK_PARTS_H

#include <pcap/pcap.h>

#include "pcapng.h"
#include "record_classic.h"
#include "record_sink.h"
#include "record_stream.h"

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

	uint64_t written, written_before; /* packets, over all files; and before this one */
	struct sink_lost told;		  /* of what was lost before, the capture speaks already */
	uint64_t missed_frames, missed_events; /* by a stream, and not told yet */
	uint64_t missed_all;
	int error;
	char text[RECORD_ERROR_BYTES]; /* of error */
};

/* Begin a file, or the stream, at wall clock now_ns. False with one line in err. */
bool sink_output_open(struct sink *s, uint64_t now_ns, char *err);

/* End it. 0 or a negative errno value. */
int sink_output_close(struct sink *s);

#endif
