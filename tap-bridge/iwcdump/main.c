/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - iwcdump: the command line that Wireshark gives, as its extcap interface says. */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "iwcdump.h"
#include "version.h"

enum option_id {
	INTERFACES = 256,
	CONFIG,
	DLTS,
	CAPTURE,
	INTERFACE,
	FIFO,
	FILTER,
	SCENARIO,
	SCENARIO_FILE,
	SEED,
	SPEED,
	LOOP,
	CONTROL,
	IGNORED,
	HELP,
	VERSION,
};

static const struct option options[] = {
    {"extcap-interfaces", no_argument, NULL, INTERFACES},
    {"extcap-config", no_argument, NULL, CONFIG},
    {"extcap-dlts", no_argument, NULL, DLTS},
    {"capture", no_argument, NULL, CAPTURE},
    {"extcap-interface", required_argument, NULL, INTERFACE},
    {"fifo", required_argument, NULL, FIFO},
    {"extcap-capture-filter", required_argument, NULL, FILTER},
    {"scenario", required_argument, NULL, SCENARIO},
    {"file", required_argument, NULL, SCENARIO_FILE},
    {"seed", required_argument, NULL, SEED},
    {"speed", required_argument, NULL, SPEED},
    {"loop", no_argument, NULL, LOOP},
    {"control", required_argument, NULL, CONTROL},
    {"extcap-version", optional_argument, NULL, IGNORED},
    {"extcap-cleanup-postkill", no_argument, NULL, IGNORED},
    {"help", no_argument, NULL, HELP},
    {"version", no_argument, NULL, VERSION},
    {0},
};

static const char help[] =
    "usage: iwcdump --extcap-interfaces\n"
    "       iwcdump --extcap-interface=NAME --extcap-dlts | --extcap-config\n"
    "       iwcdump --extcap-interface=NAME --capture --fifo=FILE [OPTION]...\n"
    "\n"
    "Wireshark and tshark call it from their extcap folder; by hand it writes a capture:\n"
    "\n"
    "  --extcap-capture-filter BPF  only frames that match; events pass\n"
    "  --scenario NAME              of " DUMP_SIM ": name in the folder of scenarios, or file\n"
    "  --file FILE                  of " DUMP_SIM ": the same, and comes before it\n"
    "  --seed N                     of " DUMP_SIM ": default: the scenario's\n"
    "  --speed X                    of " DUMP_SIM ": virtual seconds in a real one, default 1; "
    "0: no limit\n"
    "  --loop                       of " DUMP_SIM ": again and again, with the next seed\n"
    "  --control NAME               of " DUMP_TAP ": name or socket of a running 'iwc tap'\n";

void dump_error(const char *format, ...)
{
	va_list ap;

	fputs("iwcdump: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

const char *dump_tap_name(const char *interface)
{
	size_t len = strlen(DUMP_TAP "-");

	return strncmp(interface, DUMP_TAP "-", len) == 0 && interface[len] ? interface + len
									    : NULL;
}

/* Or a plain file of this name. -1, and has said why unless it was a signal. */
static int open_fifo(const struct dump_args *args)
{
	int fd = open(args->fifo, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);

	if (fd < 0 && !cli_interrupted())
		dump_error("%s: %s", args->fifo, strerror(errno));
	return fd;
}

/* Scenarios of the same installation come before those of the folder that Wireshark runs in. */
static void find_scenarios(void)
{
	char path[SIM_PATH_MAX + 32];
	ssize_t len = readlink("/proc/self/exe", path, SIM_PATH_MAX - 1);
	struct stat st;
	char *end;

	if (len <= 0)
		return;
	path[len] = '\0';
	end = strstr(path, "/libexec/iwc/iwcdump");
	if (!end)
		return;
	snprintf(end, sizeof(path) - (size_t)(end - path), "/share/iwc/scenarios");
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		(void)setenv("IWC_SCENARIOS", path, 0);
}

static int parse(int argc, char **argv, struct dump_args *args, int *task)
{
	int id;

	opterr = 0;
	while ((id = getopt_long(argc, argv, "", options, NULL)) != -1) {
		const char **at = NULL;

		switch (id) {
		case INTERFACE:
			at = &args->interface;
			break;
		case FIFO:
			at = &args->fifo;
			break;
		case FILTER:
			at = &args->filter;
			break;
		case SCENARIO:
			at = &args->scenario;
			break;
		case SCENARIO_FILE:
			at = &args->file;
			break;
		case SEED:
			at = &args->seed;
			break;
		case SPEED:
			at = &args->speed;
			break;
		case CONTROL:
			at = &args->control;
			break;
		case LOOP:
			args->loop = true;
			break;
		case IGNORED:
			break;
		case '?':
			dump_error("%s: no such option, or its value is missing ('iwcdump --help')",
				   argv[optind - 1]);
			return CLI_USAGE;
		default:
			*task = id;
		}
		if (at)
			*at = optarg;
	}
	if (optind == argc)
		return CLI_OK;
	dump_error("%s: one word too many ('iwcdump --help')", argv[optind]);
	return CLI_USAGE;
}

static int capture(const struct dump_args *args)
{
	int fd;

	if (!args->fifo) {
		dump_error("--capture: --fifo is missing");
		return CLI_USAGE;
	}
	/* First of all, also if there will be nothing to write: who reads waits for that. */
	fd = open_fifo(args);
	if (fd < 0)
		return cli_interrupted() ? CLI_OK : CLI_FAILED;
	if (strcmp(args->interface, DUMP_SIM) == 0)
		return dump_sim(args, fd);
	return dump_tap(args, fd);
}

static int on_interface(const struct dump_args *args, int task)
{
	if (!args->interface) {
		dump_error("--extcap-interface is missing ('iwcdump --help')");
		return CLI_USAGE;
	}
	if (strcmp(args->interface, DUMP_SIM) != 0 && strcmp(args->interface, DUMP_TAP) != 0 &&
	    !dump_tap_name(args->interface)) {
		dump_error("%s: no such interface; there are " DUMP_SIM " and " DUMP_TAP,
			   args->interface);
		return CLI_USAGE;
	}
	switch (task) {
	case DLTS:
		return dump_dlts(args);
	case CONFIG:
		return dump_config(args);
	case CAPTURE:
		return capture(args);
	default:
		break;
	}
	if (args->filter)
		return dump_check_filter(args);
	dump_error("%s: nothing to do ('iwcdump --help')", args->interface);
	return CLI_USAGE;
}

static int run(int argc, char **argv)
{
	struct dump_args args = {0};
	int task = 0, rc = parse(argc, argv, &args, &task);

	if (rc != CLI_OK)
		return rc;
	find_scenarios();
	switch (task) {
	case HELP:
		fputs(help, stdout);
		return CLI_OK;
	case VERSION:
		puts("iwcdump " IWC_VERSION);
		return CLI_OK;
	case INTERFACES:
		return dump_interfaces();
	default:
		return on_interface(&args, task);
	}
}

int main(int argc, char **argv)
{
	int rc = cli_signals_init();

	if (rc == CLI_OK)
		rc = run(argc, argv);
	if (fflush(stdout) != 0 && rc == CLI_OK) {
		dump_error("standard output: %s", strerror(errno));
		rc = CLI_FAILED;
	}
	return rc;
}
