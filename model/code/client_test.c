/* SPDX-License-Identifier: BSD-2-Clause */
/* Client files: what they mean, what is refused and with which words, and the way back to text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <glob.h>

#include "client.h"
#include "iwc.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define ONE "classes = ({ from_ns: { frames = 1; }; });"

static char path[128];
static char err[512];
static struct model_client c;

static int make_path(void **state)
{
	const char *tmp = getenv("TMPDIR");
	char folder[sizeof(path) - 8u];

	(void)state;
	snprintf(folder, sizeof(folder), "%s/client-test-XXXXXX", tmp ? tmp : "/tmp");
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/c.cfg", folder);
	return 0;
}

static int drop_path(void **state)
{
	(void)state;
	unlink(path);
	*strrchr(path, '/') = '\0';
	return rmdir(path);
}

static int parse(const char *text, size_t len)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(text, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	err[0] = '\0';
	return model_client_read(path, &c, err, sizeof(err));
}

static void accept(const char *text)
{
	if (parse(text, strlen(text)) != 0)
		fail_msg("refused: %s\n%s", text, err);
}

/* --- what is accepted --------------------------------------------------------------------------
 */

static void defaults(void **state)
{
	(void)state;
	accept(ONE);
	assert_string_equal(c.name, "c");
	assert_int_equal(c.classes, 1);
	assert_int_equal(c.cls[0].lines_log2, 1);
	assert_int_equal(c.cls[0].frame_max_bytes, 64);
	assert_int_equal(c.world[0].send[0].frames, 1);
	assert_int_equal(c.world[0].send[0].length_bytes[0], 64);
	assert_int_equal(c.world[1].send[0].frames, 0);
	assert_int_equal(c.world[1].take, 1);
	assert_int_equal(c.world[1].first_epoch, 1);
	assert_string_equal(c.world[1].core, "core");
	assert_true(c.doorbells);
	assert_false(c.poll);
	assert_true(c.weak);
	assert_int_equal(c.grain, MODEL_GRAIN_BLOCK);
}

static const char full[] =
    "name = \"full\"; # 12345678901234567890\n"
    "classes = (\n"
    "  { lines = 8; protect = true; frame_max = 256; budget = 7;\n"
    "    from_ns: { frames = 15; burst = 4; length = [14, 72, 256]; }; },\n"
    "  { lines = 4; from_s: { frames = 2; length = 20; }; }\n"
    ");\n"
    "ns: { core = \"no-recheck\"; crashes = 3; renewals = 2; reloads = 1; keeps = true; take = 4;\n"
    "  first_line = -3; first_epoch = -2; };\n"
    "s: { first_line = 65536; };\n"
    "doorbells = true; poll = true; bells_lost = 2; weak = false; grain = \"access\";\n";

static void every_key(void **state)
{
	(void)state;
	accept(full);
	assert_string_equal(c.name, "full");
	assert_int_equal(c.classes, 2);
	assert_int_equal(c.cls[0].lines_log2, 3);
	assert_true(c.cls[0].protect);
	assert_int_equal(c.cls[0].frame_max_bytes, 256);
	assert_int_equal(c.cls[0].budget, 7);
	assert_int_equal(c.world[0].send[0].frames, 15);
	assert_int_equal(c.world[0].send[0].burst, 4);
	assert_int_equal(c.world[0].send[0].lengths, 3);
	assert_int_equal(c.world[0].send[0].length_bytes[2], 256);
	assert_int_equal(c.world[1].send[1].frames, 2);
	assert_int_equal(c.world[1].send[1].length_bytes[0], 20);
	assert_int_equal(c.world[0].send[1].frames, 0);
	assert_string_equal(c.world[0].core, "no-recheck");
	assert_int_equal(c.world[0].crashes, 3);
	assert_int_equal(c.world[0].renewals, 2);
	assert_int_equal(c.world[0].reloads, 1);
	assert_true(c.world[0].keeps);
	assert_int_equal(c.world[0].take, 4);
	assert_true(c.world[0].first_line == UINT64_C(0xfffffffffffd));
	assert_true(c.world[0].first_epoch == 0xfffffffeu);
	assert_int_equal(c.world[1].first_line, 65536);
	assert_true(c.poll);
	assert_int_equal(c.bells_lost, 2);
	assert_false(c.weak);
	assert_int_equal(c.grain, MODEL_GRAIN_ACCESS);
}

static void written_and_read_again(void **state)
{
	struct model_client first;
	char *text = NULL;
	size_t len = 0;
	FILE *out;

	(void)state;
	accept(full);
	first = c;
	out = open_memstream(&text, &len);
	assert_non_null(out);
	model_client_write(out, &first);
	assert_int_equal(fclose(out), 0);
	accept(text);
	assert_memory_equal(&first, &c, sizeof(c));
	free(text);
}

