/* SPDX-License-Identifier: BSD-2-Clause */
/* tell.c - what a tap says before it starts. */
#include "tell.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say_end(const struct work_plan *p, enum sim_world_id id)
{
	const struct netlink_address *a = &p->address[id];
	char text[TAP_HOST_BYTES];

	fprintf(stderr, "%s: ", id == SIM_NS ? "NS" : "S");
	if (id == SIM_S && !p->secure_tap) {
		fprintf(stderr, "lwIP, %s: echo 7, discard 9, chargen 19, iperf 2 on 5001\n",
			tap_host_text(a, text));
		return;
	}
	fprintf(stderr, "%s, %s/%u, MTU %u", p->tap[id], tap_host_text(a, text), a->prefix, p->mtu);
	if (p->netns_name[id])
		fprintf(stderr, "; ip netns exec %s COMMAND", p->netns_name[id]);
	else if (p->user)
		fprintf(stderr, "; nsenter -t %d -U -n --preserve-credentials COMMAND",
			id == SIM_NS ? (int)getppid() : (int)getpid());
	fputc('\n', stderr);
}

/* Was this kind named before? A scenario may have several faults of one kind. */
static bool named(const struct scenario *sc, unsigned i)
{
	for (unsigned k = 0; k < i; k++)
		if (strcmp(sim_rt_left_out(sc, k), sim_rt_left_out(sc, i)) == 0)
			return true;
	return false;
}

static void say_left_out(const struct scenario *sc)
{
	const char *before = "left out: ";

	if (sc->flow_count > 0) {
		fprintf(stderr, "%sthe scenario's own traffic", before);
		before = "; what real time can't give: ";
	}
	for (unsigned i = 0; sim_rt_left_out(sc, i); i++) {
		if (named(sc, i))
			continue;
		fprintf(stderr, "%s%s", before, sim_rt_left_out(sc, i));
		before = ", ";
	}
	if (strcmp(before, "left out: ") != 0)
		fputc('\n', stderr);
}

void tell_start(const struct work_plan *p)
{
	say_left_out(p->sc);
	say_end(p, SIM_NS);
	say_end(p, SIM_S);
	if (!p->command)
		fprintf(stderr, "status: iwc tap --status %s; Ctrl-C ends it\n", p->tap[SIM_NS]);
}
