/* SPDX-License-Identifier: BSD-2-Clause */
/* variants.c - the table of core variants that were built (sim/weak). */
#include "core_ops.h"
#include "sim.h"

#include <string.h>

#define X(symbol) extern const struct sim_core symbol;
#include "variants.inc"
#undef X

static const struct sim_core *const variants[] = {
#define X(symbol) &symbol,
#include "variants.inc"
#undef X
};

#define COUNT (sizeof(variants) / sizeof(variants[0]))

const struct sim_core *sim_core_find(const char *name)
{
	for (size_t i = 0; i < COUNT; i++)
		if (strcmp(variants[i]->name, name) == 0)
			return variants[i];
	return NULL;
}

bool sim_core_exists(const char *name)
{
	return sim_core_find(name) != NULL;
}

const char *sim_core_name_at(unsigned i)
{
	return i < COUNT ? variants[i]->name : NULL;
}
