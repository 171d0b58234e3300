// SPDX-License-Identifier: GPL-2.0
#include "zrtp.h"
#include "cursor.h"

/* RFC 6189, 5 and 5.1: header, preamble, length in words, type; CRC. */
#define ZRTP_HEADER_LEN	12
#define ZRTP_CRC_LEN	4
#define ZRTP_PREAMBLE	0x505a
#define ZRTP_WORDS_MIN	3

#define CRC32C_INIT	(~0u)

static const struct {
	u8 msg;
	char type[8];
} types[] = {
	{ RG_ZRTP_COMMIT, "Commit  " },
	{ RG_ZRTP_CONFIRM1, "Confirm1" },
	{ RG_ZRTP_CONFIRM2, "Confirm2" },
	{ RG_ZRTP_GO_CLEAR, "GoClear " },
};

/* Of four bits each: the polynomial 1EDC6F41, reflected (RFC 4960, B). */
static const u32 crc32c_table[16] = {
	0x00000000, 0x105ec76f, 0x20bd8ede, 0x30e349b1,
	0x417b1dbc, 0x5125dad3, 0x61c69362, 0x7198540d,
	0x82f63b78, 0x92a8fc17, 0xa24bb5a6, 0xb21572c9,
	0xc38d26c4, 0xd3d3e1ab, 0xe330a81a, 0xf36e6f75,
};

static u32 crc32c(const u8 *data, u32 len)
{
	struct rg_cur cur;
	u32 crc = CRC32C_INIT;

	rg_cur_init(&cur, data, len);
	while (cur.left) {
		crc ^= rg_cur_u8(&cur);
		crc = crc >> 4 ^ crc32c_table[crc & 15];
		crc = crc >> 4 ^ crc32c_table[crc & 15];
	}
	return ~crc;
}

static u32 swapped(u32 word)
{
	return word >> 24 | (word >> 8 & 0xff00) | (word & 0xff00) << 8 | word << 24;
}

static u8 msg_of(const u8 *type)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(types); i++) {
		if (!memcmp(types[i].type, type, sizeof(types[i].type)))
			return types[i].msg;
	}
	return RG_ZRTP_OTHER;
}

/**
 * rg_zrtp_parse() - read a datagram as ZRTP, by itself
 * @pkt: the datagram
 * @msg: set to enum rg_zrtp_msg when the answer is true
 *
 * RFC 6189, 5: header, cookie, one message of the length it says, and the CRC, for
 * which SCTP's byte order is used; some write it the other way round.
 *
 * Context: any.
 * Return: true when it is ZRTP and all of it can be read; by chance once in 2^80.
 */
bool rg_zrtp_parse(const struct rg_packet *pkt, u8 *msg)
{
	u32 cookie, words, crc, sum;
	struct rg_cur cur;
	const u8 *type;
	u16 preamble;
	u8 first;

	rg_cur_init(&cur, pkt->data, pkt->len);
	first = rg_cur_u8(&cur);
	rg_cur_skip(&cur, 3);
	cookie = rg_cur_be32(&cur);
	rg_cur_skip(&cur, 4);
	preamble = rg_cur_be16(&cur);
	words = rg_cur_be16(&cur);
	type = rg_cur_take(&cur, 8);
	if (cur.err || first >> 4 != 1 || cookie != RG_ZRTP_COOKIE ||
	    preamble != ZRTP_PREAMBLE || words < ZRTP_WORDS_MIN ||
	    pkt->len != pkt->wire_len ||
	    pkt->len != ZRTP_HEADER_LEN + 4 * words + ZRTP_CRC_LEN)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, pkt->len - ZRTP_CRC_LEN);
	crc = rg_cur_be32(&cur);
	sum = crc32c(pkt->data, pkt->len - ZRTP_CRC_LEN);
	if (crc != sum && crc != swapped(sum))
		return false;
	*msg = msg_of(type);
	return true;
}

/**
 * rg_zrtp_read() - bring a flow's ZRTP up to date
 * @zrtp: of the flow
 * @dir: enum rg_dir of the message
 * @msg: enum rg_zrtp_msg
 *
 * RFC 6189, 4: media is in clear up to Confirm, and after GoClear. Keys are in use
 * when one side has committed, the other has sent Confirm1 and the first Confirm2.
 *
 * Context: whatever protects the state.
 */
void rg_zrtp_read(struct rg_zrtp *zrtp, u8 dir, u8 msg)
{
	u8 other = BIT(!dir);

	switch (msg) {
	case RG_ZRTP_COMMIT:
		zrtp->committed |= BIT(dir);
		zrtp->confirmed = 0;
		break;
	case RG_ZRTP_CONFIRM1:
		if (zrtp->committed & other)
			zrtp->confirmed = BIT(dir);
		break;
	case RG_ZRTP_CONFIRM2:
		if (zrtp->committed & BIT(dir) && zrtp->confirmed & other)
			zrtp->done = true;
		break;
	case RG_ZRTP_GO_CLEAR:
		memset(zrtp, 0, sizeof(*zrtp));
		break;
	}
}
