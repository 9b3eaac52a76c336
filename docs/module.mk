# SPDX-License-Identifier: BSD-2-Clause
#
# docs/: man pages from docs/man/NAME.SECTION.scd.

MAN_SRCS := $(wildcard docs/man/*.scd)
MAN_PAGES := $(MAN_SRCS:docs/man/%.scd=$(O)/man/%)
HAVE_SCDOC := $(shell command -v scdoc)

ALL += $(if $(HAVE_SCDOC),$(MAN_PAGES))

# scdoc dates a page; a fixed date gives the same bytes every day.
$(MAN_PAGES): $(O)/man/%: docs/man/%.scd
	$(call say,MAN,$@)
	@mkdir -p $(@D)
	$(Q)SOURCE_DATE_EPOCH=0 scdoc <$< >$@
