/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.c - reading client files: each group of the file is a table of keys, each key a place, a
 * range and a function that knows its form. docs/explore.md describes the language.
 */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "client.h"
#include "iwc_layout.h"

#define FILE_BYTES_MAX 65536u
#define DIGITS_MAX 9 /* so that no number is cut to 32 bits, which libconfig does silently */
#define LOST_MAX 3
#define KEY_BYTES 8u
#define BUDGET_MAX 65535

struct reader {
	const char *path;
	char *err;
	size_t err_size;
	struct model_client *c;
	unsigned cls; /* the class being read */
};

struct key {
	const char *name;
	size_t offset; /* of its place in what the group describes */
	long min, max;
	bool (*read)(struct reader *r, const config_setting_t *s, const struct key *key,
		     void *place);
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool fail(const struct reader *r, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(const struct reader *r, int line, const char *format, ...)
{
	int n = snprintf(r->err, r->err_size, "%s:%d: ", r->path, line);
	va_list ap;

	va_start(ap, format);
	if (n >= 0 && (size_t)n < r->err_size)
		vsnprintf(r->err + n, r->err_size - (size_t)n, format, ap);
	va_end(ap);
	return false;
}

static int line_of(const config_setting_t *s)
{
	return (int)config_setting_source_line(s);
}

/* --- one value ---------------------------------------------------------------------------------
 */

static bool read_long(struct reader *r, const config_setting_t *s, const struct key *key,
		      long *value)
{
	if (config_setting_type(s) != CONFIG_TYPE_INT)
		return fail(r, line_of(s), "%s: it needs a whole number from %ld to %ld", key->name,
			    key->min, key->max);
	*value = config_setting_get_int(s);
	if (*value < key->min || *value > key->max)
		return fail(r, line_of(s), "%s: %ld is out of range, %ld to %ld", key->name, *value,
			    key->min, key->max);
	return true;
}

static bool read_number(struct reader *r, const config_setting_t *s, const struct key *key,
			void *place)
{
	long value = 0;

	if (!read_long(r, s, key, &value))
		return false;
	*(unsigned *)place = (unsigned)value;
	return true;
}

/* A negative number counts back from the wrap. */
static bool read_line_number(struct reader *r, const config_setting_t *s, const struct key *key,
			     void *place)
{
	long value = 0;

	if (!read_long(r, s, key, &value))
		return false;
	*(uint64_t *)place = (uint64_t)value & IWC_LINE_MASK;
	return true;
}

static bool read_epoch(struct reader *r, const config_setting_t *s, const struct key *key,
		       void *place)
{
	long value = 0;

	if (!read_long(r, s, key, &value))
		return false;
	if (value == 0)
		return fail(r, line_of(s), "%s: 0 stands for no epoch", key->name);
	*(uint32_t *)place = (uint32_t)value;
	return true;
}

static bool read_flag(struct reader *r, const config_setting_t *s, const struct key *key,
		      void *place)
{
	if (config_setting_type(s) != CONFIG_TYPE_BOOL)
		return fail(r, line_of(s), "%s: it needs true or false", key->name);
	*(bool *)place = config_setting_get_bool(s) != 0;
	return true;
}

static bool read_name(struct reader *r, const config_setting_t *s, const struct key *key,
		      void *place)
{
	const char *text = config_setting_get_string(s);
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || len >= MODEL_NAME_MAX)
		return fail(r, line_of(s), "%s: it needs a text of 1 to %u characters in quotes",
			    key->name, MODEL_NAME_MAX - 1u);
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)text[i]) && (i == 0 || !strchr("._-", text[i])))
			return fail(r, line_of(s),
				    "%s: a letter or digit, then those and . _ - are allowed",
				    key->name);
	memcpy(place, text, len + 1);
	return true;
}

static bool read_grain(struct reader *r, const config_setting_t *s, const struct key *key,
		       void *place)
{
	const char *text = config_setting_get_string(s);

	if (!text || (strcmp(text, "block") != 0 && strcmp(text, "access") != 0))
		return fail(r, line_of(s), "%s: it needs \"block\" or \"access\"", key->name);
	*(enum model_grain *)place = *text == 'b' ? MODEL_GRAIN_BLOCK : MODEL_GRAIN_ACCESS;
	return true;
}

