// SPDX-License-Identifier: GPL-2.0
#include "framer.h"
#include "cursor.h"
#include "limits.h"
#include "stun.h"

/**
 * DOC: Byte streams
 *
 * One direction of a TCP connection, a piece at a time:
 *
 *	bytes -> sniff: what begins here?      a signature -> its framing
 *	      -> header: how long is the frame?  none fits -> skip, sniff again
 *	      -> collect: a frame              -> judged like a datagram
 *
 * Where frames are lost, because bytes are missing or their length lied, the next one
 * is looked for at each byte: two headers that fit.
 *
 * Most connections carry no media. They are looked at for RG_SNIFF_MAX bytes, from
 * the first byte and from the first of each segment, where programs begin what they
 * write, and never again.
 *
 * A frame that is cut over segments is put together again, up to RG_FRAME_BYTES_MAX
 * bytes of it; without memory for that its first bytes have to do.
 */

/* What of a frame is asked for to believe that it goes on. */
#define RFC4571_PEEK		8

#define TURN_HEADER_LEN		4

/* What is found is not there by chance. */
static bool is_known(const struct rg_framer *framer)
{
	return framer->frames >= RG_FRAMES_KNOWN;
}

/* Bytes in which something has to be found. */
static u32 sniff_max(const struct rg_framer *framer)
{
	return framer->was ? RG_HUNT_MAX : RG_SNIFF_MAX;
}

/* Nothing known is here: look at the next segment, or at each byte, or no more. */
static void look_on(struct rg_framer *framer)
{
	if (framer->sniffed >= sniff_max(framer))
		framer->framing = RG_FRAMING_OTHER;
	else
		framer->framing = framer->was ? RG_FRAMING_HUNT : RG_FRAMING_SKIP;
}

/* In RTMP and in base64 there is nothing to know a beginning by. */
static bool may_be_hunted(const struct rg_framer *framer)
{
	return framer->framing == RG_FRAMING_RFC4571 ||
	       framer->framing == RG_FRAMING_TURN ||
	       (framer->framing == RG_FRAMING_RTSP && !framer->parser.rtsp.base64);
}

/*
 * Nothing fits: a frame begins with some later byte, or none ever. What was known to be
 * RTMP is RTMP for good: there is nothing else a connection could become.
 */
static void lost(struct rg_framer *framer)
{
	if (framer->framing == RG_FRAMING_RTMP && is_known(framer)) {
		framer->parser.rtmp.unreadable = true;
		return;
	}
	if (is_known(framer)) {
		framer->sniffed = 0;
		framer->was = may_be_hunted(framer) ? framer->framing :
						      RG_FRAMING_NONE;
	}
	look_on(framer);
	framer->frames = 0;
	framer->head_len = 0;
	framer->wire_len = 0;
	framer->left = 0;
}

/*
 * RFC 7983, 7: what may stand in a stream that has shown RTP, STUN or DTLS before.
 * By chance 3 of 5.
 */
static bool is_multiplexed(u8 first)
{
	return first < 4 || (first >= 16 && first < 80) || first >> 6 == 2;
}

/* @joined: its first message may have been before. */
static void begin(struct rg_framer *framer, u8 framing, bool joined)
{
	memset(&framer->parser, 0, sizeof(framer->parser));
	framer->framing = framing;
	if (framing == RG_FRAMING_SKIP)
		look_on(framer);
	else if (framing == RG_FRAMING_RTSP && joined)
		rg_rtsp_join(&framer->parser.rtsp);
}

/* Gathers what it takes to tell, and leaves it in the queue. */
static u32 sniff(struct rg_framer *framer, const u8 *data, u32 len)
{
	u32 taken = min_t(u32, len, RG_SNIFF_LEN - framer->queued);
	bool at_once = !framer->queued;

	memcpy(framer->queue + framer->queued, data, taken);
	framer->queued += taken;
	if (framer->queued < RG_SNIFF_LEN)
		return taken;
	begin(framer, rg_framing_of(framer, data, at_once ? len : 0),
	      !rg_rtsp_begins(framer->queue, RG_SNIFF_LEN));
	return taken;
}

