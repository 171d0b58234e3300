// SPDX-License-Identifier: GPL-2.0
#include "rtmp.h"
#include "cursor.h"

/* Real-Time Messaging Protocol 1.0 (Adobe, 2012); sections are of that. */

/* 5.2: C0 C1 C2, or S0 S1 S2; the second word of C1 is 0 or a version. */
#define RTMP_VERSION		3
#define RTMP_HANDSHAKE_LEN	(1 + 1536 + 1536)
#define RTMP_BEGIN_LEN		9

/* RTMPE, as Flash players and servers call it: RC4, with XTEA, with Blowfish. */
#define RTMPE_VERSION		6
#define RTMPE_VERSION_XTEA	8
#define RTMPE_VERSION_BLOWFISH	9

/* Versions there: 9.0.124.2, 13.14.10.13, and 128.0.7.2 of most players. */
#define RTMPE_MAJOR_MAX		0x3f
#define RTMPE_MAJOR_PLAYER	0x80
#define RTMPE_MINOR_MAX		0x1f

/* 5.3.1: forms of a header, and chunk stream ids. */
#define RTMP_FMT_LENGTH		1
#define RTMP_FMT_TIME		2
#define RTMP_ID_ONE_BYTE	64
#define RTMP_TIME_EXTENDED	0xffffff

/* 5.4.1 */
#define RTMP_CHUNK_SIZE		128
#define RTMP_CHUNK_SIZE_END	0x80000000u
#define RTMP_CHUNK_SIZE_MAX	0xffffffu

/* User control (6.2): an event type and what belongs to it. */
#define RTMP_USER_LEN_MIN	2
#define RTMP_USER_LEN_MAX	256

/* The first message, and what is read of a first command: AMF0, a short string. */
#define RTMP_FIRST_LEN_MAX	0x10000
#define RTMP_COMMAND_LEN	3
#define RTMP_COMMAND_MIN	0x020001
#define RTMP_COMMAND_MAX	0x0200ff

/* Message type ids, 5.4 and 7.1. */
enum {
	RTMP_SET_CHUNK_SIZE = 1,
	RTMP_ABORT = 2,
	RTMP_ACKNOWLEDGEMENT = 3,
	RTMP_USER_CONTROL = 4,
	RTMP_WINDOW_SIZE = 5,
	RTMP_PEER_BANDWIDTH = 6,
	RTMP_EDGE = 7,
	RTMP_AUDIO = 8,
	RTMP_VIDEO = 9,
	RTMP_DATA_AMF3 = 15,
	RTMP_COMMAND_AMF0 = 20,
	RTMP_AGGREGATE = 22,
};

/**
 * enum rtmp_phase - what is read
 * @RTMP_BEGIN: first bytes
 * @RTMP_HANDSHAKE: the rest of the handshake
 * @RTMP_HEADER: a chunk's header
 * @RTMP_COMMAND: first bytes of the first command
 * @RTMP_PAYLOAD: a chunk's payload
 * @RTMP_ENCRYPTED: nothing any more
 * @RTMP_LOST: it is not RTMP
 */
enum rtmp_phase {
	RTMP_BEGIN,
	RTMP_HANDSHAKE,
	RTMP_HEADER,
	RTMP_COMMAND,
	RTMP_PAYLOAD,
	RTMP_ENCRYPTED,
	RTMP_LOST,
};

/**
 * struct chunk_header - a header, as far as it is there
 * @size: bytes of it, as far as the first ones tell
 * @fmt: its form
 * @id: chunk stream id
 * @time: timestamp, or what it grows by
 * @len: bytes of the message
 * @type: message type id
 * @stream: message stream id; only 0 is told from others
 */
struct chunk_header {
	u32 size;
	u8 fmt;
	u32 id;
	u32 time;
	u32 len;
	u8 type;
	u32 stream;
};

