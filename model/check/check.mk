# SPDX-License-Identifier: BSD-2-Clause
#
# What is behind `iwc explore` and `iwc check`: clients, the table of checks and its runner.

# The program reads clients too.
$(O)/iwc $(O)/iwcdump: $(O)/obj/model/code/client.o $(O)/obj/model/code/client_text.o

.PHONY: verify verify-full verify-needs

# What a check needs built besides the program, its room says: verify-needs: FILES.
verify-needs: $(if $(HAVE_CLANG),$(CORE_FUZZERS))

CHECK := O='$(O)' $(O)/iwc check --out $(O)/verify --jobs $(JOBS) \
	$(if $(filter 1,$(STRICT)),--strict)

## verify: the checks of model/checks.cfg within minutes; STRICT=1
verify: all verify-needs
	$(Q)$(CHECK)

## verify-full: large bounds too, hours; goes on where it was; SHARD=i/n
verify-full: all verify-needs
	$(Q)$(CHECK) --full --resume $(if $(SHARD),--shard $(SHARD))