/* Frames were lost: does one begin at some byte of these? */
static u32 hunt(struct rg_framer *framer, const u8 *data, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++) {
		if (rg_framing_goes_on(framer->was, data + i, len - i)) {
			begin(framer, framer->was, true);
			break;
		}
	}
	return i;
}

/* @have bytes of the frame are at @from. */
static void frame_begin(struct rg_framer *framer, u32 wire_len, u16 channel,
			const u8 *from, u32 have)
{
	framer->wire_len = wire_len;
	framer->left = wire_len - have;
	framer->have = have;
	framer->channel = channel;
	framer->refused = false;
	framer->told = false;
	framer->head_len = 0;
	if (have)
		memcpy(framer->bytes ? framer->bytes : framer->head, from, have);
	if (framer->frames < RG_FRAMES_KNOWN)
		framer->frames++;
}

static void answer(const struct rg_framer *framer, struct rg_packet *pkt)
{
	pkt->data = framer->bytes ? framer->bytes : framer->head;
	pkt->len = framer->have;
	pkt->wire_len = framer->wire_len;
	pkt->framing = framer->framing;
	pkt->peer = framer->channel;
	pkt->carried = false;
	pkt->type = 0;
}

static u32 collect(struct rg_framer *framer, const u8 *data, u32 len,
		   struct rg_packet *pkt)
{
	u32 room = framer->bytes ? RG_FRAME_BYTES_MAX : RG_FRAME_HEAD_LEN;
	u32 taken = min_t(u32, len, framer->left);
	u32 kept = framer->told ? 0 : min_t(u32, taken, room - framer->have);

	if (kept)
		memcpy((framer->bytes ? framer->bytes : framer->head) + framer->have,
		       data, kept);
	framer->have += kept;
	framer->left -= taken;
	if (!framer->told && framer->have == min_t(u32, framer->wire_len, room)) {
		answer(framer, pkt);
		framer->told = true;
	}
	if (!framer->left)
		framer->wire_len = 0;
	return taken;
}

static u32 gather(struct rg_framer *framer, u32 need, const u8 *data, u32 len)
{
	u32 taken = min_t(u32, len, need - framer->head_len);

	memcpy(framer->header + framer->head_len, data, taken);
	framer->head_len += taken;
	return taken;
}

/*
 * RFC 4571, 2: the length, and of the frame what is needed to believe in it. At least
 * its last byte is left, so that it ends with a byte that comes.
 */
static u32 rfc4571_header(struct rg_framer *framer, const u8 *data, u32 len)
{
	u32 need = RG_RFC4571_LEN;
	u32 frame_len, taken;

	if (framer->head_len >= RG_RFC4571_LEN) {
		frame_len = rg_be16(framer->header);
		need += min_t(u32, frame_len - 1, RFC4571_PEEK);
	}
	taken = gather(framer, need, data, len);
	if (framer->head_len < need)
		return taken;
	frame_len = rg_be16(framer->header);
	if (!frame_len) {
		framer->head_len = 0;
		return taken;
	}
	if (need == RG_RFC4571_LEN && frame_len > 1)
		return taken;
	if (need > RG_RFC4571_LEN && !is_multiplexed(framer->header[RG_RFC4571_LEN]))
		lost(framer);
	else
		frame_begin(framer, frame_len, 0, framer->header + RG_RFC4571_LEN,
			    need - RG_RFC4571_LEN);
	return taken;
}

/* RFC 8656, 12.5: over TCP ChannelData is padded, which its length does not count. */
static u32 turn_header(struct rg_framer *framer, const u8 *data, u32 len)
{
	const u8 *header = framer->header;
	u32 taken = gather(framer, TURN_HEADER_LEN, data, len);
	u32 body;

	if (framer->head_len < TURN_HEADER_LEN)
		return taken;
	body = rg_be16(header + 2);
	if (header[0] >> 6 == 0 && body % 4 == 0)
		frame_begin(framer, RG_STUN_HEADER_LEN + body, 0, header,
			    TURN_HEADER_LEN);
	else if (header[0] >> 6 != RG_CHANNEL_BITS)
		lost(framer);
	else if (body)
		frame_begin(framer, TURN_HEADER_LEN + ((body + 3) & ~3u), 0, header,
			    TURN_HEADER_LEN);
	else
		framer->head_len = 0;
	return taken;
}

