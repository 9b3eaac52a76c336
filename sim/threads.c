/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"
#include <stdio.h>
int sim_run_threads(struct sim_result *result, char *err, size_t err_size)
{
	(void)result;
	snprintf(err, err_size, "not built");
	return -70;
}
