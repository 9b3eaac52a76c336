/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * output.c - the folder of a run: trace.txt, channel.pcapng, events.pcapng, result.json,
 * report.html, scenario.cfg; and its live stream. A file that can't be written whole is an error
 * that names it; what was written before stays readable. A stream that breaks ends the run.
 */
#include "machine.h"
#include "pcapng.h"
#include "report.h"
#include "scenario_file.h"
#include "stream.h"
#include "version.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define APPLICATION "iwc " IWC_VERSION

struct sim_output {
	char folder[SIM_PATH_MAX]; /* "": none, and no files */
	struct sim_stream *stream; /* the caller's; NULL: none */
	FILE *trace;
	struct sim_pcapng *channel, *events;
	unsigned channel_iface[SIM_WORLDS];
	unsigned events_iface;
	uint64_t last_ns; /* captures need rising times; the worlds' clocks are a slack apart */
	int error;	  /* first errno of trace.txt */
};

static void path_in(const struct sim_output *o, const char *name, char *path, size_t size)
{
	snprintf(path, size, "%s/%s", o->folder, name);
}

static bool open_captures(struct sim_output *o, char *err, size_t err_size)
{
	static const char *const names[SIM_WORLDS] = {"ns-to-s", "s-to-ns"};
	static const char *const texts[SIM_WORLDS] = {
	    "frames that the non-secure world sent",
	    "frames that the secure world sent",
	};
	char path[SIM_PATH_MAX + 32], why[SIM_PCAPNG_ERROR_BYTES];
	int n;

	path_in(o, "channel.pcapng", path, sizeof(path));
	o->channel = sim_pcapng_open(path, APPLICATION, NULL, why);
	path_in(o, "events.pcapng", path, sizeof(path));
	o->events = o->channel != NULL ? sim_pcapng_open(path, APPLICATION, NULL, why) : NULL;
	if (o->events == NULL) {
		snprintf(err, err_size, "%s", why);
		return false;
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		n = sim_pcapng_add_interface(o->channel, names[i], texts[i], SIM_PCAPNG_ETHERNET);
		o->channel_iface[i] = n >= 0 ? (unsigned)n : 0u;
	}
	n = sim_pcapng_add_interface(o->events, "iwc-events",
				     "doorbells, sessions, faults, drops, violations",
				     SIM_PCAPNG_UPPER_PDU);
	o->events_iface = n >= 0 ? (unsigned)n : 0u;
	return true;
}

static void drop(struct sim_output *o)
{
	char why[SIM_PCAPNG_ERROR_BYTES];

	if (o->channel != NULL)
		(void)sim_pcapng_close(o->channel, why);
	if (o->events != NULL)
		(void)sim_pcapng_close(o->events, why);
	if (o->trace != NULL)
		(void)fclose(o->trace);
	free(o);
}

static bool open_files(struct sim_output *o, char *err, size_t err_size)
{
	char path[SIM_PATH_MAX + 32];

	path_in(o, "trace.txt", path, sizeof(path));
	o->trace = fopen(path, "w");
	if (o->trace == NULL) {
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
		return false;
	}
	return open_captures(o, err, err_size);
}

struct sim_output *sim_output_open(const char *folder, struct sim_stream *stream, char *err,
				   size_t err_size)
{
	struct sim_output *o = calloc(1, sizeof(*o));

	if (folder == NULL)
		folder = "";
	if (o == NULL || strlen(folder) >= sizeof(o->folder)) {
		snprintf(err, err_size, "%.100s: %s", folder,
			 o == NULL ? "out of memory" : "path too long");
		free(o);
		return NULL;
	}
	snprintf(o->folder, sizeof(o->folder), "%s", folder);
	o->stream = stream;
	if (folder[0] != '\0' && !open_files(o, err, err_size)) {
		drop(o);
		return NULL;
	}
	return o;
}

static uint64_t rising(struct sim_output *o, uint64_t t)
{
	if (t > o->last_ns)
		o->last_ns = t;
	return o->last_ns;
}

/* What a live reader no longer takes nobody will miss: the run ends as if it were interrupted. */
static void streamed(int rc)
{
	if (rc != 0) {
		sim.interrupted = true;
		sim.stop = true;
	}
}

static const char *lane(uint8_t who)
{
	static const char *const names[] = {"ns", "s", "monitor"};

	return who < 3u ? names[who] : "?";
}

