/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * control.h - the socket by which a running tap is asked, and who asks.
 *
 * A unix stream socket of mode 0600. A client sends one line:
 *
 *	status			one picture as a JSON line (status.h), then the end
 *	watch MS		one now and one every MS milliseconds, 10 to 3600000
 *	capture [FILTER]	a pcapng stream of the Ethernet frames from now on
 *	events			the same of the events
 *	both [FILTER]		of both, two interfaces in one section
 *
 * Anything else is answered by one line {"error": "..."} and the end. A stream begins with the byte
 * 0x0a, JSON with '{', so that the first byte tells them apart.
 */
#ifndef TAP_CONTROL_H
#define TAP_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "record.h"
#include "status.h"

#define CONTROL_PATH_MAX 108u /* sun_path, NUL included */
#define CONTROL_ERROR_BYTES RECORD_ERROR_BYTES
#define CONTROL_LINE_MAX 1024u /* of a request, line end included */
#define CONTROL_CLIENTS_MAX 32u

/* ---- server ---- */

struct control;

/*
 * Listen at path and serve on a thread of its own. The folder is made (0700) if only that is
 * missing. A socket left there by a tap that died is replaced; one in use, or a file that is no
 * socket, is refused. source and record must outlive the object. NULL with one line in err
 * (CONTROL_ERROR_BYTES).
 */
struct control *control_start(const char *path, const struct status_source *source,
			      struct record *record, char *err);

/* End clients but those that record serves; remove the socket. c may be NULL. */
void control_stop(struct control *c);

/* ---- where ---- */

/*
 * The path for the socket of the tap name, for who runs this: /run/iwc/NAME.sock (root), else
 * $XDG_RUNTIME_DIR/iwc/NAME.sock, else iwc-UID/NAME.sock below $TMPDIR or /tmp. To be asked before
 * a user namespace makes everybody root. False with a line in err: too long.
 */
bool control_path(const char *name, char path[CONTROL_PATH_MAX], char *err);

/* Taps that run, as far as the folders of control_path may be read: each is connected to. */
struct control_tap {
	char name[CONTROL_PATH_MAX];
	char path[CONTROL_PATH_MAX];
};
unsigned control_list(struct control_tap *taps, unsigned max);

/* ---- client ---- */

/*
 * Connect to the tap named, or at that path if there is a slash in it, and send the request (no
 * line end). Returns a descriptor from which the answer can be read, after its first byte has come;
 * an answer that is an error is turned into err. -1 with a line in err (CONTROL_ERROR_BYTES).
 */
int control_open(const char *name, const char *request, char *err);

/* The next picture of such a descriptor, which stays open; NULL: the end, or a line in err. */
json_t *control_read(FILE *in, char *err);

#endif
