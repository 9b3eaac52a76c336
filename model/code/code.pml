/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * code.pml - SPIN's side of model/code: who goes on, in which way, or dies. Everything else is C: the
 * compiled core, the memory, and the judgement of frames (machine.h). Beside it runs the
 * specification of the channel, ../spec/channel.pml: each event of a step must be one that it allows.
 *
 * The state is five numbers that name what machine.h keeps, and the specification's own state. The
 * client comes from the file that IWC_CLIENT names. In a replay (-r), IWC_SCHEDULE names a file that
 * gets the steps, for walk --replay.
 *
 * c_expr and c_code change what SPIN can't see, so its partial-order reduction is off (-DNOREDUCE);
 * step.c makes steps as large as may be.
 */

#define SPEC_CLASSES 2
#define SPEC_FRAMES 12
#define SPEC_BELLS bells
#include "../spec/channel.pml"

c_decl {
\#include "machine.h"
\#include "../spec/rules.h"
\#include <stdio.h>
\#include <stdlib.h>
}

int world[2], section[2], flags;
byte fault; /* property that the core's frames or states broke; 0: none */
bit bells; /* every doorbell arrives in this client */
bit linked, drained, done; /* of the present state, for the claims */

hidden byte ev_kind, ev_w, ev_a, ev_b, ev_c;
hidden int ev_next;

c_code {
	static struct model_state code_state(void)
	{
		struct model_state s = {{now.world[0], now.world[1]},
					{now.section[0], now.section[1]},
					(uint32_t)now.flags};

		return s;
	}

	static void code_set(const struct model_state *s)
	{
		now.world[0] = s->world[0];
		now.world[1] = s->world[1];
		now.section[0] = s->section[0];
		now.section[1] = s->section[1];
		now.flags = (int)s->flags;
		now.fault = (uchar)model_fault.property;
		now.linked = model_linked(s);
		now.drained = !model_linked(s) || model_drained(s);
		now.done = model_all_offered(s);
		ev_next = 0;
		if (model_fault.property == 99u)
			printf("bound: %s\n", model_fault.detector);
		else if (model_fault.property != 0u)
			printf("broken: P%u %s\n", model_fault.property, model_fault.detector);
	}

	static void code_refused(void)
	{
		switch (now.spec_refused) {
#define X(rule, name, text)                                                                        \
	case rule:                                                                                 \
		printf("refused: %s: %s\n", name, text);                                           \
		break;
			SPEC_RULE_TEXTS(X)
#undef X
		}
	}

	static void code_open(void)
	{
		static struct model_client client;
		const char *path = getenv("IWC_CLIENT");
		char err[512];
		struct model_state s;

		if (path == NULL || model_client_read(path, &client, err, sizeof(err)) != 0 ||
		    model_open(&client, err, sizeof(err)) != 0) {
			fprintf(stderr, "verifier: %s\n", path == NULL ? "IWC_CLIENT names no client" : err);
			exit(2);
		}
		s = model_start();
		now.bells = client.bells_lost == 0u;
		atexit(model_intern_print);
		code_set(&s);
	}

	/* Where a replay leaves its steps. */
	static void code_note(unsigned w, int way)
	{
		const char *path = getenv("IWC_SCHEDULE");
		FILE *f = path != NULL ? fopen(path, "a") : NULL;

		if (f == NULL)
			return;
		if (way < 0)
			fprintf(f, "%s crash\n", w == 0u ? "ns" : "s");
		else
			fprintf(f, "%s %d\n", w == 0u ? "ns" : "s", way);
		fclose(f);
	}

	static int code_can(unsigned w, unsigned way)
	{
		struct model_state s = code_state();

		return model_choices(&s, w) > way;
	}

	static void code_step(unsigned w, unsigned way)
	{
		struct model_state s = code_state(), next = model_step(&s, w, way);

		code_note(w, (int)way);
		code_set(&next);
	}

	static int code_can_crash(unsigned w)
	{
		struct model_state s = code_state();

		return model_can_crash(&s, w);
	}

	static void code_crash(unsigned w)
	{
		struct model_state s = code_state(), next = model_crash(&s, w);

		code_note(w, -1);
		code_set(&next);
	}
}

/* The events of the step just made, to the specification. */
inline tell()
{
	do
	:: c_expr { ((unsigned)ev_next < model_events) } ->
		c_code {
			ev_kind = model_event[ev_next].kind;
			ev_w = model_event[ev_next].world;
			ev_a = (uchar)model_event[ev_next].a;
			ev_b = (uchar)model_event[ev_next].b;
			ev_c = (uchar)model_event[ev_next].c;
			ev_next++;
		};
		spec_event(ev_kind, ev_w, ev_a, ev_b, ev_c)
	:: else -> break
	od;
	if
	:: spec_refused != 0 -> c_code { code_refused(); }
	:: else
	fi;
	assert(fault == 0 && spec_refused == 0)
}

#define WAY(n) c_expr { (code_can(PWorld->me, n)) } -> c_code { code_step(PWorld->me, n); }

proctype World(bit me)
{
end:	do
	:: atomic {
		if
		:: WAY(0)
		:: WAY(1)
		:: WAY(2)
		:: WAY(3)
		:: WAY(4)
		:: WAY(5)
		:: WAY(6)
		:: WAY(7)
		:: WAY(8)
		:: WAY(9)
		:: WAY(10)
		:: WAY(11)
		:: WAY(12)
		:: WAY(13)
		:: WAY(14)
		:: WAY(15)
		:: c_expr { (code_can_crash(PWorld->me)) } -> c_code { code_crash(PWorld->me); }
		fi;
		d_step { tell() }
	}
	od
}

init {
	atomic {
		c_code { code_open(); }
		run World(0);
		run World(1)
	}
}

/* Claims, each under weak fairness (-a -f): in the end the link is up and stays so; ... */
ltl recovery { <> [] linked }
/* ... all frames of the script are offered in the end, or lost with their session; ... */
ltl progress { <> [] done }
/* ... and a frame that was accepted is delivered, or its session ends. */
ltl delivery { [] <> drained }
