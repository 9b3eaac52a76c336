/* SPDX-License-Identifier: BSD-2-Clause */
/* open.c - from a client to a machine in its first state. */
#include "machine.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* code.pml has a branch for each choice: none may be left out unseen. */
_Static_assert(MEM_VERSIONS <= MODEL_OPTIONS_MAX, "a choice without a branch");

static void configure(const struct model_client *client)
{
	model.cfg = (struct iwc_config){
	    .class_count = client->classes,
	    .bell = client->doorbells,
	    .backoff_min_ns = 1,
	    .backoff_max_ns = 1,
	};
	for (unsigned c = 0; c < client->classes; c++)
		model.cfg.cls[c] = (struct iwc_class_config){
		    .lines_log2 = (uint8_t)client->cls[c].lines_log2,
		    .protect = client->cls[c].protect,
		    .frame_max_bytes = (uint16_t)client->cls[c].frame_max_bytes,
		    .budget = (uint16_t)client->cls[c].budget,
		};
}

/* A last line shorter than its key could not say whose it is. */
static bool lengths_ok(const struct model_client *client, char *err, size_t err_size)
{
	for (unsigned w = 0; w < MODEL_WORLDS; w++)
		for (unsigned c = 0; c < client->classes; c++)
			for (unsigned i = 0; i < client->world[w].send[c].lengths; i++) {
				unsigned rest = client->world[w].send[c].length_bytes[i] % IWC_LINE;

				if (rest == 0u || rest >= 8u)
					continue;
				snprintf(err, err_size,
					 "%s: a frame of %u bytes ends %u bytes into a line; 8 or "
					 "more are needed",
					 client->name, client->world[w].send[c].length_bytes[i],
					 rest);
				return false;
			}
	return true;
}

static int bind_world(unsigned w, char *err, size_t err_size)
{
	struct iwc_config cfg = model.cfg;

	cfg.first_line = model.client.world[w].first_line;
	model.core[w] = sim_core_find(model.client.world[w].core);
	if (model.core[w] == NULL) {
		snprintf(err, err_size, "%s: no core variant \"%s\"", model.client.name,
			 model.client.world[w].core);
		return -1;
	}
	if (model.core[w]->init(&model.fresh[w], &cfg, model.region[w], model.region[!w], NULL) !=
	    IWC_OK) {
		snprintf(err, err_size, "%s: the endpoint refuses this geometry",
			 model.client.name);
		return -1;
	}
	return 0;
}

int model_open(const struct model_client *client, char *err, size_t err_size)
{
	const struct sim_core *core = sim_core_find("core");

	model.client = *client;
	configure(client);
	model.region_bytes = core->section_bytes(&model.cfg);
	if (model.region_bytes == 0u) {
		snprintf(err, err_size, "%s: the geometry is not valid", client->name);
		return -1;
	}
	if (!lengths_ok(client, err, err_size))
		return -1;
	model.words = 1;
	model.lines = 0;
	for (unsigned c = 0; c < client->classes; c++) {
		model.lines += 1u << client->cls[c].lines_log2;
		model.words += 4u + (3u << client->cls[c].lines_log2);
	}
	if (model.words > MEM_WORDS || model.lines > MEM_LINES) {
		snprintf(err, err_size, "%s: more than %u words or %u lines in a section",
			 client->name, MEM_WORDS, MEM_LINES);
		return -1;
	}
	model.place = calloc(model.region_bytes / 8u, sizeof(*model.place));
	for (unsigned w = 0; w < MODEL_WORLDS; w++)
		model.region[w] = aligned_alloc(4096, model.region_bytes);
	if (model.place == NULL || model.region[0] == NULL || model.region[1] == NULL) {
		snprintf(err, err_size, "out of memory");
		return -1;
	}
	model_place_all();
	for (unsigned w = 0; w < MODEL_WORLDS; w++)
		if (bind_world(w, err, err_size) != 0)
			return -1;
	return 0;
}

struct model_state model_start(void)
{
	static struct model_world_state world;
	static struct mem_section section;
	struct model_state s = {.flags = model.client.bells_lost << MODEL_LOST_SHIFT};

	for (unsigned w = 0; w < MODEL_WORLDS; w++) {
		world = (struct model_world_state){0};
		world.ep = model.fresh[w];
		world.life.at = MODEL_AT_OFF;
		world.life.crashes = (uint8_t)model.client.world[w].crashes;
		world.life.renewals = (uint8_t)model.client.world[w].renewals;
		world.life.reloads = (uint8_t)model.client.world[w].reloads;
		s.world[w] = model_intern_world(&world, w);
		mem_init(&section, model.words, model.lines);
		s.section[w] = model_intern_section(&section);
	}
	return s;
}
