/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_tap.c - iwc tap: the options, where the interfaces go, and which processes there are.
 *
 * What can be decided alone is decided here, in one thread: then a parent keeps watch over the
 * worker (keeper.h) that does the rest (work.h).
 */
#include <errno.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cli.h"
#include "bridge.h"
#include "scenario_schema.h"
#include "status.h"
#include "work.h"

#define INTERVAL_MIN_NS UINT64_C(10000000)
#define INTERVAL_MAX_NS UINT64_C(3600000000000)
#define SNAPLEN_MAX 262144u

struct tap_command {
	const struct cli_args *args;
	struct cli_case c;
	struct work_plan plan;
	struct netns made[SIM_WORLDS];
	char **command; /* NULL: none */
};

static const char *given(const struct cli_args *args, enum cli_option_id id, const char *otherwise)
{
	return cli_given(args, id) ? args->value[id] : otherwise;
}

static int wrong(enum cli_option_id id, const char *why)
{
	cli_error("tap: --%s: %s", cli_option_table[id].name, why);
	return CLI_USAGE;
}

static int failed(const char *why)
{
	cli_error("tap: %s", why);
	return CLI_FAILED;
}

/* ---- options ---- */

/* One of two words; *second says which. */
static int parse_choice(const struct cli_args *args, enum cli_option_id id, const char *first,
			const char *other, bool *second)
{
	const char *text = given(args, id, first);
	char why[128];

	*second = strcmp(text, other) == 0;
	if (*second || strcmp(text, first) == 0)
		return CLI_OK;
	(void)snprintf(why, sizeof(why), "'%.40s': it is %s or %s", text, first, other);
	return wrong(id, why);
}

static int parse_time(const struct cli_args *args, enum cli_option_id id, uint64_t min_ns,
		      uint64_t max_ns, uint64_t *ns)
{
	struct scenario_note note;
	char why[128], low[32], high[32];

	if (!cli_given(args, id))
		return CLI_OK;
	if (!scenario_time_parse(args->value[id], ns, &note))
		return wrong(id, note.text);
	if (*ns >= min_ns && *ns <= max_ns)
		return CLI_OK;
	(void)snprintf(why, sizeof(why), "%.40s is outside its range: %s to %s", args->value[id],
		       cli_time(min_ns, low, sizeof(low)), cli_time(max_ns, high, sizeof(high)));
	return wrong(id, why);
}

static int parse_names(const struct cli_args *args, struct work_plan *p)
{
	static const enum cli_option_id tap[] = {CLI_TAP, CLI_SECURE_TAP};
	static const enum cli_option_id netns[] = {CLI_NETNS, CLI_SECURE_NETNS};
	static const char *const name[] = {"iwc0", "iwc1"};
	char err[TAP_ERROR_BYTES];

	for (unsigned i = 0; i < SIM_WORLDS; i++) {
		p->tap[i] = given(args, tap[i], name[i]);
		p->netns_name[i] = given(args, netns[i], NULL);
		if (!tap_name_check(p->tap[i], err))
			return wrong(tap[i], err);
		if (p->netns_name[i] && !netns_name_check(p->netns_name[i], err))
			return wrong(netns[i], err);
		if (i == SIM_S && !p->secure_tap &&
		    (cli_given(args, tap[i]) || cli_given(args, netns[i])))
			return wrong(cli_given(args, tap[i]) ? tap[i] : netns[i],
				     "it goes with --secure tap");
	}
	return CLI_OK;
}

static int parse_addresses(const struct cli_args *args, struct work_plan *p)
{
	struct netlink_address *own = &p->address[SIM_NS];
	char err[TAP_ERROR_BYTES];

	p->address_given = cli_given(args, CLI_ADDR);
	p->peer = given(args, CLI_PEER, NULL);
	if (!tap_address_parse(given(args, CLI_ADDR, "10.77.0.1/24"), own, err))
		return wrong(CLI_ADDR, err);
	tap_peer_default(own, &p->address[SIM_S]);
	/* The network of an interface that is there already is known only later (work.c). */
	if (!p->peer ||
	    (!p->address_given && (p->netns_name[SIM_NS] || if_nametoindex(p->tap[SIM_NS]) != 0)))
		return CLI_OK;
	return tap_peer_parse(p->peer, own, &p->address[SIM_S], err) ? CLI_OK
								     : wrong(CLI_PEER, err);
}

