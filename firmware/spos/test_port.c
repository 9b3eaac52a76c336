/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Test builds only: UDP port 7703 takes a word and breaks this world that way. What must stop it is
 * the MMU, the watchdog or the executive; if nothing does, the answer "still here" says so. Test
 * builds also start the processor's counter of cycles, which NS shares.
 */
#include <string.h>

#include "lwip/pbuf.h"
#include "lwip/udp.h"

#include "arch.h"
#include "die.h"
#include "ip.h"
#include "memory.h"

static void ask_to_die(void)
{
	die(DIE_ASKED, "test port");
}

/* The network task alone: the critical one goes on, the watchdog must see it. */
static void hang(void)
{
	for (;;)
		__asm__ volatile("");
}

static void freeze(void)
{
	arch_irq_mask();
	hang();
}

static void write_to(uint64_t address)
{
	__asm__ volatile("str xzr, [%0]" : : "r"(address) : "memory");
}

static void fault(void)
{
	write_to(0x10);
}

static void write_text(void)
{
	write_to((uintptr_t)spos_start);
}

static void write_rodata(void)
{
	write_to((uintptr_t)spos_rodata_start);
}

static void write_peer(void)
{
	write_to(spos_boot.ns_section + spos_boot.section_bytes - 8u);
}

static void run_data(void)
{
	static uint32_t ret = 0xd65f03c0; /* RET */

	__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb\n\tblr %0"
			 :
			 : "r"(&ret)
			 : "x30", "memory");
}

static void run_peer(void)
{
	__asm__ volatile("blr %0" : : "r"(spos_boot.ns_section) : "x30", "memory");
}

static void overflow(void)
{
	uint64_t address = (uintptr_t)__builtin_frame_address(0);

	for (;; address -= 8u)
		write_to(address);
}

static void assertion(void)
{
	LWIP_ASSERT("test port", spos_boot.lives == 0);
}

static const struct {
	const char *word;
	void (*act)(void);
} commands[] = {
    {"die", ask_to_die},	{"hang", hang},
    {"freeze", freeze},		{"fault", fault},
    {"write-text", write_text}, {"write-rodata", write_rodata},
    {"write-peer", write_peer}, {"run-data", run_data},
    {"run-peer", run_peer},	{"overflow", overflow},
    {"assert", assertion},
};

static void serve(void *arg, struct udp_pcb *pcb, struct pbuf *p, const ip_addr_t *from, u16_t port)
{
	char word[16] = "";

	(void)arg;
	(void)pbuf_copy_partial(p, word, sizeof(word) - 1u, 0);
	pbuf_free(p);
	for (unsigned i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strncmp(word, commands[i].word, strlen(commands[i].word)) == 0)
			commands[i].act();
	}
	p = pbuf_alloc(PBUF_TRANSPORT, 10, PBUF_RAM);
	if (p == NULL)
		return;
	(void)pbuf_take(p, "still here", 10);
	(void)udp_sendto(pcb, p, from, port);
	pbuf_free(p);
}

static void count_cycles(void)
{
	arch_write(pmccfiltr_el0, 0);
	arch_write(pmcntenset_el0, UINT64_C(1) << 31);
	arch_write(pmcr_el0, arch_read(pmcr_el0) | 1u << 6 /* 64 bits */ | 1u);
}

bool test_port_start(void)
{
	struct udp_pcb *pcb = udp_new();

	count_cycles();
	if (pcb == NULL || udp_bind(pcb, IP_ANY_TYPE, IP_PORT_TEST) != ERR_OK)
		return false;
	udp_recv(pcb, serve, NULL);
	return true;
}
