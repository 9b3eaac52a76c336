/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli_conform.c - iwc run --conform: is the run's trace one that model/spec/channel.pml allows?
 *
 * trace.txt is put into the numbers of model/spec/conform.h, and SPIN's verifier judges them. What
 * a fault or an attack takes away from the specification is said in trust_after: from its first
 * firing on, a world is only held to what it may do whatever it reads.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../model/spec/conform.h"
#include "../model/spec/events.h"
#include "../model/spec/rules.h"
#include "cli_child.h"
#include "cli_explore.h"
#include "cli_pan.h"
#include "scenario_file.h"

#define OUTPUT_MAX (1u << 20)
#define LINE_MAX_BYTES 512

struct translation {
	const struct scenario *sc;
	FILE *to;
	unsigned line;
	int who; /* 0 ns, 1 s, 2 monitor */
	const char *text;
};

static void say(const struct translation *t, int kind, int world, int a, int b, int c)
{
	fprintf(t->to, "%u %d %d %d %d %d\n", t->line, kind, world, a, b, c);
}

/* --- how much a world may believe --- */

static void say_frames(const struct translation *t, int world, int level)
{
	for (unsigned c = 0; c < t->sc->channel.class_count; c++)
		say(t, SAY_FRAMES, world, (int)c, level, 0);
}

static void say_all(const struct translation *t, int trust, int frames)
{
	for (int w = 0; w < SIM_WORLDS; w++) {
		say(t, SAY_TRUST, w, trust, 0, 0);
		say_frames(t, w, frames);
	}
	say(t, SAY_BELLS, 0, trust, 0, 0);
}

/* Does shared memory hold something else from now on than what the endpoints wrote? */
static bool is_lie(enum sim_fault_kind kind)
{
	if (kind == SIM_FAULT_ATTACK_NEVER_RING || kind == SIM_FAULT_ATTACK_STOP_CONSUMING)
		return false;
	return (kind >= SIM_FAULT_ATTACK_RANDOM && kind <= SIM_FAULT_ATTACK_SKIP) ||
	       kind == SIM_FAULT_BIT_FLIP || kind == SIM_FAULT_REGION_ZEROED;
}

/* Do doorbells and rings no longer go together? */
static bool is_bell(enum sim_fault_kind kind)
{
	return kind == SIM_FAULT_ATTACK_NEVER_RING ||
	       strncmp(scenario_fault_name(kind), "bell-", 5) == 0;
}

/* A fault fires. */
static void trust_after(const struct translation *t, const struct sim_fault *f)
{
	int receiver = f->world == SIM_NS ? SIM_S : SIM_NS;

	if (f->kind == SIM_FAULT_MONITOR_RESET)
		say(t, EV_POWER, 0, 0, 0, 0);
	else if (is_lie(f->kind))
		say_all(t, 0, FRAMES_FREE);
	else if (f->kind >= SIM_FAULT_FRAME_CORRUPTED && f->kind <= SIM_FAULT_FRAME_LATE)
		say(t, SAY_FRAMES, receiver, (int)f->cls,
		    t->sc->channel.cls[f->cls].protect ? FRAMES_GAPS : FRAMES_FREE, 0);
	else if (is_bell(f->kind))
		say(t, SAY_BELLS, 0, 0, 0, 0);
}

/* --- one line of the trace --- */

/* Each returns false if the text is not what docs/trace-format.md promises. */

/* At *at stand these words and a number behind them: go on behind both. */
static bool take_number(const char **at, const char *words, int64_t *n)
{
	size_t len = strlen(words);
	char *end = NULL;

	if (strncmp(*at, words, len) != 0)
		return false;
	*n = strtoll(*at + len, &end, 10);
	if (end == *at + len)
		return false;
	*at = end;
	return true;
}

static bool tell_epoch(const struct translation *t, int kind)
{
	const char *at = t->text + strcspn(t->text, "0123456789");
	int64_t epoch;

	if (!take_number(&at, "", &epoch))
		return false;
	say(t, kind, t->who, (int)epoch, 0, 0);
	return true;
}

static bool tell_crash(const struct translation *t, int kind)
{
	if (strcmp(t->text, "crashed") == 0)
		say(t, kind, t->who, 0, 0, 0);
	return true;
}

static bool tell_state(const struct translation *t, int kind)
{
	static const char *const names[] = {
	    [ST_DOWN] = "down", [ST_WAIT] = "wait", [ST_UP] = "up", [ST_FROZEN] = "frozen"};
	for (int st = 0; st < 4; st++) {
		size_t len = strlen(names[st]);
		const char *at = t->text + len;
		int64_t epoch, peer;

		if (strncmp(t->text, names[st], len) != 0)
			continue;
		if (!take_number(&at, " epoch ", &epoch) || !take_number(&at, " peer ", &peer))
			return false;
		say(t, kind, t->who, st, (int)epoch, (int)peer);
		return true;
	}
	return false;
}

