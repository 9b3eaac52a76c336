# SPDX-License-Identifier: BSD-2-Clause
#
# One make, no recursion: each folder lists its sources in its module.mk and everything built goes
# below $(O). `make help` lists the targets and variables.

MAKEFLAGS += --no-builtin-rules --no-builtin-variables
.DELETE_ON_ERROR:
.DEFAULT_GOAL := all

VERSION := 0.1.0

# --- what a caller may set ---------------------------------------------------------------------

SAN ?=
ifneq ($(filter-out asan tsan valgrind,$(SAN)),)
$(error SAN=$(SAN): it is asan, tsan or valgrind)
endif
O ?= build$(addprefix /,$(SAN))
V ?= 0
WERROR ?= 0
STRICT ?= 0
NODEPS ?= 0
FAST ?= 0
ONLY ?=
PREFIX ?= /usr/local
DESTDIR ?=
FUZZ_RUNS ?= 50000
FUZZ_SECONDS ?= 600
JOBS ?= $(shell nproc 2>/dev/null || echo 1)

ifneq ($(filter default undefined,$(origin CC)),)
CC := gcc
endif
ifneq ($(filter default undefined,$(origin AR)),)
AR := ar
endif
OBJCOPY ?= objcopy
CLANG ?= clang
CFLAGS ?= -O2 -g

# --- packages ----------------------------------------------------------------------------------

# Sources of others, shared by every flavour below build/.
DEPS ?= $(if $(filter build build/%,$(O)),build,$(O))/deps

# These targets install what they miss; the others only say so and go on.
VERIFY_GOALS := $(filter verify verify-full mutants mutants-quick,$(MAKECMDGOALS))
FIRMWARE_GOALS := $(filter firmware qemu qemu-check qemu-threats bench-firmware firmware-lint,\
	$(MAKECMDGOALS))
AUTO_GOALS := $(filter demo check coverage fuzz sanitize,$(MAKECMDGOALS)) $(VERIFY_GOALS) \
	$(FIRMWARE_GOALS)
PACKAGE_GROUPS := build $(if $(filter-out demo $(FIRMWARE_GOALS),$(AUTO_GOALS)),test) \
	$(if $(VERIFY_GOALS),verify) $(if $(FIRMWARE_GOALS),firmware)

ifeq ($(filter 1,$(NODEPS))$(filter deps clean help,$(MAKECMDGOALS)),)
PACKAGES_MISSING := $(shell sim/make/deps.sh missing $(PACKAGE_GROUPS))
endif
ifneq ($(PACKAGES_MISSING),)
ifneq ($(AUTO_GOALS),)
# make starts again after it has remade an included file, and then sees the tools just installed.
include $(DEPS)/packages.mk
else
$(warning missing packages: $(PACKAGES_MISSING) ("make deps" installs them))
endif
endif

.PHONY: FORCE
FORCE:

$(DEPS)/packages.mk: FORCE
	@mkdir -p $(@D)
	sim/make/deps.sh install $(PACKAGE_GROUPS)
	@echo '# installed: $(PACKAGE_GROUPS)' >$@

$(DEPS)/lwip-src:
	$(call say,FETCH,$@)
	$(Q)sim/make/fetch-source.sh lwip $@

# --- flags -------------------------------------------------------------------------------------

WARNINGS := -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes -Wundef -Wvla \
	-Wstrict-prototypes $(if $(filter 1,$(WERROR)),-Werror)

SAN_FLAGS_asan := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
# gcc warns that TSan does not see fences; clang knows no such warning.
SAN_FLAGS_tsan := -fsanitize=thread -fno-omit-frame-pointer \
	$(if $(findstring clang,$(CC)),,-Wno-tsan)
SAN_FLAGS := $(SAN_FLAGS_$(SAN))

# Paths relative to the tree only, so that two checkouts give the same bytes.
COMMON_FLAGS := -fno-common -ffile-prefix-map=$(CURDIR)=.

# Nothing is said under `make -s`, the commands themselves with V=1.
ifneq ($(V),1)
Q := @
say = $(if $(findstring s,$(firstword -$(MAKEFLAGS))),,@printf '  %-7s %s\n' '$(1)' '$(2)')
endif

