// SPDX-License-Identifier: GPL-2.0
#include "t38.h"
#include "cursor.h"

/*
 * A UDPTL packet (ITU-T T.38, 9.1 and annex A), in aligned PER (ITU-T X.691):
 *
 *	sequence number, 16 bits
 *	primary IFP packet: length, bytes
 *	0x00, count, and as many IFP packets that were sent before, or
 *	0x80, 1, number of packets, count, and as many strings of parity
 */
#define T38_SECONDARY		0x00
#define T38_PARITY		0x80

/* X.691, 10.9.3: lengths of 16,384 and more come in pieces. */
#define PER_LEN_LONG		0x80
#define PER_LEN_PIECES		0xc0

/* An IFP packet's first byte: a bit each, and four bits of type. */
#define IFP_FIELDS		0x80
#define IFP_DATA		0x40
#define IFP_EXTENDED		0x20
#define IFP_DATA_LAST		8	/* V.17, 14,400 bit/s */

/* Of the types that were added later, six bits. */
#define IFP_INDICATOR_EXT_LAST	6	/* V.33, 14,400 bit/s */
#define IFP_DATA_EXT_LAST	5
#define IFP_FIELD_EXT_LAST	3	/* the rate of V.34 */

/* Fields of an IFP packet, packets and strings of a UDPTL packet. */
#define T38_FIELDS_MAX		127
#define T38_PARTS_MAX		127

/* Packets in sequence that make it recognised, and the steps they may make. */
#define T38_RUN_MIN		4
#define T38_STEP_MAX		2

/**
 * enum form - how the fields of an IFP packet are packed
 * @FORM_FIRST: as of 1998: types have no room for more of them
 * @FORM_PACKED: as of 2002: they have
 * @FORM_OCTETS: as of 2002, but each field begins in a byte of its own, as senders
 *	do it that are widely used
 * @FORMS: how many these are
 */
enum form {
	FORM_FIRST,
	FORM_PACKED,
	FORM_OCTETS,
	FORMS,
};

/**
 * struct bits - a reader of bits
 * @cur: bytes behind @byte
 * @byte: the byte that is read
 * @left: bits of it that are not read yet
 */
struct bits {
	struct rg_cur cur;
	u8 byte;
	u8 left;
};

/* The next @count bits, at most 8. */
static u8 bits_take(struct bits *bits, u8 count)
{
	u8 value = 0;

	while (count--) {
		if (!bits->left) {
			bits->byte = rg_cur_u8(&bits->cur);
			bits->left = 8;
		}
		bits->left--;
		value = value << 1 | (bits->byte >> bits->left & 1);
	}
	return value;
}

/* Only as short as it can be, which is what PER allows. */
static bool len_read(struct rg_cur *cur, u32 *len)
{
	u8 first = rg_cur_u8(cur);

	*len = first;
	if (first < PER_LEN_LONG)
		return !cur->err;
	*len = (first & 0x3fu) << 8 | rg_cur_u8(cur);
	return !cur->err && first < PER_LEN_PIECES && *len >= PER_LEN_LONG;
}

/* Data-Field: a type each, and up to 65,536 bytes, to the exact end. */
static bool fields_walk(const struct rg_cur *cur, u8 form)
{
	struct bits bits = { .cur = *cur };
	u8 count = rg_cur_u8(&bits.cur);
	bool data;
	u8 i;

	if (!count || count > T38_FIELDS_MAX)
		return false;
	for (i = 0; i < count && i < T38_FIELDS_MAX && !bits.cur.err; i++) {
		data = bits_take(&bits, 1);
		if (form == FORM_FIRST || !bits_take(&bits, 1))
			bits_take(&bits, 3);
		else if (bits_take(&bits, 7) > IFP_FIELD_EXT_LAST)
			return false;
		if (data || form == FORM_OCTETS)
			bits.left = 0;
		if (data)
			rg_cur_skip(&bits.cur, rg_cur_be16(&bits.cur) + 1u);
	}
	return !bits.cur.err && !bits.cur.left;
}

/* Type-of-msg with what was added to it. */
static bool type_read(struct rg_cur *cur, u8 first)
{
	u8 second, type;

	if (!(first & IFP_EXTENDED)) {
		type = first >> 1 & 0x0f;
		return !(first & 1) &&
		       (!(first & IFP_DATA) || type <= IFP_DATA_LAST);
	}
	second = rg_cur_u8(cur);
	type = (first & 0x0f) << 2 | second >> 6;
	return !cur->err && !(first & 0x10) && !(second & 0x3f) &&
	       type <= (first & IFP_DATA ? IFP_DATA_EXT_LAST :
					   IFP_INDICATOR_EXT_LAST);
}

