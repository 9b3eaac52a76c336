/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_common.c - messages, numbers and names. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "scenario_file.h"

void cli_error(const char *format, ...)
{
	va_list ap;

	fputs("iwc: ", stderr);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fputc('\n', stderr);
}

/* scenario_nearest takes a list without context; commands run in one thread. */
static const char *(*nearest_next)(const void *ctx, unsigned i);
static const void *nearest_ctx;

static const char *nearest_at(unsigned i)
{
	return nearest_next(nearest_ctx, i);
}

const char *cli_nearest(const char *word, const char *(*next)(const void *ctx, unsigned i),
			const void *ctx)
{
	nearest_next = next;
	nearest_ctx = ctx;
	return scenario_nearest(word, nearest_at);
}

bool cli_parse_u64(const char *text, uint64_t *value)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	if (!(hex ? isxdigit((unsigned char)text[2]) : isdigit((unsigned char)text[0])))
		return false;
	errno = 0;
	*value = strtoull(text, &end, hex ? 16 : 10);
	return errno == 0 && *end == '\0';
}

int cli_option_u64(const struct cli_args *args, enum cli_option_id id, uint64_t min, uint64_t max,
		   uint64_t *value)
{
	const char *text = args->value[id];

	if (!cli_given(args, id))
		return CLI_OK;
	if (cli_parse_u64(text, value) && *value >= min && *value <= max)
		return CLI_OK;
	cli_error("--%s %s: a number from %" PRIu64 " to %" PRIu64 " is needed, decimal or 0x",
		  cli_option_table[id].name, text, min, max);
	return CLI_USAGE;
}

const char *cli_time(uint64_t ns, char *buf, size_t size)
{
	static const struct {
		uint64_t ns;
		const char *name;
	} units[] = {{1000000000, "s"}, {1000000, "ms"}, {1000, "us"}, {1, "ns"}};
	char fraction[16] = ".";
	unsigned u = 0, digits;
	uint64_t rest;

	while (u < 3 && ns < units[u].ns)
		u++;
	digits = 9 - 3 * u;
	rest = ns % units[u].ns;
	for (unsigned i = digits; i > 0; i--) {
		fraction[i] = (char)('0' + rest % 10);
		rest /= 10;
	}
	while (digits > 0 && fraction[digits] == '0')
		digits--;
	fraction[digits ? digits + 1 : 0] = '\0';
	snprintf(buf, size, "%" PRIu64 "%s %s", ns / units[u].ns, fraction, units[u].name);
	return buf;
}

char *cli_quote(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "%+,-./:=@_";
	char *out, *p;

	if (*word != '\0' && word[strspn(word, plain)] == '\0')
		return strdup(word);
	out = malloc(4 * strlen(word) + 3);
	if (!out)
		return NULL;
	p = out;
	*p++ = '\'';
	for (; *word != '\0'; word++) {
		if (*word == '\'')
			p = stpcpy(p, "'\\''");
		else
			*p++ = *word;
	}
	*p++ = '\'';
	*p = '\0';
	return out;
}

bool cli_append(char **text, const char *format, ...)
{
	char *more = NULL, *both;
	size_t len = *text ? strlen(*text) : 0;
	va_list ap;
	int n;

	va_start(ap, format);
	n = vasprintf(&more, format, ap);
	va_end(ap);
	both = n < 0 ? NULL : realloc(*text, len + (size_t)n + 1);
	if (!both) {
		if (n >= 0)
			free(more);
		free(*text);
		*text = NULL;
		return false;
	}
	memcpy(both + len, more, (size_t)n + 1);
	free(more);
	*text = both;
	return true;
}

const char *cli_properties(uint32_t mask, char *buf, size_t size)
{
	size_t len = 0;

	snprintf(buf, size, "none");
	for (unsigned n = 1; n <= SIM_PROPERTIES; n++) {
		if ((mask & SIM_PROPERTY(n)) == 0 || len >= size)
			continue;
		len += (size_t)snprintf(buf + len, size - len, "%sP%u", len ? " " : "", n);
	}
	return buf;
}

int cli_print_json(json_t *json)
{
	int rc = CLI_OK;

	if (!json) {
		cli_error("out of memory");
		return CLI_BUG;
	}
	if (json_dumpf(json, stdout, JSON_INDENT(2)) == 0)
		putchar('\n');
	else if (!ferror(stdout)) /* if it is stdout, the end of the program says so */
		rc = CLI_BUG;
	json_decref(json);
	return rc;
}
