/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work.c - a tap from its beginning to its end: devices, machine, captures, control socket; status
 * while it runs; the account at the end.
 */
#include "work.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bridge.h"
#include "cli.h"
#include "status.h"
#include "tell.h"

/* How often the main loop looks at what other threads leave for it to say. */
#define LOOK_MS 100
/* A command starts when the link is up, or after so long without. */
#define LINK_WAIT_MS 1000
#define LINK_LOOK_MS 2
/* A wake-up through the kernel costs about as much as this: looking so long at most doubles it. */
#define SPIN_NS 20000u

static const uint8_t mac[SIM_WORLDS][6] = {
    [SIM_NS] = {0x02, 0x69, 0x77, 0x63, 0x00, 0x01},
    [SIM_S] = {0x02, 0x69, 0x77, 0x63, 0x00, 0x02},
};

struct work {
	const struct work_plan *plan;
	struct keeper_link *link;
	struct tap tap[SIM_WORLDS];
	struct bridge_tap bridge[SIM_WORLDS];
	struct bridge_lwip lwip;
	struct sim_rt *rt;
	struct record *record;
	struct status_source source;
	struct status *status;
	struct control *control;
	struct sim_rt_status now; /* for the main thread */
	pthread_mutex_t netlink;  /* status is asked for by several threads */
	uint64_t stack_faults;	  /* already told */
	bool ready;		  /* the parent knows */
	bool shown;		  /* a status line is on the terminal */
	int rc;
};

static void complain(struct work *w, const char *text)
{
	if (w->shown)
		status_hide(stderr);
	w->shown = false;
	cli_error("tap: %s", text);
}

static int fail(struct work *w, const char *text)
{
	complain(w, text);
	return CLI_FAILED;
}

/* ---- devices ---- */

static bool has_tap(const struct work *w, enum sim_world_id id)
{
	return id == SIM_NS || w->plan->secure_tap;
}

static int open_tap(struct work *w, enum sim_world_id id)
{
	const struct work_plan *p = w->plan;
	struct tap_config config = {.name = p->tap[id], .address = p->address[id], .mtu = p->mtu};
	char err[TAP_ERROR_BYTES], back[NETNS_ERROR_BYTES];
	int here, rc;

	memcpy(config.mac, mac[id], sizeof(config.mac));
	if (p->netns[id] < 0)
		return tap_open(&w->tap[id], &config, err) == 0 ? CLI_OK : fail(w, err);
	here = netns_here(err);
	if (here < 0 || netns_enter(p->netns[id], err) != 0) {
		if (here >= 0)
			(void)close(here);
		return fail(w, err);
	}
	rc = tap_open(&w->tap[id], &config, err) == 0 ? CLI_OK : fail(w, err);
	if (netns_enter(here, back) != 0)
		rc = fail(w, back);
	(void)close(here);
	return rc;
}

/* A TAP that was there before has an address of its own, and the other side one beside it. */
static int settle_addresses(struct work *w, struct work_plan *settled)
{
	const struct netlink_address *own = &w->tap[SIM_NS].address;
	char err[TAP_ERROR_BYTES], has[TAP_HOST_BYTES], text[TAP_ERROR_BYTES + 64];

	if (settled->address_given && memcmp(own, &settled->address[SIM_NS], sizeof(*own)) != 0) {
		(void)snprintf(text, sizeof(text),
			       "--addr: %s is there already and has %s/%u; leave --addr out",
			       settled->tap[SIM_NS], tap_host_text(own, has), own->prefix);
		complain(w, text);
		return CLI_USAGE;
	}
	settled->address[SIM_NS] = *own;
	if (!settled->peer) {
		tap_peer_default(own, &settled->address[SIM_S]);
		return CLI_OK;
	}
	if (tap_peer_parse(settled->peer, own, &settled->address[SIM_S], err))
		return CLI_OK;
	(void)snprintf(text, sizeof(text), "--peer: %s", err);
	complain(w, text);
	return CLI_USAGE;
}

