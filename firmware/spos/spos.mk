# SPDX-License-Identifier: BSD-2-Clause
#
# firmware/spos/: the secure world's OS. One set of objects, linked for each board at its address:
# $(FW_O)/P/spos.bin, and spos-test.bin, which has the test port.

SPOS_PORT_FLAGS := -Ifirmware/port -isystem firmware/spos/libc
SPOS_LWIP_INCLUDE := -Ifirmware/spos/lwip -isystem $(LWIP_ROOT)/src/include
SPOS_FLAGS := $(SPOS_PORT_FLAGS) -Ifirmware/spos $(SPOS_LWIP_INCLUDE)

# The compiler notes no header that a system header includes, and lwIP's are such.
SPOS_LWIP_HDRS := firmware/spos/lwip/lwipopts.h firmware/spos/lwip/arch/cc.h sim/lwip/lwipopts.h

SPOS_NETWORK_STACK := 16384
SPOS_CRITICAL_STACK := 8192

SPOS_CORE := $(filter-out core/crc32c.c core/bucket.c,$(CORE_SRCS)) firmware/port/crc32c.c
SPOS_SHARED := $(addprefix sim/lwip/,server.c service_tcp.c service_udp.c place.c content.c)
SPOS_COMMON := $(addprefix firmware/spos/,clock.c console.c critical.c die.c gic.c ip.c memory.c \
	mmu.c net_if.c services.c sign.c statistics.c text.c lwip/shared.c libc/string.c)
SPOS_OWN := $(addprefix firmware/spos/,irq.c main.c stack_depth.c tasks.c)

# SPOS=freertos: the user's kernel in place of the executive, see freertos/README.md.
SPOS ?= executive
SPOS_ASM := firmware/spos/vectors.S
ifeq ($(SPOS),freertos)
ifeq ($(wildcard $(FREERTOS)/lib/libfreertos.a),)
$(error SPOS=freertos: FREERTOS=$(FREERTOS) has no lib/libfreertos.a (firmware/spos/freertos))
endif
ifneq ($(shell cmp -s firmware/spos/freertos/FreeRTOSConfig.h \
	$(FREERTOS)/include/FreeRTOSConfig.h && echo same),same)
$(error $(FREERTOS)/include/FreeRTOSConfig.h is not that of firmware/spos/freertos: copy it \
	and build the library with it)
endif
SPOS_OWN := $(addprefix firmware/spos/freertos/,glue.c main.c) $(if $(wildcard \
	$(FREERTOS)/include/FreeRTOS_IP.h),firmware/spos/freertos/NetworkInterface.c)
SPOS_ASM := firmware/spos/freertos/vectors.S
SPOS_FREERTOS_FLAGS := -DGUEST -isystem $(FREERTOS)/include
SPOS_LIBS := $(FREERTOS)/lib/libfreertos.a
else ifneq ($(SPOS),executive)
$(error SPOS=$(SPOS): it is executive or freertos)
endif

SPOS_SRCS := $(SPOS_COMMON) $(SPOS_OWN) $(SPOS_SHARED)

# Shared by all boards; where the first one's sizes are looked for.
SPOS_SO := $(FW_O)/$(firstword $(FW_PLATS))/spos
SPOS_OBJS := $(patsubst %.c,$(SPOS_SO)/%.o,$(SPOS_CORE) $(SPOS_SRCS)) \
	$(patsubst %.S,$(SPOS_SO)/%.o,firmware/spos/start.S $(SPOS_ASM)) \
	$(LWIP_NAMES:%=$(SPOS_SO)/lwip/%.o)
SPOS_PORT_OBJS := $(SPOS_SO)/firmware/spos/test_none.o $(SPOS_SO)/firmware/spos/test_port.o

SPOS_PLATS := $(patsubst firmware/plat/%/plat.h,%,$(wildcard $(FW_PLATS:%=firmware/plat/%/plat.h)))
SPOS_ELFS := $(foreach p,$(SPOS_PLATS),$(FW_O)/$(p)/spos.elf $(FW_O)/$(p)/spos-test.elf)

SPOS_LINT := --target=aarch64-linux-gnu -march=armv8-a+crc -std=c11 -ffreestanding -Icore \
	-Ifirmware/include $(SPOS_FLAGS)
LINT_FLAGS += $(foreach d,firmware/port firmware/spos firmware/spos/libc,$(addprefix \
	$(d):,$(SPOS_LINT)))
LINT_FLAGS += $(foreach d,firmware/spos/lwip firmware/spos/lwip/arch,\
	$(addprefix $(d):,$(SPOS_LINT) -Isim -Isim/lwip))

FW_ALL += $(SPOS_ELFS:.elf=.bin)
FW_SIZES += $(FW_O)/$(firstword $(FW_PLATS))/spos.elf
OBJS += $(SPOS_OBJS) $(SPOS_PORT_OBJS)

