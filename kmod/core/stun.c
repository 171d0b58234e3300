// SPDX-License-Identifier: GPL-2.0
#include "stun.h"
#include "classify.h"
#include "cursor.h"
#include "fold.h"
#include "limits.h"

#include <uapi/linux/rtpguard.h>

/* RFC 8656, 18: what carries data between client and server. */
#define STUN_SEND		0x0016
#define STUN_DATA		0x0017
#define STUN_XOR_PEER_ADDRESS	0x0012
#define STUN_ATTR_DATA		0x0013
#define STUN_FAMILY_IPV4	1
#define STUN_IPV4_LEN		8
#define STUN_IPV6_LEN		20

/* Cookie and transaction ID: what addresses are XORed with. */
#define STUN_KEY_LEN		16

/*
 * RFC 8489, 14.1 and 14.2: family, then port and address, each XORed with the bytes
 * of cookie and transaction ID: the same peer looks another in every message. What
 * a receiver ignores is left out: it would be another peer in every packet. With
 * bit 15 set it is no channel's number.
 */
static u16 peer_fold(const u8 *value, u32 len, const u8 *key)
{
	u32 hash = rg_fold(RG_FOLD_SEED, value[1]);
	u32 i;

	len = min_t(u32, len, value[1] == STUN_FAMILY_IPV4 ? STUN_IPV4_LEN :
							     STUN_IPV6_LEN);
	for (i = 2; i < len; i++)
		hash = rg_fold(hash, value[i] ^ key[i < 4 ? i - 2 : i - 4]);
	return 0x8000 | (hash ^ hash >> 16);
}

/*
 * Of two addresses a server should take the first (RFC 8489, 14), and coturn takes the
 * last. Which of them varies must not make each message one of another peer's.
 */
static void peer_note(struct rg_stun *stun, u16 peer)
{
	stun->peer = !stun->peer || stun->peer == peer ? peer : RG_STUN_PEERS;
}

/* Of two DATA the first counts. */
static void attributes_parse(const struct rg_packet *pkt, struct rg_cur *cur,
			     const u8 *key, struct rg_stun *stun)
{
	const u8 *value;
	u32 i, len, have;
	u16 type;

	for (i = 0; i < RG_STUN_ATTRIBUTES_MAX && cur->left; i++) {
		type = rg_cur_be16(cur);
		len = rg_cur_be16(cur);
		if (cur->err || len > pkt->wire_len - pkt->len + cur->left)
			return;
		have = min_t(u32, len, cur->left);
		value = rg_cur_take(cur, have);
		if (type == STUN_ATTR_DATA && !stun->data) {
			stun->data = value;
			stun->data_len = have;
			stun->data_wire_len = len;
		} else if (type == STUN_XOR_PEER_ADDRESS && have == len && len > 4) {
			peer_note(stun, peer_fold(value, len, key));
		}
		rg_cur_skip(cur, min_t(u32, -len & 3, cur->left));
	}
}

/**
 * rg_stun_parse() - read a datagram as a STUN message, by itself
 * @pkt: the datagram
 * @stun: filled when the answer is true
 *
 * RFC 8489, 5: two bits that are 0, the cookie, and the datagram's exact length.
 * The forms of before the cookie (RFC 3489) carry no data and are not asked for.
 *
 * Context: any.
 * Return: true when it is one; by chance once in 2^64.
 */
bool rg_stun_parse(const struct rg_packet *pkt, struct rg_stun *stun)
{
	struct rg_cur cur;
	struct rg_cur peek;
	const u8 *key;
	u32 cookie;
	u32 len;

	memset(stun, 0, sizeof(*stun));
	rg_cur_init(&cur, pkt->data, pkt->len);
	stun->type = rg_cur_be16(&cur);
	len = rg_cur_be16(&cur);
	peek = cur;
	cookie = rg_cur_be32(&peek);
	key = rg_cur_take(&cur, STUN_KEY_LEN);
	if (cur.err || stun->type >> 14 || cookie != RG_STUN_COOKIE || len % 4 ||
	    len + RG_STUN_HEADER_LEN != pkt->wire_len)
		return false;
	if (stun->type == STUN_SEND || stun->type == STUN_DATA)
		attributes_parse(pkt, &cur, key, stun);
	return true;
}

/**
 * rg_channel_parse() - read a datagram as TURN's ChannelData, by itself
 * @pkt: the datagram
 * @stun: @peer is the channel's number; @data is what it carries, at least a byte
 *
 * RFC 8656, 12.4: over UDP the padding to a multiple of four may be there, and relays
 * take up to three bytes wherever. And RFC 5766, 11: channels had numbers to 7FFF, and
 * there are relays and clients that have them.
 *
 * Context: any.
 * Return: true when it could be; by chance once in 2^16.
 */
bool rg_channel_parse(const struct rg_packet *pkt, struct rg_stun *stun)
{
	struct rg_cur cur;
	u32 len, left;

	memset(stun, 0, sizeof(*stun));
	rg_cur_init(&cur, pkt->data, pkt->len);
	stun->peer = rg_cur_be16(&cur);
	len = rg_cur_be16(&cur);
	if (cur.err || stun->peer >> 14 != RG_CHANNEL_BITS || !len)
		return false;
	left = pkt->wire_len - RG_CHANNEL_HEADER_LEN;
	if (left < len || left - len > RG_CHANNEL_PADDING_MAX)
		return false;
	stun->data = cur.pos;
	stun->data_len = min_t(u32, cur.left, len);
	stun->data_wire_len = len;
	return true;
}

static bool parse(const struct rg_packet *pkt, union rg_parsed *parsed)
{
	return rg_stun_parse(pkt, &parsed->stun);
}

const struct rg_recogniser rg_stun_recogniser = {
	.shape = RG_SHAPE_STUN,
	.alone = RTPGUARD_CLASS_STUN,
	.classes = BIT(RTPGUARD_CLASS_STUN),
	.parse = parse,
};
