/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conform.pml - is this trace one that channel.pml allows?
 *
 * The file is the one that IWC_CONFORM_EVENTS names; its form is in conform.h. All of it is one
 * step of the model. An event that the specification refuses violates the assertion at the end.
 */
#include "conform.h"

hidden byte conform_trust[2];
hidden byte conform_frames[2 * CONFORM_CLASSES];
hidden byte conform_bells;
hidden int conform_sent, conform_received, conform_lost;
/* Events judged with trust, and those of a world that may not trust what it reads. */
hidden int conform_judged, conform_alone;

#define SPEC_CLASSES CONFORM_CLASSES
#define SPEC_FRAMES CONFORM_FRAMES
#define SPEC_EPOCH_T int
#define SPEC_MASK_T int
#define SPEC_MASK 2147483647
#define SPEC_FRAME_T int
#define SPEC_COUNT_T int
#define SPEC_STORE hidden
#define SPEC_TRUST(w) conform_trust[w]
#define SPEC_JUDGED(w, c) (conform_frames[(w) * CONFORM_CLASSES + (c)] != FRAMES_FREE)
#define SPEC_GAPS(w, c) (conform_frames[(w) * CONFORM_CLASSES + (c)] == FRAMES_GAPS)
#define SPEC_BELLS conform_bells
#define SPEC_LOST(w, c, n) conform_lost = conform_lost + (n)
#include "channel.pml"

c_decl {
\#include <errno.h>
\#include <string.h>

static FILE *conform_file;
static int conform_row; /* of the file */

static void conform_die(const char *what)
{
	fprintf(stderr, "%s:%d: %s\n", getenv("IWC_CONFORM_EVENTS"), conform_row, what);
	exit(2);
}

static void conform_open(void)
{
	const char *path = getenv("IWC_CONFORM_EVENTS");

	if (path == NULL || (conform_file = fopen(path, "r")) == NULL) {
		fprintf(stderr, "IWC_CONFORM_EVENTS: %s\n",
			path == NULL ? "names no file" : strerror(errno));
		exit(2);
	}
}

/* The next event, or kind 0 at the end. */
static void conform_next(int *line, int *kind, int *w, int *a, int *b, int *c)
{
	char text[160];

	*kind = 0;
	if (fgets(text, sizeof(text), conform_file) == NULL) {
		if (ferror(conform_file))
			conform_die(strerror(errno));
		return;
	}
	conform_row++;
	if (sscanf(text, "%d %d %d %d %d %d", line, kind, w, a, b, c) != 6 || *kind <= 0)
		conform_die("six numbers are needed, the second of them above 0");
	if (*w < 0 || *w > 1)
		conform_die("there is no such world");
	if ((*kind == EV_SEND || *kind == EV_RECV || *kind == SAY_FRAMES) &&
	    (*a < 0 || *a >= CONFORM_CLASSES))
		conform_die("there is no such class");
}
};

hidden int line, kind, w, a, b, c;

/* What the world may believe from here on. */
inline say(what, world, x, y)
{
	if
	:: (what) == SAY_TRUST -> conform_trust[world] = x
	:: (what) == SAY_FRAMES -> conform_frames[(world) * CONFORM_CLASSES + (x)] = y
	:: else -> conform_bells = x
	fi
}

inline count()
{
	conform_judged = conform_judged + conform_trust[w];
	conform_alone = conform_alone + 1 - conform_trust[w];
	if
	:: kind == EV_SEND -> conform_sent++
	:: kind == EV_RECV -> conform_received++
	:: else
	fi
}

inline replay()
{
	c_code { conform_open(); };
	do
	:: true ->
		c_code { conform_next(&line, &kind, &w, &a, &b, &c); };
		if
		:: kind == 0 -> break
		:: kind >= SAY_TRUST && kind <= SAY_BELLS -> say(kind, w, a, b)
		:: else ->
			spec_event(kind, w, a, b, c);
			count()
		fi;
		if
		:: spec_refused != RULE_NONE -> break
		:: else
		fi
	od;
	c_code {
		printf("conform: line %d rule %d judged %d alone %d sent %d received %d lost %d\n",
		       now.spec_refused ? line : 0, now.spec_refused, conform_judged, conform_alone,
		       conform_sent, conform_received, conform_lost);
	};
}

init {
	d_step { replay() }
	assert(spec_refused == RULE_NONE)
}
