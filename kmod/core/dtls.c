// SPDX-License-Identifier: GPL-2.0
#include "dtls.h"
#include "fold.h"
#include "limits.h"

/* RFC 6347, 4.1: type, version, epoch, sequence number, length. */
#define RECORD_HANDSHAKE	22
#define RECORD_DATA		23
#define VERSION_1_0		0xfeff
#define VERSION_1_2		0xfefd

/* RFC 9147, 4: 001CSLEE, then connection ID, sequence number, length. */
#define UNIFIED_MASK		0xe0
#define UNIFIED			0x20
#define UNIFIED_CID		0x10
#define UNIFIED_SEQ16		0x08
#define UNIFIED_LEN		0x04
#define UNIFIED_EPOCH		0x03

/* The shortest tag that a cipher suite has, and a byte of content type. */
#define CIPHER_TEXT_MIN		9

struct record {
	u8 type;
	u16 version;
	u16 epoch;
	u32 len;
	const u8 *data;
	u32 data_len;	/* readable */
};

/* Bytes that a cursor has left, of those on the wire. */
static u32 wire_left(const struct rg_packet *pkt, const struct rg_cur *cur)
{
	return pkt->wire_len - pkt->len + cur->left;
}

/* Return: false at the end, or where there is no record. */
static bool record_next(const struct rg_packet *pkt, struct rg_cur *cur,
			struct record *record)
{
	record->type = rg_cur_u8(cur);
	record->version = rg_cur_be16(cur);
	record->epoch = rg_cur_be16(cur);
	rg_cur_skip(cur, 6);
	record->len = rg_cur_be16(cur);
	if (cur->err || record->len > wire_left(pkt, cur) ||
	    record->type < 20 || record->type > 26 ||
	    (record->version != VERSION_1_0 && record->version != VERSION_1_2))
		return false;
	record->data_len = min_t(u32, record->len, cur->left);
	record->data = rg_cur_take(cur, record->data_len);
	return true;
}

/**
 * rg_dtls_parse() - does a datagram, by itself, begin a handshake?
 * @pkt: the datagram
 *
 * Context: any.
 * Return: true for a record in clear that has, or begins with, a handshake message
 * (RFC 6347, 4.2.2) whose lengths fit; by chance once in 2^40.
 */
bool rg_dtls_parse(const struct rg_packet *pkt)
{
	struct record record;
	struct rg_cur cur;
	u32 len, off, part;

	rg_cur_init(&cur, pkt->data, pkt->len);
	if (!record_next(pkt, &cur, &record) || record.epoch ||
	    record.type != RECORD_HANDSHAKE)
		return false;
	rg_cur_init(&cur, record.data, record.data_len);
	rg_cur_skip(&cur, 1);
	len = (u32)rg_cur_u8(&cur) << 16;
	len |= rg_cur_be16(&cur);
	rg_cur_skip(&cur, 2);
	off = (u32)rg_cur_u8(&cur) << 16;
	off |= rg_cur_be16(&cur);
	part = (u32)rg_cur_u8(&cur) << 16;
	part |= rg_cur_be16(&cur);
	return !cur.err && part <= len && off <= len - part &&
	       part + 12 <= record.len;
}

/**
 * rg_dtls_offers_null() - does a client offer a profile without encryption?
 * @dtls: of a flow
 *
 * Context: whatever protects the state.
 */
bool rg_dtls_offers_null(const struct rg_dtls *dtls)
{
	u32 dir;

	for (dir = 0; dir < RG_DIRS; dir++) {
		if (dtls->hellos[dir].msg == RG_DTLS_CLIENT_HELLO &&
		    dtls->hellos[dir].profiles & RG_DTLS_NULL_PROFILES)
			return true;
	}
	return false;
}

/* Of version and random. */
static u32 digest_get(const u8 *data, u32 len)
{
	struct rg_cur cur;

	rg_cur_init(&cur, data, len);
	return rg_fold_some(&cur, RG_DTLS_VERSION_RANDOM);
}

/*
 * Who retransmits a flight has not seen the other's answer yet, which may be there
 * already, and encrypted (RFC 6347, 4.2.4): of another handshake it is no sign.
 */
static void hello_begin(struct rg_dtls *dtls, struct rg_dtls_hello *hello, u8 msg,
			u32 len, u32 digest)
{
	if (hello->msg != msg || hello->len != len || hello->digest != digest)
		dtls->encrypted = 0;
	rg_dtls_hello_begin(hello, msg, len);
	hello->digest = digest;
	dtls->begun = true;
}

static void hello_fragment(struct rg_dtls *dtls, u8 dir, u8 msg, u32 len, u32 off,
			   const u8 *data, u32 part)
{
	struct rg_dtls_hello *hello = &dtls->hellos[dir];

	if (!off)
		hello_begin(dtls, hello, msg, len, digest_get(data, part));
	else if (hello->msg != msg || hello->len != len || hello->at != off)
		return;
	rg_dtls_hello_read(hello, data, part);
}

