// SPDX-License-Identifier: GPL-2.0
#include "iax2.h"
#include "lookalike.h"

/* RFC 5456, 8.1: call numbers have 15 bits, the first is the frame's form. */
#define IAX2_NUMBER		0x7fff
#define IAX2_FULL		0x8000
#define IAX2_META_VIDEO		0x8000

/* 8.2: types of full frames; later ones are of Asterisk. */
#define IAX2_VOICE		2
#define IAX2_VIDEO		3
#define IAX2_CONTROL		6
#define IAX2_TYPE_LAST		13

/* 8.4: subclasses of control frames. */
#define IAX2_NEW		1
#define IAX2_HANGUP		5
#define IAX2_REJECT		6
#define IAX2_ACCEPT		7
#define IAX2_AUTHREQ		8
#define IAX2_REGREQ		13
#define IAX2_REGREL		17
#define IAX2_CALLTOKEN		40

/* 8.6: information elements. */
#define IAX2_IE_VERSION		11
#define IAX2_IE_ENCRYPTION	43
#define IAX2_IE_CALLTOKEN	54
#define IAX2_IES_MAX		128
#define IAX2_PROTOCOL		2

/* 8.1.3.2: the meta command, its flag for timestamps, and how many calls. */
#define IAX2_META_TRUNK		1
#define IAX2_TRUNK_STAMPS	1
#define IAX2_TRUNK_CALLS_MAX	512

/*
 * 7: what stands behind the call numbers is encrypted in blocks, behind 16 to 31
 * bytes of padding.
 */
#define IAX2_BLOCK_LEN		16
#define IAX2_SEALED_LEN_MIN	32

/* Frames of readable media that make it clear. */
#define IAX2_CLEAR_MIN		2

/**
 * struct elements - what the elements of a control frame say
 * @count: how many there are
 * @version: of the protocol, if it comes first; else 0
 * @encryption: methods
 * @token: the last is a call token
 */
struct elements {
	u32 count;
	u16 version;
	u16 encryption;
	bool token;
};

/* Could it be encrypted: are there whole blocks behind the call numbers? */
static bool sealed_fits(const struct rg_packet *pkt, u8 kind)
{
	u32 len;

	if (kind != RG_IAX2_FULL && kind != RG_IAX2_MINI)
		return false;
	len = pkt->wire_len - (kind == RG_IAX2_FULL ? 4 : 2);
	return len >= IAX2_SEALED_LEN_MIN && len % IAX2_BLOCK_LEN == 0;
}

/* One element's value; a copy that ends in it shows nothing more. */
static bool element_read(struct rg_cur cur, u8 type, u8 len, struct elements *ies)
{
	u16 value;

	ies->token = type == IAX2_IE_CALLTOKEN;
	if (type != IAX2_IE_VERSION && type != IAX2_IE_ENCRYPTION)
		return true;
	value = rg_cur_be16(&cur);
	if (type == IAX2_IE_ENCRYPTION)
		ies->encryption = value;
	else if (!ies->count)
		ies->version = value;
	return len == 2;
}

/* 8.6: a type and a length, each in a byte, to the exact end or the copy's. */
static bool elements_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			  struct elements *ies)
{
	u8 type, len;

	memset(ies, 0, sizeof(*ies));
	while (ies->count < IAX2_IES_MAX && !rg_wire_done(pkt, cur)) {
		type = rg_cur_u8(cur);
		len = rg_cur_u8(cur);
		if (cur->err)
			return pkt->len < pkt->wire_len;
		if (!element_read(*cur, type, len, ies) ||
		    !rg_wire_skip(pkt, cur, len))
			return false;
		if (cur->err)
			return true;
		ies->count++;
	}
	return rg_wire_done(pkt, cur);
}

/*
 * Is a control frame IAX2 beyond chance? The first of a call or a registration has
 * no other side's number, and both sequence numbers are 0; the answer that has a
 * token comes from number 1.
 */
static bool control_is_sure(const struct rg_iax2 *iax2, u16 order,
			    const struct elements *ies)
{
	switch (iax2->subclass) {
	case IAX2_NEW:
		return !iax2->dest && !order && ies->version == IAX2_PROTOCOL;
	case IAX2_REGREQ:
	case IAX2_REGREL:
		return !iax2->dest && !order && ies->count;
	case IAX2_CALLTOKEN:
		return iax2->source == 1 && order == 1 && ies->count == 1 &&
		       ies->token;
	}
	return false;
}