static void bounds(void **state)
{
	char text[512], cut[16];

	(void)state;
	accept(full);
	model_client_bounds(&c, text, sizeof(text));
	assert_string_equal(text,
			    "classes 2, lines 8 4, frames 15+0 0+2, bursts 4+1 1+1, crashes 3+0, "
			    "renewals 2+0, reloads 1+0, doorbells lost 2, doorbells, poll, strong "
			    "memory, a step is an access");
	model_client_bounds(&c, cut, sizeof(cut));
	assert_string_equal(cut, "classes 2, line");
	accept(ONE);
	model_client_bounds(&c, text, sizeof(text));
	assert_string_equal(text,
			    "classes 1, lines 2, frames 1+0, bursts 1+1, crashes 0+0, doorbells, "
			    "C11 memory, a step is a block");
}

/* The geometry that a client may have is one that the core takes. */
static void geometry_is_that_of_the_core(void **state)
{
	(void)state;
	for (unsigned lines = 2; lines <= MODEL_LINES_MAX; lines *= 2) {
		for (unsigned len = IWC_FRAME_MIN; len <= 8 * IWC_LINE; len++) {
			struct iwc_config cfg = {
			    .class_count = 1, .backoff_min_ns = 1, .backoff_max_ns = 1};
			char text[128];
			bool core_takes;

			cfg.cls[0] = (struct iwc_class_config){.budget = 1,
							       .frame_max_bytes = (uint16_t)len};
			while (1u << cfg.cls[0].lines_log2 < lines)
				cfg.cls[0].lines_log2++;
			core_takes = iwc_section_bytes(&cfg) != 0;
			snprintf(text, sizeof(text),
				 "classes = ({ lines = %u; frame_max = %u; "
				 "from_ns: { frames = 1; length = 14; }; });",
				 lines, len);
			assert_int_equal(parse(text, strlen(text)) == 0, core_takes);
		}
	}
}

/* --- what is refused ---------------------------------------------------------------------------
 */

static const struct refusal {
	const char *text, *message;
} refusals[] = {
    {"", "1: no class has frames: nothing would be sent"},
    {"classes = (", "1: syntax error"},
    {"\nfoo = 1;",
     "2: there is no key foo here; there are name, classes, ns, s, doorbells, poll, bells_lost, "
     "weak, grain"},
    {"classes = ({\nfrom_ns: { frame = 1; }; });",
     "2: there is no key frame here; there are frames, burst, length"},
    {"classes = ({\n\nlinse = 2; });",
     "3: there is no key linse here; there are lines, protect, frame_max, budget, from_ns, from_s"},
    {"ns = { core = \"x\"; crash = 1; };",
     "1: there is no key crash here; there are core, crashes, renewals, reloads, keeps, take, "
     "first_line, first_epoch"},
    {"classes = ({ from_ns: { frames = 16; }; });", "1: frames: 16 is out of range, 0 to 15"},
    {"classes = ({ from_ns: { frames = -1; }; });", "1: frames: -1 is out of range, 0 to 15"},
    {"classes = ({ from_ns: { frames = 1; burst = 0; }; });",
     "1: burst: 0 is out of range, 1 to 4"},
    {"classes = ({ from_ns: { frames = 1.0; }; });",
     "1: frames: it needs a whole number from 0 to 15"},
    {"classes = ({ from_ns: { frames = \"1\"; }; });",
     "1: frames: it needs a whole number from 0 to 15"},
    {"classes = ({ from_ns: { frames = 1L; }; });",
     "1: frames: it needs a whole number from 0 to 15"},
    {"/* 1\n */ \"\\\"\n\" classes = ({ from_ns: { frames = 4294967297; }; });",
     "3: the number 4294967297 has too many digits"},
    {"classes = ({ from_ns: { frames = 0x100000001; }; });",
     "1: the number 0x100000001 has too many digits"},
    {"classes = ({ from_ns = 3; });", "1: from_ns: it needs a group { }"},
    {"classes = ({ lines = 3; });", "1: lines: 3 is no power of two"},
    {"classes = ({ lines = 1; });", "1: lines: 1 is out of range, 2 to 8"},
    {"classes = ({ lines = 16; });", "1: lines: 16 is out of range, 2 to 8"},
    {"classes = ({ protect = 1; });", "1: protect: it needs true or false"},
    {"classes = ({ budget = 0; });", "1: budget: 0 is out of range, 1 to 65535"},
    {"classes = ({ frame_max = 13; });", "1: frame_max: 13 is out of range, 14 to 1536"},
    {"classes = ({ frame_max = 65; });",
     "1: frame_max: 65 is too long for 2 lines, which carry frames of up to 64 bytes"},
    {"classes = ({ lines = 8; frame_max = 257; });",
     "1: frame_max: 257 is too long for 8 lines, which carry frames of up to 256 bytes"},
    {"classes = ({ lines = 4;\nfrom_s: { frames = 1; length = 72; }; });",
     "2: length: 72 is more than the class's frame_max, which is 64"},
    {"classes = ({ from_s: { length = []; }; });",
     "1: length: it needs a number, or [ ] with 1 to 4 of them"},
    {"classes = ({ from_s: { length = [14, 14, 14, 14, 14]; }; });",
     "1: length: it needs a number, or [ ] with 1 to 4 of them"},
    {"classes = ({ from_s: { length = {}; }; });",
     "1: length: it needs a number, or [ ] with 1 to 4 of them"},
    {"classes = ({ from_s: { length = [14, 13]; }; });",
     "1: length: 13 is out of range, 14 to 1536"},
    {"classes = ({ from_s: { length = [14, 65]; }; });",
     "1: length: 65 leaves 1 bytes in its last line; 8 or more are needed"},
    {"classes = ({ from_s: { length = 71; }; });",
     "1: length: 71 leaves 7 bytes in its last line; 8 or more are needed"},
    {"classes = ();", "1: classes: it needs a list of 1 to 2 groups ( { }, { } )"},
    {"classes = {};", "1: classes: it needs a list of 1 to 2 groups ( { }, { } )"},
    {"classes = ({}, {}, {});", "1: classes: it needs a list of 1 to 2 groups ( { }, { } )"},
    {"classes = (1);", "1: classes: it needs a group { }"},
    {ONE "ns: { crashes = 4; };", "1: crashes: 4 is out of range, 0 to 3"},
    {ONE "ns: { take = 5; };", "1: take: 5 is out of range, 1 to 4"},
    {ONE "ns: { first_epoch = 0; };", "1: first_epoch: 0 stands for no epoch"},
    {ONE "ns: { first_line = 65537; };", "1: first_line: 65537 is out of range, -65536 to 65536"},
    {ONE "ns: { core = \"../x\"; };",
     "1: core: a letter or digit, then those and . _ - are allowed"},
    {ONE "ns: { core = \"\"; };", "1: core: it needs a text of 1 to 39 characters in quotes"},
    {ONE "name = \"0123456789012345678901234567890123456789\";",
     "1: name: it needs a text of 1 to 39 characters in quotes"},
    {ONE "grain = \"word\";", "1: grain: it needs \"block\" or \"access\""},
    {ONE "grain = 1;", "1: grain: it needs \"block\" or \"access\""},
    {ONE "bells_lost = 1;",
     "1: bells_lost needs doorbells to lose, and poll: without it a lost doorbell may rightly be "
     "the end"},
    {ONE "poll = true; doorbells = false; bells_lost = 1;",
     "1: bells_lost needs doorbells to lose, and poll: without it a lost doorbell may rightly be "
     "the end"},
    {ONE "poll = true; poll = true;", "1: duplicate setting name"},
};

