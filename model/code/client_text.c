/* SPDX-License-Identifier: BSD-2-Clause */
/* client_text.c - a client as the text of a file, and as bounds in words. */
#include <stdarg.h>

#include "client.h"
#include "iwc_layout.h"

static const char *word(bool flag)
{
	return flag ? "true" : "false";
}

static void write_traffic(FILE *out, const char *name, const struct model_traffic *t)
{
	fprintf(out, "\t\t%s: { frames = %u; burst = %u; length = [", name, t->frames, t->burst);
	for (unsigned i = 0; i < t->lengths; i++)
		fprintf(out, "%s%u", i ? ", " : "", t->length_bytes[i]);
	fputs("]; };\n", out);
}

static void write_world(FILE *out, const char *name, const struct model_world *w)
{
	/* Back to the short form: what is far from 0 is near the wrap. */
	int64_t line = (int64_t)(w->first_line << (64u - IWC_LINE_BITS)) >> (64u - IWC_LINE_BITS);

	fprintf(out, "%s: {\n\tcore = \"%s\";\n\tcrashes = %u;\n\trenewals = %u;\n", name, w->core,
		w->crashes, w->renewals);
	fprintf(out, "\treloads = %u;\n\tkeeps = %s;\n\ttake = %u;\n", w->reloads, word(w->keeps),
		w->take);
	fprintf(out, "\tfirst_line = %lld;\n\tfirst_epoch = %ld;\n};\n", (long long)line,
		(long)(int32_t)w->first_epoch);
}

void model_client_write(FILE *out, const struct model_client *c)
{
	fprintf(out, "# SPDX-License-Identifier: BSD-2-Clause\nname = \"%s\";\nclasses = (\n",
		c->name);
	for (unsigned i = 0; i < c->classes; i++) {
		fprintf(out, "\t{\n\t\tlines = %u;\n\t\tprotect = %s;\n\t\tframe_max = %u;\n",
			1u << c->cls[i].lines_log2, word(c->cls[i].protect),
			c->cls[i].frame_max_bytes);
		fprintf(out, "\t\tbudget = %u;\n", c->cls[i].budget);
		write_traffic(out, "from_ns", &c->world[0].send[i]);
		write_traffic(out, "from_s", &c->world[1].send[i]);
		fprintf(out, "\t}%s\n", i + 1 < c->classes ? "," : "");
	}
	fputs(");\n", out);
	write_world(out, "ns", &c->world[0]);
	write_world(out, "s", &c->world[1]);
	fprintf(out, "doorbells = %s;\npoll = %s;\nbells_lost = %u;\nweak = %s;\ngrain = \"%s\";\n",
		word(c->doorbells), word(c->poll), c->bells_lost, word(c->weak),
		c->grain == MODEL_GRAIN_BLOCK ? "block" : "access");
}

/* --- bounds ------------------------------------------------------------------------------------
 */

struct text {
	char *at;
	size_t left;
};

static void add(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct text *t, const char *format, ...)
{
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(t->at, t->left, format, ap);
	va_end(ap);
	if (n < 0)
		return;
	n = (size_t)n < t->left ? n : (int)t->left - (t->left > 0);
	t->at += n;
	t->left -= (size_t)n;
}

static void add_pair(struct text *t, const char *what, unsigned ns, unsigned s)
{
	if (ns + s > 0)
		add(t, ", %s %u+%u", what, ns, s);
}

/* Pairs are NS and S; a list goes over the classes. */
void model_client_bounds(const struct model_client *c, char *text, size_t size)
{
	const struct model_world *ns = &c->world[0], *s = &c->world[1];
	struct text t = {text, size};

	add(&t, "classes %u, lines", c->classes);
	for (unsigned i = 0; i < c->classes; i++)
		add(&t, " %u", 1u << c->cls[i].lines_log2);
	add(&t, ", frames");
	for (unsigned i = 0; i < c->classes; i++)
		add(&t, " %u+%u", ns->send[i].frames, s->send[i].frames);
	add(&t, ", bursts");
	for (unsigned i = 0; i < c->classes; i++)
		add(&t, " %u+%u", ns->send[i].burst, s->send[i].burst);
	add(&t, ", crashes %u+%u", ns->crashes, s->crashes);
	add_pair(&t, "renewals", ns->renewals, s->renewals);
	add_pair(&t, "reloads", ns->reloads, s->reloads);
	if (c->bells_lost > 0)
		add(&t, ", doorbells lost %u", c->bells_lost);
	add(&t, "%s%s", c->doorbells ? ", doorbells" : "", c->poll ? ", poll" : "");
	add(&t, ", %s memory, a step is %s", c->weak ? "C11" : "strong",
	    c->grain == MODEL_GRAIN_BLOCK ? "a block" : "an access");
}
