/* SPDX-License-Identifier: BSD-2-Clause */
#include "sign.h"

static void put(uint8_t *at, uint64_t value, unsigned bytes)
{
	while (bytes-- != 0) {
		at[bytes] = (uint8_t)value;
		value >>= 8;
	}
}

static void change(struct sign_panel *panel, unsigned sign, uint32_t lit, uint64_t now_ns)
{
	if (lit == panel->lit)
		return;
	panel->lit = lit;
	panel->changed_ns[sign] = now_ns;
	panel->changes++;
}

static enum sign_result operate(struct sign_panel *panel, unsigned operation, unsigned sign,
				uint64_t now_ns)
{
	if (sign >= SIGN_COUNT)
		return SIGN_NO_SIGN;
	switch (operation) {
	case SIGN_SET:
		change(panel, sign, panel->lit | UINT32_C(1) << sign, now_ns);
		return SIGN_OK;
	case SIGN_CLEAR:
		change(panel, sign, panel->lit & ~(UINT32_C(1) << sign), now_ns);
		return SIGN_OK;
	case SIGN_QUERY:
		return SIGN_OK;
	default:
		return SIGN_NO_OPERATION;
	}
}

size_t sign_serve(struct sign_panel *panel, const uint8_t *request, size_t len, uint64_t now_ns,
		  uint64_t life, uint8_t answer[SIGN_ANSWER_BYTES])
{
	unsigned operation, number, sign;

	if (len != SIGN_REQUEST_BYTES || request[0] != 'S' || request[6] != 0 || request[7] != 0) {
		panel->malformed++;
		return 0;
	}
	operation = request[1];
	number = (unsigned)request[2] << 8 | request[3];
	sign = (unsigned)request[4] << 8 | request[5];
	panel->requests++;
	answer[0] = 'A';
	answer[1] = (uint8_t)operate(panel, operation, sign, now_ns);
	put(answer + 2, number, 2);
	put(answer + 4, sign, 2);
	put(answer + 6, life, 2);
	put(answer + 8, panel->lit, 4);
	put(answer + 12, 0, 4);
	put(answer + 16, sign < SIGN_COUNT ? panel->changed_ns[sign] : 0, 8);
	return SIGN_ANSWER_BYTES;
}
