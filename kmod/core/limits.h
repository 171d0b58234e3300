/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_LIMITS_H
#define RG_CORE_LIMITS_H

/* The constant bounds of every loop over input, and of every state. */

/* Streams (SSRCs) followed at a time, for each direction of a flow. */
#define RG_STREAMS_MAX		4

/* A stream that was silent this long may give its place to another SSRC. */
#define RG_STREAM_IDLE_MS	2000

/* RTCP packets in one compound; 15 bytes each would already fill 1,500. */
#define RG_RTCP_CHAIN_MAX	64

/* Steps of a sequence number that still count as "goes on". */
#define RG_SEQ_AHEAD_MAX	64
#define RG_SEQ_BEHIND_MAX	64

/*
 * Steps of a timestamp. Ahead: 46 s at 90 kHz, for a sender that pauses.
 * Behind: 0.7 s at 90 kHz, video sends in decoding order (RFC 6184, 5.1).
 */
#define RG_TS_AHEAD_MAX		0x400000u
#define RG_TS_BEHIND_MAX	0x10000u

/* Packets in continuity that make RTP, and static lengths that make clear. */
#define RG_CONTINUITY_MIN	3
#define RG_STATIC_LENGTH_MIN	3

/* Payloads shorter than this never contradict RTP: keep-alives, events. */
#define RG_CONTRADICT_LEN_MIN	12

#endif /* RG_CORE_LIMITS_H */