/**
 * rg_rtmp_begins() - may these be the first bytes of a direction?
 * @data: its first bytes, at least one
 * @len: how many
 *
 * RTMP tells no more than its first byte. Bytes 5 to 8 should be 0, but are a
 * version with Flash players, their servers and what takes itself for one; some
 * servers put the other side's clock there, or random bytes. RTMPE comes of the
 * former two, so there they have to look like a version.
 *
 * Context: any.
 * Return: true when they may; by chance once in 256, and once in 2,700 for RTMPE.
 */
bool rg_rtmp_begins(const u8 *data, u32 len)
{
	u8 version, major, minor;
	struct rg_cur cur;

	rg_cur_init(&cur, data, len);
	version = rg_cur_u8(&cur);
	rg_cur_skip(&cur, 4);
	/* Both are 0 where they are not there yet, and 0 will do. */
	major = rg_cur_u8(&cur);
	minor = rg_cur_u8(&cur);
	if (version == RTMP_VERSION)
		return true;
	if (version != RTMPE_VERSION && version != RTMPE_VERSION_XTEA &&
	    version != RTMPE_VERSION_BLOWFISH)
		return false;
	return (major <= RTMPE_MAJOR_MAX || major == RTMPE_MAJOR_PLAYER) &&
	       minor <= RTMPE_MINOR_MAX;
}

/**
 * rg_rtmp_is_media() - is a message media?
 * @frame: from rg_rtmp_feed()
 *
 * Audio, video, or an aggregate of both (7.1). Data messages tell of media only.
 *
 * Context: any.
 * Return: true when it is.
 */
bool rg_rtmp_is_media(const struct rg_frame *frame)
{
	return frame->type == RTMP_AUDIO || frame->type == RTMP_VIDEO ||
	       frame->type == RTMP_AGGREGATE;
}

/* Take bytes until there are @want of what is read. */
static bool bytes_gather(struct rg_rtmp *rtmp, struct rg_cur *cur, u32 want)
{
	u32 len = min_t(u32, want - rtmp->have, cur->left);

	memcpy(rtmp->bytes + rtmp->have, rg_cur_take(cur, len), len);
	rtmp->have += len;
	return rtmp->have == want;
}

static void phase_begin(struct rg_rtmp *rtmp, u8 phase)
{
	rtmp->phase = phase;
	rtmp->have = 0;
}

static u8 lost(struct rg_rtmp *rtmp)
{
	phase_begin(rtmp, RTMP_LOST);
	return RG_FRAMING_LOST;
}

static u8 begin_step(struct rg_rtmp *rtmp, struct rg_cur *cur)
{
	/* Byte by byte: however they are cut, the same one makes it lost. */
	bytes_gather(rtmp, cur, rtmp->have + 1);
	if (!rg_rtmp_begins(rtmp->bytes, rtmp->have))
		return lost(rtmp);
	if (rtmp->have == RTMP_BEGIN_LEN) {
		rtmp->skip = RTMP_HANDSHAKE_LEN - RTMP_BEGIN_LEN;
		phase_begin(rtmp, RTMP_HANDSHAKE);
	}
	return RG_FRAMING_MORE;
}

static u8 handshake_step(struct rg_rtmp *rtmp, struct rg_cur *cur)
{
	u32 len = min_t(u32, rtmp->skip, cur->left);

	rg_cur_skip(cur, len);
	rtmp->skip -= len;
	if (rtmp->skip)
		return RG_FRAMING_MORE;
	/* The first byte is still there. */
	rtmp->encrypted = rtmp->bytes[0] != RTMP_VERSION;
	rtmp->chunk_size = RTMP_CHUNK_SIZE;
	phase_begin(rtmp, rtmp->encrypted ? RTMP_ENCRYPTED : RTMP_HEADER);
	return RG_FRAMING_MORE;
}

static struct rg_rtmp_stream *stream_find(struct rg_rtmp *rtmp, u32 id)
{
	u32 i;

