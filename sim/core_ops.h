/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core_ops.h - core/ compiled for the simulated port, as a table. Besides the core as it is there
 * are weakened copies (sim/weak), each with one countermeasure taken out by a patch.
 */
#ifndef SIM_CORE_OPS_H
#define SIM_CORE_OPS_H

#include "iwc.h"
#include "iwc_bucket.h"

struct sim_core {
	const char *name;
	size_t (*section_bytes)(const struct iwc_config *cfg);
	int (*init)(struct iwc *ep, const struct iwc_config *cfg, void *own, const void *peer,
		    void *port);
	int (*boot)(struct iwc *ep, uint32_t epoch);
	int (*renew)(struct iwc *ep, uint32_t epoch);
	unsigned (*begin)(struct iwc *ep, uint64_t now_ns);
	unsigned (*recv)(struct iwc *ep, struct iwc_frame *f, unsigned n, unsigned *cls);
	int (*send)(struct iwc *ep, unsigned cls, const struct iwc_frame *f, unsigned n);
	bool (*arm)(struct iwc *ep);
	bool (*arm_space)(struct iwc *ep, unsigned cls, uint32_t len_bytes);
	void (*bucket_init)(struct iwc_bucket *b, uint64_t interval_ns, uint32_t burst,
			    uint64_t now_ns);
	bool (*bucket_take)(struct iwc_bucket *b, uint64_t now_ns);
	bool (*bucket_release)(struct iwc_bucket *b, uint64_t now_ns);
	uint64_t (*bucket_due_ns)(const struct iwc_bucket *b);
};

/* The variant of this name, or NULL. "core" is the core as it is. */
const struct sim_core *sim_core_find(const char *name);

#endif