$(SPOS_SO)/core/%.o: core/%.c $(FW_STAMP)
	$(call fw_compile,$(SPOS_PORT_FLAGS))

$(SPOS_SO)/firmware/port/crc32c.o: private FW_FLAGS += -march=armv8-a+crc

$(SPOS_SO)/firmware/%.o: firmware/%.c $(SPOS_LWIP_HDRS) $(FW_STAMP) | $(LWIP_ROOT)
	$(call fw_compile,$(SPOS_FLAGS))

# Services that the simulated secure world has too, and what they stand on here. Our options for
# lwIP come before theirs.
$(SPOS_SO)/firmware/spos/lwip/shared.o: private FW_FLAGS += -Ifirmware/spos/lwip -Isim -Isim/lwip
$(SPOS_SO)/sim/lwip/%.o: sim/lwip/%.c $(SPOS_LWIP_HDRS) $(FW_STAMP) | $(LWIP_ROOT)
	$(call fw_compile,$(SPOS_PORT_FLAGS) $(SPOS_LWIP_INCLUDE) -Isim)

$(SPOS_SO)/firmware/spos/freertos/%.o: private FW_FLAGS += $(SPOS_FREERTOS_FLAGS)

$(SPOS_SO)/firmware/%.o: firmware/%.S $(FW_STAMP)
	$(call fw_assemble,-Ifirmware/spos)

# lwIP is not ours to warn about.
$(SPOS_SO)/lwip/%.o: private WARNINGS := -w
$(SPOS_SO)/lwip/%.o: $(LWIP_ROOT)/src/%.c $(SPOS_LWIP_HDRS) $(FW_STAMP)
	$(call fw_compile,$(SPOS_PORT_FLAGS) $(SPOS_LWIP_INCLUDE))

# The address is the board's.
$(SPOS_PLATS:%=$(FW_O)/%/spos.lds): $(FW_O)/%/spos.lds: firmware/spos/spos.lds \
		firmware/plat/%/plat.h $(FW_STAMP)
	$(call say,FW-CPP,$@)
	@mkdir -p $(@D)
	$(Q)$(FW_CC) -E -P -undef -x assembler-with-cpp -Ifirmware/plat/$* \
		-DSPOS_NETWORK_STACK=$(SPOS_NETWORK_STACK) \
		-DSPOS_CRITICAL_STACK=$(SPOS_CRITICAL_STACK) $< -o $@

define spos_link
	$(call say,FW-LD,$@)
	$(Q)$(FW_LD) -nostdlib --gc-sections --no-warn-rwx-segments -z max-page-size=4096 \
		-T $(filter %.lds,$^) $(filter %.o,$^) $(SPOS_LIBS) -o $@
endef

LIST-spos := $(SPOS_OBJS) $(SPOS_LIBS)
$(filter %/spos.elf,$(SPOS_ELFS)): $(FW_O)/%/spos.elf: $(FW_O)/%/spos.lds $(SPOS_OBJS) \
		$(SPOS_SO)/firmware/spos/test_none.o $(SPOS_LIBS) $(O)/gen/spos.list
	$(spos_link)

$(filter %/spos-test.elf,$(SPOS_ELFS)): $(FW_O)/%/spos-test.elf: $(FW_O)/%/spos.lds \
		$(SPOS_OBJS) $(SPOS_SO)/firmware/spos/test_port.o $(SPOS_LIBS) \
		$(O)/gen/spos.list
	$(spos_link)

$(SPOS_ELFS:.elf=.bin): %.bin: %.elf
	$(call say,FW-BIN,$@)
	$(Q)$(FW_OBJCOPY) -O binary $< $@

# --- on the host: what needs no machine, over the native port ----------------------------------

SPOS_HOST_FLAGS := -std=gnu11 -D_GNU_SOURCE -Icore -Icore/port/native -Ifirmware/include \
	-Ifirmware/spos
SPOS_HOST_OBJS := $(addprefix $(O)/obj/firmware/spos/,critical.o mmu.o net_if.o sign.o \
	statistics.o text.o)
SPOS_TEST_SRCS := $(wildcard firmware/spos/*_test.c)
SPOS_TESTS := $(SPOS_TEST_SRCS:firmware/spos/%.c=$(O)/test/spos_%)
SPOS_TEST_OBJS := $(SPOS_TEST_SRCS:%.c=$(O)/obj/%.o)

TESTS += $(SPOS_TESTS)
OBJS += $(SPOS_HOST_OBJS) $(SPOS_TEST_OBJS)

$(SPOS_HOST_OBJS) $(SPOS_TEST_OBJS): $(O)/obj/%.o: %.c $(FLAGS_STAMP)
	$(call compile,$(SPOS_HOST_FLAGS))

$(SPOS_TESTS): $(O)/test/spos_%: $(O)/obj/firmware/spos/%.o $(SPOS_HOST_OBJS) \
		$(O)/libiwc-native.a
	$(call link,-lcmocka)
