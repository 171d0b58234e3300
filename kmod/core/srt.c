// SPDX-License-Identifier: GPL-2.0
#include "srt.h"
#include "lookalike.h"

/* draft-sharabayko-srt-01, 3 and 3.2: header, and types of control packets. */
#define SRT_HEADER_LEN		16
#define SRT_CONTROL		0x80000000u
#define SRT_KEEPALIVE		1
#define SRT_ACK			2
#define SRT_NAK			3
#define SRT_WARNING		4
#define SRT_SHUTDOWN		5
#define SRT_ACKACK		6
#define SRT_DROP		7
#define SRT_ERROR		8
#define SRT_USER		0x7fff

/* Who writes vectors pads a packet without contents to a word. */
#define SRT_PAD_LEN		4

/* 3.2.4: an acknowledgment's contents, and how long only SRT's are. */
#define SRT_ACK_LEN_MAX		32
#define SRT_ACK_OWN_LEN		28

/* 3.2.5: the first of a range of losses. Words of a list that are read. */
#define SRT_LOSS_RANGE		0x80000000u
#define SRT_LOSSES_MAX		512

/* 3.2.1: a handshake. */
#define SRT_HANDSHAKE_LEN	48
#define SRT_VERSION_UDT		4
#define SRT_VERSION		5
#define SRT_ENCRYPTION_MAX	4
#define SRT_MAGIC		0x4a17
#define SRT_FLAGS_MAX		7
#define SRT_MTU_MAX		0xffff
#define SRT_INDUCTION		1
#define SRT_DONE		0xfffffffdu
#define SRT_REJECT_FIRST	1000
#define SRT_REJECT_LAST		9999

/* UDT's socket types: a stream or datagrams. */
#define UDT_STREAM		1
#define UDT_DATAGRAM		2

/* 3.2.1, table 5: extensions of a handshake, and as packets of their own. */
#define SRT_HSREQ		1
#define SRT_HSRSP		2
#define SRT_KMREQ		3
#define SRT_KMRSP		4
#define SRT_EXTENSION_LAST	8
#define SRT_EXTENSIONS_MAX	16
#define SRT_HS_WORDS		3

/* 3.2.2: key material; an answer of one word is a refusal. */
#define SRT_KM_WORDS_MIN	8
#define SRT_KM_WORDS_MAX	64

/* 3.1: the second word of data: which key, and the number of the message. */
#define SRT_KEY			0x18000000u
#define SRT_MESSAGE		0x03ffffffu

/* Steps of a sequence number: the windows in use are 8,192 and 25,600. */
#define SRT_SEQ_MASK		0x7fffffffu
#define SRT_STEP_MAX		0x8000u

/* Packets in clear that make it clear. */
#define SRT_CLEAR_MIN		2

/* Acknowledgments under way: one in 10 ms. */
#define SRT_ACKS_MAX		256u

static bool is_hello(u16 type)
{
	return type == SRT_HSREQ || type == SRT_HSRSP;
}

static bool is_key(u16 type)
{
	return type == SRT_KMREQ || type == SRT_KMRSP;
}

static bool extension_fits(u16 type, u32 words)
{
	if (is_hello(type))
		return words == SRT_HS_WORDS;
	if (is_key(type))
		return (type == SRT_KMRSP && words == 1) ||
		       (words >= SRT_KM_WORDS_MIN && words <= SRT_KM_WORDS_MAX);
	return type && type <= SRT_EXTENSION_LAST;
}

/* What stands behind a handshake, to the exact end, or to that of the copy. */
static bool extensions_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			    struct rg_srt *srt)
{
	u32 i, words;
	u16 type;

	for (i = 0; i < SRT_EXTENSIONS_MAX && !rg_wire_done(pkt, cur); i++) {
		type = rg_cur_be16(cur);
		words = rg_cur_be16(cur);
		if (cur->err)
			return pkt->len < pkt->wire_len;
		if (!extension_fits(type, words) ||
		    !rg_wire_skip(pkt, cur, 4 * words))
			return false;
		srt->keys |= is_key(type) && words > 1;
		if (cur->err)
			return true;
	}
	return rg_wire_done(pkt, cur);
}

static bool handshake_type_fits(u32 type)
{
	return type <= SRT_INDUCTION || type >= SRT_DONE ||
	       (type >= SRT_REJECT_FIRST && type <= SRT_REJECT_LAST);
}

/* Encryption and extensions, or the socket type that was there before them. */
static bool handshake_fields_fit(u32 version, u32 fields)
{
	u16 encryption = fields >> 16;
	u16 flags = fields;

	if (version == SRT_VERSION_UDT)
		return fields == UDT_STREAM || fields == UDT_DATAGRAM;
	return version == SRT_VERSION && encryption != 1 &&
	       encryption <= SRT_ENCRYPTION_MAX &&
	       (flags == SRT_MAGIC || flags <= SRT_FLAGS_MAX);
}

