/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzer of the whole endpoint: the input gives the order of its calls, the steps of its clock and
 * every word that the peer says. port/adversary judges. At the end an honest peer brings the link
 * up, from wherever the endpoint has got to.
 */
#include "port/adversary/adversary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Steps of the clock: within the waits, at their ends, beyond, and back. */
static uint64_t clock_step(uint8_t p)
{
	static const uint64_t steps[8] = {500,	0,	1000,	    999,
					  8000, 100000, UINT64_MAX, UINT64_C(1) << 62};

	return p < 31u ? steps[p & 7u] : 0u - (uint64_t)2500u;
}

static void act(void)
{
	uint8_t b = adversary_byte(), p = b >> 3;

	switch (b & 7u) {
	case 0:
	case 1:
		if ((adversary_begin(clock_step(p)) & IWC_EVENT_RENEW) != 0u && (p & 8u) != 0u)
			adversary_renew();
		break;
	case 2:
	case 3:
		adversary_recv(p != 0u ? p : 40u);
		break;
	case 4:
		adversary_send(p % 5u, p < 28u ? p >> 2 : 3u + p);
		break;
	case 5:
		adversary_arm();
		break;
	case 6:
		adversary_arm_space(p % 5u, p < 28u ? 100u * (p >> 2) : p - 20u);
		break;
	default:
		if (p == 0u)
			adversary_boot();
		else if (p < 8u)
			adversary_renew();
		else
			adversary_connect();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	adversary_open(data, size);
	adversary_boot();
	while (!adversary_spent())
		act();
	adversary_connect();
	adversary_close();
	return 0;
}
