/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.h - what a check of the real core lets the two worlds do: a small, finite client.
 *
 * A client is a file (model/clients/, docs/explore.md). The search covers every interleaving of its
 * accesses, every value that the memory may return, and every place of its crashes.
 */
#ifndef MODEL_CLIENT_H
#define MODEL_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#define MODEL_CLASSES_MAX 2u
#define MODEL_LINES_MAX 8u   /* of a ring */
#define MODEL_FRAMES_MAX 15u /* of a class and direction, over all lives */
#define MODEL_BURST_MAX 4u
#define MODEL_RESTARTS_MAX 3u
#define MODEL_NAME_MAX 40u

/* What one world sends in one class: frame i has length length_bytes[i % lengths]. */
struct model_traffic {
	unsigned frames; /* 0..MODEL_FRAMES_MAX */
	unsigned burst;	 /* frames offered in one call, 1..MODEL_BURST_MAX */
	unsigned length_bytes[4];
	unsigned lengths; /* 1..4 */
};

struct model_world {
	char core[MODEL_NAME_MAX]; /* variant of core/; "core" is the core as it is */
	struct model_traffic send[MODEL_CLASSES_MAX];
	unsigned crashes;  /* deaths at any access, each followed by a boot */
	unsigned renewals; /* new incarnations when the endpoint asks for one */
	unsigned reloads;  /* new incarnations at any activation, by the driver's own wish */
	bool keeps;	   /* waits for space when the ring is full; else drops and counts */
	unsigned take;	   /* frames asked for in one call of iwc_recv, 1..MODEL_BURST_MAX */
	uint64_t first_line;
	uint32_t first_epoch; /* not 0 */
};

struct model_class {
	unsigned lines_log2; /* 1..3 */
	bool protect;
	unsigned frame_max_bytes;
	unsigned budget;
};

enum model_grain {
	MODEL_GRAIN_BLOCK,  /* accesses that commute with the peer's are one step: model/code/step.c
			     */
	MODEL_GRAIN_ACCESS, /* each access is a step */
};

struct model_client {
	char name[MODEL_NAME_MAX];
	unsigned classes; /* 1..MODEL_CLASSES_MAX */
	struct model_class cls[MODEL_CLASSES_MAX];
	struct model_world world[2]; /* 0 non-secure, 1 secure */
	bool doorbells;		     /* false: worlds only poll */
	bool poll;		     /* a sleeping world may wake at any time */
	unsigned bells_lost;	     /* doorbells that a fault takes */
	bool weak;		     /* false: every load returns the newest store */
	enum model_grain grain;
};

/*
 * Read a client from a file. 0, or -1 with "file:line: what" in err. Everything has a default but
 * the frames; unknown keys and values out of range are errors.
 */
int model_client_read(const char *path, struct model_client *c, char *err, size_t err_size);

/* client_text.c: the same client as the text of a file that says every key. */
void model_client_write(FILE *out, const struct model_client *c);

/* Bounds in words, for a verdict: "classes 1, lines 2, frames 4+0, crashes 1+0, ...". */
void model_client_bounds(const struct model_client *c, char *text, size_t size);

#endif
