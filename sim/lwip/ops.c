/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one name that an instance shows to the outside. Compiled once an instance, with
 * SIM_STACK_SYMBOL and SIM_STACK_NAME given by lwip.mk.
 */
#include "instance.h"

const struct sim_stack_ops SIM_STACK_SYMBOL = {
    .name = SIM_STACK_NAME,
    .power_on = sim_lwip_power_on,
    .input = sim_lwip_input,
    .tick = sim_lwip_tick,
    .next_timeout_ns = sim_lwip_next_timeout_ns,
    .writable = sim_lwip_writable,
    .counters = sim_lwip_counters,
    .fault = sim_lwip_fault,
    .flow = sim_lwip_client_flow,
    .done = sim_lwip_client_done,
};
