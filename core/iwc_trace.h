/* SPDX-License-Identifier: BSD-2-Clause */
/* iwc_trace.h - what core/ tells its port through iwc_port_trace. */
#ifndef IWC_TRACE_H
#define IWC_TRACE_H

enum iwc_trace {
	IWC_TRACE_STATE,     /* a: enum iwc_state; b: own epoch << 32 | acknowledged peer epoch */
	IWC_TRACE_VIOLATION, /* a: enum iwc_violation; b: 0 */
};

#endif
