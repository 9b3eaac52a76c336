/* SPDX-License-Identifier: BSD-2-Clause */
/* dump_tap.c - capture on a running tap: what its control socket sends goes into the FIFO. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "iwcdump.h"

/* The only tap that runs, if none is named. False, and has said why. */
static bool choose(const struct dump_args *args, char *name, size_t size)
{
	const char *given = dump_tap_name(args->interface);
	struct control_tap *taps;
	unsigned count;

	if (!given)
		given = args->control;
	if (given && *given) {
		snprintf(name, size, "%s", given);
		return true;
	}
	taps = calloc(DUMP_TAPS_MAX, sizeof(*taps));
	count = taps ? control_list(taps, DUMP_TAPS_MAX) : 0;
	if (count == 1)
		snprintf(name, size, "%s", taps[0].path);
	else if (count == 0)
		dump_error("no tap runs that this user may see; 'iwc tap SCENARIO' starts one");
	else
		dump_error("%u taps run: --control names one, such as %s", count, taps[0].name);
	free(taps);
	return count == 1;
}

static int write_all(int fd, const char *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n < 0 && (errno != EINTR || cli_interrupted()))
			return -errno;
		if (n > 0) {
			data += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

/*
 * Until either side ends. A reader that goes away while nothing happens is noticed too. Returns 0
 * or a negative errno value, and whether it was the tap's.
 */
static int pass_on(int from, int to, bool *tap)
{
	struct pollfd fds[2] = {{.fd = from, .events = POLLIN}, {.fd = to}};
	char data[65536];

	while (!cli_interrupted()) {
		ssize_t n;
		int rc;

		if (poll(fds, 2, 200) < 0 && errno != EINTR)
			return -errno;
		if (fds[1].revents != 0)
			return -EPIPE;
		if (fds[0].revents == 0)
			continue;
		n = read(from, data, sizeof(data));
		if (n < 0 && errno == EINTR)
			continue;
		*tap = n <= 0;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		rc = write_all(to, data, (size_t)n);
		if (rc != 0)
			return rc;
	}
	return 0;
}

static int attach(const struct dump_args *args, const char *name, int to)
{
	char request[CONTROL_LINE_MAX], err[CONTROL_ERROR_BYTES];
	const char *filter = args->filter ? args->filter : "";
	bool tap = false;
	int from, rc;

	if (strpbrk(filter, "\r\n") || strlen(filter) + sizeof("both ") >= sizeof(request)) {
		dump_error("filter: it must be one line of at most %zu bytes",
			   sizeof(request) - sizeof("both ") - 1);
		return CLI_USAGE;
	}
	snprintf(request, sizeof(request), "both%s%s", *filter ? " " : "", filter);
	from = control_open(name, request, err);
	if (from < 0) {
		dump_error("%s", err);
		return CLI_FAILED;
	}
	rc = pass_on(from, to, &tap);
	close(from);
	if (rc == 0 || rc == -EPIPE || cli_interrupted())
		return CLI_OK;
	dump_error("%s: %s", tap ? name : args->fifo, strerror(-rc));
	return CLI_FAILED;
}

int dump_tap(const struct dump_args *args, int fd)
{
	char name[CONTROL_PATH_MAX];
	int rc = CLI_FAILED;

	if (choose(args, name, sizeof(name)))
		rc = attach(args, name, fd);
	close(fd);
	return rc;
}
