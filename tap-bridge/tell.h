/* SPDX-License-Identifier: BSD-2-Clause */
/* tell.h - what a tap says before it starts, on stderr. */
#ifndef TAP_TELL_H
#define TAP_TELL_H

#include "work.h"

/* What of the scenario is left out, both ends with their addresses, and how to get there. */
void tell_start(const struct work_plan *plan);

#endif
