/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * engine.h - what is measured: one way to move frames between two CPUs, and one slice of time.
 *
 * Each engine is one translation unit which defines its port (see engines/loops.inc) and exports
 * one struct bench_engine. bench.c links all of them and runs them in short shuffled slices, so
 * that any two are compared milliseconds apart on the same two CPUs.
 */
#ifndef BENCH_ENGINE_H
#define BENCH_ENGINE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
/* As in iwc_ring.h, which is C only. */
struct iwc_frame {
	void *buf;
	uint32_t len_bytes;
};
extern "C" {
#else
#include "iwc_ring.h"
#endif

#define BENCH_POOL 64u		       /* private frames that a side goes round; a power of two */
#define BENCH_POOL_STRIDE (2048u + 64) /* bytes; no power of two: no conflicts in a cache set */
#define BENCH_BURST_MAX 32u	       /* frames a call */
#define BENCH_LEN_MIN 16u	       /* bytes: a sequence number at both ends */
#define BENCH_LEN_MAX 1536u
#define BENCH_RTT_MAX 65536u /* samples of a slice */

struct bench_slice {
	/* set before the slice */
	uint32_t len_bytes, burst;
	int blocking;			/* the receiver sleeps when it finds nothing */
	uint64_t warm_ticks, run_ticks; /* not measured, then measured */
	/* between the sides, a line each */
	int stop __attribute__((aligned(64)));
	int done __attribute__((aligned(64)));
	/* results, written by the measuring side */
	uint64_t frames __attribute__((aligned(64)));
	uint64_t elapsed_ticks;
	uint64_t bad; /* frames lost, repeated, out of order or torn */
	uint32_t rtt_count;
	uint32_t rtt_ticks[BENCH_RTT_MAX];
};

struct bench_engine {
	const char *name;
	/* Make the shared objects, once, by the first thread. Returns 0, or -1 if the machine does
	 * not allow it; the reason is on stderr and the engine is left out. */
	int (*setup)(void);
	/* Make a side's private objects, once, by the thread that is this side. */
	void (*open)(int side);
	/* Side 0 sends, side 1 receives and measures. */
	void (*stream)(int side, struct bench_slice *s);
	/* Side 0 sends one frame, side 1 sends it back; side 0 measures. */
	void (*rtt)(int side, struct bench_slice *s);
	/* One thread plays both sides for `turns` bursts; returns frames, or 0 if one was bad. */
	uint64_t (*solo)(uint32_t len_bytes, uint32_t burst, uint64_t turns);
};

/* Zeroed memory that both threads touch, faulted in. Ends the program if there is none. */
void *bench_shared_alloc(size_t len_bytes);

/* Ticks of bench_ticks() a nanosecond, found out at the start. */
extern double bench_ticks_per_ns;

#ifdef __cplusplus
}
#endif

#endif
