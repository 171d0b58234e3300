// SPDX-License-Identifier: GPL-2.0
/*
 * Protocols that frame a byte stream, from the fuzzer's bytes. The first byte says
 * which, and whether its usual beginning is put before the others; the second how
 * the stream is cut. However it is cut, the same frames begin at the same bytes.
 * Each piece is an allocation of its own. What is base64 is decoded as callers do,
 * and the bytes of a frame are skipped where the parser leaves them to its caller.
 */
#include "core/base64.h"
#include "core/rtmp.h"
#include "core/rtsp.h"
#include "require.h"

#define WHICH		0x7f
#define BEGIN		0x80

#define STREAM_MAX	65536
#define FRAMES_MAX	64

#define RTMP_HANDSHAKE	3073

union state {
	struct rg_rtmp rtmp;
	struct {
		struct rg_rtsp rtsp;
		struct rg_base64 b64;
		u32 left;
	} rtsp;
};

/* A frame, and where it begins. */
struct seen {
	u32 at;
	struct rg_frame frame;
};

/* What a parser says of a stream. */
struct told {
	union state state;
	u32 count;
	bool lost;
	struct seen seen[FRAMES_MAX];
};

struct parser {
	u32 (*feed)(union state *state, const u8 *data, u32 len, struct rg_frame *frame,
		    u8 *event);
	void (*check)(const union state *state, const u8 *stream, u32 len,
		      const struct told *told);
	u32 (*begin)(u8 *stream);
};

static u32 rtmp_feed(union state *state, const u8 *data, u32 len, struct rg_frame *frame,
		     u8 *event)
{
	return rg_rtmp_feed(&state->rtmp, data, len, frame, event);
}

static void rtmp_stays_lost(const struct rg_rtmp *rtmp)
{
	struct rg_rtmp copy = *rtmp;
	struct rg_frame frame;
	u8 event;

	require(!rg_rtmp_feed(&copy, (const u8 *)"a", 1, &frame, &event));
	require(event == RG_FRAMING_LOST);
}

static void rtmp_check(const union state *state, const u8 *stream, u32 len,
		       const struct told *told)
{
	const struct rg_rtmp *rtmp = &state->rtmp;

	require(rtmp->have <= RG_RTMP_HEADER_MAX);
	require(rtmp->known == !!told->count);
	require(!told->count || (rg_rtmp_begins(stream, len) && len > RTMP_HANDSHAKE));
	require(!rtmp->encrypted || (!told->count && !told->lost));
	require(told->lost || !len || rg_rtmp_begins(stream, len));
	if (told->lost)
		rtmp_stays_lost(rtmp);
}

static u32 rtmp_begin(u8 *stream)
{
	memset(stream, 0, RTMP_HANDSHAKE);
	stream[0] = 3;
	return RTMP_HANDSHAKE;
}

/* What is neither in a frame nor base64. */
static u32 rtsp_plain(union state *state, const u8 *data, u32 len, struct rg_frame *frame,
		      u8 *event)
{
	u32 taken = min_t(u32, len, state->rtsp.left);

	*event = RG_FRAMING_MORE;
	state->rtsp.left -= taken;
	if (taken == len)
		return taken;
	taken += rg_rtsp_feed(&state->rtsp.rtsp, data + taken, len - taken, frame, event);
	require(taken);
	if (*event == RG_FRAMING_FRAME)
		state->rtsp.left = frame->len;
	return taken;
}

/* A character at a time: a byte at the most, and where it began is known. */
static u32 rtsp_base64(union state *state, const u8 *data, u32 len, struct rg_frame *frame,
		       u8 *event)
{
	u32 i, out_len;
	u8 out;

	*event = RG_FRAMING_MORE;
	for (i = 0; i < len && *event == RG_FRAMING_MORE; i++) {
		out_len = 1;
		require(rg_base64_feed(&state->rtsp.b64, data + i, 1, &out, &out_len) == 1);
		require(out_len <= 1);
		if (state->rtsp.b64.bad)
			*event = RG_FRAMING_LOST;
		else if (out_len)
			require(rtsp_plain(state, &out, 1, frame, event) == 1);
	}
	return i;
}

