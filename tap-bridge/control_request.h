/* SPDX-License-Identifier: BSD-2-Clause */
/* control_request.h - what a client of the control socket may say (control.h), read. */
#ifndef TAP_CONTROL_REQUEST_H
#define TAP_CONTROL_REQUEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "control.h"

struct control_request {
	enum {
		CONTROL_STATUS,
		CONTROL_WATCH,
		CONTROL_CAPTURE,
	} kind;
	uint64_t period_ns;	       /* watch */
	enum record_what what;	       /* capture */
	char filter[CONTROL_LINE_MAX]; /* capture; "": all */
};

/*
 * line: len bytes without the line end, anything at all. False with one line of printable ASCII in
 * err (CONTROL_ERROR_BYTES).
 */
bool control_request_read(const char *line, size_t len, struct control_request *request, char *err);

#endif
