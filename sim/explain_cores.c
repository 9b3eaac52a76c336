/* SPDX-License-Identifier: BSD-2-Clause */
/* explain_cores.c - what is missing in each weakened copy of core/. */
#include <stddef.h>
#include <string.h>

#include "explain.h"

static const struct {
	const char *name, *text;
} cores[] = {
    {"core", "core/ as it is."},
    {"assert-on-peer", "What the peer wrote reaches an assertion (T34)."},
    {"bell-first", "The sender rings before it publishes (T13)."},
    {"boot-no-fence", "A booting world clears its section before its leaving is visible (R0)."},
    {"double-fetch", "A length is fetched again after it was checked (T03)."},
    {"keep-credit", "Credits of a former session stay, and 0 is taken for one (T46)."},
    {"no-accept", "No epoch of the peer is ever accepted, so that the link stays down."},
    {"no-backoff", "Every new epoch of the peer is accepted at once (T16)."},
    {"no-budget", "An activation goes on for as long as frames come (R7)."},
    {"no-end-check", "A frame may run past the end of the ring (T04)."},
    {"no-lap", "A tag is compared without the number of its lap (T02)."},
    {"no-late-count", "A late frame is not noticed (T36)."},
    {"no-loss-count", "Missing frames are passed over without being counted (T36)."},
    {"no-minimum", "Frames may be shorter than an Ethernet header, or empty (T05)."},
    {"no-priority", "Bulk is served before control, and in whole bursts (T28)."},
    {"no-recheck", "The session is not looked at again after a copy (T45)."},
    {"no-ring-on-ack", "An acknowledgement does not ring (T17)."},
    {"no-wrap", "Line numbers are compared without their wrap (T37)."},
    {"no-zeroing", "A booting world leaves its former life in its rings (T19)."},
    {"publish-first", "A frame is published before its bytes are there (T18)."},
    {"read-back", "A position is read back from shared memory (T07)."},
    {"skip-unchecked", "A skip tag is followed wherever it stands (T44)."},
    {"start-early", "The peer's start is taken before the peer has acknowledged (T43)."},
    {"trust-line-number", "A tag's line number says where the frame is (T01)."},
    {"wait-for-reset", "A booting world waits for the other to leave the session (T17)."},
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