/* @order: both sequence numbers. NEW without the version is no NEW. */
static bool control_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			 u16 order, struct rg_iax2 *iax2)
{
	struct elements ies;

	if (!iax2->subclass || iax2->subclass > IAX2_CALLTOKEN ||
	    !elements_walk(pkt, cur, &ies))
		return false;
	iax2->kind = RG_IAX2_CONTROL;
	iax2->encryption = ies.encryption;
	iax2->mini = !control_is_sure(iax2, order, &ies);
	return iax2->subclass != IAX2_NEW || !iax2->mini;
}

/* 8.1.1. The second word's first bit says that it is sent again. */
static bool full_walk(const struct rg_packet *pkt, struct rg_cur *cur,
		      struct rg_iax2 *iax2)
{
	u16 order;

	iax2->dest = rg_cur_be16(cur) & IAX2_NUMBER;
	rg_cur_skip(cur, 4);
	order = rg_cur_be16(cur);
	iax2->type = rg_cur_u8(cur);
	iax2->subclass = rg_cur_u8(cur);
	if (cur->err || !iax2->source)
		return false;
	if (iax2->type == IAX2_CONTROL && control_walk(pkt, cur, order, iax2))
		return true;
	iax2->kind = RG_IAX2_FULL;
	iax2->mini = true;
	if (!iax2->dest)
		return false;
	if (iax2->type == IAX2_CONTROL)
		iax2->type = 0;
	return sealed_fits(pkt, RG_IAX2_FULL) ||
	       (iax2->type && iax2->type <= IAX2_TYPE_LAST);
}

/* 8.1.3.2: calls with their lengths, and timestamps or not, to the exact end. */
static bool trunk_walk(const struct rg_packet *pkt, struct rg_cur *cur, bool stamps,
		       struct rg_iax2 *iax2)
{
	u16 first, second, len, number;
	u32 i;

	rg_cur_skip(cur, 4);
	for (i = 0; i < IAX2_TRUNK_CALLS_MAX && !rg_wire_done(pkt, cur); i++) {
		first = rg_cur_be16(cur);
		second = rg_cur_be16(cur);
		rg_cur_skip(cur, stamps ? 2 : 0);
		if (cur->err)
			return i && pkt->len < pkt->wire_len;
		len = stamps ? first : second;
		number = (stamps ? second : first) & IAX2_NUMBER;
		if (!number || !len || !rg_wire_skip(pkt, cur, len))
			return false;
		if (!i)
			iax2->source = number;
		if (cur->err)
			return true;
	}
	return i && rg_wire_done(pkt, cur);
}

/* 8.1.3: what has no call number where others have it. */
static bool meta_walk(const struct rg_packet *pkt, struct rg_cur *cur,
		      struct rg_iax2 *iax2)
{
	u16 command = rg_cur_be16(cur);

	if (cur->err)
		return false;
	if (command & IAX2_META_VIDEO) {
		iax2->kind = RG_IAX2_VIDEO;
		iax2->source = command & IAX2_NUMBER;
		return iax2->source && pkt->wire_len > 6;
	}
	iax2->kind = RG_IAX2_TRUNK;
	return command >> 8 == IAX2_META_TRUNK &&
	       !(command & 0xff & ~IAX2_TRUNK_STAMPS) &&
	       trunk_walk(pkt, cur, command & IAX2_TRUNK_STAMPS, iax2);
}

/**
 * rg_iax2_parse() - read a datagram as IAX2, by itself
 * @pkt: the datagram
 * @iax2: filled when the answer is true
 *
 * RFC 5456, 8. Where @iax2->mini is not set it is the first frame of a call, with
 * the version where it has to be (by chance once in 2^80), of a registration (2^48),
 * or the token that these are asked for (2^64). RTP that looks so has an SSRC of
 * 1537, 1549, 1553 or 67112.
 *
 * All else is a candidate: voice has a number and a timestamp as its header, and
 * looks like every other datagram that begins with a 0 bit; a full frame in clear
 * has a type (one in 20) and an encrypted one a length (one in 16).
 *
 * Context: any.
 * Return: true when it could be.
 */
