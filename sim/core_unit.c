/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * All of core/ in one translation unit for the simulated port. Built once a variant with the
 * include path leading to that variant's sources; only the table stays visible.
 */
#include "ring.c"
#include "endpoint.c"
#include "session.c"
#include "e2e.c"
#include "crc32c.c"
#include "bucket.c"

#include "core_ops.h"

extern const struct sim_core SIM_CORE_SYMBOL;

const struct sim_core SIM_CORE_SYMBOL = {
    .name = SIM_CORE_NAME,
    .section_bytes = iwc_section_bytes,
    .init = iwc_init,
    .boot = iwc_boot,
    .renew = iwc_renew,
    .begin = iwc_begin,
    .recv = iwc_recv,
    .send = iwc_send,
    .arm = iwc_arm,
    .arm_space = iwc_arm_space,
    .bucket_init = iwc_bucket_init,
    .bucket_take = iwc_bucket_take,
    .bucket_release = iwc_bucket_release,
    .bucket_due_ns = iwc_bucket_due_ns,
};