static bool read_lines(struct reader *r, const config_setting_t *s, const struct key *key,
		       void *place)
{
	unsigned log2 = 0;
	long value = 0;

	if (!read_long(r, s, key, &value))
		return false;
	while (1L << log2 < value)
		log2++;
	if (1L << log2 != value)
		return fail(r, line_of(s), "%s: %ld is no power of two", key->name, value);
	*(unsigned *)place = log2;
	return true;
}

/* One length, or a list that the frames take in turn. Each line of a frame carries its key. */
static bool read_lengths(struct reader *r, const config_setting_t *s, const struct key *key,
			 void *place)
{
	struct model_traffic *t = place;
	int n = config_setting_is_aggregate(s) ? config_setting_length(s) : 1;

	if (config_setting_is_group(s) || n < 1 || n > (int)COUNT(t->length_bytes))
		return fail(r, line_of(s), "%s: it needs a number, or [ ] with 1 to %zu of them",
			    key->name, COUNT(t->length_bytes));
	for (int i = 0; i < n; i++) {
		const config_setting_t *one =
		    config_setting_is_aggregate(s) ? config_setting_get_elem(s, (unsigned)i) : s;

		if (!read_number(r, one, key, &t->length_bytes[i]))
			return false;
		if (t->length_bytes[i] % IWC_LINE - 1u < KEY_BYTES - 1u)
			return fail(
			    r, line_of(one),
			    "%s: %u leaves %u bytes in its last line; %u or more are needed",
			    key->name, t->length_bytes[i], t->length_bytes[i] % IWC_LINE,
			    KEY_BYTES);
	}
	t->lengths = (unsigned)n;
	return true;
}

/* --- groups ------------------------------------------------------------------------------------
 */

static bool unknown_key(struct reader *r, const config_setting_t *s, const struct key *keys,
			size_t count)
{
	char list[256] = "";
	size_t len = 0;

	for (size_t k = 0; k < count && len < sizeof(list); k++)
		len += (size_t)snprintf(list + len, sizeof(list) - len, "%s%s", k ? ", " : "",
					keys[k].name);
	return fail(r, line_of(s), "there is no key %.40s here; there are %s",
		    config_setting_name(s), list);
}

static bool read_group(struct reader *r, const config_setting_t *group, const char *name,
		       const struct key *keys, size_t count, void *base)
{
	if (!config_setting_is_group(group))
		return fail(r, line_of(group), "%s: it needs a group { }", name);
	for (int i = 0; i < config_setting_length(group); i++) {
		const config_setting_t *s = config_setting_get_elem(group, (unsigned)i);
		size_t k = 0;

		while (k < count && strcmp(keys[k].name, config_setting_name(s)) != 0)
			k++;
		if (k == count)
			return unknown_key(r, s, keys, count);
		if (!keys[k].read(r, s, &keys[k], (char *)base + keys[k].offset))
			return false;
	}
	return true;
}

static bool read_traffic(struct reader *r, const config_setting_t *s, const struct key *key,
			 struct model_traffic *t)
{
	static const struct key keys[] = {
	    {"frames", offsetof(struct model_traffic, frames), 0, MODEL_FRAMES_MAX, read_number},
	    {"burst", offsetof(struct model_traffic, burst), 1, MODEL_BURST_MAX, read_number},
	    {"length", 0, IWC_FRAME_MIN, IWC_FRAME_MAX, read_lengths},
	};

	return read_group(r, s, key->name, keys, COUNT(keys), t);
}

static bool read_from_ns(struct reader *r, const config_setting_t *s, const struct key *key,
			 void *place)
{
	(void)place;
	return read_traffic(r, s, key, &r->c->world[0].send[r->cls]);
}

static bool read_from_s(struct reader *r, const config_setting_t *s, const struct key *key,
			void *place)
{
	(void)place;
	return read_traffic(r, s, key, &r->c->world[1].send[r->cls]);
}

static bool read_world(struct reader *r, const config_setting_t *s, const struct key *key,
		       void *place)
{
	static const struct key keys[] = {
	    {"core", offsetof(struct model_world, core), 0, 0, read_name},
	    {"crashes", offsetof(struct model_world, crashes), 0, MODEL_RESTARTS_MAX, read_number},
	    {"renewals", offsetof(struct model_world, renewals), 0, MODEL_RESTARTS_MAX,
	     read_number},
	    {"reloads", offsetof(struct model_world, reloads), 0, MODEL_RESTARTS_MAX, read_number},
	    {"keeps", offsetof(struct model_world, keeps), 0, 0, read_flag},
	    {"take", offsetof(struct model_world, take), 1, MODEL_BURST_MAX, read_number},
	    {"first_line", offsetof(struct model_world, first_line), -65536, 65536,
	     read_line_number},
	    {"first_epoch", offsetof(struct model_world, first_epoch), -65536, 65536, read_epoch},
	};

	return read_group(r, s, key->name, keys, COUNT(keys), place);
}