bool rg_iax2_parse(const struct rg_packet *pkt, struct rg_iax2 *iax2)
{
	struct rg_cur cur;
	u16 word;

	memset(iax2, 0, sizeof(*iax2));
	if (pkt->len > pkt->wire_len)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	word = rg_cur_be16(&cur);
	if (cur.err)
		return false;
	iax2->source = word & IAX2_NUMBER;
	iax2->mini = true;
	if (word & IAX2_FULL)
		return full_walk(pkt, &cur, iax2);
	if (!word)
		return meta_walk(pkt, &cur, iax2);
	iax2->kind = RG_IAX2_MINI;
	return pkt->wire_len > 4;
}

/**
 * rg_iax2_control() - is a datagram, by itself, positively IAX2?
 * @pkt: the datagram
 *
 * The first of a call or a registration, in its first minute. Where the call's number
 * is below 16,384 it begins as RTP does.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_iax2_control(const struct rg_packet *pkt)
{
	struct rg_iax2 iax2;
	struct rg_cur cur;

	rg_cur_init(&cur, pkt->data, pkt->len);
	rg_cur_skip(&cur, 4);
	return !rg_cur_be16(&cur) && rg_iax2_parse(pkt, &iax2) && !iax2.mini;
}

/* A place for another call: only one that is sure takes one that is. */
static struct rg_iax2_call *call_add(struct rg_iax2_state *state, bool sure)
{
	struct rg_iax2_call *call;
	u32 i;

	for (i = 0; i < RG_IAX2_CALLS_MAX; i++) {
		if (!state->calls[i].numbers[0] && !state->calls[i].numbers[1])
			return &state->calls[i];
	}
	for (i = 0; i < RG_IAX2_CALLS_MAX; i++) {
		call = &state->calls[state->next];
		state->next = (state->next + 1) % RG_IAX2_CALLS_MAX;
		if (!call->sure)
			return call;
	}
	if (!sure)
		return NULL;
	call = &state->calls[state->next];
	state->lost = true;
	state->lost_secret |= call->secret;
	state->next = (state->next + 1) % RG_IAX2_CALLS_MAX;
	return call;
}

/* The call with number @own at the side that sends, and @other at the other. */
static struct rg_iax2_call *call_find(struct rg_iax2_state *state, u8 dir, u16 own,
				      u16 other, bool sure)
{
	struct rg_iax2_call *call;
	u32 i;

	for (i = 0; i < RG_IAX2_CALLS_MAX; i++) {
		call = &state->calls[i];
		if ((!own || call->numbers[dir] == own) &&
		    (!other || call->numbers[!dir] == other) &&
		    (!sure || call->sure))
			return call;
	}
	return NULL;
}

/*
 * A call that is sure has a number: whichever else had it is over. 1 is no call's
 * number, but that of answers to what is no call yet.
 */
static void call_number(struct rg_iax2_state *state, struct rg_iax2_call *call,
			u8 dir, u16 number)
{
	struct rg_iax2_call *other;
	u32 i;

	for (i = 0; i < RG_IAX2_CALLS_MAX; i++) {
		other = &state->calls[i];
		if (other != call && number > 1 && other->numbers[dir] == number)
			memset(other, 0, sizeof(*other));
	}
	call->numbers[dir] = number;
	call->sure = true;
}

/* A call begins. One that begins again, with a token, begins anew. */
static struct rg_iax2_call *call_begin(struct rg_iax2_state *state, u8 dir,
				       const struct rg_iax2 *iax2)
{
	struct rg_iax2_call *call;

	call = call_find(state, dir, iax2->source, 0, false);
	if (!call)
		call = call_add(state, true);
	memset(call, 0, sizeof(*call));
	call->first = dir;
	call_number(state, call, dir, iax2->source);
	return call;
}

/* A call that is sure and has this frame's one number may get the other. */
static struct rg_iax2_call *call_complete(struct rg_iax2_state *state, u8 dir,
					  const struct rg_iax2 *iax2)
{
	struct rg_iax2_call *call;

	call = call_find(state, dir, 0, iax2->dest, true);
	if (call && call->numbers[dir] <= 1) {
		call_number(state, call, dir, iax2->source);
		return call;
	}
	call = call_find(state, dir, iax2->source, 0, true);
	if (call && call->numbers[!dir] <= 1) {
		call_number(state, call, !dir, iax2->dest);
		return call;
	}
	return NULL;
}

/*
 * The call of a control frame. Where its beginning was not seen, frames of both
 * sides have to name the same two numbers: by chance once in 2^30.
 */
