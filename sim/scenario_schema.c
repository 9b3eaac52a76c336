/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of keys. Its order is the order of reading: a class is named before it is referred to,
 * a kind stands before what depends on it. docs/scenario-format.md repeats each line; a test
 * compares.
 */
#include "scenario_schema.h"
#include "stack.h"

#define US UINT64_C(1000)
#define MS (1000 * US)
#define SEC (1000 * MS)
#define HOUR (3600 * SEC)
#define MILLION UINT64_C(1000000) /* 1 in a range of ratios */

#define FRAMES (1u << SIM_FLOW_FRAMES)
#define REPLAY (1u << SIM_FLOW_REPLAY)
#define PING (1u << SIM_FLOW_PING)
#define UDP (1u << SIM_FLOW_UDP)
#define TCP (1u << SIM_FLOW_TCP)

#define AT(member)                                                                                 \
	.offset = offsetof(struct scenario, member),                                               \
	.size = sizeof(((const struct scenario *)NULL)->member)
#define IN_CLASS(member) AT(channel.cls[0].member), .stride = sizeof(struct iwc_class_config)
#define IN_FLOW(member) AT(flow[0].member), .stride = sizeof(struct sim_flow)
#define IN_FAULT(member) AT(fault[0].member), .stride = sizeof(struct sim_fault)

#define GROUP(keys)                                                                                \
	{                                                                                          \
		.key = (keys), .count = sizeof(keys) / sizeof((keys)[0])                           \
	}

static const struct scenario_key class_keys[] = {
    {.name = "name",
     .type = SCENARIO_NAME,
     .flags = SCENARIO_REQUIRED,
     AT(class_name[0]),
     .stride = SIM_NAME_MAX},
    {.name = "lines",
     .type = SCENARIO_LINES,
     IN_CLASS(lines_log2),
     .min = 1u << IWC_LINES_LOG2_MIN,
     .max = 1u << IWC_LINES_LOG2_MAX,
     .def = "64"},
    {.name = "frame_max",
     .type = SCENARIO_SIZE,
     IN_CLASS(frame_max_bytes),
     .min = IWC_FRAME_MIN,
     .max = IWC_FRAME_MAX,
     .def = "1536 B"},
    {.name = "budget",
     .type = SCENARIO_COUNT,
     IN_CLASS(budget),
     .min = 1,
     .max = UINT16_MAX,
     .def = "8"},
    {.name = "protect", .type = SCENARIO_BOOL, IN_CLASS(protect), .def = "false"},
    {.name = "timeout",
     .type = SCENARIO_TIME,
     IN_CLASS(timeout_ns),
     .min = US,
     .max = HOUR,
     .def = "none",
     .zero = "none"},
};
static const struct scenario_group class_group = GROUP(class_keys);

/* Small frames that must arrive, protected and served before everything else; and the rest. */
const struct scenario_default_class scenario_default_class[SCENARIO_DEFAULT_CLASSES] = {
    {"control", true},
    {"bulk", false},
};

static const struct scenario_key channel_keys[] = {
    {.name = "classes",
     .type = SCENARIO_LIST,
     .group = &class_group,
     .count_offset = offsetof(struct scenario, channel.class_count),
     .min = 1,
     .def = "control, bulk",
     .count_max = IWC_CLASSES_MAX},
    {.name = "doorbells", .type = SCENARIO_BOOL, AT(channel.bell), .def = "true"},
    {.name = "first_line",
     .type = SCENARIO_COUNT,
     AT(channel.first_line),
     .max = IWC_LINE_MASK,
     .def = "0"},
    {.name = "backoff_min",
     .type = SCENARIO_TIME,
     AT(channel.backoff_min_ns),
     .min = 1,
     .max = HOUR,
     .def = "100 us"},
    {.name = "backoff_max",
     .type = SCENARIO_TIME,
     AT(channel.backoff_max_ns),
     .min = 1,
     .max = HOUR,
     .def = "10 ms"},
    {.name = "stall",
     .type = SCENARIO_TIME,
     AT(channel.stall_ns),
     .min = 1,
     .max = HOUR,
     .def = "backoff_max",
     .zero = "backoff_max"},
};
static const struct scenario_group channel_group = GROUP(channel_keys);

static const struct scenario_key memory_keys[] = {
    {.name = "weak", .type = SCENARIO_RATIO, AT(weak), .max = MILLION, .def = "0.2"},
    {.name = "stale_max", .type = SCENARIO_TIME, AT(stale_max_ns), .max = SEC, .def = "2 us"},
};
static const struct scenario_group memory_group = GROUP(memory_keys);

