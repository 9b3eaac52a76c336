/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which texts and names may stand in a scenario. They end in JSON, in HTML, on terminals and, the
 * names, as names of folders, so what could surprise there is refused at the door.
 */
#include <stddef.h>

#include "scenario_schema.h"

/* Length of the UTF-8 sequence at p, 0 if it is none (too long forms and surrogates are none). */
static unsigned utf8_length(const unsigned char *p)
{
	unsigned n = p[0] < 0x80 ? 1 : p[0] < 0xc2 ? 0 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;

	if (p[0] > 0xf4)
		return 0;
	for (unsigned i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	}
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return n;
}

bool scenario_text_ok(const char *text, bool multiline)
{
	const unsigned char *p = (const unsigned char *)text;
	unsigned n;

	for (; *p != 0; p += n) {
		n = utf8_length(p);
		if (n == 0)
			return false;
		if ((*p < ' ' || *p == 0x7f) && !(multiline && (*p == '\n' || *p == '\t')))
			return false;
		if (*p == 0xc2 && p[1] < 0xa0) /* the control characters above ASCII */
			return false;
	}
	return true;
}

static bool name_char(char c, bool first)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
		return true;
	return !first && (c == '.' || c == '_' || c == '-');
}

bool scenario_name_ok(const char *text)
{
	for (size_t i = 0; i == 0 || text[i] != '\0'; i++) {
		if (!name_char(text[i], i == 0))
			return false;
	}
	return true;
}
