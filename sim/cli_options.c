/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_options.c - which commands and options exist, and reading argv.
 *
 * There is one table of options for all commands, so that an option may stand before the command
 * too. An option that the command does not know is refused after the command is known.
 */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

const struct cli_option cli_option_table[CLI_OPTIONS] = {
    [CLI_SEED] = {"seed", 's', "N", "seed, decimal or 0x; default: the scenario's, or 1"},
    [CLI_SEEDS] = {"seeds", 0, "A..B", "seeds from A to B, both included"},
    [CLI_OFF] = {"off", 0, NULL, "take the threat's countermeasure away"},
    [CLI_SET] = {"set", 0, "KEY=VALUE", "override a key of the scenario; may be repeated"},
    [CLI_DURATION] = {"duration", 0, "TIME", "length of the main phase, such as '5 ms'"},
    [CLI_REPLAY] = {"replay", 0, "CAPTURE",
		    "send the frames of a pcap or pcapng file to S as well"},
    [CLI_FILTER] = {"filter", 0, "BPF", "only frames that match"},
    [CLI_MUTE] = {"mute", 0, "LIST", "leave out firings of faults, such as 0:0-3,1:7"},
    [CLI_THREADS] = {"threads", 0, NULL, "two threads in real time instead of virtual time"},
    [CLI_KEEP_GOING] = {"keep-going", 0, NULL, "do not stop at the first violation"},
    [CLI_TRACE_ACCESSES] = {"trace-accesses", 0, NULL, "write every shared access to the trace"},
    [CLI_CONFORM] = {"conform", 0, NULL, "judge the trace by the specification, in SPIN"},
    [CLI_PCAPNG] = {"pcapng", 0, "FILE", "frames and events as one live stream; - for stdout"},
    [CLI_SPEED] = {"speed", 0, "X",
		   "of this stream: virtual seconds in a real one; default: no limit"},
    [CLI_TAP] = {"tap", 0, "NAME", "interface of the non-secure side; default iwc0"},
    [CLI_NETNS] = {"netns", 0, "NAME", "network namespace for it, made if it is missing"},
    [CLI_ADDR] = {"addr", 0, "A.B.C.D/LEN", "its address; default 10.77.0.1/24"},
    [CLI_PEER] = {"peer", 0, "A.B.C.D", "address of the secure side; default: the next one"},
    [CLI_SECURE] = {"secure", 0, "lwip|tap", "what the secure side is; default lwip"},
    [CLI_SECURE_TAP] = {"secure-tap", 0, "NAME", "its interface, if it is a TAP; default iwc1"},
    [CLI_SECURE_NETNS] = {"secure-netns", 0, "NAME", "network namespace for that; default iwc-s"},
    [CLI_CPUS] = {"cpus", 0, "apart|shared", "a thread for each world, or one for both"},
    [CLI_WRITE] = {"write", 'w', "FILE", "capture the Ethernet frames; - for stdout"},
    [CLI_EVENTS] = {"events", 0, "FILE", "capture the events"},
    [CLI_SNAPLEN] = {"snaplen", 0, "N", "bytes that are captured of a frame; default all"},
    [CLI_RING_BUFFER] = {"ring-buffer", 'b', "LIMIT",
			 "several files: filesize:KB, duration:S, files:N; may be repeated"},
    [CLI_INTERVAL] = {"interval", 0, "TIME", "from status to status; default 1 s"},
    [CLI_CONTROL] = {"control", 0, "PATH", "the socket by which the tap can be asked"},
    [CLI_STATUS] = {"status", 0, "TAP", "ask a tap that runs, by its name or socket"},
    [CLI_JOBS] = {"jobs", 'j', "N", "processes; default: one for each CPU"},
    [CLI_SHARD] = {"shard", 0, "I/N", "only the I-th of N equal parts of the seeds or checks"},
    [CLI_FAIL_FAST] = {"fail-fast", 0, NULL, "stop at the first seed that fails"},
    [CLI_MERGE] = {"merge", 0, NULL, "merge result files instead of running anything"},
    [CLI_RUNS] = {"runs", 0, "N", "at most so many runs; default 400"},
    [CLI_STEPS] = {"steps", 'n', "N", "how many steps to print; default 20"},
    [CLI_AROUND] = {"around", 0, NULL, "print steps after the failing one too"},
    [CLI_WALK] = {"walk", 0, "N", "N random walks instead of a search"},
    [CLI_CORE] = {"core", 0, "NAME", "a weakened core on both worlds ('iwc list cores')"},
    [CLI_CLAIM] = {"claim", 0, "NAME", "search for a claim about time, under weak fairness"},
    [CLI_DEPTH] = {"depth", 0, "N", "longest schedule in steps; default 1000000"},
    [CLI_MEMORY] = {"memory", 0, "MB", "end a search that needs more; default 4096"},
    [CLI_TIME] = {"time", 0, "S", "end a search that takes more seconds"},
    [CLI_FULL] = {"full", 0, NULL, "the large bounds too, which take hours"},
    [CLI_RESUME] = {"resume", 0, NULL, "keep results of the same sources"},
    [CLI_STRICT] = {"strict", 0, NULL, "a check that is skipped has failed"},
    [CLI_LIST] = {"list", 0, NULL, "list the checks, run none"},
    [CLI_REPORT] = {"report", 0, "FILE", "write the results that are there as a page, run nothing"},
    [CLI_OUT] = {"out", 'o', "PATH", "where to write results"},
    [CLI_FORCE] = {"force", 'f', NULL, "write into a folder or file that is not an earlier result"},
    [CLI_SCENARIOS] = {"scenarios", 0, "DIR", "folder of scenarios"},
    [CLI_JSON] = {"json", 0, NULL, "machine-readable result on stdout"},
    [CLI_QUIET] = {"quiet", 'q', NULL, "no progress, no hints"},
    [CLI_HELP] = {"help", 'h', NULL, "help on the command"},
    [CLI_VERSION] = {"version", 'V', NULL, "print the version"},
};

