# SPDX-License-Identifier: BSD-2-Clause
#
# firmware/test: Linux of the non-secure world for QEMU, and what is checked there.

TEST_O := $(FW_O)/test
FW_TEST_FILES := firmware/test/init.sh $(wildcard firmware/test/guest/*)
FW_BATS := $(wildcard firmware/monitor/*.bats firmware/test/*.bats)

FW_ALL += $(TEST_O)/initrd.gz
LINT_FLAGS += firmware/test:-std=gnu11 firmware/test:-D_GNU_SOURCE

$(TEST_O)/nsprobe: firmware/test/nsprobe.c $(FW_STAMP)
	$(call say,FW-LD,$@)
	@mkdir -p $(@D)
	$(Q)$(FW_CROSS)gcc -std=gnu11 -O2 -static -s $(COMMON_FLAGS) $(WARNINGS) $< -o $@

$(TEST_O)/initrd.gz: firmware/test/initramfs.sh $(FW_TEST_FILES) $(LINUX_O)/iwc_net.ko \
		$(TEST_O)/nsprobe $(LINUX_DEPS)
	$(call say,CPIO,$@)
	$(Q)FW_CROSS='$(FW_CROSS)' firmware/test/initramfs.sh $@ $(LINUX_DEPS) \
		$(LINUX_O)/iwc_net.ko $(TEST_O)/nsprobe

# Drivers that lack one thing each, for the breaks of the checks (breaks.bats).
TEST_WEAK := $(patsubst firmware/test/weak/%.patch,%,$(wildcard firmware/test/weak/*.patch))
TEST_WEAK_INITRDS := $(TEST_WEAK:%=$(TEST_O)/weak/%.gz)

$(TEST_WEAK_INITRDS): $(TEST_O)/weak/%.gz: firmware/test/weak/%.patch $(LINUX_SRCS) \
		$(TEST_O)/initrd.gz
	$(call say,PATCH,$@)
	$(Q)sim/make/weaken.sh $< $(TEST_O)/weak/$* $(LINUX_SRCS)
	$(Q)cp -r $(LINUX_O)/core $(LINUX_O)/include $(TEST_O)/weak/$*/firmware/linux/
	$(Q)find $(TEST_O)/weak/$* -name '*.o' -delete
	$(Q)MAKEFLAGS= $(call linux_make,M=$(abspath $(TEST_O)/weak/$*/firmware/linux) modules) \
		>$(TEST_O)/weak/$*/log 2>&1 || { cat $(TEST_O)/weak/$*/log; exit 1; }
	$(Q)FW_CROSS='$(FW_CROSS)' firmware/test/initramfs.sh $@ $(LINUX_DEPS) \
		$(TEST_O)/weak/$*/firmware/linux/iwc_net.ko $(TEST_O)/nsprobe

# Firmware whose secure world can be told to break itself, for the checks of its restart.
TEST_IMAGES := $(TEST_O)/iwc-fw-shared.bin $(TEST_O)/iwc-fw-own.bin
FW_ALL += $(TEST_IMAGES)

$(TEST_IMAGES): $(TEST_O)/iwc-fw-%.bin: firmware/monitor/pack.S $(FW_O)/qemu-virt/pack.ld \
		$(FW_O)/qemu-virt/monitor.bin $(FW_O)/qemu-virt/spos-test.bin
	$(call mon_pack,qemu-virt,$*,$(FW_O)/qemu-virt/monitor.bin,$(FW_O)/qemu-virt/spos-test.bin)

.PHONY: qemu qemu-check

## qemu: boot Linux beside the secure world in QEMU, with a shell; MODE=own, PLAT=
qemu: firmware
	@O='$(O)' DEPS='$(DEPS)' firmware/test/qemu.sh --interactive \
		--plat '$(or $(PLAT),qemu-virt)' --mode '$(or $(MODE),shared)' $(FW_O)/qemu

## qemu-check: the checks of the firmware in QEMU; FAST=1 the short ones
qemu-check: firmware $(O)/iwc $(TEST_WEAK_INITRDS)
	@O='$(O)' DEPS='$(DEPS)' FAST='$(FAST)' STRICT='$(STRICT)' JOBS='$(JOBS)' \
		TESTS= FUZZERS= FUZZ_SRCS= COV_TESTS= BATS='$(or \
		$(foreach n,$(ONLY),$(filter %/$(n).bats,$(FW_BATS))),$(FW_BATS))' \
		sim/make/check.sh check

## bench-firmware: what the firmware costs, in instructions, in QEMU; beside virtio-net
include firmware/test/bench/bench.mk
