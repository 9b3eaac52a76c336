# SPDX-License-Identifier: BSD-2-Clause
#
# core/: one source, compiled freestanding for each port found by include path.

CORE_SRCS := $(filter-out %_test.c %_fuzz.c,$(wildcard core/*.c))
CORE_HDRS := $(wildcard core/*.h)
CORE_TEST_SRCS := $(wildcard core/*_test.c)
CORE_FUZZ_SRCS := $(wildcard core/*_fuzz.c)
CORE_FLAGS := -std=c11 -ffreestanding -Icore
CORE_TEST_FLAGS := -std=gnu11 -D_GNU_SOURCE -pthread -Icore -Icore/port/native

BATS += $(wildcard core/*.bats)
FUZZ_SRCS += $(CORE_FUZZ_SRCS)
LINT_FLAGS += $(addprefix core:,$(CORE_FLAGS) -Icore/port/native)
LINT_FLAGS += $(addprefix core/port/native:,$(CORE_FLAGS) -Icore/port/native)
LINT_FLAGS += $(addprefix core/port/null:,$(CORE_FLAGS) -Icore/port/null)
LINT_FLAGS += $(addprefix core/port/adversary:,$(CORE_FLAGS) -D_GNU_SOURCE -Icore/port/adversary)
LINT_NEEDS += $(O)/libiwc-null.a

# --- native and null port ----------------------------------------------------------------------

# $(call port_srcs,port): core/ for a port, a source of which takes the place of its namesake.
port_own = $(filter-out %/link.c,$(wildcard $(1)/*.c))
port_srcs = $(filter-out $(addprefix core/,$(notdir $(call port_own,$(1)))),$(CORE_SRCS)) \
	$(call port_own,$(1))

NATIVE_OBJS := $(patsubst %.c,$(O)/obj/native/%.o,$(call port_srcs,core/port/native))
NULL_OBJS := $(patsubst %.c,$(O)/obj/null/%.o,$(call port_srcs,core/port/null))
NULL_LINK_OBJS := $(patsubst %.c,$(O)/obj/null/%.o,$(wildcard core/port/null/link.c))

OBJS += $(NATIVE_OBJS) $(NULL_OBJS) $(NULL_LINK_OBJS)
ALL += $(O)/libiwc-native.a $(O)/libiwc-null.a $(if $(NULL_LINK_OBJS),$(O)/null-link)

$(NATIVE_OBJS): $(O)/obj/native/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CORE_FLAGS) -Icore/port/native)

$(NULL_OBJS) $(NULL_LINK_OBJS): $(O)/obj/null/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CORE_FLAGS) -Icore/port/null)

LIST-native := $(NATIVE_OBJS)
$(O)/libiwc-native.a: $(NATIVE_OBJS) $(O)/gen/native.list
	$(call archive)

LIST-null := $(NULL_OBJS)
$(O)/libiwc-null.a: $(NULL_OBJS) $(O)/gen/null.list
	$(call archive)

# Every object and not the library: a hook that the contract lacks must not link, called or not.
$(O)/null-link: $(NULL_LINK_OBJS) $(NULL_OBJS) $(O)/gen/null.list
	$(call link)

# --- unit tests --------------------------------------------------------------------------------

CORE_TESTS := $(CORE_TEST_SRCS:core/%.c=$(O)/test/%)
CORE_TEST_OBJS := $(CORE_TEST_SRCS:%.c=$(O)/obj/%.o)

TESTS += $(CORE_TESTS)
OBJS += $(CORE_TEST_OBJS)

$(CORE_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CORE_TEST_FLAGS))

$(CORE_TESTS): $(O)/test/%: $(O)/obj/core/%.o $(O)/libiwc-native.a
	$(call link,-lcmocka -pthread)

# --- the same for coverage, always by gcc without optimisation ---------------------------------

# All of core/ itself, also where the native port has something faster.
COV_CC ?= gcc
COV_OBJS := $(CORE_SRCS:%.c=$(O)/cov/%.o)
COV_TEST_OBJS := $(CORE_TEST_SRCS:%.c=$(O)/cov/%.o)

COV_TESTS += $(CORE_TEST_SRCS:core/%.c=$(O)/cov/test/%)
OBJS += $(COV_OBJS) $(COV_TEST_OBJS)

$(COV_OBJS) $(COV_TEST_OBJS) $(COV_TESTS): private override CC := $(COV_CC)
$(COV_OBJS) $(COV_TEST_OBJS): private override CFLAGS := -O0 -g
$(COV_OBJS) $(COV_TEST_OBJS): private override COMMON_FLAGS := -fno-common

$(COV_OBJS): $(O)/cov/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CORE_FLAGS) -Icore/port/native --coverage)

# A test may include sources of core/ under a port of its own; those count too.
$(COV_TEST_OBJS): $(O)/cov/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CORE_TEST_FLAGS) --coverage)

LIST-cov := $(COV_OBJS)
$(O)/libiwc-native-cov.a: $(COV_OBJS) $(O)/gen/cov.list
	$(call archive)

$(CORE_TEST_SRCS:core/%.c=$(O)/cov/test/%): $(O)/cov/test/%: $(O)/cov/core/%.o \
		$(O)/libiwc-native-cov.a
	$(call link,--coverage -lcmocka -pthread)

# --- fuzzers: inputs come through the adversary port where core/ has one -----------------------

FUZZ_FLAGS := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
CORE_FUZZ_PORT := $(firstword $(wildcard core/port/adversary) core/port/native)
CORE_FUZZ_CFLAGS := -D_GNU_SOURCE -Icore -I$(CORE_FUZZ_PORT)
CORE_FUZZERS := $(CORE_FUZZ_SRCS:core/%.c=$(O)/fuzz/%)
CORE_FUZZ_OBJS := $(patsubst %.c,$(O)/fuzz/obj/%.o,$(call port_srcs,$(CORE_FUZZ_PORT)))
CORE_FUZZ_MAIN_OBJS := $(CORE_FUZZ_SRCS:%.c=$(O)/fuzz/obj/%.o)

OBJS += $(CORE_FUZZ_OBJS) $(CORE_FUZZ_MAIN_OBJS)
FUZZERS += $(if $(HAVE_CLANG),$(CORE_FUZZERS))

$(CORE_FUZZ_OBJS) $(CORE_FUZZ_MAIN_OBJS) $(CORE_FUZZERS): private override CC := $(CLANG)
$(CORE_FUZZ_OBJS) $(CORE_FUZZ_MAIN_OBJS) $(CORE_FUZZERS): private override CFLAGS := $(FUZZ_FLAGS)

$(CORE_FUZZ_OBJS): $(O)/fuzz/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CORE_FLAGS) $(CORE_FUZZ_CFLAGS) -fsanitize=fuzzer-no-link)

$(CORE_FUZZ_MAIN_OBJS): $(O)/fuzz/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,-std=gnu11 $(CORE_FUZZ_CFLAGS) -fsanitize=fuzzer-no-link)

LIST-fuzz-core := $(CORE_FUZZ_OBJS)
$(O)/fuzz/libiwc.a: $(CORE_FUZZ_OBJS) $(O)/gen/fuzz-core.list
	$(call archive)

$(CORE_FUZZERS): $(O)/fuzz/%: $(O)/fuzz/obj/core/%.o $(O)/fuzz/libiwc.a
	$(call link,-fsanitize=fuzzer)

# The same fuzzers under AFL++, for who has it: its compiler brings a driver of the same interface.
AFL_CC ?= $(firstword $(shell command -v afl-clang-fast afl-cc 2>/dev/null))
AFL_FUZZERS := $(CORE_FUZZ_SRCS:core/%.c=$(O)/afl/%)

$(AFL_FUZZERS): $(O)/afl/%: core/%.c $(call port_srcs,$(CORE_FUZZ_PORT)) $(CORE_HDRS) $(FLAGS_STAMP)
	$(call say,AFL,$@)
	@mkdir -p $(@D)
	$(Q)$(AFL_CC) -std=gnu11 $(CORE_FUZZ_CFLAGS) -O1 -g -fsanitize=fuzzer,address,undefined \
		-fno-sanitize-recover=all $(filter %.c,$^) -o $@

.PHONY: fuzz-afl

## fuzz-afl: fuzz core/ with AFL++ for FUZZ_SECONDS=600 each
ifeq ($(AFL_CC),)
fuzz-afl:
	@echo 'fuzz-afl: no afl-clang-fast and no afl-cc: install the package afl++' >&2; exit 1
else
fuzz-afl: $(AFL_FUZZERS)
	@O='$(O)' FUZZERS='$(AFL_FUZZERS)' FUZZ_SECONDS='$(FUZZ_SECONDS)' sim/make/check.sh fuzz-afl
endif
