/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tests share that let other people's programs read captures. A missing program is a skip that
 * says so, or a failure if STRICT=1.
 */
#ifndef SIM_TOOLS_BED_H
#define SIM_TOOLS_BED_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

static char output[1u << 14]; /* of the last command */

/* Runs a shell command. Returns its exit status. */
static inline int shell(const char *command)
{
	FILE *f = popen(command, "r");
	size_t n;
	int status;

	assert_non_null(f);
	n = fread(output, 1, sizeof(output) - 1, f);
	output[n] = '\0';
	while (fgetc(f) != EOF)
		continue;
	status = pclose(f);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static inline void tool_require(const char *tool)
{
	const char *strict = getenv("STRICT");
	char command[64];

	snprintf(command, sizeof(command), "command -v %s", tool);
	if (shell(command) == 0)
		return;
	if (strict && strcmp(strict, "1") == 0)
		fail_msg("%s is not installed", tool);
	print_message("SKIP: %s is not installed\n", tool);
	skip();
}

static inline void assert_prints(const char *command, const char *expected)
{
	assert_int_equal(shell(command), 0);
	assert_string_equal(output, expected);
}

static inline void assert_output_has(const char *text)
{
	if (!strstr(output, text))
		fail_msg("no '%s' in: %s", text, output);
}

#endif