static const struct scenario_key time_keys[] = {
    {.name = "access", .type = SCENARIO_TIME, AT(access_ns), .min = 1, .max = MS, .def = "10 ns"},
    {.name = "jitter", .type = SCENARIO_TIME, AT(jitter_ns), .max = MS, .def = "10 ns"},
    {.name = "slack", .type = SCENARIO_TIME, AT(slack_ns), .max = MS, .def = "200 ns"},
};
static const struct scenario_group time_group = GROUP(time_keys);

static const struct scenario_key monitor_keys[] = {
    {.name = "bucket_interval",
     .type = SCENARIO_TIME,
     AT(bucket_interval_ns),
     .min = 1,
     .max = 10 * SEC,
     .def = "50 us"},
    {.name = "bucket_burst",
     .type = SCENARIO_COUNT,
     AT(bucket_burst),
     .min = 1,
     .max = UINT16_MAX,
     .def = "4"},
    {.name = "bell_latency", .type = SCENARIO_TIME, AT(bell_ns), .max = SEC, .def = "1 us"},
    {.name = "smc", .type = SCENARIO_TIME, AT(smc_ns), .min = 1, .max = MS, .def = "300 ns"},
};
static const struct scenario_group monitor_group = GROUP(monitor_keys);

#define CRITICAL_KEY(key_name, member)                                                             \
	{                                                                                          \
		.name = (key_name), .type = SCENARIO_TIME, .flags = SCENARIO_REQUIRED, AT(member), \
		.min = 1, .max = 10 * SEC                                                          \
	}
#define CRITICAL_KEYS(w)                                                                           \
	CRITICAL_KEY("period", world[w].critical_period_ns),                                       \
	    CRITICAL_KEY("wcet", world[w].critical_wcet_ns),                                       \
	    CRITICAL_KEY("deadline", world[w].critical_deadline_ns)

static const struct scenario_key ns_critical_keys[] = {CRITICAL_KEYS(SIM_NS)};
static const struct scenario_key s_critical_keys[] = {CRITICAL_KEYS(SIM_S)};
static const struct scenario_group ns_critical_group = GROUP(ns_critical_keys);
static const struct scenario_group s_critical_group = GROUP(s_critical_keys);

#define COST_KEY(key_name, member, default_text)                                                   \
	{                                                                                          \
		.name = (key_name), .type = SCENARIO_TIME, AT(member), .max = SEC,                 \
		.def = (default_text)                                                              \
	}
#define WORLD_KEYS(w, poll_text, critical_group)                                                   \
	{.name = "poll",                                                                           \
	 .type = SCENARIO_TIME,                                                                    \
	 AT(world[w].poll_ns),                                                                     \
	 .min = US,                                                                                \
	 .max = 10 * SEC,                                                                          \
	 .def = (poll_text),                                                                       \
	 .zero = "none"},                                                                          \
	    COST_KEY("boot", world[w].boot_ns, "50 us"),                                           \
	    COST_KEY("start", world[w].start_ns, "0 ns"),                                          \
	    COST_KEY("frame_cost", world[w].frame_ns, "500 ns"),                                   \
	    COST_KEY("irq_cost", world[w].irq_ns, "300 ns"),                                       \
	    COST_KEY("relink_cost", world[w].relink_ns, "1 us"),                                   \
	    {.name = "stack", .type = SCENARIO_BOOL, AT(world[w].stack), .def = "false"},          \
	    {.name = "filter_ethertype",                                                           \
	     .type = SCENARIO_COUNT,                                                               \
	     .flags = SCENARIO_HEX,                                                                \
	     AT(world[w].filter_ethertype),                                                        \
	     .min = 0x600,                                                                         \
	     .max = UINT16_MAX,                                                                    \
	     .def = "none",                                                                        \
	     .zero = "none"},                                                                      \
	{                                                                                          \
		.name = "critical", .type = SCENARIO_GROUP, .flags = SCENARIO_OPTIONAL,            \
		.group = &(critical_group)                                                         \
	}

static const struct scenario_key ns_keys[] = {WORLD_KEYS(SIM_NS, "1 ms", ns_critical_group)};
static const struct scenario_key s_keys[] = {WORLD_KEYS(SIM_S, "100 us", s_critical_group)};
static const struct scenario_group ns_group = GROUP(ns_keys);
static const struct scenario_group s_group = GROUP(s_keys);

