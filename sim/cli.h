/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli.h - what the commands of the program iwc share.
 *
 * A command returns an exit code of enum cli_exit. Results go to stdout, everything else to stderr.
 * Nothing printed to stdout depends on the wall clock, the number of processes or the terminal,
 * colour apart, and the cost of a search, which is what explore and check say of it.
 */
#ifndef SIM_CLI_H
#define SIM_CLI_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "scenario.h"
#include "sim.h"

enum cli_exit {
	CLI_OK = 0,	     /* all as expected */
	CLI_FAILED = 1,	     /* a property violated, an expectation not met, a file not written */
	CLI_USAGE = 2,	     /* wrong use or a wrong scenario */
	CLI_BUG = 70,	     /* a bug of iwc itself */
	CLI_UNDECIDED = 125, /* interrupted, nothing was checked, a tool is missing */
};

/* The order is that of the help texts. */
enum cli_option_id {
	CLI_SEED,
	CLI_SEEDS,
	CLI_OFF,
	CLI_SET,
	CLI_DURATION,
	CLI_REPLAY,
	CLI_FILTER,
	CLI_MUTE,
	CLI_THREADS,
	CLI_KEEP_GOING,
	CLI_TRACE_ACCESSES,
	CLI_CONFORM,
	CLI_PCAPNG,
	CLI_SPEED,
	CLI_TAP,
	CLI_NETNS,
	CLI_ADDR,
	CLI_PEER,
	CLI_SECURE,
	CLI_SECURE_TAP,
	CLI_SECURE_NETNS,
	CLI_CPUS,
	CLI_WRITE,
	CLI_EVENTS,
	CLI_SNAPLEN,
	CLI_RING_BUFFER,
	CLI_INTERVAL,
	CLI_CONTROL,
	CLI_STATUS,
	CLI_JOBS,
	CLI_SHARD,
	CLI_FAIL_FAST,
	CLI_MERGE,
	CLI_RUNS,
	CLI_STEPS,
	CLI_AROUND,
	CLI_WALK,
	CLI_CORE,
	CLI_CLAIM,
	CLI_DEPTH,
	CLI_MEMORY,
	CLI_TIME,
	CLI_FULL,
	CLI_RESUME,
	CLI_STRICT,
	CLI_LIST,
	CLI_REPORT,
	CLI_OUT,
	CLI_FORCE,
	CLI_SCENARIOS,
	CLI_JSON,
	CLI_QUIET,
	CLI_HELP,
	CLI_VERSION,
	CLI_OPTIONS,
};

#define CLI_BIT(id) (UINT64_C(1) << (id))

struct cli_option {
	const char *name;
	char letter;	   /* 0: none */
	const char *value; /* what the help calls the value; NULL: takes none */
	const char *help;
};

struct cli_args;

struct cli_command {
	const char *name;
	const char *operands; /* as the help shows them */
	const char *help;
	uint64_t options; /* CLI_BIT()s; help and version are allowed everywhere */
	int operand_min, operand_max;
	int (*run)(const struct cli_args *args);
};

struct cli_args {
	const struct cli_command *command;
	uint64_t given;			/* CLI_BIT()s */
	const char *value[CLI_OPTIONS]; /* of the options that take one; the last one counts */
	const char **set;		/* every --set, in order */
	unsigned set_count;
	const char **ring; /* every --ring-buffer, in order */
	unsigned ring_count;
	char **operand;
	int operand_count;
};

/* --- cli_options.c: what exists, and reading argv --- */

extern const struct cli_option cli_option_table[CLI_OPTIONS];
extern const struct cli_command cli_command_table[];
extern const unsigned cli_command_count;

/* Run the program: parse, dispatch, check that stdout took everything. Returns the exit code. */
int cli_main(int argc, char **argv);

const struct cli_command *cli_command_find(const char *name);

/* Help on a command; NULL: the list of commands. */
int cli_help_about(const struct cli_command *command);

static inline bool cli_given(const struct cli_args *args, enum cli_option_id id)
{
	return (args->given & CLI_BIT(id)) != 0;
}

/* --- commands --- */

int cli_run(const struct cli_args *args);
int cli_sweep(const struct cli_args *args);
int cli_replay(const struct cli_args *args);
int cli_shrink(const struct cli_args *args);
int cli_report(const struct cli_args *args);
int cli_list(const struct cli_args *args);
int cli_explain(const struct cli_args *args);
int cli_demo(const struct cli_args *args);
int cli_explore(const struct cli_args *args);
int cli_tap(const struct cli_args *args); /* tap-bridge/cli_tap.c */
int cli_check(const struct cli_args *args);
int cli_help(const struct cli_args *args);
int cli_version(const struct cli_args *args);

/* --- cli_common.c: messages, numbers, names --- */

