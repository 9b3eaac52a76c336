/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pipe in packet mode each way: the fastest of the kernel's own paths (sockets, veth and TAP were
 * measured too and are slower), private buffer to private buffer.
 */
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "engine.h"

struct port {
	int tx, rx; /* file descriptors */
};

static int ends[2][2]; /* [direction][read, write] */

static int port_setup(void)
{
	for (int d = 0; d < 2; d++) {
		if (pipe2(ends[d], O_DIRECT | O_NONBLOCK) != 0) {
			perror("pipe2");
			return -1;
		}
		fcntl(ends[d][0], F_SETPIPE_SZ, 1 << 20);
	}
	return 0;
}

static void port_open(struct port *p, int side)
{
	p->tx = ends[side][1];
	p->rx = ends[!side][0];
}

static void port_begin(struct port *p, int side, uint32_t len_bytes, int both_ways)
{
	(void)p;
	(void)side;
	(void)len_bytes;
	(void)both_ways;
}

static inline unsigned port_tx(struct port *p, const struct iwc_frame *f, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++)
		if (write(p->tx, f[i].buf, f[i].len_bytes) != (ssize_t)f[i].len_bytes)
			break;
	return i;
}

static inline unsigned port_rx(struct port *p, struct iwc_frame *f, unsigned n)
{
	unsigned i;

	for (i = 0; i < n; i++) {
		ssize_t len = read(p->rx, f[i].buf, BENCH_LEN_MAX);

		if (len <= 0)
			break;
		f[i].len_bytes = (uint32_t)len;
	}
	return i;
}

static void port_wait(struct port *p)
{
	struct pollfd q = {p->rx, POLLIN, 0};

	poll(&q, 1, 20);
}

static inline void port_done(struct port *p)
{
	(void)p;
}

#include "loops.inc"
