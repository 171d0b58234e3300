/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_PACKET_H
#define RG_CORE_PACKET_H

#include "types.h"

/**
 * enum rg_dir - which way a packet goes along its flow
 * @RG_DIR_ORIGINAL: from the side that sent the flow's first packet
 * @RG_DIR_REPLY: towards it
 */
enum rg_dir {
	RG_DIR_ORIGINAL,
	RG_DIR_REPLY,
	RG_DIRS,
};

/**
 * struct rg_packet - one datagram as the classifier sees it
 * @data: transport payload
 * @len: bytes readable at @data; fewer than @wire_len for a bounded copy, a
 *	short capture or the first of several fragments
 * @wire_len: bytes of the transport payload on the wire
 * @dir: enum rg_dir
 * @framing: enum rg_framing: what cut it out of a byte stream; 0: a datagram
 * @peer: tells the peers of a relay, from rg_carrier_open(), and the channels of a
 *	connection apart; 0: there is one
 * @carried: it was taken out of a relay's
 * @type: RTMP: message type id
 * @now_ms: monotonic time in milliseconds
 */
struct rg_packet {
	const u8 *data;
	u32 len;
	u32 wire_len;
	u8 dir;
	u8 framing;
	u16 peer;
	bool carried;
	u8 type;
	u64 now_ms;
};

#endif /* RG_CORE_PACKET_H */