static bool lengths_fit(struct reader *r, const config_setting_t *s, unsigned index)
{
	static const char *const from[] = {"from_ns", "from_s"};
	const struct model_class *cls = &r->c->cls[index];

	for (unsigned w = 0; w < 2; w++) {
		const struct model_traffic *t = &r->c->world[w].send[index];
		const config_setting_t *group = config_setting_get_member(s, from[w]);

		for (unsigned i = 0; i < t->lengths; i++)
			if (t->frames > 0 && t->length_bytes[i] > cls->frame_max_bytes)
				return fail(
				    r, line_of(group ? group : s),
				    "length: %u is more than the class's frame_max, which is %u",
				    t->length_bytes[i], cls->frame_max_bytes);
	}
	return true;
}

/* As in iwc_section_bytes: the longest frame must fit behind a skip. */
static bool class_fits(struct reader *r, const config_setting_t *s, unsigned index)
{
	const struct model_class *cls = &r->c->cls[index];
	unsigned lines = 1u << cls->lines_log2;
	unsigned k = (cls->frame_max_bytes + IWC_LINE - 1u) / IWC_LINE;
	unsigned longest = (lines + 1u - lines / 8u) / 2u * IWC_LINE;

	if (2u * k - 1u + lines / 8u > lines)
		return fail(r, line_of(s),
			    "frame_max: %u is too long for %u lines, which carry frames of up to "
			    "%u bytes",
			    cls->frame_max_bytes, lines, longest);
	return lengths_fit(r, s, index);
}

static bool read_class(struct reader *r, const config_setting_t *s, unsigned index)
{
	static const struct key keys[] = {
	    {"lines", offsetof(struct model_class, lines_log2), 2, MODEL_LINES_MAX, read_lines},
	    {"protect", offsetof(struct model_class, protect), 0, 0, read_flag},
	    {"frame_max", offsetof(struct model_class, frame_max_bytes), IWC_FRAME_MIN,
	     IWC_FRAME_MAX, read_number},
	    {"budget", offsetof(struct model_class, budget), 1, BUDGET_MAX, read_number},
	    {"from_ns", 0, 0, 0, read_from_ns},
	    {"from_s", 0, 0, 0, read_from_s},
	};

	r->cls = index;
	return read_group(r, s, "classes", keys, COUNT(keys), &r->c->cls[index]) &&
	       class_fits(r, s, index);
}

static bool read_classes(struct reader *r, const config_setting_t *s, const struct key *key,
			 void *place)
{
	int n = config_setting_is_list(s) ? config_setting_length(s) : 0;

	if (n < 1 || n > (int)MODEL_CLASSES_MAX)
		return fail(r, line_of(s), "%s: it needs a list of 1 to %u groups ( { }, { } )",
			    key->name, MODEL_CLASSES_MAX);
	for (int i = 0; i < n; i++)
		if (!read_class(r, config_setting_get_elem(s, (unsigned)i), (unsigned)i))
			return false;
	*(unsigned *)place = (unsigned)n;
	return true;
}

static bool read_root(struct reader *r, const config_setting_t *root)
{
	static const struct key keys[] = {
	    {"name", offsetof(struct model_client, name), 0, 0, read_name},
	    {"classes", offsetof(struct model_client, classes), 0, 0, read_classes},
	    {"ns", offsetof(struct model_client, world[0]), 0, 0, read_world},
	    {"s", offsetof(struct model_client, world[1]), 0, 0, read_world},
	    {"doorbells", offsetof(struct model_client, doorbells), 0, 0, read_flag},
	    {"poll", offsetof(struct model_client, poll), 0, 0, read_flag},
	    {"bells_lost", offsetof(struct model_client, bells_lost), 0, LOST_MAX, read_number},
	    {"weak", offsetof(struct model_client, weak), 0, 0, read_flag},
	    {"grain", offsetof(struct model_client, grain), 0, 0, read_grain},
	};

	return read_group(r, root, "file", keys, COUNT(keys), r->c);
}

