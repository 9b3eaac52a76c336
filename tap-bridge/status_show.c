/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * status_show.c - a picture of schema iwc-tap-1 for people. It may come from another program, so
 * nothing in it is taken for granted; a member that is missing counts as 0.
 */
#include "status.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>

#define COLUMNS_DEFAULT 80u
#define PARTS_MAX 10u
#define PART_BYTES 96u

/* ---- reading ---- */

static const json_t *at(const json_t *o, const char *key)
{
	return json_object_get(o, key);
}

static uint64_t count(const json_t *o, const char *key)
{
	json_int_t v = json_integer_value(at(o, key));

	return v > 0 ? (uint64_t)v : 0;
}

static double number(const json_t *o, const char *key)
{
	double v = json_number_value(at(o, key));

	return v > 0 ? v : 0;
}

/* Printable ASCII, so that a byte is a column and no terminal is commanded. */
static const char *word(const json_t *o, const char *key, char buf[32])
{
	const char *text = json_string_value(at(o, key));
	size_t n = 0;

	for (; text && text[n] != '\0' && n < 31; n++)
		buf[n] = text[n] > ' ' && text[n] <= '~' ? text[n] : '?';
	buf[n] = '\0';
	return n > 0 ? buf : "?";
}

/* ---- numbers for people ---- */

/* With a unit "36.0 kbit/s", without "36.0k". */
static const char *human(double v, const char *unit, char buf[24])
{
	static const char *const prefixes[] = {"", "k", "M", "G", "T", "P", "E"};
	unsigned p = 0;

	for (; v >= 999.5 && p < 6; p++)
		v /= 1000;
	snprintf(buf, 24, "%.*f%s%s%s",
		 p == 0 || v >= 99.95 ? 0
		 : v >= 9.995	      ? 1
				      : 2,
		 v, unit[0] ? " " : "", prefixes[p], unit);
	return buf;
}

static const char *human_time(uint64_t ns, char buf[24])
{
	static const char *const units[] = {"ns", "us", "ms", "s"};
	double v = (double)ns;
	unsigned u = 0;

	for (; v >= 999.5 && u < 3; u++)
		v /= 1000;
	snprintf(buf, 24, "%.*f %s", u == 0 || v >= 99.95 ? 0 : v >= 9.995 ? 1 : 2, v, units[u]);
	return buf;
}

/* ---- one line ---- */

/* A part of the line; the greater the rank the sooner it goes. */
struct part {
	unsigned rank;
	char text[PART_BYTES];
};

struct parts {
	struct part part[PARTS_MAX];
	unsigned n;
};

__attribute__((format(printf, 3, 4))) static void add(struct parts *p, unsigned rank,
						      const char *format, ...)
{
	va_list args;

	p->part[p->n].rank = rank;
	va_start(args, format);
	vsnprintf(p->part[p->n].text, PART_BYTES, format, args);
	va_end(args);
	p->n++;
}

static void add_head(struct parts *p, const json_t *picture)
{
	uint64_t s = count(picture, "elapsed_ns") / 1000000000u;
	char name[32];

	add(p, 2, "%s %" PRIu64 ":%02u:%02u", word(picture, "tap", name), s / 3600u,
	    (unsigned)(s / 60u % 60u), (unsigned)(s % 60u));
}

static void add_flow(struct parts *p, const json_t *picture, const char *flow, const char *name)
{
	const json_t *interval = at(at(at(picture, "flows"), flow), "interval");
	char frames[24], bits[24];

	add(p, 0, "%s %s/s %s", name, human(number(interval, "frames_per_s"), "", frames),
	    human(number(interval, "bits_per_s"), "bit/s", bits));
}

static uint64_t lost_in_taps(const json_t *picture)
{
	const json_t *taps = at(picture, "taps");

	return count(at(taps, "ns"), "tx_dropped") + count(at(taps, "s"), "tx_dropped");
}

static void add_losses(struct parts *p, const json_t *picture)
{
	const json_t *flows = at(picture, "flows");
	const json_t *to_s = at(flows, "ns-to-s"), *to_ns = at(flows, "s-to-ns");
	uint64_t news =
	    count(at(to_s, "interval"), "dropped") + count(at(to_ns, "interval"), "dropped");
	char all[24], now[24], taps[24];

	add(p, 1, "lost %s (+%s), tap %s",
	    human((double)(count(to_s, "dropped") + count(to_ns, "dropped")), "", all),
	    human((double)news, "", now), human((double)lost_in_taps(picture), "", taps));
}

static void add_latency(struct parts *p, const json_t *picture)
{
	const json_t *flows = at(picture, "flows");
	char there[24], back[24];

	add(p, 4, "p99 %s, %s",
	    human_time(count(at(at(at(flows, "ns-to-s"), "interval"), "latency_ns"), "p99"), there),
	    human_time(count(at(at(at(flows, "s-to-ns"), "interval"), "latency_ns"), "p99"), back));
}