static void write_step(struct sim_output *o, const struct sim_event *e)
{
	char text[160];

	sim_event_text(e, text, sizeof(text));
	if (fprintf(o->trace, "%12" PRIu64 " %-7s %-*s%s%s\n", e->time_ns, lane(e->who),
		    text[0] != '\0' ? 9 : 0, sim_event_kind_name((enum sim_event_kind)e->kind),
		    text[0] != '\0' ? " " : "", text) < 0 &&
	    o->error == 0)
		o->error = errno;
}

void sim_output_event(struct sim_output *o, const struct sim_event *e)
{
	char words[256];
	uint64_t time_ns;

	if (o->trace != NULL)
		write_step(o, e);
	/* Frames are packets of their own; every access would drown the rest. */
	if (e->kind == SIM_EV_SEND || e->kind == SIM_EV_RECV || e->kind == SIM_EV_PUBLISH ||
	    e->kind == SIM_EV_ACCESS)
		return;
	sim_event_words(e, words, sizeof(words));
	time_ns = rising(o, e->time_ns);
	if (o->events != NULL)
		(void)sim_pcapng_write_event(o->events, o->events_iface, time_ns, sim.events, words,
					     NULL);
	if (o->stream != NULL)
		streamed(sim_stream_event(o->stream, time_ns, sim.events, words));
}

void sim_output_frame(struct sim_output *o, const struct sim_world *from, uint64_t id,
		      const uint8_t *bytes, uint32_t len_bytes, const char *comment)
{
	struct sim_pcapng_packet p = {
	    .iface = o->channel_iface[from->id],
	    .time_ns = rising(o, from->t),
	    .data = bytes,
	    .len_bytes = len_bytes,
	    .direction = from->id == SIM_NS ? SIM_PCAPNG_OUTBOUND : SIM_PCAPNG_INBOUND,
	    .id = (uint64_t)from->id << 63 | id,
	    .comment = comment,
	};

	if (o->channel != NULL)
		(void)sim_pcapng_write_packet(o->channel, &p);
	if (o->stream != NULL)
		streamed(sim_stream_frame(o->stream, from->id, &p));
}

static int write_text(const struct sim_output *o, const char *name, const char *text, char *err,
		      size_t err_size)
{
	char path[SIM_PATH_MAX + 32];
	FILE *f;
	bool bad;

	path_in(o, name, path, sizeof(path));
	f = fopen(path, "w");
	bad = f == NULL;
	if (f != NULL) {
		bad = fputs(text, f) < 0;
		bad = fclose(f) != 0 || bad;
	}
	if (bad)
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
	return bad ? -1 : 0;
}

static int write_result(const struct sim_output *o, const json_t *json, char *err, size_t err_size)
{
	char *scenario = scenario_text(sim.sc), *text;
	char path[SIM_PATH_MAX + 32];
	int rc = -1;

	text = json_dumps(json, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	path_in(o, "report.html", path, sizeof(path));
	if (scenario == NULL || text == NULL)
		snprintf(err, err_size, "%s: out of memory", o->folder);
	else if (write_text(o, "scenario.cfg", scenario, err, err_size) == 0 &&
		 write_text(o, "result.json", text, err, err_size) == 0)
		rc = report_write(json, scenario, path, err, err_size);
	free(scenario);
	free(text);
	return rc;
}

int sim_output_close(struct sim_output *o, json_t *json, char *err, size_t err_size)
{
	char why[SIM_PCAPNG_ERROR_BYTES];
	int rc = 0;

	err[0] = '\0';
	if (sim_pcapng_close(o->channel, why) != 0) {
		snprintf(err, err_size, "%s", why);
		rc = -1;
	}
	if (sim_pcapng_close(o->events, why) != 0 && rc == 0) {
		snprintf(err, err_size, "%s", why);
		rc = -1;
	}
	if (o->trace != NULL && fclose(o->trace) != 0 && o->error == 0)
		o->error = errno;
	if (o->error != 0 && rc == 0) {
		snprintf(err, err_size, "%s/trace.txt: %s", o->folder, strerror(o->error));
		rc = -1;
	}
	if (rc == 0 && json != NULL)
		rc = write_result(o, json, err, err_size);
	free(o);
	return rc;
}
