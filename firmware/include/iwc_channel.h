/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * iwc_channel.h - the geometry that both worlds of the firmware are built with. Nothing of it is
 * read from shared memory.
 */
#ifndef IWC_CHANNEL_H
#define IWC_CHANNEL_H

#include "iwc.h"

enum {
	IWC_CLASS_CONTROL, /* urgent, short, end-to-end check */
	IWC_CLASS_BULK,	   /* everything else */
	IWC_CLASS_COUNT,
};

#define IWC_CONTROL_FRAME_MAX 256u
#define IWC_BULK_FRAME_MAX 1536u

/* Bytes set aside for each section, at least iwc_section_bytes() of the configuration below. */
#define IWC_SECTION_BYTES 0x100000u

static inline struct iwc_config iwc_channel_config(void)
{
	return (struct iwc_config){
	    .class_count = IWC_CLASS_COUNT,
	    .cls =
		{
		    [IWC_CLASS_CONTROL] =
			{
			    .lines_log2 = 8,
			    .protect = true,
			    .frame_max_bytes = IWC_CONTROL_FRAME_MAX,
			    .budget = 16,
			},
		    [IWC_CLASS_BULK] =
			{
			    .lines_log2 = 12,
			    .frame_max_bytes = IWC_BULK_FRAME_MAX,
			    .budget = 64,
			},
		},
	    .bell = true,
	    .backoff_min_ns = 1000000,	  /* 1 ms */
	    .backoff_max_ns = 1000000000, /* 1 s */
	    .stall_ns = 2000000000,	  /* 2 s */
	};
}

#endif
