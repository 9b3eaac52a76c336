/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * explain.h - what the names mean that iwc prints: threats, properties, detectors, faults, errors.
 * Constant tables; anybody may read them.
 */
#ifndef SIM_EXPLAIN_H
#define SIM_EXPLAIN_H

#include <stdint.h>

#include "scenario.h"

struct explain_threat {
	const char *id;	      /* "T04" */
	const char *attacker; /* NS, S, W (peer on the wire), either, none (a plain fault) */
	const char *what;
	const char *properties; /* "P1 P4" */
	const char *countermeasure;
};

/* NULL after the last. */
const struct explain_threat *explain_threat_at(unsigned i);

enum explain_kind {
	EXPLAIN_PROPERTY,
	EXPLAIN_DETECTOR,
	EXPLAIN_VIOLATION,
	EXPLAIN_ERROR,
	EXPLAIN_WEAKNESS,
	EXPLAIN_VERDICT,
	EXPLAIN_TERM,
	EXPLAIN_KINDS,
};

struct explain_topic {
	enum explain_kind kind;
	const char *name;
	const char *text;
};

/* NULL after the last. A name may stand in more than one kind. */
const struct explain_topic *explain_topic_at(unsigned i);
const char *explain_kind_name(enum explain_kind kind);

/* What a fault of this kind does; NULL outside the enumeration. */
const char *explain_fault(unsigned kind);

/* What is different in a variant of core/. */
const char *explain_core(const char *name);

/* The way of measuring a property, one paragraph; n in 1..13. */
const char *explain_property(unsigned n);

#endif
