# SPDX-License-Identifier: BSD-2-Clause
#
# model/litmus: litmus tests of the memory under model/code. $(O)/model/litmus runs them; below
# $(O)/litmus stands the same program once per patch in model/litmus/breaks, with one source broken.

LITMUS_FLAGS := -std=gnu11 -D_GNU_SOURCE -Imodel/litmus -Imodel/code
LITMUS_LIB_SRCS := $(filter-out %_test.c model/litmus/main.c,$(wildcard model/litmus/*.c))
LITMUS_MEMORY_OBJ := $(O)/obj/model/code/memory.o
LITMUS_LIB_OBJS := $(LITMUS_LIB_SRCS:%.c=$(O)/obj/%.o)
LITMUS_MAIN_OBJ := $(O)/obj/model/litmus/main.o
LITMUS_TEST_SRCS := $(wildcard model/litmus/*_test.c)
LITMUS_TEST_OBJS := $(LITMUS_TEST_SRCS:%.c=$(O)/obj/%.o)
LITMUS_TESTS := $(LITMUS_TEST_SRCS:model/litmus/%.c=$(O)/test/%)
LITMUS_BREAKS := $(patsubst model/litmus/breaks/%.patch,$(O)/litmus/%/litmus,$(wildcard \
	model/litmus/breaks/*.patch))
LITMUS_BREAK_SRCS := $(LITMUS_BREAKS:%/litmus=%/broken.c)
LITMUS_BREAK_OBJS := $(LITMUS_BREAKS:%/litmus=%/broken.o)
LITMUS_BREAKABLE := model/code/memory.c $(addprefix model/litmus/,rc11.c arm.c operational.c)

OBJS += $(LITMUS_LIB_OBJS) $(LITMUS_MAIN_OBJ) $(LITMUS_TEST_OBJS) $(LITMUS_BREAK_OBJS)
TESTS += $(LITMUS_TESTS)
BATS += $(wildcard model/litmus/*.bats)
ALL += $(O)/model/litmus
TEST_NEEDS += $(LITMUS_BREAKS)
verify-needs: $(LITMUS_BREAKS)
LINT_FLAGS += $(addprefix model/litmus:,$(LITMUS_FLAGS))

$(LITMUS_LIB_OBJS) $(LITMUS_MAIN_OBJ) $(LITMUS_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(LITMUS_FLAGS))

LIST-litmus := $(LITMUS_LIB_OBJS) $(LITMUS_MEMORY_OBJ)
$(O)/liblitmus.a: $(LITMUS_LIB_OBJS) $(LITMUS_MEMORY_OBJ) $(O)/gen/litmus.list
	$(call archive)

$(O)/model/litmus: $(LITMUS_MAIN_OBJ) $(O)/liblitmus.a
	$(call link)

$(LITMUS_TESTS): $(O)/test/%: $(O)/obj/model/litmus/%.o $(O)/liblitmus.a
	$(call link,-lcmocka)

# A patch that no longer fits exactly stops the build: what is not broken proves nothing.
$(LITMUS_BREAK_SRCS): $(O)/litmus/%/broken.c: model/litmus/breaks/%.patch sim/make/weaken.sh \
		$(LITMUS_BREAKABLE)
	$(call say,PATCH,$@)
	$(Q)sim/make/weaken.sh $< $(@D) $(LITMUS_BREAKABLE)
	$(Q)cp $(@D)/$$(sed -n 's|^--- a/||p' $<) $@

$(LITMUS_BREAK_OBJS): %.o: %.c $(FLAGS_STAMP)
	$(call compile,$(LITMUS_FLAGS))

# The broken object goes in front of the library, which then keeps its own.
$(LITMUS_BREAKS): %/litmus: %/broken.o $(LITMUS_MAIN_OBJ) $(O)/liblitmus.a
	$(call link)

.PHONY: litmus-table

## litmus-table: write the table of docs/memory-model.md anew
litmus-table: $(O)/model/litmus
	$(Q)model/litmus/run.sh --out $(O) --table docs/memory-model.md
