/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_FRAMING_H
#define RG_CORE_FRAMING_H

#include "types.h"

/**
 * DOC: Framing
 *
 * TCP has no datagrams: what cuts its byte stream into frames is a protocol of its
 * own, and one direction of a connection has one at a time. Its parser is fed the
 * bytes as they come, in pieces that end anywhere, takes as many as it can say
 * something of, and keeps what it has to remember in a state of constant size:
 *
 *	taken = rg_rtsp_feed(&state, data, len, &frame) -> enum rg_framing_event
 *
 * The same bytes give the same frames, however they are cut.
 */

/**
 * enum rg_framing_event - what a parser says of the bytes it took
 * @RG_FRAMING_MORE: it took all, and has nothing to say
 * @RG_FRAMING_FRAME: a frame begins with the byte behind those it took
 * @RG_FRAMING_LOST: it is another protocol, or not this one any more
 */
enum rg_framing_event {
	RG_FRAMING_MORE,
	RG_FRAMING_FRAME,
	RG_FRAMING_LOST,
};

/**
 * struct rg_frame - what a parser says of a frame
 * @len: bytes of it
 * @channel: which of the channels of its connection
 * @type: RTMP: message type id
 */
struct rg_frame {
	u32 len;
	u16 channel;
	u8 type;
};

#endif /* RG_CORE_FRAMING_H */
