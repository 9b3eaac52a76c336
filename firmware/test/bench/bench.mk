# SPDX-License-Identifier: BSD-2-Clause
#
# make bench-firmware: what the firmware costs, in instructions, in QEMU with -icount.
# docs/firmware-performance.md explains.

FW_BENCH_DIR := firmware/test/bench
FW_BENCH_O := $(FW_O)/bench
FW_BENCH_MODULES := net/core/failover drivers/net/net_failover drivers/net/virtio_net \
	drivers/virtio/virtio_ring drivers/virtio/virtio drivers/virtio/virtio_mmio
FW_BENCH_IMAGES := $(FW_BENCH_O)/iwc-fw-stamped.bin $(FW_BENCH_O)/iwc-fw-slow.bin
FW_BENCH_STAMPS := $(FW_BENCH_O)/stamps.o $(FW_BENCH_O)/stamps-slow.o
FW_BENCH_WRAP := $(addprefix --wrap=,spos_interrupt ethernet_input net_send)
FW_BENCH := $(FW_BENCH_IMAGES) $(FW_BENCH_O)/iwc-fw-free.bin $(FW_BENCH_O)/initrd.gz

OBJS += $(FW_BENCH_STAMPS)
LINT_FLAGS += $(addprefix firmware/test/bench/user:,-std=gnu11 -D_GNU_SOURCE)
LINT_FLAGS += $(addprefix firmware/test/bench/spos:,$(SPOS_LINT) -I$(FW_BENCH_DIR))

$(FW_BENCH_O)/stamps-slow.o: private FW_FLAGS += -DBENCH_SLOW=1000
$(FW_BENCH_STAMPS): $(FW_BENCH_DIR)/spos/stamps.c $(FW_STAMP) | $(LWIP_ROOT)
	$(call fw_compile,$(SPOS_FLAGS) -I$(FW_BENCH_DIR))

$(FW_BENCH_O)/spos-stamped.elf: $(FW_BENCH_O)/stamps.o
$(FW_BENCH_O)/spos-slow.elf: $(FW_BENCH_O)/stamps-slow.o
$(FW_BENCH_O)/spos-stamped.elf $(FW_BENCH_O)/spos-slow.elf: $(FW_O)/qemu-virt/spos.lds \
		$(SPOS_OBJS) $(SPOS_SO)/firmware/spos/test_none.o $(SPOS_LIBS)
	$(call say,FW-LD,$@)
	$(Q)$(FW_LD) $(FW_BENCH_WRAP) -nostdlib --gc-sections --no-warn-rwx-segments \
		-z max-page-size=4096 -T $(filter %.lds,$^) $(filter %.o,$^) $(SPOS_LIBS) -o $@

$(FW_BENCH_O)/spos-stamped.bin $(FW_BENCH_O)/spos-slow.bin: %.bin: %.elf
	$(Q)$(FW_OBJCOPY) -O binary $< $@

$(FW_BENCH_IMAGES): $(FW_BENCH_O)/iwc-fw-%.bin: $(FW_O)/qemu-virt/monitor.bin \
		$(FW_BENCH_O)/spos-%.bin $(FW_O)/qemu-virt/pack.ld
	$(call mon_pack,qemu-virt,shared,$<,$(FW_BENCH_O)/spos-$*.bin)

# A token each microsecond.
$(FW_BENCH_O)/iwc-fw-free.bin: private MON_CONFIG := -DCONFIG_BUCKET_INTERVAL_NS=1000 \
	-DCONFIG_BUCKET_BURST=16
$(FW_BENCH_O)/iwc-fw-free.bin: $(FW_O)/qemu-virt/monitor.bin $(FW_O)/qemu-virt/spos.bin \
		$(FW_O)/qemu-virt/pack.ld
	$(call mon_pack,qemu-virt,shared,$<,$(FW_O)/qemu-virt/spos.bin)

FW_BENCH_KO := $(FW_BENCH_O)/module/iwc_bench.ko
$(FW_BENCH_KO): $(addprefix $(FW_BENCH_DIR)/,iwc_bench.c stamps.h Kbuild) \
		firmware/include/iwc_smc.h | $(LINUX_DEPS)
	$(call say,KBUILD,$@)
	@mkdir -p $(@D)
	$(Q)cp $^ $(@D)
	$(Q)MAKEFLAGS= $(call linux_make,M=$(abspath $(@D)) modules) >$(@D)/log 2>&1 || \
		{ cat $(@D)/log; exit 1; }
	$(Q)grep -i warning $(@D)/log >&2 || true

$(FW_BENCH_O)/rounds: $(FW_BENCH_DIR)/user/rounds.c $(FW_STAMP)
	$(call say,FW-LD,$@)
	@mkdir -p $(@D)
	$(Q)$(FW_CROSS)gcc -std=gnu11 -O2 -static -s $(COMMON_FLAGS) $(WARNINGS) $< -o $@

# What the bench adds lies behind the root file system of the tests: Linux unpacks one after the
# other.
$(FW_BENCH_O)/initrd.gz: $(TEST_O)/initrd.gz $(FW_BENCH_KO) $(FW_BENCH_O)/rounds \
		$(wildcard $(FW_BENCH_DIR)/guest/*)
	$(call say,CPIO,$@)
	$(Q)rm -rf $(FW_BENCH_O)/root
	$(Q)mkdir -p $(FW_BENCH_O)/root/lib $(FW_BENCH_O)/root/bin $(FW_BENCH_O)/root/guest
	$(Q)for m in $(FW_BENCH_MODULES); do cp "$$(echo \
		$(LINUX_DEPS)/lib/modules/*/kernel/$$m.ko)" $(FW_BENCH_O)/root/lib/ || exit 1; done
	$(Q)$(FW_CROSS)strip -g -o $(FW_BENCH_O)/root/lib/iwc_bench.ko $(FW_BENCH_KO)
	$(Q)cp $(FW_BENCH_O)/rounds $(FW_BENCH_O)/root/bin/
	$(Q)cp $(FW_BENCH_DIR)/guest/* $(FW_BENCH_O)/root/guest/
	$(Q)chmod -R u=rwX,go=rX $(FW_BENCH_O)/root
	$(Q)find $(FW_BENCH_O)/root -exec touch -h -d @0 {} +
	$(Q)(cd $(FW_BENCH_O)/root && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 \
		--reproducible --quiet) | gzip -n -6 | cat $< - >$@.tmp
	$(Q)mv $@.tmp $@

.PHONY: bench-firmware

bench-firmware: $(FW_BENCH) $(FW_O)/qemu-virt/iwc-fw-shared.bin $(MON_CHECK)
	@O='$(O)' DEPS='$(DEPS)' firmware/test/bench/run.sh '$(FW_BENCH_O)' \
		'$(FW_BENCH_O)/run'

# Its own test.
qemu-check: $(FW_BENCH)
