/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report_file.h"

static int refuse(const char *path, int error, char *err, size_t err_size)
{
	(void)snprintf(err, err_size, "%s: %s", path, strerror(error));
	return -1;
}

int report_file_begin(struct report_file *file, const char *path, char *err, size_t err_size)
{
	*file = (struct report_file){.path = path};
	file->out = open_memstream(&file->data, &file->len);
	return file->out ? 0 : refuse(path, errno, err, err_size);
}

static int write_all(const char *path, const char *data, size_t len)
{
	FILE *out = fopen(path, "wb");
	int error = 0;

	if (!out)
		return errno;
	if (fwrite(data, 1, len, out) != len)
		error = errno;
	if (fclose(out) && !error)
		error = errno;
	return error;
}

int report_file_end(struct report_file *file, char *err, size_t err_size)
{
	int error = ferror(file->out) ? ENOMEM : 0;

	if (fclose(file->out) && !error)
		error = ENOMEM;
	if (!error)
		error = write_all(file->path, file->data, file->len);
	free(file->data);
	return error ? refuse(file->path, error, err, err_size) : 0;
}
