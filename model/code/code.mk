# SPDX-License-Identifier: BSD-2-Clause
#
# model/code: the compiled core over a weak memory. Programs below $(O)/model: verifier and
# verifier-live, SPIN's search for faults and for broken claims, if spin is there; walk, the same
# machine at random. The variants of core/ are the simulator's own objects; behind their hooks is
# step.c instead of the simulator's memory.

CODE_FLAGS := $(SIM_BASE_FLAGS) -Imodel/code -Isim -Isim/port -Icore
CODE_LIB_SRCS := $(filter-out %_test.c model/code/walk.c,$(wildcard model/code/*.c))
CODE_TEST_SRCS := $(wildcard model/code/*_test.c)
CODE_LIB_OBJS := $(CODE_LIB_SRCS:%.c=$(O)/obj/%.o)
CODE_WALK_OBJ := $(O)/obj/model/code/walk.o
CODE_TEST_OBJS := $(CODE_TEST_SRCS:%.c=$(O)/obj/%.o)
CODE_TESTS := $(CODE_TEST_SRCS:model/code/%.c=$(O)/test/%)
CODE_VARIANTS := $(O)/obj/sim/variants.o $(VARIANT_OBJS)

OBJS += $(CODE_LIB_OBJS) $(CODE_WALK_OBJ) $(CODE_TEST_OBJS)
TESTS += $(CODE_TESTS)
ALL += $(O)/libmodel.a $(O)/model/walk
LINT_FLAGS += $(addprefix model/code:,$(CODE_FLAGS))

$(CODE_LIB_OBJS) $(CODE_WALK_OBJ) $(CODE_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CODE_FLAGS))

LIST-model := $(CODE_LIB_OBJS)
$(O)/libmodel.a: $(CODE_LIB_OBJS) $(O)/gen/model.list
	$(call archive)

$(O)/model/walk: $(CODE_WALK_OBJ) $(CODE_VARIANTS) $(O)/libmodel.a $(O)/gen/sim.list
	$(call link,-lconfig)

$(CODE_TESTS): $(O)/test/%: $(O)/obj/model/code/%.o $(CODE_VARIANTS) $(O)/libmodel.a \
		$(O)/libiwc-native.a
	$(call link,-lcmocka -lconfig)

# --- SPIN --------------------------------------------------------------------------------------

# What SPIN writes is compiled without our warnings. The search keeps every state whole (no hash
# compaction), and leaves out the reduction that does not understand C.
PAN_FLAGS := -DNOREDUCE -DMEMLIM=1000000 -DVECTORSZ=512 -w
PAN_FLAGS-verifier := -DSAFETY -DNOCLAIM
PAN_FLAGS-verifier-live := -DNFAIR=3
VERIFIERS := $(O)/model/verifier $(O)/model/verifier-live
PAN_OBJS := $(VERIFIERS:$(O)/model/%=$(O)/obj/model/code/pan/%.o)

HAVE_SPIN := $(shell command -v spin)
ALL += $(if $(HAVE_SPIN),$(VERIFIERS))

$(O)/gen/code/pan.c: model/code/code.pml $(wildcard model/spec/*.h) model/spec/channel.pml
	$(call say,SPIN,$@)
	@mkdir -p $(@D)
	$(Q)model/spec/generate.sh $(@D) $<

$(PAN_OBJS): $(O)/obj/model/code/pan/%.o: $(O)/gen/code/pan.c model/code/machine.h \
		model/code/client.h model/code/memory.h sim/core_ops.h $(CORE_HDRS) $(FLAGS_STAMP)
	$(call compile,$(CODE_FLAGS) $(PAN_FLAGS) $(PAN_FLAGS-$*) -I$(O)/gen/code)

$(VERIFIERS): $(O)/model/%: $(O)/obj/model/code/pan/%.o $(CODE_VARIANTS) $(O)/libmodel.a
	$(call link,-lconfig)
