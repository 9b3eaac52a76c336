# SPDX-License-Identifier: BSD-2-Clause
#
# monitor/: for each board P the monitor, and packed with S's image what the machine starts from:
# $(O)/firmware/P/iwc-fw-shared.bin, S on Linux's processor 0, and iwc-fw-own.bin, S on processor 1
# for itself; the same as .elf for a machine that is loaded by addresses.

include firmware/plat/boards.mk

MON_PLATS := $(foreach p,$(FW_PLATS),$(if $(PLAT_DRIVERS-$(p)),$(p)))
MON_SRCS := $(filter-out %_test.c,$(wildcard firmware/monitor/*.c)) firmware/monitor/entry.S \
	core/bucket.c
MON_FLAGS := -Ifirmware/monitor -Ifirmware/plat -Ifirmware/plat/drivers

# What a build may set: S's processor, its share of interrupts, its watchdog.
MON_OWN_CPU ?= 1
MON_BUCKET_INTERVAL_NS ?= 100000
MON_BUCKET_BURST ?= 16
MON_ALIVE_NS ?= 2000000000

MON_CONFIG := -DCONFIG_BUCKET_INTERVAL_NS=$(MON_BUCKET_INTERVAL_NS) \
	-DCONFIG_BUCKET_BURST=$(MON_BUCKET_BURST)
MON_CONFIG-shared := -DCONFIG_S_CPU=0 -DCONFIG_S_OWNS_CPU=0 -DCONFIG_ALIVE_NS=$(MON_ALIVE_NS)
MON_CONFIG-own := -DCONFIG_S_CPU=$(MON_OWN_CPU) -DCONFIG_S_OWNS_CPU=1 \
	-DCONFIG_ALIVE_NS=$(MON_ALIVE_NS)
MON_CONFIG-check := -DCONFIG_S_CPU=0 -DCONFIG_S_OWNS_CPU=0 -DCONFIG_ALIVE_NS=50000000

# A machine with its image in pieces loads the .elf.
mon_suffix = $(if $(filter $(1),$(PLAT_LOADED)),elf,bin)

# $(call mon_pack,board,shared or own,monitor,image of S): pack $@ and the .elf beside it.
define mon_pack
	$(call say,PACK,$@)
	@mkdir -p $(@D)
	$(Q)$(FW_CC) $(if $(findstring clang,$(FW_CC)),--target=aarch64-linux-gnu) -c \
		-Ifirmware/plat/$(1) $(MON_CONFIG) $(MON_CONFIG-$(2)) -DMONITOR_BIN='"$(3)"' \
		-DS_BIN='"$(4)"' firmware/monitor/pack.S -o $(basename $@).o
	$(Q)$(FW_LD) -nostdlib -T $(FW_O)/$(1)/pack.ld $(basename $@).o -o $(basename $@).elf
	$(if $(filter %.bin,$@),$(Q)$(FW_OBJCOPY) -O binary $(basename $@).elf $@)
endef

# $(call mon_plat,board): its rules.
define mon_plat
MON_SRCS-$(1) := $(MON_SRCS) $(wildcard firmware/plat/$(1)/plat.c) \
	$(PLAT_DRIVERS-$(1):%=firmware/plat/drivers/%.c)
MON_OBJS-$(1) := $$(patsubst %,$(FW_O)/$(1)/monitor/%.o,$$(basename $$(MON_SRCS-$(1))))
OBJS += $$(MON_OBJS-$(1))

$(FW_O)/$(1)/monitor/%.o: %.c $(FW_STAMP)
	$$(call fw_compile,$(MON_FLAGS) -Ifirmware/plat/$(1))

$(FW_O)/$(1)/monitor/%.o: %.S $(FW_STAMP)
	$$(call fw_assemble,$(MON_FLAGS) -Ifirmware/plat/$(1))

$(FW_O)/$(1)/monitor.ld: firmware/monitor/monitor.ld.S firmware/monitor/context.h \
		firmware/plat/$(1)/plat.h
	@mkdir -p $$(@D)
	$$(Q)$$(FW_CC) -E -P -x assembler-with-cpp $(MON_FLAGS) -Ifirmware/plat/$(1) $$< -o $$@

$(FW_O)/$(1)/monitor.elf: $(FW_O)/$(1)/monitor.ld $$(MON_OBJS-$(1))
	$$(call say,FW-LD,$$@)
	$$(Q)$$(FW_LD) -nostdlib --gc-sections -z max-page-size=4096 -T $$^ -o $$@

$(FW_O)/$(1)/monitor.bin: $(FW_O)/$(1)/monitor.elf
	$$(Q)$$(FW_OBJCOPY) -O binary -j .text -j .rodata -j .data $$< $$@

$(FW_O)/$(1)/pack.ld: firmware/monitor/pack.ld.S firmware/plat/$(1)/plat.h
	@mkdir -p $$(@D)
	$$(Q)$$(FW_CC) -E -P -x assembler-with-cpp -Ifirmware/plat/$(1) $$< -o $$@

$(FW_O)/$(1)/iwc-fw-%.$(call mon_suffix,$(1)): $(FW_O)/$(1)/pack.ld $(FW_O)/$(1)/monitor.bin \
		$(FW_O)/$(1)/spos.bin firmware/monitor/pack.S
	$$(call mon_pack,$(1),$$*,$(FW_O)/$(1)/monitor.bin,$(FW_O)/$(1)/spos.bin)
endef

$(foreach p,$(MON_PLATS),$(eval $(call mon_plat,$(p))))

MON_IMAGES := $(foreach p,$(MON_PLATS),$(foreach m,shared own,\
	$(FW_O)/$(p)/iwc-fw-$(m).$(call mon_suffix,$(p))))
FW_ALL += $(MON_PLATS:%=$(FW_O)/%/monitor.elf) \
	$(if $(wildcard firmware/spos/spos.mk),$(MON_IMAGES))
FW_SIZES += $(MON_PLATS:%=$(FW_O)/%/monitor.elf)

# --- what checks the monitor: two programs in the places of Linux and of S ---------------------

MON_CHECK_O := $(FW_O)/monitor-check
MON_CHECK_FLAGS := $(MON_FLAGS) -Ifirmware/monitor/check -Ifirmware/plat/qemu-virt \
	-DCHECK_BURST=$(MON_BUCKET_BURST)u -DCHECK_INTERVAL_NS=$(MON_BUCKET_INTERVAL_NS)u
MON_CHECK_BASE-ns := IWC_PLAT_LINUX_IMAGE
MON_CHECK_BASE-s := IWC_PLAT_S_BASE
MON_CHECK_OBJS := $(patsubst %,$(MON_CHECK_O)/%.o,ns s start)
MON_CHECK_BOTH := $(MON_CHECK_O)/start.o $(FW_O)/qemu-virt/monitor/firmware/monitor/memory.o
MON_CHECK := $(MON_CHECK_O)/ns.bin $(MON_CHECK_O)/iwc-fw-shared.bin
OBJS += $(MON_CHECK_OBJS)
FW_ALL += $(MON_CHECK)

$(MON_CHECK_O)/%.o: firmware/monitor/check/%.c $(FW_STAMP)
	$(call fw_compile,$(MON_CHECK_FLAGS))

$(MON_CHECK_O)/%.o: firmware/monitor/check/%.S $(FW_STAMP)
	$(call fw_assemble,$(MON_CHECK_FLAGS))

$(MON_CHECK_O)/%.ld: firmware/monitor/check/check.ld.S firmware/plat/qemu-virt/machine.h
	@mkdir -p $(@D)
	$(Q)$(FW_CC) -E -P -x assembler-with-cpp -Ifirmware/plat/qemu-virt \
		-DIWC_CHECK_BASE=$(MON_CHECK_BASE-$*) $< -o $@

$(MON_CHECK_O)/%.bin: $(MON_CHECK_O)/%.ld $(MON_CHECK_O)/%.o $(MON_CHECK_BOTH)
	$(call say,FW-LD,$@)
	$(Q)$(FW_LD) -nostdlib --no-warn-rwx-segments -T $^ -o $(@:.bin=.elf)
	$(Q)$(FW_OBJCOPY) -O binary $(@:.bin=.elf) $@

# Its watchdog is quick.
$(MON_CHECK_O)/iwc-fw-shared.bin: $(FW_O)/qemu-virt/monitor.bin $(MON_CHECK_O)/s.bin \
		$(FW_O)/qemu-virt/pack.ld
	$(call mon_pack,qemu-virt,check,$<,$(MON_CHECK_O)/s.bin)

# --- the monitor without one of its countermeasures, each a patch ------------------------------

MON_WEAK := $(patsubst firmware/monitor/weak/%.patch,%,$(wildcard firmware/monitor/weak/*.patch))
MON_WEAK_O := $(FW_O)/qemu-virt/weak
MON_WEAK_SRCS := $(wildcard firmware/monitor/*.[chS] firmware/plat/*.h firmware/plat/*/*.[ch])
MON_WEAK_IMAGES := $(MON_WEAK:%=$(MON_WEAK_O)/%/iwc-fw-shared.bin)
MON_WEAK_CHECKS := $(MON_WEAK:%=$(MON_WEAK_O)/%/iwc-fw-check.bin)
FW_ALL += $(MON_WEAK_CHECKS) $(if $(wildcard firmware/spos/spos.mk),$(MON_WEAK_IMAGES))

$(MON_WEAK:%=$(MON_WEAK_O)/%/stamp): $(MON_WEAK_O)/%/stamp: firmware/monitor/weak/%.patch \
		sim/make/weaken.sh $(MON_WEAK_SRCS)
	$(call say,PATCH,$(@D))
	$(Q)sim/make/weaken.sh $< $(@D) $(MON_WEAK_SRCS)

$(MON_WEAK:%=$(MON_WEAK_O)/%/monitor.bin): $(MON_WEAK_O)/%/monitor.bin: $(MON_WEAK_O)/%/stamp \
		$(FW_O)/qemu-virt/monitor.ld $(FW_STAMP)
	$(call say,FW-CC,$@)
	$(Q)cd $(@D) && $(FW_CC) $(filter-out -fstack-usage -Icore,$(FW_FLAGS)) $(FW_CFLAGS) -w \
		-I$(CURDIR)/core -I$(CURDIR)/firmware/include $(MON_FLAGS) \
		-Ifirmware/plat/qemu-virt \
		-nostdlib -static -no-pie -Wl,--build-id=none,--gc-sections,-z,max-page-size=4096 \
		-Wl,--no-warn-rwx-segments -T $(CURDIR)/$(FW_O)/qemu-virt/monitor.ld \
		$(filter-out core/%,$(MON_SRCS-qemu-virt)) $(CURDIR)/core/bucket.c -o monitor.elf
	$(Q)$(FW_OBJCOPY) -O binary -j .text -j .rodata -j .data $(@D)/monitor.elf $@

$(MON_WEAK_IMAGES): %/iwc-fw-shared.bin: %/monitor.bin $(FW_O)/qemu-virt/spos.bin
	$(call mon_pack,qemu-virt,shared,$<,$(FW_O)/qemu-virt/spos.bin)

$(MON_WEAK_CHECKS): %/iwc-fw-check.bin: %/monitor.bin $(MON_CHECK_O)/s.bin
	$(call mon_pack,qemu-virt,check,$<,$(MON_CHECK_O)/s.bin)

.SECONDARY: $(MON_CHECK_OBJS) $(MON_CHECK_O)/ns.ld $(MON_CHECK_O)/s.ld $(MON_CHECK_O)/s.bin

# Read by lint for the main board; drivers of others get the names that theirs would have.
MON_LINT := -std=c11 -ffreestanding -Icore -Ifirmware/include $(MON_FLAGS)
LINT_FLAGS += $(addprefix firmware/monitor:,$(MON_LINT) -Ifirmware/plat/qemu-virt)
LINT_FLAGS += $(addprefix firmware/monitor/check:,$(MON_LINT) $(MON_CHECK_FLAGS))
LINT_FLAGS += $(addprefix firmware/plat/drivers:,$(MON_LINT) -Ifirmware/plat/qemu-virt \
	-DIWC_PLAT_GICC=0x08010000 -DIWC_PLAT_TZC=0x2a4a0000 -DIWC_PLAT_TZC_NS_IDS=0)
LINT_FLAGS += $(foreach b,zcu102 sbsa-ref,$(addprefix firmware/plat/$(b):,$(MON_LINT) \
	-Ifirmware/plat/$(b)))
