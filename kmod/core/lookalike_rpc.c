// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define RPC_VERSION		2
#define RPC_PROGRAM_FIRST	100000u		/* RFC 5531, 13: assigned */
#define RPC_PROGRAM_LAST	0x5fffffffu	/* the transient ones */
#define RPC_VERSION_MAX		255
#define RPC_PROCEDURE_MAX	255
#define RPC_AUTH_LEN_MAX	400		/* RFC 5531, 8.2 */
#define RPC_AUTH_FLAVOR_MAX	16
#define RPC_AUTH_STAT_MAX	14
#define RPC_QUIET		16	/* steps of 16-bit audio */

#define RX_DATA			1
#define RX_ACK			2
#define RX_BUSY			3
#define RX_ABORT		4
#define RX_ACKALL		5
#define RX_CHALLENGE		6
#define RX_RESPONSE		7

#define RX_FLAGS		0x3f
#define RX_SECURITY_MAX		5
#define RX_ACK_REASON_MAX	9
#define RX_COUNTER_MAX		0xffff

/* RFC 5531, 8.2: a flavor and up to 400 bytes, in words (RFC 4506, 4.10). */
static bool auth_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 flavor = rg_cur_be32(cur);
	u32 len = rg_cur_be32(cur);

	return !cur->err && flavor <= RPC_AUTH_FLAVOR_MAX &&
	       len <= RPC_AUTH_LEN_MAX && rg_wire_skip(pkt, cur, (len + 3) & ~3u);
}

/**
 * rg_rpc_call_parse() - is it a call of ONC RPC: NFS, mount, portmapper?
 * @pkt: the datagram
 *
 * RFC 5531, 9. What a procedure takes is not known here, so the end is checked
 * for being a whole number of words only.
 *
 * RTP would need timestamp 0 and SSRC 2 (2^-64), and as payload a program, a
 * version and a procedure in 96 bits of which 35 are free, and credentials.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_rpc_call_parse(const struct rg_packet *pkt)
{
	u32 type, version, program, program_version, procedure;
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, 4);
	type = rg_cur_be32(&cur);
	version = rg_cur_be32(&cur);
	program = rg_cur_be32(&cur);
	program_version = rg_cur_be32(&cur);
	procedure = rg_cur_be32(&cur);
	if (cur.err || type || version != RPC_VERSION || pkt->wire_len % 4)
		return false;
	if (program < RPC_PROGRAM_FIRST || program > RPC_PROGRAM_LAST ||
	    program_version > RPC_VERSION_MAX || procedure > RPC_PROCEDURE_MAX)
		return false;
	/* Credentials, and what verifies them. */
	return auth_walk(pkt, &cur) && auth_walk(pkt, &cur) && !cur.err;
}

/*
 * Results of a success have no form of their own. Either there are none, or
 * some of their first words has to be louder than silence with a dither.
 */
static bool results_check(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u16 half;
	u32 i;

	if (rg_wire_done(pkt, cur))
		return true;
	for (i = 0; i < RG_RPC_RESULTS_MAX && cur->left; i++) {
		half = rg_cur_be16(cur);
		if ((u16)(half + RPC_QUIET) > 2 * RPC_QUIET)
			return !cur->err;
	}
	return false;
}

/* accept_stat and what follows it. */
static bool accepted_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 stat;

	if (!auth_walk(pkt, cur))
		return false;
	stat = rg_cur_be32(cur);
	if (cur->err || stat > 5)
		return false;
	if (!stat)
		return results_check(pkt, cur);
	/* PROG_MISMATCH: the lowest and the highest version. */
	if (stat == 2)
		rg_cur_skip(cur, 8);
	return rg_wire_done(pkt, cur);
}

/* RPC_MISMATCH with two versions, or AUTH_ERROR with a reason. */
static bool rejected_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 stat = rg_cur_be32(cur);
	u32 low = rg_cur_be32(cur);

	if (stat > 1 || !low || (stat && low > RPC_AUTH_STAT_MAX))
		return false;
	/* There is no other version of ONC RPC. */
	if (!stat && (low != RPC_VERSION || rg_cur_be32(cur) != RPC_VERSION))
		return false;
	return rg_wire_done(pkt, cur);
}