static int init_lwip(struct work *w)
{
	const struct work_plan *p = w->plan;
	struct sim_stack_config config = {.server = true, .seed = p->seed};
	uint32_t mask = UINT32_MAX << (32 - p->address[SIM_S].prefix);
	const char *wrong;

	memcpy(config.mac, mac[SIM_S], sizeof(config.mac));
	memcpy(config.ipv4, p->address[SIM_S].host, sizeof(config.ipv4));
	memcpy(config.peer_ipv4, p->address[SIM_NS].host, sizeof(config.peer_ipv4));
	for (unsigned i = 0; i < 4; i++)
		config.netmask[i] = (uint8_t)(mask >> (24 - 8 * i));
	wrong = bridge_lwip_init(&w->lwip, &p->sc->channel, &config);
	return wrong ? fail(w, wrong) : CLI_OK;
}

static int open_ends(struct work *w, struct work_plan *settled,
		     struct sim_rt_client clients[SIM_WORLDS])
{
	int rc = open_tap(w, SIM_NS);

	if (rc == CLI_OK)
		rc = settle_addresses(w, settled);
	if (rc == CLI_OK)
		rc = w->plan->secure_tap ? open_tap(w, SIM_S) : init_lwip(w);
	if (rc != CLI_OK)
		return rc;
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		clients[i] = has_tap(w, i) ? bridge_tap_client(&w->bridge[i], &w->plan->sc->channel,
							       i, w->tap[i].fd)
					   : bridge_lwip_client(&w->lwip);
	return CLI_OK;
}

/* ---- counters ---- */

static void read_tap(struct work *w, enum sim_world_id id, struct status_tap *out)
{
	struct netlink_link link;
	int rc;

	*out = (struct status_tap){0};
	if (!has_tap(w, id))
		return;
	(void)snprintf(out->name, sizeof(out->name), "%s", w->tap[id].name);
	pthread_mutex_lock(&w->netlink);
	rc = tap_link(&w->tap[id], &link);
	pthread_mutex_unlock(&w->netlink);
	if (rc != 0)
		return; /* the interface has gone: the main loop says so */
	out->tx_frames = link.tx_frames;
	out->tx_dropped = link.tx_dropped;
	out->rx_frames = link.rx_frames;
	out->rx_dropped = link.rx_dropped;
}

static void read_counters(void *ctx, struct status_counters *now)
{
	struct work *w = ctx;

	sim_rt_status(w->rt, &now->rt);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		read_tap(w, i, &now->tap[i]);
	record_counts(w->record, &now->capture);
}

/* ---- beginning ---- */

static int make_record(struct work *w)
{
	const struct work_plan *p = w->plan;
	char err[RECORD_ERROR_BYTES];

	w->record = record_create(p->sc, p->tap[SIM_NS]);
	if (!w->record)
		return fail(w, "out of memory");
	if ((p->write && record_add_file(w->record, p->write, &p->frames_sink, err) != 0) ||
	    (p->events && record_add_file(w->record, p->events, &p->events_sink, err) != 0))
		return fail(w, err);
	return CLI_OK;
}

static int make_machine(struct work *w, const struct sim_rt_client clients[SIM_WORLDS])
{
	const struct work_plan *p = w->plan;
	struct sim_rt_options options = {.seed = p->seed,
					 .cpus = p->cpus,
					 .spin_ns = p->cpus == SIM_RT_APART ? SPIN_NS : 0,
					 .observer = record_observer(w->record)};
	char err[512];

	w->rt = sim_rt_create(p->sc, &options, clients, err, sizeof(err));
	if (!w->rt)
		return fail(w, err);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		w->bridge[i].rt = w->rt;
	w->lwip.rt = w->rt;
	return CLI_OK;
}

static int make_status(struct work *w)
{
	const struct work_plan *p = w->plan;
	char err[CONTROL_ERROR_BYTES];

	w->source = (struct status_source){
	    .ctx = w, .read = read_counters, .sc = p->sc, .name = p->tap[SIM_NS]};
	w->status = status_create(&w->source);
	if (!w->status)
		return fail(w, "out of memory");
	w->control = control_start(p->control, &w->source, w->record, err);
	if (!w->control)
		return fail(w, err);
	*p->control_made = true;
	return CLI_OK;
}

