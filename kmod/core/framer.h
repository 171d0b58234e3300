/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_FRAMER_H
#define RG_CORE_FRAMER_H

#include "base64.h"
#include "packet.h"
#include "rtmp.h"
#include "rtsp.h"

/**
 * enum rg_framing - what cuts a direction of a byte stream into frames
 * @RG_FRAMING_NONE: not known yet; what is no byte stream has none either
 * @RG_FRAMING_RFC4571: two bytes of length before each
 * @RG_FRAMING_TURN: STUN messages and ChannelData (RFC 8656, 12.5)
 * @RG_FRAMING_RTSP: interleaved with RTSP, or with RTSP in HTTP
 * @RG_FRAMING_RTMP: RTMP's chunks
 * @RG_FRAMING_SKIP: nothing known is here: wait for the next segment
 * @RG_FRAMING_HUNT: frames were lost here: look for them at each byte
 * @RG_FRAMING_OTHER: nothing known was found: do not look any more
 */
enum rg_framing {
	RG_FRAMING_NONE,
	RG_FRAMING_RFC4571,
	RG_FRAMING_TURN,
	RG_FRAMING_RTSP,
	RG_FRAMING_RTMP,
	RG_FRAMING_SKIP,
	RG_FRAMING_HUNT,
	RG_FRAMING_OTHER,
};

/* The length before a frame (RFC 4571, 2). */
#define RG_RFC4571_LEN		2

/* Bytes that say what they are the beginning of, and what is kept without memory. */
#define RG_SNIFF_LEN		16
#define RG_FRAME_HEAD_LEN	32

/**
 * struct rg_framer - one direction of a byte stream, zeroed at first
 * @framing: enum rg_framing
 * @frames: that fitted one another, up to RG_FRAMES_KNOWN
 * @was: enum rg_framing of frames that were lost; RG_FRAMING_NONE: there were none
 * @fresh: the segment is the first of its direction
 * @segment: bytes of it that are fed
 * @sniffed: bytes in which nothing known was found
 * @queued: bytes of @queue that are still to be read
 * @queue: what was gathered to look at; its last bytes are read last
 * @head_len: bytes of a frame's header gathered so far
 * @header: these
 * @refused: there was no memory for this frame
 * @wire_len: bytes of the frame; 0: between frames
 * @left: of these still to come
 * @have: of these kept
 * @told: the frame has been answered
 * @channel: of the frame
 * @bytes: memory of RG_FRAME_BYTES_MAX bytes, from the caller, or NULL
 * @head: what is kept without
 * @parser: for RG_FRAMING_RTSP, and what RTSP in HTTP is wrapped in; or for
 *	RG_FRAMING_RTMP
 */
struct rg_framer {
	u8 framing;
	u8 frames;
	u8 was;
	u8 queued;
	u8 head_len;
	bool fresh;
	bool refused;
	bool told;
	u32 segment;
	u32 sniffed;
	u32 wire_len;
	u32 left;
	u32 have;
	u16 channel;
	u8 queue[RG_SNIFF_LEN];
	u8 header[RG_SNIFF_LEN];
	u8 head[RG_FRAME_HEAD_LEN];
	u8 *bytes;
	struct {
		struct rg_rtsp rtsp;
		struct rg_base64 base64;
		struct rg_rtmp rtmp;
	} parser;
};

/* framing.c */
u8 rg_framing_of(const struct rg_framer *framer, const u8 *data, u32 len);
bool rg_framing_begins_like_media(const u8 *head, u32 len);
bool rg_framing_goes_on(u8 framing, const u8 *data, u32 len);

/* framer.c */
void rg_framer_segment(struct rg_framer *framer, u32 len, bool fresh);
void rg_framer_hole(struct rg_framer *framer);
bool rg_framer_hungry(const struct rg_framer *framer);
void rg_framer_give(struct rg_framer *framer, u8 *bytes);
u32 rg_framer_feed(struct rg_framer *framer, const u8 *data, u32 len,
		   struct rg_packet *pkt);
bool rg_framer_goes_on(const struct rg_framer *framer);
bool rg_framer_partial(const struct rg_framer *framer, struct rg_packet *pkt);

#endif /* RG_CORE_FRAMER_H */