#define OUTPUT_OPTIONS (CLI_BIT(CLI_JSON) | CLI_BIT(CLI_QUIET))

const struct cli_command cli_command_table[] = {
    {"run", "SCENARIO", "run a scenario once",
     CLI_CASE_OPTIONS | OUTPUT_OPTIONS | CLI_BIT(CLI_SEED) | CLI_BIT(CLI_MUTE) |
	 CLI_BIT(CLI_THREADS) | CLI_BIT(CLI_KEEP_GOING) | CLI_BIT(CLI_TRACE_ACCESSES) |
	 CLI_BIT(CLI_CONFORM) | CLI_BIT(CLI_PCAPNG) | CLI_BIT(CLI_SPEED) | CLI_BIT(CLI_OUT) |
	 CLI_BIT(CLI_FORCE),
     1, 1, cli_run},
    {"sweep", "SCENARIO | --merge FILE...", "run a scenario with many seeds, or merge such results",
     CLI_CASE_OPTIONS | OUTPUT_OPTIONS | CLI_BIT(CLI_SEEDS) | CLI_BIT(CLI_JOBS) |
	 CLI_BIT(CLI_SHARD) | CLI_BIT(CLI_FAIL_FAST) | CLI_BIT(CLI_MERGE) | CLI_BIT(CLI_OUT) |
	 CLI_BIT(CLI_FORCE),
     1, -1, cli_sweep},
    {"replay", "DIR", "run a result again, compare the traces, show the failing steps",
     OUTPUT_OPTIONS | CLI_BIT(CLI_STEPS) | CLI_BIT(CLI_AROUND), 1, 1, cli_replay},
    {"shrink", "SCENARIO", "find the smallest case that fails in the same way",
     CLI_CASE_OPTIONS | OUTPUT_OPTIONS | CLI_BIT(CLI_SEED) | CLI_BIT(CLI_RUNS) | CLI_BIT(CLI_OUT) |
	 CLI_BIT(CLI_FORCE),
     1, 1, cli_shrink},
    {"report", "DIR", "write report.html of a result again", CLI_BIT(CLI_QUIET), 1, 1, cli_report},
    {"list", "[KIND]", "list scenarios, threats, properties, faults, cores or weaknesses",
     CLI_BIT(CLI_JSON) | CLI_BIT(CLI_SCENARIOS), 0, 1, cli_list},
    {"explain", "[TOPIC]", "explain a property, threat, fault, detector or error",
     CLI_BIT(CLI_JSON), 0, 1, cli_explain},
    {"demo", "", "run every threat on and off, and the demonstrations",
     OUTPUT_OPTIONS | CLI_BIT(CLI_SCENARIOS) | CLI_BIT(CLI_OUT) | CLI_BIT(CLI_FORCE) |
	 CLI_BIT(CLI_JOBS),
     0, 0, cli_demo},
    {"explore", "CLIENT", "search every schedule of the real core for a small client",
     OUTPUT_OPTIONS | CLI_BIT(CLI_WALK) | CLI_BIT(CLI_SEED) | CLI_BIT(CLI_CORE) |
	 CLI_BIT(CLI_CLAIM) | CLI_BIT(CLI_DEPTH) | CLI_BIT(CLI_MEMORY) | CLI_BIT(CLI_TIME) |
	 CLI_BIT(CLI_OUT) | CLI_BIT(CLI_FORCE),
     1, 1, cli_explore},
    {"check", "[PROPERTY | CHECK]...", "run the table of searches, proofs and other checks",
     OUTPUT_OPTIONS | CLI_BIT(CLI_FULL) | CLI_BIT(CLI_JOBS) | CLI_BIT(CLI_SHARD) |
	 CLI_BIT(CLI_RESUME) | CLI_BIT(CLI_STRICT) | CLI_BIT(CLI_LIST) | CLI_BIT(CLI_REPORT) |
	 CLI_BIT(CLI_OUT) | CLI_BIT(CLI_FORCE),
     0, -1, cli_check},
    {"tap", "SCENARIO [-- COMMAND...]", "real programs on the channel, through a TAP interface",
     OUTPUT_OPTIONS | CLI_BIT(CLI_SET) | CLI_BIT(CLI_DURATION) | CLI_BIT(CLI_SCENARIOS) |
	 CLI_BIT(CLI_SEED) | CLI_BIT(CLI_FILTER) | CLI_BIT(CLI_TAP) | CLI_BIT(CLI_NETNS) |
	 CLI_BIT(CLI_ADDR) | CLI_BIT(CLI_PEER) | CLI_BIT(CLI_SECURE) | CLI_BIT(CLI_SECURE_TAP) |
	 CLI_BIT(CLI_SECURE_NETNS) | CLI_BIT(CLI_CPUS) | CLI_BIT(CLI_WRITE) | CLI_BIT(CLI_EVENTS) |
	 CLI_BIT(CLI_SNAPLEN) | CLI_BIT(CLI_RING_BUFFER) | CLI_BIT(CLI_INTERVAL) |
	 CLI_BIT(CLI_CONTROL) | CLI_BIT(CLI_STATUS),
     0, -1, cli_tap},
    {"version", "", "print the version", 0, 0, 0, cli_version},
    {"help", "[COMMAND]", "this list, or help on a command", 0, 0, 1, cli_help},
};