/**
 * rg_rpc_reply_parse() - is it a reply of ONC RPC?
 * @pkt: the datagram
 *
 * RFC 5531, 9.
 *
 * RTP would need timestamp 1 and SSRC 0 or 1 (2^-63), and 96 bits of payload
 * that are nearly all 0. A sender with that SSRC that counts packets in its
 * timestamp may get one packet through, its second: of 12 bytes that are next to
 * silence, or of six silent samples of 16 bits with sound behind them.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_rpc_reply_parse(const struct rg_packet *pkt)
{
	struct rg_cur cur;
	u32 type, stat;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, 4);
	type = rg_cur_be32(&cur);
	stat = rg_cur_be32(&cur);
	if (cur.err || type != 1 || pkt->wire_len % 4)
		return false;
	if (!stat)
		return accepted_walk(pkt, &cur);
	return stat == 1 && rejected_walk(pkt, &cur);
}

/*
 * An acknowledgment: 18 bytes, one byte a packet, and three of padding before
 * what later versions added (1 to 4 words).
 */
static bool rx_ack_check(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u8 reason, count;
	u32 left, i;

	rg_cur_skip(cur, 16);
	reason = rg_cur_u8(cur);
	count = rg_cur_u8(cur);
	if (cur->err || !reason || reason > RX_ACK_REASON_MAX)
		return false;
	for (i = 0; i < RG_RX_ACKS_MAX && i < count; i++) {
		if (rg_cur_u8(cur) > 1)
			return false;
	}
	if (cur->err || i < count)
		return false;
	left = rg_wire_left(pkt, cur);
	return !left || left == 3 || left == 7 || left == 11 || left == 15 ||
	       left == 19;
}

/* rxkad's challenge: version 2, a nonce, a level of 0 to 2, and a zero word. */
static bool rx_challenge_check(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 version = rg_cur_be32(cur);
	u32 nonce = rg_cur_be32(cur);
	u32 level = rg_cur_be32(cur);
	u32 spare = rg_cur_be32(cur);

	return version == 2 && nonce && level <= 2 && !spare &&
	       rg_wire_done(pkt, cur);
}

/* rxkad's response: version 2, a zero word, 40 bytes sealed, and a ticket. */
static bool rx_response_check(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 version = rg_cur_be32(cur);
	u32 spare = rg_cur_be32(cur);
	u32 len;

	rg_cur_skip(cur, 40);
	rg_cur_skip(cur, 4);
	len = rg_cur_be32(cur);
	return version == 2 && !spare && !cur->err &&
	       len == rg_wire_left(pkt, cur);
}

/* struct rx_head - the fields of Rx's header that are checked */
struct rx_head {
	u32 call;
	u32 seq;
	u32 serial;
	u8 type;
	u8 flags;
	u8 status;
	u8 security;
	u16 service;
};

static void rx_head_read(struct rg_cur *cur, struct rx_head *head)
{
	rg_cur_skip(cur, 8);
	head->call = rg_cur_be32(cur);
	head->seq = rg_cur_be32(cur);
	head->serial = rg_cur_be32(cur);
	head->type = rg_cur_u8(cur);
	head->flags = rg_cur_u8(cur);
	head->status = rg_cur_u8(cur);
	head->security = rg_cur_u8(cur);
	rg_cur_skip(cur, 2);
	head->service = rg_cur_be16(cur);
}

/**
 * rg_rx_parse() - is it Rx, the transport of AFS?
 * @pkt: the datagram
 *
 * The layout is that of rxrpc in the kernel (net/rxrpc/protocol.h). Only the
 * first 65,535 calls, packets and serials of a connection.
 *
 * RTP would need an SSRC below 2^16 (2^-16), two such words as its payload
 * (2^-32; not 0 for data) and type, flags, status and security (2^-23). A
 * small SSRC and silence, all zero, is no packet of Rx: there is no type 0.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_rx_parse(const struct rg_packet *pkt)
{
	struct rx_head head;
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rx_head_read(&cur, &head);
	if (cur.err || head.call > RX_COUNTER_MAX || head.seq > RX_COUNTER_MAX ||
	    !head.serial || head.serial > RX_COUNTER_MAX ||
	    head.flags & ~RX_FLAGS || head.status || head.security > RX_SECURITY_MAX)
		return false;
	/* Of the connection as a whole: neither call nor sequence. */
	if (head.type == RX_CHALLENGE)
		return !head.call && !head.seq && rx_challenge_check(pkt, &cur);
	if (head.type == RX_RESPONSE)
		return !head.call && !head.seq && rx_response_check(pkt, &cur);
	if (!head.call || !head.service)
		return false;
	switch (head.type) {
	case RX_DATA:
		return head.seq && head.serial >= head.seq;
	case RX_ACK:
		return !head.seq && rx_ack_check(pkt, &cur);
	case RX_ABORT:
		return !head.seq && rg_wire_left(pkt, &cur) == 4;
	case RX_BUSY:
	case RX_ACKALL:
		return !head.seq && rg_wire_done(pkt, &cur);
	}
	return false;
}
