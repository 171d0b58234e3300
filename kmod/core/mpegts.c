// SPDX-License-Identifier: GPL-2.0
#include "mpegts.h"
#include "cursor.h"

#define TS_SYNC			0x47
#define TS_HEADER_LEN		4
#define TS_BODY_LEN		(RG_MPEGTS_LEN - TS_HEADER_LEN)

/* The second and third byte, as one number. */
#define TS_ERROR		0x8000
#define TS_UNIT_START		0x4000
#define TS_PID			0x1fff

/* Tables are below (ISO/IEC 13818-1, table 2-3; EN 300 468, 5.1.3). */
#define TS_PID_MEDIA_FIRST	0x20
#define TS_PID_NULL		0x1fff

/* The fourth byte. */
#define TS_ADAPTATION		0x20
#define TS_PAYLOAD		0x10

/* An adaptation field: its flag, and its length when there is no payload. */
#define TS_DISCONTINUITY	0x80
#define TS_ADAPTATION_ALONE	(TS_BODY_LEN - 1)

/* ISO/IEC 13818-1, table 2-22: stream_id of media. */
#define PES_PREFIX		0x000001
#define PES_PRIVATE_1		0xbd
#define PES_MEDIA_FIRST		0xc0
#define PES_MEDIA_LAST		0xef
#define PES_EXTENDED		0xfd

/* Datagrams in continuity, starts of media, and packets of scrambled media. */
#define TS_RUN_MIN		3
#define TS_CLEAR_MIN		2
#define TS_SECRET_MIN		2

/* First bytes that a datagram has to have where packets are cut. */
#define TS_SYNCS_MIN		3

/* Datagrams without one of the PIDs that are followed: follow others. */
#define TS_IDLE_MAX		64

/**
 * enum continuity - how a packet follows the last of its PID
 * @CONTINUITY_NEW: it is the first that is seen
 * @CONTINUITY_SAME: neither on nor off: a duplicate, or it does not count
 * @CONTINUITY_ON: the next
 * @CONTINUITY_OFF: another
 */
enum continuity {
	CONTINUITY_NEW,
	CONTINUITY_SAME,
	CONTINUITY_ON,
	CONTINUITY_OFF,
};

static bool pes_is_media(u8 stream)
{
	return stream == PES_PRIVATE_1 || stream == PES_EXTENDED ||
	       (stream >= PES_MEDIA_FIRST && stream <= PES_MEDIA_LAST);
}

/* ISO/IEC 13818-1, 2.4.3.6: by chance once in 2^28. */
static u8 pes_read(struct rg_cur cur)
{
	u32 start = rg_cur_be32(&cur);
	u8 flags;

	rg_cur_skip(&cur, 2);
	flags = rg_cur_u8(&cur);
	if (cur.err || start >> 8 != PES_PREFIX || !pes_is_media(start) ||
	    flags >> 6 != 2)
		return RG_MPEGTS_PES_NONE;
	return flags & 0x30 ? RG_MPEGTS_PES_SECRET : RG_MPEGTS_PES_CLEAR;
}

/*
 * The adaptation field, 2.4.3.4. Without a payload it fills the packet, with one
 * it leaves a byte.
 */
static bool adaptation_skip(struct rg_cur *cur, struct rg_mpegts_packet *packet)
{
	u8 len = rg_cur_u8(cur);

	/* A copy that ends here shows nothing more. */
	if (cur->err)
		return true;
	if (packet->payload ? len >= TS_ADAPTATION_ALONE :
			      len != TS_ADAPTATION_ALONE)
		return false;
	if (len)
		packet->jump = rg_cur_u8(cur) & TS_DISCONTINUITY;
	rg_cur_skip(cur, len ? len - 1 : 0);
	return true;
}

