/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_RTSP_H
#define RG_CORE_RTSP_H

#include "framing.h"
#include "rtsp_header.h"

/* Of the frame without bytes with which base64 begins. */
#define RG_RTSP_CHANNEL_NONE	0x100

/* What rg_interleaved_begins() wants to see. */
#define RG_INTERLEAVED_HEAD_LEN	16

/**
 * struct rg_rtsp - one direction of a TCP connection, zeroed at first
 * @header: of the message
 * @left: bytes of a body that are still to come
 * @taken: bytes of this message, or of blanks before the first
 * @frame_len: of a frame, as far as it has come
 * @phase: what stands next, enum phase (rtsp.c)
 * @kind: of the message, enum kind (rtsp.c)
 * @words: of its first line
 * @channel: of a frame
 * @recognised: it is RTSP, or RTSP over HTTP
 * @base64: what follows has to be decoded first
 */
struct rg_rtsp {
	struct rg_rtsp_header header;
	u32 left;
	u32 taken;
	u16 frame_len;
	u8 phase;
	u8 kind;
	struct rg_words words;
	u8 channel;
	bool recognised;
	bool base64;
};

bool rg_rtsp_begins(const u8 *data, u32 len);
void rg_rtsp_join(struct rg_rtsp *rtsp);
u32 rg_rtsp_feed(struct rg_rtsp *rtsp, const u8 *data, u32 len,
		 struct rg_frame *frame, u8 *event);
bool rg_interleaved_begins(const u8 *head, u32 len);

#endif /* RG_CORE_RTSP_H */