static int parse_captures(const struct cli_args *args, struct work_plan *p)
{
	struct rotate_limits *rotate = &p->frames_sink.rotate;
	uint64_t snaplen = 0;
	char err[RECORD_ERROR_BYTES];
	int rc = cli_option_u64(args, CLI_SNAPLEN, 14, SNAPLEN_MAX, &snaplen);

	p->write = given(args, CLI_WRITE, NULL);
	p->events = given(args, CLI_EVENTS, NULL);
	p->events_sink.what = RECORD_EVENTS;
	p->frames_sink.what = RECORD_FRAMES;
	p->frames_sink.filter = given(args, CLI_FILTER, NULL);
	p->frames_sink.snaplen_bytes = (uint32_t)snaplen;
	if (rc != CLI_OK)
		return rc;
	for (unsigned i = 0; i < args->ring_count; i++)
		if (!rotate_parse(rotate, args->ring[i], err, sizeof(err)))
			return wrong(CLI_RING_BUFFER, err);
	if (!rotate_check(rotate, err, sizeof(err)))
		return wrong(CLI_RING_BUFFER, err);
	for (enum cli_option_id id = 0; id < CLI_OPTIONS; id++)
		if (!p->write && cli_given(args, id) &&
		    (id == CLI_FILTER || id == CLI_SNAPLEN || id == CLI_RING_BUFFER))
			return wrong(id, "it goes with --write");
	if (p->write && p->events && strcmp(p->write, p->events) == 0)
		return wrong(CLI_EVENTS, "frames and events need a file each");
	return CLI_OK;
}

static bool is_stdout(const char *path)
{
	return path && strcmp(path, "-") == 0;
}

/* Standard output is for one thing. */
static int check_stdout(struct tap_command *t)
{
	struct work_plan *p = &t->plan;
	bool capture = is_stdout(p->write) || is_stdout(p->events);

	p->command = t->command != NULL;
	p->stdout_taken = capture || p->command;
	if (capture && p->json)
		return wrong(CLI_JSON, "standard output is taken by the capture");
	if (p->command && p->json)
		return wrong(CLI_JSON, "standard output belongs to the COMMAND");
	if (p->command && capture)
		return wrong(is_stdout(p->write) ? CLI_WRITE : CLI_EVENTS,
			     "standard output belongs to the COMMAND");
	return CLI_OK;
}

static int parse(struct tap_command *t)
{
	const struct cli_args *args = t->args;
	struct work_plan *p = &t->plan;
	bool shared = false;
	char err[CONTROL_ERROR_BYTES];
	int rc = parse_choice(args, CLI_SECURE, "lwip", "tap", &p->secure_tap);

	if (rc == CLI_OK)
		rc = parse_choice(args, CLI_CPUS, "apart", "shared", &shared);
	p->cpus = shared ? SIM_RT_SHARED : SIM_RT_APART;
	if (rc == CLI_OK)
		rc = parse_names(args, p);
	if (rc == CLI_OK)
		rc = parse_addresses(args, p);
	if (rc == CLI_OK)
		rc = parse_captures(args, p);
	p->interval_ns = 1000000000;
	p->status_lines = cli_given(args, CLI_INTERVAL);
	if (rc == CLI_OK)
		rc = parse_time(args, CLI_INTERVAL, INTERVAL_MIN_NS, INTERVAL_MAX_NS,
				&p->interval_ns);
	p->json = cli_given(args, CLI_JSON);
	p->quiet = cli_given(args, CLI_QUIET);
	if (args->operand_count > 1)
		t->command = args->operand + 1;
	if (rc == CLI_OK)
		rc = check_stdout(t);
	if (rc != CLI_OK)
		return rc;
	if (!cli_given(args, CLI_CONTROL))
		return control_path(p->tap[SIM_NS], p->control, err) ? CLI_OK
								     : wrong(CLI_CONTROL, err);
	if (strlen(args->value[CLI_CONTROL]) >= sizeof(p->control) || !*args->value[CLI_CONTROL])
		return wrong(CLI_CONTROL, "the path of a socket has 1 to 107 bytes");
	(void)snprintf(p->control, sizeof(p->control), "%s", args->value[CLI_CONTROL]);
	return CLI_OK;
}