static int start(struct work *w)
{
	char err[RECORD_ERROR_BYTES];

	if (record_start(w->record, sim_rt_now_ns(w->rt), err) != 0 ||
	    sim_rt_start(w->rt, err, sizeof(err)) != 0)
		return fail(w, err);
	return CLI_OK;
}

/* ---- while it runs ---- */

static void say_status(struct work *w)
{
	const struct work_plan *p = w->plan;
	bool terminal = isatty(STDERR_FILENO) != 0 && !p->command;
	char line[STATUS_LINE_MAX];
	json_t *picture;

	if (!p->json && (p->quiet || (!terminal && !p->status_lines)))
		return;
	picture = status_take(w->status);
	if (!picture)
		return;
	if (p->json) {
		(void)json_dumpf(picture, stdout, STATUS_JSON);
		(void)fputc('\n', stdout);
		(void)fflush(stdout);
	} else if (terminal) {
		status_show(picture, stderr);
		w->shown = true;
	} else {
		status_line(picture, line, sizeof(line), STATUS_LINE_MAX);
		fprintf(stderr, "%s\n", line);
	}
	json_decref(picture);
}

/* What other threads have left to be said. Returns false if the tap can't go on. */
static bool look(struct work *w)
{
	uint64_t faults = atomic_load(&w->lwip.faults);
	char text[RECORD_ERROR_BYTES];

	while (record_trouble(w->record, text))
		complain(w, text);
	if (faults != w->stack_faults) {
		w->stack_faults = faults;
		(void)snprintf(text, sizeof(text),
			       "lwIP has stopped itself and is started anew: %s",
			       atomic_load(&w->lwip.fault));
		complain(w, text);
	}
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		int broken = has_tap(w, i) ? atomic_load(&w->bridge[i].broken) : 0;

		if (broken == 0)
			continue;
		(void)snprintf(text, sizeof(text), "%s: the interface has gone: %s",
			       w->plan->tap[i], strerror(broken));
		w->rc = fail(w, text);
		return false;
	}
	return !(w->plan->json && ferror(stdout));
}

static bool link_is_up(struct work *w)
{
	sim_rt_status(w->rt, &w->now);
	return w->now.world[SIM_NS].state == IWC_STATE_UP &&
	       w->now.world[SIM_S].state == IWC_STATE_UP;
}

static int next_look_ms(const struct work *w, uint64_t until_ns)
{
	uint64_t now_ns = sim_rt_now_ns(w->rt), left_ns = until_ns > now_ns ? until_ns - now_ns : 0;
	int most_ms = w->ready ? LOOK_MS : LINK_LOOK_MS;

	return left_ns < (uint64_t)most_ms * 1000000 ? (int)(left_ns / 1000000) + 1 : most_ms;
}

static void loop(struct work *w)
{
	const struct work_plan *p = w->plan;
	uint64_t begin_ns = sim_rt_now_ns(w->rt), next_ns = begin_ns + p->interval_ns;
	uint64_t end_ns = p->duration_ns > 0 ? begin_ns + p->duration_ns : SIM_RT_NEVER;
	uint64_t now_ns = begin_ns;

	while (now_ns < end_ns && look(w)) {
		if (!w->ready && (link_is_up(w) || now_ns - begin_ns > LINK_WAIT_MS * 1000000ull)) {
			w->ready = true;
			keeper_ready(w->link);
		}
		if (!keeper_wait(w->link, next_look_ms(w, next_ns < end_ns ? next_ns : end_ns)))
			return;
		now_ns = sim_rt_now_ns(w->rt);
		if (now_ns < next_ns)
			continue;
		say_status(w);
		next_ns += p->interval_ns * (1 + (now_ns - next_ns) / p->interval_ns);
	}
}

