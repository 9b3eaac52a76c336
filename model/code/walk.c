/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * walk.c - the machine without SPIN: random walks over a client, and schedules step by step.
 *
 * A schedule is a text, one line a step: "ns 2" (that world goes on in its way number 2), or "s
 * crash". Walks take steps at random and judge as the search does; they prove nothing, and go where
 * the search can't.
 */
#include "machine.h"
#include "../spec/events.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CRASH UINT8_MAX
#define DEPTH_MAX 1000000u
#define KEPT_BYTES ((size_t)256 << 20) /* of states; then it begins anew */

struct walk {
	const char *client, *replay, *schedule;
	uint64_t runs, seed, depth;
	bool steps, bounds;
	/* the walk under way */
	uint64_t random, taken, done, executions, cut;
	struct model_state state;
};

static uint8_t who[DEPTH_MAX], way_taken[DEPTH_MAX];

static const char *const world_names[] = {"ns", "s"};

static uint64_t next_random(struct walk *k)
{
	uint64_t x = k->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	k->random = x;
	return x * UINT64_C(0x2545f4914f6cdd1d);
}

/* ---- one step ---- */

static void take(struct walk *k, unsigned w, unsigned way)
{
	if (k->done < k->depth) {
		who[k->done] = (uint8_t)w;
		way_taken[k->done] = (uint8_t)way;
	}
	k->done++;
	k->taken++;
	k->state = way == CRASH ? model_crash(&k->state, w) : model_step(&k->state, w, way);
}

/* A step at random; a death now and then. False: nothing goes on. */
static bool step_at_random(struct walk *k)
{
	uint64_t r = next_random(k);
	unsigned w = (unsigned)(r >> 63), n;

	if ((r >> 48 & 31u) == 0u && model_can_crash(&k->state, w)) {
		take(k, w, CRASH);
		return true;
	}
	n = model_choices(&k->state, w);
	if (n == 0u) {
		w = !w;
		n = model_choices(&k->state, w);
	}
	if (n == 0u)
		return false;
	take(k, w, n == 1u ? 0u : (unsigned)((r & UINT32_MAX) * n >> 32));
	return true;
}

/* ---- what is said ---- */

static const char *event_text(const struct model_event *e, char *buf, size_t size)
{
	static const char *const states[] = {"down", "wait", "up", "frozen"};

	switch (e->kind) {
	case EV_BOOT:
		snprintf(buf, size, "boots for the %u. time", e->a);
		break;
	case EV_RENEW:
		snprintf(buf, size, "goes on as incarnation %u", e->a);
		break;
	case EV_CRASH:
		snprintf(buf, size, "dies");
		break;
	case EV_STATE:
		snprintf(buf, size, "session %s, own incarnation %u, peer's %u", states[e->a & 3u],
			 e->b, e->c);
		break;
	case EV_SEND:
		snprintf(buf, size, "publishes frame %u of class %u", e->b, e->a);
		break;
	case EV_RECV:
		snprintf(buf, size,
			 e->b != 0u ? "delivers frame %u of class %u"
				    : "delivers what is no frame (%u), class %u",
			 e->b, e->a);
		break;
	case EV_RING:
		snprintf(buf, size, "rings");
		break;
	case EV_BELL:
		snprintf(buf, size, "takes a doorbell");
		break;
	case EV_SLEEP:
		snprintf(buf, size, "sleeps");
		break;
	case EV_WAKE:
		snprintf(buf, size, "wakes by %s", e->a != 0u ? "doorbell" : "timer");
		break;
	case EV_SESSION:
		snprintf(buf, size, "says session {%u, %u}", e->a, e->b);
		break;
	case EV_VIOLATION:
		snprintf(buf, size, "accuses the peer, reason %u", e->a);
		break;
	default:
		snprintf(buf, size, "event %u", e->kind);
		break;
	}
	return buf;
}

static void watch(unsigned w, enum model_access access, unsigned word, uint64_t value)
{
	static const char *const names[] = {"",		"load",	      "store",	       "copy in",
					    "copy out", "full fence", "acquire fence", "ring"};
	char text[64];

	printf("       %-2s %s", world_names[w], names[access]);
	if (access <= MODEL_COPY_OUT)
		printf(" %s %#" PRIx64, model_word_text(word, text, sizeof(text)), value);
	printf("\n");
}

static void print_events(void)
{
	char text[96];

	for (unsigned i = 0; i < model_events; i++)
		printf("       %-2s %s\n", world_names[model_event[i].world],
		       event_text(&model_event[i], text, sizeof(text)));
}

