/* SPDX-License-Identifier: BSD-2-Clause */
#include "statistics.h"

static void write_critical(struct text *t, const struct critical *c)
{
	text_line(t, "critical_runs", c->runs);
	text_line(t, "critical_misses", c->misses);
	text_line(t, "jitter_worst_ticks", c->late_worst);
	text_line(t, "jitter_sum_ticks", c->late_sum);
	text_line(t, "response_worst_ticks", c->response_worst);
	text_line(t, "interval_least_cycles", c->runs > 1 ? c->interval_least_cycles : 0);
	text_line(t, "interval_most_cycles", c->interval_most_cycles);
	text_line(t, "work_worst_cycles", c->work_worst_cycles);
}

static void write_channel(struct text *t, const struct iwc *ep)
{
	text_line(t, "state", ep->state);
	text_line(t, "epoch", ep->epoch);
	text_line(t, "peer_epoch", ep->peer_epoch);
	text_line(t, "reason", ep->reason);
	text_line(t, "received_control", ep->n.received[IWC_CLASS_CONTROL]);
	text_line(t, "received_bulk", ep->n.received[IWC_CLASS_BULK]);
	text_line(t, "sent_control", ep->n.sent[IWC_CLASS_CONTROL]);
	text_line(t, "sent_bulk", ep->n.sent[IWC_CLASS_BULK]);
	text_line(t, "refused_control", ep->n.refused[IWC_CLASS_CONTROL]);
	text_line(t, "refused_bulk", ep->n.refused[IWC_CLASS_BULK]);
	text_line(t, "unsent", ep->n.unsent);
	text_line(t, "abandoned_lines", ep->n.abandoned_lines);
	text_line(t, "stale", ep->n.stale);
	text_line(t, "ups", ep->n.ups);
	text_line(t, "downs", ep->n.downs);
	text_line(t, "peer_restarts", ep->n.peer_restarts);
	text_line(t, "refused_epochs", ep->n.refused_epochs);
	text_line(t, "renewals", ep->n.renewals);
	text_line(t, "stalls", ep->n.stalls);
	text_line(t, "violations", ep->n.violations);
	text_line(t, "rings", ep->n.rings);
}

static void write_check(struct text *t, const struct iwc_e2e_counters *n)
{
	text_line(t, "corrupted", n->corrupted);
	text_line(t, "lost", n->lost);
	text_line(t, "repeated", n->repeated);
	text_line(t, "reordered", n->reordered);
	text_line(t, "inserted", n->inserted);
}

void statistics_write(struct text *t, const struct statistics *s)
{
	text_line(t, "life", s->life);
	text_line(t, "last_reason", s->last_reason);
	text_line(t, "time_ns", s->time_ns);
	text_line(t, "ticks_per_second", s->frequency);
	write_critical(t, &s->critical);
	text_line(t, "image_rounds", s->image_rounds);
	write_channel(t, &s->net->ep);
	write_check(t, &s->net->ep.rx[IWC_CLASS_CONTROL].check.n);
	text_line(t, "activations", s->net->n.activations);
	text_line(t, "no_buffer", s->net->n.no_buffer);
	text_line(t, "not_sent_full", s->net->n.full);
	text_line(t, "not_sent_down", s->net->n.down);
	text_line(t, "not_sent_bad", s->net->n.bad);
	text_line(t, "heap", s->heap_bytes);
	text_line(t, "heap_most", s->heap_most_bytes);
	text_line(t, "heap_size", s->heap_size_bytes);
	text_line(t, "heap_errors", s->heap_errors);
	text_line(t, "buffers", s->buffers);
	text_line(t, "buffers_most", s->buffers_most);
	text_line(t, "buffers_count", s->buffers_count);
	text_line(t, "buffer_errors", s->buffer_errors);
	text_line(t, "stack_network_most", s->stack_network_most_bytes);
	text_line(t, "stack_critical_most", s->stack_critical_most_bytes);
	text_line(t, "signs", s->signs->lit);
	text_line(t, "sign_requests", s->signs->requests);
	text_line(t, "sign_changes", s->signs->changes);
	text_line(t, "sign_malformed", s->signs->malformed);
	text_line(t, "echo_udp", s->echo_udp);
	text_line(t, "echo_tcp_bytes", s->echo_tcp_bytes);
	text_line(t, "service_udp_in", s->service_udp_in);
	text_line(t, "service_udp_out", s->service_udp_out);
	text_line(t, "service_tcp_in_bytes", s->service_tcp_in_bytes);
	text_line(t, "service_tcp_out_bytes", s->service_tcp_out_bytes);
	text_line(t, "tcp_accepted", s->tcp_accepted);
	text_line(t, "tcp_refused", s->tcp_refused);
}