/* 3.2.1. Sequence number and window have a bit that is 0. */
static bool handshake_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			   struct rg_srt *srt)
{
	u32 version = rg_cur_be32(cur);
	u32 fields = rg_cur_be32(cur);
	u32 seq = rg_cur_be32(cur);
	u32 mtu = rg_cur_be32(cur);
	u32 window = rg_cur_be32(cur);
	u32 type = rg_cur_be32(cur);

	srt->kind = RG_SRT_HANDSHAKE;
	srt->own = version == SRT_VERSION;
	srt->socket = rg_cur_be32(cur);
	/* A cookie and an address. */
	rg_cur_skip(cur, 20);
	if (cur->err || !handshake_fields_fit(version, fields) ||
	    (seq | window) & ~SRT_SEQ_MASK || mtu > SRT_MTU_MAX ||
	    !handshake_type_fits(type))
		return false;
	if (!srt->socket && type < SRT_REJECT_FIRST)
		return false;
	return version == SRT_VERSION ? extensions_walk(pkt, cur, srt) :
					rg_wire_done(pkt, cur);
}

/* 3.2.5: numbers, and ranges of two numbers, of which the first has a bit set. */
static bool losses_walk(struct rg_cur *cur)
{
	bool range = false;
	u32 i, word;

	for (i = 0; i < SRT_LOSSES_MAX && cur->left >= 4; i++) {
		word = rg_cur_be32(cur);
		if (range && word & SRT_LOSS_RANGE)
			return false;
		range = word & SRT_LOSS_RANGE;
	}
	return !range || cur->left;
}

/* Contents that fit the type, for what of them is readable. */
static bool contents_walk(const struct rg_packet *pkt, struct rg_cur *cur,
			  u16 subtype, struct rg_srt *srt)
{
	u32 len = pkt->wire_len - SRT_HEADER_LEN;
	struct rg_cur first = *cur;
	u32 word = rg_cur_be32(&first);

	if (len % 4 || (srt->type != SRT_USER && subtype))
		return false;
	switch (srt->type) {
	case SRT_ACK:
		srt->own = len >= SRT_ACK_OWN_LEN;
		return len && len <= SRT_ACK_LEN_MAX && word <= SRT_SEQ_MASK;
	case SRT_NAK:
		return len && losses_walk(cur);
	case SRT_DROP:
		return len == 8 && word <= SRT_SEQ_MASK;
	case SRT_USER:
		srt->own = is_hello(subtype) || is_key(subtype);
		srt->keys = is_key(subtype) && len > 4;
		return srt->own && extension_fits(subtype, len / 4);
	}
	return srt->type <= SRT_ERROR && len <= SRT_PAD_LEN;
}

/**
 * rg_srt_parse() - read a datagram as SRT, by itself
 * @pkt: the datagram
 * @srt: filled when the answer is true
 *
 * draft-sharabayko-srt-01, 3. A handshake has a fixed header of 64 bytes and
 * extensions to the exact end: by chance once in 2^100 and more. Other control
 * packets have a type of 15 bits of which nine values are in use, a subtype that is
 * 0 but for user-defined ones, and a length that is the type's: by chance once in
 * 2^29, and more seldom for those of two fitting lengths. Data is every datagram
 * that begins with a 0 bit and is longer than a header: only rg_srt_feed() can tell.
 *
 * Context: any.
 * Return: true when it could be.
 */
bool rg_srt_parse(const struct rg_packet *pkt, struct rg_srt *srt)
{
	struct rg_cur cur;
	u32 first;

	memset(srt, 0, sizeof(*srt));
	if (pkt->len > pkt->wire_len)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	first = rg_cur_be32(&cur);
	srt->info = rg_cur_be32(&cur);
	rg_cur_skip(&cur, 4);
	srt->dest = rg_cur_be32(&cur);
	if (cur.err)
		return false;
	if (!(first & SRT_CONTROL)) {
		srt->seq = first;
		return pkt->wire_len > SRT_HEADER_LEN;
	}
	if (first == SRT_CONTROL)
		return handshake_walk(pkt, &cur, srt);
	srt->kind = RG_SRT_CONTROL;
	srt->type = first >> 16 & 0x7fff;
	return srt->type && contents_walk(pkt, &cur, first, srt);
}

