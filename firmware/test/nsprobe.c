/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * nsprobe - what the tests ask from inside Linux, in one static program:
 *
 *	nsprobe ping ADDRESS COUNT WINDOW BYTES   ICMP echo, WINDOW on the way at once
 *	nsprobe udp ADDRESS PORT COUNT BYTES      datagrams to an echo server, one at a time
 *	nsprobe tcp ADDRESS PORT BYTES            a stream to an echo server, both ways at once
 *	nsprobe send ADDRESS PORT COUNT BYTES     datagrams one way, as fast as they go
 *	nsprobe capture INTERFACE FILE FRAMES SECONDS   a pcap file of what passes, both directions
 *	nsprobe ask ADDRESS PORT TEXT             a datagram, then print the answer
 *	nsprobe sign ADDRESS set|clear|query SIGN a request to the panel of signs (spos/sign.h)
 *
 * IWC_PRIORITY=0..7 in the environment is the priority of what ping, udp, tcp and ask send.
 *
 * Every byte that comes back is compared with what was sent. Last line: "what key=value ...".
 * Exit: 0 all came back as sent; 1 not; 2 wrong use.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/ip_icmp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define BYTES_MAX 65536u
#define WINDOW_MAX 64u
#define WAIT_MS 2000
#define SIGN_PORT 7701
#define SIGN_REQUEST_BYTES 8
#define SIGN_ANSWER_BYTES 24

static void die(const char *what)
{
	fprintf(stderr, "nsprobe: %s: %s\n", what, strerror(errno));
	exit(1);
}

static uint64_t number(const char *text, uint64_t min, uint64_t max)
{
	char *end;
	unsigned long long v;

	errno = 0;
	v = strtoull(text, &end, 10);
	if (errno != 0 || *text < '0' || *text > '9' || *end != '\0' || v < min || v > max) {
		fprintf(stderr, "nsprobe: '%s': a number from %" PRIu64 " to %" PRIu64 "\n", text,
			min, max);
		exit(2);
	}
	return v;
}

static struct sockaddr_in address(const char *host, uint64_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};

	if (inet_pton(AF_INET, host, &a.sin_addr) != 1) {
		fprintf(stderr, "nsprobe: '%s': an IPv4 address\n", host);
		exit(2);
	}
	return a;
}

static int open_socket(int type, int protocol)
{
	const char *text = getenv("IWC_PRIORITY");
	int fd = socket(AF_INET, type, protocol), priority;

	if (fd < 0)
		die("socket");
	if (text == NULL)
		return fd;
	priority = (int)number(text, 0, 7);
	if (setsockopt(fd, SOL_SOCKET, SO_PRIORITY, &priority, sizeof(priority)) != 0)
		die("SO_PRIORITY");
	return fd;
}

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000u + (uint64_t)t.tv_nsec / 1000u;
}

/* Byte i of message n; no two messages of a run look alike. */
static uint8_t pattern(uint64_t n, uint64_t i)
{
	uint64_t x = (n * 0x9e3779b97f4a7c15u) ^ ((i / 8u + 1u) * 0xbf58476d1ce4e5b9u);

	x ^= x >> 29;
	x *= 0x94d049bb133111ebu;
	return (uint8_t)(x >> (i % 8u * 8u));
}

static void fill(uint8_t *p, size_t len, uint64_t n, uint64_t from)
{
	for (size_t i = 0; i < len; i++)
		p[i] = pattern(n, from + i);
}

static bool matches(const uint8_t *p, size_t len, uint64_t n, uint64_t from)
{
	for (size_t i = 0; i < len; i++)
		if (p[i] != pattern(n, from + i))
			return false;
	return true;
}

/* 0 if nothing comes for WAIT_MS. */
static ssize_t receive(int fd, uint8_t *p, size_t room)
{
	struct pollfd wait = {.fd = fd, .events = POLLIN};
	ssize_t got;

	if (poll(&wait, 1, WAIT_MS) <= 0)
		return 0;
	got = recv(fd, p, room, 0);
	if (got < 0)
		die("recv");
	return got;
}

