# SPDX-License-Identifier: BSD-2-Clause
#
# make bench: the core beside the limit and beside peers, in one program, then a verdict per goal.
# Peers are Debian packages; one that is missing is left out, loudly. docs/performance.md explains.

BENCH_DIR := $(O)/bench
BENCH_RUNS ?= 3
BENCH_ROUNDS ?= 13
BENCH_FLAGS := -std=gnu11 -D_GNU_SOURCE -pthread -Isim/bench -Icore -Icore/port/native \
	-I$(BENCH_DIR)
BENCH_LIBS = -pthread -lm $(if $(BENCH_HAVE_BOOST),-lstdc++) $(if $(BENCH_HAVE_DPDK),$(DPDK_LIBS))

# The engines belong to the toolchains of others.
LINT_FLAGS += $(addprefix sim/bench:,$(BENCH_FLAGS))
LINT_NEEDS += $(BENCH_DIR)/engines.inc

BENCH_RINGTEST := $(DEPS)/ringtest
BENCH_CXX := $(firstword $(wildcard /usr/bin/g++ /usr/bin/clang++))
BENCH_HAVE_CK := $(wildcard /usr/include/ck_ring.h)
BENCH_HAVE_BOOST := $(and $(BENCH_CXX),$(wildcard /usr/include/boost/lockfree/spsc_queue.hpp))
BENCH_HAVE_DPDK := $(and $(wildcard /usr/bin/pkg-config),$(wildcard /usr/include/dpdk/rte_ring.h))
BENCH_HAVE_RINGTEST := $(wildcard $(BENCH_RINGTEST)/ring.c)

# The headers of others are not held to this project's warnings.
DPDK_FLAGS = $(patsubst -I%,-isystem %,$(shell pkg-config --cflags libdpdk))
DPDK_LIBS = $(shell pkg-config --libs libdpdk)

# --- engines: the names made from each source, and their flags ---------------------------------

BENCH_CORE := core core_bell core_e2e
BENCH_CK := ck ck_tuned
BENCH_BOOST := boost boost_tuned
BENCH_RTE_RING := rte_ring rte_ring_tuned
BENCH_DPDK := memif vhost
BENCH_VIRTIO := virtio_packed virtio_split virtio_poll virtio_inorder

BENCH_ENGINES := limit $(BENCH_CORE) ring pipe \
	$(if $(BENCH_HAVE_RINGTEST),$(BENCH_VIRTIO)) \
	$(if $(BENCH_HAVE_CK),$(BENCH_CK)) \
	$(if $(BENCH_HAVE_BOOST),$(BENCH_BOOST)) \
	$(if $(BENCH_HAVE_DPDK),$(BENCH_RTE_RING) $(BENCH_DPDK))
BENCH_SKIPPED := \
	$(if $(BENCH_HAVE_RINGTEST),,$(BENCH_VIRTIO:%=%:linux-source)) \
	$(if $(BENCH_HAVE_CK),,$(BENCH_CK:%=%:libck-dev)) \
	$(if $(BENCH_HAVE_BOOST),,$(BENCH_BOOST:%=%:libboost-dev+g++)) \
	$(if $(BENCH_HAVE_DPDK),,$(addsuffix :libdpdk-dev+pkg-config,$(BENCH_RTE_RING) \
		$(BENCH_DPDK)))

# The limit is this machine's: its widest moves.
BENCH_FLAGS-limit = $(if $(filter x86_64,$(shell uname -m)),-march=native \
	-mprefer-vector-width=512,-mcpu=native)
BENCH_FLAGS-core_bell := -DCORE_BELL=1
BENCH_FLAGS-core_e2e := -DCORE_PROTECT=1
BENCH_FLAGS-ck_tuned := -DTUNED
BENCH_FLAGS-boost_tuned := -DTUNED
BENCH_FLAGS-rte_ring = $(DPDK_FLAGS)
BENCH_FLAGS-rte_ring_tuned = $(DPDK_FLAGS) -DTUNED
BENCH_FLAGS-memif = $(DPDK_FLAGS)
BENCH_FLAGS-vhost = $(DPDK_FLAGS) -DDPDK_VHOST=1
bench_ringtest_flags = -w -DRINGTEST_SOURCE='"$(abspath $(BENCH_RINGTEST))/$(1)"'
BENCH_FLAGS-virtio_packed := $(call bench_ringtest_flags,ring.c) -DRINGTEST_PACKED=1
BENCH_FLAGS-virtio_split := $(call bench_ringtest_flags,virtio_ring_0_9.c)
BENCH_FLAGS-virtio_poll := $(call bench_ringtest_flags,virtio_ring_poll.c)
BENCH_FLAGS-virtio_inorder := $(call bench_ringtest_flags,virtio_ring_inorder.c)