static const struct scenario_key flow_keys[] = {
    {.name = "kind",
     .type = SCENARIO_ENUM,
     .flags = SCENARIO_REQUIRED,
     IN_FLOW(kind),
     .at = scenario_flow_kind_name},
    {.name = "name", .type = SCENARIO_NAME, IN_FLOW(name), .def = "flow#"},
    {.name = "from", .type = SCENARIO_ENUM, IN_FLOW(from), .def = "ns", .at = scenario_world_name},
    {.name = "class", .type = SCENARIO_CLASS, IN_FLOW(cls), .def = "the last"},
    {.name = "size",
     .type = SCENARIO_SIZES,
     IN_FLOW(size_min_bytes),
     .flows = FRAMES | PING | UDP,
     .min = IWC_FRAME_MIN,
     .max = IWC_FRAME_MAX,
     .def = "64 B"},
    {.name = "pattern",
     .type = SCENARIO_ENUM,
     IN_FLOW(pattern),
     .flows = FRAMES,
     .def = "fixed",
     .at = scenario_pattern_name},
    {.name = "gap",
     .type = SCENARIO_TIME,
     IN_FLOW(gap_ns),
     .flows = FRAMES | PING | UDP,
     .min = 1,
     .max = HOUR,
     .def = "10 us"},
    {.name = "burst",
     .type = SCENARIO_COUNT,
     .flags = SCENARIO_BY_BURST,
     IN_FLOW(burst),
     .flows = FRAMES,
     .min = 1,
     .max = 4096,
     .def = "32"},
    {.name = "count",
     .type = SCENARIO_COUNT,
     IN_FLOW(count),
     .flows = FRAMES | REPLAY | PING | UDP,
     .max = UINT32_MAX,
     .def = "0"},
    {.name = "bytes",
     .type = SCENARIO_SIZE,
     IN_FLOW(count),
     .flows = TCP,
     .min = 1,
     .max = 1u << 30,
     .def = "64 KiB"},
    {.name = "start", .type = SCENARIO_TIME, IN_FLOW(start_ns), .max = HOUR, .def = "0 ns"},
    {.name = "stop",
     .type = SCENARIO_TIME,
     IN_FLOW(stop_ns),
     .min = 1,
     .max = HOUR,
     .def = "end",
     .zero = "end"},
    {.name = "file",
     .type = SCENARIO_STRING,
     .flags = SCENARIO_REQUIRED,
     IN_FLOW(file),
     .flows = REPLAY},
    {.name = "filter", .type = SCENARIO_STRING, IN_FLOW(filter), .flows = REPLAY, .def = ""},
    {.name = "speed",
     .type = SCENARIO_RATIO,
     IN_FLOW(speed),
     .flows = REPLAY,
     .min = 1,
     .max = MILLION * MILLION,
     .def = "1.0"},
};
static const struct scenario_group flow_group = GROUP(flow_keys);

static const struct scenario_key fault_keys[] = {
    {.name = "kind",
     .type = SCENARIO_ENUM,
     .flags = SCENARIO_REQUIRED,
     IN_FAULT(kind),
     .at = scenario_fault_name},
    {.name = "world",
     .type = SCENARIO_ENUM,
     .flags = SCENARIO_BY_WORLD,
     IN_FAULT(world),
     .def = "ns",
     .at = scenario_world_name},
    {.name = "probability",
     .type = SCENARIO_RATIO,
     IN_FAULT(probability),
     .max = MILLION,
     .def = "1.0"},
    {.name = "from", .type = SCENARIO_TIME, IN_FAULT(from_ns), .max = HOUR, .def = "0 ns"},
    {.name = "to",
     .type = SCENARIO_TIME,
     IN_FAULT(to_ns),
     .min = 1,
     .max = HOUR,
     .def = "end",
     .zero = "end"},
    {.name = "count", .type = SCENARIO_COUNT, IN_FAULT(count), .max = UINT32_MAX, .def = "0"},
    {.name = "skip", .type = SCENARIO_COUNT, IN_FAULT(skip), .max = INT64_MAX, .def = "0"},
    {.name = "amount",
     .type = SCENARIO_AMOUNT,
     .flags = SCENARIO_REQUIRED | SCENARIO_BY_AMOUNT,
     IN_FAULT(amount),
     .min = 1,
     .max = 4096},
    {.name = "interval",
     .type = SCENARIO_TIME,
     .flags = SCENARIO_REQUIRED | SCENARIO_BY_INTERVAL,
     IN_FAULT(interval_ns),
     .min = 1,
     .max = HOUR},
    {.name = "class",
     .type = SCENARIO_CLASS,
     .flags = SCENARIO_BY_CLASS,
     IN_FAULT(cls),
     .def = "the last"},
};
static const struct scenario_group fault_group = GROUP(fault_keys);

static const struct scenario_key off_keys[] = {
    {.name = "core", .type = SCENARIO_NAME, AT(threat.off_core), .def = ""},
    {.name = "core_world",
     .type = SCENARIO_WHO,
     AT(threat.off_core_world),
     .def = "s",
     .at = scenario_who_name},
    {.name = "weak",
     .noun = "weakness",
     .type = SCENARIO_FLAGS,
     AT(threat.off_weak),
     .def = "none",
     .zero = "none",
     .at = scenario_weakness_name},
    {.name = "set", .type = SCENARIO_SETS, AT(threat.off_set), .def = ""},
};
static const struct scenario_group off_group = GROUP(off_keys);

