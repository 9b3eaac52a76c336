/* SPDX-License-Identifier: BSD-2-Clause */
/* NetworkInterface_iwc.h - the channel for FreeRTOS+TCP. */
#ifndef SPOS_NETWORK_INTERFACE_IWC_H
#define SPOS_NETWORK_INTERFACE_IWC_H

#include <FreeRTOS.h>
#include <FreeRTOS_IP.h>

/* Fill self and add it to the stack; the end points are the application's. Once, before
 * FreeRTOS_IPInit_Multi. */
NetworkInterface_t *iwc_network_interface_fill(NetworkInterface_t *self);

/* From the doorbell's interrupt. */
void iwc_network_interface_wake(BaseType_t *switch_now);

#endif
