/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sign.h - warning signs of an instrument cluster: a panel of 32, and the protocol that lights
 * them. Each request is answered with what the panel shows, so a client sends it again until the
 * answer with its number comes; requests may be repeated.
 *
 * Big-endian. Request, 8 bytes: 'S', operation, number (16 bits), sign (16 bits), 0 (16 bits).
 * Answer, 24 bytes: 'A', result, number and sign of the request, life of this world (16 bits),
 * panel (32 bits, bit n is sign n), 0 (32 bits), time of the sign's last change in ns since this
 * life began (64 bits, 0: never).
 */
#ifndef SPOS_SIGN_H
#define SPOS_SIGN_H

#include <stddef.h>
#include <stdint.h>

#define SIGN_COUNT 32u
#define SIGN_REQUEST_BYTES 8u
#define SIGN_ANSWER_BYTES 24u

enum sign_operation { SIGN_SET = 1, SIGN_CLEAR = 2, SIGN_QUERY = 3 };
enum sign_result { SIGN_OK = 0, SIGN_NO_OPERATION = 1, SIGN_NO_SIGN = 2 };

struct sign_panel {
	uint32_t lit;
	uint64_t changed_ns[SIGN_COUNT];
	uint64_t requests, changes, malformed;
};

/*
 * Serve the len bytes of a request that came at now_ns. Returns how many bytes of the answer there
 * are: SIGN_ANSWER_BYTES, or 0 if this is no request. It may be the same memory as the request.
 */
size_t sign_serve(struct sign_panel *panel, const uint8_t *request, size_t len, uint64_t now_ns,
		  uint64_t life, uint8_t answer[SIGN_ANSWER_BYTES]);

#endif
