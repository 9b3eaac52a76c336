# SPDX-License-Identifier: BSD-2-Clause
#
# What is behind `iwc explore` and `iwc check`: clients, the table of checks and its runner.

CLIENT_OBJS := $(O)/obj/model/code/client.o $(O)/obj/model/code/client_text.o
CLIENT_TEST_OBJS := $(O)/obj/model/code/client_test.o
CLIENT_FLAGS := -std=gnu11 -D_GNU_SOURCE -Imodel/code -Icore

OBJS += $(CLIENT_OBJS) $(CLIENT_TEST_OBJS)
TESTS += $(O)/test/client_test

$(CLIENT_OBJS) $(CLIENT_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(CLIENT_FLAGS))

# The program reads clients too.
$(O)/iwc: $(CLIENT_OBJS)

$(O)/test/client_test: $(CLIENT_TEST_OBJS) $(CLIENT_OBJS) $(O)/libiwc-native.a
	$(call link,-lcmocka -lconfig)
