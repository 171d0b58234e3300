/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CAPTURE_H
#define RG_CAPTURE_H

#include "core/types.h"

struct capture;

/**
 * enum capture_link - what comes before the network header
 * @CAPTURE_LINK_ETHERNET: Ethernet
 * @CAPTURE_LINK_SLL: Linux cooked, version 1
 * @CAPTURE_LINK_SLL2: Linux cooked, version 2
 * @CAPTURE_LINK_RAW: nothing; the IP version tells IPv4 from IPv6
 * @CAPTURE_LINK_NULL: BSD's address family, in its host's byte order
 * @CAPTURE_LINK_LOOP: BSD's address family, in network byte order
 */
enum capture_link {
	CAPTURE_LINK_ETHERNET,
	CAPTURE_LINK_SLL,
	CAPTURE_LINK_SLL2,
	CAPTURE_LINK_RAW,
	CAPTURE_LINK_NULL,
	CAPTURE_LINK_LOOP,
};

/**
 * struct capture_packet - one record of a capture file
 * @data: link layer header and on; valid until the next record is read
 * @len: bytes at @data
 * @wire_len: bytes there were on the wire
 * @time_ms: when, in milliseconds since 1970; may go backwards
 */
struct capture_packet {
	const u8 *data;
	u32 len;
	u32 wire_len;
	u64 time_ms;
};

/* capture.c */
struct capture *capture_open(const char *path);
int capture_next(struct capture *cap, struct capture_packet *pkt);
enum capture_link capture_link(const struct capture *cap);
const char *capture_error(const struct capture *cap);
void capture_free(struct capture *cap);

#endif /* RG_CAPTURE_H */
