/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SPOS_STDLIB_H
#define SPOS_STDLIB_H

int atoi(const char *s);

#endif
