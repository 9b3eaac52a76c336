/* SPDX-License-Identifier: BSD-2-Clause */
/* In place of test_port.c: nothing answers there. */
#include "ip.h"

bool test_port_start(void)
{
	return true;
}
