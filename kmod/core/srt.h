/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_SRT_H
#define RG_CORE_SRT_H

#include "packet.h"

/* Sockets of each side that are followed: more than one may share a port. */
#define RG_SRT_SOCKETS_MAX	4

/**
 * enum rg_srt_kind - what a datagram is, if it is SRT
 * @RG_SRT_DATA: data: any datagram that begins with a 0 bit looks like it
 * @RG_SRT_CONTROL: a control packet that fits its type
 * @RG_SRT_HANDSHAKE: a handshake, beyond chance
 */
enum rg_srt_kind {
	RG_SRT_DATA,
	RG_SRT_CONTROL,
	RG_SRT_HANDSHAKE,
};

/**
 * struct rg_srt - an SRT packet (draft-sharabayko-srt-01, 3)
 * @kind: enum rg_srt_kind
 * @type: of a control packet: its type
 * @seq: of data: sequence number, 31 bits
 * @info: the second word: of data its flags and message number, of an
 *	acknowledgment its number
 * @dest: socket that it is for
 * @socket: of a handshake: socket that sends it, or 0
 * @own: SRT's own, and not of UDT, which it comes from and looks like
 * @keys: it carries keys
 */
struct rg_srt {
	u8 kind;
	u16 type;
	u32 seq;
	u32 info;
	u32 dest;
	u32 socket;
	bool own;
	bool keys;
};

/**
 * enum rg_srt_answer - what is known of a flow, and that a packet belongs to it
 * @RG_SRT_NOT_YET: nothing, or the packet does not belong to it
 * @RG_SRT_RECOGNISED: it is SRT
 * @RG_SRT_CLEAR: and data in it is readable
 * @RG_SRT_SECRET: and all data seen in it is encrypted
 */
enum rg_srt_answer {
	RG_SRT_NOT_YET,
	RG_SRT_RECOGNISED,
	RG_SRT_CLEAR,
	RG_SRT_SECRET,
};

/**
 * struct rg_srt_socket - where the data for a socket stands
 * @id: which; 0: none
 * @seq: sequence number of the last packet
 * @clear: packets in clear, one after the other
 */
struct rg_srt_socket {
	u32 id;
	u32 seq;
	u8 clear;
};

/**
 * struct rg_srt_side - one side of a flow
 * @sockets: those that it said are its own
 * @next: place in @sockets that is given up next
 * @heard: a socket of its own is known
 * @lost: more were known than there is place for
 * @ack: number of its last full acknowledgment, or 0
 * @ack_dest: socket of the other side that it was for
 * @ack_own: it had what UDT's have not
 */
struct rg_srt_side {
	struct rg_srt_socket sockets[RG_SRT_SOCKETS_MAX];
	u8 next;
	bool heard;
	bool lost;
	u32 ack;
	u32 ack_dest;
	bool ack_own;
};

/**
 * struct rg_srt_state - a flow, both its directions, zeroed at first
 * @sides: by enum rg_dir: who sends in that direction
 * @own: it is SRT, not UDT
 * @keys: keys were seen
 * @strays: readable data for sockets that were forgotten
 * @clear: readable data was seen
 * @secret: encrypted data was seen
 */
struct rg_srt_state {
	struct rg_srt_side sides[RG_DIRS];
	bool own;
	bool keys;
	u8 strays;
	bool clear;
	bool secret;
};

bool rg_srt_parse(const struct rg_packet *pkt, struct rg_srt *srt);
bool rg_srt_control(const struct rg_packet *pkt);
u8 rg_srt_feed(struct rg_srt_state *state, const struct rg_packet *pkt,
	       const struct rg_srt *srt);

#endif /* RG_CORE_SRT_H */
