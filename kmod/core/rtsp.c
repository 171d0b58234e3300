// SPDX-License-Identifier: GPL-2.0
#include "rtsp.h"
#include "cursor.h"
#include "limits.h"

/* RFC 2326, 10.12: a frame's first byte; then its channel, and its length in two. */
#define INTERLEAVED_MAGIC	'$'
#define INTERLEAVED_HEAD_LEN	4

/* What a frame has to have room for where it is looked for: RTP's header. */
#define INTERLEAVED_LEN_MIN	12

/**
 * enum phase - what the next byte belongs to
 * @PHASE_BETWEEN: a message or a frame begins
 * @PHASE_METHOD: a request's method, or what an answer begins with
 * @PHASE_ANSWER: an answer's version, and of HTTP the code
 * @PHASE_REASON: the rest of an answer's line
 * @PHASE_TARGET: what follows a method, to the line's end
 * @PHASE_HEADER: the lines behind the first
 * @PHASE_BODY: the body
 * @PHASE_FRAME: channel and length of a frame
 */
enum phase {
	PHASE_BETWEEN,
	PHASE_METHOD,
	PHASE_ANSWER,
	PHASE_REASON,
	PHASE_TARGET,
	PHASE_HEADER,
	PHASE_BODY,
	PHASE_FRAME,
};

/**
 * enum kind - which message it is
 * @KIND_RTSP: one of RTSP
 * @KIND_GET: the request for a tunnel, or its answer: RTSP follows as it is
 * @KIND_POST: the tunnel's other direction: base64 follows
 */
enum kind {
	KIND_RTSP,
	KIND_GET,
	KIND_POST,
};

/* What a first line begins with; '#' stands for a digit. */
static const char *const beginnings[] = {
	"RTSP/1.", "RTSP/2.", "HTTP/1.# 200", "GET ", "POST ",
};

#define BEGIN_RTSP		(BIT(0) | BIT(1))
#define BEGIN_HTTP		BIT(2)
#define BEGIN_GET		BIT(3)
#define BEGIN_POST		BIT(4)
#define BEGIN_ANSWER		(BEGIN_RTSP | BEGIN_HTTP)
#define BEGIN_ALL		(BEGIN_ANSWER | BEGIN_GET | BEGIN_POST)

/* What a request's line ends with. */
static const char *const versions[] = {
	"RTSP/#.#", "HTTP/1.#",
};

#define VERSION_RTSP		BIT(0)
#define VERSION_HTTP		BIT(1)
#define VERSION_ALL		(VERSION_RTSP | VERSION_HTTP)

static u8 phase_set(struct rg_rtsp *rtsp, u8 phase)
{
	rtsp->phase = phase;
	return RG_FRAMING_MORE;
}

/* It is known which message it is. HTTP comes before RTSP, never in it. */
static u8 kind_set(struct rg_rtsp *rtsp, u8 kind, u8 phase)
{
	if (kind != KIND_RTSP && rtsp->recognised)
		return RG_FRAMING_LOST;
	rtsp->kind = kind;
	rtsp->recognised = kind == KIND_RTSP;
	memset(&rtsp->header, 0, sizeof(rtsp->header));
	rtsp->header.http = kind != KIND_RTSP;
	return phase_set(rtsp, phase);
}

static u8 answer_feed(struct rg_rtsp *rtsp, u8 c)
{
	u8 done;

	rg_words_feed(&rtsp->words, beginnings, c);
	done = rg_words_done(&rtsp->words, beginnings);
	if (done & BEGIN_RTSP)
		return kind_set(rtsp, KIND_RTSP, PHASE_REASON);
	if (done & BEGIN_HTTP)
		return kind_set(rtsp, KIND_GET, PHASE_REASON);
	return rtsp->words.left ? RG_FRAMING_MORE : RG_FRAMING_LOST;
}

/* The space behind a method. The version is not the first thing that follows. */
static u8 target_begin(struct rg_rtsp *rtsp)
{
	u8 word = rg_words_done(&rtsp->words, beginnings);

	rtsp->kind = KIND_RTSP;
	if (word == BEGIN_GET)
		rtsp->kind = KIND_GET;
	else if (word == BEGIN_POST)
		rtsp->kind = KIND_POST;
	rg_words_begin(&rtsp->words, 0);
	return phase_set(rtsp, PHASE_TARGET);
}

/*
 * Methods are tokens (RFC 2326, 6.1), in upper case as all are that are known. An
 * answer has a slash where they have a space.
 */
static u8 method_feed(struct rg_rtsp *rtsp, u8 c)
{
	u32 len = rtsp->taken - 1;

	rg_words_feed(&rtsp->words, beginnings, c);
	if (c == ' ' && len)
		return target_begin(rtsp);
	if (c == '/') {
		rtsp->words.left &= BEGIN_ANSWER;
		rtsp->phase = PHASE_ANSWER;
		return rtsp->words.left ? RG_FRAMING_MORE : RG_FRAMING_LOST;
	}
	if (len >= RG_RTSP_METHOD_LEN_MAX)
		return RG_FRAMING_LOST;
	if (rg_is_upper(c) || (len && (rg_is_digit(c) || c == '_' || c == '-')))
		return RG_FRAMING_MORE;
	return RG_FRAMING_LOST;
}