static void add_bells(struct parts *p, const json_t *picture)
{
	const json_t *worlds = at(picture, "worlds");
	const json_t *ns = at(at(worlds, "ns"), "interval"), *s = at(at(worlds, "s"), "interval");
	double seconds = number(picture, "interval_ns") / 1e9;
	double rings = (double)(count(ns, "rings") + count(s, "rings"));
	double saved = (double)(count(ns, "suppressed") + count(s, "suppressed"));
	char text[24];

	add(p, 5, "bells %s/s, %.0f%% saved", human(seconds > 0 ? rings / seconds : 0, "", text),
	    rings + saved > 0 ? 100 * saved / (rings + saved) : 0);
}

static void add_rest(struct parts *p, const json_t *picture)
{
	const json_t *worlds = at(picture, "worlds"), *capture = at(picture, "capture");
	uint64_t fired = 0,
		 lost = count(capture, "dropped_frames") + count(capture, "stream_drops");
	char ns[32], s[32], text[24];
	const json_t *fault;
	size_t i;

	add(p, 3, "%s/%s", word(at(worlds, "ns"), "state", ns), word(at(worlds, "s"), "state", s));
	json_array_foreach(at(picture, "faults"), i, fault) fired += count(fault, "fired");
	if (fired > 0)
		add(p, 6, "faults %s", human((double)fired, "", text));
	if (lost > 0)
		add(p, 7, "capture lost %s", human((double)lost, "", text));
}

static size_t width(const struct parts *p)
{
	size_t columns = 0;

	for (unsigned i = 0; i < p->n; i++)
		columns += strlen(p->part[i].text) + (i > 0 ? 2u : 0u);
	return columns;
}

static void remove_last_rank(struct parts *p)
{
	unsigned out = 0;

	for (unsigned i = 1; i < p->n; i++)
		if (p->part[i].rank >= p->part[out].rank)
			out = i;
	p->n--;
	memmove(&p->part[out], &p->part[out + 1u], (p->n - out) * sizeof(p->part[0]));
}

void status_line(const json_t *picture, char *line, size_t size, unsigned columns)
{
	struct parts p = {.n = 0};
	size_t used = 0;

	add_head(&p, picture);
	add_flow(&p, picture, "ns-to-s", "ns>s");
	add_flow(&p, picture, "s-to-ns", "s>ns");
	add_losses(&p, picture);
	add_latency(&p, picture);
	add_bells(&p, picture);
	add_rest(&p, picture);
	while (p.n > 1 && (width(&p) > columns || width(&p) >= size))
		remove_last_rank(&p);
	line[0] = '\0';
	for (unsigned i = 0; i < p.n && used < size; i++)
		used += (size_t)snprintf(line + used, size - used, "%s%s", i > 0 ? "  " : "",
					 p.part[i].text);
	if (columns < size && used > columns)
		line[columns] = '\0';
}

/* The last column stays free: a terminal may begin a new line when it is written to. */
static unsigned columns_of(FILE *out)
{
	struct winsize w;

	if (ioctl(fileno(out), TIOCGWINSZ, &w) != 0 || w.ws_col < 2)
		return COLUMNS_DEFAULT - 1u;
	return w.ws_col < STATUS_LINE_MAX ? w.ws_col - 1u : STATUS_LINE_MAX - 1u;
}

void status_show(const json_t *picture, FILE *out)
{
	unsigned columns = columns_of(out);
	char line[STATUS_LINE_MAX];

	status_line(picture, line, sizeof(line), columns);
	fprintf(out, "\r%-*s\r", (int)columns, line);
	fflush(out);
}

void status_hide(FILE *out)
{
	fprintf(out, "\r%*s\r", (int)columns_of(out), "");
	fflush(out);
}

/* ---- summary ---- */

static void print_latency(FILE *out, const json_t *latency)
{
	char p50[24], p99[24], p999[24], max[24];

	if (count(latency, "count") == 0)
		return;
	fprintf(out, "           latency p50 %s, p99 %s, p99.9 %s, max %s\n",
		human_time(count(latency, "p50"), p50), human_time(count(latency, "p99"), p99),
		human_time(count(latency, "p999"), p999), human_time(count(latency, "max"), max));
}

static void print_drops(FILE *out, const json_t *flow)
{
	const char *place, *cause, *between = "";
	json_t *causes, *frames;
	json_t *places = json_object_get(flow, "drops");

	if (count(flow, "dropped") == 0)
		return;
	fprintf(out, "           lost %" PRIu64 ": ", count(flow, "dropped"));
	json_object_foreach(places, place, causes)
	{
		json_object_foreach(causes, cause, frames)
		{
			if (json_integer_value(frames) <= 0)
				continue;
			fprintf(out, "%s%" PRIu64 " %.32s (%.8s)", between,
				(uint64_t)json_integer_value(frames), cause, place);
			between = ", ";
		}
	}
	fputc('\n', out);
}

