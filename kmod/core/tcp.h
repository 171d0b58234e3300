/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_TCP_H
#define RG_CORE_TCP_H

#include "framer.h"

/**
 * enum rg_tcp_phase - what is known of a direction's sequence numbers
 * @RG_TCP_UNSEEN: nothing
 * @RG_TCP_OPENED: with which byte it begins
 * @RG_TCP_UNDER_WAY: with which it goes on
 */
enum rg_tcp_phase {
	RG_TCP_UNSEEN,
	RG_TCP_OPENED,
	RG_TCP_UNDER_WAY,
};

/**
 * struct rg_tcp_side - one direction of a connection, zeroed at first
 * @framer: what its bytes are
 * @next: sequence number of the next byte to feed
 * @stop: of the first byte that was not let out
 * @phase: enum rg_tcp_phase
 * @stopped: @stop is one
 * @class: enum rtpguard_class of what was not let out
 * @protection: enum rtpguard_protection of it
 * @subject: enum rtpguard_subject of it
 * @hold: it was only held
 */
struct rg_tcp_side {
	struct rg_framer framer;
	u32 next;
	u32 stop;
	u8 phase;
	bool stopped;
	u8 class;
	u8 protection;
	u8 subject;
	bool hold;
};

/**
 * struct rg_tcp_rest - what remains of a side where nothing is under way
 * @next: as in struct rg_tcp_side
 * @sniffed: as in struct rg_framer
 * @framing: likewise; RG_FRAMING_OTHER: this side is not looked at any more
 * @was: likewise
 * @phase: as in struct rg_tcp_side
 */
struct rg_tcp_rest {
	u32 next;
	u32 sniffed;
	u8 framing;
	u8 was;
	u8 phase;
};

u32 rg_tcp_segment(struct rg_tcp_side *side, u32 seq, u32 len);
bool rg_tcp_rests(const struct rg_tcp_side *side, struct rg_tcp_rest *rest);
void rg_tcp_open(struct rg_tcp_rest *rest, u32 seq);
void rg_tcp_wake(struct rg_tcp_side *side, const struct rg_tcp_rest *rest);
bool rg_tcp_stopped(const struct rg_tcp_side *side, u32 seq, u32 len);
void rg_tcp_stop(struct rg_tcp_side *side, u32 seq);
void rg_tcp_resume(struct rg_tcp_side *side, u32 seq);

#endif /* RG_CORE_TCP_H */
