/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_MPEGTS_H
#define RG_CORE_MPEGTS_H

#include "packet.h"

/* Bytes of a transport stream packet, and how many of a datagram are read. */
#define RG_MPEGTS_LEN		188
#define RG_MPEGTS_PACKETS_MAX	11

/* Where three of them begin, the last may be cut. */
#define RG_MPEGTS_CUT_MIN	(2 * RG_MPEGTS_LEN + 1)

/* PIDs whose continuity is followed. */
#define RG_MPEGTS_PIDS_MAX	8

/**
 * enum rg_mpegts_pes - what begins in a transport stream packet
 * @RG_MPEGTS_PES_NONE: no packet of media, or it cannot be seen
 * @RG_MPEGTS_PES_CLEAR: one that says it is not scrambled
 * @RG_MPEGTS_PES_SECRET: one that says it is
 */
enum rg_mpegts_pes {
	RG_MPEGTS_PES_NONE,
	RG_MPEGTS_PES_CLEAR,
	RG_MPEGTS_PES_SECRET,
};

/**
 * struct rg_mpegts_packet - one packet of a transport stream
 * @pid: which of its streams
 * @counter: continuity counter
 * @scrambling: transport_scrambling_control; 0: clear
 * @payload: has a payload: the counter counts it
 * @jump: says that its counter need not go on
 * @pes: enum rg_mpegts_pes
 */
struct rg_mpegts_packet {
	u16 pid;
	u8 counter;
	u8 scrambling;
	bool payload;
	bool jump;
	u8 pes;
};

/**
 * struct rg_mpegts - the transport stream packets of a datagram
 * @count: packets whose headers are readable
 * @packets: these
 */
struct rg_mpegts {
	u8 count;
	struct rg_mpegts_packet packets[RG_MPEGTS_PACKETS_MAX];
};

/**
 * enum rg_mpegts_answer - what is known of a transport stream
 * @RG_MPEGTS_NOT_YET: it may still be chance
 * @RG_MPEGTS_RECOGNISED: it is one
 * @RG_MPEGTS_CLEAR: and media in it is readable
 * @RG_MPEGTS_SECRET: and all media seen in it is scrambled
 */
enum rg_mpegts_answer {
	RG_MPEGTS_NOT_YET,
	RG_MPEGTS_RECOGNISED,
	RG_MPEGTS_CLEAR,
	RG_MPEGTS_SECRET,
};

/**
 * struct rg_mpegts_pid - where a PID's continuity stands
 * @pid: which
 * @counter: of its last packet
 */
struct rg_mpegts_pid {
	u16 pid;
	u8 counter;
};

/**
 * struct rg_mpegts_state - one direction of a flow, zeroed at first
 * @pids: the first PIDs that were seen
 * @used: how many these are
 * @idle: datagrams in a row without one of them
 * @run: datagrams in continuity, up to what makes it recognised
 * @clear: starts of readable media, up to what makes it clear
 * @secret: packets of scrambled media, up to what makes it secret
 */
struct rg_mpegts_state {
	struct rg_mpegts_pid pids[RG_MPEGTS_PIDS_MAX];
	u8 used;
	u8 idle;
	u8 run;
	u8 clear;
	u8 secret;
};

bool rg_mpegts_parse(const struct rg_packet *pkt, struct rg_mpegts *mpegts);
bool rg_mpegts_cut(const struct rg_packet *pkt, struct rg_mpegts *mpegts);
u8 rg_mpegts_feed(struct rg_mpegts_state *state, const struct rg_packet *pkt,
		  const struct rg_mpegts *mpegts);

#endif /* RG_CORE_MPEGTS_H */