/* --- ping ------------------------------------------------------------------------------------ */

static uint16_t checksum(const uint8_t *p, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += i % 2u == 0u ? (uint32_t)p[i] << 8 : p[i];
	while (sum > 0xffffu)
		sum = (sum & 0xffffu) + (sum >> 16);
	return htons((uint16_t)~sum);
}

/* The number of a message travels in its first 8 bytes, the pattern behind them. */
static void ping_send(int fd, const struct sockaddr_in *to, uint64_t n, size_t len)
{
	uint8_t p[8u + BYTES_MAX];
	struct icmphdr head = {.type = ICMP_ECHO};

	head.un.echo.id = htons((uint16_t)getpid());
	head.un.echo.sequence = htons((uint16_t)n);
	memcpy(p, &head, sizeof(head));
	memcpy(p + 8, &n, 8);
	fill(p + 16, len - 8u, n, 0);
	head.checksum = checksum(p, 8u + len);
	memcpy(p, &head, sizeof(head));
	if (sendto(fd, p, 8u + len, 0, (const struct sockaddr *)to, sizeof(*to)) < 0 &&
	    errno != ENOBUFS)
		die("sendto");
}

/* 1 a good answer, -1 a bad one, 0 none of ours. *n: its number. */
static int ping_judge(const uint8_t *p, size_t got, size_t len, uint64_t *n)
{
	size_t skip = got > 0u ? (size_t)(p[0] & 0xfu) * 4u : 0u;
	struct icmphdr head;

	if (got < skip + 8u)
		return 0;
	memcpy(&head, p + skip, sizeof(head));
	if (head.type != ICMP_ECHOREPLY || head.un.echo.id != htons((uint16_t)getpid()))
		return 0;
	if (got != skip + 8u + len || checksum(p + skip, 8u + len) != 0u)
		return -1;
	memcpy(n, p + skip + 8, 8);
	return matches(p + skip + 16, len - 8u, *n, 0) ? 1 : -1;
}

static int ping(char **arg)
{
	struct sockaddr_in to = address(arg[0], 0);
	uint64_t count = number(arg[1], 1, UINT32_MAX), window = number(arg[2], 1, WINDOW_MAX);
	size_t len = number(arg[3], 8, 1472);
	uint64_t sent = 0, good = 0, bad = 0, lost = 0, n = 0, start = now_us();
	uint8_t p[BYTES_MAX];
	int fd = open_socket(SOCK_RAW, IPPROTO_ICMP);

	while (good + bad + lost < count) {
		ssize_t got;
		int verdict;

		while (sent < count && sent - good - bad - lost < window)
			ping_send(fd, &to, sent++, len);
		got = receive(fd, p, sizeof(p));
		if (got == 0) {
			lost = sent - good - bad;
			continue;
		}
		verdict = ping_judge(p, (size_t)got, len, &n);
		good += verdict > 0;
		bad += verdict < 0;
	}
	printf("ping sent=%" PRIu64 " good=%" PRIu64 " bad=%" PRIu64 " lost=%" PRIu64 " us=%" PRIu64
	       "\n",
	       sent, good, bad, lost, now_us() - start);
	close(fd);
	return good == count ? 0 : 1;
}

/* --- echo servers ---------------------------------------------------------------------------- */

static int open_to(const struct sockaddr_in *to, int type)
{
	int fd = open_socket(type, 0);

	if (connect(fd, (const struct sockaddr *)to, sizeof(*to)) != 0)
		die("connect");
	return fd;
}

static int udp(char **arg)
{
	struct sockaddr_in to = address(arg[0], number(arg[1], 1, 65535));
	uint64_t count = number(arg[2], 1, UINT32_MAX), good = 0, bad = 0, lost = 0;
	size_t len = number(arg[3], 1, 1472);
	uint8_t out[BYTES_MAX], in[BYTES_MAX];
	int fd = open_to(&to, SOCK_DGRAM);

	for (uint64_t n = 0; n < count; n++) {
		ssize_t got;

		fill(out, len, n, 0);
		if (send(fd, out, len, 0) < 0)
			die("send");
		got = receive(fd, in, sizeof(in));
		lost += got == 0;
		if (got > 0 && ((size_t)got != len || memcmp(in, out, len) != 0))
			bad++;
		else
			good += got > 0;
	}
	printf("udp sent=%" PRIu64 " good=%" PRIu64 " bad=%" PRIu64 " lost=%" PRIu64 "\n", count,
	       good, bad, lost);
	close(fd);
	return good == count ? 0 : 1;
}

