// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define IKE_VERSION_1		0x10
#define IKE_VERSION_2		0x20
#define IKE_V1_ENCRYPTED	0x01
#define IKE_V1_FLAGS		0x07
#define IKE_V2_FLAGS		0x38
#define IKE_V2_SK		46
#define IKE_V2_SKF		53
#define PAYLOAD_CRITICAL	0x80

struct ike {
	u8 next;
	u8 version;
	u8 exchange;
	u8 flags;
};

/*
 * Payloads of IKEv2 are 33 to 54; of IKEv1 1 to 33, and from 128 on those of
 * drafts (NAT detection).
 */
static bool payload_known(const struct ike *ike, u8 type)
{
	if (ike->version == IKE_VERSION_2)
		return type >= 33 && type <= 54;
	return type && (type <= 33 || type >= 128);
}

/*
 * Generic payload headers (RFC 7296, 3.2; RFC 2408, 3.2) up to the exact end.
 * Behind an encrypted payload, which is the last, "next" is of its inside.
 */
static bool payloads_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			  const struct ike *ike)
{
	u8 type = ike->next;
	u8 next, flags;
	u32 i, len;

	for (i = 0; i < RG_IKE_PAYLOADS_MAX && type; i++) {
		if (!payload_known(ike, type))
			return false;
		next = rg_cur_u8(cur);
		flags = rg_cur_u8(cur);
		len = rg_cur_be16(cur);
		if (cur->err)
			return i && pkt->len < pkt->wire_len;
		if (flags & ~PAYLOAD_CRITICAL || len < 4)
			return false;
		if (!rg_wire_skip(pkt, cur, len - 4))
			return false;
		if (cur->err)
			return true;
		if (ike->version == IKE_VERSION_2 &&
		    (type == IKE_V2_SK || type == IKE_V2_SKF))
			next = 0;
		type = next;
	}
	return !type && rg_wire_done(pkt, cur);
}

static bool header_known(const struct ike *ike)
{
	if (ike->version == IKE_VERSION_2)
		return ike->exchange >= 34 && ike->exchange <= 44 &&
		       !(ike->flags & ~IKE_V2_FLAGS);
	return ike->version == IKE_VERSION_1 &&
	       ((ike->exchange && ike->exchange <= 6) ||
		(ike->exchange >= 32 && ike->exchange <= 33)) &&
	       !(ike->flags & ~IKE_V1_FLAGS);
}

/**
 * rg_ike_parse() - is it IKE, of version 1 or 2, without a non-ESP marker?
 * @pkt: the datagram
 *
 * RFC 7296, 3.1; RFC 2408, 3.1.
 *
 * The header takes 28 bytes of which RTP knows 12. The others are payload, and
 * they would need a version (2^-7), an exchange (2^-4), flags (2^-5) and the
 * datagram's length in 32 bits: 2^-48, and a chain of payloads beside.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_ike_parse(const struct rg_packet *pkt)
{
	struct rg_cur cur;
	struct ike ike;
	u32 len;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, 16);
	ike.next = rg_cur_u8(&cur);
	ike.version = rg_cur_u8(&cur);
	ike.exchange = rg_cur_u8(&cur);
	ike.flags = rg_cur_u8(&cur);
	rg_cur_skip(&cur, 4);
	len = rg_cur_be32(&cur);
	if (cur.err || len != pkt->wire_len || !header_known(&ike))
		return false;
	/* All behind the header is cipher text (RFC 2408, 3.1), of whole blocks. */
	if (ike.version == IKE_VERSION_1 && ike.flags & IKE_V1_ENCRYPTED)
		return payload_known(&ike, ike.next) && len > 28 && len % 4 == 0;
	return payloads_walk(pkt, &cur, &ike);
}