static bool tell_word(const struct translation *t, int kind)
{
	const char *at = t->text;
	int64_t epoch, peer;

	if (!take_number(&at, "epoch ", &epoch) || !take_number(&at, " peer ", &peer))
		return false;
	say(t, kind, t->who, (int)epoch, (int)peer, 0);
	return true;
}

static bool tell_frame(const struct translation *t, int kind)
{
	for (unsigned c = 0; c < t->sc->channel.class_count; c++) {
		size_t len = strlen(t->sc->class_name[c]);
		const char *at = t->text + len;
		int64_t id, bytes;

		if (strncmp(t->text, t->sc->class_name[c], len) != 0 || *at != ' ')
			continue;
		if (!take_number(&at, " #", &id) || !take_number(&at, " ", &bytes))
			return false;
		say(t, kind, t->who, (int)c, (int)(id != 0 ? id : -bytes), 0);
		return true;
	}
	return false;
}

static bool tell_plain(const struct translation *t, int kind)
{
	say(t, kind, t->who, 0, 0, 0);
	return true;
}

static bool tell_bell(const struct translation *t, int kind)
{
	say(t, kind, strcmp(t->text, "to s") == 0 ? SIM_S : SIM_NS, 0, 0, 0);
	return true;
}

static bool tell_fault(const struct translation *t, int kind)
{
	const char *at = strstr(t->text, "(faults[");
	int64_t i;

	(void)kind;
	if (!at || !take_number(&at, "(faults[", &i) || i < 0 || i >= t->sc->fault_count)
		return false;
	trust_after(t, &t->sc->fault[i]);
	return true;
}

/* What else stands in a trace says nothing to the specification. */
static const struct {
	const char *name;
	bool (*tell)(const struct translation *t, int kind);
	int kind;
} told[] = {
    {"boot", tell_epoch, EV_BOOT},
    {"renew", tell_epoch, EV_RENEW},
    {"crash", tell_crash, EV_CRASH},
    {"session", tell_state, EV_STATE},
    {"announce", tell_word, EV_SESSION},
    {"publish", tell_frame, EV_SEND},
    {"deliver", tell_frame, EV_RECV},
    {"ring", tell_plain, EV_RING},
    {"interrupt", tell_bell, EV_BELL},
    {"violation", tell_plain, EV_VIOLATION},
    {"fault", tell_fault, 0},
};

static bool tell_line(struct translation *t, char *line)
{
	char who[8], kind[16];
	int text = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%*u %7s %15s %n", who, kind, &text) != 2)
		return false;
	t->text = line + text;
	t->who = strcmp(who, "ns") == 0 ? SIM_NS : strcmp(who, "s") == 0 ? SIM_S : SIM_WORLDS;
	for (size_t i = 0; i < sizeof(told) / sizeof(told[0]); i++)
		if (strcmp(kind, told[i].name) == 0)
			return told[i].tell(t, told[i].kind);
	return true;
}

/* Returns an exit code, and has said what went wrong. */
static int translate(const struct scenario *sc, const char *trace, const char *events)
{
	struct translation t = {.sc = sc, .to = fopen(events, "w")};
	FILE *from = fopen(trace, "r");
	char line[LINE_MAX_BYTES];
	bool good = from && t.to;

	if (!good)
		cli_error("%s: cannot be opened", from ? events : trace);
	else
		say_all(&t, 1, FRAMES_EXACT);
	while (good && fgets(line, sizeof(line), from)) {
		t.line++;
		good = tell_line(&t, line);
		if (!good)
			cli_error("%s:%u: not a line of a trace", trace, t.line);
	}
	if (from)
		fclose(from);
	if (t.to && fclose(t.to) != 0 && good) {
		cli_error("%s: could not be written", events);
		good = false;
	}
	return good ? CLI_OK : CLI_FAILED;
}

/* --- the verifier --- */

struct judgement {
	const char *verdict;
	char why[400];
	int line, rule, judged, alone, sent, received, lost;
};

static void undecided(struct judgement *j, const char *why)
{
	j->verdict = "UNDECIDED";
	snprintf(j->why, sizeof(j->why), "%s", why);
}

/* The verifier's line: each of these words and a number. */
static bool read_counts(struct judgement *j, const char *at)
{
	static const char *const words[] = {"conform: line ", " rule ",	    " judged ", " alone ",
					    " sent ",	      " received ", " lost "};
	int *const counts[] = {&j->line, &j->rule,     &j->judged, &j->alone,
			       &j->sent, &j->received, &j->lost};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		int64_t n;

		if (!take_number(&at, words[i], &n))
			return false;
		*counts[i] = (int)n;
	}
	return j->rule >= 0 && j->rule < RULES;
}

