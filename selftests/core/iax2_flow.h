/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_IAX2_FLOW_H
#define RG_SELFTESTS_IAX2_FLOW_H

#include "core/iax2.h"
#include "iax2_frames.h"

/* A flow of IAX2. Each frame is an allocation of its own length. */

#define MAX_LEN		2048
#define NOT_IAX2	0xff

#define UP		RG_DIR_ORIGINAL
#define DOWN		RG_DIR_REPLY

static inline bool parse_copy(const u8 *bytes, u32 len, u32 wire_len,
			      struct rg_iax2 *iax2)
{
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = wire_len };
	bool ok;

	memcpy(copy, bytes, len);
	ok = rg_iax2_parse(&pkt, iax2);
	free(copy);
	return ok;
}

/* Return: enum rg_iax2_answer, or NOT_IAX2. */
static inline u8 fed(struct rg_iax2_state *state, u8 dir, const u8 *bytes, u32 len)
{
	struct rg_packet pkt = { .len = len, .wire_len = len, .dir = dir };
	struct rg_iax2 iax2;

	if (!parse_copy(bytes, len, len, &iax2))
		return NOT_IAX2;
	return rg_iax2_feed(state, &pkt, &iax2);
}

static inline u8 fed_full(struct rg_iax2_state *state, u8 dir, u8 type, u8 subclass,
			  u32 len)
{
	u16 source = dir == UP ? IAX_CALLER : IAX_CALLEE;
	u16 dest = dir == UP ? IAX_CALLEE : IAX_CALLER;
	u8 p[MAX_LEN] = { 0 };

	iax_full(p, source, dest, 0x0101, type, subclass);
	return fed(state, dir, p, len);
}

static inline u8 fed_control(struct rg_iax2_state *state, u8 dir, u8 subclass)
{
	return fed_full(state, dir, IAX_CONTROL, subclass, 12);
}

static inline u8 fed_mini(struct rg_iax2_state *state, u8 dir, u16 source, u32 len)
{
	u8 p[MAX_LEN];

	memset(p, 0xd5, len);
	put_be16(p, source);
	return fed(state, dir, p, len);
}

/* A call that the other side takes, with or without encryption. */
static inline u8 fed_call(struct rg_iax2_state *state, bool encrypted)
{
	u8 p[MAX_LEN];
	u32 len = iax_new(p, IAX_CALLER);

	if (fed(state, UP, p, len) != RG_IAX2_RECOGNISED)
		abort();
	len = iax_full(p, IAX_CALLEE, IAX_CALLER, 0x0001, IAX_CONTROL, IAX_AUTHREQ);
	memcpy(p + len, (u8[]){ 14, 2, 0, 2, 15, 1, '7' }, 7);
	len += 7;
	len += encrypted ? iax_aes(p + len) : 0;
	return fed(state, DOWN, p, len);
}

#endif /* RG_SELFTESTS_IAX2_FLOW_H */
