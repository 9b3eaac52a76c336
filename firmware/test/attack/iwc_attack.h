/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iwc_attack.h - a hostile kernel of the non-secure world, for tests only.
 *
 * One attack a load: insmod iwc_attack.ko attack=T08 ms=1000 seed=1. It runs in the module's
 * init, on this or on all CPUs, and leaves lines "iwc_attack: ok: ..." or "iwc_attack: FAILED: ..."
 * in the kernel's log. What S makes of it is asked of S itself, by the script that loads this.
 */
#ifndef IWC_ATTACK_H
#define IWC_ATTACK_H

#include <linux/types.h>

#include "iwc.h"
#include "iwc_channel.h"
#include "iwc_port.h"
#include "iwc_smc.h"

/* The region, as the monitor says. */
struct attack_region {
	void *ns, *s;
	size_t bytes; /* of each section */
};

extern struct attack_region attack_region;

void attack_judge(const char *what, bool good);
void attack_tell(const char *what, u64 n);

bool attack_time_left(void); /* of that which was asked for */
u64 attack_random(u64 *state);

/* Runs @body(seed) on all CPUs until the time is over; it does a bounded piece each time. */
int attack_everywhere(void (*body)(u64 *state));

/* x[0..17] into the registers, SMC, and back. */
void attack_smc(u64 *x);
u32 attack_epoch(void);

/* An honest peer of S, with a hostile hand: core/ on NS's section. */
struct attack_peer {
	struct iwc ep;
	struct iwc_linux_port port;
	u8 out[IWC_FRAME_MAX], in[IWC_FRAME_MAX];
	u64 asked, answered;
	u64 session; /* S's word as the session came up */
};

bool attack_peer_up(struct attack_peer *p);   /* begins a new life; false: no session in 10 s */
void attack_peer_poll(struct attack_peer *p); /* follows the session, counts answers */
bool attack_peer_ask(struct attack_peer *p);  /* sends S a question that it answers by one frame */
bool attack_peer_answers(struct attack_peer *p); /* ask, and an answer comes */
void attack_peer_ring(struct attack_peer *p);
/* The tag of the line that S waits for, and where it stands. */
struct iwc_word *attack_peer_tag(struct attack_peer *p);
/* S has ended this session within 3 s, for @why; 0: for whatever reason. */
bool attack_peer_refused(struct attack_peer *p, u64 why);

int attack_far(struct attack_peer *p);	      /* T01 */
int attack_replay(struct attack_peer *p);     /* T02 */
int attack_flip(struct attack_peer *p);	      /* T03, T06 */
int attack_past_end(struct attack_peer *p);   /* T04 */
int attack_runts(struct attack_peer *p);      /* T05 */
int attack_write_peer(struct attack_peer *p); /* T07 */
int attack_flap(struct attack_peer *p);	      /* T16 */
int attack_provoke(struct attack_peer *p);    /* T33, T34 */

int attack_garbage(void); /* T20 */
int attack_padding(void); /* T21 */

int attack_ring(void);	   /* T08 */
int attack_calls(void);	   /* T09 */
int attack_fuzz(void);	   /* T22, T23 */
int attack_identity(void); /* T24 */
int attack_entry(void);	   /* T42 */

int attack_sgi(void);	     /* T10 */
int attack_interrupts(void); /* T25 */

#endif
