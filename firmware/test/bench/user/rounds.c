/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rounds - round trips and streams from inside Linux, counted in instructions by the counters that
 * iwc_bench.ko lets it read:
 *
 *	rounds ping ADDRESS BYTES COUNT    ICMP echo, one at a time
 *	rounds udp ADDRESS BYTES COUNT     datagrams to port 7
 *	rounds udp-to ADDRESS BYTES COUNT  datagrams to port 9, and an answer of port 7 behind them
 *	rounds tcp-to ADDRESS BYTES        a stream to port 9
 *	rounds tcp-from ADDRESS BYTES      a stream from port 19
 *	rounds serve                       UDP 7 and 9, TCP 9 and 19, until killed
 *
 * A line "KIND BYTES all MEDIAN MEAN linux MEDIAN MEAN": of the machine, and of Linux alone without
 * what it idles. Of a stream the two are one number, of udp-to it is a datagram's.
 * Exit: 0 well; 1 no answer, or a wrong one; 2 wrong use.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define COUNT_MAX 1000u
#define BYTES_MAX 1472u
#define WARM_UP 8u
#define CHUNK 16384u

struct counts {
	uint64_t all, own;
};

static struct counts counts(void)
{
	struct counts c;

	__asm__ volatile("isb\n\tmrs %0, pmccntr_el0\n\tmrs %1, pmevcntr0_el0"
			 : "=r"(c.all), "=r"(c.own)
			 :
			 : "memory");
	return c;
}

static struct counts since(struct counts before)
{
	struct counts now = counts();

	/* Event counters have 32 bits. */
	return (struct counts){now.all - before.all, (uint32_t)(now.own - before.own)};
}

static void die(const char *what)
{
	fprintf(stderr, "rounds: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t number(const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || v < min || v > max) {
		fprintf(stderr, "rounds: '%s': a number from %" PRIu64 " to %" PRIu64 "\n", text,
			min, max);
		exit(2);
	}
	return v;
}

static int open_to(const char *host, uint16_t port, int type, int protocol)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, type, protocol);

	if (inet_pton(AF_INET, host, &to.sin_addr) != 1) {
		fprintf(stderr, "rounds: '%s': an IPv4 address\n", host);
		exit(2);
	}
	if (fd < 0 || connect(fd, (const struct sockaddr *)&to, sizeof(to)) != 0)
		die("connect");
	if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 2},
		       sizeof(struct timeval)) != 0)
		die("SO_RCVTIMEO");
	return fd;
}

/* --- round trips ----------------------------------------------------------------------------- */

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void say(const char *name, uint64_t *v, size_t n)
{
	uint64_t sum = 0;

	qsort(v, n, sizeof(*v), compare);
	for (size_t i = 0; i < n; i++)
		sum += v[i];
	printf(" %s %" PRIu64 " %" PRIu64, name, v[n / 2], sum / n);
}

static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2u == 0u ? (uint32_t)p[i] << 8 : p[i];
	while (sum > 0xffffu)
		sum = (sum & 0xffffu) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* Fills out with message n; returns its length. */
static size_t prepare(uint8_t *out, bool icmp, uint64_t n, size_t bytes)
{
	struct icmphdr head = {.type = ICMP_ECHO};
	size_t skip = icmp ? sizeof(head) : 0;

	memset(out, (int)(n & 0xffu), skip + bytes);
	if (!icmp)
		return bytes;
	head.un.echo.id = htons((uint16_t)getpid());
	head.un.echo.sequence = htons((uint16_t)n);
	memcpy(out, &head, sizeof(head));
	head.checksum = checksum(out, skip + bytes);
	memcpy(out, &head, sizeof(head));
	return skip + bytes;
}

/* Of an echo reply, type and checksum differ from the request's, behind a header of IPv4. */
static bool is_answer(const uint8_t *in, ssize_t got, const uint8_t *out, size_t len, bool icmp)
{
	size_t skip = icmp ? 20u : 0u, own = icmp ? 4u : 0u;

	return got == (ssize_t)(skip + len) && memcmp(in + skip + own, out + own, len - own) == 0;
}

static int trips(const char *kind, char **arg)
{
	static uint64_t all[COUNT_MAX], own[COUNT_MAX];
	bool icmp = strcmp(kind, "ping") == 0;
	size_t bytes = number(arg[1], 1, BYTES_MAX), count = number(arg[2], 1, COUNT_MAX);
	uint8_t out[BYTES_MAX + 8u], in[2048];
	int fd =
	    icmp ? open_to(arg[0], 0, SOCK_RAW, IPPROTO_ICMP) : open_to(arg[0], 7, SOCK_DGRAM, 0);

	for (size_t n = 0; n < WARM_UP + count; n++) {
		size_t len = prepare(out, icmp, n, bytes);
		struct counts c = counts();
		ssize_t got = -1;

		if (send(fd, out, len, 0) == (ssize_t)len)
			got = recv(fd, in, sizeof(in), 0);
		c = since(c);
		if (!is_answer(in, got, out, len, icmp)) {
			fprintf(stderr, "rounds: %s %zu: no answer, or a wrong one\n", kind, bytes);
			return 1;
		}
		if (n >= WARM_UP) {
			all[n - WARM_UP] = c.all;
			own[n - WARM_UP] = c.own;
		}
	}
	printf("%s %zu", kind, bytes);
	say("all", all, count);
	say("linux", own, count);
	printf("\n");
	return 0;
}

