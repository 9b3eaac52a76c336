/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * iwc_port.h, adversary: the hooks as functions, behind which every word of the peer is taken from
 * an input and every access is judged (adversary.h). For the fuzzers of core/.
 */
#ifndef IWC_ADVERSARY_PORT_H
#define IWC_ADVERSARY_PORT_H

#include "../null/iwc_port.h"

#endif
