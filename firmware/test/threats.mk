# SPDX-License-Identifier: BSD-2-Clause
#
# firmware/test/attack: a hostile kernel module for Linux in QEMU, and secure worlds that lack one
# check each, at which its attacks must succeed (firmware/test/threats.bats).

ATTACK_O := $(TEST_O)/attack
ATTACK_MODULE := $(wildcard firmware/test/attack/*.[ch]) firmware/test/attack/Kbuild

LINT_FLAGS += firmware/test/attack/user:-std=gnu11 firmware/test/attack/user:-D_GNU_SOURCE

$(ATTACK_O)/iwc_attack.ko: $(ATTACK_MODULE) $(LINUX_O)/iwc_net.ko
	$(call say,KBUILD,$@)
	@mkdir -p $(@D)
	$(Q)cp $(ATTACK_MODULE) $(@D)
	$(Q)rm -rf $(@D)/core $(@D)/port $(@D)/include
	$(Q)cp -r $(LINUX_O)/core $(LINUX_O)/port $(LINUX_O)/include $(@D)
	$(Q)find $(@D)/core -name '*.o' -delete
	$(Q)MAKEFLAGS= $(call linux_make,M=$(abspath $(@D)) modules) >$(@D)/log 2>&1 || \
		{ cat $(@D)/log; exit 1; }
	$(Q)grep -i warning $(@D)/log >&2 || true
	$(Q)$(FW_CROSS)strip -g $@

$(ATTACK_O)/nsreach: firmware/test/attack/user/nsreach.c $(FW_STAMP)
	$(call say,FW-LD,$@)
	@mkdir -p $(@D)
	$(Q)$(FW_CROSS)gcc -std=gnu11 -D_GNU_SOURCE -O2 -static -s $(COMMON_FLAGS) $(WARNINGS) \
		$< -o $@

$(TEST_O)/attack.gz: $(TEST_O)/initrd.gz $(ATTACK_O)/iwc_attack.ko $(ATTACK_O)/nsreach
	$(call say,CPIO,$@)
	$(Q)FW_CROSS='$(FW_CROSS)' firmware/test/initramfs.sh $@ $(LINUX_DEPS) \
		$(LINUX_O)/iwc_net.ko $(TEST_O)/nsprobe $(ATTACK_O)/nsreach \
		$(ATTACK_O)/iwc_attack.ko

# --- secure worlds without one check: core/ by the simulator's patches, the rest by our own ------

ATTACK_CORE_WEAK := trust-line-number no-lap no-end-check no-minimum no-backoff \
	assert-on-peer
ATTACK_OWN_WEAK := $(patsubst firmware/test/attack/weak/%.patch,%,$(wildcard \
	firmware/test/attack/weak/*.patch))
ATTACK_WEAK := $(ATTACK_CORE_WEAK) $(ATTACK_OWN_WEAK)
ATTACK_WEAK_O := $(ATTACK_O)/weak
ATTACK_IMAGES := $(foreach w,$(ATTACK_WEAK),$(foreach m,shared own,\
	$(ATTACK_WEAK_O)/$(w)/iwc-fw-$(m).bin))
ATTACK_CHANGED := $(filter %.c,$(SPOS_CORE)) firmware/spos/net_if.c
ATTACK_COPIES := $(ATTACK_CHANGED) $(wildcard core/*.h firmware/port/*.h firmware/spos/*.h)

vpath %.patch sim/weak firmware/test/attack/weak

$(ATTACK_WEAK:%=$(ATTACK_WEAK_O)/%/stamp): $(ATTACK_WEAK_O)/%/stamp: %.patch sim/make/weaken.sh \
		$(ATTACK_COPIES)
	$(call say,PATCH,$(@D))
	$(Q)sim/make/weaken.sh $< $(@D) $(ATTACK_COPIES)

attack_flags = $(filter-out -fstack-usage -Icore,$(FW_FLAGS)) $(FW_CFLAGS) -w -march=armv8-a+crc \
	-Icore -Ifirmware/port -Ifirmware/spos -isystem $(CURDIR)/firmware/spos/libc \
	-I$(CURDIR)/firmware/spos/lwip -isystem $(abspath $(LWIP_ROOT))/src/include \
	-I$(CURDIR)/firmware/include

$(ATTACK_WEAK:%=$(ATTACK_WEAK_O)/%/spos.bin): $(ATTACK_WEAK_O)/%/spos.bin: \
		$(ATTACK_WEAK_O)/%/stamp $(FW_O)/qemu-virt/spos.elf $(FW_STAMP)
	$(call say,FW-CC,$@)
	$(Q)cd $(@D) && $(FW_CC) $(attack_flags) -c $(ATTACK_CHANGED)
	$(Q)$(FW_LD) -nostdlib --gc-sections --no-warn-rwx-segments -z max-page-size=4096 \
		-T $(FW_O)/qemu-virt/spos.lds $(filter-out $(ATTACK_CHANGED:%.c=$(SPOS_SO)/%.o),\
		$(SPOS_OBJS)) $(SPOS_SO)/firmware/spos/test_none.o $(SPOS_LIBS) \
		$(addprefix $(@D)/,$(notdir $(ATTACK_CHANGED:.c=.o))) -o $(@:.bin=.elf)
	$(Q)$(FW_OBJCOPY) -O binary $(@:.bin=.elf) $@

$(filter %/iwc-fw-shared.bin,$(ATTACK_IMAGES)): %/iwc-fw-shared.bin: %/spos.bin \
		$(FW_O)/qemu-virt/monitor.bin
	$(call mon_pack,qemu-virt,shared,$(FW_O)/qemu-virt/monitor.bin,$<)

$(filter %/iwc-fw-own.bin,$(ATTACK_IMAGES)): %/iwc-fw-own.bin: %/spos.bin \
		$(FW_O)/qemu-virt/monitor.bin
	$(call mon_pack,qemu-virt,own,$(FW_O)/qemu-virt/monitor.bin,$<)

.PHONY: qemu-threats attack-images
.SECONDARY: $(ATTACK_WEAK:%=$(ATTACK_WEAK_O)/%/spos.bin)

attack-images: $(TEST_O)/attack.gz $(ATTACK_IMAGES) $(MON_WEAK_IMAGES)

# They are among the checks in QEMU too.
qemu-check: attack-images

## qemu-threats: the threats on the firmware in QEMU, held and broken; FAST=1 the short set
qemu-threats: firmware attack-images
	@rm -rf $(FW_O)/threats
	@O='$(O)' DEPS='$(DEPS)' FAST='$(FAST)' STRICT='$(STRICT)' JOBS='$(JOBS)' \
		TESTS= FUZZERS= FUZZ_SRCS= COV_TESTS= BATS=firmware/test/threats.bats \
		sim/make/check.sh check
	@LC_ALL=C sort $(FW_O)/threats/*
