// SPDX-License-Identifier: GPL-2.0
#include "base64.h"
#include "cursor.h"

/* RFC 4648, 4: a character has 6 bits. */
#define B64_BITS	6
#define B64_NONE	0xff

/* What a character stands for, or B64_NONE. */
static u8 value_of(u8 c)
{
	static const struct {
		u8 first, last, value;
	} runs[] = {
		{ 'A', 'Z', 0 },
		{ 'a', 'z', 26 },
		{ '0', '9', 52 },
		{ '+', '+', 62 },
		{ '/', '/', 63 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(runs); i++) {
		if (c >= runs[i].first && c <= runs[i].last)
			return runs[i].value + (c - runs[i].first);
	}
	return B64_NONE;
}

static bool is_blank(u8 c)
{
	return c == '\r' || c == '\n' || c == ' ' || c == '\t';
}

/* One character. Return: a byte is whole, and in @byte. */
static bool character_feed(struct rg_base64 *b64, u8 c, u8 *byte)
{
	u8 value = value_of(c);
	u32 bits;

	if (value == B64_NONE) {
		/* A single character has no byte to end with. */
		b64->bad = !is_blank(c) && (c != '=' || b64->count == B64_BITS);
		if (c == '=')
			b64->count = 0;
		return false;
	}
	bits = (u32)b64->bits << B64_BITS | value;
	b64->bits = bits;
	b64->count += B64_BITS;
	if (b64->count < 8)
		return false;
	b64->count -= 8;
	*byte = bits >> b64->count;
	return true;
}

/**
 * rg_base64_feed() - decode what came of a stream of base64
 * @b64: state of the stream
 * @data: its next bytes
 * @len: how many
 * @out: where to write what they say
 * @out_len: how many bytes @out has room for; set to how many were written
 *
 * RFC 4648, 4. Blanks may stand anywhere, and padding where a message ends that was
 * encoded by itself: behind it another begins. Three bytes are written for every four
 * that are taken, or fewer, so that a piece as large as @out is always taken whole.
 *
 * Context: whatever protects the state.
 * Return: the bytes that were taken: all, or so many as @out had room for; or those
 * up to one that is no base64, and then @b64->bad is set.
 */
u32 rg_base64_feed(struct rg_base64 *b64, const u8 *data, u32 len, u8 *out,
		   u32 *out_len)
{
	u32 room = *out_len, used = 0;
	struct rg_cur cur;
	u8 byte;

	rg_cur_init(&cur, data, len);
	while (cur.left && used < room && !b64->bad) {
		if (character_feed(b64, rg_cur_u8(&cur), &byte))
			out[used++] = byte;
	}
	*out_len = used;
	return len - cur.left;
}
