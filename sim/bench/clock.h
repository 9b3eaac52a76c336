/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clock.h - the processor's own clock and the pause of a spin loop, for C and C++.
 */
#ifndef BENCH_CLOCK_H
#define BENCH_CLOCK_H

#include <stdint.h>
#include <time.h>

/* Ticks of the time stamp counter; the same on both CPUs, constant rate. Else the slower clock. */
static inline uint64_t bench_ticks(void)
{
#if defined(__x86_64__)
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
#elif defined(__aarch64__)
	uint64_t v;

	__asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(v));
	return v;
#else
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
#endif
}

/* One turn of a measured spin loop: look again at once. */
static inline void bench_spin(void)
{
	__asm__ volatile("" ::: "memory");
}

/* One turn of a wait between measurements, kind to an SMT sibling. */
static inline void bench_relax(void)
{
#if defined(__x86_64__)
	__builtin_ia32_pause();
#else
	__asm__ volatile("yield");
#endif
}

#endif
