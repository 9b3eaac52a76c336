/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwcdump.h - the program by which Wireshark and tshark capture on the channel (extcap).
 *
 * Interfaces: iwc-sim simulates a scenario, iwc-tap attaches to a running `iwc tap`, and each tap
 * that runs has one of its own, iwc-tap-NAME. What comes is one pcapng stream of Ethernet frames
 * and events. Wireshark shows what is said on stderr when the program ends; nothing is said
 * otherwise.
 */
#ifndef IWCDUMP_H
#define IWCDUMP_H

#include <stdbool.h>

#include "cli.h"

#define DUMP_TAPS_MAX 64u
#define DUMP_SIM "iwc-sim"
#define DUMP_TAP "iwc-tap"

/* As given on the command line; NULL: not given. */
struct dump_args {
	const char *interface;
	const char *fifo;
	const char *filter; /* BPF on frames; events pass */
	const char *scenario, *file, *seed, *speed;
	const char *control; /* name or socket of a tap */
	bool loop;
};

/* "iwcdump: ..." and a newline on stderr. */
void dump_error(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The tap that interface names; NULL: it names none. */
const char *dump_tap_name(const char *interface);

/* dump_list.c: what Wireshark asks before a capture; answers on stdout. Return an exit code. */
int dump_interfaces(void);
int dump_dlts(const struct dump_args *args);
int dump_config(const struct dump_args *args);
/* A line on stdout says what is wrong with the filter; none: nothing. */
int dump_check_filter(const struct dump_args *args);

/*
 * dump_sim.c, dump_tap.c: capture to fd, which they take over, until the end, a signal, or the
 * reader goes away, which is no error. Return an exit code.
 */
int dump_sim(const struct dump_args *args, int fd);
int dump_tap(const struct dump_args *args, int fd);

/* Scenario that is simulated if none is named, of the folder s; NULL: the folder is empty. */
const char *dump_default_scenario(const struct cli_scenarios *s);

#endif
