/* SPDX-License-Identifier: BSD-2-Clause */
#include "pcapng.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Block types. */
#define BLOCK_SECTION 0x0a0d0d0au
#define BLOCK_INTERFACE 1u
#define BLOCK_NAMES 4u
#define BLOCK_STATISTICS 5u
#define BLOCK_PACKET 6u

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define SECTION_LENGTH_UNKNOWN UINT64_MAX

/* Option codes; each block type but the common two has its own numbering. */
#define OPT_END 0u
#define OPT_COMMENT 1u
#define SHB_USERAPPL 4u
#define IF_NAME 2u
#define IF_DESCRIPTION 3u
#define IF_TSRESOL 9u
#define IF_FILTER 11u
#define EPB_FLAGS 2u
#define EPB_DROPCOUNT 4u
#define EPB_PACKETID 5u
#define EPB_QUEUE 6u
#define ISB_STARTTIME 2u
#define ISB_ENDTIME 3u
#define ISB_IFRECV 4u
#define ISB_IFDROP 5u

#define TSRESOL_NS 9u
#define NAME_RECORD_IPV4 1u

/* Tags of the header that link type 252 has in front of the data; numbers are big-endian there. */
#define PDU_TAG_END 0u
#define PDU_TAG_DISSECTOR 12u
#define EVENT_NAME_BYTES (sizeof(SIM_PCAPNG_EVENT_DISSECTOR) - 1u)
#define EVENT_NAME_PADDED ((EVENT_NAME_BYTES + 3u) & ~(size_t)3u)
#define EVENT_HEADER_BYTES (4u + EVENT_NAME_PADDED + 4u)

/* A frame, up to three texts, and room for every fixed field and option of any block. */
#define BLOCK_MAX SIM_PCAPNG_BLOCK_MAX

struct iface {
	enum sim_pcapng_linktype linktype;
	uint64_t packets;
	uint64_t drops;
};

/* Where blocks go: a descriptor, or take if there is one. */
struct way {
	int fd;
	bool own_file; /* opened here, so it may be cut back */
	int (*take)(void *ctx, const void *blocks, size_t len);
	void *ctx;
};

struct sim_pcapng {
	char *name; /* of the file, for messages */
	struct way way;
	char *filter; /* NULL: none */
	size_t snaplen;
	uint64_t start_ns;
	int error; /* first errno that a write gave, 0 while all is well */
	bool flush_each;
	off_t file_bytes; /* taken by the kernel; a block border until a write fails */
	size_t used;	  /* bytes in buf */
	size_t block;	  /* where the block being built starts in buf */
	uint64_t last_ns; /* greatest stamp so far */
	unsigned int n_ifaces;
	struct iface ifaces[SIM_PCAPNG_IFACES_MAX];
	uint8_t buf[2u * BLOCK_MAX];
};

static void error_format(char *error, const char *name, int err)
{
	if (!error)
		return;
	errno = err;
	snprintf(error, SIM_PCAPNG_ERROR_BYTES, "%.1000s: %m", name);
}

/* How many bytes of text to keep: at most max, never ending inside a UTF-8 sequence. */
static size_t text_bytes(const char *text, size_t max)
{
	size_t len = strnlen(text, max + 1);

	if (len <= max)
		return len;
	len = max;
	while (len > 0 && ((unsigned char)text[len] & 0xc0u) == 0x80u)
		len--;
	return len;
}

static void put_bytes(struct sim_pcapng *w, const void *data, size_t len)
{
	size_t pad = (4u - len % 4u) % 4u;

	assert(sizeof(w->buf) - w->used >= len + pad);
	if (len > 0)
		memcpy(w->buf + w->used, data, len);
	memset(w->buf + w->used + len, 0, pad);
	w->used += len + pad;
}

static void store_u32(uint8_t *at, uint32_t value)
{
	for (unsigned int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8u * i));
}

static uint32_t load_u32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void put_u32(struct sim_pcapng *w, uint32_t value)
{
	uint8_t bytes[4];

	store_u32(bytes, value);
	put_bytes(w, bytes, sizeof(bytes));
}

/* Two 16-bit fields, which always come in pairs here. */
static void put_u16_pair(struct sim_pcapng *w, uint32_t first, uint32_t second)
{
	put_u32(w, (first & 0xffffu) | second << 16);
}

static void put_u64(struct sim_pcapng *w, uint64_t value)
{
	put_u32(w, (uint32_t)value);
	put_u32(w, (uint32_t)(value >> 32));
}

/* Time stamps are the one 64-bit field that the format stores high half first. */
static void put_time(struct sim_pcapng *w, uint64_t time_ns)
{
	put_u32(w, (uint32_t)(time_ns >> 32));
	put_u32(w, (uint32_t)time_ns);
}

