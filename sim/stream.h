/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stream.h - a run as one live pcapng stream: the frames of both directions on the interfaces
 * ns-to-s and s-to-ns, events on iwc-events. Each block is handed over as soon as it is whole.
 *
 * Stamps are virtual time, and the stream may be held back so that virtual time passes no faster
 * than real time times a speed. More than one run, one after the other, may go into one stream:
 * its time then goes on. One thread at a time.
 */
#ifndef SIM_STREAM_H
#define SIM_STREAM_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "pcapng.h"
#include "scenario.h"

struct sim_stream;

struct sim_stream_options {
	const char *application;
	const char *filter; /* of frames, as tcpdump takes it; events pass. NULL or "": all */
	double speed;	    /* virtual seconds in a real one; 0: as fast as possible */
	const volatile sig_atomic_t *stop; /* non-zero: hold back no more; may be NULL */
};

/*
 * Starts a stream on a descriptor, which it takes over, even when this fails; the caller ignores
 * SIGPIPE. name stands for it in messages. NULL on failure, with `name: cause` in error
 * (SIM_PCAPNG_ERROR_BYTES bytes).
 */
struct sim_stream *sim_stream_open(int fd, const char *name,
				   const struct sim_stream_options *options, char *error);

/*
 * One frame or event, when its time has come. What p says apart from iface is kept. Return 0, or a
 * negative errno value that sticks: -EPIPE if the reader has gone.
 */
int sim_stream_frame(struct sim_stream *s, enum sim_world_id from,
		     const struct sim_pcapng_packet *p);
int sim_stream_event(struct sim_stream *s, uint64_t time_ns, uint64_t id, const char *text);

/* The run has ended at end_ns of its time; the next one begins then. Waits until that has come. */
int sim_stream_end_run(struct sim_stream *s, uint64_t end_ns);

/* Ends and frees it; NULL is fine. As sim_pcapng_close(). */
int sim_stream_close(struct sim_stream *s, char *error);

/*
 * A speed as a user gives it: a decimal number, "0" or from 0.000001 to 1000000. False: it is none.
 */
bool sim_stream_parse_speed(const char *text, double *speed);

#endif