static u32 rtsp_header(struct rg_framer *framer, const u8 *data, u32 len)
{
	struct rg_frame frame;
	u32 taken;
	u8 event;

	taken = rg_rtsp_feed(&framer->parser.rtsp, data, len, &frame, &event);
	if (framer->parser.rtsp.recognised)
		framer->frames = RG_FRAMES_KNOWN;
	/* A channel is a peer; 0 would be the connection. */
	if (event == RG_FRAMING_FRAME && frame.len)
		frame_begin(framer, frame.len, frame.channel + 1, NULL, 0);
	else if (event == RG_FRAMING_LOST)
		lost(framer);
	return taken;
}

/*
 * A message is told of when it begins; what it carries is not looked into. RTMPE has no
 * messages, nor has what cannot be followed: what comes at once is told of, so that each
 * segment can be held.
 */
static u32 rtmp_header(struct rg_framer *framer, const u8 *data, u32 len,
		       struct rg_packet *pkt)
{
	struct rg_frame frame;
	u32 taken;
	u8 event;

	if (framer->parser.rtmp.unreadable) {
		event = RG_FRAMING_FRAME;
		taken = len;
		frame.len = len;
		frame.type = RG_RTMP_UNREADABLE;
	} else {
		taken = rg_rtmp_feed(&framer->parser.rtmp, data, len, &frame, &event);
	}
	if (framer->parser.rtmp.known)
		framer->frames = RG_FRAMES_KNOWN;
	if (event == RG_FRAMING_MORE && framer->parser.rtmp.encrypted) {
		event = RG_FRAMING_FRAME;
		frame.len = taken;
		frame.type = RG_RTMP_ENCRYPTED;
	}
	if (event == RG_FRAMING_LOST) {
		lost(framer);
	} else if (event == RG_FRAMING_FRAME && frame.len) {
		pkt->data = framer->head;
		pkt->len = 0;
		pkt->wire_len = frame.len;
		pkt->framing = RG_FRAMING_RTMP;
		pkt->peer = 0;
		pkt->carried = false;
		pkt->type = frame.type;
	}
	return taken;
}

/* Bytes in the order of the stream, as they are when they are decoded. */
static u32 plain_feed(struct rg_framer *framer, const u8 *data, u32 len,
		      struct rg_packet *pkt)
{
	if (framer->wire_len)
		return collect(framer, data, len, pkt);
	switch (framer->framing) {
	case RG_FRAMING_RFC4571:
		return rfc4571_header(framer, data, len);
	case RG_FRAMING_TURN:
		return turn_header(framer, data, len);
	case RG_FRAMING_RTSP:
		return rtsp_header(framer, data, len);
	case RG_FRAMING_RTMP:
		return rtmp_header(framer, data, len, pkt);
	case RG_FRAMING_HUNT:
		return hunt(framer, data, len);
	default:
		return len;
	}
}

/* A character is a byte at the most. */
static u32 base64_feed(struct rg_framer *framer, const u8 *data,
		       struct rg_packet *pkt)
{
	u32 got = 1;
	u8 byte;

	rg_base64_feed(&framer->parser.base64, data, 1, &byte, &got);
	if (framer->parser.base64.bad)
		lost(framer);
	else if (got)
		plain_feed(framer, &byte, 1, pkt);
	return 1;
}

static u32 step(struct rg_framer *framer, const u8 *data, u32 len,
		struct rg_packet *pkt)
{
	u32 taken;

	if (framer->framing == RG_FRAMING_RTSP && framer->parser.rtsp.base64)
		return base64_feed(framer, data, pkt);
	taken = plain_feed(framer, data, len, pkt);
	if (!is_known(framer))
		framer->sniffed = min_t(u32, framer->sniffed + taken,
					sniff_max(framer));
	if (framer->framing == RG_FRAMING_SKIP || framer->framing == RG_FRAMING_HUNT)
		look_on(framer);
	return taken;
}

/**
 * rg_framer_segment() - a segment begins
 * @framer: of its direction
 * @len: bytes of it that are fed, at least one
 * @fresh: they are the first of their direction
 *
 * Context: whatever protects the state.
 */
