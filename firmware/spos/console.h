/* SPDX-License-Identifier: BSD-2-Clause */
/* console.h - the secure console, for a line at the start of a life and nothing else: whatever NS
 * does, it can't make this world print. */
#ifndef SPOS_CONSOLE_H
#define SPOS_CONSOLE_H

void console_put(const char *s);

#endif
