/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control.c - the server of the control socket: one thread, poll, a bounded number of clients.
 *
 * Nobody is waited for: what a client's socket does not take at once cuts that client off.
 * Captures are handed to the recorder, with their socket.
 */
#include "control.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "control_request.h"
#include "control_socket.h"

#define NS_PER_MS UINT64_C(1000000)
#define REQUEST_NS (10000u * NS_PER_MS) /* until a client has said what it wants */

struct client {
	int fd;		       /* -1: free */
	bool deaf;	       /* it says nothing more */
	struct status *status; /* of who watches; NULL: the request is not there yet */
	uint64_t period_ns;
	uint64_t due_ns; /* next picture; without a request: the end of patience */
	size_t used;
	char line[CONTROL_LINE_MAX];
};

struct control {
	struct control_socket socket;
	const struct status_source *source;
	struct record *record;
	int stop; /* eventfd */
	pthread_t thread;
	struct client client[CONTROL_CLIENTS_MAX];
};

static uint64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

/* ---- answers ---- */

static void client_end(struct client *c)
{
	status_destroy(c->status);
	c->status = NULL;
	if (c->fd >= 0)
		close(c->fd);
	c->fd = -1;
}

/* One line; takes over the reference. False: the client did not take it all. */
static bool say(int fd, json_t *json)
{
	char *text = json ? json_dumps(json, STATUS_JSON) : NULL;
	size_t len = text ? strlen(text) : 0;
	bool good = false;

	json_decref(json);
	if (text) {
		text[len] = '\n'; /* in place of the NUL: one send, so that it comes whole */
		good = send(fd, text, len + 1u, MSG_DONTWAIT | MSG_NOSIGNAL) == (ssize_t)len + 1;
	}
	free(text);
	return good;
}

static void refuse(int fd, const char *why)
{
	(void)say(fd, json_pack("{s:s}", "error", why));
}

static void picture_send(struct client *c)
{
	if (!say(c->fd, status_take(c->status)))
		client_end(c);
}

static void request_do(struct control *ctl, struct client *c)
{
	struct control_request request;
	char err[CONTROL_ERROR_BYTES];
	struct record_sink sink = {0};

	if (!control_request_read(c->line, c->used, &request, err)) {
		refuse(c->fd, err);
		client_end(c);
		return;
	}
	if (request.kind == CONTROL_CAPTURE) {
		sink.what = request.what;
		sink.filter = request.filter;
		if (record_add_stream(ctl->record, c->fd, &sink, err) == 0)
			c->fd = -1;
		else
			refuse(c->fd, err);
		client_end(c);
		return;
	}
	c->status = status_create(ctl->source);
	if (!c->status) {
		refuse(c->fd, "out of memory");
		client_end(c);
		return;
	}
	c->period_ns = request.period_ns;
	c->due_ns = now_ns() + request.period_ns;
	picture_send(c);
	if (request.kind == CONTROL_STATUS)
		client_end(c);
}

/* ---- clients ---- */

/* What a client that has made its request still says is not listened to. */
static void client_drain(struct client *c)
{
	char rest[256];
	ssize_t n = recv(c->fd, rest, sizeof(rest), MSG_DONTWAIT);

	if (n == 0)
		c->deaf = true;
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		client_end(c);
}

/* A request ends with its line, or with all that the client says. */
static void client_read(struct control *ctl, struct client *c)
{
	ssize_t n;
	char *end;

	if (c->status) {
		client_drain(c);
		return;
	}
	n = recv(c->fd, c->line + c->used, sizeof(c->line) - c->used, MSG_DONTWAIT);
	if (n < 0) {
		if (errno != EAGAIN && errno != EINTR)
			client_end(c);
		return;
	}
	c->deaf = n == 0;
	if (n == 0 && c->used == 0) {
		client_end(c);
		return;
	}
	end = memchr(c->line + c->used, '\n', (size_t)n);
	c->used += (size_t)n;
	if (end)
		c->used = (size_t)(end - c->line);
	if (end || n == 0 || c->used == sizeof(c->line))
		request_do(ctl, c);
}

