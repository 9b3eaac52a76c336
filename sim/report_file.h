/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_REPORT_FILE_H
#define SIM_REPORT_FILE_H

#include <stddef.h>
#include <stdio.h>

/* A page on its way: put together in memory, so that a file is written whole or not at all. */
struct report_file {
	FILE *out; /* write here; errors are found at the end */
	char *data;
	size_t len;
	const char *path; /* the caller's, valid until the end */
};

/* 0, or -1 without memory. */
int report_file_begin(struct report_file *file, const char *path, char *err, size_t err_size);

/* Writes the file and frees what begin has taken, in any case. 0, or -1 and err says path and
 * cause. */
int report_file_end(struct report_file *file, char *err, size_t err_size);

#endif