static struct rg_iax2_call *call_learn(struct rg_iax2_state *state, u8 dir,
				       const struct rg_iax2 *iax2)
{
	struct rg_iax2_call *call;

	if (!iax2->dest)
		return NULL;
	call = call_find(state, dir, iax2->source, iax2->dest, false);
	if (call) {
		if (!call->sure && call->first != dir) {
			call_number(state, call, dir, iax2->source);
			call_number(state, call, !dir, iax2->dest);
		}
		return call;
	}
	call = call_complete(state, dir, iax2);
	if (!call)
		call = call_add(state, false);
	if (!call || call->sure)
		return call;
	memset(call, 0, sizeof(*call));
	call->numbers[dir] = iax2->source;
	call->numbers[!dir] = iax2->dest;
	call->first = dir;
	return call;
}

/*
 * Encryption is agreed on by an AUTHREQ that has a method (7): the caller offered
 * it, and its answer is encrypted already. An ACCEPT that has one will do as well.
 */
static void control_note(struct rg_iax2_state *state, u8 dir,
			 const struct rg_iax2 *iax2)
{
	struct rg_iax2_call *call;

	if (iax2->subclass == IAX2_NEW)
		call = call_begin(state, dir, iax2);
	else
		call = call_learn(state, dir, iax2);
	state->sure |= !iax2->mini || (call && call->sure);
	if (!call)
		return;
	if (iax2->subclass == IAX2_AUTHREQ)
		call->secret = iax2->encryption;
	else if (iax2->subclass == IAX2_ACCEPT)
		call->secret |= iax2->encryption;
	else if (iax2->subclass == IAX2_HANGUP || iax2->subclass == IAX2_REJECT)
		memset(call, 0, sizeof(*call));
}

/*
 * What should be encrypted and is no whole blocks is not. Meta frames never are:
 * their senders leave encryption out there. A call that was in clear does not speak
 * for another that is encrypted.
 */
static u8 media_feed(struct rg_iax2_state *state, const struct rg_packet *pkt, u8 dir,
		     const struct rg_iax2 *iax2)
{
	struct rg_iax2_call *call = NULL;
	bool media = iax2->kind != RG_IAX2_FULL || iax2->type == IAX2_VOICE ||
		     iax2->type == IAX2_VIDEO;
	bool secret;

	if (iax2->kind != RG_IAX2_TRUNK) {
		call = call_find(state, dir, iax2->source, iax2->dest, true);
		/* Where calls had to be forgotten, it is of one of them. */
		if (!call && (!media || !state->lost))
			return RG_IAX2_NOT_YET;
	}
	secret = (call ? call->secret : state->lost_secret) &&
		 sealed_fits(pkt, iax2->kind);
	state->secret |= secret;
	if (media && !secret) {
		if (call && call->clear < IAX2_CLEAR_MIN)
			call->clear++;
		if (state->clear < IAX2_CLEAR_MIN)
			state->clear++;
		return state->clear < IAX2_CLEAR_MIN ? RG_IAX2_RECOGNISED :
						       RG_IAX2_CLEAR;
	}
	if (call && call->clear >= IAX2_CLEAR_MIN)
		return RG_IAX2_CLEAR;
	return state->secret ? RG_IAX2_SECRET : RG_IAX2_RECOGNISED;
}

/**
 * rg_iax2_feed() - bring up to date what is known of an IAX2 flow
 * @state: of the flow
 * @pkt: the datagram
 * @iax2: from rg_iax2_parse()
 *
 * Recognised by the first frame of a call or registration, or by control frames of
 * both sides that name the same call (RFC 5456, 6); the caller asks here only in
 * flows of which a first frame was seen (nonrtp.c). From the second frame of media on
 * that is not encrypted, of whichever call or of a trunk, such frames are clear; and
 * with them all of a call that has two. By chance one in 2^12 of other datagrams is
 * voice of one of eight calls.
 *
 * Context: whatever protects the state.
 * Return: enum rg_iax2_answer.
 */
u8 rg_iax2_feed(struct rg_iax2_state *state, const struct rg_packet *pkt,
		const struct rg_iax2 *iax2)
{
	u8 dir = pkt->dir == RG_DIR_REPLY ? RG_DIR_REPLY : RG_DIR_ORIGINAL;

	if (iax2->kind == RG_IAX2_CONTROL)
		control_note(state, dir, iax2);
	if (!state->sure)
		return RG_IAX2_NOT_YET;
	return iax2->kind == RG_IAX2_CONTROL ? RG_IAX2_RECOGNISED :
					       media_feed(state, pkt, dir, iax2);
}
