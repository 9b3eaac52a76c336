/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "report.h"
#include "report_file.h"
#include "report_html.h"
#include "report_parts.h"
#include "report_shape.h"

static const struct report_part *const parts[] = {
    &report_part_properties, &report_part_violations, &report_part_lanes,   &report_part_occupancy,
    &report_part_latency,    &report_part_critical,   &report_part_traffic, &report_part_faults,
    &report_part_counters,   &report_part_stack,
};
#define PARTS (sizeof(parts) / sizeof(parts[0]))

int report_result_check(const json_t *result, char *err, size_t err_size)
{
	const json_t *index = json_object_get(result, "failing_step");
	size_t lanes = json_array_size(json_object_get(result, "lanes"));

	if (report_shape_check(&report_result_shape, result, "result", err, err_size))
		return -2;
	if (json_integer_value(index) > 0 && (uint64_t)json_integer_value(index) >= lanes) {
		(void)snprintf(
		    err, err_size,
		    "failing_step: %lld, expected -1 or less than %zu, the length of lanes",
		    (long long)json_integer_value(index), lanes);
		return -2;
	}
	return 0;
}

static void put_contents(FILE *out, const json_t *result, const char *scenario_text)
{
	fputs("<nav aria-label=\"Contents\"><ul>\n", out);
	for (size_t i = 0; i < PARTS; i++)
		if (parts[i]->present(result))
			fprintf(out, "<li><a href=\"#%s\">%s</a></li>\n", parts[i]->id,
				parts[i]->title);
	if (scenario_text)
		fputs("<li><a href=\"#scenario\">Scenario</a></li>\n", out);
	fputs("</ul></nav>\n", out);
}

static void put_scenario(FILE *out, const char *text)
{
	fputs("<section id=\"scenario\">\n<h2>Scenario, resolved</h2>\n"
	      "<pre class=\"text\" tabindex=\"0\" aria-label=\"Scenario file\">",
	      out);
	report_bytes(out, text, strlen(text));
	fputs("</pre>\n</section>\n", out);
}

static void put_report(FILE *out, const json_t *result, const char *scenario_text)
{
	const json_t *scenario = json_object_get(result, "scenario");

	report_page_begin(out);
	fprintf(out, "%s: ", report_word(result, "verdict"));
	report_title(out, scenario, report_has_text(scenario, "title") ? "title" : "name");
	report_page_body(out);
	report_head_write(out, result);
	put_contents(out, result, scenario_text);
	for (size_t i = 0; i < PARTS; i++) {
		if (!parts[i]->present(result))
			continue;
		fprintf(out, "<section id=\"%s\">\n<h2>%s</h2>\n", parts[i]->id, parts[i]->title);
		parts[i]->write(out, result);
		fputs("</section>\n", out);
	}
	if (scenario_text)
		put_scenario(out, scenario_text);
	fputs("</main>\n", out);
	report_page_end(out, json_object_get(result, "version"));
}

int report_write(const json_t *result, const char *scenario_text, const char *path, char *err,
		 size_t err_size)
{
	struct report_file file;

	if (report_result_check(result, err, err_size))
		return -2;
	if (report_file_begin(&file, path, err, err_size))
		return -1;
	put_report(file.out, result, scenario_text);
	return report_file_end(&file, err, err_size);
}

static json_t *clamped(uint64_t value)
{
	return json_integer(value > INT64_MAX ? INT64_MAX : (json_int_t)value);
}

static json_t *buckets_of(const struct histogram *h)
{
	struct histogram_bucket bucket = {.next = 0};
	json_t *list = json_array();
	bool has_failed = !list;

	while (!has_failed && histogram_next(h, &bucket)) {
		json_t *one = json_array();
		uint64_t upper = bucket.upper_ns < h->max_ns ? bucket.upper_ns : h->max_ns;

		has_failed = json_array_append_new(one, clamped(upper)) ||
			     json_array_append_new(one, clamped(bucket.count));
		has_failed = json_array_append_new(list, one) || has_failed;
	}
	if (!has_failed)
		return list;
	json_decref(list);
	return NULL;
}

int report_histogram_set(json_t *object, const struct histogram *h)
{
	const struct {
		const char *name;
		uint64_t value;
	} members[] = {
	    {"count", h->count},
	    {"min_ns", h->count ? h->min_ns : 0},
	    {"mean_ns", histogram_mean(h)},
	    {"p50_ns", histogram_percentile(h, 50u * HISTOGRAM_PERCENT)},
	    {"p90_ns", histogram_percentile(h, 90u * HISTOGRAM_PERCENT)},
	    {"p99_ns", histogram_percentile(h, 99u * HISTOGRAM_PERCENT)},
	    {"p999_ns", histogram_percentile(h, 999u * HISTOGRAM_PERCENT / 10u)},
	    {"max_ns", h->count ? h->max_ns : 0},
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (json_object_set_new(object, members[i].name, clamped(members[i].value)))
			return -1;
	return json_object_set_new(object, "buckets", buckets_of(h)) ? -1 : 0;
}
