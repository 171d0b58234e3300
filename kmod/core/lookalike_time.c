// SPDX-License-Identifier: GPL-2.0
#include "lookalike.h"
#include "limits.h"

#define NTP_LEAP_61		2	/* RTP's version */
#define NTP_STRATUM_MAX		16
#define NTP_POLL_MAX		17
#define NTP_PRECISION_MIN	0xe0	/* 2^-32 s; 0 and 32 do not tell */
#define NTP_PRECISION_HIDDEN	0x20
#define NTP_SHORT_MAX		0x000fffff	/* 16 s */
#define NTP_APART_MAX		0x20000u	/* seconds; 2^17 is the longest poll */
#define NTP_KEY_LEN_MAX		24
#define NTP_EXTENSION_LEN_MIN	16

#define SYNCHROPHASOR_SYNC	0xaa
#define CRC_CCITT		0x1021
#define CRC_START		0xffff

/* What may stand behind the header: a key's MAC, extensions, or both. */
static bool ntp_rest_walk(const struct rg_packet *pkt, struct rg_cur *cur)
{
	u32 i, left, len;

	for (i = 0; i < RG_NTP_EXTENSIONS_MAX; i++) {
		left = rg_wire_left(pkt, cur);
		/* Key and MD5, key and SHA-1 (RFC 7822, 7.5.1.4). */
		if (!left || left == 20 || left == NTP_KEY_LEN_MAX)
			return true;
		rg_cur_skip(cur, 2);
		len = rg_cur_be16(cur);
		if (len % 4 || len < NTP_EXTENSION_LEN_MIN ||
		    !rg_wire_skip(pkt, cur, len - 4) || cur->err)
			return false;
	}
	return false;
}

/* 0, which says that it is not known, or close before or behind. */
static bool ntp_close(u32 seconds, u32 transmitted)
{
	return !seconds ||
	       transmitted - seconds + NTP_APART_MAX <= 2 * NTP_APART_MAX;
}

/**
 * rg_ntp_parse() - is it NTP that announces a minute of 59 seconds?
 * @pkt: the datagram
 *
 * RFC 5905, 7.3. No other NTP has RTP's version.
 *
 * RTP would need small values in its payload type (2^-3), its sequence number
 * (2^-6), its timestamp and its SSRC (2^-24), and two pairs of words of payload
 * that are 0 or within 36 hours of a third that is not 0 (2^-28).
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_ntp_parse(const struct rg_packet *pkt)
{
	u32 delay, dispersion, reference, received, transmitted;
	u8 first, stratum, poll, precision;
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	first = rg_cur_u8(&cur);
	stratum = rg_cur_u8(&cur);
	poll = rg_cur_u8(&cur);
	precision = rg_cur_u8(&cur);
	delay = rg_cur_be32(&cur);
	dispersion = rg_cur_be32(&cur);
	rg_cur_skip(&cur, 4);
	reference = rg_cur_be32(&cur);
	rg_cur_skip(&cur, 12);
	received = rg_cur_be32(&cur);
	rg_cur_skip(&cur, 4);
	transmitted = rg_cur_be32(&cur);
	rg_cur_skip(&cur, 4);
	if (cur.err || first >> 6 != NTP_LEAP_61 || !(first & 0x38) ||
	    (first >> 3 & 7) > 4 || !(first & 7) || (first & 7) > 5)
		return false;
	if (precision && precision != NTP_PRECISION_HIDDEN &&
	    precision < NTP_PRECISION_MIN)
		return false;
	if (stratum > NTP_STRATUM_MAX || poll > NTP_POLL_MAX ||
	    delay > NTP_SHORT_MAX || dispersion > NTP_SHORT_MAX)
		return false;
	return transmitted && ntp_close(reference, transmitted) &&
	       ntp_close(received, transmitted) && ntp_rest_walk(pkt, &cur);
}

static u16 crc_step(u16 crc, u8 byte)
{
	u32 i;

	crc ^= (u16)(byte << 8);
	for (i = 0; i < 8; i++)
		crc = (u16)(crc & 0x8000 ? crc << 1 ^ CRC_CCITT : crc << 1);
	return crc;
}

/**
 * rg_synchrophasor_parse() - is it a frame of IEEE C37.118.2?
 * @pkt: the datagram
 *
 * C37.118.2, 6.2. RTP would need ten CSRCs, one of 18 payload types, its length
 * as its sequence number (2^-16) and the check sum of it all (2^-16).
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_synchrophasor_parse(const struct rg_packet *pkt)
{
	u16 crc = CRC_START;
	struct rg_cur cur;
	u8 sync, type;
	u32 i, len;

	rg_cur_init(&cur, pkt->data, pkt->len);
	sync = rg_cur_u8(&cur);
	type = rg_cur_u8(&cur);
	len = rg_cur_be16(&cur);
	/* A frame type of 0 to 5 and a version of 1 to 3. */
	if (cur.err || sync != SYNCHROPHASOR_SYNC || type >> 4 > 5 ||
	    !(type & 0x0f) || (type & 0x0f) > 3)
		return false;
	if (len != pkt->wire_len || len != pkt->len ||
	    len > RG_SYNCHROPHASOR_LEN_MAX)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	for (i = 0; i < RG_SYNCHROPHASOR_LEN_MAX && i + 2 < len; i++)
		crc = crc_step(crc, rg_cur_u8(&cur));
	return rg_cur_be16(&cur) == crc && rg_wire_done(pkt, &cur);
}
