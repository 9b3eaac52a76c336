// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Sending and receiving. The lock is explained in iwc_net.h.
 *
 * BQL counts in lines of the ring, as bytes: what a frame takes when it is sent, what the peer has
 * given back when the driver learns of it. The peer gives lines back in gulps and rings only if
 * asked, so a queue that BQL has stopped asks for a doorbell at half of what is on its way; one
 * that found no room asks for a doorbell when the longest frame fits. Both asks share the space
 * word of the class, and a queue that is stopped twice asks for room.
 */
#include <linux/etherdevice.h>
#include <linux/if_vlan.h>
#include <linux/module.h>
#include <linux/pkt_sched.h>
#include <linux/skbuff.h>

#include "iwc_net.h"

static unsigned int rx_copybreak = 256;
module_param(rx_copybreak, uint, 0644);
MODULE_PARM_DESC(rx_copybreak, "frames up to so many bytes are copied into a small buffer (256)");

static unsigned int control_priority = TC_PRIO_INTERACTIVE;
module_param(control_priority, uint, 0644);
MODULE_PARM_DESC(control_priority,
		 "skb priorities from here to 15 go to the control class if they fit (6)");

static unsigned int poll_ms = 10;
module_param(poll_ms, uint, 0644);
MODULE_PARM_DESC(poll_ms, "look for work at least so often, doorbell or not, 1..1000 (10)");

/* ---- queues ---- */

static struct netdev_queue *txq_of(struct iwc_net *net, unsigned int cls)
{
	return netdev_get_tx_queue(net->dev, cls);
}

u16 iwc_net_select_queue(struct net_device *dev, struct sk_buff *skb, struct net_device *sb_dev)
{
	/* Priorities above 15 name classes of the traffic control. */
	if (skb->priority <= TC_PRIO_MAX && skb->priority >= READ_ONCE(control_priority) &&
	    skb->len <= IWC_CONTROL_FRAME_MAX)
		return IWC_CLASS_CONTROL;
	return IWC_CLASS_BULK;
}

/* Tell BQL what the peer has given back, as far as the endpoint has heard of it. */
static void taken(struct iwc_net *net, unsigned int cls)
{
	u64 lines = net->ep.tx[cls].credit - net->queue[cls].done;

	if (!iwc_is_up(&net->ep) || !lines)
		return;
	net->queue[cls].done = net->ep.tx[cls].credit;
	netdev_tx_completed_queue(txq_of(net, cls), 1, lines * IWC_LINE);
}

/* A ring starts afresh with each session, and so does what BQL knows, which wakes nobody itself. */
void iwc_net_restart_queues(struct iwc_net *net)
{
	unsigned int cls;

	for (cls = 0; cls < IWC_CLASS_COUNT; cls++) {
		net->queue[cls].done = net->ep.tx[cls].pos;
		netdev_tx_reset_queue(txq_of(net, cls));
		netif_tx_start_queue(txq_of(net, cls));
		netif_schedule_queue(txq_of(net, cls));
	}
}

/*
 * Ask to be rung when the peer has given back half of what is on its way (barrier E, as in
 * iwc_producer_arm). True: it has done so already.
 */
static bool ask_for_half(struct iwc_producer *tx)
{
	u64 mark = tx->credit + (tx->pos - tx->credit) / 2, credit;

	iwc_port_store_relaxed(tx->space, (mark & IWC_LINE_MASK) | IWC_SAID);
	iwc_port_fence_full();
	credit = iwc_port_load_relaxed(tx->credit_word);
	return (credit & IWC_SAID) && ((credit - tx->credit) & IWC_LINE_MASK) > mark - tx->credit;
}

/*
 * Let a stopped queue go on if there is room, else see to it that a doorbell will tell. True if it
 * goes on.
 */
static bool restart(struct iwc_net *net, unsigned int cls)
{
	struct netdev_queue *txq = txq_of(net, cls);
	struct iwc_producer *tx = &net->ep.tx[cls];
	bool fits;

	do {
		fits = iwc_arm_space(&net->ep, cls, tx->frame_max_bytes);
		taken(net, cls);
		if (!fits)
			return false;
		netif_tx_wake_queue(txq);
	} while (netif_xmit_stopped(txq) && ask_for_half(tx));
	return !netif_xmit_stopped(txq);
}

