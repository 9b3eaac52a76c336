# SPDX-License-Identifier: BSD-2-Clause
# plat/: drivers that no machine at hand runs, on the host against a model of their registers.
PLAT_TEST_FLAGS := -std=gnu11 -D_GNU_SOURCE -Ifirmware/plat/model -Ifirmware/plat
PLAT_TEST_SRCS := $(wildcard firmware/plat/*_test.c)
PLAT_TESTS := $(PLAT_TEST_SRCS:firmware/plat/%.c=$(O)/test/plat_%)
PLAT_TEST_OBJS := $(PLAT_TEST_SRCS:%.c=$(O)/obj/%.o)

TESTS += $(PLAT_TESTS)
OBJS += $(PLAT_TEST_OBJS)
LINT_FLAGS += $(addprefix firmware/plat:,$(PLAT_TEST_FLAGS))
LINT_FLAGS += $(addprefix firmware/plat/model:,$(PLAT_TEST_FLAGS))

$(PLAT_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(PLAT_TEST_FLAGS))

$(PLAT_TESTS): $(O)/test/plat_%: $(O)/obj/firmware/plat/%.o
	$(call link,-lcmocka)
