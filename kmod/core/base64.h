/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_BASE64_H
#define RG_CORE_BASE64_H

#include "types.h"

/**
 * struct rg_base64 - where a stream of base64 stands, zeroed at first
 * @bits: of characters that are no whole byte yet, the last ones lowest
 * @count: how many bits these are
 * @bad: a byte came that does not belong there
 */
struct rg_base64 {
	u8 bits;
	u8 count;
	bool bad;
};

u32 rg_base64_feed(struct rg_base64 *b64, const u8 *data, u32 len, u8 *out,
		   u32 *out_len);

#endif /* RG_CORE_BASE64_H */
