/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <string.h>

#include "report_html.h"

#define REPLACEMENT "\xef\xbf\xbd"

/* Length of the UTF-8 character at p, its code point in *code; 0 if it is none. */
static size_t utf8_decode(const unsigned char *p, size_t left, uint32_t *code)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = p[0] < 0x80   ? 1
		     : p[0] < 0xc0 ? 0
		     : p[0] < 0xe0 ? 2
		     : p[0] < 0xf0 ? 3
		     : p[0] < 0xf8 ? 4
				   : 0;

	if (!len || len > left)
		return 0;
	*code = len == 1 ? p[0] : p[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = (*code << 6) | (p[i] & 0x3fu);
	}
	if (*code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* Controls, separators of lines, direction marks, characters without a width, and non-characters.
 */
static bool is_invisible(uint32_t code)
{
	if (code == '\n' || code == '\t')
		return false;
	return code < 0x20 || (code >= 0x7f && code < 0xa0) || code == 0xad || code == 0x61c ||
	       (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
	       (code >= 0x2060 && code <= 0x206f) || code == 0xfeff ||
	       (code >= 0xfff9 && code <= 0xfffb) || (code & 0xfffe) == 0xfffe ||
	       (code >= 0xfdd0 && code <= 0xfdef) || (code >= 0xe0000 && code <= 0xe007f);
}

static void put_character(FILE *out, uint32_t code, const char *bytes, size_t len)
{
	switch (code) {
	case '<':
		fputs("&lt;", out);
		return;
	case '>':
		fputs("&gt;", out);
		return;
	case '&':
		fputs("&amp;", out);
		return;
	case '"':
		fputs("&quot;", out);
		return;
	case '\'':
		fputs("&#39;", out);
		return;
	default:
		if (is_invisible(code))
			fprintf(out, "[U+%04" PRIX32 "]", code);
		else
			fwrite(bytes, 1, len, out);
	}
}

void report_bytes(FILE *out, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint32_t code = 0;
		size_t step = utf8_decode((const unsigned char *)text + at, len - at, &code);

		if (step)
			put_character(out, code, text + at, step);
		else
			fputs(REPLACEMENT, out);
		at += step ? step : 1;
	}
}

static void put_cut(FILE *out, const json_t *string, size_t most)
{
	const char *text = json_string_value(string);
	size_t len = json_string_length(string);

	if (!text)
		return;
	if (len <= most) {
		report_bytes(out, text, len);
		return;
	}
	while (most && ((unsigned char)text[most] & 0xc0) == 0x80)
		most--;
	report_bytes(out, text, most);
	fputs(" … (cut)", out);
}

void report_string(FILE *out, const json_t *string)
{
	put_cut(out, string, REPORT_TEXT_BYTES);
}

void report_text(FILE *out, const json_t *object, const char *name)
{
	put_cut(out, json_object_get(object, name), REPORT_TEXT_BYTES);
}

void report_title(FILE *out, const json_t *object, const char *name)
{
	put_cut(out, json_object_get(object, name), REPORT_TITLE_BYTES);
}

void report_url(FILE *out, const char *path, size_t len)
{
	fputs("./", out);
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)path[i];

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
		    (c && strchr("-._~/", c)))
			fputc(c, out);
		else
			fprintf(out, "%%%02X", c);
	}
}

static void put_grouped(FILE *out, uint64_t value)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, value);

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			fputc(',', out);
		fputc(digits[i], out);
	}
}