void rg_framer_segment(struct rg_framer *framer, u32 len, bool fresh)
{
	framer->segment = len;
	if (fresh)
		framer->fresh = true;
	if (framer->framing != RG_FRAMING_SKIP && framer->framing != RG_FRAMING_HUNT)
		return;
	framer->framing = RG_FRAMING_NONE;
	framer->fresh = false;
	framer->queued = 0;
}

/**
 * rg_framer_hole() - bytes are missing before what is fed next
 * @framer: of their direction
 *
 * Context: whatever protects the state.
 */
void rg_framer_hole(struct rg_framer *framer)
{
	if (framer->framing == RG_FRAMING_OTHER)
		return;
	lost(framer);
	framer->fresh = false;
	framer->queued = 0;
}

/**
 * rg_framer_hungry() - would memory for a frame be of use?
 * @framer: asked before each rg_framer_feed(), which does nothing while it is true
 *
 * Context: whatever protects the state.
 */
bool rg_framer_hungry(const struct rg_framer *framer)
{
	return framer->wire_len && !framer->bytes && !framer->refused;
}

/**
 * rg_framer_give() - give memory for frames
 * @framer: that is hungry
 * @bytes: RG_FRAME_BYTES_MAX bytes, which stay the caller's to free; NULL: there are
 *	none, and this frame is told of by its first bytes
 *
 * Context: whatever protects the state.
 */
void rg_framer_give(struct rg_framer *framer, u8 *bytes)
{
	framer->refused = !bytes;
	if (bytes && framer->have)
		memcpy(bytes, framer->head, framer->have);
	framer->bytes = bytes;
}

/**
 * rg_framer_feed() - go on with the bytes of a direction
 * @framer: its state
 * @data: bytes behind those that were taken last
 * @len: how many
 * @pkt: when a frame is told of, all but direction and time is set: as valid as the
 *	state, up to the next call; else @pkt->wire_len is 0
 *
 * Called as long as bytes are left, or rg_framer_goes_on().
 *
 * Context: whatever protects the state.
 * Return: bytes taken.
 */
u32 rg_framer_feed(struct rg_framer *framer, const u8 *data, u32 len,
		   struct rg_packet *pkt)
{
	u32 done = 0, taken;

	pkt->wire_len = 0;
	while (!pkt->wire_len && !rg_framer_hungry(framer)) {
		if (framer->framing == RG_FRAMING_NONE) {
			if (done == len)
				break;
			done += sniff(framer, data + done, len - done);
		} else if (framer->queued) {
			taken = step(framer, framer->queue + RG_SNIFF_LEN -
				     framer->queued, framer->queued, pkt);
			framer->queued -= taken;
		} else {
			if (done == len)
				break;
			done += step(framer, data + done, len - done, pkt);
		}
	}
	return done;
}

/**
 * rg_framer_goes_on() - is there something to tell of without another byte?
 * @framer: that was fed
 *
 * Context: whatever protects the state.
 */
bool rg_framer_goes_on(const struct rg_framer *framer)
{
	return rg_framer_hungry(framer) ||
	       (framer->queued && framer->framing != RG_FRAMING_NONE);
}

/**
 * rg_framer_partial() - what is there of a frame that was not told of yet
 * @framer: that was fed
 * @pkt: set as by rg_framer_feed(), for what has been kept
 *
 * A first frame's RTP header, 12 bytes behind its length, may be whole before it is
 * known what its connection is, and so may a frame that is no longer.
 *
 * Context: whatever protects the state.
 * Return: false when there is none.
 */
bool rg_framer_partial(const struct rg_framer *framer, struct rg_packet *pkt)
{
	const u8 *head = framer->queue;

	if (framer->framing == RG_FRAMING_NONE) {
		if (!framer->fresh || framer->queued < RG_SNIFF_LEN - 2 ||
		    !rg_framing_begins_like_media(head + RG_RFC4571_LEN,
						  rg_be16(head)))
			return false;
		pkt->data = head + RG_RFC4571_LEN;
		pkt->wire_len = rg_be16(head);
		pkt->len = min_t(u32, framer->queued - RG_RFC4571_LEN, pkt->wire_len);
		return true;
	}
	if (!framer->wire_len || framer->told || !framer->have)
		return false;
	answer(framer, pkt);
	return true;
}