/* IFPPacket: an indicator, which is alone, or a type of data and its fields. */
static bool ifp_check(const u8 *data, u32 len)
{
	struct rg_cur cur;
	u8 first, form;

	rg_cur_init(&cur, data, len);
	first = rg_cur_u8(&cur);
	if (cur.err || !type_read(&cur, first))
		return false;
	if (!(first & IFP_FIELDS))
		return !cur.left;
	for (form = 0; first & IFP_DATA && form < FORMS; form++) {
		if (fields_walk(&cur, form))
			return true;
	}
	return false;
}

static bool ifp_walk(struct rg_cur *cur, bool may_be_empty)
{
	const u8 *data;
	u32 len;

	if (!len_read(cur, &len))
		return false;
	data = rg_cur_take(cur, len);
	if (!len)
		return may_be_empty;
	return data && ifp_check(data, len);
}

/* Packets that were sent before; an empty one stands for none. */
static bool secondary_walk(struct rg_cur *cur)
{
	u8 count = rg_cur_u8(cur);
	u8 i;

	if (cur->err || count > T38_PARTS_MAX)
		return false;
	for (i = 0; i < count && i < T38_PARTS_MAX; i++) {
		if (!ifp_walk(cur, true))
			return false;
	}
	return true;
}

/* The number of packets is an INTEGER, which nobody sends in more than a byte. */
static bool parity_walk(struct rg_cur *cur)
{
	u8 number_len = rg_cur_u8(cur);
	u8 number = rg_cur_u8(cur);
	u8 count = rg_cur_u8(cur);
	u32 len;
	u8 i;

	if (cur->err || number_len != 1 || number > T38_PARTS_MAX ||
	    count > T38_PARTS_MAX)
		return false;
	for (i = 0; i < count && i < T38_PARTS_MAX; i++) {
		if (!len_read(cur, &len))
			return false;
		rg_cur_skip(cur, len);
	}
	return true;
}

/**
 * rg_t38_parse() - read a datagram as a fax's UDPTL packet, by itself
 * @pkt: the datagram
 * @t38: filled when the answer is true
 *
 * ITU-T T.38, 9.1 and annex A. All of it has to be readable, to the exact end: faxes
 * are sent in small packets.
 *
 * Context: any.
 * Return: true when it could be; by chance once in 2^27 of the shortest, and more
 * seldom of longer ones.
 */
bool rg_t38_parse(const struct rg_packet *pkt, struct rg_t38 *t38)
{
	struct rg_cur cur;
	u8 recovery;
	bool fits;

	if (pkt->len != pkt->wire_len)
		return false;
	rg_cur_init(&cur, pkt->data, pkt->len);
	t38->seq = rg_cur_be16(&cur);
	if (!ifp_walk(&cur, false))
		return false;
	recovery = rg_cur_u8(&cur);
	if (recovery == T38_SECONDARY)
		fits = secondary_walk(&cur);
	else
		fits = recovery == T38_PARITY && parity_walk(&cur);
	return fits && !cur.err && !cur.left;
}

/**
 * rg_t38_feed() - bring up to date what is known of a fax
 * @state: of the packet's direction
 * @pkt: the datagram
 * @t38: from rg_t38_parse()
 *
 * Recognised by four packets whose numbers go on by 0 to 2: what is sent again has
 * the same number. Of four that look like it by chance, one in 2^43. One of them has
 * to have another number than the first, lest it be a keep-alive of something else.
 *
 * Context: whatever protects the state.
 * Return: enum rg_t38_answer.
 */
u8 rg_t38_feed(struct rg_t38_state *state, const struct rg_packet *pkt,
	       const struct rg_t38 *t38)
{
	u16 step = t38->seq - state->seq;
	bool known = state->run >= T38_RUN_MIN && state->moved;

	state->seq = t38->seq;
	if (known)
		return RG_T38_CLEAR;
	if (!state->run || step > T38_STEP_MAX) {
		state->run = 1;
		state->moved = false;
		return RG_T38_NOT_YET;
	}
	if (state->run < T38_RUN_MIN)
		state->run++;
	state->moved |= step;
	return state->run >= T38_RUN_MIN && state->moved ? RG_T38_CLEAR :
							   RG_T38_NOT_YET;
}