/* ---- the scenario ---- */

static int load_scenario(struct tap_command *t)
{
	struct cli_args args = *t->args;
	struct work_plan *p = &t->plan;
	char err[512];
	int rc;

	/* Here it is that of the capture. */
	args.given &= ~CLI_BIT(CLI_FILTER);
	rc = cli_case_load(&args, args.operand[0], &t->c);
	if (rc != CLI_OK)
		return rc;
	p->sc = &t->c.sc;
	p->seed = t->c.seed;
	if (cli_given(&args, CLI_DURATION))
		p->duration_ns = t->c.sc.duration_ns;
	else
		t->c.sc.duration_ns = UINT64_MAX / 2; /* faults have no end */
	p->mtu = bridge_mtu(&p->sc->channel);
	if (p->mtu == 0) {
		cli_error("%s: the last class carries frames of %u bytes, IPv4 needs %u", t->c.file,
			  p->sc->channel.cls[p->sc->channel.class_count - 1].frame_max_bytes,
			  TAP_HEADER_BYTES + TAP_MTU_MIN);
		return CLI_USAGE;
	}
	if (!sim_rt_possible(p->sc, err, sizeof(err))) {
		cli_error("%s: %s", t->c.file, err);
		return CLI_USAGE;
	}
	return CLI_OK;
}

/* ---- where the interfaces go ---- */

static bool may_administer_network(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {{0}};

	return syscall(SYS_capget, &head, data) == 0 &&
	       (data[CAP_TO_INDEX(CAP_NET_ADMIN)].effective & CAP_TO_MASK(CAP_NET_ADMIN)) != 0;
}

static int open_named(struct tap_command *t, enum sim_world_id id)
{
	struct work_plan *p = &t->plan;
	char err[NETNS_ERROR_BYTES];

	if (!p->netns_name[id])
		return CLI_OK;
	p->netns[id] = netns_open(p->netns_name[id], &t->made[id], err);
	return p->netns[id] >= 0 ? CLI_OK : failed(err);
}

static int unshare_user(struct tap_command *t)
{
	struct work_plan *p = &t->plan;
	char err[NETNS_ERROR_BYTES];

	for (unsigned i = 0; i < SIM_WORLDS; i++)
		if (p->netns_name[i])
			return wrong(i == SIM_NS ? CLI_NETNS : CLI_SECURE_NETNS,
				     "a named namespace needs root; without it you get one of "
				     "your own");
	if (netns_unshare_user(err) != 0)
		return failed(err);
	p->user = true;
	p->netns[SIM_S] = p->secure_tap ? netns_make(err) : -1;
	return p->secure_tap && p->netns[SIM_S] < 0 ? failed(err) : CLI_OK;
}

static int choose_place(struct tap_command *t)
{
	struct work_plan *p = &t->plan;
	int rc;

	p->netns[SIM_NS] = -1;
	p->netns[SIM_S] = -1;
	if (!may_administer_network()) {
		/* A TAP that an administrator made for this user needs no rights. */
		if (!p->netns_name[SIM_NS] && if_nametoindex(p->tap[SIM_NS]) != 0)
			return CLI_OK;
		return unshare_user(t);
	}
	if (p->secure_tap && !p->netns_name[SIM_S])
		p->netns_name[SIM_S] = "iwc-s";
	if (p->netns_name[SIM_NS] && p->netns_name[SIM_S] &&
	    strcmp(p->netns_name[SIM_NS], p->netns_name[SIM_S]) == 0)
		return wrong(CLI_SECURE_NETNS, "the two sides need a namespace each");
	rc = open_named(t, SIM_NS);
	return rc == CLI_OK ? open_named(t, SIM_S) : rc;
}

/* ---- processes ---- */

static int work(void *ctx, struct keeper_link *link)
{
	const struct tap_command *t = ctx;

	return work_run(&t->plan, link);
}

/* What a worker that was killed has left. The folder goes too if we chose it and it is empty. */
static void remove_socket(struct tap_command *t)
{
	char *path = t->plan.control, *end = strrchr(path, '/');

	(void)unlink(path);
	if (cli_given(t->args, CLI_CONTROL) || !end)
		return;
	*end = '\0';
	(void)rmdir(path);
	*end = '/';
}