	for (i = 0; i < RG_RTMP_STREAMS_MAX; i++) {
		if (rtmp->streams[i].id == id)
			return &rtmp->streams[i];
	}
	return NULL;
}

/* Make a chunk stream the first: the last place is that of the one idle longest. */
static void stream_front(struct rg_rtmp *rtmp, u32 id)
{
	struct rg_rtmp_stream *place = stream_find(rtmp, id);
	struct rg_rtmp_stream stream = { .id = id };

	if (place)
		stream = *place;
	else
		place = &rtmp->streams[RG_RTMP_STREAMS_MAX - 1];
	memmove(rtmp->streams + 1, rtmp->streams,
		(place - rtmp->streams) * sizeof(stream));
	rtmp->streams[0] = stream;
}

/* 5.3.1.1: six bits, or a byte, or two bytes, low first. */
static u32 id_read(struct rg_cur *cur, u8 first)
{
	u32 id = first & 0x3f;

	if (id > 1)
		return id;
	if (!id)
		return RTMP_ID_ONE_BYTE + rg_cur_u8(cur);
	id = RTMP_ID_ONE_BYTE + rg_cur_u8(cur);
	return id + (rg_cur_u8(cur) << 8);
}

static u32 be24_read(struct rg_cur *cur)
{
	u32 high = rg_cur_be16(cur);

	return high << 8 | rg_cur_u8(cur);
}

/*
 * 5.3.1.2. A header without a timestamp has an extended one when the last of its
 * chunk stream had (5.3.1.3). Senders of old left it out there: what they send after
 * four hours and a half is lost.
 */
static bool header_extended(struct rg_rtmp *rtmp, const struct chunk_header *header)
{
	struct rg_rtmp_stream *stream;

	if (header->fmt <= RTMP_FMT_TIME)
		return header->time == RTMP_TIME_EXTENDED;
	stream = stream_find(rtmp, header->id);
	return stream && stream->extended;
}

static void header_read(struct rg_rtmp *rtmp, struct chunk_header *header)
{
	/* By the first byte: its lower six bits, and the upper two. */
	static const u8 ids[] = { 2, 3, 1 }, fields[] = { 11, 7, 3, 0 };
	struct rg_cur cur;
	u8 first;

	rg_cur_init(&cur, rtmp->bytes, rtmp->have);
	memset(header, 0, sizeof(*header));
	header->size = 1;
	first = rg_cur_u8(&cur);
	if (cur.err)
		return;
	header->fmt = first >> 6;
	header->size = ids[min_t(u8, first & 0x3f, 2)] + fields[header->fmt];
	header->id = id_read(&cur, first);
	if (header->fmt <= RTMP_FMT_TIME)
		header->time = be24_read(&cur);
	if (header->fmt <= RTMP_FMT_LENGTH) {
		header->len = be24_read(&cur);
		header->type = rg_cur_u8(&cur);
	}
	if (!header->fmt)
		header->stream = rg_cur_be32(&cur);
	if (!cur.err && header_extended(rtmp, header))
		header->size += 4;
}

static bool message_fits(u8 type, u32 len)
{
	switch (type) {
	case RTMP_SET_CHUNK_SIZE:
	case RTMP_ABORT:
	case RTMP_ACKNOWLEDGEMENT:
	case RTMP_WINDOW_SIZE:
		return len == 4;
	case RTMP_PEER_BANDWIDTH:
		return len == 5;
	case RTMP_USER_CONTROL:
		return len >= RTMP_USER_LEN_MIN && len <= RTMP_USER_LEN_MAX;
	case RTMP_EDGE:
	case RTMP_AUDIO:
	case RTMP_VIDEO:
	case RTMP_AGGREGATE:
		return len <= RG_RTMP_MESSAGE_MAX;
	}
	return type >= RTMP_DATA_AMF3 && type <= RTMP_COMMAND_AMF0 &&
	       len <= RG_RTMP_MESSAGE_MAX;
}

