/* SPDX-License-Identifier: BSD-2-Clause */
#include "record_classic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <pcap/pcap.h>

#include "record.h"

#define NS_PER_S UINT64_C(1000000000)
#define FILE_HEADER_BYTES 24u
#define FRAME_HEADER_BYTES 16u

struct classic {
	pcap_t *dead;
	pcap_dumper_t *dumper;
	char *path;
	int fd; /* of the same file, to cut it back when libpcap has closed it */
	int error;
	uint32_t snaplen;
	uint64_t bytes, good_bytes;
};

static void error_text(char *err, const char *path, int error)
{
	errno = error;
	snprintf(err, RECORD_ERROR_BYTES, "%.1000s: %m", path);
}

static bool dumper_open(struct classic *c, const char *path)
{
	FILE *f = fopen(path, "wbe");

	if (!f) {
		c->error = -errno;
		return false;
	}
	c->fd = dup(fileno(f));
	c->dumper = c->fd >= 0 ? pcap_dump_fopen(c->dead, f) : NULL;
	if (!c->dumper) {
		c->error = -ENOMEM;
		fclose(f);
		return false;
	}
	c->bytes = FILE_HEADER_BYTES;
	return classic_flush(c) == 0;
}

struct classic *classic_open(const char *path, uint32_t snaplen_bytes, char *err)
{
	struct classic *c = calloc(1, sizeof(*c));

	if (!c) {
		error_text(err, path, ENOMEM);
		return NULL;
	}
	c->fd = -1;
	c->snaplen = snaplen_bytes;
	c->path = strdup(path);
	c->dead = pcap_open_dead_with_tstamp_precision(DLT_EN10MB, (int)snaplen_bytes,
						       PCAP_TSTAMP_PRECISION_NANO);
	if (!c->path || !c->dead)
		c->error = -ENOMEM;
	else if (dumper_open(c, path))
		return c;
	error_text(err, path, -c->error);
	classic_close(c, NULL);
	return NULL;
}

int classic_write(struct classic *c, uint64_t time_ns, const uint8_t *bytes, uint32_t len_bytes,
		  uint32_t kept_bytes)
{
	uint32_t kept = kept_bytes < c->snaplen ? kept_bytes : c->snaplen;
	struct pcap_pkthdr header = {
	    /* With ns precision tv_usec holds ns. */
	    .ts = {.tv_sec = (time_t)(time_ns / NS_PER_S),
		   .tv_usec = (suseconds_t)(time_ns % NS_PER_S)},
	    .caplen = kept < len_bytes ? kept : len_bytes,
	    .len = len_bytes,
	};

	if (c->error)
		return c->error;
	errno = 0;
	pcap_dump((u_char *)c->dumper, &header, bytes);
	if (ferror(pcap_dump_file(c->dumper))) {
		c->error = errno ? -errno : -EIO;
		return c->error;
	}
	c->bytes += FRAME_HEADER_BYTES + header.caplen;
	return 0;
}

int classic_flush(struct classic *c)
{
	if (c->error)
		return c->error;
	if (pcap_dump_flush(c->dumper) != 0)
		c->error = errno ? -errno : -EIO;
	else
		c->good_bytes = c->bytes;
	return c->error;
}

uint64_t classic_bytes(const struct classic *c)
{
	return c->bytes;
}

int classic_close(struct classic *c, char *err)
{
	int error;

	if (!c)
		return 0;
	if (c->dumper) {
		(void)classic_flush(c);
		pcap_dump_close(c->dumper);
		/* Closing may have written a part of what the flush could not. Where the file can't
		 * be cut, the torn end stays; the failed write is what the caller hears of. */
		if (c->error && ftruncate(c->fd, (off_t)c->good_bytes) != 0)
			errno = 0;
	}
	if (c->dead)
		pcap_close(c->dead);
	if (c->fd >= 0 && close(c->fd) != 0 && !c->error && errno != EINTR)
		c->error = -errno;
	error = c->error;
	if (error && err)
		error_text(err, c->path, -error);
	free(c->path);
	free(c);
	return error;
}
