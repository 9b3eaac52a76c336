/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lwIP as each world has it: IPv4 over Ethernet without threads, sockets or malloc. All memory is
 * static, so that restoring it brings the stack back to power-on; the sizes bound what a peer can
 * make the world spend.
 */
#ifndef IWC_SIM_LWIP_LWIPOPTS_H
#define IWC_SIM_LWIP_LWIPOPTS_H

/* The caller is the only thread and drives the timers. */
#define NO_SYS 1
#define SYS_LIGHTWEIGHT_PROT 0
#define LWIP_NETCONN 0
#define LWIP_SOCKET 0

/* Protocols */
#define LWIP_IPV4 1
#define LWIP_IPV6 0
#define LWIP_ARP 1
#define LWIP_ICMP 1
#define LWIP_RAW 1
#define LWIP_UDP 1
#define LWIP_TCP 1
#define LWIP_DHCP 0
#define LWIP_DNS 0
#define LWIP_SINGLE_NETIF 1
#define LWIP_HAVE_LOOPIF 0
#define LWIP_NETIF_LOOPBACK 0

/* Every packet is checked and nothing is left to hardware that does not exist. */
#define CHECKSUM_GEN_IP 1
#define CHECKSUM_GEN_ICMP 1
#define CHECKSUM_GEN_UDP 1
#define CHECKSUM_GEN_TCP 1
#define CHECKSUM_CHECK_IP 1
#define CHECKSUM_CHECK_ICMP 1
#define CHECKSUM_CHECK_UDP 1
#define CHECKSUM_CHECK_TCP 1

/* Neighbours: a peer, perhaps a host's kernel behind it, never a crowd. */
#define ARP_TABLE_SIZE 8
#define ARP_QUEUEING 1
#define ARP_QUEUE_LEN 8
#define MEMP_NUM_ARP_QUEUE 16
#define ETHARP_SUPPORT_STATIC_ENTRIES 1

/* A host's kernel may send packets longer than a frame: `ping -s 4000`. */
#define IP_REASSEMBLY 1
#define IP_FRAG 1
#define IP_REASS_MAX_PBUFS 24
#define MEMP_NUM_REASSDATA 4

/*
 * TCP: so many segments each way; a connection of the echo server holds at most a window. In real
 * time a window has to last until the other world has been woken, and stays below 64 KiB, which
 * needs no scaling.
 */
#ifdef SIM_LWIP_WIDE
#define TCP_SEGMENTS 44
#else
#define TCP_SEGMENTS 16
#endif
#define TCP_MSS 1460
#define TCP_WND (TCP_SEGMENTS * TCP_MSS)
#define TCP_SND_BUF (TCP_SEGMENTS * TCP_MSS)
#define TCP_QUEUE_OOSEQ 1
#define TCP_OOSEQ_MAX_PBUFS TCP_SEGMENTS
#define LWIP_TCP_SACK_OUT 1
#define TCP_LISTEN_BACKLOG 1
/*
 * Timers of 50 and 100 ms, five times as fine as lwIP's own: delayed acknowledgements and
 * retransmissions then come about as early as from a host's kernel, on a link that is faster still.
 */
#define TCP_TMR_INTERVAL 50
/* Initial sequence numbers follow the seed: a world that restarted must not repeat its own. */
#define LWIP_HOOK_TCP_ISN(local, local_port, remote, remote_port) sim_lwip_rand()

/*
 * Memory. Receive buffers hold a whole frame each; sixteen connections, eight of the echo server
 * and eight of the other services, with TCP_OOSEQ_MAX_PBUFS early segments each and a full
 * reassembly leave some free. The heap holds their full send buffers.
 */
#define MEM_ALIGNMENT 8
#define MEM_LIBC_MALLOC 0
#define MEMP_MEM_MALLOC 0
#define MEM_SIZE (TCP_SEGMENTS * 40 * 1024)
#define PBUF_POOL_SIZE (TCP_SEGMENTS * 20)
#define PBUF_POOL_BUFSIZE 1536
#define MEMP_NUM_PBUF 64
#define MEMP_NUM_RAW_PCB 4
#define MEMP_NUM_UDP_PCB 12
#define MEMP_NUM_TCP_PCB 28
#define MEMP_NUM_TCP_PCB_LISTEN 4
/* Whatever the peer makes one connection hold, there is a segment left for the next one's SYN. */
#define MEMP_NUM_TCP_SEG (MEMP_NUM_TCP_PCB * (TCP_SND_QUEUELEN + TCP_OOSEQ_MAX_PBUFS + 2))

/* Elements carry guard bytes, looked at when they are freed: damage stops the world that did it. */
#define MEMP_OVERFLOW_CHECK 1

/* The counters of stack.h are drawn from these. */
#define LWIP_STATS 1
#define LWIP_STATS_LARGE 1
#define LWIP_STATS_DISPLAY 0

#endif
