# SPDX-License-Identifier: BSD-2-Clause
#
# sim/: the program iwc. core/ is in it once per variant: as it is, and once per patch in sim/weak.

SIM_DIRS := sim sim/port
SIM_SRCS := $(filter-out %_test.c %_fuzz.c sim/core_unit.c, \
	$(wildcard $(addsuffix /*.c,$(SIM_DIRS))))
SIM_TEST_SRCS := $(wildcard sim/*_test.c)
SIM_FUZZ_SRCS := $(wildcard sim/*_fuzz.c)
SIM_BASE_FLAGS := -std=gnu11 -D_GNU_SOURCE -pthread
SIM_PATHS := -Isim -Isim/port -I$(O)/gen
SIM_FLAGS := $(SIM_BASE_FLAGS) $(SIM_PATHS) -Icore
SIM_LIBS := -lconfig -ljansson -lpcap -pthread -lm

BATS += $(wildcard sim/*.bats)
FUZZ_SRCS += $(SIM_FUZZ_SRCS)
LINT_FLAGS += $(addprefix sim:,$(SIM_FLAGS))
LINT_FLAGS += $(addprefix sim/port:,$(SIM_FLAGS))
# What is compiled once per name gets any of its names from lint.
LINT_FLAGS += sim:-DSIM_CORE_SYMBOL=sim_core_core sim:-DSIM_CORE_NAME="core"
LINT_FLAGS += sim/lwip:-DSIM_STACK_SYMBOL=sim_stack_ns sim/lwip:-DSIM_STACK_NAME="ns"
LINT_NEEDS += $(O)/gen/variants.inc

# Sets LWIP_LIBS, the files to link.
-include sim/lwip/lwip.mk
# Defines the target bench.
-include sim/bench/bench.mk

# --- variants of core/ -------------------------------------------------------------------------

WEAK_NAMES := $(if $(wildcard sim/core_unit.c),$(patsubst sim/weak/%.patch,%,$(sort \
	$(wildcard sim/weak/*.patch))))
VARIANT_NAMES := $(if $(wildcard sim/core_unit.c),core) $(WEAK_NAMES)
WEAK_OBJS := $(WEAK_NAMES:%=$(O)/obj/variant/weak/%.o)
VARIANT_OBJS := $(if $(wildcard sim/core_unit.c),$(O)/obj/variant/core.o) $(WEAK_OBJS)

OBJS += $(VARIANT_OBJS)

variant_symbol = sim_core_$(subst -,_,$(1))

# $(call variant,name,folder of the core): all names but one become local, so that variants coexist.
define variant
	$(call compile,$(SIM_BASE_FLAGS) -ffreestanding -I$(2) $(SIM_PATHS) \
		-DSIM_CORE_SYMBOL=$(call variant_symbol,$(1)) -DSIM_CORE_NAME='"$(1)"')
	$(Q)$(OBJCOPY) --keep-global-symbol=$(call variant_symbol,$(1)) $@
endef

$(O)/obj/variant/core.o: sim/core_unit.c $(FLAGS_STAMP)
	$(call variant,core,core)

$(WEAK_OBJS): $(O)/obj/variant/weak/%.o: sim/core_unit.c $(O)/weak/%/stamp $(FLAGS_STAMP)
	$(call variant,$*,$(O)/weak/$*/core)

# A patch that no longer fits exactly stops the build: what is not weak proves nothing.
$(WEAK_NAMES:%=$(O)/weak/%/stamp): $(O)/weak/%/stamp: sim/weak/%.patch sim/make/weaken.sh \
		$(CORE_SRCS) $(CORE_HDRS)
	$(call say,PATCH,$(@D)/core)
	$(Q)sim/make/weaken.sh $< $(@D) $(CORE_SRCS) $(CORE_HDRS)

$(O)/gen/variants.inc: FORCE
	$(call write_if_changed,$(foreach n,$(VARIANT_NAMES),'X($(call variant_symbol,$(n)))'))

# --- the program -------------------------------------------------------------------------------

SIM_OBJS := $(SIM_SRCS:%.c=$(O)/obj/%.o)
SIM_LIB_OBJS := $(filter-out $(O)/obj/sim/main.o,$(SIM_OBJS))

OBJS += $(SIM_OBJS)
ALL += $(O)/libsim.a $(if $(wildcard sim/main.c),$(O)/iwc)

$(SIM_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP) | $(O)/gen/variants.inc $(O)/gen/version.h
	$(call compile,$(SIM_FLAGS))

LIST-sim := $(SIM_LIB_OBJS) $(VARIANT_OBJS)
$(O)/libsim.a: $(SIM_LIB_OBJS) $(VARIANT_OBJS) $(O)/gen/sim.list
	$(call archive)

$(O)/iwc: $(SIM_OBJS) $(VARIANT_OBJS) $(LWIP_LIBS) $(O)/libiwc-native.a $(O)/gen/sim.list
	$(call link,$(SIM_LIBS))

# --- unit tests --------------------------------------------------------------------------------

SIM_TESTS := $(SIM_TEST_SRCS:sim/%.c=$(O)/test/%)
SIM_TEST_OBJS := $(SIM_TEST_SRCS:%.c=$(O)/obj/%.o)

TESTS += $(SIM_TESTS)
OBJS += $(SIM_TEST_OBJS)

$(SIM_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP) | $(O)/gen/variants.inc $(O)/gen/version.h
	$(call compile,$(SIM_FLAGS))

# The commands of the program call each other across the two libraries.
$(SIM_TESTS): $(O)/test/%: $(O)/obj/sim/%.o $(O)/libtap.a $(O)/libsim.a $(LWIP_LIBS) \
		$(O)/libiwc-native.a
	$(call link,-lcmocka $(O)/libtap.a $(O)/libsim.a $(O)/libiwc-native.a $(SIM_LIBS))

# --- fuzzers: the simulator's own code is instrumented, its variants of core/ are not ----------

SIM_FUZZERS := $(SIM_FUZZ_SRCS:sim/%.c=$(O)/fuzz/%)
SIM_FUZZ_OBJS := $(patsubst %.c,$(O)/fuzz/obj/%.o,$(filter-out sim/main.c,$(SIM_SRCS)))
SIM_FUZZ_MAIN_OBJS := $(SIM_FUZZ_SRCS:%.c=$(O)/fuzz/obj/%.o)

OBJS += $(SIM_FUZZ_OBJS) $(SIM_FUZZ_MAIN_OBJS)
FUZZERS += $(if $(HAVE_CLANG),$(SIM_FUZZERS))

$(SIM_FUZZ_OBJS) $(SIM_FUZZ_MAIN_OBJS) $(SIM_FUZZERS): private override CC := $(CLANG)
$(SIM_FUZZ_OBJS) $(SIM_FUZZ_MAIN_OBJS) $(SIM_FUZZERS): private override CFLAGS := $(FUZZ_FLAGS)

$(SIM_FUZZ_OBJS) $(SIM_FUZZ_MAIN_OBJS): $(O)/fuzz/obj/%.o: %.c $(FLAGS_STAMP) \
		| $(O)/gen/variants.inc $(O)/gen/version.h
	$(call compile,$(SIM_FLAGS) -fsanitize=fuzzer-no-link)

LIST-fuzz-sim := $(SIM_FUZZ_OBJS) $(VARIANT_OBJS)
$(O)/fuzz/libsim.a: $(SIM_FUZZ_OBJS) $(VARIANT_OBJS) $(O)/gen/fuzz-sim.list
	$(call archive)

$(SIM_FUZZERS): $(O)/fuzz/%: $(O)/fuzz/obj/sim/%.o $(O)/fuzz/libsim.a $(LWIP_LIBS) \
		$(O)/libiwc-native.a
	$(call link,-fsanitize=fuzzer $(SIM_LIBS))
