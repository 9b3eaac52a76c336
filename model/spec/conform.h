/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conform.h - the file that conform.pml reads: one event a line, "LINE KIND WORLD A B C", all
 * numbers.
 *
 * LINE is where the event stands in the trace. KIND is one of events.h, or one of these, which say
 * from here on how much a world may believe. Epochs are the real ones as 32-bit numbers with a
 * sign; frames are named by their number, or by minus their length if they carry none.
 */
#ifndef MODEL_CONFORM_H
#define MODEL_CONFORM_H

#define SAY_TRUST 101  /* a: 1 the peer is honest and nothing damages its words, 0 not so */
#define SAY_FRAMES 102 /* a: class, b: FRAMES_*, of the frames that the world receives */
#define SAY_BELLS 103  /* a: 1 each ring is a doorbell and each doorbell was rung, 0 not so */

#define FRAMES_FREE 0 /* not judged */
#define FRAMES_GAPS 1 /* in order, but some may be missing */
#define FRAMES_EXACT 2

#define CONFORM_CLASSES 4
/* Frames in flight of a class: the lines of the largest ring and a burst. */
#define CONFORM_FRAMES 65568

#endif
