/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proof.h - what every harness uses: claims, assumptions, points that must be reachable.
 *
 * A harness is compiled twice. As it is, CBMC must find every claim true. With -DREACH_ONLY the
 * claims are gone and each REACH is a claim that it can't be reached, which CBMC must refute: so
 * the assumptions do not contradict each other, and the branches that matter are really entered.
 */
#ifndef PROOF_H
#define PROOF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "iwc.h"

#define ASSUME(condition) __CPROVER_assume(condition)

#ifdef REACH_ONLY
#define PROVE(condition, what) ((void)0)
#define REACH(what) __CPROVER_assert(false, "reach: " what)
#else
#define PROVE(condition, what) __CPROVER_assert(condition, what)
#define REACH(what) ((void)0)
#endif

/* Anything; CBMC gives bodies to functions of this name. */
bool nondet_bool(void);
uint32_t nondet_u32(void);
uint64_t nondet_u64(void);
size_t nondet_size(void);
struct iwc nondet_iwc(void);
struct iwc_config nondet_config(void);
struct iwc_producer nondet_producer(void);
struct iwc_consumer nondet_consumer(void);

void *malloc(size_t bytes);

#endif
