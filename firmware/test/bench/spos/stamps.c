/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * S's side of the measurement of a frame's way. The linker puts these in front of what they are
 * called like (--wrap), so S's objects are those of every build. BENCH_SLOW is a number of
 * instructions to waste on each frame, to see that the measurement sees them.
 */
#include "lwip/netif.h"
#include "lwip/pbuf.h"

#include "arch.h"
#include "iwc_channel.h"
#include "memory.h"
#include "net_if.h"
#include "stamps.h"

#ifndef BENCH_SLOW
#define BENCH_SLOW 0
#endif

_Static_assert(STAMPS_OFFSET + STAMP_COUNT * 8 <= IWC_SECTION_BYTES, "they lie in S's section");

void __real_spos_interrupt(void);
void __wrap_spos_interrupt(void);
err_t __real_ethernet_input(struct pbuf *p, struct netif *netif);
err_t __wrap_ethernet_input(struct pbuf *p, struct netif *netif);
bool __real_net_send(struct net_if *net, const void *frame, uint32_t len_bytes);
bool __wrap_net_send(struct net_if *net, const void *frame, uint32_t len_bytes);

static void stamp(enum stamp which)
{
	volatile uint64_t *stamps =
	    (volatile uint64_t *)(uintptr_t)(spos_boot.s_section + STAMPS_OFFSET);

	stamps[which] = arch_cycles();
}

void __wrap_spos_interrupt(void)
{
	stamp(STAMP_INTERRUPT);
	__real_spos_interrupt();
}

err_t __wrap_ethernet_input(struct pbuf *p, struct netif *netif)
{
	stamp(STAMP_INPUT);
#if BENCH_SLOW != 0
	__asm__ volatile("mov x9, %0\n1:\tsubs x9, x9, #2\n\tb.ne 1b"
			 :
			 : "r"((uint64_t)BENCH_SLOW)
			 : "x9", "cc");
#endif
	return __real_ethernet_input(p, netif);
}

bool __wrap_net_send(struct net_if *net, const void *frame, uint32_t len_bytes)
{
	stamp(STAMP_OUTPUT);
	return __real_net_send(net, frame, len_bytes);
}