void report_number(FILE *out, int64_t value)
{
	if (value < 0)
		fputs("−", out);
	put_grouped(out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

uint64_t report_unit(uint64_t ns)
{
	if (ns < 1000u)
		return 1u;
	if (ns < 1000000u)
		return 1000u;
	return ns < 1000000000u ? 1000000u : 1000000000u;
}

const char *report_unit_name(uint64_t unit_ns)
{
	switch (unit_ns) {
	case 1u:
		return "ns";
	case 1000u:
		return "µs";
	case 1000000u:
		return "ms";
	default:
		return "s";
	}
}

struct decimal {
	uint64_t whole, fraction;
	unsigned int decimals;
};

static struct decimal divide(uint64_t ns, uint64_t unit_ns, unsigned int decimals)
{
	static const uint64_t tens[] = {1, 10, 100, 1000};
	struct decimal d = {.whole = ns / unit_ns, .decimals = decimals};

	d.fraction = (ns % unit_ns * tens[decimals] + unit_ns / 2u) / unit_ns;
	if (d.fraction == tens[decimals]) {
		d.fraction = 0;
		d.whole++;
	}
	return d;
}

static void put_decimal(FILE *out, const struct decimal *d)
{
	put_grouped(out, d->whole);
	if (d->decimals)
		fprintf(out, ".%0*" PRIu64, (int)d->decimals, d->fraction);
}

void report_time_in(FILE *out, uint64_t ns, uint64_t unit_ns, unsigned int decimals)
{
	struct decimal d = divide(ns, unit_ns, unit_ns == 1u ? 0 : decimals);

	put_decimal(out, &d);
}

static unsigned int decimals_for(uint64_t whole)
{
	return whole >= 100u ? 0 : whole >= 10u ? 1 : 2;
}

/* Rounding may carry into the next digit or unit: 999.6 µs is 1.00 ms. */
static struct decimal three_digits(uint64_t ns, uint64_t *unit_ns)
{
	struct decimal d;

	*unit_ns = report_unit(ns);
	if (*unit_ns == 1u)
		return divide(ns, 1u, 0);
	d = divide(ns, *unit_ns, decimals_for(ns / *unit_ns));
	if (d.whole == 1000u && *unit_ns < 1000000000u) {
		*unit_ns *= 1000u;
		return (struct decimal){.whole = 1, .decimals = 2};
	}
	if (decimals_for(d.whole) < d.decimals)
		d.decimals--; /* 9.996 became 10.00; its fraction is 0 */
	return d;
}

void report_time(FILE *out, uint64_t ns)
{
	uint64_t unit_ns;
	struct decimal d = three_digits(ns, &unit_ns);

	put_decimal(out, &d);
	fprintf(out, " %s", report_unit_name(unit_ns));
}

void report_time_short(FILE *out, uint64_t ns)
{
	uint64_t unit_ns;
	struct decimal d = three_digits(ns, &unit_ns);

	while (d.decimals && d.fraction % 10u == 0) {
		d.fraction /= 10u;
		d.decimals--;
	}
	put_decimal(out, &d);
	fprintf(out, " %s", report_unit_name(unit_ns));
}

void report_percent(FILE *out, uint64_t part, uint64_t whole)
{
	unsigned __int128 permille;

	if (!whole) {
		fputs("–", out);
		return;
	}
	permille = ((unsigned __int128)part * 1000u + whole / 2u) / whole;
	put_grouped(out, (uint64_t)(permille / 10u));
	fprintf(out, ".%u %%", (unsigned int)(permille % 10u));
}

bool report_has(const json_t *object, const char *name)
{
	const json_t *value = json_object_get(object, name);

	return value && !json_is_null(value);
}

bool report_has_text(const json_t *object, const char *name)
{
	return json_string_length(json_object_get(object, name)) != 0;
}

bool report_has_items(const json_t *object, const char *name)
{
	return json_array_size(json_object_get(object, name)) != 0;
}

uint64_t report_count(const json_t *object, const char *name)
{
	json_int_t value = json_integer_value(json_object_get(object, name));

	return value < 0 ? 0 : (uint64_t)value;
}

const char *report_word(const json_t *object, const char *name)
{
	const char *word = json_string_value(json_object_get(object, name));

	return word ? word : "";
}

const char *report_world(const json_t *object, const char *name)
{
	const char *word = report_word(object, name);

	if (!strcmp(word, "ns"))
		return "NS";
	if (!strcmp(word, "s"))
		return "S";
	return word[0] ? "Monitor" : "";
}

const char *report_direction(const json_t *object)
{
	return !strcmp(report_word(object, "direction"), "ns-to-s") ? "NS → S" : "S → NS";
}
