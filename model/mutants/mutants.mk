# SPDX-License-Identifier: BSD-2-Clause
#
# model/mutants: mutants of core/ and who kills them. What they are linked with is built here, the
# mutants themselves by model/mutants/run.

MUTANT_NEEDS := $(CORE_TEST_OBJS) $(CORE_FUZZ_OBJS) $(CORE_FUZZ_MAIN_OBJS) \
	$(O)/obj/model/mutants/sweep.o $(O)/libsim.a $(LWIP_LIBS) $(O)/libiwc-native.a
MUTANT_RUN := CC='$(CC)' CLANG='$(CLANG)' model/mutants/run
MUTANT_SHARD ?=

OBJS += $(O)/obj/model/mutants/sweep.o
LINT_FLAGS += $(addprefix model/mutants:,$(SIM_FLAGS))

$(O)/obj/model/mutants/sweep.o: model/mutants/sweep.c $(FLAGS_STAMP)
	$(call compile,$(SIM_FLAGS))

.PHONY: mutants mutants-quick

## mutants: let every engine try every mutant of core/; MUTANT_SHARD=1/4 for a part; hours, resumable
mutants: $(MUTANT_NEEDS)
	$(Q)$(MUTANT_RUN) hand --out $(O) --jobs $(JOBS) --matrix
	$(Q)$(MUTANT_RUN) generated --out $(O) --jobs $(JOBS) $(if $(MUTANT_SHARD),--shard \
		$(MUTANT_SHARD),--summary docs/mutants.md)

## mutants-quick: the hand-written mutants, each until the first engine kills it
mutants-quick: $(MUTANT_NEEDS)
	$(Q)$(MUTANT_RUN) hand --out $(O) --jobs $(JOBS) --again
