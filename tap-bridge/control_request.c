/* SPDX-License-Identifier: BSD-2-Clause */
#include "control_request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PERIOD_MIN_MS 10u
#define PERIOD_MAX_MS 3600000u
#define NS_PER_MS UINT64_C(1000000)

static bool watch_read(const char *text, struct control_request *request, char *err)
{
	size_t digits = strspn(text, "0123456789");
	unsigned long ms = digits > 0 && digits < 9 ? strtoul(text, NULL, 10) : 0;

	if (text[digits] != '\0' || ms < PERIOD_MIN_MS || ms > PERIOD_MAX_MS) {
		snprintf(err, CONTROL_ERROR_BYTES, "watch: milliseconds from %u to %u",
			 PERIOD_MIN_MS, PERIOD_MAX_MS);
		return false;
	}
	request->kind = CONTROL_WATCH;
	request->period_ns = ms * NS_PER_MS;
	return true;
}

/* word has its end cut off by a NUL, rest is what follows it. */
static bool words_read(const char *word, const char *rest, struct control_request *request,
		       char *err)
{
	static const struct {
		const char *name;
		enum record_what what;
	} captures[] = {
	    {"capture", RECORD_FRAMES}, {"events", RECORD_EVENTS}, {"both", RECORD_BOTH}};

	if (strcmp(word, "status") == 0 && rest[0] == '\0') {
		request->kind = CONTROL_STATUS;
		return true;
	}
	if (strcmp(word, "watch") == 0)
		return watch_read(rest, request, err);
	for (unsigned i = 0; i < sizeof(captures) / sizeof(captures[0]); i++) {
		if (strcmp(word, captures[i].name) != 0)
			continue;
		if (captures[i].what == RECORD_EVENTS && rest[0] != '\0')
			break;
		request->kind = CONTROL_CAPTURE;
		request->what = captures[i].what;
		snprintf(request->filter, sizeof(request->filter), "%s", rest);
		return true;
	}
	snprintf(err, CONTROL_ERROR_BYTES,
		 "'%.40s': there are: status, watch MS, capture [FILTER], events, both [FILTER]",
		 word);
	return false;
}

bool control_request_read(const char *line, size_t len, struct control_request *request, char *err)
{
	char text[CONTROL_LINE_MAX];
	char *rest;

	memset(request, 0, sizeof(*request));
	if (len > 0 && line[len - 1u] == '\r')
		len--;
	if (len >= sizeof(text)) {
		snprintf(err, CONTROL_ERROR_BYTES, "a request has at most %u bytes",
			 CONTROL_LINE_MAX - 1u);
		return false;
	}
	for (size_t i = 0; i < len; i++) {
		if (line[i] < ' ' || line[i] > '~') {
			snprintf(err, CONTROL_ERROR_BYTES,
				 "byte %zu of the request is not printable ASCII", i + 1u);
			return false;
		}
		text[i] = line[i];
	}
	text[len] = '\0';
	rest = text + strcspn(text, " ");
	if (*rest != '\0')
		*rest++ = '\0';
	rest += strspn(rest, " ");
	return words_read(text, rest, request, err);
}
