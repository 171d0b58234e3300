// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define QUIC_VERSION_1		0x00000001u
#define QUIC_VERSION_2		0x6b3343cfu
#define QUIC_DRAFT_FIRST	0xff000016u	/* connection ids as in version 1 */
#define QUIC_DRAFT_LAST		0xff000022u
#define QUIC_GREASE_MASK	0x0f0f0f0fu
#define QUIC_GREASE		0x0a0a0a0au
#define QUIC_CID_LEN_MAX	20

/* A packet number, and the sample that its protection needs (RFC 9001, 5.4.2). */
#define QUIC_LENGTH_MIN		20

/* Shorter ones match by chance where a packet with a short header follows. */
#define QUIC_SHORT_CID_LEN_MIN	4

enum quic_type {
	QUIC_INITIAL,
	QUIC_0RTT,
	QUIC_HANDSHAKE,
	QUIC_RETRY,
};

/**
 * struct quic - what the first packet of a datagram binds the others to
 * @version: version
 * @dcid: destination connection id, NULL before the first packet
 * @dcid_len: its length
 */
struct quic {
	u32 version;
	const u8 *dcid;
	u8 dcid_len;
};

static bool version_known(u32 version)
{
	return version == QUIC_VERSION_1 || version == QUIC_VERSION_2 ||
	       (version >= QUIC_DRAFT_FIRST && version <= QUIC_DRAFT_LAST);
}

/* What a list of versions may name besides: gQUIC's letter and three digits. */
static bool version_listed(u32 version)
{
	u32 i;

	if (version_known(version))
		return true;
	if (version >> 24 != 'Q' && version >> 24 != 'T')
		return false;
	for (i = 0; i < 24; i += 8) {
		if ((version >> i & 0xff) < '0' || (version >> i & 0xff) > '9')
			return false;
	}
	return true;
}

static enum quic_type packet_type(u32 version, u8 first)
{
	u8 type = first >> 4 & 3;

	/* RFC 9369, 3.2: version 2 has moved them by one. */
	return version == QUIC_VERSION_2 ? (type + 3) & 3 : type;
}

/* RFC 9000, 16. */
static u64 varint(struct rg_cur *cur)
{
	u8 first = rg_cur_u8(cur);
	u32 more = (1u << (first >> 6)) - 1;
	u64 value = first & 0x3f;
	u32 i;

	for (i = 0; i < more; i++)
		value = value << 8 | rg_cur_u8(cur);
	return value;
}

/* A version the receiver knows has to be among them, or the list is of no use. */
static bool versions_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	bool known = false;
	u32 i, version;

	for (i = 0; i < RG_QUIC_VERSIONS_MAX && cur->left; i++) {
		version = rg_cur_be32(cur);
		if (cur->err)
			return false;
		if (version_listed(version))
			known = true;
		else if ((version & QUIC_GREASE_MASK) != QUIC_GREASE)
			return false;
	}
	return known && rg_wire_done(pkt, cur);
}

/*
 * The connection ids behind a version. All packets of a datagram are for one
 * connection (RFC 9000, 12.2).
 */
static bool cids_walk(struct rg_cur *cur, struct quic *quic)
{
	const u8 *dcid;
	u8 len;

	len = rg_cur_u8(cur);
	if (len > QUIC_CID_LEN_MAX || (quic->dcid && len != quic->dcid_len))
		return false;
	dcid = rg_cur_take(cur, len);
	if (!dcid || (quic->dcid && memcmp(dcid, quic->dcid, len)))
		return false;
	quic->dcid = dcid;
	quic->dcid_len = len;
	len = rg_cur_u8(cur);
	if (len > QUIC_CID_LEN_MAX)
		return false;
	rg_cur_skip(cur, len);
	return !cur->err;
}

/* A packet with a long header (RFC 9000, 17.2), of a type that has a length. */
static bool long_walk(const struct rg_packet *pkt, struct rg_cur *cur,
		      struct quic *quic, u8 first)
{
	enum quic_type type;
	u64 len;

	if (rg_cur_be32(cur) != quic->version || !cids_walk(cur, quic))
		return false;
	type = packet_type(quic->version, first);
	/* A token of any length, and nothing that says where it ends. */
	if (type == QUIC_RETRY)
		return false;
	if (type == QUIC_INITIAL) {
		len = varint(cur);
		if (cur->err || len > cur->left)
			return false;
		rg_cur_skip(cur, len);
	}
	len = varint(cur);
	return !cur->err && len >= QUIC_LENGTH_MIN &&
	       len <= rg_wire_left(pkt, cur) && rg_wire_skip(pkt, cur, len);
}

/* A short header comes last and goes to the end: only its id can be checked. */
static bool short_check(struct rg_cur *cur, const struct quic *quic)
{
	const u8 *dcid = rg_cur_take(cur, quic->dcid_len);

	return dcid && quic->dcid_len >= QUIC_SHORT_CID_LEN_MIN &&
	       !memcmp(dcid, quic->dcid, quic->dcid_len);
}

static bool packets_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			 u32 version)
{
	struct quic quic = { .version = version };
	u32 i;
	u8 first;

	for (i = 0; i < RG_QUIC_PACKETS_MAX && cur->left; i++) {
		first = rg_cur_u8(cur);
		if (!(first & 0x80))
			return i && short_check(cur, &quic);
		if (!long_walk(pkt, cur, &quic, first))
			return false;
	}
	/* Cut off in a packet whose length fits: as good as it gets. */
	return cur->err ? pkt->len < pkt->wire_len : rg_wire_done(pkt, cur);
}

/**
 * rg_quic_parse() - is it QUIC, with a long header?
 * @pkt: the datagram
 *
 * RFC 9000, 17.2; RFC 9369; drafts from 22 on. QUIC has RTP's version only
 * where its fixed bit is 0 (RFC 9287) or where a server lists its versions
 * (17.2.1). Earlier drafts and gQUIC always have that bit or no long header,
 * and are here only as versions that a server lists.
 *
 * RTP would need payload type 0 and a version in sequence number and timestamp
 * (2^-24 beside the type), two lengths of at most 20 (2^-7) and a length
 * (2^-14) that ends where the datagram ends, or where the same connection id
 * comes again (2^-32).
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_quic_parse(const struct rg_packet *pkt)
{
	struct quic quic = { 0 };
	struct rg_cur cur;
	u32 version;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, 1);
	version = rg_cur_be32(&cur);
	if (cur.err)
		return false;
	if (!version)
		return cids_walk(&cur, &quic) && versions_walk(pkt, &cur);
	if (!version_known(version))
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	return packets_walk(pkt, &cur, version);
}
