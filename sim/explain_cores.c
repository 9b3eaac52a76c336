/* SPDX-License-Identifier: BSD-2-Clause */
/* explain_cores.c - what is missing in each weakened copy of core/. */
#include <stddef.h>
#include <string.h>

#include "explain.h"

static const struct {
	const char *name, *text;
} cores[] = {
    {"core", "core/ as it is."},
    {"bell-first", "The sender rings before it publishes (T13)."},
    {"double-fetch", "A length is fetched again after it was checked (T03)."},
    {"no-backoff", "Every new epoch of the peer is accepted at once (T16)."},
    {"no-end-check", "A frame may run past the end of the ring (T04)."},
    {"no-lap", "A tag is compared without the number of its lap (T02)."},
    {"no-minimum", "Frames may be shorter than an Ethernet header, or empty (T05)."},
    {"read-back", "A position is read back from shared memory (T07)."},
    {"skip-unchecked", "A skip tag is followed wherever it stands (T44)."},
    {"trust-line-number", "A tag's line number says where the frame is (T01)."},
    {"wait-for-space", "A sender waits until a full ring has room (T14)."},
    {"wait-while-progress", "A sender waits for as long as the peer's credit moves (T15)."},
};

const char *explain_core(const char *name)
{
	for (unsigned i = 0; i < sizeof(cores) / sizeof(cores[0]); i++)
		if (strcmp(cores[i].name, name) == 0)
			return cores[i].text;
	return "core/ without one countermeasure; its patch in sim/weak says which.";
}