static const struct scenario_key threat_keys[] = {
    {.name = "id", .type = SCENARIO_NAME, .flags = SCENARIO_REQUIRED, AT(threat.id)},
    {.name = "attacker",
     .type = SCENARIO_WORD,
     .flags = SCENARIO_REQUIRED,
     AT(threat.attacker),
     .at = scenario_attacker_name},
    {.name = "what",
     .type = SCENARIO_STRING,
     .flags = SCENARIO_REQUIRED | SCENARIO_MULTILINE,
     AT(threat.what)},
    {.name = "countermeasure",
     .type = SCENARIO_STRING,
     .flags = SCENARIO_MULTILINE,
     AT(threat.countermeasure),
     .def = ""},
    {.name = "breaks",
     .noun = "property",
     .type = SCENARIO_FLAGS,
     AT(threat.breaks),
     .def = "none",
     .zero = "none",
     .at = scenario_property_id},
    {.name = "off", .type = SCENARIO_GROUP, .flags = SCENARIO_OPTIONAL, .group = &off_group},
};
static const struct scenario_group threat_group = GROUP(threat_keys);

static const struct scenario_key core_keys[] = {
    {.name = "ns", .type = SCENARIO_NAME, AT(core[SIM_NS]), .def = "core"},
    {.name = "s", .type = SCENARIO_NAME, AT(core[SIM_S]), .def = "core"},
};
static const struct scenario_group core_group = GROUP(core_keys);

static const struct scenario_key root_keys[] = {
    {.name = "name", .type = SCENARIO_NAME, .flags = SCENARIO_REQUIRED, AT(name)},
    {.name = "title", .type = SCENARIO_STRING, AT(title), .def = ""},
    {.name = "text", .type = SCENARIO_STRING, .flags = SCENARIO_MULTILINE, AT(text), .def = ""},
    {.name = "origin", .type = SCENARIO_STRING, AT(path), .def = ""},
    {.name = "seed", .type = SCENARIO_COUNT, AT(seed), .max = UINT64_MAX, .def = "1"},
    {.name = "duration",
     .type = SCENARIO_TIME,
     AT(duration_ns),
     .min = US,
     .max = HOUR,
     .def = "20 ms"},
    {.name = "closing", .type = SCENARIO_TIME, AT(closing_ns), .max = HOUR, .def = "60 ms"},
    {.name = "recovery_polls",
     .type = SCENARIO_COUNT,
     AT(recovery_polls),
     .min = 1,
     .max = 1000000,
     .def = "50"},
    {.name = "properties",
     .noun = "property",
     .type = SCENARIO_FLAGS,
     AT(properties),
     .min = 1,
     .def = "all",
     .at = scenario_property_id},
    {.name = "channel", .type = SCENARIO_GROUP, .group = &channel_group},
    {.name = "memory", .type = SCENARIO_GROUP, .group = &memory_group},
    {.name = "time", .type = SCENARIO_GROUP, .group = &time_group},
    {.name = "monitor", .type = SCENARIO_GROUP, .group = &monitor_group},
    {.name = "ns", .type = SCENARIO_GROUP, .group = &ns_group},
    {.name = "s", .type = SCENARIO_GROUP, .group = &s_group},
    {.name = "traffic",
     .type = SCENARIO_LIST,
     .group = &flow_group,
     .count_offset = offsetof(struct scenario, flow_count),
     .count_max = SIM_FLOWS_MAX},
    {.name = "faults",
     .type = SCENARIO_LIST,
     .group = &fault_group,
     .count_offset = offsetof(struct scenario, fault_count),
     .count_max = SIM_FAULTS_MAX},
    {.name = "threat", .type = SCENARIO_GROUP, .flags = SCENARIO_OPTIONAL, .group = &threat_group},
    {.name = "core", .type = SCENARIO_GROUP, .group = &core_group},
    {.name = "weak",
     .noun = "weakness",
     .type = SCENARIO_FLAGS,
     AT(weakness),
     .def = "none",
     .zero = "none",
     .at = scenario_weakness_name},
};
const struct scenario_group scenario_root = GROUP(root_keys);

_Static_assert(offsetof(struct sim_flow, size_max_bytes) ==
		   offsetof(struct sim_flow, size_min_bytes) + sizeof(uint32_t),
	       "SCENARIO_SIZES stores two neighbours");
_Static_assert(SIM_STACK_FRAME_MAX <= IWC_FRAME_MAX, "the stack's frames fit a class");