/* --- streams --------------------------------------------------------------------------------- */

static void say_once(const char *kind, uint64_t bytes, struct counts c)
{
	printf("%s %" PRIu64, kind, bytes);
	say("all", &c.all, 1);
	say("linux", &c.own, 1);
	printf("\n");
}

static int datagrams(const char *kind, char **arg)
{
	size_t bytes = number(arg[1], 1, BYTES_MAX), count = number(arg[2], 1, COUNT_MAX);
	int to = open_to(arg[0], 9, SOCK_DGRAM, 0), last = open_to(arg[0], 7, SOCK_DGRAM, 0);
	uint8_t p[BYTES_MAX] = {0};
	struct counts c;

	/* The other end is known, and awake. */
	if (send(last, p, 1, 0) != 1 || recv(last, p, 1, 0) != 1)
		die(kind);
	c = counts();
	for (size_t n = 0; n < count; n++)
		if (send(to, p, bytes, 0) != (ssize_t)bytes)
			die(kind);
	if (send(last, p, 1, 0) != 1 || recv(last, p, 1, 0) != 1)
		die(kind);
	c = since(c);
	say_once(kind, bytes, (struct counts){c.all / count, c.own / count});
	return 0;
}

static int stream(const char *kind, char **arg)
{
	static uint8_t p[CHUNK];
	bool to = strcmp(kind, "tcp-to") == 0;
	uint64_t bytes = number(arg[1], 1, UINT32_MAX), moved = 0;
	int fd = open_to(arg[0], to ? 9 : 19, SOCK_STREAM, 0);
	struct counts c = counts();

	while (moved < bytes) {
		size_t n = bytes - moved < CHUNK ? (size_t)(bytes - moved) : CHUNK;
		ssize_t got = to ? send(fd, p, n, MSG_NOSIGNAL) : recv(fd, p, n, 0);

		if (got <= 0)
			die(kind);
		moved += (uint64_t)got;
	}
	if (to) { /* the other end has it all when it has closed */
		shutdown(fd, SHUT_WR);
		if (recv(fd, p, 1, 0) != 0)
			die("close");
	}
	c = since(c);
	say_once(kind, bytes, c);
	close(fd);
	return 0;
}

/* --- the other end, where it is a Linux too --------------------------------------------------- */

static int serve_at(uint16_t port, int type)
{
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, type, 0);

	if (fd < 0 || bind(fd, (const struct sockaddr *)&at, sizeof(at)) != 0 ||
	    (type == SOCK_STREAM && listen(fd, 1) != 0))
		die("serve");
	return fd;
}

static void serve_stream(int listener, bool in)
{
	static uint8_t p[CHUNK];
	int fd = accept(listener, NULL, NULL);

	while (in ? recv(fd, p, sizeof(p), 0) > 0 : send(fd, p, sizeof(p), MSG_NOSIGNAL) > 0)
		;
	close(fd);
}

static _Noreturn void serve(void)
{
	struct pollfd fds[] = {{.fd = serve_at(7, SOCK_DGRAM), .events = POLLIN},
			       {.fd = serve_at(9, SOCK_STREAM), .events = POLLIN},
			       {.fd = serve_at(19, SOCK_STREAM), .events = POLLIN},
			       {.fd = serve_at(9, SOCK_DGRAM), .events = POLLIN}};

	for (;;) {
		struct sockaddr_in from;
		socklen_t size = sizeof(from);
		uint8_t p[2048];
		ssize_t got;

		if (poll(fds, 4, -1) < 0)
			die("poll");
		while (recv(fds[3].fd, p, sizeof(p), MSG_DONTWAIT) >= 0)
			;
		if (fds[0].revents != 0) {
			got = recvfrom(fds[0].fd, p, sizeof(p), 0, (struct sockaddr *)&from, &size);
			if (got >= 0)
				(void)sendto(fds[0].fd, p, (size_t)got, 0,
					     (const struct sockaddr *)&from, size);
		}
		for (unsigned i = 1; i < 3; i++)
			if (fds[i].revents != 0)
				serve_stream(fds[i].fd, i == 1);
	}
}

int main(int argc, char **argv)
{
	const char *kind = argc > 1 ? argv[1] : "";

	if (argc == 5 && (strcmp(kind, "ping") == 0 || strcmp(kind, "udp") == 0))
		return trips(kind, argv + 2);
	if (argc == 5 && strcmp(kind, "udp-to") == 0)
		return datagrams(kind, argv + 2);
	if (argc == 4 && (strcmp(kind, "tcp-to") == 0 || strcmp(kind, "tcp-from") == 0))
		return stream(kind, argv + 2);
	if (argc == 2 && strcmp(kind, "serve") == 0)
		serve();
	fprintf(stderr, "usage: rounds ping|udp|udp-to ADDRESS BYTES COUNT\n"
			"       rounds tcp-to|tcp-from ADDRESS BYTES\n"
			"       rounds serve\n");
	return 2;
}