/* --- a file ------------------------------------------------------------------------------------
 */

static void set_defaults(struct model_client *c, const char *path)
{
	const char *base = strrchr(path, '/');

	*c = (struct model_client){.classes = 1, .doorbells = true, .weak = true};
	base = base ? base + 1 : path;
	snprintf(c->name, sizeof(c->name), "%.*s", (int)strcspn(base, "."), base);
	for (unsigned i = 0; i < MODEL_CLASSES_MAX; i++)
		c->cls[i] =
		    (struct model_class){.lines_log2 = 1, .frame_max_bytes = 64, .budget = 4};
	for (unsigned w = 0; w < 2; w++) {
		strcpy(c->world[w].core, "core");
		c->world[w].take = 1;
		c->world[w].first_epoch = 1;
		for (unsigned i = 0; i < MODEL_CLASSES_MAX; i++)
			c->world[w].send[i] =
			    (struct model_traffic){.burst = 1, .length_bytes = {64}, .lengths = 1};
	}
}

static bool check_whole(struct reader *r)
{
	const struct model_client *c = r->c;
	unsigned frames = 0;

	for (unsigned i = 0; i < c->classes; i++)
		frames += c->world[0].send[i].frames + c->world[1].send[i].frames;
	if (frames == 0)
		return fail(r, 1, "no class has frames: nothing would be sent");
	if (c->bells_lost > 0 && (!c->poll || !c->doorbells))
		return fail(r, 1,
			    "bells_lost needs doorbells to lose, and poll: without it a lost "
			    "doorbell may rightly be the end");
	return true;
}

/* Behind what begins at p, if that is a comment or a text; else p. */
static const char *skip_words(const char *p)
{
	const char *end;

	if (*p == '#' || (p[0] == '/' && p[1] == '/'))
		return p + strcspn(p, "\n");
	if (p[0] == '/' && p[1] == '*') {
		end = strstr(p + 2, "*/");
		return end ? end + 2 : p + strlen(p);
	}
	if (*p != '"')
		return p;
	for (p++; *p != '\0' && *p != '"'; p++)
		if (*p == '\\' && p[1] != '\0')
			p++;
	return *p == '"' ? p + 1 : p;
}

static bool numbers_fit(struct reader *r, const char *text)
{
	int line = 1;

	for (const char *p = text; *p != '\0';) {
		const char *end = skip_words(p);

		for (; p < end; p++)
			line += *p == '\n';
		while (isalnum((unsigned char)*end))
			end++;
		if (isdigit((unsigned char)*p) && end - p > DIGITS_MAX)
			return fail(r, line, "the number %.*s has too many digits", (int)(end - p),
				    p);
		if (end == p)
			line += *end++ == '\n';
		p = end;
	}
	return true;
}

static bool parse(struct reader *r, const char *text)
{
	config_t cfg;
	bool good;

	if (!numbers_fit(r, text))
		return false;
	config_init(&cfg);
	good = config_read_string(&cfg, text) == CONFIG_TRUE;
	if (!good)
		fail(r, config_error_line(&cfg), "%s", config_error_text(&cfg));
	good = good && read_root(r, config_root_setting(&cfg)) && check_whole(r);
	config_destroy(&cfg);
	return good;
}

int model_client_read(const char *path, struct model_client *c, char *err, size_t err_size)
{
	struct reader r = {.path = path, .err = err, .err_size = err_size, .c = c};
	char *text = malloc(FILE_BYTES_MAX + 2u);
	FILE *file = text ? fopen(path, "r") : NULL;
	bool good = file != NULL;
	size_t len = 0;

	errno = text ? errno : ENOMEM;
	if (good) {
		len = fread(text, 1, FILE_BYTES_MAX + 1u, file);
		good = !ferror(file);
		errno = len > FILE_BYTES_MAX ? EFBIG : errno;
		fclose(file);
	}
	if (!good || len > FILE_BYTES_MAX) {
		snprintf(err, err_size, "%s: %s", path, strerror(errno));
		good = false;
	} else {
		text[len] = '\0';
		set_defaults(c, path);
		good = strlen(text) == len ? parse(&r, text)
					   : fail(&r, 1, "a zero byte is in the file");
	}
	free(text);
	return good ? 0 : -1;
}
