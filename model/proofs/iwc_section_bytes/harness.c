/* SPDX-License-Identifier: BSD-2-Clause */
#include "any.h"

void harness(void)
{
	struct iwc_config cfg = nondet_config();
	size_t bytes = iwc_section_bytes(&cfg), sum = IWC_HEADER_BYTES;

	REACH("end");
	PROVE((bytes != 0u) == config_valid(&cfg),
	      "0 if the configuration is invalid, and only then");
	if (bytes != 0u) {
		for (uint32_t c = 0; c < IWC_CLASSES_MAX; c++)
			sum += c < cfg.class_count ? (size_t)80u << cfg.cls[c].lines_log2 : 0u;
		PROVE(bytes % 4096u == 0u && bytes >= sum && bytes - sum < 4096u,
		      "header and arrays of all classes, rounded up to 4096");
		REACH("valid");
	} else {
		REACH("invalid");
	}
}
