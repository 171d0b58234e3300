/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_RTMP_H
#define RG_CORE_RTMP_H

#include "framing.h"
#include "limits.h"

/* The type of what is encrypted: a message has another. */
#define RG_RTMP_ENCRYPTED	0xff

/* Likewise of what comes where it could not be followed. */
#define RG_RTMP_UNREADABLE	0xfe

/* Bytes of the longest header of a chunk: basic, message, extended timestamp. */
#define RG_RTMP_HEADER_MAX	18

/**
 * struct rg_rtmp_stream - one chunk stream, and its last message
 * @id: chunk stream id; 0: the place is free
 * @extended: its last header had an extended timestamp
 * @type: message type id
 * @len: bytes of the message
 * @left: of these, the ones to come
 */
struct rg_rtmp_stream {
	u32 id : 17;
	u32 extended : 1;
	u32 type : 8;
	u32 len : 24;
	u32 left;
};

/**
 * struct rg_rtmp - one direction of a connection, zeroed at first
 * @streams: chunk streams, that of the last chunk first
 * @chunk_size: what the sender cuts messages into
 * @skip: bytes to come of the chunk, or of the handshake
 * @value: last bytes of a message that controls the chunk stream
 * @bytes: first bytes of what is read
 * @have: how many these are
 * @phase: what is read
 * @pending: a message begins that was not reported yet
 * @known: it is RTMP
 * @encrypted: what is behind the handshake is encrypted; see rg_rtmp_feed()
 * @unreadable: set by who feeds it: no byte is fed any more
 */
struct rg_rtmp {
	struct rg_rtmp_stream streams[RG_RTMP_STREAMS_MAX];
	u32 chunk_size;
	u32 skip;
	u32 value;
	u8 bytes[RG_RTMP_HEADER_MAX];
	u8 have;
	u8 phase;
	bool pending;
	bool known;
	bool encrypted;
	bool unreadable;
};

bool rg_rtmp_begins(const u8 *data, u32 len);
u32 rg_rtmp_feed(struct rg_rtmp *rtmp, const u8 *data, u32 len,
		 struct rg_frame *frame, u8 *event);
bool rg_rtmp_is_media(const struct rg_frame *frame);

#endif /* RG_CORE_RTMP_H */