/* What the verifier says of the trace, and pan of its own search, must agree. */
static void judge(struct judgement *j, const char *output)
{
	static const char *const rules[RULES][2] = {
#define RULE_WORDS(number, name, text) [number] = {name, text},
	    SPEC_RULE_TEXTS(RULE_WORDS)};
	const char *at = strstr(output, "conform: "), *verdict;
	struct pan_report pan;
	char why[200];

	pan_report_read(output, &pan);
	verdict = pan_judge(&pan, NULL, why, sizeof(why));
	if (!at || !read_counts(j, at) || !verdict ||
	    (strcmp(verdict, "FAIL") == 0) != (j->rule != 0)) {
		undecided(j, "the verifier did not come to a judgement");
		return;
	}
	j->verdict = verdict;
	if (j->rule != 0)
		snprintf(j->why, sizeof(j->why), "%s: %s", rules[j->rule][0], rules[j->rule][1]);
	else if (strcmp(verdict, "PASS") != 0)
		snprintf(j->why, sizeof(j->why), "%s", why);
	else if (j->judged == 0)
		undecided(j,
			  "nothing was checked: no event came before the first attack or damage");
	if (j->rule == RULE_BOUND)
		j->verdict = "UNDECIDED";
}

static int verify(struct judgement *j, const char *program, const char *folder, const char *events)
{
	char *out = cli_path(folder, "verifier.txt"), *env = NULL, *text;
	const char *const argv[] = {program, "-w12", NULL};
	const char *envs[] = {NULL, NULL};
	struct cli_child child = {
	    .argv = argv, .env = envs, .folder = folder, .out = out, .err = out};
	struct cli_child_end end = {0};
	char err[400];
	size_t len;
	int rc = CLI_BUG;

	if (out && cli_append(&env, "IWC_CONFORM_EVENTS=%s", events)) {
		envs[0] = env;
		rc = cli_child_run(&child, &end);
	}
	text = rc == CLI_OK ? cli_read_file(out, OUTPUT_MAX, &len, err, sizeof(err)) : NULL;
	if (text)
		judge(j, text);
	else if (rc == CLI_OK)
		undecided(j, err);
	free(text);
	free(env);
	free(out);
	return rc;
}

/* --- what is said of it --- */

static json_t *report(const struct judgement *j)
{
	return json_pack("{s:s, s:s, s:i, s:i, s:i, s:i, s:i, s:i}", "verdict", j->verdict, "why",
			 j->why, "line", j->line, "judged", j->judged, "alone", j->alone, "sent",
			 j->sent, "delivered", j->received, "lost", j->lost);
}

int cli_conform(const struct cli_case *c, const char *folder, json_t **result)
{
	struct judgement j = {.verdict = "UNDECIDED"};
	char *scratch = cli_temp_make(), *trace = cli_path(folder, "trace.txt");
	char *events = scratch ? cli_path(scratch, "events") : NULL;
	char *program = explore_program("conform", j.why, sizeof(j.why));
	int rc = scratch && trace && events ? CLI_OK : CLI_FAILED;

	if (rc == CLI_OK && program) {
		rc = translate(&c->sc, trace, events);
		if (rc == CLI_OK)
			rc = verify(&j, program, scratch, events);
	}
	*result = rc == CLI_OK ? report(&j) : NULL;
	free(program);
	free(events);
	free(trace);
	cli_temp_remove(scratch);
	return rc == CLI_OK ? cli_verdict_code(j.verdict) : rc;
}

/* Line number n of a file, without its end; "" if it is not there. */
static void line_of(const char *path, int n, char *line, size_t size)
{
	FILE *file = fopen(path, "r");

	*line = '\0';
	while (file && n-- > 0 && fgets(line, (int)size, file))
		line[strcspn(line, "\n")] = '\0';
	if (file)
		fclose(file);
}

void cli_conform_print(const json_t *result, const char *folder)
{
	const char *verdict = cli_json_text(result, "verdict");
	char line[LINE_MAX_BYTES], *trace;
	int at = (int)cli_json_number(result, "line");

	printf("conform: %s: ", verdict);
	if (at != 0) {
		trace = cli_path(folder, "trace.txt");
		line_of(trace ? trace : "", at, line, sizeof(line));
		printf("trace.txt:%d is refused, %s\n%s\n", at, cli_json_text(result, "why"), line);
		free(trace);
		return;
	}
	if (strcmp(verdict, "PASS") != 0) {
		puts(cli_json_text(result, "why"));
		return;
	}
	printf("%g events are allowed, %g frames sent, %g delivered, %g lost with their session\n",
	       cli_json_number(result, "judged"), cli_json_number(result, "sent"),
	       cli_json_number(result, "delivered"), cli_json_number(result, "lost"));
	if (cli_json_number(result, "alone") > 0)
		printf("conform: from the first attack or damage on, %g events are judged by what "
		       "a world may do whatever it reads\n",
		       cli_json_number(result, "alone"));
}