/* After a frame of @lines lines: is the queue to pause? */
static void account(struct iwc_net *net, unsigned int cls, u64 lines)
{
	struct netdev_queue *txq = txq_of(net, cls);
	struct iwc_producer *tx = &net->ep.tx[cls];

	netdev_tx_sent_queue(txq, lines * IWC_LINE);
	if (!iwc_producer_fits(tx, tx->frame_max_bytes)) {
		netif_tx_stop_queue(txq);
		net->queue[cls].stops++;
	} else if (netif_xmit_stopped(txq)) {
		net->queue[cls].throttles++;
	} else {
		return;
	}
	restart(net, cls);
}

netdev_tx_t iwc_net_xmit(struct sk_buff *skb, struct net_device *dev)
{
	struct iwc_net *net = netdev_priv(dev);
	unsigned int cls = skb_get_queue_mapping(skb), len = skb->len;
	struct iwc_frame frame = {.buf = skb->data, .len_bytes = len};
	netdev_tx_t result = NETDEV_TX_OK;
	bool more = false;
	u64 pos;
	int sent;

	spin_lock(&net->lock);
	pos = net->ep.tx[cls].pos;
	sent = iwc_send(&net->ep, cls, &frame, 1);
	if (sent == 1) {
		account(net, cls, net->ep.tx[cls].pos - pos);
		more = netdev_xmit_more() && !netif_xmit_stopped(txq_of(net, cls));
		skb_tx_timestamp(skb);
	} else if (!sent) {
		/* Room for the longest frame was promised; the queue is stopped all the same. */
		netif_tx_stop_queue(txq_of(net, cls));
		restart(net, cls);
		result = NETDEV_TX_BUSY;
	}
	iwc_net_unlock_ring(net, more);

	if (result == NETDEV_TX_BUSY)
		return result;
	if (sent == 1)
		dev_sw_netstats_tx_add(dev, 1, len);
	else /* no link, or a length that the class does not take */
		dev_core_stats_tx_dropped_inc(dev);
	dev_consume_skb_any(skb);
	return NETDEV_TX_OK;
}

/* ---- receiving ---- */

static unsigned int buffer_bytes(void)
{
	return SKB_DATA_ALIGN(NET_SKB_PAD + NET_IP_ALIGN + IWC_NET_BUFFER_BYTES) +
	       SKB_DATA_ALIGN(sizeof(struct skb_shared_info));
}

/* Returns for how many frames there are buffers, from the first on. */
static unsigned int fill_buffers(struct iwc_net *net, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		if (!net->buffer[i])
			net->buffer[i] = napi_alloc_frag(buffer_bytes());
		if (!net->buffer[i])
			break;
	}
	return i;
}

void iwc_net_free_buffers(struct iwc_net *net)
{
	unsigned int i;

	for (i = 0; i < IWC_BURST_MAX; i++) {
		if (net->buffer[i])
			skb_free_frag(net->buffer[i]);
		net->buffer[i] = NULL;
	}
}

/* Makes an skb of a received frame. The buffer goes into it, unless the frame is short. */
static struct sk_buff *make_skb(struct iwc_net *net, const struct iwc_frame *f, void **buffer)
{
	struct sk_buff *skb;

	if (f->len_bytes <= READ_ONCE(rx_copybreak)) {
		skb = napi_alloc_skb(&net->napi, f->len_bytes);
		if (skb)
			skb_put_data(skb, f->buf, f->len_bytes);
		return skb;
	}
	skb = napi_build_skb(*buffer, buffer_bytes());
	if (skb) {
		*buffer = NULL;
		skb_reserve(skb, NET_SKB_PAD + NET_IP_ALIGN);
		skb_put(skb, f->len_bytes);
	}
	return skb;
}

