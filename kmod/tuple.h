/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_TUPLE_H
#define RG_TUPLE_H

#include <linux/types.h>

struct rg_headers;

/**
 * struct rg_tuple - a flow's key: wire addresses, either end first
 * @addr: the lower end first (address, then port, compared as bytes)
 * @netns: cookie of the network namespace
 * @port: host byte order, as @addr
 * @l4proto: IPPROTO_*
 * @family: 4 or 6
 * @peer: whom a relay sends it to or has it from (rg_carrier_open()), or
 *	which channel of a connection it is in; 0: there is one
 *
 * The key is hashed as bytes, without padding.
 */
struct rg_tuple {
	u8 addr[2][16];
	u64 netns;
	u16 port[2];
	u8 l4proto;
	u8 family;
	u16 peer;
};

u8 rg_tuple_fill(const struct rg_headers *head, u64 netns, u16 peer,
		 struct rg_tuple *tuple);

#endif /* RG_TUPLE_H */
