// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define DNS_HEADER_LEN	12
#define DNS_FLAG_Z	0x0040
#define DNS_SECTIONS	4

#define DNS_TYPE_OPT	41
#define DNS_TYPE_MAX	511	/* assigned so far: 1 to 261 */
#define DNS_TYPE_TA	0x8000	/* and DLV beside it */
#define DNS_TYPE_PRIVATE 0xfeff	/* RFC 6895, 3.1; WINS uses two of these */

/*
 * A name (RFC 1035, 3.1 and 4.1.4). A pointer has to lead to before the name,
 * which rules loops out; where it leads is not followed, so that the walk stays
 * linear. What characters a label has is not asked (RFC 2181, 11).
 *
 * Return: false when it is no name; @cur->err when the name is cut off.
 */
static bool name_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 start = pkt->len - cur->left;
	u32 used = 0;
	u32 i, len;

	for (i = 0; i < RG_DNS_LABELS_MAX; i++) {
		len = rg_cur_u8(cur);
		if (!len)
			return true;
		if (len >= 0xc0) {
			len = (len & 0x3f) << 8 | rg_cur_u8(cur);
			return cur->err ||
			       (len >= DNS_HEADER_LEN && len < start);
		}
		used += len + 1;
		if (len > RG_DNS_LABEL_LEN_MAX || used > RG_DNS_NAME_LEN_MAX)
			return false;
		if (!rg_wire_skip(pkt, cur, len))
			return false;
	}
	return false;
}

static bool type_known(u16 type)
{
	return (type && type <= DNS_TYPE_MAX) || (type & ~1u) == DNS_TYPE_TA ||
	       type >= DNS_TYPE_PRIVATE;
}

/* IN, CH, HS, NONE, ANY (RFC 6895, 3.2); mDNS has a flag (RFC 6762, 5.4, 10.2) */
static bool class_known(u16 type, u16 class)
{
	/* EDNS has a length there (RFC 6891, 6.1.2). */
	if (type == DNS_TYPE_OPT)
		return true;
	class &= 0x7fff;
	return class == 1 || class == 3 || class == 4 || class == 254 ||
	       class == 255;
}

/*
 * A question (RFC 1035, 4.1.2) or a record (4.1.3).
 *
 * Return: false when it is neither; @cur->err when it is cut off.
 */
static bool record_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			bool question)
{
	u16 type, class, len;

	if (!name_walk(pkt, cur))
		return false;
	type = rg_cur_be16(cur);
	class = rg_cur_be16(cur);
	if (cur->err)
		return true;
	if (!type_known(type) || !class_known(type, class))
		return false;
	if (question)
		return true;
	rg_cur_skip(cur, 4);
	len = rg_cur_be16(cur);
	return cur->err || rg_wire_skip(pkt, cur, len);
}

/**
 * rg_dns_parse() - is it DNS, LLMNR, multicast DNS or a NetBIOS name?
 * @pkt: the datagram
 *
 * RFC 1035, 4; RFC 4795, 2.1; RFC 6762, 18; RFC 1002, 4.2. All of them have one
 * format. The records that the header counts have to end where the datagram
 * ends; of a datagram that is not readable to its end, one question or record
 * has to be whole.
 *
 * RTP would need four zero bits and three zero bytes in timestamp and SSRC
 * (2^-28), a name that ends, a type (2^-6) and a class (2^-12); and, where all
 * is readable, the exact end. Silence, all zero, is type 0.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_dns_parse(const struct rg_packet *pkt)
{
	u32 counts = 0, questions = 0;
	struct rg_cur cur;
	u32 i, count;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, 2);
	if (rg_cur_be16(&cur) & DNS_FLAG_Z)
		return false;
	for (i = 0; i < DNS_SECTIONS; i++) {
		count = rg_cur_be16(&cur);
		counts += count;
		if (!i)
			questions = count;
	}
	if (cur.err || !counts || counts > RG_DNS_RECORDS_MAX)
		return false;
	for (i = 0; i < RG_DNS_RECORDS_MAX && i < counts; i++) {
		if (!record_walk(pkt, &cur, i < questions))
			return false;
		if (cur.err)
			return i && pkt->len < pkt->wire_len;
	}
	return rg_wire_done(pkt, &cur);
}
