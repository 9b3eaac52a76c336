/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writer of pcapng capture files (IETF draft-ietf-opsawg-pcapng).
 *
 * The bytes of a file follow from the calls alone: always little-endian, no wall clock, nothing
 * about the host. Time stamps are nanoseconds as given, 0 being 1970-01-01 00:00:00 UTC.
 *
 * Whole blocks are collected in a fixed buffer and handed to the kernel together. After a failed
 * write a file opened by path is cut back to its last whole block, so what is there can be read.
 *
 * One thread at a time may use a writer. Functions that return int give 0 or a negative errno
 * value. The first failed write sticks: it is what every later call returns, close included, and
 * nothing is written after it. -EINVAL for a bad argument does not stick.
 */
#ifndef SIM_PCAPNG_H
#define SIM_PCAPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Interfaces in one file. */
#define SIM_PCAPNG_IFACES_MAX 8u

/* Bytes kept of a name, description, comment or event; the rest is cut at a UTF-8 border. */
#define SIM_PCAPNG_TEXT_MAX 1024u

/* Bytes kept of a frame; of a longer one the file holds the start and the true length. */
#define SIM_PCAPNG_FRAME_MAX 65535u

/* No block is longer. */
#define SIM_PCAPNG_BLOCK_MAX (SIM_PCAPNG_FRAME_MAX + 1u + 3u * (SIM_PCAPNG_TEXT_MAX + 8u) + 256u)

/* Size of a caller's buffer for an error text. */
#define SIM_PCAPNG_ERROR_BYTES 1280u

/* Dissector that Wireshark is asked to use for events. */
#define SIM_PCAPNG_EVENT_DISSECTOR "iwc-event"

/* Link types, from the registry of the tcpdump project. */
enum sim_pcapng_linktype {
	SIM_PCAPNG_ETHERNET = 1,
	SIM_PCAPNG_UPPER_PDU = 252,
};

/* Direction as in the two lowest bits of the epb_flags option. */
enum sim_pcapng_direction {
	SIM_PCAPNG_NO_DIRECTION = 0,
	SIM_PCAPNG_INBOUND = 1,
	SIM_PCAPNG_OUTBOUND = 2,
};

struct sim_pcapng;

struct sim_pcapng_options {
	const char *comment; /* on the whole file; NULL or "": none */
	bool flush_each;     /* hand over every block at once, for a live reader of a pipe */
	/* Bytes kept of a frame on Ethernet interfaces, at most FRAME_MAX; 0: FRAME_MAX. */
	uint32_t snaplen_bytes;
	const char *filter; /* that Ethernet frames had to match, for readers; NULL or "": none */
	uint64_t start_ns;  /* when the capture began, for the statistics */
};

struct sim_pcapng_packet {
	unsigned int iface; /* as given by sim_pcapng_add_interface() */
	uint64_t time_ns;
	const uint8_t *data; /* NULL only if len_bytes is 0 */
	size_t len_bytes;    /* true length; more than the snap length is not kept */
	size_t data_bytes;   /* that data holds, if fewer than len_bytes; 0: all of them */
	enum sim_pcapng_direction direction;
	uint64_t id;	     /* packet id; the same frame has the same id everywhere */
	uint32_t queue;	     /* slot or queue number */
	uint64_t drop_count; /* frames lost since the one before on this interface; 0: not stored */
	const char *comment; /* NULL or "": none */
};

/*
 * Creates or overwrites the file path, and writes the section header. application names the
 * writing program; options may be NULL. Returns NULL on failure, with `path: cause` in error
 * (SIM_PCAPNG_ERROR_BYTES bytes).
 */
struct sim_pcapng *sim_pcapng_open(const char *path, const char *application,
				   const struct sim_pcapng_options *options, char *error);

/*
 * The same on an open descriptor (pipe, FIFO, standard output), which the writer takes over, even
 * when this fails. name stands for the path in messages. The file is never cut back. The caller
 * must ignore SIGPIPE if the descriptor may be a pipe; a reader gone is then -EPIPE.
 */
struct sim_pcapng *sim_pcapng_attach(int fd, const char *name, const char *application,
				     const struct sim_pcapng_options *options, char *error);

/*
 * The same to a function instead of a file. It is handed whole blocks, one or more, and takes all
 * of them (0) or fails (a negative errno value, which sticks like a failed write).
 */
struct sim_pcapng *sim_pcapng_hand_over(int (*take)(void *ctx, const void *blocks, size_t len),
					void *ctx, const char *name, const char *application,
					const struct sim_pcapng_options *options, char *error);

/*
 * Adds an interface with nanosecond time stamps; allowed at any time. description may be NULL.
 * Returns its number (0, 1, ...), or -EINVAL when there are SIM_PCAPNG_IFACES_MAX already, or the
 * first write error.
 */
int sim_pcapng_add_interface(struct sim_pcapng *w, const char *name, const char *description,
			     enum sim_pcapng_linktype linktype);

/* Tells readers which name an IPv4 address (network order) has. name must not be empty. */
int sim_pcapng_add_name(struct sim_pcapng *w, const uint8_t ipv4[4], const char *name);

/* Writes one frame. -EINVAL: unknown interface, or data missing. */
int sim_pcapng_write_packet(struct sim_pcapng *w, const struct sim_pcapng_packet *packet);

/*
 * Writes one event to an interface of type SIM_PCAPNG_UPPER_PDU: a header that names the
 * dissector SIM_PCAPNG_EVENT_DISSECTOR, then text as it is, one line `key=value ...` of UTF-8
 * without a line end. Control characters become '?', so that an event stays one line. comment may
 * be NULL. -EINVAL: unknown interface, one of another link type, or empty text.
 */
int sim_pcapng_write_event(struct sim_pcapng *w, unsigned int iface, uint64_t time_ns, uint64_t id,
			   const char *text, const char *comment);

/* Frames lost on an interface that no later frame will tell of: for its statistics only. */
int sim_pcapng_add_drops(struct sim_pcapng *w, unsigned int iface, uint64_t drops);

/* Length of the file so far, blocks not handed over yet included. */
uint64_t sim_pcapng_bytes(const struct sim_pcapng *w);

/* Hands all finished blocks to the kernel. */
int sim_pcapng_flush(struct sim_pcapng *w);

/*
 * Writes an interface statistics block each (frames, drops, time from start_ns to the last stamp of
 * the file), flushes, closes and frees; w may be NULL. Returns 0 only if every byte since open was
 * taken by the kernel; else the first error, with `path: cause` in error (SIM_PCAPNG_ERROR_BYTES
 * bytes, or NULL).
 */
int sim_pcapng_close(struct sim_pcapng *w, char *error);

#endif