/* "iwc: ..." and a newline on stderr. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * The candidate nearest to word, or NULL if none is near enough to be meant. next(ctx, i) gives the
 * i-th candidate, NULL at the end.
 */
const char *cli_nearest(const char *word, const char *(*next)(const void *ctx, unsigned i),
			const void *ctx);

/* Decimal or 0x, nothing before or after it. False: no number, or above UINT64_MAX. */
bool cli_parse_u64(const char *text, uint64_t *value);

/* Value of option id within [min, max]. CLI_OK, or CLI_USAGE with a message that names the range.
 */
int cli_option_u64(const struct cli_args *args, enum cli_option_id id, uint64_t min, uint64_t max,
		   uint64_t *value);

/* A time with a unit that suits it, exact: "1.5 ms". */
const char *cli_time(uint64_t ns, char *buf, size_t size);

/* word as a shell would need it; quotes only if needed. Returns malloc'd text, NULL: no memory. */
char *cli_quote(const char *word);

/* Append formatted text to the malloc'd *text (NULL: empty). False: no memory; *text is freed. */
bool cli_append(char **text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "P1 P3" of a property mask; "none" of 0. */
const char *cli_properties(uint32_t mask, char *buf, size_t size);

/* Print JSON to stdout, indented, with a newline, and drop the reference. Returns an exit code. */
int cli_print_json(json_t *json);

/* --- cli_terminal.c: signals, colour, progress --- */

/* Shared with every process forked later. Non-zero: end early. */
extern volatile sig_atomic_t *cli_stop;

/* SIGINT and SIGTERM set *cli_stop, a second one ends the program; SIGPIPE, SIGXFSZ are ignored. */
int cli_signals_init(void);
bool cli_interrupted(void);

enum cli_colour {
	CLI_PLAIN,
	CLI_GOOD,
	CLI_BAD,
	CLI_DOUBT,
	CLI_BOLD,
};

/* Escape sequences for stdout; empty strings if it is no terminal or NO_COLOR is set. */
const char *cli_colour(enum cli_colour colour);
enum cli_colour cli_verdict_colour(enum sim_verdict verdict);

/* Progress on stderr: shown only on a terminal, and only after half a second. */
struct cli_progress {
	const char *what;
	bool shown, off;
	uint64_t start_ns, last_ns;
};

void cli_progress_begin(struct cli_progress *p, const char *what, bool quiet);
void cli_progress_step(struct cli_progress *p, uint64_t done, uint64_t total, const char *more);
void cli_progress_end(struct cli_progress *p);
/* For sim_options.progress; ctx is a struct cli_progress. */
void cli_progress_run(void *ctx, uint64_t now_ns, uint64_t end_ns);

/* --- cli_case.c: a scenario with everything the command line says about it --- */

struct cli_case {
	struct scenario sc;	 /* resolved: overrides, replay flow and --off are in it */
	char file[SIM_PATH_MAX]; /* that it was read from; sc.path may be an earlier origin */
	uint64_t seed;
	bool off;
	bool threads, keep_going, trace_accesses;
	char *flags;	 /* what a reproduce line says besides path and seed; starts with a space */
	uint64_t *muted; /* from --mute, sorted */
	unsigned muted_count;
	struct sim_stream *stream; /* where a run goes live; NULL: nowhere */
};

/* The options that cli_case_load reads. */
#define CLI_CASE_OPTIONS                                                                           \
	(CLI_BIT(CLI_OFF) | CLI_BIT(CLI_SET) | CLI_BIT(CLI_DURATION) | CLI_BIT(CLI_REPLAY) |       \
	 CLI_BIT(CLI_FILTER) | CLI_BIT(CLI_SCENARIOS))

/* Load the scenario that name means. Returns an exit code; a message is printed unless CLI_OK. */
int cli_case_load(const struct cli_args *args, const char *name, struct cli_case *c);
void cli_case_free(struct cli_case *c);

/*
 * Run it once, with progress on a terminal; out as in struct sim_options. Returns an exit code, and
 * has said what went wrong unless it is CLI_OK. The result is the caller's to free.
 */
int cli_case_run(const struct cli_args *args, const struct cli_case *c, const char *out,
		 struct sim_result *result);

/* Fill c->muted from a text such as "0:0-3,1:7" (fault:firings); false if it is none. */
bool cli_case_mute(struct cli_case *c, const char *text);

/* c->muted as such a text, malloc'd; NULL: no memory. */
char *cli_mute_text(const struct cli_case *c);

/* Every core variant named must exist. Returns an exit code, with a message. */
int cli_case_check_cores(const struct scenario *sc);

/* cli_capture.c: can every capture be replayed? Warnings unless quiet. Returns an exit code. */
int cli_captures_check(const struct scenario *sc, bool quiet);

/* "iwc run ... --seed N", malloc'd; NULL: no memory. */
char *cli_case_reproduce(const struct cli_case *c, uint64_t seed);

/* What is switched off, as text: "core no-end-check on s, no-bucket"; "" if nothing is. */
const char *cli_off_text(const struct scenario *sc, char *buf, size_t size);

/* Exit code for a negative result of sim_run; prints err. */
int cli_sim_error(int rc, const char *err);

/* --- cli_files.c: folders and files --- */

/*
 * Make sure that results may be written to folder path: create it (not its parents), or accept one
 * that is empty or holds the file marker, or anything with force. Returns an exit code.
 */
int cli_out_folder(const char *path, const char *marker, bool force);

/* A folder of our own below TMPDIR; malloc'd path, or NULL with a message. */
char *cli_temp_make(void);
/* Remove it with the plain files in it, and free the path. NULL is fine. */
void cli_temp_remove(char *path);

/* folder/name, malloc'd; NULL: no memory, with a message. */
char *cli_path(const char *folder, const char *name);

/* Whole file, malloc'd, NUL-terminated, at most max_bytes; NULL with a message in err. */
char *cli_read_file(const char *path, size_t max_bytes, size_t *len, char *err, size_t err_size);

/* Write text; a file cut short is an error and is named. Returns an exit code. */
int cli_write_file(const char *path, const char *text, size_t len);

/* Sorted *.cfg of the scenario folder in use. */
struct cli_scenarios {
	char folder[SIM_PATH_MAX];
	char **name; /* of the files, without .cfg */
	unsigned count;
};

/* Folder: --scenarios, else $IWC_SCENARIOS, ./scenarios, the installed one. Returns an exit code.
 */
/* folder/name.cfg of the i-th one, malloc'd; NULL: no memory, with a message. */
char *cli_scenarios_path(const struct cli_scenarios *s, unsigned i);

bool cli_scenarios_there(const struct cli_args *args);
int cli_scenarios_open(const struct cli_args *args, struct cli_scenarios *s);
void cli_scenarios_close(struct cli_scenarios *s);

/* --- cli_result.c: what a run says --- */

/* Exit code of a run by its verdict. */
int cli_verdict_exit(const struct sim_summary *summary);

/* Did the run break what the scenario's threat announces? */
bool cli_broke_as_announced(const struct scenario *sc, const struct sim_summary *summary);

/* The two lines on top: verdict with its bound or what broke and where. */
void cli_print_verdict(const struct cli_case *c, const struct sim_summary *summary);

/* Property table of a result (schema iwc-result-1). */
void cli_print_properties(const json_t *result);

/* The steps before the failing one, and as many after it with around. False: none recorded. */
bool cli_print_steps(const json_t *result, unsigned steps, bool around);

/*
 * Put what only the command line knows into result.json and report.html of a folder: the reproduce
 * line and, for iwc replay, the member options. Returns an exit code.
 */
int cli_result_finish(const char *folder, json_t *result, const struct cli_case *c);

/* --- cli_conform.c: a trace against the specification --- */

/*
 * Is folder/trace.txt, of this case, one that the specification allows? Fills *result (verdict,
 * why, line, counts); NULL if it could not be asked, and a message has said why. Returns an exit
 * code.
 */
int cli_conform(const struct cli_case *c, const char *folder, json_t **result);
void cli_conform_print(const json_t *result, const char *folder);

/* --- cli_pool.c: jobs in worker processes --- */

/*
 * Jobs 0..count-1, each worked on by one of `jobs` forked processes; what a job leaves in record
 * comes back to the parent in the order of the job numbers, whatever the number of processes.
 */
struct cli_pool {
	unsigned jobs;
	uint64_t count;
	size_t record_max_bytes;
	/* In a worker: do the job, fill record, return its length. */
	size_t (*work)(void *ctx, uint64_t job, void *record);
	/* In the parent, in order. False: no later job matters, stop. */
	bool (*take)(void *ctx, uint64_t job, const void *record, size_t len);
	void *ctx;
	/* progress */
	const char *what;
	uint64_t units; /* that cli_pool_unit counts */
	bool quiet;
};

/* In a worker: about to do a unit of work; label names it if the worker dies in it. */
void cli_pool_unit(uint64_t label);

struct cli_pool_end {
	bool interrupted;
	bool died;	/* a worker ended on its own */
	int signal;	/* by which signal; 0: by exit */
	uint64_t label; /* what it was doing */
};

/* Returns an exit code: CLI_OK also if interrupted, CLI_BUG if a worker died. */
int cli_pool_run(const struct cli_pool *pool, struct cli_pool_end *end);

/* -j, or the CPUs at hand. Returns an exit code. */
int cli_jobs(const struct cli_args *args, unsigned *jobs);

#endif
