# SPDX-License-Identifier: BSD-2-Clause
#
# What `make bench` says of the tap: the channel between a TAP and lwIP, beside the same two without
# it and beside a veth pair. docs/performance.md explains.

TAP_BENCH_DIR := $(O)/bench-tap
TAP_BENCH_ROUNDS ?= 7

OBJS += $(TAP_BENCH_DIR)/direct.o

$(TAP_BENCH_DIR)/direct.o: tap-bridge/bench/direct.c $(FLAGS_STAMP) | $(O)/gen/version.h
	$(call compile,$(TAP_FLAGS))

$(TAP_BENCH_DIR)/direct: $(TAP_BENCH_DIR)/direct.o $(LWIP_LIBS) $(O)/libtap.a $(O)/libsim.a \
		$(O)/libiwc-native.a
	$(call link,$(SIM_LIBS))

.PHONY: bench-tap

bench: bench-tap

bench-tap: $(TAP_BENCH_DIR)/direct $(O)/iwc ## measure the tap, as root: ping and iperf through it
	@ROUNDS='$(TAP_BENCH_ROUNDS)' tap-bridge/bench/run.sh '$(O)/iwc' '$(TAP_BENCH_DIR)/direct' \
		'$(TAP_BENCH_DIR)'
