/* SPDX-License-Identifier: BSD-2-Clause */
#include "report_shape.h"

#define REQUIRED(n, s, w)                                                                          \
	{                                                                                          \
		.name = (n), .shape = &(s), .required = true, .what = (w)                          \
	}
#define OPTIONAL(n, s, w)                                                                          \
	{                                                                                          \
		.name = (n), .shape = &(s), .required = false, .what = (w)                         \
	}
#define END                                                                                        \
	{                                                                                          \
		.name = NULL                                                                       \
	}

#define WORDS(id, ...)                                                                             \
	static const char *const id##_words[] = {__VA_ARGS__, NULL};                               \
	static const struct report_shape id = {.kind = REPORT_WORD, .words = id##_words}

#define OBJECT(id)                                                                                 \
	static const struct report_shape id = {.kind = REPORT_OBJECT, .members = id##_members}
#define LIST(id, of) static const struct report_shape id = {.kind = REPORT_LIST, .item = &(of)}
#define TUPLE(id, n)                                                                               \
	static const struct report_shape id = {.kind = REPORT_TUPLE, .size = (n), .item = &count}

static const struct report_shape text = {.kind = REPORT_TEXT};
static const struct report_shape count = {.kind = REPORT_INTEGER, .min = 0};
static const struct report_shape number = {.kind = REPORT_INTEGER, .min = INT64_MIN};
static const struct report_shape lane_index = {.kind = REPORT_INTEGER, .min = -1};
static const struct report_shape flag = {.kind = REPORT_FLAG};
static const struct report_shape any = {.kind = REPORT_ANY};

LIST(texts, text);

WORDS(schema, REPORT_SCHEMA);
WORDS(mode, "virtual", "threads");
WORDS(on_off, "on", "off");
WORDS(verdict, "PASS", "FAIL", "UNDECIDED", "SKIP");
WORDS(world, "ns", "s");
WORDS(lane, "ns", "s", "monitor");
WORDS(direction, "ns-to-s", "s-to-ns");
WORDS(lane_kind, "frame", "doorbell", "smc", "interrupt", "session", "fault", "crash", "boot",
      "violation", "drop", "step");

static const struct report_member scenario_members[] = {
    REQUIRED("name", text, "short name, the file's name without its ending"),
    OPTIONAL("title", text, "one line"),
    OPTIONAL("text", text, "what the scenario shows"),
    OPTIONAL("path", text, "the scenario file"),
    END,
};
OBJECT(scenario);

static const struct report_member threat_members[] = {
    REQUIRED("id", text, "number in the threat catalogue, T01 and so on"),
    OPTIONAL("attacker", text, "who attacks"),
    OPTIONAL("what", text, "what happens"),
    OPTIONAL("countermeasure", text, "what holds against it"),
    OPTIONAL("breaks", texts, "properties of which one must break without the countermeasure"),
    END,
};
OBJECT(threat);

static const struct report_member property_members[] = {
    REQUIRED("id", text, "P1 to P13"),
    OPTIONAL("name", text, "short name"),
    OPTIONAL("text", text, "the property in one sentence"),
    REQUIRED("verdict", verdict, "SKIP: the run gave no occasion to check it"),
    OPTIONAL("checks", count, "how often it was evaluated"),
    OPTIONAL("detail", text, "a measured figure or the cause of a failure"),
    END,
};
OBJECT(property);
LIST(properties, property);

static const struct report_member violation_members[] = {
    REQUIRED("time_ns", count, "when it was seen"),
    REQUIRED("property", text, "which property broke"),
    OPTIONAL("world", lane, "who acted"),
    OPTIONAL("detector", text, "which detector saw it"),
    OPTIONAL("text", text, "what was seen"),
    END,
};
OBJECT(violation);
LIST(violations, violation);

static const struct report_member lane_step_members[] = {
    REQUIRED("time_ns", count, "when"),
    REQUIRED("from", lane, "who acts"),
    REQUIRED("to", lane, "on whom; the same as from: a local step"),
    REQUIRED("kind", lane_kind, "what sort of step"),
    OPTIONAL("text", text, "the step in words"),
    END,
};
OBJECT(lane_step);
LIST(lanes, lane_step);

static const struct report_shape counter_map = {.kind = REPORT_MAP, .item = &number};
static const struct report_member counters_members[] = {
    OPTIONAL("ns", counter_map, "of the non-secure world's endpoint"),
    OPTIONAL("s", counter_map, "of the secure world's endpoint"),
    OPTIONAL("monitor", counter_map, "of the monitor"),
    OPTIONAL("machine", counter_map, "of the simulated machine"),
    END,
};
OBJECT(counters);

TUPLE(bucket, 2);
LIST(buckets, bucket);
static const struct report_member latency_one_members[] = {
    REQUIRED("direction", direction, "which way the frames went"),
    REQUIRED("class", text, "name of the traffic class"),
    REQUIRED("count", count, "frames measured"),
    OPTIONAL("min_ns", count, "shortest latency, from offered to delivered"),
    OPTIONAL("mean_ns", count, "mean, rounded down"),
    OPTIONAL("p50_ns", count, "median"),
    OPTIONAL("p90_ns", count, "90th percentile"),
    OPTIONAL("p99_ns", count, "99th percentile"),
    OPTIONAL("p999_ns", count, "99.9th percentile"),
    OPTIONAL("max_ns", count, "longest latency"),
    OPTIONAL("buckets", buckets, "histogram: [longest latency in ns, frames], rising"),
    END,
};
OBJECT(latency_one);
LIST(latency, latency_one);

TUPLE(point, 3);
LIST(points, point);
static const struct report_member occupancy_one_members[] = {
    REQUIRED("direction", direction, "whose ring: the sender comes first"),
    REQUIRED("class", text, "name of the traffic class"),
    REQUIRED("lines", count, "lines that the ring has"),
    REQUIRED("points", points,
	     "[time in ns, least, most lines in use from then to the next point]"),
    END,
};
OBJECT(occupancy_one);
LIST(occupancy, occupancy_one);

static const struct report_member critical_members[] = {
    REQUIRED("jobs", count, "jobs of the periodic critical task that were released"),
    REQUIRED("missed", count, "jobs that ended after their deadline"),
    OPTIONAL("worst_response_ns", count, "longest time from release to end"),
    OPTIONAL("deadline_ns", count, "deadline, relative to the release"),
    OPTIONAL("buckets", buckets, "histogram: [longest response time in ns, jobs], rising"),
    END,
};
OBJECT(critical);

static const struct report_member fault_members[] = {
    REQUIRED("index", count, "place in the scenario's list of faults, from 0"),
    REQUIRED("kind", text, "as in the scenario file"),
    OPTIONAL("world", lane, "whose fault"),
    OPTIONAL("opportunities", count, "how often it could have happened"),
    OPTIONAL("fired", count, "how often it did"),
    END,
};
OBJECT(fault);
LIST(faults, fault);

static const struct report_member flow_members[] = {
    REQUIRED("name", text, "as in the scenario file"),
    OPTIONAL("from", world, "sending world"),
    OPTIONAL("class", text, "name of the traffic class"),
    OPTIONAL("offered", count, "frames that the flow made"),
    OPTIONAL("accepted", count, "frames that the ring took"),
    OPTIONAL("delivered", count, "frames that the other world was given"),
    OPTIONAL("dropped", count, "frames that were lost on the way, with a count"),
    END,
};
OBJECT(flow);
LIST(traffic, flow);

static const struct report_member result_members[] = {
    REQUIRED("schema", schema, "name of this format"),
    OPTIONAL("version", text, "version of the program"),
    REQUIRED("scenario", scenario, "what was run"),
    OPTIONAL("threat", threat, "the threat that the scenario acts out"),
    REQUIRED("seed", text, "decimal number, a text because it has 64 bits"),
    REQUIRED("mode", mode, "clock of the run"),
    OPTIONAL("countermeasure", on_off, "off: something that protects was taken away"),
    OPTIONAL("off", texts, "what was taken away"),
    REQUIRED("verdict", verdict, "of the whole run"),
    OPTIONAL("reason", text, "why"),
    OPTIONAL("bound", text, "within which bounds the verdict holds"),
    OPTIONAL("partial", flag, "true: the run was stopped before its end"),
    OPTIONAL("reproduce", text, "command that gives this run again"),
    OPTIONAL("virtual_ns", count, "time of the run's clock at the end"),
    OPTIONAL("main_ns", count, "length of the phase with traffic and faults"),
    OPTIONAL("accesses", count, "shared accesses made"),
    OPTIONAL("steps", count, "steps in the trace"),
    OPTIONAL("trace_hash", text, "hash of the whole trace, hexadecimal"),
    OPTIONAL("properties", properties, "the verdict of each property"),
    OPTIONAL("violations", violations, "the first ones, in order of time"),
    OPTIONAL("lanes", lanes, "at most 200 steps around the failing one, or the first ones"),
    OPTIONAL("failing_step", lane_index, "place in lanes, from 0; -1: none"),
    OPTIONAL("counters", counters, "by name, for each part of the machine"),
    OPTIONAL("latency", latency, "of delivered frames, for each direction and class"),
    OPTIONAL("occupancy", occupancy, "of each ring over time"),
    OPTIONAL("critical", critical, "the secure world's critical task"),
    OPTIONAL("faults", faults, "faults of the scenario"),
    OPTIONAL("traffic", traffic, "flows of the scenario"),
    OPTIONAL("stack", any, "counters of the IP stack, as it names them"),
    END,
};
const struct report_shape report_result_shape = {
    .kind = REPORT_OBJECT,
    .members = result_members,
};

static const struct report_member on_members[] = {
    REQUIRED("verdict", verdict, "with everything in place"),
    REQUIRED("dir", text, "folder of the run, relative to the index"),
    END,
};
OBJECT(on);

static const struct report_member off_members[] = {
    REQUIRED("verdict", verdict, "with the countermeasure taken away"),
    REQUIRED("dir", text, "folder of the run, relative to the index"),
    OPTIONAL("broke", texts, "properties that broke"),
    OPTIONAL("text", text, "how the first one broke"),
    REQUIRED("expected", flag, "it broke as the scenario says"),
    END,
};
OBJECT(off);

static const struct report_member row_members[] = {
    OPTIONAL("id", text, "threat; missing or empty for a demonstration"),
    REQUIRED("scenario", text, "name of the scenario"),
    OPTIONAL("title", text, "one line"),
    OPTIONAL("properties", texts, "properties that the scenario is about"),
    REQUIRED("on", on, "the run as it should be"),
    OPTIONAL("off", off, "the run without the countermeasure"),
    END,
};
OBJECT(row);
const struct report_shape report_rows_shape = {.kind = REPORT_LIST, .item = &row};