static void client_accept(struct control *ctl)
{
	int fd = accept4(ctl->socket.fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	if (fd < 0) {
		/* No descriptor left: who waits makes poll return at once, so go slowly. */
		if (errno == EMFILE || errno == ENFILE)
			(void)poll(NULL, 0, 100);
		return;
	}
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
		struct client *c = &ctl->client[i];

		if (c->fd >= 0)
			continue;
		*c = (struct client){.fd = fd, .due_ns = now_ns() + REQUEST_NS};
		return;
	}
	refuse(fd, "too many clients");
	close(fd);
}

static void client_due(struct client *c, uint64_t now)
{
	if (c->fd < 0 || now < c->due_ns)
		return;
	if (!c->status) {
		refuse(c->fd, "no request came");
		client_end(c);
		return;
	}
	c->due_ns += c->period_ns;
	if (c->due_ns <= now)
		c->due_ns = now + c->period_ns;
	picture_send(c);
}

/* ---- the thread ---- */

static int timeout_ms(const struct control *ctl, uint64_t now)
{
	uint64_t first = UINT64_MAX;

	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		if (ctl->client[i].fd >= 0 && ctl->client[i].due_ns < first)
			first = ctl->client[i].due_ns;
	if (first == UINT64_MAX)
		return -1;
	return first <= now ? 0 : (int)((first - now + NS_PER_MS - 1u) / NS_PER_MS);
}

static void *serve(void *ctx)
{
	struct control *ctl = ctx;
	struct pollfd p[CONTROL_CLIENTS_MAX + 2];

	for (;;) {
		p[0] = (struct pollfd){.fd = ctl->stop, .events = POLLIN};
		p[1] = (struct pollfd){.fd = ctl->socket.fd, .events = POLLIN};
		for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
			p[i + 2] = (struct pollfd){.fd = ctl->client[i].fd,
						   .events = ctl->client[i].deaf ? 0 : POLLIN};
		if (poll(p, CONTROL_CLIENTS_MAX + 2, timeout_ms(ctl, now_ns())) < 0)
			continue;
		if (p[0].revents != 0)
			return NULL;
		for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++) {
			struct client *c = &ctl->client[i];

			if ((p[i + 2].revents & POLLIN) != 0)
				client_read(ctl, c);
			else if (p[i + 2].revents != 0)
				client_end(c);
			client_due(c, now_ns());
		}
		if (p[1].revents != 0)
			client_accept(ctl);
	}
}

struct control *control_start(const char *path, const struct status_source *source,
			      struct record *record, char *err)
{
	struct control *ctl = calloc(1, sizeof(*ctl));
	sigset_t all, old;
	int rc;

	if (!ctl) {
		snprintf(err, CONTROL_ERROR_BYTES, "%.300s: out of memory", path);
		return NULL;
	}
	ctl->source = source;
	ctl->record = record;
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		ctl->client[i].fd = -1;
	if (!control_socket_listen(&ctl->socket, path, err)) {
		free(ctl);
		return NULL;
	}
	ctl->stop = eventfd(0, EFD_CLOEXEC);
	rc = ctl->stop < 0 ? errno : 0;
	/* Signals are for the thread that knows what to do. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	if (rc == 0)
		rc = pthread_create(&ctl->thread, NULL, serve, ctl);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (rc == 0)
		return ctl;
	snprintf(err, CONTROL_ERROR_BYTES, "%.300s: no thread: %s", path, strerror(rc));
	control_socket_close(&ctl->socket);
	if (ctl->stop >= 0)
		close(ctl->stop);
	free(ctl);
	return NULL;
}

void control_stop(struct control *c)
{
	static const uint64_t one = 1;

	if (!c)
		return;
	(void)!write(c->stop, &one, sizeof(one));
	pthread_join(c->thread, NULL);
	for (unsigned i = 0; i < CONTROL_CLIENTS_MAX; i++)
		client_end(&c->client[i]);
	control_socket_close(&c->socket);
	close(c->stop);
	free(c);
}