# --- objects -----------------------------------------------------------------------------------

bench_objs = $(1:%=$(BENCH_DIR)/engine/%.o)
bench_name = $(basename $(@F))
bench_engine_flags = $(BENCH_FLAGS-$(bench_name)) -DENGINE_SYMBOL=bench_$(bench_name) \
	-DENGINE_NAME='"$(bench_name)"'
BENCH_OBJS := $(call bench_objs,$(BENCH_ENGINES))

OBJS += $(BENCH_OBJS) $(BENCH_DIR)/bench.o $(BENCH_DIR)/report.o

$(call bench_objs,limit): sim/bench/engines/limit.c
$(call bench_objs,$(BENCH_CORE)): sim/bench/engines/core.c
$(call bench_objs,ring): sim/bench/engines/ring.c
$(call bench_objs,pipe): sim/bench/engines/pipe.c
$(call bench_objs,$(BENCH_CK)): sim/bench/engines/ck.c
$(call bench_objs,$(BENCH_RTE_RING)): sim/bench/engines/rte_ring.c
$(call bench_objs,$(BENCH_DPDK)): sim/bench/engines/dpdk.c
$(call bench_objs,$(BENCH_VIRTIO)): sim/bench/engines/ringtest.c
$(call bench_objs,$(BENCH_BOOST)): sim/bench/engines/boost.cc

$(BENCH_OBJS): $(FLAGS_STAMP)

# The ring layouts share their names; only the engine's stays global.
$(call bench_objs,$(filter-out $(BENCH_BOOST),$(BENCH_ENGINES))):
	$(call compile,$(BENCH_FLAGS) $(bench_engine_flags))
	$(Q)$(OBJCOPY) --keep-global-symbol=bench_$(bench_name) $@

$(call bench_objs,$(filter $(BENCH_BOOST),$(BENCH_ENGINES))):
	$(call say,CXX,$@)
	@mkdir -p $(@D)
	$(Q)$(BENCH_CXX) -std=gnu++17 -pthread -Isim/bench $(bench_engine_flags) -Wall -Wextra \
		$(CFLAGS) -MMD -MP -MF $(@:.o=.d) -c $< -o $@

$(BENCH_DIR)/bench.o $(BENCH_DIR)/report.o: $(BENCH_DIR)/%.o: sim/bench/%.c $(FLAGS_STAMP) \
		| $(BENCH_DIR)/engines.inc
	$(call compile,$(BENCH_FLAGS))

$(BENCH_DIR)/engines.inc: FORCE
	$(call write_if_changed,$(foreach e,$(BENCH_ENGINES),'X($(e))'))

$(BENCH_DIR)/bench: $(BENCH_DIR)/bench.o $(BENCH_OBJS) $(O)/libiwc-native.a $(BENCH_DIR)/engines.inc
	$(call link,$(BENCH_LIBS))

$(BENCH_DIR)/report: $(BENCH_DIR)/report.o
	$(call link,-lm)

# --- targets -----------------------------------------------------------------------------------

.PHONY: bench bench-deps bench-doc

bench: $(BENCH_DIR)/bench $(BENCH_DIR)/report $(O)/iwc ## measure core and simulator (bench-deps)
	@RUNS='$(BENCH_RUNS)' ROUNDS='$(BENCH_ROUNDS)' SKIPPED='$(BENCH_SKIPPED)' \
		COMPILER='$(CC) $(CFLAGS)' sim/bench/run.sh '$(BENCH_DIR)'
	@sim/bench/virtual.sh $(O)/iwc sim/bench/virtual.cfg scenarios/restart-linux.cfg | \
		tee -a '$(BENCH_DIR)/report.txt'

bench-deps:
	sim/make/deps.sh install build test bench
	sim/bench/ringtest.sh '$(BENCH_RINGTEST)'

# The figures of docs/performance.md are the output of the last run.
bench-doc: bench
	@sim/bench/fill.sh docs/performance.md '$(BENCH_DIR)/report.txt'
