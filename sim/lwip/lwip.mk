# SPDX-License-Identifier: BSD-2-Clause
#
# The worlds' IP stacks: $(O)/liblwip-ns.o and $(O)/liblwip-s.o, each a whole lwIP with adapter,
# servers and client, and with a single symbol left: sim_stack_ns, sim_stack_s (see ../stack.h).
#
# lwIP's sources are fetched (see `make deps`) and never changed. They are compiled without the
# project's warnings and without sanitizers: red zones between their variables would stand in the
# way of restoring the variables as one block. Our own files beside them get both.

LWIP_ROOT := $(DEPS)/lwip-src
LWIP_NAMES := core/def core/inet_chksum core/init core/ip core/mem core/memp core/netif core/pbuf \
	core/raw core/stats core/tcp core/tcp_in core/tcp_out core/timeouts core/udp \
	core/ipv4/etharp core/ipv4/icmp core/ipv4/ip4 core/ipv4/ip4_addr core/ipv4/ip4_frag \
	netif/ethernet
LWIP_SRCS := $(LWIP_NAMES:%=$(LWIP_ROOT)/src/%.c)
LWIP_OBJS := $(LWIP_NAMES:%=$(O)/obj/lwip-src/%.o)
# Of the caller's flags those for optimisation and debugging.
LWIP_CFLAGS = -std=gnu11 -Isim/lwip -I$(LWIP_ROOT)/src/include $(COMMON_FLAGS) \
	$(filter-out -W% -fsanitize% -fno-sanitize% -flto% -fprofile% -ftest-coverage \
	--coverage -pg,$(CFLAGS)) -fno-lto -w

LWIP_OWN := adapter place server service_tcp service_udp client client_echo client_tcp content
LWIP_OWN_OBJS := $(LWIP_OWN:%=$(O)/obj/sim/lwip/%.o)
LWIP_OPS_OBJS := $(O)/obj/sim/lwip/ops-ns.o $(O)/obj/sim/lwip/ops-s.o
LWIP_OWN_FLAGS = $(SIM_BASE_FLAGS) -Isim -Isim/lwip -isystem $(LWIP_ROOT)/src/include -fno-lto

LWIP_LIBS := $(O)/liblwip-ns.o $(O)/liblwip-s.o
LWIP_PARTS := $(O)/obj/lwip.o

OBJS += $(LWIP_OBJS) $(LWIP_OWN_OBJS) $(LWIP_OPS_OBJS)
LINT_FLAGS += $(addprefix sim/lwip:,-std=gnu11 -D_GNU_SOURCE -Isim -Isim/lwip -isystem \
	$(LWIP_ROOT)/src/include -DSIM_STACK_SYMBOL=sim_stack_ns -DSIM_STACK_NAME="ns")
LINT_NEEDS += $(LWIP_ROOT)

# Order only: unpacking keeps the dates of the package, which say nothing about our objects.
$(LWIP_SRCS): | $(LWIP_ROOT) ;

$(LWIP_OBJS): $(O)/obj/lwip-src/%.o: $(LWIP_ROOT)/src/%.c $(FLAGS_STAMP)
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) $(LWIP_CFLAGS) -MMD -MP -MF $(@:.o=.d) -c $< -o $@

$(LWIP_OWN_OBJS): $(O)/obj/sim/lwip/%.o: sim/lwip/%.c $(FLAGS_STAMP) | $(LWIP_ROOT)
	$(call compile,$(LWIP_OWN_FLAGS))

$(LWIP_OPS_OBJS): $(O)/obj/sim/lwip/ops-%.o: sim/lwip/ops.c $(FLAGS_STAMP)
	$(call compile,$(LWIP_OWN_FLAGS) -DSIM_STACK_SYMBOL=sim_stack_$* -DSIM_STACK_NAME='"$*"')

# lwIP alone first: the script gathers its variables, and nobody else's.
$(LWIP_PARTS): sim/lwip/state.ld $(LWIP_OBJS)
	$(call say,LD,$@)
	$(Q)$(CC) -r -nostdlib -fno-lto -Wl,-T,sim/lwip/state.ld $(LWIP_OBJS) -o $@

# A half-made file must not look finished, hence the second name.
$(LWIP_LIBS): $(O)/liblwip-%.o: $(LWIP_PARTS) $(LWIP_OWN_OBJS) $(O)/obj/sim/lwip/ops-%.o
	$(call say,LD,$@)
	$(Q)$(CC) -r -nostdlib -fno-lto $^ -o $(O)/obj/lwip-$*.o
	$(Q)$(OBJCOPY) --keep-global-symbol=sim_stack_$* $(O)/obj/lwip-$*.o $@