/*
 * What a side says first behind its handshake is control, a command, or data. One
 * in 2^55 of random streams begins like a handshake and has this there.
 */
static bool first_fits(const struct chunk_header *header)
{
	return !header->fmt && header->id < RTMP_ID_ONE_BYTE && !header->stream &&
	       header->len && header->len <= RTMP_FIRST_LEN_MAX &&
	       header->type != RTMP_EDGE && header->type != RTMP_AUDIO &&
	       header->type != RTMP_VIDEO &&
	       (header->type != RTMP_COMMAND_AMF0 || header->len > RTMP_COMMAND_LEN);
}

/*
 * Does a chunk belong to what was seen? A new chunk stream begins with a whole
 * header (5.3.1.2.1), but librtmp's answer to a ping has no message stream id. The
 * chunks of a message should have no header (5.3.1.2.4); where they have one that is
 * not whole it says the same again.
 */
static bool header_follow(struct rg_rtmp *rtmp, const struct chunk_header *header)
{
	struct rg_rtmp_stream *stream = rtmp->streams;

	if (header->fmt > RTMP_FMT_LENGTH && !stream_find(rtmp, header->id))
		return false;
	stream_front(rtmp, header->id);
	if (header->fmt <= RTMP_FMT_TIME)
		stream->extended = header->time == RTMP_TIME_EXTENDED;
	if (stream->left && header->fmt)
		return header->fmt > RTMP_FMT_LENGTH ||
		       (header->type == stream->type && header->len == stream->len);
	if (header->fmt <= RTMP_FMT_LENGTH) {
		stream->type = header->type;
		stream->len = header->len;
	}
	stream->left = stream->len;
	rtmp->pending = true;
	return message_fits(stream->type, stream->len);
}

static u8 frame_report(struct rg_rtmp *rtmp, struct rg_frame *frame)
{
	const struct rg_rtmp_stream *stream = rtmp->streams;

	rtmp->pending = false;
	rtmp->known = true;
	frame->len = stream->len;
	frame->channel = stream->id;
	frame->type = stream->type;
	return RG_FRAMING_FRAME;
}

static u8 header_step(struct rg_rtmp *rtmp, struct rg_cur *cur, struct rg_frame *frame)
{
	struct rg_rtmp_stream *stream = rtmp->streams;
	struct chunk_header header;

	header_read(rtmp, &header);
	bytes_gather(rtmp, cur, header.size);
	/* Now that there are more, it may be longer. */
	header_read(rtmp, &header);
	if (rtmp->have < header.size)
		return RG_FRAMING_MORE;
	if ((!rtmp->known && !first_fits(&header)) || !header_follow(rtmp, &header))
		return lost(rtmp);
	rtmp->skip = min_t(u32, stream->left, rtmp->chunk_size);
	if (!rtmp->known && stream->type == RTMP_COMMAND_AMF0)
		phase_begin(rtmp, RTMP_COMMAND);
	else
		phase_begin(rtmp, rtmp->skip ? RTMP_PAYLOAD : RTMP_HEADER);
	return rtmp->skip ? RG_FRAMING_MORE : frame_report(rtmp, frame);
}

/* 5.4.1 and 5.4.2: what these ask for is done when they are whole. */
static bool message_end(struct rg_rtmp *rtmp)
{
	struct rg_rtmp_stream *aborted;

	switch (rtmp->streams[0].type) {
	case RTMP_SET_CHUNK_SIZE:
		if (!rtmp->value || rtmp->value >= RTMP_CHUNK_SIZE_END)
			return false;
		rtmp->chunk_size = min_t(u32, rtmp->value, RTMP_CHUNK_SIZE_MAX);
		return true;
	case RTMP_ABORT:
		aborted = stream_find(rtmp, rtmp->value);
		if (aborted)
			aborted->left = 0;
	}
	return true;
}

