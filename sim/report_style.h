/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_REPORT_STYLE_H
#define SIM_REPORT_STYLE_H

/* The style sheet of report and index, in pieces; ends with NULL. It loads nothing. */
extern const char *const report_style[];

#endif
