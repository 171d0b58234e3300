/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_T38_H
#define RG_CORE_T38_H

#include "packet.h"

/**
 * struct rg_t38 - a UDPTL packet
 * @seq: sequence number
 */
struct rg_t38 {
	u16 seq;
};

/**
 * enum rg_t38_answer - what is known of a fax
 * @RG_T38_NOT_YET: it may still be chance
 * @RG_T38_CLEAR: it is one, and UDPTL is always readable
 *
 * Where it is protected it is in DTLS (RFC 7345), and does not look like this.
 */
enum rg_t38_answer {
	RG_T38_NOT_YET,
	RG_T38_CLEAR,
};

/**
 * struct rg_t38_state - one direction of a flow, zeroed at first
 * @seq: of the last packet
 * @run: packets in sequence, up to what makes it recognised
 * @moved: one of them was not sent before
 */
struct rg_t38_state {
	u16 seq;
	u8 run;
	bool moved;
};

bool rg_t38_parse(const struct rg_packet *pkt, struct rg_t38 *t38);
u8 rg_t38_feed(struct rg_t38_state *state, const struct rg_packet *pkt,
	       const struct rg_t38 *t38);

#endif /* RG_CORE_T38_H */