static void put_option_text(struct sim_pcapng *w, uint32_t code, const char *text)
{
	size_t len = text ? text_bytes(text, SIM_PCAPNG_TEXT_MAX) : 0;

	if (len == 0)
		return;
	put_u16_pair(w, code, (uint32_t)len);
	put_bytes(w, text, len);
}

static void put_option_u32(struct sim_pcapng *w, uint32_t code, uint32_t value)
{
	put_u16_pair(w, code, 4);
	put_u32(w, value);
}

static void put_option_u64(struct sim_pcapng *w, uint32_t code, uint64_t value)
{
	put_u16_pair(w, code, 8);
	put_u64(w, value);
}

static void put_option_time(struct sim_pcapng *w, uint32_t code, uint64_t time_ns)
{
	put_u16_pair(w, code, 8);
	put_time(w, time_ns);
}

static void put_option_end(struct sim_pcapng *w)
{
	put_u16_pair(w, OPT_END, 0);
}

/*
 * After done bytes of the buffer a write failed. Of these, the file shall keep whole blocks only.
 * Where it can't be cut, the torn end stays; the failed write is what the caller hears of.
 */
static void file_cut_back(struct sim_pcapng *w, size_t done)
{
	size_t border = 0;

	while (done - border >= 8 && load_u32(w->buf + border + 4) <= done - border)
		border += load_u32(w->buf + border + 4);
	if (w->way.own_file && ftruncate(w->way.fd, w->file_bytes + (off_t)border) == 0)
		done = border;
	w->file_bytes += (off_t)done;
}

static int buffer_take(struct sim_pcapng *w)
{
	if (!w->error && w->used > 0) {
		w->error = -w->way.take(w->way.ctx, w->buf, w->used);
		if (!w->error)
			w->file_bytes += (off_t)w->used;
	}
	w->used = 0;
	return -w->error;
}

static int buffer_flush(struct sim_pcapng *w)
{
	size_t done = 0;

	if (w->way.take)
		return buffer_take(w);
	while (!w->error && done < w->used) {
		ssize_t n = write(w->way.fd, w->buf + done, w->used - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0)
			w->error = EIO;
		else if (errno != EINTR)
			w->error = errno;
	}
	if (w->error)
		file_cut_back(w, done);
	else
		w->file_bytes += (off_t)done;
	w->used = 0;
	return -w->error;
}

/* After this the block may be put together without asking for room. */
static int block_begin(struct sim_pcapng *w, uint32_t type)
{
	if (w->error)
		return -w->error;
	if (sizeof(w->buf) - w->used < BLOCK_MAX && buffer_flush(w) != 0)
		return -w->error;
	w->block = w->used;
	put_u32(w, type);
	put_u32(w, 0);
	return 0;
}

static int block_end(struct sim_pcapng *w)
{
	uint32_t len = (uint32_t)(w->used - w->block) + 4u;

	put_u32(w, len);
	store_u32(w->buf + w->block + 4, len);
	assert(len <= BLOCK_MAX);
	return w->flush_each ? buffer_flush(w) : 0;
}

static int section_write(struct sim_pcapng *w, const char *application, const char *comment)
{
	int rc = block_begin(w, BLOCK_SECTION);

	if (rc)
		return rc;
	put_u32(w, BYTE_ORDER_MAGIC);
	put_u16_pair(w, 1, 0); /* version 1.0 */
	put_u64(w, SECTION_LENGTH_UNKNOWN);
	put_option_text(w, OPT_COMMENT, comment);
	put_option_text(w, SHB_USERAPPL, application);
	put_option_end(w);
	return block_end(w);
}

static void writer_free(struct sim_pcapng *w)
{
	if (!w)
		return;
	free(w->name);
	free(w->filter);
	free(w);
}

/* Everything but the way out; NULL: no memory. */
static struct sim_pcapng *writer_alloc(const char *name, const struct sim_pcapng_options *options)
{
	struct sim_pcapng *w = malloc(sizeof(*w));

	if (!w)
		return NULL;
	memset(w, 0, offsetof(struct sim_pcapng, buf));
	w->name = strdup(name);
	w->snaplen = SIM_PCAPNG_FRAME_MAX;
	if (options) {
		w->flush_each = options->flush_each;
		w->start_ns = w->last_ns = options->start_ns;
		if (options->snaplen_bytes != 0 && options->snaplen_bytes < SIM_PCAPNG_FRAME_MAX)
			w->snaplen = options->snaplen_bytes;
		if (options->filter && options->filter[0] != '\0')
			w->filter = strdup(options->filter);
	}
	if (w->name && (w->filter || !options || !options->filter || options->filter[0] == '\0'))
		return w;
	writer_free(w);
	return NULL;
}

