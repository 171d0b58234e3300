/* SPDX-License-Identifier: GPL-2.0 */
#ifndef DEMO_FRAME_H
#define DEMO_FRAME_H

#include "core/types.h"

#define FRAME_ADDRESS_LEN	16
#define FRAME_NAME_LEN		64

/**
 * struct frame_end - one end of a datagram
 * @family: AF_INET or AF_INET6
 * @address: 4 or 16 bytes in network order, the rest zero
 * @port: in host order
 */
struct frame_end {
	u32 family;
	u8 address[FRAME_ADDRESS_LEN];
	u16 port;
};

/**
 * struct frame_udp - a UDP datagram found in a captured frame
 * @from: who sent it
 * @to: to whom
 * @data: what it carries, as far as it was captured
 * @len: bytes at @data
 */
struct frame_udp {
	struct frame_end from;
	struct frame_end to;
	const u8 *data;
	u32 len;
};

/* frame.c */
bool frame_link_known(int dlt);
bool frame_udp_parse(int dlt, const u8 *data, u32 len, struct frame_udp *udp);
bool frame_end_same(const struct frame_end *a, const struct frame_end *b);
void frame_end_name(const struct frame_end *end, char *name);
bool frame_address_parse(const char *text, struct frame_end *end);
bool frame_address_same(const struct frame_end *a, const struct frame_end *b);

#endif /* DEMO_FRAME_H */
