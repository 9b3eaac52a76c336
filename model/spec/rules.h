/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules.h - why an event is refused: the rules of channel.pml, for spin's preprocessor and for C.
 */
#ifndef MODEL_RULES_H
#define MODEL_RULES_H

#define RULE_NONE 0
#define RULE_LIFE 1
#define RULE_EPOCH 2
#define RULE_R0 3
#define RULE_WORD 4
#define RULE_STATE 5
#define RULE_ANNOUNCED 6
#define RULE_R3 7
#define RULE_R4 8
#define RULE_MUTUAL 9
#define RULE_FRESH 10
#define RULE_ORDER 11
#define RULE_ACCUSED 12
#define RULE_BELL 13
#define RULE_WAKE 14
#define RULE_EVENT 15
#define RULE_BOUND 16
#define RULES 17

/* The same in words; X(number, property or rule of the protocol, text). */
#define SPEC_RULE_TEXTS(X)                                                                         \
	X(RULE_LIFE, "life", "only a world that lives and is awake does this")                     \
	X(RULE_EPOCH, "R3", "the monitor hands out higher epochs only")                            \
	X(RULE_R0, "R0", "a life withdraws the former session word before it announces itself")    \
	X(RULE_WORD, "session", "the session word is not what the world is in")                    \
	X(RULE_STATE, "session", "this does not follow from the state of the session")             \
	X(RULE_ANNOUNCED, "R3", "the peer never announced this epoch")                             \
	X(RULE_R3, "R3", "only a higher epoch is accepted")                                        \
	X(RULE_R4, "R4", "announcements and acknowledgements ring first")                          \
	X(RULE_MUTUAL, "R3", "the peer has not acknowledged this epoch")                           \
	X(RULE_FRESH, "P2", "no such frame is in flight in this pair of epochs")                   \
	X(RULE_ORDER, "P3", "an older frame of the class comes first")                             \
	X(RULE_ACCUSED, "P3", "an honest peer is held for a violator")                             \
	X(RULE_BELL, "bell", "nobody rang")                                                        \
	X(RULE_WAKE, "P9", "both worlds sleep, and something waits without a doorbell")            \
	X(RULE_EVENT, "event", "no such event")                                                    \
	X(RULE_BOUND, "bound", "more frames in flight than the model has room for")

#endif