static void refused(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		char expected[512];

		snprintf(expected, sizeof(expected), "%s:%s", path, refusals[i].message);
		if (parse(refusals[i].text, strlen(refusals[i].text)) == 0)
			fail_msg("accepted: %s", refusals[i].text);
		if (strcmp(err, expected) != 0)
			fail_msg("%s\n says: %s\n not:  %s", refusals[i].text, err, expected);
	}
}

static void no_file(void **state)
{
	(void)state;
	assert_int_equal(model_client_read("/nowhere/c.cfg", &c, err, sizeof(err)), -1);
	assert_string_equal(err, "/nowhere/c.cfg: No such file or directory");
	assert_int_equal(model_client_read("/", &c, err, sizeof(err)), -1);
	assert_string_equal(err, "/: Is a directory");
}

static void odd_files(void **state)
{
	char *big = malloc(70000);

	(void)state;
	assert_int_equal(parse(ONE "\0 x", sizeof(ONE "\0 x") - 1), -1);
	assert_non_null(strstr(err, "a zero byte is in the file"));
	assert_non_null(big);
	memset(big, ' ', 70000);
	assert_int_equal(parse(big, 70000), -1);
	assert_non_null(strstr(err, "File too large"));
	free(big);
	assert_int_equal(parse("/*", 2), -1);
	assert_int_equal(parse("\"", 1), -1);
	assert_int_equal(parse("\"\\", 2), -1);
}

/* --- the clients of the tree -------------------------------------------------------------------
 */

static void clients_of_the_tree(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob("model/clients/*.cfg", 0, NULL, &found), 0);
	assert_int_equal(glob("model/clients/full/*.cfg", GLOB_APPEND, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (model_client_read(found.gl_pathv[i], &c, err, sizeof(err)) != 0)
			fail_msg("%s", err);
	globfree(&found);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(defaults),
	    cmocka_unit_test(every_key),
	    cmocka_unit_test(written_and_read_again),
	    cmocka_unit_test(bounds),
	    cmocka_unit_test(geometry_is_that_of_the_core),
	    cmocka_unit_test(refused),
	    cmocka_unit_test(no_file),
	    cmocka_unit_test(odd_files),
	    cmocka_unit_test(clients_of_the_tree),
	};

	return cmocka_run_group_tests(tests, make_path, drop_path);
}
