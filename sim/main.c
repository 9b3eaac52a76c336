/* SPDX-License-Identifier: BSD-2-Clause */
/* main.c - the program iwc. */
#include "cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