const unsigned cli_command_count = sizeof(cli_command_table) / sizeof(cli_command_table[0]);

const struct cli_command *cli_command_find(const char *name)
{
	for (unsigned i = 0; i < cli_command_count; i++)
		if (strcmp(cli_command_table[i].name, name) == 0)
			return &cli_command_table[i];
	return NULL;
}

static const char *command_next(const void *ctx, unsigned i)
{
	(void)ctx;
	return i < cli_command_count ? cli_command_table[i].name : NULL;
}

/* Only what the command takes is worth suggesting; without a command, everything. */
static const char *option_next(const void *ctx, unsigned i)
{
	uint64_t allowed = *(const uint64_t *)ctx;

	for (unsigned id = 0; id < CLI_OPTIONS; id++)
		if ((allowed & CLI_BIT(id)) != 0 && i-- == 0)
			return cli_option_table[id].name;
	return NULL;
}

static uint64_t allowed_options(const struct cli_command *command)
{
	if (!command)
		return CLI_BIT(CLI_OPTIONS) - 1;
	return command->options | CLI_BIT(CLI_HELP) | CLI_BIT(CLI_VERSION);
}

static void suggest(const char *near, const char *dashes)
{
	if (near)
		fprintf(stderr, ", did you mean %s%s?", dashes, near);
	fputc('\n', stderr);
}

