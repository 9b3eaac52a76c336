/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys: where their values are, when they apply, and how a full key like "traffic[2].size" is taken
 * apart and put together.
 */
#include <stdio.h>
#include <string.h>

#include "scenario_schema.h"

void *scenario_field(struct scenario *sc, const struct scenario_key *key, unsigned index)
{
	return (unsigned char *)sc + key->offset + index * key->stride;
}

const void *scenario_field_const(const struct scenario *sc, const struct scenario_key *key,
				 unsigned index)
{
	return (const unsigned char *)sc + key->offset + index * key->stride;
}

uint64_t scenario_uint_get(const void *field, size_t size)
{
	uint8_t v8;
	uint16_t v16;
	uint32_t v32;
	uint64_t v64;

	switch (size) {
	case sizeof(v8):
		memcpy(&v8, field, sizeof(v8));
		return v8;
	case sizeof(v16):
		memcpy(&v16, field, sizeof(v16));
		return v16;
	case sizeof(v32):
		memcpy(&v32, field, sizeof(v32));
		return v32;
	default:
		memcpy(&v64, field, sizeof(v64));
		return v64;
	}
}

void scenario_uint_set(void *field, size_t size, uint64_t v)
{
	uint8_t v8 = (uint8_t)v;
	uint16_t v16 = (uint16_t)v;
	uint32_t v32 = (uint32_t)v;

	switch (size) {
	case sizeof(v8):
		memcpy(field, &v8, sizeof(v8));
		break;
	case sizeof(v16):
		memcpy(field, &v16, sizeof(v16));
		break;
	case sizeof(v32):
		memcpy(field, &v32, sizeof(v32));
		break;
	default:
		memcpy(field, &v, sizeof(v));
		break;
	}
}

unsigned scenario_list_count(const struct scenario *sc, const struct scenario_key *key)
{
	unsigned count;

	memcpy(&count, (const unsigned char *)sc + key->count_offset, sizeof(count));
	return count;
}

static bool fault_uses(const struct scenario_key *key, const struct scenario_fault_info *info)
{
	if (!info)
		return false;
	if (key->flags & SCENARIO_BY_WORLD)
		return info->world != SCENARIO_USE_NO;
	if (key->flags & SCENARIO_BY_AMOUNT)
		return info->amount != SCENARIO_AMOUNT_NONE;
	if (key->flags & SCENARIO_BY_INTERVAL)
		return info->interval;
	return info->cls != SCENARIO_USE_NO;
}

#define BY_FAULT (SCENARIO_BY_WORLD | SCENARIO_BY_AMOUNT | SCENARIO_BY_INTERVAL | SCENARIO_BY_CLASS)

bool scenario_key_applies(const struct scenario *sc, const struct scenario_key *key, unsigned index)
{
	if (key->type == SCENARIO_WHO)
		return sc->threat.off_core[0] != '\0';
	if (key->flags & BY_FAULT)
		return fault_uses(key, scenario_fault_info(sc->fault[index].kind));
	if (key->flows && !(key->flows & (1u << sc->flow[index].kind)))
		return false;
	if (key->flags & SCENARIO_BY_BURST)
		return sc->flow[index].pattern == SIM_PATTERN_BURST;
	return true;
}

bool scenario_key_required(const struct scenario *sc, const struct scenario_key *key,
			   unsigned index)
{
	if (key->flags & SCENARIO_REQUIRED)
		return true;
	if (key->flags & SCENARIO_BY_WORLD)
		return scenario_fault_info(sc->fault[index].kind)->world == SCENARIO_USE_MUST;
	if (key->flags & SCENARIO_BY_CLASS)
		return scenario_fault_info(sc->fault[index].kind)->cls == SCENARIO_USE_MUST;
	return false;
}

bool scenario_group_present(const struct scenario *sc, const struct scenario_group *group,
			    unsigned index)
{
	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];
		const unsigned char *field = scenario_field_const(sc, key, index);

		if (key->type == SCENARIO_GROUP) {
			if (scenario_group_present(sc, key->group, index))
				return true;
			continue;
		}
		if (key->type == SCENARIO_SETS && sc->threat.off_set_count != 0)
			return true;
		for (size_t i = 0; i < key->size; i++) {
			if (field[i] != 0)
				return true;
		}
	}
	return false;
}

const struct scenario_key *scenario_key_find(const struct scenario_group *group, const char *name)
{
	for (unsigned k = 0; k < group->count; k++) {
		if (strcmp(group->key[k].name, name) == 0)
			return &group->key[k];
	}
	return NULL;
}

/* Is name a key somewhere below group? Then full becomes the place that has it. */
static bool key_elsewhere(const struct scenario_group *group, const char *name, const char *prefix,
			  char full[SCENARIO_KEY_MAX])
{
	for (unsigned k = 0; k < group->count; k++) {
		const struct scenario_key *key = &group->key[k];
		char below[SCENARIO_KEY_MAX];

		if (!key->group || !scenario_key_join(below, prefix, key->name))
			continue;
		if (scenario_key_find(key->group, name)) {
			memcpy(full, below, sizeof(below));
			return true;
		}
		if (key_elsewhere(key->group, name, below, full))
			return true;
	}
	return false;
}

void scenario_key_unknown(const struct scenario_group *group, const char *name,
			  struct scenario_note *note)
{
	char place[SCENARIO_KEY_MAX];
	struct scenario_near near = scenario_near_begin(name);

	for (unsigned k = 0; k < group->count; k++)
		scenario_near_try(&near, group->key[k].name);
	if (near.found)
		scenario_note_set(note, "no such key (did you mean \"%s\"?)", near.found);
	else if (key_elsewhere(&scenario_root, name, "", place))
		scenario_note_set(note, "no such key here (it belongs to \"%s\")", place);
	else
		scenario_note_set(note, "no such key");
}

bool scenario_key_join(char full[SCENARIO_KEY_MAX], const char *prefix, const char *name)
{
	int n = snprintf(full, SCENARIO_KEY_MAX, "%s%s%s", prefix, *prefix ? "." : "", name);

	return n > 0 && n < SCENARIO_KEY_MAX;
}

static bool name_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '*';
}

const char *scenario_step_next(const char *key, const char *end, struct scenario_step *step)
{
	size_t n = 0;

	*step = (struct scenario_step){.indexed = false};
	while (key < end && name_char(*key)) {
		if (n == sizeof(step->name) - 1)
			return NULL;
		step->name[n++] = *key++;
	}
	if (n == 0)
		return NULL;
	if (key < end && *key == '[') {
		unsigned digits = 0;

		for (key++; key < end && *key >= '0' && *key <= '9' && digits < 4; digits++)
			step->index = step->index * 10u + (unsigned)(*key++ - '0');
		if (digits == 0 || key == end || *key != ']')
			return NULL;
		key++;
		step->indexed = true;
	}
	if (key == end)
		return end;
	return *key == '.' && key + 1 < end ? key + 1 : NULL;
}
