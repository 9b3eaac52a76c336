/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spoil.c - a sender's driver that spoils what it protected: end-to-end faults of a burst, after
 * its frames and their end-to-end words are in shared memory and before the first tag is.
 */
#include "machine.h"

#include <string.h>

static uint8_t *line_of(const struct sim_world *w, unsigned k)
{
	return sim_memory_line(w->id, w->out_class, w->out[k].index);
}

static unsigned word_of(const struct sim_world *w, unsigned k)
{
	return sim_memory_cell(SIM_CELL_E2E, w->out_class, w->out[k].index);
}

static void take_image(const struct sim_world *w, unsigned k, struct sim_image *im)
{
	im->pair = sim_world_pair(w);
	im->len_bytes = w->out[k].len_bytes;
	im->word = sim_memory_peek(w->id, word_of(w, k));
	memcpy(im->bytes, line_of(w, k), im->len_bytes);
}

static void put_image(struct sim_world *w, unsigned k, const struct sim_image *im)
{
	memcpy(line_of(w, k), im->bytes, im->len_bytes);
	sim_memory_poke(w->id, word_of(w, k), im->word);
}

static void keep_image(struct sim_world *w, unsigned k)
{
	take_image(w, k, &sim.kept[w->id][w->out_class]);
}

/* Frame k of the burst becomes another one's copy, if their lengths allow. */
static bool replace(struct sim_world *w, unsigned i, unsigned k, const struct sim_image *im)
{
	if (im->len_bytes != w->out[k].len_bytes || !sim_fault_draw(i, w))
		return false;
	put_image(w, k, im);
	return true;
}

static void spoil(struct sim_world *w, unsigned i, unsigned k)
{
	static struct sim_image a, b;
	const struct sim_fault *f = &sim.sc->fault[i];
	const struct sim_image *kept = &sim.kept[w->id][w->out_class];
	bool former = kept->len_bytes != 0u && kept->pair != sim_world_pair(w);
	uint64_t bit;

	switch (f->kind) {
	case SIM_FAULT_FRAME_CORRUPTED:
		if (!sim_fault_draw(i, w))
			break;
		bit = sim_rng_upto(&sim.fault[i].rng, (uint64_t)w->out[k].len_bytes * 8u - 1u);
		line_of(w, k)[bit / 8u] ^= (uint8_t)(1u << (bit % 8u));
		break;
	case SIM_FAULT_FRAME_REPEATED:
		if (kept->len_bytes != 0u && !former)
			replace(w, i, k, kept);
		break;
	case SIM_FAULT_FRAME_INSERTED:
		if (former)
			replace(w, i, k, kept);
		break;
	case SIM_FAULT_FRAME_REORDERED:
		if (k + 1u >= w->out_count || w->out[k].len_bytes != w->out[k + 1u].len_bytes)
			break;
		take_image(w, k, &a);
		take_image(w, k + 1u, &b);
		if (replace(w, i, k, &b))
			put_image(w, k + 1u, &a);
		break;
	case SIM_FAULT_FRAME_LOST:
		/* The burst closes up over the lost frame; its last one stands twice. */
		if (k + 1u >= w->out_count || w->out[k].len_bytes != w->out[k + 1u].len_bytes)
			break;
		take_image(w, k + 1u, &b);
		replace(w, i, k, &b);
		break;
	case SIM_FAULT_FRAME_LATE:
		if (sim_fault_draw(i, w))
			w->t += f->amount > 0 ? (uint64_t)f->amount : 0u;
		break;
	default:
		break;
	}
}

void sim_faults_publish(struct sim_world *w, unsigned cls)
{
	bool wanted = false;

	for (enum sim_fault_kind k = SIM_FAULT_FRAME_CORRUPTED; k <= SIM_FAULT_FRAME_LATE; k++)
		wanted = wanted || sim_fault_named(k);
	if (!wanted || w->out_class != cls)
		return;
	for (unsigned k = 0; k < w->out_count; k++)
		for (unsigned i = 0; i < sim.sc->fault_count; i++) {
			const struct sim_fault *f = &sim.sc->fault[i];

			if (f->kind >= SIM_FAULT_FRAME_CORRUPTED &&
			    f->kind <= SIM_FAULT_FRAME_LATE && f->world == w->id && f->cls == cls)
				spoil(w, i, k);
		}
	/* A former session's frame is kept until it has served; else the last one of this burst. */
	if (sim.kept[w->id][cls].len_bytes == 0u || !sim_fault_named(SIM_FAULT_FRAME_INSERTED) ||
	    sim.kept[w->id][cls].pair == sim_world_pair(w))
		keep_image(w, w->out_count - 1u);
}
