/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_IAX2_H
#define RG_CORE_IAX2_H

#include "packet.h"

/* Calls that are followed: a trunk has many in one flow. */
#define RG_IAX2_CALLS_MAX	8

/**
 * enum rg_iax2_kind - the forms of a frame
 * @RG_IAX2_CONTROL: a full frame that controls a call
 * @RG_IAX2_FULL: any other full frame, or one that is encrypted
 * @RG_IAX2_MINI: voice
 * @RG_IAX2_VIDEO: a meta frame: video
 * @RG_IAX2_TRUNK: a meta frame: voice of several calls
 */
enum rg_iax2_kind {
	RG_IAX2_CONTROL,
	RG_IAX2_FULL,
	RG_IAX2_MINI,
	RG_IAX2_VIDEO,
	RG_IAX2_TRUNK,
};

/**
 * struct rg_iax2 - a frame of IAX2 (RFC 5456, 8)
 * @kind: enum rg_iax2_kind
 * @mini: a candidate: only rg_iax2_feed() can tell. Where it is not set the frame is
 *	IAX2 beyond chance
 * @source: call number of the side that sends it; of a trunk: of its first call
 * @dest: of a full frame: call number of the other side, or 0
 * @type: of a full frame: its type, if it is not encrypted
 * @subclass: of a control frame: what it is for
 * @encryption: methods of encryption that it names
 */
struct rg_iax2 {
	u8 kind;
	bool mini;
	u16 source;
	u16 dest;
	u8 type;
	u8 subclass;
	u16 encryption;
};

/**
 * enum rg_iax2_answer - what a packet is to a flow
 * @RG_IAX2_NOT_YET: nothing is known, or it does not belong to the flow
 * @RG_IAX2_RECOGNISED: the flow is IAX2, and it is of it
 * @RG_IAX2_CLEAR: and it is of media that is readable
 * @RG_IAX2_SECRET: and it is of media that is encrypted
 */
enum rg_iax2_answer {
	RG_IAX2_NOT_YET,
	RG_IAX2_RECOGNISED,
	RG_IAX2_CLEAR,
	RG_IAX2_SECRET,
};

/**
 * struct rg_iax2_call - one call
 * @numbers: its number at each side, by enum rg_dir of what that sends; 0: unknown
 * @first: enum rg_dir of its first frame
 * @sure: it is a call, and not chance
 * @secret: both sides agreed on encryption
 * @clear: frames of readable media, up to what makes it clear
 */
struct rg_iax2_call {
	u16 numbers[RG_DIRS];
	u8 first;
	bool sure;
	bool secret;
	u8 clear;
};

/**
 * struct rg_iax2_state - a flow, both its directions, zeroed at first
 * @calls: those that were seen
 * @next: place in @calls that is given up next
 * @sure: one of them was sure
 * @lost: there were more than there is place for
 * @lost_secret: and in one of these encryption was agreed on
 * @clear: in all of them: frames of readable media, up to what makes it clear
 * @secret: an encrypted frame was seen
 */
struct rg_iax2_state {
	struct rg_iax2_call calls[RG_IAX2_CALLS_MAX];
	u8 next;
	bool sure;
	bool lost;
	bool lost_secret;
	u8 clear;
	bool secret;
};

bool rg_iax2_parse(const struct rg_packet *pkt, struct rg_iax2 *iax2);
bool rg_iax2_control(const struct rg_packet *pkt);
u8 rg_iax2_feed(struct rg_iax2_state *state, const struct rg_packet *pkt,
		const struct rg_iax2 *iax2);

#endif /* RG_CORE_IAX2_H */
