// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define BVLC_TYPE		0x81
#define BVLC_FORWARDED		0x04
#define BVLC_DISTRIBUTE		0x09
#define BVLC_UNICAST		0x0a
#define BVLC_BROADCAST		0x0b

#define NPDU_VERSION		1
#define NPDU_RESERVED		0x50
#define NPDU_NETWORK		0x80
#define NPDU_DESTINATION	0x20
#define NPDU_SOURCE		0x08

#define SERVICE_MAX		33	/* confirmed services, 21.2 */
#define TAG_BOOLEAN		1
#define TAG_CONTEXT		0x08

/* Clause 6.2.2. Address lengths above 7 do not exist (MS/TP, Ethernet, LON). */
static bool npdu_walk(struct rg_cur *cur, u8 *control)
{
	u8 len;

	if (rg_cur_u8(cur) != NPDU_VERSION)
		return false;
	*control = rg_cur_u8(cur);
	if (*control & NPDU_RESERVED)
		return false;
	if (*control & NPDU_DESTINATION) {
		if (!rg_cur_be16(cur))
			return false;
		len = rg_cur_u8(cur);
		if (len > RG_BACNET_ADDRESS_MAX)
			return false;
		rg_cur_skip(cur, len);
	}
	if (*control & NPDU_SOURCE) {
		if (!rg_cur_be16(cur))
			return false;
		len = rg_cur_u8(cur);
		if (!len || len > RG_BACNET_ADDRESS_MAX)
			return false;
		rg_cur_skip(cur, len);
	}
	/* A hop count, which is never 0 when it is sent. */
	if (*control & NPDU_DESTINATION && !rg_cur_u8(cur))
		return false;
	return !cur->err;
}

/* Clause 20.2.1.3.1: a length of 5 says that the length follows. */
static u32 tag_length(struct rg_cur *cur, u8 tag)
{
	u32 len = tag & 7;

	if (!(tag & TAG_CONTEXT) && tag >> 4 == TAG_BOOLEAN)
		return 0;
	/* Opening and closing tags. */
	if (tag & TAG_CONTEXT && len > 5)
		return 0;
	if (len != 5)
		return len;
	len = rg_cur_u8(cur);
	if (len == 254)
		return rg_cur_be16(cur);
	if (len == 255)
		return rg_cur_be32(cur);
	return len;
}

/* Clause 20.2: tagged values up to the end. */
static bool tags_walk(struct rg_cur *cur)
{
	u32 i, len;
	u8 tag;

	for (i = 0; i < RG_BACNET_TAGS_MAX && cur->left; i++) {
		tag = rg_cur_u8(cur);
		/* Application tags 13 to 15 are reserved, and 6 and 7 no lengths. */
		if (!(tag & TAG_CONTEXT) && (tag >= 0xd0 || (tag & 7) > 5))
			return false;
		if (tag >> 4 == 15)
			rg_cur_skip(cur, 1);
		len = tag_length(cur, tag);
		rg_cur_skip(cur, len);
		if (cur->err)
			return false;
	}
	return !cur->left;
}

/* Clause 20.1: a type of PDU in the upper half of its first byte. */
static bool apdu_walk(struct rg_cur *cur)
{
	u8 first = rg_cur_u8(cur);
	bool segmented = first & 0x08;

	switch (first >> 4) {
	case 0:	/* confirmed request */
		rg_cur_skip(cur, segmented ? 4 : 2);
		return !(first & 1) && rg_cur_u8(cur) <= SERVICE_MAX &&
		       !cur->err && (segmented || tags_walk(cur));
	case 1:	/* unconfirmed request */
		return !(first & 15) && rg_cur_u8(cur) <= SERVICE_MAX &&
		       !cur->err && tags_walk(cur);
	case 3:	/* complex acknowledgment */
		rg_cur_skip(cur, segmented ? 3 : 1);
		return !(first & 3) && rg_cur_u8(cur) <= SERVICE_MAX &&
		       !cur->err && (segmented || tags_walk(cur));
	case 5:	/* error */
		rg_cur_skip(cur, 1);
		return !(first & 15) && rg_cur_u8(cur) <= SERVICE_MAX &&
		       !cur->err && tags_walk(cur);
	case 2:	/* simple acknowledgment, reject, abort */
	case 6:
	case 7:
		rg_cur_skip(cur, 2);
		return !(first & 14) && !cur->err && !cur->left;
	case 4:	/* segment acknowledgment */
		rg_cur_skip(cur, 3);
		return !(first & 12) && !cur->err && !cur->left;
	}
	return false;
}

/**
 * rg_bacnet_parse() - is it BACnet/IP?
 * @pkt: the datagram
 *
 * ASHRAE 135, annex J, and clauses 6 and 20. Only what carries an NPDU; the
 * other messages are too short for RTP, or say too little.
 *
 * RTP would have one CSRC, a sequence number that is its length (2^-16), a
 * timestamp that begins with 1 (2^-8; forwarded: in its payload) and with no
 * reserved bit (2^-2), and then a known PDU and tags up to the exact end.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_bacnet_parse(const struct rg_packet *pkt)
{
	struct rg_cur cur;
	u8 function, control;

	rg_cur_init(&cur, pkt->data, pkt->len);
	if (rg_cur_u8(&cur) != BVLC_TYPE)
		return false;
	function = rg_cur_u8(&cur);
	if (rg_cur_be16(&cur) != pkt->wire_len || pkt->len != pkt->wire_len)
		return false;
	if (function == BVLC_FORWARDED)
		rg_cur_skip(&cur, 6);
	else if (function < BVLC_DISTRIBUTE || function > BVLC_BROADCAST)
		return false;
	if (!npdu_walk(&cur, &control))
		return false;
	/* Clause 6.2.4: message types up to 0x13, their bodies differ. */
	if (control & NPDU_NETWORK)
		return rg_cur_u8(&cur) <= 0x13 && !cur.err;
	return apdu_walk(&cur);
}
