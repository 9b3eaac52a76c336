/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzer of the receiver: activations of an endpoint whose link is up. The input gives each word
 * that the peer says while frames are received, sent and waited for; port/adversary judges what the
 * endpoint makes of them. When the link goes down an honest peer brings it up again.
 */
#include "port/adversary/adversary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void activate(void)
{
	uint8_t plan = adversary_byte();
	unsigned n = (plan & 3u) == 0u ? 1u : plan >> 2;

	while (adversary_recv(n) != 0u)
		;
	if ((plan & 4u) != 0u)
		adversary_send(plan >> 6, 1u + (plan >> 4 & 3u));
	if ((plan & 8u) != 0u)
		adversary_arm();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	adversary_open(data, size);
	adversary_boot();
	while (!adversary_spent()) {
		adversary_connect();
		activate();
		if (!iwc_is_up(&adversary.ep))
			continue;
		adversary.honest = true;
		adversary_begin(500);
		adversary.honest = false;
		activate();
	}
	adversary_close();
	return 0;
}
