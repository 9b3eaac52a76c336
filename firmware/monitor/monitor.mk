# SPDX-License-Identifier: BSD-2-Clause
#
# monitor/: for each board P the monitor, and packed with S's image what the machine starts from:
# $(O)/firmware/P/iwc-fw-shared.bin, S on Linux's processor 0, and iwc-fw-own.bin, S on processor 1
# for itself; .elf beside them for machines that are loaded by addresses.

include firmware/plat/plat.mk

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
	-DCONFIG_BUCKET_BURST=$(MON_BUCKET_BURST) -DCONFIG_ALIVE_NS=$(MON_ALIVE_NS)
MON_CONFIG-shared := -DCONFIG_S_CPU=0 -DCONFIG_S_OWNS_CPU=0
MON_CONFIG-own := -DCONFIG_S_CPU=$(MON_OWN_CPU) -DCONFIG_S_OWNS_CPU=1

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

$(FW_O)/$(1)/iwc-fw-%.elf: firmware/monitor/pack.S $(FW_O)/$(1)/pack.ld \
		$(FW_O)/$(1)/monitor.bin $(FW_O)/$(1)/spos.bin
	$$(call say,PACK,$$@)
	$$(Q)$$(FW_CC) -c -Ifirmware/plat/$(1) $$(MON_CONFIG) $$(MON_CONFIG-$$*) \
		-DMONITOR_BIN='"$(FW_O)/$(1)/monitor.bin"' \
		-DS_BIN='"$(FW_O)/$(1)/spos.bin"' $$< -o $$(@:.elf=.o)
	$$(Q)$$(FW_LD) -nostdlib -T $(FW_O)/$(1)/pack.ld $$(@:.elf=.o) -o $$@

$(FW_O)/$(1)/iwc-fw-%.bin: $(FW_O)/$(1)/iwc-fw-%.elf
	$$(Q)$$(FW_OBJCOPY) -O binary $$< $$@
endef

$(foreach p,$(MON_PLATS),$(eval $(call mon_plat,$(p))))

MON_IMAGES := $(foreach p,$(MON_PLATS),$(FW_O)/$(p)/iwc-fw-shared.bin $(FW_O)/$(p)/iwc-fw-own.bin)
FW_ALL += $(MON_PLATS:%=$(FW_O)/%/monitor.elf) \
	$(if $(wildcard firmware/spos/spos.mk),$(MON_IMAGES))
FW_SIZES += $(MON_PLATS:%=$(FW_O)/%/monitor.elf)

.SECONDARY: $(MON_IMAGES:.bin=.elf)