static struct sim_pcapng *writer_new(const struct way *way, const char *name,
				     const char *application,
				     const struct sim_pcapng_options *options, char *error)
{
	struct sim_pcapng *w = writer_alloc(name, options);

	if (!w) {
		error_format(error, name, ENOMEM);
		if (!way->take)
			close(way->fd);
		return NULL;
	}
	w->way = *way;
	if (section_write(w, application, options ? options->comment : NULL) != 0) {
		sim_pcapng_close(w, error);
		return NULL;
	}
	return w;
}

struct sim_pcapng *sim_pcapng_attach(int fd, const char *name, const char *application,
				     const struct sim_pcapng_options *options, char *error)
{
	struct way way = {.fd = fd};

	return writer_new(&way, name, application, options, error);
}

struct sim_pcapng *sim_pcapng_hand_over(int (*take)(void *ctx, const void *blocks, size_t len),
					void *ctx, const char *name, const char *application,
					const struct sim_pcapng_options *options, char *error)
{
	struct way way = {.fd = -1, .take = take, .ctx = ctx};

	return writer_new(&way, name, application, options, error);
}

struct sim_pcapng *sim_pcapng_open(const char *path, const char *application,
				   const struct sim_pcapng_options *options, char *error)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0666);
	struct way way = {.fd = fd, .own_file = true};

	if (fd < 0) {
		error_format(error, path, errno);
		return NULL;
	}
	return writer_new(&way, path, application, options, error);
}

/* Code 0 says: an expression of libpcap. */
static void put_filter(struct sim_pcapng *w)
{
	uint8_t value[1 + SIM_PCAPNG_TEXT_MAX] = {0};
	size_t len = w->filter ? text_bytes(w->filter, SIM_PCAPNG_TEXT_MAX - 1u) : 0;

	if (len == 0)
		return;
	memcpy(value + 1, w->filter, len);
	put_u16_pair(w, IF_FILTER, (uint32_t)len + 1u);
	put_bytes(w, value, len + 1u);
}

static size_t iface_snaplen(const struct sim_pcapng *w, enum sim_pcapng_linktype linktype)
{
	return linktype == SIM_PCAPNG_ETHERNET ? w->snaplen : SIM_PCAPNG_FRAME_MAX;
}

int sim_pcapng_add_interface(struct sim_pcapng *w, const char *name, const char *description,
			     enum sim_pcapng_linktype linktype)
{
	unsigned int number = w->n_ifaces;
	int rc;

	if (number >= SIM_PCAPNG_IFACES_MAX)
		return -EINVAL;
	rc = block_begin(w, BLOCK_INTERFACE);
	if (rc)
		return rc;
	put_u16_pair(w, (uint32_t)linktype, 0);
	/* The same on all interfaces of a link type: libpcap refuses a file where they differ. */
	put_u32(w, (uint32_t)iface_snaplen(w, linktype));
	put_option_text(w, IF_NAME, name);
	put_option_text(w, IF_DESCRIPTION, description);
	if (linktype == SIM_PCAPNG_ETHERNET)
		put_filter(w);
	put_u16_pair(w, IF_TSRESOL, 1);
	put_u32(w, TSRESOL_NS);
	put_option_end(w);
	rc = block_end(w);
	if (rc)
		return rc;
	w->ifaces[number].linktype = linktype;
	w->n_ifaces++;
	return (int)number;
}

int sim_pcapng_add_name(struct sim_pcapng *w, const uint8_t ipv4[4], const char *name)
{
	size_t len = name ? text_bytes(name, SIM_PCAPNG_TEXT_MAX) : 0;
	uint8_t record[4 + SIM_PCAPNG_TEXT_MAX + 1];
	int rc;

	if (len == 0)
		return -EINVAL;
	rc = block_begin(w, BLOCK_NAMES);
	if (rc)
		return rc;
	memcpy(record, ipv4, 4);
	memcpy(record + 4, name, len);
	record[4 + len] = '\0';
	put_u16_pair(w, NAME_RECORD_IPV4, (uint32_t)len + 5u);
	put_bytes(w, record, len + 5u);
	put_u16_pair(w, OPT_END, 0);
	return block_end(w);
}

