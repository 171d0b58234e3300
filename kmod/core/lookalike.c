// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "iax2.h"
#include "srt.h"

/**
 * DOC: Protocols that look like RTP
 *
 * A quarter of all random datagrams begin with RTP's version. Where a protocol
 * begins with a random number (DNS, IKE, ONC RPC, Rx) or with a constant in
 * that range (BACnet/IP, RakNet), strict would hold its first packets, and of
 * a request that is sent once there is no second.
 *
 *	rg_feed()
 *	   |  shape RTP, and nothing recognised as media in that direction
 *	   v
 *	lookalikes[]: three words under a mask -> parse to the exact end
 *
 * What is recognised here passes, so each recogniser has to be sure from one
 * datagram: it asks for what media cannot be but by a chance that its comment
 * states, as a rule below 2^-30 a packet. Media that is recognised is never
 * asked about again, so the chance is taken two or three times a stream.
 * Who sends media as well-formed DNS disguises it; that is out of scope.
 *
 * Not here, because one datagram does not tell: ESP in UDP (an SPI, a counter
 * and cipher text), and whatever has a header of random bytes only.
 */

#define HEAD_WORDS	3

/**
 * struct lookalike - one protocol, or one form of it
 * @mask: which bits of the first words are looked at before anything else
 * @value: and what they have to be
 * @parse: is it that protocol, beyond chance?
 */
struct lookalike {
	u32 mask[HEAD_WORDS];
	u32 value[HEAD_WORDS];
	bool (*parse)(const struct rg_packet *pkt);
};

/* The most frequent first, and last what has no mask to speak of. */
static const struct lookalike lookalikes[] = {
	/* Counts: fewer than 16 questions, fewer than 256 records. */
	{ { 0, 0xfff0ff00, 0xff00ff00 }, { 0, 0, 0 }, rg_dns_parse },
	/* Versions 1 and 0 (negotiation), drafts, 2. */
	{ { 0x00ffffff, 0xfe000000, 0 }, { 0, 0, 0 }, rg_quic_parse },
	{ { 0x00ffffff, 0, 0 }, { 0x00ff0000, 0, 0 }, rg_quic_parse },
	{ { 0x00ffffff, 0xff000000, 0 }, { 0x006b3343, 0xcf000000, 0 }, rg_quic_parse },
	/* Stratum, poll interval, root delay and root dispersion. */
	{ { 0x00e0e000, 0xfff00000, 0xfff00000 }, { 0, 0, 0 }, rg_ntp_parse },
	{ { 0, ~0u, ~0u }, { 0, 0, 2 }, rg_rpc_call_parse },
	{ { 0, ~0u, ~1u }, { 0, 1, 0 }, rg_rpc_reply_parse },
	{ { 0xfff00000, 0, 0 }, { 0x81000000, 0, 0 }, rg_bacnet_parse },
	{ { 0xf3000000, 0x0f000000, 0 }, { 0x80000000, 0, 0 }, rg_raknet_frames_parse },
	{ { 0xffff00fe, 0, 0 }, { 0xa0000000, 0, 0 }, rg_raknet_nack_parse },
	{ { ~0u, ~0u, ~0u }, { 0x87000000, 0, 0 }, rg_crynet_parse },
	{ { 0xff8c0000, 0, 0 }, { 0xaa000000, 0, 0 }, rg_synchrophasor_parse },
	{ { 0xf0ffffff, 0, 0 }, { 0x80000000, 0, 0 }, rg_lisp_parse },
	{ { 0, 0xf8ff0000, 0 }, { 0, 0x50000000, 0 }, rg_kcp_parse },
	{ { 0, 0, 0xf8ff0000 }, { 0, 0, 0x50000000 }, rg_kcp_token_parse },
	/* These two are media all the same, see nonrtp.c. */
	{ { ~0u, 0, 0 }, { 0x80000000, 0, 0 }, rg_srt_control },
	{ { 0x80007fff, 0, 0x0000ff00 }, { 0x80000000, 0, 0x00000600 }, rg_iax2_control },
	{ { 0, 0, 0xff000000 }, { 0, 0, 0 }, rg_rx_parse },
	{ { 0, 0, 0 }, { 0, 0, 0 }, rg_ike_parse },
};

static bool head_fits(const struct lookalike *one, const u32 *head)
{
	u32 i;

	for (i = 0; i < HEAD_WORDS; i++) {
		if ((head[i] & one->mask[i]) != one->value[i])
			return false;
	}
	return true;
}

/**
 * rg_lookalike() - is a datagram, by itself, positively another protocol?
 * @pkt: a datagram that could be RTP by itself
 *
 * Context: any.
 * Return: true when it is one of those that begin like RTP by chance.
 */
bool rg_lookalike(const struct rg_packet *pkt)
{
	u32 head[HEAD_WORDS];
	struct rg_cur cur;
	size_t i;

	if (pkt->len > pkt->wire_len)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	for (i = 0; i < HEAD_WORDS; i++)
		head[i] = rg_cur_be32(&cur);
	if (cur.err)
		return false;
	for (i = 0; i < ARRAY_SIZE(lookalikes); i++) {
		if (head_fits(&lookalikes[i], head) && lookalikes[i].parse(pkt))
			return true;
	}
	return false;
}