/**
 * rg_srt_control() - is a datagram, by itself, positively SRT?
 * @pkt: the datagram
 *
 * Only handshakes are: they begin as RTP of payload type 0 and number 0. RTP would
 * need 64 bytes of which 18 are given, and some of the others nearly so.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_srt_control(const struct rg_packet *pkt)
{
	struct rg_srt srt;

	return rg_srt_parse(pkt, &srt) && srt.kind == RG_SRT_HANDSHAKE;
}

static struct rg_srt_socket *socket_find(struct rg_srt_side *side, u32 id)
{
	u32 i;

	for (i = 0; id && i < RG_SRT_SOCKETS_MAX; i++) {
		if (side->sockets[i].id == id)
			return &side->sockets[i];
	}
	return NULL;
}

static void socket_learn(struct rg_srt_side *side, u32 id)
{
	struct rg_srt_socket *socket;

	if (!id || socket_find(side, id))
		return;
	socket = &side->sockets[side->next];
	side->lost |= socket->id;
	side->next = (side->next + 1) % RG_SRT_SOCKETS_MAX;
	memset(socket, 0, sizeof(*socket));
	socket->id = id;
	side->heard = true;
}

/*
 * Where the handshake was not seen: an acknowledgment of a full acknowledgment
 * has its number, and both name the socket that they are for. By chance 2^-24 of
 * what looks like both of them.
 */
static void ack_note(struct rg_srt_state *state, u8 dir, const struct rg_srt *srt)
{
	struct rg_srt_side *side = &state->sides[dir];
	struct rg_srt_side *peer = &state->sides[!dir];

	if (srt->type == SRT_ACK && srt->info) {
		side->ack = srt->info;
		side->ack_dest = srt->dest;
		side->ack_own = srt->own;
	}
	if (srt->type == SRT_ACKACK && peer->ack_own && srt->info &&
	    peer->ack - srt->info < SRT_ACKS_MAX) {
		state->own = true;
		socket_learn(side, peer->ack_dest);
		socket_learn(peer, srt->dest);
	}
}

static void control_note(struct rg_srt_state *state, u8 dir,
			 const struct rg_srt *srt)
{
	if (srt->kind == RG_SRT_HANDSHAKE)
		socket_learn(&state->sides[dir], srt->socket);
	/* An acknowledgment alone is not enough. */
	if (srt->type == SRT_ACK || srt->type == SRT_ACKACK)
		ack_note(state, dir, srt);
	else
		state->own |= srt->own;
	state->keys |= srt->keys;
}

/*
 * Data for a socket that is not known: nothing, but where one had to be forgotten it
 * is for that. Whoever has more sockets than places gets no more past for it.
 */
static bool stray_note(struct rg_srt_state *state, u8 dir, const struct rg_srt *srt,
		       u32 key)
{
	if (!state->own || !state->sides[!dir].lost)
		return false;
	state->secret |= key;
	if (!key && srt->info & SRT_MESSAGE && state->strays < SRT_CLEAR_MIN)
		state->strays++;
	state->clear |= state->strays >= SRT_CLEAR_MIN;
	return true;
}

/* Return: the data is for a socket that is known. */
static bool data_note(struct rg_srt_state *state, u8 dir, const struct rg_srt *srt)
{
	struct rg_srt_socket *socket = socket_find(&state->sides[!dir], srt->dest);
	u32 key = srt->info & SRT_KEY;
	u32 step;

	if (!state->sides[dir].heard || key == SRT_KEY)
		return false;
	if (!socket)
		return stray_note(state, dir, srt, key);
	step = (srt->seq - socket->seq + SRT_STEP_MAX) & SRT_SEQ_MASK;
	socket->seq = srt->seq;
	state->secret |= key;
	if (key || step >= 2 * SRT_STEP_MAX)
		socket->clear = 0;
	/* Number 0 is for what repairs losses (3.1), which is not data. */
	if (!key && srt->info & SRT_MESSAGE && socket->clear < SRT_CLEAR_MIN)
		socket->clear++;
	state->clear |= socket->clear >= SRT_CLEAR_MIN;
	return true;
}

/**
 * rg_srt_feed() - bring up to date what is known of an SRT flow
 * @state: of the flow
 * @pkt: the datagram
 * @srt: from rg_srt_parse()
 *
 * draft-sharabayko-srt-01, 4.3: handshakes tell the sockets of both sides, data is
 * for one of these, and its numbers go on. Key flags (3.1) that are 0 in two packets
 * make it clear: one socket in clear does, whatever the others are. By chance, of a
 * flow with handshakes, 2^-32 of its datagrams are data.
 *
 * Acknowledgments count where a handshake was seen: without one nobody asks here.
 *
 * UDT has the same handshakes but for the version, and no key flags. It is not
 * recognised.
 *
 * Context: whatever protects the state.
 * Return: enum rg_srt_answer.
 */
u8 rg_srt_feed(struct rg_srt_state *state, const struct rg_packet *pkt,
	       const struct rg_srt *srt)
{
	u8 dir = pkt->dir == RG_DIR_REPLY ? RG_DIR_REPLY : RG_DIR_ORIGINAL;

	if (srt->kind != RG_SRT_DATA)
		control_note(state, dir, srt);
	else if (!data_note(state, dir, srt))
		return RG_SRT_NOT_YET;
	if (!state->own)
		return RG_SRT_NOT_YET;
	if (state->clear)
		return RG_SRT_CLEAR;
	return state->secret ? RG_SRT_SECRET : RG_SRT_RECOGNISED;
}
