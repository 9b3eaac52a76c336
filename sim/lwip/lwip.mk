# SPDX-License-Identifier: BSD-2-Clause
#
# The worlds' IP stacks: $(O)/liblwip-ns.o, $(O)/liblwip-s.o and $(O)/liblwip-tap.o, each a whole
# lwIP with adapter, servers and client, and with a single symbol left: sim_stack_ns, sim_stack_s,
# sim_stack_tap (see ../stack.h). The first two are the same objects; those of the third are
# compiled for the wider windows of real time.
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
LWIP_OWN := adapter place server service_tcp service_udp client client_echo client_tcp content
# Of the caller's flags those for optimisation and debugging.
LWIP_CFLAGS = -std=gnu11 -Isim/lwip -I$(LWIP_ROOT)/src/include $(COMMON_FLAGS) \
	$(filter-out -W% -fsanitize% -fno-sanitize% -flto% -fprofile% -ftest-coverage \
	--coverage -pg,$(CFLAGS)) -fno-lto -w
LWIP_OWN_FLAGS = $(SIM_BASE_FLAGS) -Isim -Isim/lwip -isystem $(LWIP_ROOT)/src/include -fno-lto
LWIP_FLAGS-wide := -DSIM_LWIP_WIDE

LWIP_INSTANCES := ns s tap
LWIP_WIDTH-ns := plain
LWIP_WIDTH-s := plain
LWIP_WIDTH-tap := wide
LWIP_LIBS := $(LWIP_INSTANCES:%=$(O)/liblwip-%.o)

LINT_FLAGS += $(addprefix sim/lwip:,-std=gnu11 -D_GNU_SOURCE -Isim -Isim/lwip -isystem \
	$(LWIP_ROOT)/src/include -DSIM_STACK_SYMBOL=sim_stack_ns -DSIM_STACK_NAME="ns")
LINT_NEEDS += $(LWIP_ROOT)

# Order only: unpacking keeps the dates of the package, which say nothing about our objects.
$(LWIP_SRCS): | $(LWIP_ROOT) ;

# $(call lwip_width,width): lwIP and what is ours, compiled for it. lwIP is linked alone first: the
# script gathers its variables, and nobody else's.
define lwip_width
LWIP_OBJS-$(1) := $(LWIP_NAMES:%=$(O)/obj/lwip-$(1)/%.o)
LWIP_OWN_OBJS-$(1) := $(LWIP_OWN:%=$(O)/obj/sim/lwip-$(1)/%.o)
OBJS += $$(LWIP_OBJS-$(1)) $$(LWIP_OWN_OBJS-$(1))

$$(LWIP_OBJS-$(1)): $(O)/obj/lwip-$(1)/%.o: $(LWIP_ROOT)/src/%.c $(FLAGS_STAMP)
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$$(Q)$$(CC) $$(LWIP_CFLAGS) $(LWIP_FLAGS-$(1)) -MMD -MP -MF $$(@:.o=.d) -c $$< -o $$@

$$(LWIP_OWN_OBJS-$(1)): $(O)/obj/sim/lwip-$(1)/%.o: sim/lwip/%.c $(FLAGS_STAMP) | $(LWIP_ROOT)
	$$(call compile,$$(LWIP_OWN_FLAGS) $(LWIP_FLAGS-$(1)))

$(O)/obj/lwip-$(1).o: sim/lwip/state.ld $$(LWIP_OBJS-$(1))
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -r -nostdlib -fno-lto -Wl,-T,sim/lwip/state.ld $$(LWIP_OBJS-$(1)) -o $$@
endef

# $(call lwip_instance,name,width): a half-made file must not look finished, hence the second name.
define lwip_instance
OBJS += $(O)/obj/sim/lwip-$(2)/ops-$(1).o

$(O)/obj/sim/lwip-$(2)/ops-$(1).o: sim/lwip/ops.c $(FLAGS_STAMP)
	$$(call compile,$$(LWIP_OWN_FLAGS) -DSIM_STACK_SYMBOL=sim_stack_$(1) \
		-DSIM_STACK_NAME='"$(1)"')

$(O)/liblwip-$(1).o: $(O)/obj/lwip-$(2).o $$(LWIP_OWN_OBJS-$(2)) $(O)/obj/sim/lwip-$(2)/ops-$(1).o
	$$(call say,LD,$$@)
	$$(Q)$$(CC) -r -nostdlib -fno-lto $$^ -o $(O)/obj/lwip-instance-$(1).o
	$$(Q)$$(OBJCOPY) --keep-global-symbol=sim_stack_$(1) $(O)/obj/lwip-instance-$(1).o $$@
endef

$(foreach w,plain wide,$(eval $(call lwip_width,$(w))))
$(foreach i,$(LWIP_INSTANCES),$(eval $(call lwip_instance,$(i),$(LWIP_WIDTH-$(i)))))