static int refuse_option(const struct cli_command *command, const char *word)
{
	uint64_t allowed = allowed_options(command);
	int len = (int)strcspn(word, "=");
	char name[64];

	snprintf(name, sizeof(name), "%.*s", len, word);
	fprintf(stderr, "iwc: %s%sunknown option %.*s", command ? command->name : "",
		command ? ": " : "", len, word);
	suggest(cli_nearest(name + strspn(name, "-"), option_next, &allowed), "--");
	return CLI_USAGE;
}

/* argv's first word that is neither an option nor an option's value; NULL if there is none. */
static const struct cli_command *guess_command(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		const struct cli_command *command = cli_command_find(argv[i]);

		if (command)
			return command;
	}
	return NULL;
}

static void build_getopt(struct option *longs, char *letters)
{
	*letters++ = ':';
	for (int id = 0; id < CLI_OPTIONS; id++) {
		const struct cli_option *o = &cli_option_table[id];

		longs[id] = (struct option){o->name, o->value ? required_argument : no_argument,
					    NULL, 256 + id};
		if (o->letter == 0)
			continue;
		*letters++ = o->letter;
		if (o->value)
			*letters++ = ':';
	}
	longs[CLI_OPTIONS] = (struct option){0};
	*letters = '\0';
}

static int option_id(int found)
{
	for (int id = 0; id < CLI_OPTIONS; id++)
		if (found == 256 + id || (cli_option_table[id].letter == found))
			return id;
	return -1;
}

static int refuse_getopt(int found, int argc, char **argv)
{
	const struct cli_command *command = guess_command(argc, argv);
	const char *word = argv[optind - 1];
	char letter[3] = {'-', (char)optopt, '\0'};

	if (found == ':') {
		cli_error("%s needs a value", word);
		return CLI_USAGE;
	}
	if (optopt >= 256) {
		cli_error("%.*s takes no value", (int)strcspn(word, "="), word);
		return CLI_USAGE;
	}
	return refuse_option(command, optopt != 0 ? letter : word);
}

/* getopt_long also takes a beginning of a name. It is refused: it may mean something else later. */
static bool is_abbreviated(int id, const char *word)
{
	size_t len = strlen(cli_option_table[id].name);

	return strncmp(word + 2, cli_option_table[id].name, len) != 0;
}

static int parse_options(int argc, char **argv, struct cli_args *args)
{
	struct option longs[CLI_OPTIONS + 1];
	char letters[3 * CLI_OPTIONS + 2];
	int found;

	build_getopt(longs, letters);
	opterr = 0;
	optind = 0; /* glibc's way to start anew */
	while ((found = getopt_long(argc, argv, letters, longs, NULL)) != -1) {
		int id = option_id(found);
		const char *word = argv[optind - 1];

		if (id < 0)
			return refuse_getopt(found, argc, argv);
		if (found >= 256 && word == optarg)
			word = argv[optind - 2];
		if (found >= 256 && is_abbreviated(id, word))
			return refuse_option(guess_command(argc, argv), word);
		args->given |= CLI_BIT(id);
		args->value[id] = optarg;
		if (id == CLI_SET)
			args->set[args->set_count++] = optarg;
		if (id == CLI_RING_BUFFER)
			args->ring[args->ring_count++] = optarg;
	}
	args->operand = argv + optind;
	args->operand_count = argc - optind;
	return CLI_OK;
}

