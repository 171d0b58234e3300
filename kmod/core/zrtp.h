/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_ZRTP_H
#define RG_CORE_ZRTP_H

#include "packet.h"

#define RG_ZRTP_COOKIE	0x5a525450u /* "ZRTP" */

/**
 * enum rg_zrtp_msg - ZRTP messages that change what is known
 * @RG_ZRTP_OTHER: any other
 * @RG_ZRTP_COMMIT: who sends it has begun
 * @RG_ZRTP_CONFIRM1: the answering side has keys
 * @RG_ZRTP_CONFIRM2: so has the side that began
 * @RG_ZRTP_GO_CLEAR: either wants to send media in clear
 */
enum rg_zrtp_msg {
	RG_ZRTP_OTHER,
	RG_ZRTP_COMMIT,
	RG_ZRTP_CONFIRM1,
	RG_ZRTP_CONFIRM2,
	RG_ZRTP_GO_CLEAR,
};

/**
 * struct rg_zrtp - what is seen of one flow's ZRTP, zeroed at first
 * @committed: bitmap of enum rg_dir
 * @confirmed: likewise, for Confirm1 of who answers and Confirm2 of who began
 * @done: keys are agreed on and in use
 */
struct rg_zrtp {
	u8 committed;
	u8 confirmed;
	bool done;
};

bool rg_zrtp_parse(const struct rg_packet *pkt, u8 *msg);
void rg_zrtp_read(struct rg_zrtp *zrtp, u8 dir, u8 msg);

#endif /* RG_CORE_ZRTP_H */
