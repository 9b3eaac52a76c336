/* SPDX-License-Identifier: BSD-2-Clause */
/* cli_help.c - iwc help and iwc version, from the tables of commands and options. */
#include <stdio.h>

#include "cli.h"
#include "version.h"

int cli_version(const struct cli_args *args)
{
	(void)args;
	puts("iwc " IWC_VERSION);
	return CLI_OK;
}

static void print_commands(void)
{
	puts("usage: iwc COMMAND [OPTION]...\n\n"
	     "Simulates two worlds of an Armv8-A machine and the channel between them.\n\n"
	     "commands:");
	for (unsigned i = 0; i < cli_command_count; i++)
		printf("  %-8s %s\n", cli_command_table[i].name, cli_command_table[i].help);
	puts("\nexit codes:\n"
	     "  0    as expected\n"
	     "  1    a property was violated, or an expectation not met\n"
	     "  2    wrong use, or a wrong scenario\n"
	     "  70   a bug of iwc\n"
	     "  125  undecided: interrupted, or nothing was checked\n\n"
	     "'iwc help COMMAND' lists the options of a command, 'iwc explain TOPIC' says what a\n"
	     "property, threat, fault, detector or error means.");
}

static void print_option(const struct cli_option *o)
{
	char left[40];

	snprintf(left, sizeof(left), "%s%c%s --%s%s%s", o->letter ? "-" : " ",
		 o->letter ? o->letter : ' ', o->letter ? "," : " ", o->name, o->value ? " " : "",
		 o->value ? o->value : "");
	printf("  %-24s  %s\n", left, o->help);
}

int cli_help_about(const struct cli_command *command)
{
	if (!command) {
		print_commands();
		return CLI_OK;
	}
	printf("usage: iwc %s%s%s%s\n\n%s\n\noptions:\n", command->name,
	       command->options ? " [OPTION]..." : "", *command->operands ? " " : "",
	       command->operands, command->help);
	for (unsigned id = 0; id < CLI_OPTIONS; id++)
		if (((command->options | CLI_BIT(CLI_HELP)) & CLI_BIT(id)) != 0)
			print_option(&cli_option_table[id]);
	return CLI_OK;
}

static const char *command_next(const void *ctx, unsigned i)
{
	(void)ctx;
	return i < cli_command_count ? cli_command_table[i].name : NULL;
}

int cli_help(const struct cli_args *args)
{
	const struct cli_command *command;
	const char *near;

	if (args->operand_count == 0)
		return cli_help_about(NULL);
	command = cli_command_find(args->operand[0]);
	if (command)
		return cli_help_about(command);
	near = cli_nearest(args->operand[0], command_next, NULL);
	cli_error("no command '%s'%s%s%s", args->operand[0], near ? ", did you mean " : "",
		  near ? near : "", near ? "?" : "");
	return CLI_USAGE;
}