static void deliver(struct iwc_net *net, const struct iwc_frame *frames, unsigned int n)
{
	struct sk_buff *skb;
	unsigned int i, len;

	for (i = 0; i < n; i++) {
		len = frames[i].len_bytes;
		skb = make_skb(net, &frames[i], &net->buffer[i]);
		if (!skb) {
			net->rx_no_memory++;
			dev_core_stats_rx_dropped_inc(net->dev);
			continue;
		}
		skb->protocol = eth_type_trans(skb, net->dev);
		skb_record_rx_queue(skb, 0);
		dev_sw_netstats_rx_add(net->dev, len);
		napi_gro_receive(&net->napi, skb);
	}
}

/* One burst of at most @n frames. Returns how many were taken, or -ENOMEM. */
static int receive(struct iwc_net *net, unsigned int n)
{
	struct iwc_frame frames[IWC_BURST_MAX];
	unsigned int i, got, cls;

	n = fill_buffers(net, min(n, IWC_BURST_MAX));
	if (!n) {
		net->rx_no_memory++;
		return -ENOMEM;
	}
	for (i = 0; i < n; i++)
		frames[i].buf = net->buffer[i] + NET_SKB_PAD + NET_IP_ALIGN;
	spin_lock(&net->lock);
	got = iwc_recv(&net->ep, frames, n, &cls);
	iwc_net_unlock_ring(net, true);
	/* The endpoint may have swapped buffers. */
	for (i = 0; i < n; i++)
		net->buffer[i] = frames[i].buf - NET_SKB_PAD - NET_IP_ALIGN;
	deliver(net, frames, got);
	return got;
}

/* ---- activations ---- */

/* Follow the session: link state, a new epoch if the endpoint wants one. */
static void step(struct iwc_net *net)
{
	unsigned int events = iwc_begin(&net->ep, ktime_get_ns());
	u32 epoch;

	if (events & IWC_EVENT_RENEW) {
		epoch = iwc_net_smc_epoch();
		if (epoch)
			iwc_renew(&net->ep, epoch);
		else
			net->epochs_refused++;
	}
	if (events & IWC_EVENT_DOWN)
		netif_carrier_off(net->dev);
	if (events & (IWC_EVENT_DOWN | IWC_EVENT_UP))
		iwc_net_restart_queues(net);
	if (iwc_is_up(&net->ep))
		netif_carrier_on(net->dev);
}

/* True if a queue goes on that was stopped. */
static bool restart_stopped(struct iwc_net *net)
{
	unsigned int cls;
	bool any = false;

	for (cls = 0; cls < IWC_CLASS_COUNT; cls++)
		if (netif_xmit_stopped(txq_of(net, cls)) && restart(net, cls))
			any = true;
	return any;
}

int iwc_net_poll(struct napi_struct *napi, int budget)
{
	struct iwc_net *net = container_of(napi, struct iwc_net, napi);
	bool again, useful, timed = xchg(&net->timed, false);
	int got = 0, work = 0;

	spin_lock(&net->lock);
	step(net);
	useful = restart_stopped(net);
	iwc_net_unlock_ring(net, true);

	while (work < budget) {
		got = receive(net, budget - work);
		if (got <= 0)
			break;
		work += got;
	}
	net->polls_useful += timed && (useful || work);
	if (work >= budget)
		return budget;

	/* Also true if the budgets of the endpoint ended this early: then all the CPU time that
	 * NAPI is given is used, but in turns. Without memory only the timer comes back.
	 */
	spin_lock(&net->lock);
	again = iwc_arm(&net->ep);
	iwc_net_unlock_ring(net, false);
	if (again && got >= 0)
		return budget;
	napi_complete_done(napi, work);
	return work;
}

/* P9: a doorbell that was lost costs one period. */
void iwc_net_poll_work(struct work_struct *work)
{
	struct iwc_net *net = container_of(to_delayed_work(work), struct iwc_net, poll_work);

	WRITE_ONCE(net->timed, true);
	local_bh_disable();
	napi_schedule(&net->napi);
	local_bh_enable();
	schedule_delayed_work(&net->poll_work,
			      msecs_to_jiffies(clamp(READ_ONCE(poll_ms), 1U, 1000U)));
}
