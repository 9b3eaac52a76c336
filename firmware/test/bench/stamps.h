/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * stamps.h - where S leaves the counter's value in builds for measurement, for Linux to read: in
 * the part of its section that the channel does not use.
 */
#ifndef STAMPS_H
#define STAMPS_H

#define STAMPS_OFFSET 0x80000

enum stamp {
	STAMP_INTERRUPT, /* S's handler in C begins, the last time */
	STAMP_INPUT,	 /* a frame is given to S's IP stack */
	STAMP_OUTPUT,	 /* S's IP stack sends one */
	STAMP_COUNT,
};

#endif