/* The end of a request's line: of RTSP, or of one of HTTP's two. */
static u8 target_end(struct rg_rtsp *rtsp)
{
	u8 version = rg_words_done(&rtsp->words, versions);

	if (version == VERSION_RTSP)
		return kind_set(rtsp, KIND_RTSP, PHASE_HEADER);
	if (version == VERSION_HTTP && rtsp->kind != KIND_RTSP)
		return kind_set(rtsp, rtsp->kind, PHASE_HEADER);
	return RG_FRAMING_LOST;
}

/* Any word of the line may be the version, until another follows. */
static u8 target_feed(struct rg_rtsp *rtsp, u8 c)
{
	if (c == '\n')
		return target_end(rtsp);
	if (rg_is_blank(c)) {
		if (!rg_words_done(&rtsp->words, versions))
			rg_words_begin(&rtsp->words, VERSION_ALL);
		return RG_FRAMING_MORE;
	}
	rg_words_feed(&rtsp->words, versions, c);
	return c < ' ' ? RG_FRAMING_LOST : RG_FRAMING_MORE;
}

static u8 reason_feed(struct rg_rtsp *rtsp, u8 c)
{
	if (c == '\n')
		return phase_set(rtsp, PHASE_HEADER);
	return c ? RG_FRAMING_MORE : RG_FRAMING_LOST;
}

/* What a message's header said. The length in a POST is that of no body. */
static u8 header_end(struct rg_rtsp *rtsp, struct rg_frame *frame)
{
	rtsp->taken = 0;
	rtsp->left = rtsp->header.body_len;
	rtsp->phase = rtsp->left ? PHASE_BODY : PHASE_BETWEEN;
	if (rtsp->kind == KIND_RTSP)
		return RG_FRAMING_MORE;
	if (!rtsp->header.tunnel)
		return RG_FRAMING_LOST;
	rtsp->recognised = true;
	if (rtsp->kind == KIND_GET)
		return RG_FRAMING_MORE;
	rtsp->base64 = true;
	frame->channel = RG_RTSP_CHANNEL_NONE;
	return RG_FRAMING_FRAME;
}

static u8 header_feed(struct rg_rtsp *rtsp, u8 c, struct rg_frame *frame)
{
	switch (rg_rtsp_header_feed(&rtsp->header, c)) {
	case RG_RTSP_HEADER_MORE:
		return RG_FRAMING_MORE;
	case RG_RTSP_HEADER_END:
		return header_end(rtsp, frame);
	}
	return RG_FRAMING_LOST;
}

/* RFC 2326, 10.12. */
static u8 frame_feed(struct rg_rtsp *rtsp, u8 c, struct rg_frame *frame)
{
	if (rtsp->taken == 2) {
		rtsp->channel = c;
		return RG_FRAMING_MORE;
	}
	rtsp->frame_len = rtsp->frame_len << 8 | c;
	if (rtsp->taken < INTERLEAVED_HEAD_LEN)
		return RG_FRAMING_MORE;
	frame->channel = rtsp->channel;
	frame->len = rtsp->frame_len;
	rtsp->phase = PHASE_BETWEEN;
	return RG_FRAMING_FRAME;
}

/* The first byte of a message or a frame; a frame is not the first of all. */
static u8 between_feed(struct rg_rtsp *rtsp, u8 c)
{
	if (c == '\r' || c == '\n') {
		if (rtsp->recognised)
			rtsp->taken = 0;
		return RG_FRAMING_MORE;
	}
	rtsp->taken = 1;
	if (c == INTERLEAVED_MAGIC && rtsp->recognised) {
		rtsp->frame_len = 0;
		return phase_set(rtsp, PHASE_FRAME);
	}
	rtsp->phase = PHASE_METHOD;
	rg_words_begin(&rtsp->words, BEGIN_ALL);
	return method_feed(rtsp, c);
}

static u8 byte_feed(struct rg_rtsp *rtsp, u8 c, struct rg_frame *frame)
{
	u32 max = rtsp->recognised ? RG_RTSP_HEADER_LEN_MAX :
				     RG_RTSP_UNKNOWN_LEN_MAX;

	if (++rtsp->taken > max)
		return RG_FRAMING_LOST;
	switch (rtsp->phase) {
	case PHASE_BETWEEN:
		return between_feed(rtsp, c);
	case PHASE_METHOD:
		return method_feed(rtsp, c);
	case PHASE_ANSWER:
		return answer_feed(rtsp, c);
	case PHASE_REASON:
		return reason_feed(rtsp, c);
	case PHASE_TARGET:
		return target_feed(rtsp, c);
	case PHASE_HEADER:
		return header_feed(rtsp, c, frame);
	}
	return frame_feed(rtsp, c, frame);
}