# $(call compile,flags): compile the source $< into $@ and note its headers beside it. A module may
# set CFLAGS-<source> for one file; those come first, so that they can win an include path.
define compile
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS-$<) $(1) $(COMMON_FLAGS) $(CPPFLAGS) $(WARNINGS) $(CFLAGS) $(SAN_FLAGS) \
		-MMD -MP -MF $(@:.o=.d) -c $< -o $@
endef

# $(call archive): pack the objects among the prerequisites into the library $@. Two objects of one
# name are both kept, which an update in place would not do.
define archive
	$(call say,AR,$@)
	@mkdir -p $(@D)
	$(Q)rm -f $@ && $(AR) qcs $@ $(filter %.o,$^)
endef

# $(call link,libraries): link the objects and archives among the prerequisites into $@.
define link
	$(call say,LD,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CFLAGS) $(SAN_FLAGS) $(LDFLAGS) $(filter %.o,$^) $(filter %.a,$^) $(1) -o $@
endef

# A result depends on the flags too: this file changes when they do, and objects depend on it.
FLAGS_STAMP := $(O)/gen/flags
FLAGS_TEXT := $(CC) $(CFLAGS) $(CPPFLAGS) $(LDFLAGS) $(WARNINGS) $(SAN_FLAGS) $(CLANG)

# $(call write_if_changed,lines): $@ keeps its time when the lines, quoted, are what it holds.
define write_if_changed
	@mkdir -p $(@D)
	@printf '%s\n' $(1) | cmp -s - $@ || printf '%s\n' $(1) >$@
endef

# A library depends on the list of its objects too, LIST-<name>, which may have become shorter.
$(O)/gen/%.list: FORCE
	$(call write_if_changed,$(LIST-$*))

$(FLAGS_STAMP): FORCE
	$(call write_if_changed,'$(subst ','\'',$(FLAGS_TEXT))')

$(O)/gen/version.h: FORCE
	$(call write_if_changed,'#define IWC_VERSION "$(VERSION)"')

# --- modules -----------------------------------------------------------------------------------

# Modules append to these.
ALL := # files that `make` builds
TEST_NEEDS := # what tests and checks of the command line want beyond them
OBJS := # every object with a note of its headers
TESTS := # CMocka programs
COV_TESTS := # the same, built for coverage
FUZZERS := # libFuzzer programs
BATS := # command line tests
LINT_FLAGS := # words folder:flag, the flags clang-tidy and the header check need

HAVE_CLANG := $(shell command -v $(CLANG))

MODULES := core sim tap-bridge model firmware scenarios docs
include $(wildcard $(addsuffix /module.mk,$(MODULES)))

PROGRAMS := $(notdir $(TESTS) $(FUZZERS))
ifneq ($(words $(PROGRAMS)),$(words $(sort $(PROGRAMS))))
$(error two test programs share a name: $(sort $(PROGRAMS)))
endif

-include $(OBJS:.o=.d)

# --- targets -----------------------------------------------------------------------------------

.PHONY: all deps demo check coverage fuzz sanitize lint format install uninstall help clean

## all: build the program iwc, its libraries and man pages (default)
all: $(ALL)

## deps: install the Debian packages and fetch the sources; OPTIONAL=1 for all of them
deps:
	sim/make/deps.sh install build test verify lint \
		$(if $(filter 1,$(OPTIONAL)),firmware bench optional)
	@$(MAKE) --no-print-directory NODEPS=1 $(DEPS)/lwip-src

## demo: run the demonstration, results in build/demo
demo: all
	$(O)/iwc demo --out $(O)/demo

ifneq ($(and $(ONLY),$(filter check,$(MAKECMDGOALS))),)
RUN_TESTS := $(foreach n,$(ONLY),$(filter %/$(n),$(TESTS)))
RUN_BATS := $(strip $(foreach n,$(ONLY),$(filter %/$(n) %/$(n).bats,$(BATS))))
RUN_FUZZERS := $(foreach n,$(ONLY),$(filter %/$(n),$(FUZZERS)))
ifeq ($(strip $(RUN_TESTS) $(RUN_BATS) $(RUN_FUZZERS)),)
$(error ONLY=$(ONLY): no such test among $(notdir $(TESTS) $(BATS) $(FUZZERS)))
endif
else
RUN_TESTS := $(TESTS)
RUN_BATS := $(BATS)
ifeq ($(SAN)$(filter 1,$(FAST)),)
RUN_COV_TESTS := $(COV_TESTS)
RUN_FUZZERS := $(FUZZERS)
RUN_FUZZ_SRCS := $(FUZZ_SRCS)
endif
endif

