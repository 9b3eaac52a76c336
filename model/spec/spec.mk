# SPDX-License-Identifier: BSD-2-Clause
#
# model/spec: the specification and the abstract protocol. `iwc run --conform` needs the verifier of
# traces, $(O)/model/conform; everything else here is run by model/spec/run.sh.

SPEC_SRCS := $(wildcard model/spec/*.pml model/spec/*.h)

BATS += $(wildcard model/spec/*.bats)
ALL += $(if $(shell command -v spin),$(O)/model/conform)

$(O)/gen/spec/conform/pan.c: $(SPEC_SRCS) model/spec/generate.sh
	$(call say,SPIN,$@)
	$(Q)model/spec/generate.sh $(@D) model/spec/conform.pml

# What SPIN writes is compiled without our warnings. Epochs wrap.
$(O)/obj/model/spec/conform.o: $(O)/gen/spec/conform/pan.c $(FLAGS_STAMP)
	$(call compile,-std=gnu11 -fwrapv -DSAFETY -DNOREDUCE -w)

$(O)/model/conform: $(O)/obj/model/spec/conform.o
	$(call link)

# The test of the judgement links the commands, which read clients too, and runs the verifier.
$(O)/test/conform_test: $(O)/obj/model/code/client.o $(O)/obj/model/code/client_text.o \
		| $(if $(shell command -v spin),$(O)/model/conform)