static void print_flow(FILE *out, const json_t *picture, const char *flow_name, const char *name)
{
	const json_t *flow = at(at(picture, "flows"), flow_name);
	double seconds = number(picture, "elapsed_ns") / 1e9;
	double bytes = number(flow, "delivered_bytes");
	char bits[24], size[24];

	fprintf(
	    out, "%-9s  sent %" PRIu64 ", delivered %" PRIu64 " (%s, %s), in flight %" PRIu64 "\n",
	    name, count(flow, "sent"), count(flow, "delivered"), human(bytes, "B", size),
	    human(seconds > 0 ? 8 * bytes / seconds : 0, "bit/s", bits), count(flow, "in_flight"));
	print_drops(out, flow);
	print_latency(out, at(flow, "latency_ns"));
	if (count(flow, "strays") != 0)
		fprintf(out, "           strays %" PRIu64 ": received, and not sent so\n",
			count(flow, "strays"));
	if (count(flow, "unaccounted") != 0)
		fprintf(out, "           UNACCOUNTED %" PRIu64 "\n", count(flow, "unaccounted"));
}

static void print_tap(FILE *out, const json_t *picture, const char *world)
{
	const json_t *tap = at(at(picture, "taps"), world);
	char name[32];

	if (!json_is_object(tap))
		return;
	fprintf(out,
		"tap        %s of %s: %" PRIu64 " frames in, %" PRIu64
		" out; the kernel dropped %" PRIu64 " before the channel, %" PRIu64 " behind it\n",
		word(tap, "name", name), world, count(tap, "tx_frames"), count(tap, "rx_frames"),
		count(tap, "tx_dropped"), count(tap, "rx_dropped"));
}

static void print_world(FILE *out, const json_t *picture, const char *world)
{
	const json_t *w = at(at(picture, "worlds"), world);
	char state[32];

	fprintf(out,
		"world %-4s %s, epoch %" PRIu64 "; %" PRIu64 " boots, %" PRIu64 " crashes, %" PRIu64
		" renewals, link down %" PRIu64 " times; rang %" PRIu64 ", %" PRIu64
		" sends needed no bell\n",
		world, word(w, "state", state), count(w, "epoch"), count(w, "boots"),
		count(w, "crashes"), count(w, "renewals"), count(w, "downs"), count(w, "rings"),
		count(w, "suppressed"));
	if (count(w, "mmu_faults") != 0)
		fprintf(out,
			"           %" PRIu64
			" writes to the peer's section, each refused by the MMU\n",
			count(w, "mmu_faults"));
	if (count(w, "violations") != 0 || count(w, "stalls") != 0)
		fprintf(out,
			"           saw %" PRIu64 " violations of the protocol, %" PRIu64
			" stalls\n",
			count(w, "violations"), count(w, "stalls"));
}

static void print_faults(FILE *out, const json_t *picture)
{
	const char *before = "faults    ";
	const json_t *fault;
	char name[32], world[32];
	size_t i;

	json_array_foreach(at(picture, "faults"), i, fault)
	{
		if (count(fault, "fired") == 0)
			continue;
		fprintf(out, "%s %s (%s) %" PRIu64, before, word(fault, "fault", name),
			word(fault, "world", world), count(fault, "fired"));
		before = ",";
	}
	if (before[0] == ',')
		fputc('\n', out);
}

static void print_capture(FILE *out, const json_t *picture)
{
	const json_t *c = at(picture, "capture");

	if (count(c, "frames") + count(c, "events") + count(c, "dropped_frames") +
		count(c, "dropped_events") ==
	    0)
		return;
	fprintf(out,
		"captures   %" PRIu64 " frames, %" PRIu64 " events; no room for %" PRIu64
		" and %" PRIu64 ", in streams for %" PRIu64 "; %" PRIu64
		" readers cut off, %" PRIu64 " files failed\n",
		count(c, "frames"), count(c, "events"), count(c, "dropped_frames"),
		count(c, "dropped_events"), count(c, "stream_drops"), count(c, "cut_off"),
		count(c, "failed"));
}

void status_summary(const json_t *picture, FILE *out)
{
	const json_t *monitor = at(picture, "monitor");
	char name[32], scenario[32], elapsed[24];

	fprintf(out, "%s: %s of scenario %s\n", word(picture, "tap", name),
		human_time(count(picture, "elapsed_ns"), elapsed),
		word(picture, "scenario", scenario));
	print_flow(out, picture, "ns-to-s", "ns to s");
	print_flow(out, picture, "s-to-ns", "s to ns");
	print_tap(out, picture, "ns");
	print_tap(out, picture, "s");
	print_world(out, picture, "ns");
	print_world(out, picture, "s");
	fprintf(out, "monitor    %" PRIu64 " calls, %" PRIu64 " deferred by the bucket\n",
		count(monitor, "calls"), count(monitor, "deferred"));
	print_faults(out, picture);
	print_capture(out, picture);
}
