# SPDX-License-Identifier: BSD-2-Clause
#
# model/mutants: mutants of core/ and who kills them. What they are linked with is built here, the
# mutants themselves by model/mutants/run.

MUTANT_NEEDS := $(CORE_TEST_OBJS) $(CORE_FUZZ_OBJS) $(CORE_FUZZ_MAIN_OBJS) \
	$(O)/obj/model/mutants/sweep.o $(O)/libsim.a $(LWIP_LIBS) $(O)/libiwc-native.a \
	$(O)/libmodel.a $(O)/iwc $(O)/model/walk $(if $(HAVE_SPIN),$(O)/model/verifier)
MUTANT_RUN := CC='$(CC)' CLANG='$(CLANG)' model/mutants/run
MUTANT_SHARD ?=

BATS += model/mutants/mutants.bats
OBJS += $(O)/obj/model/mutants/sweep.o
LINT_FLAGS += $(addprefix model/mutants:,$(SIM_FLAGS))

$(O)/obj/model/mutants/sweep.o: model/mutants/sweep.c $(FLAGS_STAMP)
	$(call compile,$(SIM_FLAGS))

.PHONY: mutants mutants-quick

verify-needs: $(MUTANT_NEEDS)

## mutants: let the engines try all mutants of core/, goes on where it was stopped; MUTANT_SHARD=1/4
mutants: $(MUTANT_NEEDS)
	$(Q)$(MUTANT_RUN) hand --out $(O) --jobs $(JOBS) --matrix
	$(Q)$(MUTANT_RUN) generated --out $(O) --jobs $(JOBS) $(if $(MUTANT_SHARD),--shard \
		$(MUTANT_SHARD),--summary docs/mutants.md)

## mutants-quick: the hand-written mutants, each until the first engine kills it
mutants-quick: $(MUTANT_NEEDS)
	$(Q)$(MUTANT_RUN) hand --out $(O) --jobs $(JOBS) --engines unit,fuzz,access --again