static void clean(void *ctx)
{
	struct tap_command *t = ctx;

	if (*t->plan.control_made)
		remove_socket(t);
	*t->plan.control_made = false;
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		netns_remove(&t->made[i]);
}

static int run(struct tap_command *t)
{
	struct keeper keeper = {.ctx = t,
				.work = work,
				.clean = clean,
				.command = t->command,
				.command_netns = t->plan.netns[SIM_NS]};
	struct keeper_end end;

	if (keeper_run(&keeper, &end) != 0)
		return failed(strerror(errno));
	if (end.worker_signal != 0) {
		cli_error("tap: the process that does the work was ended by signal %d (%s)",
			  end.worker_signal, strsignal(end.worker_signal));
		return end.worker_signal == SIGKILL ? CLI_FAILED : CLI_BUG;
	}
	if (end.worker != CLI_OK)
		return end.worker;
	return t->command && end.command >= 0 ? end.command : CLI_OK;
}

static int prepare_and_run(struct tap_command *t)
{
	int rc = parse(t);

	if (rc == CLI_OK)
		rc = load_scenario(t);
	if (rc != CLI_OK)
		return rc;
	t->plan.control_made =
	    mmap(NULL, sizeof(bool), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (t->plan.control_made == MAP_FAILED)
		return failed(strerror(errno));
	rc = choose_place(t);
	if (rc == CLI_OK)
		rc = run(t);
	clean(t);
	for (unsigned i = 0; i < SIM_WORLDS; i++)
		if (t->plan.netns[i] >= 0)
			(void)close(t->plan.netns[i]);
	return rc;
}

/* ---- iwc tap --status ---- */

static void print_picture(const struct cli_args *args, const json_t *picture, bool watching)
{
	char line[STATUS_LINE_MAX];

	if (cli_given(args, CLI_JSON)) {
		(void)json_dumpf(picture, stdout, STATUS_JSON);
		(void)fputc('\n', stdout);
	} else if (!watching) {
		status_summary(picture, stdout);
	} else if (isatty(STDOUT_FILENO)) {
		status_show(picture, stdout);
	} else {
		status_line(picture, line, sizeof(line), STATUS_LINE_MAX);
		puts(line);
	}
	(void)fflush(stdout);
}

static int ask_status(const struct cli_args *args)
{
	bool watching = cli_given(args, CLI_INTERVAL);
	uint64_t interval_ns = 0;
	char request[32] = "status", err[CONTROL_ERROR_BYTES] = "";
	json_t *picture;
	FILE *in;
	int fd, rc = parse_time(args, CLI_INTERVAL, INTERVAL_MIN_NS, INTERVAL_MAX_NS, &interval_ns);

	if (rc != CLI_OK)
		return rc;
	if (args->operand_count > 0)
		return wrong(CLI_STATUS, "it asks a tap that runs, and takes no SCENARIO");
	if (watching)
		(void)snprintf(request, sizeof(request), "watch %llu",
			       (unsigned long long)(interval_ns / 1000000));
	fd = control_open(args->value[CLI_STATUS], request, err);
	if (fd < 0)
		return failed(err);
	in = fdopen(fd, "r");
	if (!in) {
		(void)close(fd);
		return failed(strerror(errno));
	}
	while (!ferror(stdout) && (picture = control_read(in, err)) != NULL) {
		print_picture(args, picture, watching);
		json_decref(picture);
	}
	(void)fclose(in);
	if (watching && isatty(STDOUT_FILENO) && !cli_given(args, CLI_JSON))
		putchar('\n');
	return *err && !cli_interrupted() ? failed(err) : CLI_OK;
}

int cli_tap(const struct cli_args *args)
{
	struct tap_command *t;
	int rc;

	if (cli_given(args, CLI_STATUS))
		return ask_status(args);
	if (args->operand_count == 0) {
		cli_error("tap: SCENARIO is missing");
		return CLI_USAGE;
	}
	t = calloc(1, sizeof(*t));
	if (!t) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	t->args = args;
	rc = prepare_and_run(t);
	cli_case_free(&t->c);
	free(t);
	return rc;
}