static int flood(char **arg)
{
	struct sockaddr_in to = address(arg[0], number(arg[1], 1, 65535));
	uint64_t count = number(arg[2], 1, UINT32_MAX);
	size_t len = number(arg[3], 1, 1472);
	uint8_t out[BYTES_MAX];
	int fd = open_to(&to, SOCK_DGRAM);

	for (uint64_t n = 0; n < count; n++) {
		fill(out, len, n, 0);
		if (send(fd, out, len, 0) < 0)
			die("send");
	}
	printf("send sent=%" PRIu64 "\n", count);
	close(fd);
	return 0;
}

/* Writes what the socket takes. */
static uint64_t tcp_push(int fd, uint64_t sent, uint64_t bytes)
{
	uint8_t p[4096];
	size_t n = bytes - sent < sizeof(p) ? (size_t)(bytes - sent) : sizeof(p);
	ssize_t put;

	fill(p, n, 1, sent);
	put = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (put < 0 && errno != EAGAIN)
		die("send");
	return put > 0 ? sent + (uint64_t)put : sent;
}

static int tcp(char **arg)
{
	struct sockaddr_in to = address(arg[0], number(arg[1], 1, 65535));
	uint64_t bytes = number(arg[2], 1, UINT32_MAX), sent = 0, came = 0;
	int fd = open_to(&to, SOCK_STREAM);
	bool good = true;

	while (came < bytes && good) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		uint8_t p[4096];
		ssize_t got;

		if (sent < bytes)
			wait.events |= POLLOUT;
		if (poll(&wait, 1, 10 * WAIT_MS) <= 0)
			break;
		if ((wait.revents & POLLOUT) != 0)
			sent = tcp_push(fd, sent, bytes);
		if (sent == bytes)
			shutdown(fd, SHUT_WR);
		if ((wait.revents & (POLLIN | POLLHUP)) == 0)
			continue;
		got = recv(fd, p, sizeof(p), 0);
		if (got <= 0)
			break;
		good = matches(p, (size_t)got, 1, came);
		came += (uint64_t)got;
	}
	printf("tcp sent=%" PRIu64 " came=%" PRIu64 " match=%d\n", sent, came, good);
	close(fd);
	return good && came == bytes ? 0 : 1;
}

static int ask(char **arg)
{
	struct sockaddr_in to = address(arg[0], number(arg[1], 1, 65535));
	uint8_t p[BYTES_MAX];
	int fd = open_to(&to, SOCK_DGRAM);
	ssize_t got;

	if (send(fd, arg[2], strlen(arg[2]), 0) < 0)
		die("send");
	got = receive(fd, p, sizeof(p));
	fwrite(p, 1, (size_t)got, stdout);
	printf("\nask bytes=%zd\n", got);
	close(fd);
	return got > 0 ? 0 : 1;
}

static uint64_t sign_field(const uint8_t *at, unsigned bytes)
{
	uint64_t v = 0;

	while (bytes-- != 0)
		v = v << 8 | *at++;
	return v;
}