static void handshake_read(struct rg_dtls *dtls, u8 dir, const struct record *record)
{
	u32 i, len, off, part;
	struct rg_cur cur;
	const u8 *data;
	u8 msg;

	rg_cur_init(&cur, record->data, record->data_len);
	for (i = 0; i < RG_DTLS_MESSAGES_MAX && cur.left; i++) {
		msg = rg_cur_u8(&cur);
		len = (u32)rg_cur_u8(&cur) << 16;
		len |= rg_cur_be16(&cur);
		rg_cur_skip(&cur, 2);
		off = (u32)rg_cur_u8(&cur) << 16;
		off |= rg_cur_be16(&cur);
		part = (u32)rg_cur_u8(&cur) << 16;
		part |= rg_cur_be16(&cur);
		data = rg_cur_take(&cur, part);
		if (!data || part > len || off > len - part)
			return;
		if (msg == RG_DTLS_CLIENT_HELLO || msg == RG_DTLS_SERVER_HELLO)
			hello_fragment(dtls, dir, msg, len, off, data, part);
	}
}

static const struct rg_dtls_hello *hello_of(const struct rg_dtls *dtls, u8 msg)
{
	u32 dir;

	for (dir = 0; dir < RG_DIRS; dir++) {
		if (dtls->hellos[dir].msg == msg && dtls->hellos[dir].whole)
			return &dtls->hellos[dir];
	}
	return NULL;
}

/*
 * RFC 5764, 4.1: the server's choice is in clear in 1.2, in 1.3 it is not; there
 * the offer has to do. Both hellos count once: what was agreed on stays so until
 * another whole handshake agrees on something else, or on no SRTP.
 */
static void conclude(struct rg_dtls *dtls)
{
	const struct rg_dtls_hello *client = hello_of(dtls, RG_DTLS_CLIENT_HELLO);
	const struct rg_dtls_hello *server = hello_of(dtls, RG_DTLS_SERVER_HELLO);
	u32 profiles;

	if (!client || !server ||
	    dtls->encrypted != (BIT(RG_DIR_ORIGINAL) | BIT(RG_DIR_REPLY)))
		return;
	profiles = server->v13 ? client->profiles : server->profiles;
	dtls->done = client->profiles && profiles;
	dtls->null = dtls->done &&
		     (server->v13 ? !(profiles & ~RG_DTLS_NULL_PROFILES) :
				    profiles & RG_DTLS_NULL_PROFILES);
	dtls->hellos[RG_DIR_ORIGINAL].whole = false;
	dtls->hellos[RG_DIR_REPLY].whole = false;
}

/* RFC 9147, 4: a record of DTLS 1.3, of an epoch that has keys. */
static bool unified_parse(const struct rg_packet *pkt, struct rg_cur cur)
{
	u8 first;
	u32 len;

	first = rg_cur_u8(&cur);
	if ((first & UNIFIED_MASK) != UNIFIED || first & UNIFIED_CID ||
	    !(first & UNIFIED_EPOCH))
		return false;
	rg_cur_skip(&cur, first & UNIFIED_SEQ16 ? 2 : 1);
	len = first & UNIFIED_LEN ? rg_cur_be16(&cur) : wire_left(pkt, &cur);
	return !cur.err && len >= CIPHER_TEXT_MIN && len <= wire_left(pkt, &cur);
}

/* Such a record, where a hello has said that it is DTLS 1.3. */
static bool unified_read(struct rg_dtls *dtls, const struct rg_packet *pkt,
			 const struct rg_cur *cur)
{
	if ((!dtls->hellos[RG_DIR_ORIGINAL].v13 && !dtls->hellos[RG_DIR_REPLY].v13) ||
	    !unified_parse(pkt, *cur))
		return false;
	dtls->encrypted |= BIT(pkt->dir);
	return true;
}

/**
 * rg_dtls_read() - bring a flow's DTLS up to date
 * @dtls: of the flow
 * @pkt: a datagram of it
 *
 * A handshake has come to its end when SRTP was agreed on and both sides have been
 * seen to encrypt. That is what an observer can see of it: who forges or replays
 * all of it gets so far as well.
 *
 * Context: whatever protects the state.
 * Return: true when the datagram is DTLS.
 */
bool rg_dtls_read(struct rg_dtls *dtls, const struct rg_packet *pkt)
{
	struct record record;
	struct rg_cur cur;
	bool any = false;
	u32 i;

	rg_cur_init(&cur, pkt->data, pkt->len);
	for (i = 0; i < RG_DTLS_RECORDS_MAX && cur.left; i++) {
		/* Those behind it are of the same kind. */
		if (unified_read(dtls, pkt, &cur)) {
			any = true;
			break;
		}
		if (!record_next(pkt, &cur, &record))
			break;
		any = true;
		if (record.epoch && record.len >= CIPHER_TEXT_MIN &&
		    (record.type == RECORD_HANDSHAKE || record.type == RECORD_DATA))
			dtls->encrypted |= BIT(pkt->dir);
		else if (!record.epoch && record.type == RECORD_HANDSHAKE)
			handshake_read(dtls, pkt->dir, &record);
	}
	if (any)
		conclude(dtls);
	return any;
}