static void body_skip(struct rg_rtsp *rtsp, struct rg_cur *cur)
{
	u32 len = min_t(u32, rtsp->left, cur->left);

	rg_cur_skip(cur, len);
	rtsp->left -= len;
	if (!rtsp->left)
		rtsp->phase = PHASE_BETWEEN;
}

/**
 * rg_rtsp_feed() - find the frames in what came of a direction
 * @rtsp: state of the direction
 * @data: its next bytes
 * @len: how many
 * @frame: filled where the event is RG_FRAMING_FRAME
 * @event: set to enum rg_framing_event
 *
 * RTSP 1.0 and 2.0 with interleaved frames (RFC 2326, 10.12; RFC 7826, 14), and the
 * same over HTTP. It is RTSP by its first line; HTTP is a tunnel when its header has
 * RTSP's media type or the cookie that joins its two connections.
 *
 * A frame's @frame->len bytes are behind those that were taken. The caller takes them
 * itself, and comes again with what follows.
 *
 * In a tunnel's POST base64 (base64.h) follows. Where it begins there is a frame of 0
 * bytes with RG_RTSP_CHANNEL_NONE, and @rtsp->base64 is set: from then on the caller
 * gives what comes to rg_base64_feed(), into a buffer of any size, and comes here with
 * what that wrote. Frames have their bytes there, too.
 *
 * Where it is RG_FRAMING_LOST the state is as at first again, so that another
 * beginning can be looked for, or rg_rtsp_join() called.
 *
 * Context: whatever protects the state.
 * Return: the bytes that were taken: with RG_FRAMING_MORE all, with RG_FRAMING_LOST
 * those up to the one that does not fit, at least one.
 */
u32 rg_rtsp_feed(struct rg_rtsp *rtsp, const u8 *data, u32 len,
		 struct rg_frame *frame, u8 *event)
{
	struct rg_cur cur;

	rg_cur_init(&cur, data, len);
	memset(frame, 0, sizeof(*frame));
	*event = RG_FRAMING_MORE;
	while (cur.left && *event == RG_FRAMING_MORE) {
		if (rtsp->phase == PHASE_BODY)
			body_skip(rtsp, &cur);
		else
			*event = byte_feed(rtsp, rg_cur_u8(&cur), frame);
	}
	if (*event == RG_FRAMING_LOST)
		memset(rtsp, 0, sizeof(*rtsp));
	return len - cur.left;
}

/**
 * rg_rtsp_begins() - may a direction that begins so be RTSP, or HTTP?
 * @data: its first bytes
 * @len: how many, at least one
 *
 * Only the first of them are looked at: TLS, SSH and what a server says first in
 * mail and the like are none by their first seven; other text may have to be fed, for
 * a line, and HTTP for its header.
 *
 * Context: any.
 */
bool rg_rtsp_begins(const u8 *data, u32 len)
{
	struct rg_rtsp rtsp = { 0 };
	struct rg_frame frame;
	u8 event;

	rg_rtsp_feed(&rtsp, data, min_t(u32, len, RG_RTSP_BEGIN_LEN), &frame,
		     &event);
	return event != RG_FRAMING_LOST;
}

/**
 * rg_rtsp_join() - a direction whose beginning was not seen
 * @rtsp: set to what it is between two messages
 *
 * For rg_interleaved_begins(): the next byte is a frame's first, or a message's.
 *
 * Context: whatever protects the state.
 */
void rg_rtsp_join(struct rg_rtsp *rtsp)
{
	memset(rtsp, 0, sizeof(*rtsp));
	rtsp->recognised = true;
}

/* A frame of RTP or RTCP, as far as its bytes are there. */
static bool interleaved_fits(struct rg_cur *cur, u16 *len)
{
	u8 version;

	if (rg_cur_u8(cur) != INTERLEAVED_MAGIC)
		return cur->err;
	rg_cur_skip(cur, 1);
	*len = rg_cur_be16(cur);
	if (!cur->err && *len < INTERLEAVED_LEN_MIN)
		return false;
	version = rg_cur_u8(cur) >> 6;
	return cur->err || version == 2;
}

/**
 * rg_interleaved_begins() - does an interleaved frame begin here?
 * @head: bytes from somewhere in a connection
 * @len: how many, at least RG_INTERLEAVED_HEAD_LEN
 *
 * A frame (RFC 2326, 10.12) with room for RTP's header and with RTP's version; and
 * behind it another, or so much of it as is there. By chance once in 2^10, and once
 * in 2^20 where five bytes of the second are there. Where a message is behind the
 * first frame it is none.
 *
 * Context: any.
 */
bool rg_interleaved_begins(const u8 *head, u32 len)
{
	struct rg_cur cur;
	u16 frame_len, next_len;

	if (len < RG_INTERLEAVED_HEAD_LEN)
		return false;
	rg_cur_init(&cur, head, len);
	if (!interleaved_fits(&cur, &frame_len))
		return false;
	rg_cur_skip(&cur, frame_len - 1);
	return interleaved_fits(&cur, &next_len);
}
