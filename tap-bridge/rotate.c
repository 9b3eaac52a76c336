/* SPDX-License-Identifier: BSD-2-Clause */
#include "rotate.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KB 1000u /* as dumpcap counts */
#define KB_MAX UINT64_C(2000000000)
#define SECONDS_MAX UINT64_C(1000000000)
#define NS_PER_S UINT64_C(1000000000)
/* What a name adds to the path: _ and a number of at least five digits, _ and a date. */
#define SUFFIX_BYTES 64u

struct rotate {
	struct rotate_limits limits;
	char *path;
	size_t base_bytes; /* of path, up to the extension */
	uint64_t number;   /* of the present file, from 1 */
	char **ring;	   /* limits.files names, the present one at (number - 1) % files */
	char *name;	   /* the present one */
};

/* Decimal digits only, 1 to max. */
static bool number_read(const char *text, uint64_t max, uint64_t *number)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || digits > 10 || text[digits] != '\0')
		return false;
	*number = strtoull(text, NULL, 10);
	return *number >= 1 && *number <= max;
}

bool rotate_parse(struct rotate_limits *limits, const char *text, char *err, size_t err_size)
{
	static const struct {
		const char *name;
		uint64_t max;
	} kinds[] = {
	    {"filesize:", KB_MAX}, {"duration:", SECONDS_MAX}, {"files:", ROTATE_FILES_MAX}};
	uint64_t number = 0;

	for (unsigned i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].name);

		if (strncmp(text, kinds[i].name, len) != 0)
			continue;
		if (!number_read(text + len, kinds[i].max, &number)) {
			snprintf(err, err_size, "'%.100s': the number is 1 to %" PRIu64, text,
				 kinds[i].max);
			return false;
		}
		if (i == 0)
			limits->size_bytes = number * KB;
		else if (i == 1)
			limits->duration_ns = number * NS_PER_S;
		else
			limits->files = (unsigned)number;
		return true;
	}
	snprintf(err, err_size, "'%.100s': it is filesize:KB, duration:SECONDS or files:COUNT",
		 text);
	return false;
}

bool rotate_check(const struct rotate_limits *limits, char *err, size_t err_size)
{
	if (limits->files == 0 || rotate_wanted(limits))
		return true;
	snprintf(err, err_size,
		 "files:%u says how many to keep; add filesize:KB or duration:SECONDS, which says "
		 "when one ends",
		 limits->files);
	return false;
}

struct rotate *rotate_create(const char *path, const struct rotate_limits *limits)
{
	struct rotate *r = calloc(1, sizeof(*r));
	const char *slash = strrchr(path, '/');
	const char *file = slash ? slash + 1 : path;
	const char *dot = strrchr(file, '.');

	if (!r)
		return NULL;
	r->limits = *limits;
	r->path = strdup(path);
	/* A dot in front makes a hidden file, no extension. */
	r->base_bytes = dot && dot != file ? (size_t)(dot - path) : strlen(path);
	r->ring = calloc(limits->files ? limits->files : 1u, sizeof(*r->ring));
	if (r->path && r->ring)
		return r;
	rotate_destroy(r);
	return NULL;
}

const char *rotate_next(struct rotate *r, time_t now)
{
	size_t slot = r->limits.files ? r->number % r->limits.files : 0;
	size_t size = strlen(r->path) + SUFFIX_BYTES;
	char *name = malloc(size);
	char date[32];
	struct tm tm;

	if (!name)
		return NULL;
	if (!localtime_r(&now, &tm) || strftime(date, sizeof(date), "%Y%m%d%H%M%S", &tm) == 0)
		snprintf(date, sizeof(date), "00000000000000");
	r->number++;
	snprintf(name, size, "%.*s_%05" PRIu64 "_%s%s", (int)r->base_bytes, r->path, r->number,
		 date, r->path + r->base_bytes);
	if (r->ring[slot] && r->limits.files)
		(void)unlink(r->ring[slot]); /* somebody may have moved it away */
	free(r->ring[slot]);
	r->ring[slot] = name;
	return name;
}

bool rotate_due(const struct rotate *r, uint64_t bytes, uint64_t start_ns, uint64_t time_ns)
{
	if (r->limits.size_bytes != 0 && bytes >= r->limits.size_bytes)
		return true;
	return r->limits.duration_ns != 0 && time_ns >= start_ns &&
	       time_ns - start_ns >= r->limits.duration_ns;
}

void rotate_destroy(struct rotate *r)
{
	if (!r)
		return;
	for (size_t i = 0; r->ring && i < (r->limits.files ? r->limits.files : 1u); i++)
		free(r->ring[i]);
	free(r->ring);
	free(r->path);
	free(r);
}
