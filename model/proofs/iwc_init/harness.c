/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

/* The call at the beginning of the induction: it leaves what iwc_boot may find. */
void harness(void)
{
	static struct iwc ep;
	struct iwc_config cfg = nondet_config();
	size_t own_off = nondet_size(), peer_off = nondet_size();
	bool no_own = any_bool(), no_peer = any_bool(), valid = config_valid(&cfg), placed;
	int got;

	ASSUME(cfg.class_count >= 1u && cfg.class_count <= IWC_CLASSES_MAX ? valid : !valid);
	ASSUME(own_off < 4096u && peer_off < 4096u && (uint32_t)cfg.bell <= 1u);
	ep = nondet_iwc();
	if (!valid) {
		port.own = malloc(8192);
		port.peer = malloc(8192);
		got = iwc_init(&ep, &cfg, port.own, port.peer, &port);
		PROVE(got == IWC_EINVAL, "a configuration that is invalid is refused");
		REACH("invalid");
		return;
	}
	port_setup(&cfg);
	placed = !no_own && !no_peer && own_off == 0u && peer_off == 0u;
	got = iwc_init(&ep, &cfg, no_own ? NULL : port.own + own_off,
		       no_peer ? NULL : port.peer + peer_off, &port);

	REACH("end");
	PROVE(got == (placed ? IWC_OK : IWC_EINVAL),
	      "a section that is NULL or not aligned is refused");
	PROVE(port.loads == 0u && port.stores == 0u && port.rings == 0u,
	      "no shared memory is touched");
	if (got == IWC_OK) {
		PROVE(endpoint_bound(&ep), "the invariant is established: binding and state");
		PROVE(config_same(&ep.cfg, &cfg), "the configuration is kept");
		PROVE(ep.state == IWC_STATE_DOWN && ep.epoch == 0u && !ep.told_up,
		      "down, no epoch");
		PROVE(counters_below(&ep.n, 1), "counters start at 0");
		PROVE(ep.backoff_ns == cfg.backoff_min_ns, "the back-off starts afresh");
		for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++)
			PROVE(c >= cfg.class_count || (ep.tx[c].pos <= IWC_LINE_MASK &&
						       ep.rx[c].check.former.sender_epoch == 0u),
			      "rings start behind first_line, with no former session");
		REACH("bound");
	}
}