/* ---- the end ---- */

static void say_unaccounted(struct work *w)
{
	char text[160];

	sim_rt_status(w->rt, &w->now);
	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		if (w->now.flow[i].unaccounted == 0)
			continue;
		(void)snprintf(text, sizeof(text),
			       "bug: %llu frames from %s are neither delivered, lost for a counted "
			       "cause, nor in flight",
			       (unsigned long long)w->now.flow[i].unaccounted,
			       i == SIM_NS ? "NS" : "S");
		w->rc = fail(w, text);
	}
}

/* What lwIP took and lost is behind the account of the channel. */
static void say_stack(const struct work *w, FILE *out)
{
	struct sim_stack_counters n;

	sim_stack_tap.counters(&n);
	if (has_tap(w, SIM_S) || n.frames_in_no_memory + n.malformed + n.checksum_errors == 0)
		return;
	fprintf(out,
		"lwIP       in this life: %llu frames without a buffer, %llu malformed, "
		"%llu wrong checksums\n",
		(unsigned long long)n.frames_in_no_memory, (unsigned long long)n.malformed,
		(unsigned long long)n.checksum_errors);
}

static void say_summary(struct work *w)
{
	const struct work_plan *p = w->plan;
	FILE *out = p->stdout_taken ? stderr : stdout;
	json_t *picture;

	if (w->shown)
		status_hide(stderr);
	w->shown = false;
	if (p->json) {
		say_status(w);
		return;
	}
	if (p->quiet)
		return;
	picture = status_take(w->status);
	if (picture)
		status_summary(picture, out);
	json_decref(picture);
	say_stack(w, out);
}

static void stop_control(struct work *w)
{
	control_stop(w->control);
	if (w->control)
		*w->plan->control_made = false;
	w->control = NULL;
}

static void finish(struct work *w)
{
	sim_rt_stop(w->rt);
	stop_control(w); /* or a client attaches to captures that have ended */
	if (record_stop(w->record) != 0)
		w->rc = CLI_FAILED;
	(void)look(w);
	say_summary(w);
	say_unaccounted(w);
}

static void close_all(struct work *w)
{
	stop_control(w);
	if (w->rt)
		sim_rt_destroy(w->rt);
	record_destroy(w->record);
	status_destroy(w->status);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		if (has_tap(w, i))
			tap_close(&w->tap[i]);
	pthread_mutex_destroy(&w->netlink);
}

/* A normal user enters the namespace of the second TAP by the process that stays in it. */
static int stay_in_secure(struct work *w)
{
	char err[NETNS_ERROR_BYTES];

	if (!w->plan->user || w->plan->netns[SIM_S] < 0 ||
	    netns_enter(w->plan->netns[SIM_S], err) == 0)
		return CLI_OK;
	return fail(w, err);
}

static int run(struct work *w, struct work_plan *settled)
{
	struct sim_rt_client clients[SIM_WORLDS];
	int rc = open_ends(w, settled, clients);

	if (rc == CLI_OK)
		rc = stay_in_secure(w);
	if (rc == CLI_OK)
		rc = make_record(w);
	if (rc == CLI_OK)
		rc = make_machine(w, clients);
	if (rc == CLI_OK)
		rc = make_status(w);
	if (rc != CLI_OK)
		return rc;
	if (!settled->quiet)
		tell_start(settled);
	rc = start(w);
	if (rc != CLI_OK)
		return rc;
	loop(w);
	finish(w);
	return w->rc;
}

int work_run(const struct work_plan *plan, struct keeper_link *link)
{
	struct work *w = calloc(1, sizeof(*w));
	struct work_plan settled = *plan;
	int rc;

	if (!w) {
		cli_error("tap: out of memory");
		return CLI_BUG;
	}
	w->plan = &settled;
	w->link = link;
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		w->tap[i] = (struct tap){.fd = -1, .netlink = -1};
	pthread_mutex_init(&w->netlink, NULL);
	rc = run(w, &settled);
	close_all(w);
	free(w);
	return rc;
}