/* A packet, 2.4.3.2, of which at least the header is readable. */
static bool packet_read(struct rg_cur cur, struct rg_mpegts_packet *packet)
{
	u8 sync = rg_cur_u8(&cur);
	u16 word = rg_cur_be16(&cur);
	u8 control = rg_cur_u8(&cur);

	memset(packet, 0, sizeof(*packet));
	packet->pid = word & TS_PID;
	packet->counter = control & 0x0f;
	packet->scrambling = control >> 6;
	packet->payload = control & TS_PAYLOAD;
	if (sync != TS_SYNC || word & TS_ERROR ||
	    !(control & (TS_ADAPTATION | TS_PAYLOAD)))
		return false;
	if (packet->pid == TS_PID_NULL)
		return true;
	if (control & TS_ADAPTATION && !adaptation_skip(&cur, packet))
		return false;
	if (packet->payload && word & TS_UNIT_START && !packet->scrambling &&
	    packet->pid >= TS_PID_MEDIA_FIRST)
		packet->pes = pes_read(cur);
	return true;
}

/*
 * What can be read of the packets from @phase on. Each has to begin as one does, the
 * one that the datagram's end cuts as well.
 */
static bool packets_read(const struct rg_packet *pkt, u32 phase, struct rg_mpegts *mpegts)
{
	u32 left = pkt->wire_len - phase;
	struct rg_cur cur, one;
	u32 have;

	mpegts->count = 0;
	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, phase);
	while (mpegts->count < RG_MPEGTS_PACKETS_MAX && left >= RG_MPEGTS_LEN &&
	       cur.left >= TS_HEADER_LEN) {
		have = min_t(u32, cur.left, RG_MPEGTS_LEN);
		rg_cur_init(&one, rg_cur_take(&cur, have), have);
		if (!packet_read(one, &mpegts->packets[mpegts->count]))
			return false;
		mpegts->count++;
		left -= RG_MPEGTS_LEN;
	}
	return mpegts->count && (!left || !cur.left || rg_cur_u8(&cur) == TS_SYNC);
}

/* Is there a packet's first byte at @phase, and in each that follows? */
static bool syncs_from(const struct rg_packet *pkt, u32 phase)
{
	struct rg_cur cur;
	u32 n = 0;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, phase);
	while (cur.left) {
		if (rg_cur_u8(&cur) != TS_SYNC)
			return false;
		n++;
		rg_cur_skip(&cur, min_t(u32, cur.left, RG_MPEGTS_LEN - 1));
	}
	return n >= TS_SYNCS_MIN;
}

/**
 * rg_mpegts_parse() - read a datagram as an MPEG transport stream, by itself
 * @pkt: the datagram
 * @mpegts: filled when the answer is true
 *
 * ISO/IEC 13818-1, 2.4.3: whole packets, as they are sent in UDP without RTP. Where
 * three of them and more begin, the last may be cut.
 *
 * Context: any.
 * Return: true when it could be; of random datagrams of fitting lengths one in 2^10
 * for each packet.
 */
bool rg_mpegts_parse(const struct rg_packet *pkt, struct rg_mpegts *mpegts)
{
	if (pkt->len > pkt->wire_len ||
	    (pkt->wire_len % RG_MPEGTS_LEN && !syncs_from(pkt, 0)))
		return false;
	return packets_read(pkt, 0, mpegts);
}

static u8 pid_follow(struct rg_mpegts_state *state,
		     const struct rg_mpegts_packet *packet)
{
	struct rg_mpegts_pid *pid = state->pids;
	u8 step;

	while (pid < state->pids + state->used && pid->pid != packet->pid)
		pid++;
	if (pid == state->pids + state->used) {
		/* The first ones stay: each PID comes again, sooner or later. */
		if (state->used == RG_MPEGTS_PIDS_MAX)
			return CONTINUITY_NEW;
		state->used++;
		pid->pid = packet->pid;
		pid->counter = packet->counter;
		return CONTINUITY_NEW;
	}
	step = (packet->counter - pid->counter) & 0x0f;
	pid->counter = packet->counter;
	if (!step || packet->jump)
		return CONTINUITY_SAME;
	return step == 1 && packet->payload ? CONTINUITY_ON : CONTINUITY_OFF;
}

