/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rotate.h - a capture in several files, as dumpcap's -b: names, limits, and the ring of files.
 *
 * Files are named BASE_NNNNN_YYYYMMDDhhmmss.EXT by number and local time. A file ends after the
 * frame with which it reached its size, and before the first frame that is too late for it; so no
 * file is empty. Of a ring only files that this object named are removed, oldest first.
 */
#ifndef TAP_ROTATE_H
#define TAP_ROTATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define ROTATE_FILES_MAX 100000u

struct rotate_limits {
	uint64_t size_bytes;  /* 0: no limit */
	uint64_t duration_ns; /* 0: no limit */
	unsigned files;	      /* kept in the ring; 0: all */
};

/*
 * Add one criterion, "filesize:KB" (of 1000 bytes), "duration:S" or "files:N". False with one line
 * in err that says what is allowed.
 */
bool rotate_parse(struct rotate_limits *limits, const char *text, char *err, size_t err_size);

/* False, with a line in err: files are to be kept, but nothing says when one ends. */
bool rotate_check(const struct rotate_limits *limits, char *err, size_t err_size);

static inline bool rotate_wanted(const struct rotate_limits *limits)
{
	return limits->size_bytes != 0 || limits->duration_ns != 0;
}

struct rotate;

/* path is the name that the user gave; copied. NULL: no memory. */
struct rotate *rotate_create(const char *path, const struct rotate_limits *limits);

/*
 * Name of the next file, begun at wall time now; valid until the next call. Removes the file that
 * falls out of the ring. NULL: no memory.
 */
const char *rotate_next(struct rotate *r, time_t now);

/* Has the present file, begun with a frame of start_ns, to end before a frame of time_ns? */
bool rotate_due(const struct rotate *r, uint64_t bytes, uint64_t start_ns, uint64_t time_ns);

/* Files stay. r may be NULL. */
void rotate_destroy(struct rotate *r);

#endif
