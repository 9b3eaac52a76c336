/* SPDX-License-Identifier: BSD-2-Clause */
/* place.c - from addresses of the region to words of a section, and to their names. */
#include "machine.h"

#include <stdio.h>

#define CONTROLS 4u /* start, credit, wake, space */

/* Words: the session, then per class its control words, tags and end-to-end words; then all lines.
 */
static unsigned class_base(unsigned cls)
{
	unsigned base = 1;

	for (unsigned c = 0; c < cls; c++)
		base += CONTROLS + (2u << model.cfg.cls[c].lines_log2);
	return base;
}

static unsigned line_base(unsigned cls)
{
	unsigned base = class_base(model.cfg.class_count);

	for (unsigned c = 0; c < cls; c++)
		base += 1u << model.cfg.cls[c].lines_log2;
	return base;
}

unsigned model_word(enum model_field field, unsigned cls, unsigned index)
{
	switch (field) {
	case MODEL_SESSION:
		return 0;
	case MODEL_TAG:
		return class_base(cls) + CONTROLS + index;
	case MODEL_E2E:
		return class_base(cls) + CONTROLS + (1u << model.cfg.cls[cls].lines_log2) + index;
	case MODEL_LINE:
		return line_base(cls) + index;
	default:
		return class_base(cls) + (unsigned)(field - MODEL_START);
	}
}

static struct model_place in_header(struct model_place p, size_t offset)
{
	size_t at = offset - IWC_OFFSET_CLASS;

	p.field = MODEL_UNUSED;
	if (offset == IWC_OFFSET_SESSION)
		p.field = MODEL_SESSION;
	else if (offset >= IWC_OFFSET_CLASS && at / IWC_CLASS_STRIDE < model.cfg.class_count &&
		 at % IWC_LINE == 0u) {
		p.cls = (unsigned)(at / IWC_CLASS_STRIDE);
		p.field = (enum model_field)(MODEL_START + at % IWC_CLASS_STRIDE / IWC_LINE);
	}
	return p;
}

static struct model_place in_rings(struct model_place p, size_t offset)
{
	size_t base = IWC_HEADER_BYTES;

	p.field = MODEL_OUTSIDE;
	for (p.cls = 0; p.cls < model.cfg.class_count; p.cls++) {
		size_t lines = (size_t)1 << model.cfg.cls[p.cls].lines_log2, at = offset - base;

		base += IWC_RING_BYTES(model.cfg.cls[p.cls].lines_log2);
		if (offset >= base)
			continue;
		if (at < 16u * lines) {
			p.field = at < 8u * lines ? MODEL_TAG : MODEL_E2E;
			p.index = (unsigned)(at / 8u % lines);
		} else if (at >= 16u * lines && at % IWC_LINE == 16u * lines % IWC_LINE) {
			p.field = MODEL_LINE;
			p.index = (unsigned)((at - 16u * lines) / IWC_LINE);
		}
		break;
	}
	return p;
}

void model_place_all(void)
{
	for (size_t offset = 0; offset < model.region_bytes; offset += 8u) {
		struct model_place p = {.field = MODEL_OUTSIDE};

		p = offset < IWC_HEADER_BYTES ? in_header(p, offset) : in_rings(p, offset);
		if (p.field != MODEL_UNUSED && p.field != MODEL_OUTSIDE)
			p.word = model_word(p.field, p.cls, p.index);
		model.place[offset / 8u] = p;
	}
}

struct model_place model_place(const void *address)
{
	struct model_place p = {.field = MODEL_OUTSIDE};

	for (unsigned owner = 0; owner < MODEL_WORLDS; owner++) {
		size_t offset = (uintptr_t)address - (uintptr_t)model.region[owner];

		if (offset >= model.region_bytes || offset % 8u != 0u)
			continue;
		p = model.place[offset / 8u];
		p.owner = owner;
		break;
	}
	return p;
}

const char *model_word_text(unsigned word, char *buf, size_t size)
{
	static const char *const names[] = {"start", "credit", "wake", "space"};

	if (word == 0u) {
		snprintf(buf, size, "session");
		return buf;
	}
	for (unsigned c = 0; c < model.cfg.class_count; c++) {
		unsigned lines = 1u << model.cfg.cls[c].lines_log2, at = word - class_base(c),
			 line = word - line_base(c);

		if (word >= line_base(c) && line < lines)
			snprintf(buf, size, "class %u line[%u]", c, line);
		else if (word >= class_base(c) && at < CONTROLS)
			snprintf(buf, size, "class %u %s", c, names[at]);
		else if (word >= class_base(c) && at - CONTROLS < 2u * lines)
			snprintf(buf, size, "class %u %s[%u]", c,
				 at - CONTROLS < lines ? "tag" : "e2e", (at - CONTROLS) % lines);
		else
			continue;
		return buf;
	}
	snprintf(buf, size, "word %u", word);
	return buf;
}
