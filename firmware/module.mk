# SPDX-License-Identifier: BSD-2-Clause
#
# firmware/: what runs on the machine, cross-compiled. Each folder below has a fragment of its own,
# which appends to these:
#   FW_ALL    files that `make firmware` builds
#   FW_SIZES  linked ELF files whose text, data and deepest stacks it prints
# $(call fw_compile,flags) and $(call fw_assemble,flags) make an object of the other architecture.
# The image of the secure world for board P is $(O)/firmware/P/spos.bin, linked at IWC_PLAT_S_BASE
# of firmware/plat/P/plat.h; the monitor's fragment packs it.

FW_ALL :=
FW_SIZES :=
FW_PLATS := qemu-virt qemu-virt-gicv2 zcu102 sbsa-ref
FW_O := $(O)/firmware

FW_CROSS ?= aarch64-linux-gnu-
FW_CC ?= $(FW_CROSS)gcc
FW_LD ?= $(FW_CROSS)ld
FW_OBJCOPY ?= $(FW_CROSS)objcopy
FW_SIZE ?= $(FW_CROSS)size
FW_CFLAGS ?= -O2 -g
FW_FLAGS := -std=c11 -ffreestanding -mgeneral-regs-only -mstrict-align -mno-outline-atomics \
	-fno-pic -fno-stack-protector -fno-delete-null-pointer-checks \
	-fno-asynchronous-unwind-tables -ffunction-sections \
	$(if $(findstring clang,$(FW_CC)),--target=aarch64-linux-gnu,\
	-fno-tree-loop-distribute-patterns) -fstack-usage -Icore -Ifirmware/include

define fw_compile
	$(call say,FW-CC,$@)
	@mkdir -p $(@D)
	$(Q)$(FW_CC) $(FW_FLAGS) $(1) $(COMMON_FLAGS) $(WARNINGS) $(FW_CFLAGS) \
		-MMD -MP -MF $(@:.o=.d) -c $< -o $@
endef

define fw_assemble
	$(call say,FW-AS,$@)
	@mkdir -p $(@D)
	$(Q)$(FW_CC) $(if $(findstring clang,$(FW_CC)),--target=aarch64-linux-gnu) -Icore \
		-Ifirmware/include $(1) $(COMMON_FLAGS) -g -MMD -MP -MF $(@:.o=.d) -c $< -o $@
endef

FW_STAMP := $(O)/gen/firmware-flags
$(FW_STAMP): FORCE
	$(call write_if_changed,'$(subst ','\'',$(FW_CC) $(FW_FLAGS) $(FW_CFLAGS) $(WARNINGS))')

include $(wildcard firmware/*/*.mk)

.PHONY: firmware

## firmware: monitor, secure OS and Linux driver for each board; needs the cross compiler
firmware: $(FW_ALL)
	@firmware/sizes.sh '$(FW_SIZE)' '$(FW_O)' $(FW_SIZES)
