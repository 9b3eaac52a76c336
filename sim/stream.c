/* SPDX-License-Identifier: BSD-2-Clause */
#include "stream.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define SPEED_MIN 1e-6
#define SPEED_MAX 1e6

/* A wait is cut into such pieces, so that a stop between two looks is not overslept. */
#define PIECE_NS UINT64_C(50000000)

struct sim_stream {
	struct sim_pcapng *writer;
	const volatile sig_atomic_t *stop;
	double speed;
	uint64_t start_ns; /* real time at time 0 of the stream */
	uint64_t base_ns;  /* time of the stream at time 0 of the run */
	unsigned iface[SIM_WORLDS], events;
	int error;
	bool filtered;
	struct bpf_program program;
};

static uint64_t real_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static bool add_interfaces(struct sim_stream *s)
{
	static const char *const names[SIM_WORLDS] = {"ns-to-s", "s-to-ns"};
	static const char *const texts[SIM_WORLDS] = {
	    "frames that the non-secure world sent",
	    "frames that the secure world sent",
	};
	int n;

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		n = sim_pcapng_add_interface(s->writer, names[i], texts[i], SIM_PCAPNG_ETHERNET);
		if (n < 0)
			return false;
		s->iface[i] = (unsigned)n;
	}
	n = sim_pcapng_add_interface(s->writer, "iwc-events",
				     "doorbells, sessions, faults, drops, violations",
				     SIM_PCAPNG_UPPER_PDU);
	s->events = n >= 0 ? (unsigned)n : 0u;
	return n >= 0;
}

static bool compile(struct sim_stream *s, const char *filter, char *error)
{
	pcap_t *dead;
	bool good;

	if (filter == NULL || filter[0] == '\0')
		return true;
	dead = pcap_open_dead(DLT_EN10MB, (int)SIM_PCAPNG_FRAME_MAX);
	if (dead == NULL) {
		snprintf(error, SIM_PCAPNG_ERROR_BYTES, "filter: out of memory");
		return false;
	}
	good = pcap_compile(dead, &s->program, filter, 1, PCAP_NETMASK_UNKNOWN) == 0;
	if (!good)
		snprintf(error, SIM_PCAPNG_ERROR_BYTES, "filter '%.200s': %s", filter,
			 pcap_geterr(dead));
	pcap_close(dead);
	s->filtered = good;
	return good;
}

static void release(struct sim_stream *s)
{
	if (s->filtered)
		pcap_freecode(&s->program);
	free(s);
}

struct sim_stream *sim_stream_open(int fd, const char *name,
				   const struct sim_stream_options *options, char *error)
{
	struct sim_pcapng_options live = {.flush_each = true};
	struct sim_stream *s = calloc(1, sizeof(*s));

	if (s == NULL || !compile(s, options->filter, error)) {
		if (s == NULL)
			snprintf(error, SIM_PCAPNG_ERROR_BYTES, "%.1000s: out of memory", name);
		free(s);
		close(fd);
		return NULL;
	}
	s->speed = options->speed;
	s->stop = options->stop;
	s->writer = sim_pcapng_attach(fd, name, options->application, &live, error);
	if (s->writer == NULL) {
		release(s);
		return NULL;
	}
	if (!add_interfaces(s)) {
		(void)sim_stream_close(s, error);
		return NULL;
	}
	s->start_ns = real_ns();
	return s;
}

static void wait_until(const struct sim_stream *s, uint64_t time_ns)
{
	uint64_t due_ns, now_ns;

	if (!(s->speed > 0))
		return;
	due_ns = s->start_ns + (uint64_t)((double)time_ns / s->speed);
	while (s->error == 0 && (s->stop == NULL || *s->stop == 0) &&
	       (now_ns = real_ns()) < due_ns) {
		uint64_t left_ns = due_ns - now_ns < PIECE_NS ? due_ns - now_ns : PIECE_NS;
		struct timespec t = {.tv_nsec = (long)left_ns};

		(void)nanosleep(&t, NULL);
	}
}

static int keep(struct sim_stream *s, int rc)
{
	if (rc != 0 && s->error == 0)
		s->error = rc;
	return s->error;
}

int sim_stream_frame(struct sim_stream *s, enum sim_world_id from,
		     const struct sim_pcapng_packet *p)
{
	struct sim_pcapng_packet mine = *p;
	struct pcap_pkthdr header = {
	    .caplen = (bpf_u_int32)p->len_bytes,
	    .len = (bpf_u_int32)p->len_bytes,
	};

	if (s->error != 0)
		return s->error;
	if (s->filtered && pcap_offline_filter(&s->program, &header, p->data) == 0)
		return 0;
	mine.iface = s->iface[from];
	mine.time_ns += s->base_ns;
	wait_until(s, mine.time_ns);
	return keep(s, sim_pcapng_write_packet(s->writer, &mine));
}

int sim_stream_event(struct sim_stream *s, uint64_t time_ns, uint64_t id, const char *text)
{
	if (s->error != 0)
		return s->error;
	time_ns += s->base_ns;
	wait_until(s, time_ns);
	return keep(s, sim_pcapng_write_event(s->writer, s->events, time_ns, id, text, NULL));
}

int sim_stream_end_run(struct sim_stream *s, uint64_t end_ns)
{
	s->base_ns += end_ns;
	wait_until(s, s->base_ns);
	return s->error;
}

int sim_stream_close(struct sim_stream *s, char *error)
{
	int rc;

	if (s == NULL)
		return 0;
	rc = sim_pcapng_close(s->writer, error);
	release(s);
	return rc;
}

bool sim_stream_parse_speed(const char *text, double *speed)
{
	char *end;

	/* strtod also takes hexadecimal, infinities and what is no number */
	for (const char *c = text; *c != '\0'; c++)
		if ((*c < '0' || *c > '9') && *c != '.')
			return false;
	errno = 0;
	*speed = strtod(text, &end);
	if (end == text || *end != '\0' || errno != 0)
		return false;
	return !(*speed > 0) || (*speed >= SPEED_MIN && *speed <= SPEED_MAX);
}
