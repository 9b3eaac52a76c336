# SPDX-License-Identifier: BSD-2-Clause
#
# tap-bridge/: the channel between real network stacks. Part of the program iwc, and iwcdump, by
# which Wireshark attaches.

TAP_SRCS := $(filter-out %_test.c %_fuzz.c,$(wildcard tap-bridge/*.c))
TAP_TEST_SRCS := $(wildcard tap-bridge/*_test.c)
TAP_FUZZ_SRCS := $(wildcard tap-bridge/*_fuzz.c)
IWCDUMP_SRCS := $(filter-out %_test.c,$(wildcard tap-bridge/iwcdump/*.c))
TAP_FLAGS := $(SIM_FLAGS) -Itap-bridge

BATS += $(wildcard tap-bridge/*.bats)
FUZZ_SRCS += $(TAP_FUZZ_SRCS)
LINT_FLAGS += $(foreach d,tap-bridge tap-bridge/iwcdump tap-bridge/bench,$(addprefix \
	$(d):,$(TAP_FLAGS)))

# Hooks into the target bench.
-include tap-bridge/bench/bench.mk

# --- library and programs ----------------------------------------------------------------------

TAP_OBJS := $(TAP_SRCS:%.c=$(O)/obj/%.o)
IWCDUMP_OBJS := $(IWCDUMP_SRCS:%.c=$(O)/obj/%.o)

OBJS += $(TAP_OBJS) $(IWCDUMP_OBJS)
ALL += $(O)/libtap.a $(if $(IWCDUMP_SRCS),$(O)/iwcdump)

$(TAP_OBJS) $(IWCDUMP_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP) | $(O)/gen/version.h
	$(call compile,$(TAP_FLAGS))

LIST-tap := $(TAP_OBJS)
$(O)/libtap.a: $(TAP_OBJS) $(O)/gen/tap.list
	$(call archive)

# The rule is in sim/module.mk.
$(O)/iwc: $(TAP_OBJS) $(O)/gen/tap.list

LIST-iwcdump := $(IWCDUMP_OBJS)
# Named twice: the library of the simulator holds the commands, and those call this one.
$(O)/iwcdump: $(IWCDUMP_OBJS) $(O)/gen/iwcdump.list $(LWIP_LIBS) $(O)/libtap.a $(O)/libsim.a \
		$(O)/libiwc-native.a
	$(call link,$(O)/libtap.a $(O)/libsim.a $(O)/libiwc-native.a $(SIM_LIBS))

# --- unit tests --------------------------------------------------------------------------------

TAP_TESTS := $(TAP_TEST_SRCS:tap-bridge/%.c=$(O)/test/%)
TAP_TEST_OBJS := $(TAP_TEST_SRCS:%.c=$(O)/obj/%.o)

TESTS += $(TAP_TESTS)
OBJS += $(TAP_TEST_OBJS)

$(TAP_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP) | $(O)/gen/version.h
	$(call compile,$(TAP_FLAGS))

$(TAP_TESTS): $(O)/test/%: $(O)/obj/tap-bridge/%.o $(LWIP_LIBS) $(O)/libtap.a $(O)/libsim.a \
		$(O)/libiwc-native.a
	$(call link,-lcmocka $(O)/libtap.a $(O)/libsim.a $(O)/libiwc-native.a $(SIM_LIBS))

# --- fuzzers -----------------------------------------------------------------------------------

TAP_FUZZERS := $(TAP_FUZZ_SRCS:tap-bridge/%.c=$(O)/fuzz/%)
TAP_FUZZ_OBJS := $(TAP_SRCS:%.c=$(O)/fuzz/obj/%.o)
TAP_FUZZ_MAIN_OBJS := $(TAP_FUZZ_SRCS:%.c=$(O)/fuzz/obj/%.o)

OBJS += $(if $(TAP_FUZZ_SRCS),$(TAP_FUZZ_OBJS) $(TAP_FUZZ_MAIN_OBJS))
FUZZERS += $(if $(HAVE_CLANG),$(TAP_FUZZERS))

$(TAP_FUZZ_OBJS) $(TAP_FUZZ_MAIN_OBJS) $(TAP_FUZZERS): private override CC := $(CLANG)
$(TAP_FUZZ_OBJS) $(TAP_FUZZ_MAIN_OBJS) $(TAP_FUZZERS): private override CFLAGS := $(FUZZ_FLAGS)

$(TAP_FUZZ_OBJS) $(TAP_FUZZ_MAIN_OBJS): $(O)/fuzz/obj/%.o: %.c $(FLAGS_STAMP) \
		| $(O)/gen/version.h
	$(call compile,$(TAP_FLAGS) -fsanitize=fuzzer-no-link)

LIST-fuzz-tap := $(TAP_FUZZ_OBJS)
$(O)/fuzz/libtap.a: $(TAP_FUZZ_OBJS) $(O)/gen/fuzz-tap.list
	$(call archive)

$(TAP_FUZZERS): $(O)/fuzz/%: $(O)/fuzz/obj/tap-bridge/%.o $(LWIP_LIBS) $(O)/fuzz/libtap.a \
		$(O)/fuzz/libsim.a $(O)/libiwc-native.a
	$(call link,-fsanitize=fuzzer $(O)/fuzz/libtap.a $(O)/fuzz/libsim.a $(SIM_LIBS))
