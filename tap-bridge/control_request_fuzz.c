/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any bytes as a request of the control socket: they are refused with one printable line, or what
 * was understood says the same when it is written down and read again.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "control_request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool good)
{
	if (!good)
		abort();
}

static void write_down(const struct control_request *r, char *line, size_t size)
{
	static const char *const captures[] = {
	    [RECORD_FRAMES] = "capture", [RECORD_EVENTS] = "events", [RECORD_BOTH] = "both"};

	if (r->kind == CONTROL_STATUS)
		snprintf(line, size, "status");
	else if (r->kind == CONTROL_WATCH)
		snprintf(line, size, "watch %" PRIu64, r->period_ns / 1000000u);
	else if (r->filter[0] == '\0')
		snprintf(line, size, "%s", captures[r->what]);
	else
		snprintf(line, size, "%s %s", captures[r->what], r->filter);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char err[CONTROL_ERROR_BYTES] = "", line[CONTROL_LINE_MAX + 16];
	struct control_request r, again;

	if (!control_request_read((const char *)data, len, &r, err)) {
		require(err[0] != '\0');
		for (const char *c = err; *c != '\0'; c++)
			require(*c >= ' ' && *c <= '~');
		return 0;
	}
	require(len < CONTROL_LINE_MAX + 1u && memchr(r.filter, '\0', sizeof(r.filter)));
	write_down(&r, line, sizeof(line));
	require(control_request_read(line, strlen(line), &again, err));
	require(r.kind == again.kind && r.period_ns == again.period_ns && r.what == again.what &&
		strcmp(r.filter, again.filter) == 0);
	return 0;
}