static u32 rtsp_feed(union state *state, const u8 *data, u32 len, struct rg_frame *frame,
		     u8 *event)
{
	if (state->rtsp.rtsp.base64)
		return rtsp_base64(state, data, len, frame, event);
	return rtsp_plain(state, data, len, frame, event);
}

static void rtsp_check(const union state *state, const u8 *stream, u32 len,
		       const struct told *told)
{
	static const struct rg_rtsp none;

	require(state->rtsp.left <= 0xffff);
	require(told->lost || !told->count || state->rtsp.rtsp.recognised);
	require(told->lost || !len || rg_rtsp_begins(stream, len));
	require(!told->lost || state->rtsp.b64.bad ||
		!memcmp(&state->rtsp.rtsp, &none, sizeof(none)));
}

static u32 rtsp_begin(u8 *stream)
{
	static const char head[] = "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n";

	memcpy(stream, head, sizeof(head) - 1);
	return sizeof(head) - 1;
}

static u32 tunnel_begin(u8 *stream)
{
	static const char head[] = "POST /a HTTP/1.0\r\nx-sessioncookie: a\r\n\r\n";

	memcpy(stream, head, sizeof(head) - 1);
	return sizeof(head) - 1;
}

static const struct parser parsers[] = {
	{ rtmp_feed, rtmp_check, rtmp_begin },
	{ rtsp_feed, rtsp_check, rtsp_begin },
	{ rtsp_feed, rtsp_check, tunnel_begin },
};

static void note(struct told *told, u32 at, const struct rg_frame *frame)
{
	struct seen *seen = &told->seen[told->count % FRAMES_MAX];

	seen->at = at;
	seen->frame.len = frame->len;
	seen->frame.channel = frame->channel;
	seen->frame.type = frame->type;
	told->count++;
}

static void piece_feed(const struct parser *parser, struct told *told, u32 base,
		       const u8 *bytes, u32 len)
{
	u8 *copy = malloc(len), event = RG_FRAMING_FRAME;
	struct rg_frame frame;
	u32 taken, at = 0;

	require(copy);
	memcpy(copy, bytes, len);
	/* What is lost is not gone on with, here. */
	while (event == RG_FRAMING_FRAME && !told->lost) {
		taken = parser->feed(&told->state, copy + at, len - at, &frame, &event);
		require(taken <= len - at);
		require(taken || !at || event != RG_FRAMING_FRAME);
		at += taken;
		require(event != RG_FRAMING_MORE || at == len);
		told->lost = event == RG_FRAMING_LOST;
		if (event == RG_FRAMING_FRAME)
			note(told, base + at, &frame);
	}
	free(copy);
}

/* The first piece has @first bytes, where it has any. */
static void stream_feed(const struct parser *parser, struct told *told, const u8 *stream,
			u32 len, u32 first, u32 piece)
{
	u32 at, part;

	memset(told, 0, sizeof(*told));
	for (at = 0; at < len; at += part) {
		part = min_t(u32, at < first ? first : piece, len - at);
		piece_feed(parser, told, at, stream + at, part);
	}
	parser->check(&told->state, stream, len, told);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static u8 stream[STREAM_MAX];
	static struct told whole, cut;
	const struct parser *parser;
	u32 begin = 0, len;

	if (size < 2)
		return 0;
	parser = &parsers[(data[0] & WHICH) % ARRAY_SIZE(parsers)];
	if (data[0] & BEGIN)
		begin = parser->begin(stream);
	size = min_t(size_t, size - 2, STREAM_MAX - begin);
	memcpy(stream + begin, data + 2, size);
	len = begin + size;
	stream_feed(parser, &whole, stream, len, 0, STREAM_MAX);
	stream_feed(parser, &cut, stream, len, begin, 1 + data[1]);
	require(whole.count == cut.count && whole.lost == cut.lost);
	require(!memcmp(whole.seen, cut.seen, sizeof(whole.seen)));
	return 0;
}
