# SPDX-License-Identifier: BSD-2-Clause
#
# Proofs of core/ with CBMC; docs/proofs.md says what they claim.

.PHONY: proofs proofs-full proofs-breaks
proofs proofs-full proofs-breaks:
	$(Q)O=$(O) DEPS=$(DEPS) JOBS=$(JOBS) model/proofs/run.sh \
		$(if $(filter proofs-breaks,$@),--breaks) $(if $(filter proofs-full,$@),full,quick)
