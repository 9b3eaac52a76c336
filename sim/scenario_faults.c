/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kinds of faults: names, opportunities and which fields they use. docs/scenario-format.md
 * repeats each line and says what the kind does; a test compares.
 */
#include <stddef.h>

#include "scenario_file.h"

#define NO SCENARIO_USE_NO
#define MAY SCENARIO_USE_MAY
#define MUST SCENARIO_USE_MUST

/* kind, name, opportunity, world, amount, interval, class */
#define K(kind_, name_, opportunity_, world_, amount_, interval_, class_)                          \
	[SIM_FAULT_##kind_] = {.name = (name_),                                                    \
			       .opportunity = (opportunity_),                                      \
			       .world = (world_),                                                  \
			       .amount = SCENARIO_AMOUNT_##amount_,                                \
			       .interval = (interval_),                                            \
			       .cls = (class_)}

static const struct scenario_fault_info fault_info[SIM_FAULT_KINDS] = {
    K(BELL_LOST, "bell-lost", "doorbell", MUST, NONE, false, NO),
    K(BELL_DUPLICATED, "bell-duplicated", "doorbell", MUST, NONE, false, NO),
    K(BELL_SPURIOUS, "bell-spurious", "interval", MUST, NONE, true, NO),
    K(BELL_DELAYED, "bell-delayed", "doorbell", MUST, TIME, false, NO),
    K(BELL_EARLY, "bell-early", "doorbell", MUST, NONE, false, NO),
    K(BELL_WRONG_CORE, "bell-wrong-core", "doorbell", MUST, TIME, false, NO),
    K(BELL_MASKED, "bell-masked", "activation", MUST, TIME, false, NO),
    K(BELL_STORM, "bell-storm", "activation", MAY, TIME, true, NO),

    K(STALE_READ, "stale-read", "load", MUST, NONE, false, NO),
    K(DELAYED_STORE, "delayed-store", "access", MUST, TIME, false, NO),
    K(TORN_WRITE, "torn-write", "payload line", MUST, TIME, false, NO),
    K(BIT_FLIP, "bit-flip", "access", MUST, NONE, false, NO),
    K(REGION_ZEROED, "region-zeroed", "access", MUST, NONE, false, NO),
    K(GARBAGE, "garbage", "power-on", MUST, NONE, false, NO),

    K(CRASH, "crash", "access", MUST, TIME, false, NO),
    K(CRASH_BOTH, "crash-both", "access of NS", NO, TIME, false, NO),
    K(CRASH_TWICE, "crash-twice", "access", MUST, TIME, false, NO),
    K(RENEW, "renew", "activation", MUST, NONE, false, NO),
    K(MONITOR_RESET, "monitor-reset", "access of NS", NO, NONE, false, NO),
    K(HANG, "hang", "access", MUST, TIME, false, NO),
    K(EPOCH_WRAP, "epoch-wrap", "boot", MUST, NONE, false, NO),
    K(VERSION, "version", "boot", MUST, NONE, false, NO),

    K(SLOW_CONSUMER, "slow-consumer", "activation", MUST, TIME, false, NO),
    K(STOP_CONSUMER, "stop-consumer", "activation", MUST, NONE, false, NO),
    K(BURST, "burst", "activation", MUST, FRAMES, false, MAY),
    K(OVERSIZE, "oversize", "activation", MUST, NONE, false, MAY),
    K(RUNT, "runt", "activation", MUST, NONE, false, MAY),
    K(CLOCK_JUMP, "clock-jump", "activation", MUST, SHIFT, false, NO),
    K(LATE_TICK, "late-tick", "activation", MUST, TIME, false, NO),
    K(NO_BUFFERS, "no-buffers", "activation", MUST, TIME, false, NO),
    K(SLOW, "slow", "access", MUST, TIME, false, NO),

    K(FRAME_CORRUPTED, "frame-corrupted", "frame", MUST, NONE, false, MUST),
    K(FRAME_LOST, "frame-lost", "frame", MUST, NONE, false, MUST),
    K(FRAME_REPEATED, "frame-repeated", "frame", MUST, NONE, false, MUST),
    K(FRAME_INSERTED, "frame-inserted", "frame", MUST, NONE, false, MUST),
    K(FRAME_REORDERED, "frame-reordered", "frame", MUST, NONE, false, MUST),
    K(FRAME_LATE, "frame-late", "frame", MUST, TIME, false, MUST),

    K(ATTACK_RANDOM, "attack-random", "access of S", MAY, NONE, false, NO),
    K(ATTACK_TAG_AHEAD, "attack-tag-ahead", "tag load of S", MAY, NONE, false, MAY),
    K(ATTACK_CREDIT_AHEAD, "attack-credit-ahead", "credit load of S", MAY, NONE, false, MAY),
    K(ATTACK_CREDIT_BACK, "attack-credit-back", "credit load of S", MAY, NONE, false, MAY),
    K(ATTACK_TAG_REPLAY, "attack-tag-replay", "tag load of S", MAY, NONE, false, MAY),
    K(ATTACK_LENGTH_FLIP, "attack-length-flip", "tag load of S", MAY, NONE, false, NO),
    K(ATTACK_LENGTH_PAST_END, "attack-length-past-end", "tag load of S", MAY, NONE, false, MAY),
    K(ATTACK_LENGTH_SHORT, "attack-length-short", "tag load of S", MAY, NONE, false, MAY),
    K(ATTACK_REWRITE_PAYLOAD, "attack-rewrite-payload", "payload line of S", MAY, NONE, false, NO),
    K(ATTACK_WRITE_PEER, "attack-write-peer", "access of NS", MAY, NONE, false, NO),
    K(ATTACK_NEVER_RING, "attack-never-ring", "window", MAY, NONE, false, NO),
    K(ATTACK_STOP_CONSUMING, "attack-stop-consuming", "activation", MAY, NONE, false, NO),
    K(ATTACK_ONE_SLOT, "attack-one-slot", "credit load of S", MAY, NONE, false, MAY),
    K(ATTACK_FLAP_EPOCH, "attack-flap-epoch", "interval", MAY, NONE, true, NO),
    K(ATTACK_KEEP_SESSION, "attack-keep-session", "window", MAY, NONE, false, NO),
    K(ATTACK_SKIP, "attack-skip", "tag load of S", MAY, NONE, false, MAY),
};

const struct scenario_fault_info *scenario_fault_info(unsigned kind)
{
	return kind < SIM_FAULT_KINDS ? &fault_info[kind] : NULL;
}