static int check_options(const struct cli_args *args)
{
	uint64_t wrong = args->given & ~allowed_options(args->command);

	for (int id = 0; id < CLI_OPTIONS; id++) {
		if ((wrong & CLI_BIT(id)) == 0)
			continue;
		cli_error("%s takes no --%s ('iwc help %s')", args->command->name,
			  cli_option_table[id].name, args->command->name);
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int check_operands(const struct cli_args *args)
{
	const struct cli_command *c = args->command;

	if (args->operand_count < c->operand_min) {
		cli_error("%s: %s is missing", c->name, c->operands);
		return CLI_USAGE;
	}
	if (c->operand_max >= 0 && args->operand_count > c->operand_max) {
		cli_error("%s: '%s' is one word too many; it takes %s", c->name,
			  args->operand[c->operand_max], *c->operands ? c->operands : "none");
		return CLI_USAGE;
	}
	return CLI_OK;
}

static int find_command(struct cli_args *args)
{
	if (args->operand_count == 0) {
		cli_error("a command is missing ('iwc help' lists them)");
		return CLI_USAGE;
	}
	args->command = cli_command_find(args->operand[0]);
	if (!args->command) {
		fprintf(stderr, "iwc: no command '%s'", args->operand[0]);
		suggest(cli_nearest(args->operand[0], command_next, NULL), "");
		return CLI_USAGE;
	}
	args->operand++;
	args->operand_count--;
	return CLI_OK;
}

static int dispatch(int argc, char **argv, struct cli_args *args)
{
	int rc = parse_options(argc, argv, args);

	if (rc != CLI_OK)
		return rc;
	if (args->operand_count == 0 && cli_given(args, CLI_VERSION))
		return cli_version(args);
	if (args->operand_count == 0 && cli_given(args, CLI_HELP))
		return cli_help_about(NULL);
	rc = find_command(args);
	if (rc == CLI_OK)
		rc = check_options(args);
	if (rc != CLI_OK)
		return rc;
	if (cli_given(args, CLI_VERSION))
		return cli_version(args);
	if (cli_given(args, CLI_HELP))
		return cli_help_about(args->command);
	rc = check_operands(args);
	return rc == CLI_OK ? args->command->run(args) : rc;
}

/* A file opened later must not become stdin, stdout or stderr of a caller that closed them. */
static void occupy_standard_files(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) < 0)
			_exit(CLI_BUG);
}

static bool reader_has_gone(void)
{
	struct pollfd out = {.fd = STDOUT_FILENO};

	return poll(&out, 1, 0) == 1 && (out.revents & POLLERR) != 0;
}

/* Why a write failed earlier. The output is spoilt already: one byte more asks again. */
static int write_cause(void)
{
	return write(STDOUT_FILENO, "\n", 1) < 0 ? errno : EIO;
}

/* A reader that has gone (head) has seen enough; a full disk must not look like success. */
static int finish_stdout(int rc)
{
	bool flushed = fflush(stdout) == 0;
	int cause = flushed ? 0 : errno;

	if ((flushed && !ferror(stdout)) || reader_has_gone())
		return rc;
	cli_error("standard output: %s", strerror(cause ? cause : write_cause()));
	return rc == CLI_OK ? CLI_FAILED : rc;
}

int cli_main(int argc, char **argv)
{
	struct cli_args args = {0};
	int rc;

	occupy_standard_files();
	rc = cli_signals_init();
	if (rc != CLI_OK)
		return rc;
	args.set = calloc((size_t)argc + 1, sizeof(*args.set));
	args.ring = calloc((size_t)argc + 1, sizeof(*args.ring));
	if (args.set && args.ring) {
		rc = dispatch(argc, argv, &args);
	} else {
		cli_error("out of memory");
		rc = CLI_BUG;
	}
	free(args.set);
	free(args.ring);
	return finish_stdout(rc);
}
