/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Places for TCP connections: a server has a fixed number of them, so that no peer can make it
 * spend more. One that is full gives up the connection which has been quiet for longest, if it was
 * quiet long enough: a peer that restarted never ends its old connections, and they must not keep
 * it out for ever.
 */
#include "instance.h"

#include "lwip/tcp.h"

/*
 * How often lwIP asks what to do with a connection, in its slow timer's ticks of 100 ms, and after
 * how many questions without traffic between them, 5 s, a connection is expendable.
 */
#define POLL_INTERVAL 5u
#define POLLS_EXPENDABLE 10u

/* lwIP has freed the pcb already. */
static void on_error(void *arg, err_t err)
{
	struct sim_lwip_place *place = arg;

	(void)err;
	place->pcb = NULL;
}

static struct sim_lwip_place *place_find(struct sim_lwip_place *const places[], unsigned n)
{
	struct sim_lwip_place *quietest = places[0];

	for (unsigned i = 0; i < n; i++) {
		if (!places[i]->pcb)
			return places[i];
		if (places[i]->polls_idle > quietest->polls_idle)
			quietest = places[i];
	}
	if (quietest->polls_idle < POLLS_EXPENDABLE)
		return NULL;
	tcp_abort(quietest->pcb);
	return quietest;
}

struct sim_lwip_place *sim_lwip_place_take(struct sim_lwip_place *const places[], unsigned n,
					   struct tcp_pcb *pcb,
					   err_t (*poll)(void *place, struct tcp_pcb *pcb))
{
	struct sim_lwip_place *place = place_find(places, n);

	if (!place) {
		sim_lwip_own_counters()->tcp_refused++;
		tcp_abort(pcb);
		return NULL;
	}
	sim_lwip_own_counters()->tcp_accepted++;
	place->pcb = pcb;
	place->polls_idle = 0;
	tcp_arg(pcb, place);
	tcp_err(pcb, on_error);
	tcp_poll(pcb, poll, POLL_INTERVAL);
	return place;
}

err_t sim_lwip_place_close(struct sim_lwip_place *place)
{
	struct tcp_pcb *pcb = place->pcb;

	tcp_arg(pcb, NULL);
	tcp_recv(pcb, NULL);
	tcp_sent(pcb, NULL);
	tcp_err(pcb, NULL);
	tcp_poll(pcb, NULL, 0);
	place->pcb = NULL;
	if (tcp_close(pcb) == ERR_OK)
		return ERR_OK;
	tcp_abort(pcb);
	return ERR_ABRT;
}