static u8 payload_take(struct rg_rtmp *rtmp, struct rg_cur *cur, u32 len)
{
	struct rg_rtmp_stream *stream = rtmp->streams;
	u32 i;

	stream->left -= len;
	rtmp->skip -= len;
	/* There are four, which shift out what was there before. */
	if (stream->type == RTMP_SET_CHUNK_SIZE || stream->type == RTMP_ABORT) {
		for (i = 0; i < len; i++)
			rtmp->value = rtmp->value << 8 | rg_cur_u8(cur);
	} else {
		rg_cur_skip(cur, len);
	}
	phase_begin(rtmp, rtmp->skip ? RTMP_PAYLOAD : RTMP_HEADER);
	return stream->left || message_end(rtmp) ? RG_FRAMING_MORE : lost(rtmp);
}

static u8 command_step(struct rg_rtmp *rtmp, struct rg_cur *cur, struct rg_frame *frame)
{
	struct rg_cur command;
	u32 marker;

	if (!bytes_gather(rtmp, cur, RTMP_COMMAND_LEN))
		return RG_FRAMING_MORE;
	rg_cur_init(&command, rtmp->bytes, rtmp->have);
	marker = be24_read(&command);
	if (marker < RTMP_COMMAND_MIN || marker > RTMP_COMMAND_MAX)
		return lost(rtmp);
	rg_cur_init(&command, rtmp->bytes, RTMP_COMMAND_LEN);
	payload_take(rtmp, &command, RTMP_COMMAND_LEN);
	return frame_report(rtmp, frame);
}

static u8 payload_step(struct rg_rtmp *rtmp, struct rg_cur *cur, struct rg_frame *frame)
{
	if (rtmp->pending)
		return frame_report(rtmp, frame);
	return payload_take(rtmp, cur, min_t(u32, rtmp->skip, cur->left));
}

/* Every step takes at least a byte, or reports. */
static u8 step(struct rg_rtmp *rtmp, struct rg_cur *cur, struct rg_frame *frame)
{
	switch (rtmp->phase) {
	case RTMP_BEGIN:
		return begin_step(rtmp, cur);
	case RTMP_HANDSHAKE:
		return handshake_step(rtmp, cur);
	case RTMP_HEADER:
		return header_step(rtmp, cur, frame);
	case RTMP_COMMAND:
		return command_step(rtmp, cur, frame);
	case RTMP_PAYLOAD:
		return payload_step(rtmp, cur, frame);
	case RTMP_ENCRYPTED:
		rg_cur_skip(cur, cur->left);
		return RG_FRAMING_MORE;
	}
	return RG_FRAMING_LOST;
}

/**
 * rg_rtmp_feed() - follow one direction of a connection
 * @rtmp: of the direction
 * @data: what follows those bytes that were taken
 * @len: how many
 * @frame: filled with a message where one begins
 * @event: enum rg_framing_event
 *
 * It is RTMP when behind the handshake (5.2) there is what a side says first, and
 * nothing is reported before: by chance once in 2^55. A message is reported when
 * its first byte is there, or its header where it is empty, and its payload is
 * taken by the calls that follow. The first one, when it is a command, is reported
 * three bytes later.
 *
 * What is behind the handshake of RTMPE cannot be told from random bytes: it is
 * taken and never reported, and nothing but seven bytes of the handshake, and that
 * there are 3,073, says that it is RTMPE. Good enough for a name, and no proof that
 * the bytes are encrypted.
 *
 * Context: whatever protects the state.
 * Return: bytes taken. Lost is lost for good, and takes none.
 */
u32 rg_rtmp_feed(struct rg_rtmp *rtmp, const u8 *data, u32 len,
		 struct rg_frame *frame, u8 *event)
{
	struct rg_cur cur;

	rg_cur_init(&cur, data, len);
	*event = rtmp->phase == RTMP_LOST ? RG_FRAMING_LOST : RG_FRAMING_MORE;
	while (cur.left && *event == RG_FRAMING_MORE)
		*event = step(rtmp, &cur, frame);
	return len - cur.left;
}
