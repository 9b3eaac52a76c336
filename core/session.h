/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * session.h - steps of the session that endpoint.c takes; private to core/.
 */
#ifndef IWC_SESSION_H
#define IWC_SESSION_H

#include "iwc.h"

/* The peer violated the protocol: count it, publish the reason, withdraw the acknowledgement,
 * back off. Only iwc_renew leaves this state. */
void iwc_session_freeze(struct iwc *ep, enum iwc_violation why);

/* The link is no longer up: withdraw the acknowledgement, account for what was in flight. */
void iwc_session_down(struct iwc *ep);

/* Ring the peer through the port. */
void iwc_session_ring(struct iwc *ep);

#endif