static const char *fault_text(void)
{
	static const struct {
		const char *detector, *text;
	} texts[] = {
	    {"out-of-bounds", "an access outside the words or the lines of a class"},
	    {"stale-frame", "a frame of a former session is delivered"},
	    {"race", "bytes are delivered that no acquire ordered behind their store"},
	    {"content", "bytes are delivered that are not the next frame"},
	    {"duplicate", "a frame of this session is delivered again"},
	    {"overwrite", "a line is filled that the peer may still be copying"},
	    {"false-accusation", "an endpoint holds an honest peer for a violator"},
	    {"waits", "a call loads again and again: it waits for the peer"},
	    {"link-down", "both worlds sleep for ever and the link is not up"},
	    {"lost-wakeup", "both worlds sleep for ever with frames to take or to send"},
	    {"read-back", "a world reads a word that it wrote itself"},
	    {"writes-peer", "a world writes into the peer's section"},
	    {"unscrubbed", "something else than a frame of the caller leaves"},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		if (strcmp(texts[i].detector, model_fault.detector) == 0)
			return texts[i].text;
	return "a bound of the harness was hit";
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static int verdict(const struct walk *k, const char *check, double began)
{
	char bounds[512];
	bool failed = model_fault.property != 0u, bound = model_fault.property == 99u;
	const char *word = bound ? "UNDECIDED" : failed ? "FAIL" : "PASS";

	model_client_bounds(&model.client, bounds, sizeof(bounds));
	printf("{\"check\":\"%s-%s\",\"verdict\":\"%s\",\"bounds\":\"%s; %" PRIu64
	       " executions drawn from seed %" PRIu64 "\",\"executions\":%" PRIu64
	       ",\"steps\":%" PRIu64 ",\"seconds\":%.2f,\"memory_mb\":%zu",
	       check, model.client.name, word, bounds, k->executions, k->seed, k->executions,
	       k->taken, seconds() - began, model_intern_bytes() >> 20);
	if (k->cut != 0u)
		printf(",\"cut\":%" PRIu64, k->cut);
	if (failed)
		printf(",\"property\":\"P%u\",\"detector\":\"%s\",\"text\":\"%s\",\"world\":\"%s\","
		       "\"step\":%" PRIu64 ",\"why\":\"%s\"",
		       bound ? 0u : model_fault.property, model_fault.detector, fault_text(),
		       world_names[model_fault.world], k->done, fault_text());
	printf("}\n");
	return bound ? 125 : failed ? 1 : 0;
}

/* ---- random walks ---- */

static int write_schedule(const struct walk *k)
{
	FILE *f;

	if (k->schedule == NULL)
		return 0;
	f = fopen(k->schedule, "w");
	if (f == NULL) {
		fprintf(stderr, "walk: %s: can't be written\n", k->schedule);
		return 2;
	}
	for (uint64_t i = 0; i < k->done && i < k->depth; i++) {
		if (way_taken[i] == CRASH)
			fprintf(f, "%s crash\n", world_names[who[i]]);
		else
			fprintf(f, "%s %u\n", world_names[who[i]], way_taken[i]);
	}
	if (fclose(f) != 0) {
		fprintf(stderr, "walk: %s: can't be written\n", k->schedule);
		return 2;
	}
	return 0;
}

/* A client that polls never stops: there its end is when all is done. */
static bool finished(const struct model_state *s)
{
	return model.client.poll && model_quiet(s) && model_linked(s) && model_drained(s) &&
	       model_all_offered(s);
}

static int walk(struct walk *k)
{
	double began = seconds();
	struct model_state start = model_start();
	int rc;

	for (k->executions = 0; k->executions < k->runs; k->executions++) {
		/* Each walk is a function of its own number. */
		k->random = (k->seed + k->executions) * UINT64_C(0x9e3779b97f4a7c15) | 1u;
		if (model_intern_bytes() > KEPT_BYTES) {
			model_forget();
			start = model_start();
		}
		k->state = start;
		k->done = 0;
		while (k->done < k->depth && !finished(&k->state) && step_at_random(k) &&
		       model_fault.property == 0u)
			;
		k->cut += k->done == k->depth;
		if (model_fault.property != 0u) {
			k->executions++;
			break;
		}
	}
	rc = write_schedule(k);
	return rc != 0 ? rc : verdict(k, "walk", began);
}

/* ---- a schedule ---- */

/* One line of a schedule; 0: taken, else an exit code. */
static int replay_line(struct walk *k, const char *line, unsigned number)
{
	char name[8], way[16], rest;
	unsigned w, choice = CRASH;

	if (sscanf(line, "%7s %15s %c", name, way, &rest) != 2) {
		fprintf(stderr, "walk: %s:%u: a world and a way are needed\n", k->replay, number);
		return 2;
	}
	for (w = 0; w < MODEL_WORLDS; w++)
		if (strcmp(name, world_names[w]) == 0)
			break;
	if (w == MODEL_WORLDS) {
		fprintf(stderr, "walk: %s:%u: \"%s\" is no world: ns or s\n", k->replay, number,
			name);
		return 2;
	}
	if (strcmp(way, "crash") != 0) {
		char *end;
		unsigned long v = strtoul(way, &end, 10);

		choice = *end == '\0' && v < MODEL_OPTIONS_MAX ? (unsigned)v : MODEL_OPTIONS_MAX;
	}
	if (choice == CRASH ? !model_can_crash(&k->state, w)
			    : choice >= model_choices(&k->state, w)) {
		fprintf(stderr, "walk: %s:%u: %s can't go on in way %s here (%u ways%s)\n",
			k->replay, number, name, way, model_choices(&k->state, w),
			model_can_crash(&k->state, w) ? ", crash" : "");
		return 2;
	}
	if (k->steps)
		printf("%5u  %s %s\n", number, name, way);
	take(k, w, choice);
	if (k->steps)
		print_events();
	return 0;
}

static int replay(struct walk *k)
{
	double began = seconds();
	FILE *f = fopen(k->replay, "r");
	char line[64];
	unsigned number = 0;
	int rc = 0;

	if (f == NULL) {
		fprintf(stderr, "walk: %s: can't be read\n", k->replay);
		return 2;
	}
	if (k->steps)
		model_watch = watch;
	k->executions = 1;
	k->state = model_start();
	while (rc == 0 && model_fault.property == 0u && fgets(line, sizeof(line), f) != NULL)
		rc = replay_line(k, line, ++number);
	fclose(f);
	return rc != 0 ? rc : verdict(k, "replay", began);
}

/* ---- the command line ---- */

static int usage(void)
{
	fprintf(stderr, "usage: walk --client FILE --runs N [--seed S] [--depth N] "
			"[--schedule FILE]\n"
			"       walk --client FILE --replay SCHEDULE [--steps]\n"
			"       walk --client FILE --bounds\n");
	return 2;
}

static bool number(const char *text, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 10);
	return *text >= '0' && *text <= '9' && *end == '\0';
}

static bool parse(struct walk *k, int argc, char **argv)
{
	static const struct option options[] = {{"client", required_argument, NULL, 'c'},
						{"runs", required_argument, NULL, 'n'},
						{"seed", required_argument, NULL, 's'},
						{"depth", required_argument, NULL, 'd'},
						{"replay", required_argument, NULL, 'r'},
						{"schedule", required_argument, NULL, 'o'},
						{"steps", no_argument, NULL, 'v'},
						{"bounds", no_argument, NULL, 'b'},
						{NULL, 0, NULL, 0}};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		bool good = true;

		switch (c) {
		case 'c':
			k->client = optarg;
			break;
		case 'n':
			good = number(optarg, &k->runs);
			break;
		case 's':
			good = number(optarg, &k->seed);
			break;
		case 'd':
			good = number(optarg, &k->depth) && k->depth != 0u && k->depth <= DEPTH_MAX;
			break;
		case 'r':
			k->replay = optarg;
			break;
		case 'o':
			k->schedule = optarg;
			break;
		case 'v':
			k->steps = true;
			break;
		case 'b':
			k->bounds = true;
			break;
		default:
			return false;
		}
		if (!good)
			return false;
	}
	return optind == argc && k->client != NULL &&
	       (k->bounds || k->replay != NULL || k->runs != 0u);
}

int main(int argc, char **argv)
{
	static struct model_client client;
	struct walk k = {.seed = 1, .depth = 2000};
	char err[512] = "";

	if (!parse(&k, argc, argv))
		return usage();
	if (model_client_read(k.client, &client, err, sizeof(err)) != 0 ||
	    model_open(&client, err, sizeof(err)) != 0) {
		fprintf(stderr, "walk: %s\n", err);
		return 2;
	}
	if (k.bounds) {
		model_client_bounds(&client, err, sizeof(err));
		printf("%s\n", err);
		return 0;
	}
	return k.replay != NULL ? replay(&k) : walk(&k);
}
