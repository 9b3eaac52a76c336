/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_stream.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct record_stream {
	int fd;
	bool is_socket;
	int error;
	uint64_t stall_ns;
	uint64_t taken_ns; /* when the reader last took something, or had nothing to take */
	size_t size, start, used;
	uint8_t buf[];
};

struct record_stream *record_stream_create(int fd, size_t buffer_bytes, uint64_t stall_ns)
{
	struct record_stream *s = malloc(sizeof(*s) + buffer_bytes);
	struct stat st;

	if (!s)
		return NULL;
	*s = (struct record_stream){
	    .fd = fd,
	    .is_socket = fstat(fd, &st) == 0 && S_ISSOCK(st.st_mode),
	    .stall_ns = stall_ns,
	    .size = buffer_bytes,
	};
	return s;
}

bool record_stream_room(const struct record_stream *s, size_t len)
{
	return s->size - s->used >= len;
}

int record_stream_take(void *stream, const void *bytes, size_t len)
{
	struct record_stream *s = stream;
	size_t at, first;

	if (s->error)
		return s->error;
	if (!record_stream_room(s, len))
		return -ENOSPC;
	at = (s->start + s->used) % s->size;
	first = len < s->size - at ? len : s->size - at;
	memcpy(s->buf + at, bytes, first);
	memcpy(s->buf, (const uint8_t *)bytes + first, len - first);
	s->used += len;
	return 0;
}

/*
 * A pipe is not made non-blocking, since that would also hold for others who have it open. One that
 * is writable takes PIPE_BUF bytes at once.
 */
static ssize_t hand_over(const struct record_stream *s, const uint8_t *bytes, size_t len)
{
	struct pollfd p = {.fd = s->fd, .events = POLLOUT};

	if (s->is_socket)
		return send(s->fd, bytes, len, MSG_DONTWAIT | MSG_NOSIGNAL);
	if (poll(&p, 1, 0) <= 0 || (p.revents & (POLLOUT | POLLERR)) == 0) {
		errno = EAGAIN;
		return -1;
	}
	return write(s->fd, bytes, len < PIPE_BUF ? len : PIPE_BUF);
}

void record_stream_pump(struct record_stream *s, uint64_t now_ns)
{
	if (s->used == 0)
		s->taken_ns = now_ns;
	while (s->used > 0 && !s->error) {
		size_t len = s->size - s->start < s->used ? s->size - s->start : s->used;
		ssize_t n = hand_over(s, s->buf + s->start, len);

		if (n > 0) {
			s->start = (s->start + (size_t)n) % s->size;
			s->used -= (size_t)n;
			s->taken_ns = now_ns;
		} else if (n == 0 || errno == EAGAIN || errno == EINTR) {
			break;
		} else {
			s->error = errno == ECONNRESET ? -EPIPE : -errno;
		}
	}
	if (s->used > 0 && !s->error && s->stall_ns != 0 && now_ns > s->taken_ns &&
	    now_ns - s->taken_ns >= s->stall_ns)
		s->error = -ETIME;
}

bool record_stream_waits(const struct record_stream *s)
{
	return s->used > 0 && !s->error;
}

int record_stream_error(const struct record_stream *s)
{
	return s->error;
}

int record_stream_fd(const struct record_stream *s)
{
	return s->fd;
}

void record_stream_release(struct record_stream *s)
{
	free(s);
}

void record_stream_destroy(struct record_stream *s)
{
	if (!s)
		return;
	close(s->fd);
	free(s);
}
