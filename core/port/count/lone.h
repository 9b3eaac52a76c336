/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lone.h - one endpoint against a peer whose words the test writes; native port.
 */
#ifndef IWC_LONE_H
#define IWC_LONE_H

#include "port/native/iwc_port.h"
#include "port/count/pair.h"

#define MIN_NS 1000u
#define MAX_NS 8000u

static struct pair p;
static struct pair_bufs bufs;
static unsigned rings;

static inline void count_ring(struct iwc_native_port *self)
{
	(void)self;
	rings++;
}

static struct iwc_native_port port = {.ring = count_ring};

#define EP (&p.ep[0])

static inline int open_pair(void **state)
{
	struct iwc_config cfg = pair_config();

	(void)state;
	p = (struct pair){.port = {&port, NULL}};
	pair_open(&p, &cfg);
	pair_bufs_init(&bufs);
	rings = 0;
	return 0;
}

static inline int close_pair(void **state)
{
	(void)state;
	pair_close(&p);
	return 0;
}

/* What the peer says. */
static inline void say(uint32_t epoch, uint32_t acked)
{
	pair_header(&p, 1)->session.v = (uint64_t)epoch << 32 | acked;
}

static inline void say_start(unsigned cls, uint64_t word)
{
	pair_header(&p, 1)->cls[cls].start.v = word;
}

static inline uint64_t said(void)
{
	return pair_header(&p, 0)->session.v;
}

static inline uint64_t session(uint32_t epoch, uint32_t acked)
{
	return (uint64_t)epoch << 32 | acked;
}

static inline unsigned begin_after(uint64_t ns)
{
	p.now_ns += ns;
	return iwc_begin(EP, p.now_ns);
}

/* Boot with epoch 10 and come up with the peer's 20. */
static inline void come_up(void)
{
	assert_int_equal(iwc_boot(EP, 10), IWC_OK);
	say_start(0, 64u | IWC_SAID);
	say_start(1, 128u | IWC_SAID);
	say(20, 10);
	assert_int_equal(begin_after(1), IWC_EVENT_UP);
	assert_true(iwc_is_up(EP));
}

/* A state without frames: neither the words nor the counters of a link that is up. */
static inline void check_down(uint32_t epoch)
{
	assert_int_equal(said(), session(epoch, 0));
	assert_false(iwc_is_up(EP));
	assert_int_equal(iwc_send(EP, 0, bufs.f, 1), IWC_EDOWN);
}

/* Let all waits of the past run out. */
static inline void settle(void)
{
	p.now_ns += 2u * MAX_NS;
}

#endif
