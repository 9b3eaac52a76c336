# SPDX-License-Identifier: BSD-2-Clause
#
# firmware/linux: iwc_net.ko for Debian's arm64 kernel, which firmware/test/fetch-linux.sh unpacks.
# KERNEL_BUILD=<folder of headers or of a kernel tree> builds against another one.

LINUX_DEPS := $(DEPS)/linux-arm64
LINUX_O := $(FW_O)/linux
LINUX_SRCS := $(wildcard firmware/linux/*.[ch] firmware/linux/port/*.h) firmware/linux/Kbuild
LINUX_CORE := $(addprefix core/,ring.c session.c endpoint.c e2e.c crc32c.c) \
	$(filter-out %_test.h,$(wildcard core/*.h))
LINUX_INCLUDE := $(wildcard firmware/include/*.h)
LINUX_COPIES := $(patsubst firmware/linux/%,$(LINUX_O)/%,$(LINUX_SRCS)) \
	$(LINUX_CORE:%=$(LINUX_O)/%) $(patsubst firmware/%,$(LINUX_O)/%,$(LINUX_INCLUDE))

FW_ALL += $(LINUX_O)/iwc_net.ko

$(LINUX_DEPS):
	$(call say,FETCH,$@)
	$(Q)firmware/test/fetch-linux.sh $@

define linux_copy
	@mkdir -p $(@D)
	$(Q)cp $< $@
endef

$(LINUX_CORE:%=$(LINUX_O)/%): $(LINUX_O)/core/%: core/%
	$(linux_copy)

$(LINUX_INCLUDE:firmware/%=$(LINUX_O)/%): $(LINUX_O)/include/%: firmware/include/%
	$(linux_copy)

$(patsubst firmware/linux/%,$(LINUX_O)/%,$(LINUX_SRCS)): $(LINUX_O)/%: firmware/linux/%
	$(linux_copy)

# Debian's headers come in two folders, of which the flavour's own Makefile names the other by an
# absolute path: so it is named here.
linux_release = $$(cat $(LINUX_DEPS)/release)
linux_src = $(abspath $(LINUX_DEPS))/usr/src
KERNEL_BUILD ?=
ifeq ($(KERNEL_BUILD),)
linux_kbuild = headers=$(linux_src)/linux-headers-$(linux_release); \
	common=$$(echo $(linux_src)/linux-headers-*-common); \
	$(MAKE) -C "$$headers" -f "$$common/Makefile"
else
linux_kbuild = $(MAKE) -C $(KERNEL_BUILD)
endif
LINUX_KBUILD_FLAGS := ARCH=arm64 CROSS_COMPILE=$(FW_CROSS) M=$(abspath $(LINUX_O)) \
	KCFLAGS='$(if $(filter 1,$(WERROR)),-Werror)'

# $(call linux_make,variables and goals)
linux_make = $(linux_kbuild) --no-print-directory $(LINUX_KBUILD_FLAGS) $(1)

$(LINUX_O)/iwc_net.ko: $(LINUX_COPIES) $(if $(KERNEL_BUILD),,$(LINUX_DEPS))
	$(call say,KBUILD,$@)
	$(Q)MAKEFLAGS= $(call linux_make,modules) >$(LINUX_O)/log 2>&1 || \
		{ cat $(LINUX_O)/log; exit 1; }
	$(Q)grep -i warning $(LINUX_O)/log >&2 || true
	$(Q)touch $@

# --- the kernel's own checks -------------------------------------------------------------------

CHECKPATCH_DEPS := $(DEPS)/checkpatch
$(CHECKPATCH_DEPS):
	$(call say,FETCH,$@)
	$(Q)firmware/test/fetch-linux.sh --checkpatch $@

.PHONY: firmware-lint

# core/ has a style of its own; sparse and the compiler look at all of it.
## firmware-lint: the Linux driver by checkpatch --strict, sparse, dt-schema, gcc with W=1
firmware-lint: $(LINUX_O)/iwc_net.ko $(CHECKPATCH_DEPS)
	@for t in sparse dt-doc-validate; do command -v $$t >/dev/null || \
		{ echo "firmware-lint: $$t is missing (make deps OPTIONAL=1)" >&2; exit 1; }; done
	$(call say,LINT,checkpatch)
	$(Q)$(CHECKPATCH_DEPS)/checkpatch.pl --strict --no-tree -q --file \
		$(filter %.c %.h,$(LINUX_SRCS))
	$(call say,LINT,dt-schema)
	$(Q)log=$(abspath $(LINUX_O))/schema.log; cd firmware/linux/bindings && \
		dt-doc-validate -u . net/*.yaml >$$log 2>&1; ! grep . $$log
	$(call say,LINT,sparse)
	$(Q)find $(LINUX_O) -name '*.o' -delete
	$(Q)MAKEFLAGS= $(call linux_make,C=2 W=1 modules) >$(LINUX_O)/lint.log 2>&1 || \
		{ cat $(LINUX_O)/lint.log; exit 1; }
	$(Q)! grep -E 'warning|error:' $(LINUX_O)/lint.log