/*
 * A datagram counts when more goes on in it than does not: a multiplexer may have
 * made one PID badly. When nothing does it begins anew.
 */
static void run_count(struct rg_mpegts_state *state, const u8 *seen)
{
	if (state->run >= TS_RUN_MIN)
		return;
	if (seen[CONTINUITY_ON] > seen[CONTINUITY_OFF])
		state->run++;
	else if (seen[CONTINUITY_OFF])
		state->run = 0;
	if (seen[CONTINUITY_OFF] || seen[CONTINUITY_ON] || seen[CONTINUITY_SAME])
		state->idle = 0;
	else if (++state->idle >= TS_IDLE_MAX)
		memset(state, 0, sizeof(*state));
}

static void media_count(struct rg_mpegts_state *state,
			const struct rg_mpegts_packet *packet)
{
	bool secret = packet->scrambling > 1 && packet->payload &&
		      packet->pid >= TS_PID_MEDIA_FIRST;

	if (packet->pes == RG_MPEGTS_PES_CLEAR && state->clear < TS_CLEAR_MIN)
		state->clear++;
	secret |= packet->pes == RG_MPEGTS_PES_SECRET;
	if (secret && state->secret < TS_SECRET_MIN)
		state->secret++;
}

/**
 * rg_mpegts_cut() - read a datagram as a piece of a transport stream
 * @pkt: the datagram
 * @mpegts: filled when the answer is true: with the packets that are whole
 *
 * Some senders fill their datagrams, and cut packets in two for that. Asked only in
 * a flow where a datagram began with a packet.
 *
 * Context: any.
 * Return: true where packets may begin somewhere; by chance once in 2^20.
 */
bool rg_mpegts_cut(const struct rg_packet *pkt, struct rg_mpegts *mpegts)
{
	u32 phase;

	if (pkt->len > pkt->wire_len)
		return false;
	for (phase = 1; phase < RG_MPEGTS_LEN; phase++) {
		if (syncs_from(pkt, phase) && packets_read(pkt, phase, mpegts))
			return true;
	}
	return false;
}

/**
 * rg_mpegts_feed() - bring up to date what is known of a transport stream
 * @state: of the packet's direction
 * @pkt: the datagram
 * @mpegts: from rg_mpegts_parse()
 *
 * Recognised when the continuity counter (ISO/IEC 13818-1, 2.4.3.3) of some PID goes
 * on in three datagrams, and none is off between them: of what has a fitting length
 * and first byte, but no counter there, one in 2^12. Media is readable where it
 * begins with a header (2.4.3.6) in clear: one stream in clear makes it clear,
 * whatever is scrambled beside it.
 *
 * Context: whatever protects the state.
 * Return: enum rg_mpegts_answer.
 */
u8 rg_mpegts_feed(struct rg_mpegts_state *state, const struct rg_packet *pkt,
		  const struct rg_mpegts *mpegts)
{
	u8 seen[CONTINUITY_OFF + 1] = { 0 };
	const struct rg_mpegts_packet *packet;
	u8 i;

	for (i = 0; i < mpegts->count && i < RG_MPEGTS_PACKETS_MAX; i++) {
		packet = &mpegts->packets[i];
		/* Null packets have no continuity. */
		if (packet->pid == TS_PID_NULL)
			continue;
		seen[pid_follow(state, packet)]++;
		media_count(state, packet);
	}
	run_count(state, seen);
	if (state->run < TS_RUN_MIN)
		return RG_MPEGTS_NOT_YET;
	if (state->clear >= TS_CLEAR_MIN)
		return RG_MPEGTS_CLEAR;
	if (state->secret >= TS_SECRET_MIN && !state->clear)
		return RG_MPEGTS_SECRET;
	return RG_MPEGTS_RECOGNISED;
}