int sim_pcapng_write_packet(struct sim_pcapng *w, const struct sim_pcapng_packet *packet)
{
	size_t len = packet->len_bytes;
	size_t kept;
	uint32_t wire = len < UINT32_MAX ? (uint32_t)len : UINT32_MAX;
	int rc;

	if (packet->iface >= w->n_ifaces || (!packet->data && len > 0))
		return -EINVAL;
	kept = iface_snaplen(w, w->ifaces[packet->iface].linktype);
	if (len < kept)
		kept = len;
	if (packet->data_bytes != 0 && packet->data_bytes < kept)
		kept = packet->data_bytes;
	rc = block_begin(w, BLOCK_PACKET);
	if (rc)
		return rc;
	put_u32(w, packet->iface);
	put_time(w, packet->time_ns);
	put_u32(w, (uint32_t)kept);
	put_u32(w, wire);
	put_bytes(w, packet->data, kept);
	put_option_text(w, OPT_COMMENT, packet->comment);
	if (packet->direction != SIM_PCAPNG_NO_DIRECTION)
		put_option_u32(w, EPB_FLAGS, (uint32_t)packet->direction);
	if (packet->drop_count > 0)
		put_option_u64(w, EPB_DROPCOUNT, packet->drop_count);
	put_option_u64(w, EPB_PACKETID, packet->id);
	put_option_u32(w, EPB_QUEUE, packet->queue);
	put_option_end(w);
	w->ifaces[packet->iface].packets++;
	w->ifaces[packet->iface].drops += packet->drop_count;
	if (packet->time_ns > w->last_ns)
		w->last_ns = packet->time_ns;
	return block_end(w);
}

static void store_tag(uint8_t *at, unsigned int tag, size_t len)
{
	at[0] = (uint8_t)(tag >> 8);
	at[1] = (uint8_t)tag;
	at[2] = (uint8_t)(len >> 8);
	at[3] = (uint8_t)len;
}

int sim_pcapng_write_event(struct sim_pcapng *w, unsigned int iface, uint64_t time_ns, uint64_t id,
			   const char *text, const char *comment)
{
	uint8_t pdu[EVENT_HEADER_BYTES + SIM_PCAPNG_TEXT_MAX] = {0};
	size_t len = text ? text_bytes(text, SIM_PCAPNG_TEXT_MAX) : 0;
	struct sim_pcapng_packet packet = {
	    .iface = iface,
	    .time_ns = time_ns,
	    .data = pdu,
	    .len_bytes = EVENT_HEADER_BYTES + len,
	    .id = id,
	    .comment = comment,
	};

	if (len == 0 || iface >= w->n_ifaces || w->ifaces[iface].linktype != SIM_PCAPNG_UPPER_PDU)
		return -EINVAL;
	/* The length of a tag counts its padding: readers step by it without rounding. */
	store_tag(pdu, PDU_TAG_DISSECTOR, EVENT_NAME_PADDED);
	memcpy(pdu + 4, SIM_PCAPNG_EVENT_DISSECTOR, EVENT_NAME_BYTES);
	store_tag(pdu + 4 + EVENT_NAME_PADDED, PDU_TAG_END, 0);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		pdu[EVENT_HEADER_BYTES + i] = c < 0x20u || c == 0x7fu ? '?' : c;
	}
	return sim_pcapng_write_packet(w, &packet);
}

int sim_pcapng_add_drops(struct sim_pcapng *w, unsigned int iface, uint64_t drops)
{
	if (iface >= w->n_ifaces)
		return -EINVAL;
	w->ifaces[iface].drops += drops;
	return 0;
}

uint64_t sim_pcapng_bytes(const struct sim_pcapng *w)
{
	return (uint64_t)w->file_bytes + w->used;
}

int sim_pcapng_flush(struct sim_pcapng *w)
{
	return buffer_flush(w);
}

static int statistics_write(struct sim_pcapng *w, unsigned int iface)
{
	const struct iface *i = &w->ifaces[iface];
	int rc = block_begin(w, BLOCK_STATISTICS);

	if (rc)
		return rc;
	put_u32(w, iface);
	put_time(w, w->last_ns);
	put_option_time(w, ISB_STARTTIME, w->start_ns);
	put_option_time(w, ISB_ENDTIME, w->last_ns);
	put_option_u64(w, ISB_IFRECV, i->packets + i->drops);
	put_option_u64(w, ISB_IFDROP, i->drops);
	put_option_end(w);
	return block_end(w);
}

int sim_pcapng_close(struct sim_pcapng *w, char *error)
{
	int err;

	if (!w)
		return 0;
	for (unsigned int i = 0; i < w->n_ifaces; i++) {
		if (statistics_write(w, i) != 0)
			break;
	}
	buffer_flush(w);
	/* A file system may hold back its complaint until now. */
	if (!w->way.take && close(w->way.fd) != 0 && !w->error && errno != EINTR)
		w->error = errno;
	err = w->error;
	if (err)
		error_format(error, w->name, err);
	writer_free(w);
	return -err;
}
