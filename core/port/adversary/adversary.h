/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * adversary.h - one endpoint against a peer that is an input: the hooks of this port keep no shared
 * memory, each load returns the next value of the input, whatever the last one was.
 *
 *	say.c		what the peer says: the awaited value, something close to it, or any
 *	place.c		where in a section an address lies
 *	loads.c		may this be read here, and copied?
 *	stores.c	may this be written, in this order, with this value?
 *	calls.c		the calls of iwc.h, between checks of results, private state and counters
 *
 * The judgement keeps a model of its own, fed by nothing but what was said and stored: the position
 * in each ring, the credit, the frames in flight. It does not look into the endpoint, but for the
 * invariants of its private state after each call. What is wrong aborts with a line that names it.
 *
 * Both sections are address ranges without memory, so that an access beside the hooks is a crash.
 */
#ifndef IWC_ADVERSARY_H
#define IWC_ADVERSARY_H

#include "iwc.h"

enum adversary_call {
	ADVERSARY_NONE, /* outside of all calls: no access is right */
	ADVERSARY_BOOT,
	ADVERSARY_RENEW,
	ADVERSARY_BEGIN,
	ADVERSARY_RECV,
	ADVERSARY_SEND,
	ADVERSARY_ARM,
	ADVERSARY_ARM_SPACE,
};

/* A frame that the peer has said to be there. */
struct adversary_frame {
	uint32_t index, len_bytes;
	uint8_t salt;	/* what its bytes are made of */
	bool word_read; /* its end-to-end word was */
	bool copied;
	uint64_t word;
};

/* One class, from the peer. Positions are line numbers, free-running. */
struct adversary_in {
	uint64_t pos, told, told_before;
	unsigned n; /* frames of the burst that goes on */
	struct adversary_frame f[IWC_BURST_MAX];
	uint32_t expected; /* sequence number */
	uint32_t left;	   /* budget of this activation */
	bool looked;	   /* in this call: nothing was there at the last look */
	bool more; /* in this call: something was, at a look without the budget to take it */
};

/* One class, to the peer. */
struct adversary_out {
	uint64_t pos, credit, old; /* old: pos before this call */
	uint64_t fill;		   /* behind what has been copied and not published */
	uint32_t seq;
	uint64_t word; /* end-to-end word that is due at word_index */
	uint32_t word_index;
	bool word_due;
	unsigned n; /* tags that are due, in order */
	uint64_t tag[2u * IWC_BURST_MAX];
	bool stored[2u * IWC_BURST_MAX];
	unsigned copies; /* frames of this call */
	bool asked;	 /* the credit was read in this call */
};

/* The call that goes on. */
struct adversary_now {
	enum adversary_call call;
	unsigned cls;			/* iwc_send, iwc_arm_space: the class */
	uint32_t len_bytes;		/* iwc_arm_space: the frame */
	enum iwc_violation must;	/* the peer has done this: the call must freeze the link */
	bool stale;			/* the session did not stand */
	bool start_missing;		/* the peer's last start word said nothing */
	bool session_zeroed;		/* iwc_boot: {0,0} was stored */
	bool dirty;			/* words were stored and no full fence followed */
	bool fenced;			/* an acquire fence followed the last copy */
	bool work;			/* iwc_arm saw some */
	const struct iwc_frame *frames; /* given to iwc_send */
	bool must_ring;
	unsigned rings, acks, looks, tags_zeroed;
	unsigned taken, due_cls, due_n; /* frames copied; those that must be delivered */
	unsigned taken_protected, due_protected;
	struct adversary_frame due[IWC_BURST_MAX];
	uint64_t loads, loads_max, steps;
};

/* The activation that goes on: words read, calls made. */
struct adversary_activation {
	uint64_t loads, recvs, sends, arms, space_arms;
	uint64_t after_end; /* calls of iwc_recv after one that returned 0 */
	bool ended;
	bool bursts; /* iwc_recv was asked for more than one frame */
};

struct adversary {
	/* the endpoint, and what it was given */
	struct iwc ep;
	struct iwc_config cfg;
	uint8_t *own, *peer; /* no memory behind them */
	uint64_t *shadow;    /* what the own section holds */
	size_t used_bytes;
	uint32_t epoch, epoch_next; /* announced; given out by the monitor */
	uint64_t now_ns;

	/* the input */
	const uint8_t *next, *end;
	bool honest; /* for now the input is not asked: the peer says what is awaited */
	uint8_t salt;

	/* what was said and stored */
	struct adversary_in in[IWC_CLASSES_MAX];
	struct adversary_out out[IWC_CLASSES_MAX];
	uint64_t session; /* the peer's, as iwc_begin saw it last */
	uint32_t acked;	  /* what the own session word acknowledges */
	uint32_t highest; /* highest acknowledged in this epoch */
	bool up;	  /* the link, as far as it has been told; before this call */
	struct adversary_now now;
	struct adversary_activation activation;
};

extern struct adversary adversary;

/* The endpoint has done what it must not: a line that says so, and an abort. */
void adversary_require(bool holds, const char *what);

/* The next byte of the input; 0 behind its end. */
uint8_t adversary_byte(void);
uint64_t adversary_bytes(unsigned n);
bool adversary_spent(void);

/* A new endpoint with a configuration out of the input; nothing is booted. */
void adversary_open(const uint8_t *data, size_t size);
void adversary_close(void);

/* The calls of iwc.h. adversary_boot begins a new life, adversary_connect does what a world does
 * beside an honest peer, until the link is up. */
void adversary_boot(void);
void adversary_renew(void);
unsigned adversary_begin(uint64_t ns);
unsigned adversary_recv(unsigned n);
void adversary_send(unsigned cls, unsigned n);
void adversary_arm(void);
void adversary_arm_space(unsigned cls, uint32_t len_bytes);
void adversary_connect(void);

/* say.c, for loads.c: the value of each kind of word. */
uint64_t adversary_say_session(void);
uint64_t adversary_say_start(void);
uint64_t adversary_say_credit(unsigned cls);
uint64_t adversary_say_near(uint64_t line); /* wake and space words */
uint64_t adversary_say_tag(unsigned cls);
uint64_t adversary_say_e2e(unsigned cls, const struct adversary_frame *f);
uint8_t adversary_payload(const struct adversary_frame *f, uint32_t i);
/* The end-to-end word that makes the frame one of this session. */
uint64_t adversary_right_word(unsigned cls, uint32_t seq, const struct adversary_frame *f);

/* place.c, for the others. */
uint32_t adversary_lines(unsigned cls);
/* The line behind a frame at pos, a skip before it included. */
uint64_t adversary_end_of(unsigned cls, uint64_t pos, uint32_t len_bytes);

#endif