static int sign(char **arg)
{
	static const char *const operations[] = {"set", "clear", "query"};
	struct sockaddr_in to = address(arg[0], SIGN_PORT);
	const uint64_t sign = number(arg[2], 0, UINT16_MAX), asked = (uint16_t)getpid();
	uint8_t p[SIGN_ANSWER_BYTES + 1] = {
	    'S', 0, (uint8_t)(asked >> 8), (uint8_t)asked, (uint8_t)(sign >> 8), (uint8_t)sign};
	int fd, bad;
	ssize_t got;

	while (p[1] < 3 && strcmp(arg[1], operations[p[1]]) != 0)
		p[1]++;
	if (p[1]++ == 3) {
		fprintf(stderr, "nsprobe: sign: %s: set, clear or query\n", arg[1]);
		exit(2);
	}
	fd = open_to(&to, SOCK_DGRAM);
	if (send(fd, p, SIGN_REQUEST_BYTES, 0) < 0)
		die("send");
	got = receive(fd, p, sizeof(p));
	bad = got != SIGN_ANSWER_BYTES || p[0] != 'A' || sign_field(p + 2, 2) != asked ||
	      sign_field(p + 4, 2) != sign;
	printf("sign result=%u life=%" PRIu64 " lit=0x%08" PRIx64 " changed_ns=%" PRIu64 "%s\n",
	       p[1], sign_field(p + 6, 2), sign_field(p + 8, 4), sign_field(p + 16, 8),
	       bad ? " BAD" : "");
	close(fd);
	return bad;
}

/* --- capture --------------------------------------------------------------------------------- */

struct pcap_head {
	uint32_t magic, version, zone, accuracy, snap, link;
};

struct pcap_frame {
	uint32_t seconds, ns, kept, length;
};

static int packet_socket(const char *name)
{
	struct sockaddr_ll on = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	int fd = socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL));

	if (fd < 0)
		die("packet socket");
	on.sll_ifindex = (int)if_nametoindex(name);
	if (on.sll_ifindex == 0)
		die(name);
	if (bind(fd, (const struct sockaddr *)&on, sizeof(on)) != 0)
		die("bind");
	return fd;
}

static int capture(char **arg)
{
	uint64_t frames = number(arg[2], 1, UINT32_MAX), n = 0, ends;
	const struct pcap_head head = {0xa1b23c4du, 4u << 16 | 2u, 0, 0, BYTES_MAX, 1};
	int fd = packet_socket(arg[0]);
	FILE *out = fopen(arg[1], "w");

	if (out == NULL)
		die(arg[1]);
	ends = now_us() + number(arg[3], 1, 3600) * 1000000u;
	fwrite(&head, sizeof(head), 1, out);
	while (n < frames && now_us() < ends) {
		struct pollfd wait = {.fd = fd, .events = POLLIN};
		struct pcap_frame frame;
		uint8_t p[BYTES_MAX];
		struct timespec t;
		ssize_t got;

		if (poll(&wait, 1, 100) <= 0)
			continue;
		got = recv(fd, p, sizeof(p), 0);
		if (got < 0)
			die("recv");
		clock_gettime(CLOCK_REALTIME, &t);
		frame = (struct pcap_frame){(uint32_t)t.tv_sec, (uint32_t)t.tv_nsec, (uint32_t)got,
					    (uint32_t)got};
		fwrite(&frame, sizeof(frame), 1, out);
		fwrite(p, 1, (size_t)got, out);
		n++;
	}
	if (fclose(out) != 0)
		die(arg[1]);
	printf("capture frames=%" PRIu64 "\n", n);
	return n != 0u ? 0 : 1;
}

static const struct {
	const char *name;
	int args;
	int (*run)(char **arg);
} verbs[] = {
    {"ping", 4, ping},	{"udp", 4, udp}, {"tcp", 3, tcp},   {"capture", 4, capture},
    {"send", 4, flood}, {"ask", 3, ask}, {"sign", 3, sign},
};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (argc == verbs[i].args + 2 && strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argv + 2);
	fprintf(stderr, "usage: nsprobe ping ADDRESS COUNT WINDOW BYTES\n"
			"       nsprobe udp ADDRESS PORT COUNT BYTES\n"
			"       nsprobe tcp ADDRESS PORT BYTES\n"
			"       nsprobe send ADDRESS PORT COUNT BYTES\n"
			"       nsprobe capture INTERFACE FILE FRAMES SECONDS\n"
			"       nsprobe ask ADDRESS PORT TEXT\n"
			"       nsprobe sign ADDRESS set|clear|query SIGN\n");
	return 2;
}
