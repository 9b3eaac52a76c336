/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * checks_off.h - from here to the end of the file CBMC looks for no undefined behaviour.
 *
 * Ghost, invariant and harness are no part of what is proved; their pointers are constants and they
 * count as they like. core/ is compiled on its own and never sees this.
 */
#ifndef CHECKS_OFF_H
#define CHECKS_OFF_H
#pragma CPROVER check push
#pragma CPROVER check disable "pointer"
#pragma CPROVER check disable "bounds"
#pragma CPROVER check disable "pointer-overflow"
#pragma CPROVER check disable "pointer-primitive"
#pragma CPROVER check disable "signed-overflow"
#pragma CPROVER check disable "unsigned-overflow"
#pragma CPROVER check disable "conversion"
#pragma CPROVER check disable "undefined-shift"
#pragma CPROVER check disable "div-by-zero"
#endif