RUNNER := O='$(O)' SAN='$(SAN)' STRICT='$(STRICT)' JOBS='$(JOBS)' \
	TESTS='$(RUN_TESTS)' BATS='$(RUN_BATS)' COV_TESTS='$(RUN_COV_TESTS)' \
	FUZZERS='$(foreach f,$(RUN_FUZZERS),$(f):$(or $(FUZZ_RUNS-$(notdir $(f))),$(FUZZ_RUNS)))' \
	FUZZ_SRCS='$(RUN_FUZZ_SRCS)' FUZZ_SECONDS='$(FUZZ_SECONDS)' sim/make/check.sh

# Tests of the command line need the program, a lone unit test does not.
CHECK_NEEDS := $(if $(ONLY),$(if $(RUN_BATS),$(ALL) $(TEST_NEEDS)),$(ALL) $(TEST_NEEDS)) \
	$(RUN_TESTS) $(RUN_COV_TESTS) $(RUN_FUZZERS)

## check: run every test; ONLY='name ...', FAST=1, STRICT=1, SAN=asan|tsan|valgrind
check: $(CHECK_NEEDS)
	@$(RUNNER) check

## coverage: coverage of core/ by its unit tests, pages in build/cov/html
coverage: $(COV_TESTS)
	@$(RUNNER) coverage

## fuzz: fuzz each parser for FUZZ_SECONDS=600
fuzz: $(FUZZERS)
	@$(RUNNER) fuzz

## sanitize: run the tests under ASan+UBSan, then under TSan
sanitize:
	@$(MAKE) --no-print-directory check SAN=asan
	@$(MAKE) --no-print-directory check SAN=tsan

## lint: check style, headers, licences and common bugs
lint: $(O)/gen/version.h $(LINT_NEEDS)
	@O='$(O)' STRICT='$(STRICT)' JOBS='$(JOBS)' CC='$(CC)' LINT_FLAGS='$(LINT_FLAGS)' \
		sim/make/lint.sh

## format: let clang-format rewrite what lint would refuse; ONLY='folder file ...'
format:
	$(Q)git ls-files -co --exclude-standard -- $(or $(ONLY),core sim tap-bridge) | \
		grep '\.[ch]$$' | xargs -r clang-format -i

## install: copy programs, man pages, scenarios, headers; PREFIX=/usr/local DESTDIR=
install: all
	@sim/make/install.sh install '$(O)' '$(PREFIX)' '$(DESTDIR)'

## uninstall: remove what install has copied, given the same PREFIX and DESTDIR
uninstall:
	@sim/make/install.sh uninstall '$(O)' '$(PREFIX)' '$(DESTDIR)'

## help: this list
help:
	@echo 'targets:'
	@sed -n -e 's/^## \([a-z-]*\): /\1 /p' -e 's/^\([a-z-]*\):.*## /\1 /p' \
		Makefile $(wildcard */module.mk */*/*.mk) | \
		LC_ALL=C sort | \
		while read -r name what; do printf '  %-9s %s\n' "$$name" "$$what"; done
	@echo 'variables:'
	@echo '  O=build          where everything built goes'
	@echo '  CC=gcc           or clang'
	@echo '  V=1              show the commands'
	@echo '  WERROR=1         a warning stops the build'
	@echo '  NODEPS=1         ask for no Debian package'
	@echo '  JOBS=n           so many tests at once'
	@echo '  FAST=1           check without coverage and fuzzers'
	@echo '  STRICT=1         a missing tool is a failure, not a skip'
	@echo '  SAN=asan         or tsan, valgrind: check under it, in build/asan'

## clean: remove what was built in build, not the fetched sources
clean:
	$(Q)[ ! -d '$(O)' ] || find '$(O)' -mindepth 1 -maxdepth 1 ! -name deps -exec rm -rf {} +
