/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_RTSP_STREAM_H
#define RG_SELFTESTS_RTSP_STREAM_H

#include "core/base64.h"
#include "core/rtsp.h"
#include "packets.h"

#include <stdlib.h>

/* What one direction of a connection sends, and who reads it as a caller does. */

#define STREAM_LEN_MAX	0x20000
#define FRAMES_MAX	64

struct stream {
	u32 len;
	u8 bytes[STREAM_LEN_MAX];
};

/* A frame that was found, and a sum of its bytes that tells their order. */
struct found {
	u32 len;
	u32 channel;
	u32 sum;
};

/**
 * struct reader - a caller of the parser
 * @rtsp: the parser's state
 * @b64: the decoder's
 * @left: bytes of a frame that are still to come
 * @count: frames so far
 * @frames: the first of these
 * @lost: it was lost
 * @taken: by then, bytes of the stream, or of what was decoded of it
 */
struct reader {
	struct rg_rtsp rtsp;
	struct rg_base64 b64;
	u32 left;
	u32 count;
	struct found frames[FRAMES_MAX];
	bool lost;
	u32 taken;
};

static inline void stream_bytes(struct stream *s, const void *bytes, u32 len)
{
	memcpy(s->bytes + s->len, bytes, len);
	s->len += len;
}

static inline void stream_text(struct stream *s, const char *text)
{
	stream_bytes(s, text, strlen(text));
}

static inline void stream_fill(struct stream *s, u8 c, u32 count)
{
	memset(s->bytes + s->len, c, count);
	s->len += count;
}

/* RTP, or what looks like a message and a frame: it must not be read. */
static inline void stream_frame(struct stream *s, u8 channel, u32 len)
{
	static const char decoy[] = "$\r\nRTSP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n";
	u8 *p = s->bytes + s->len;
	u32 i;

	p[0] = '$';
	p[1] = channel;
	put_be16(p + 2, len);
	for (i = 0; i < len; i++)
		p[4 + i] = decoy[i % (sizeof(decoy) - 1)];
	if (len >= 12)
		packet_rtp(p + 4, 96, s->len, 3000, 0x24242424, 0);
	s->len += 4 + len;
}

/* Each message is encoded by itself: it ends with its padding. */
static inline void stream_base64(struct stream *s, const u8 *bytes, u32 len)
{
	static const char chars[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	u32 i, n, word;

	for (i = 0; i < len; i += 3) {
		for (word = 0, n = 0; n < 3; n++)
			word = word << 8 | (i + n < len ? bytes[i + n] : 0);
		for (n = 0; n < 4; n++)
			s->bytes[s->len++] = i + n > len ? '=' :
				chars[word >> (18 - 6 * n) & 63];
	}
}

/* Bytes of a frame. Return: how many of these. */
static inline u32 reader_frame(struct reader *r, const u8 *data, u32 len)
{
	struct found *found = &r->frames[(r->count - 1) % FRAMES_MAX];
	u32 i, n = min_t(u32, len, r->left);

	for (i = 0; i < n; i++)
		found->sum = found->sum * 31 + data[i] + 1;
	r->left -= n;
	return n;
}

/* Return: bytes that it made something of; fewer where base64 begins. */
static inline u32 reader_plain(struct reader *r, const u8 *data, u32 len)
{
	bool base64 = r->rtsp.base64;
	struct rg_frame frame;
	u32 done = 0, taken;
	u8 event;

	while (done < len && !r->lost && base64 == r->rtsp.base64) {
		if (r->left) {
			done += reader_frame(r, data + done, len - done);
			continue;
		}
		taken = rg_rtsp_feed(&r->rtsp, data + done, len - done, &frame,
				     &event);
		if (!taken || taken > len - done ||
		    (event == RG_FRAMING_MORE && taken != len - done))
			abort();
		done += taken;
		r->taken += taken;
		r->lost = event == RG_FRAMING_LOST;
		if (event != RG_FRAMING_FRAME)
			continue;
		r->left = frame.len;
		r->frames[r->count++ % FRAMES_MAX] =
			(struct found){ frame.len, frame.channel, 0 };
	}
	return done;
}

/* Another piece: an allocation of its own length. */
static inline void reader_feed(struct reader *r, const u8 *data, u32 len)
{
	u8 *copy = malloc(len ? len : 1), out[37];
	u32 done = 0, out_len;

	memcpy(copy, data, len);
	if (!r->rtsp.base64)
		done = reader_plain(r, copy, len);
	while (done < len && !r->lost) {
		out_len = sizeof(out);
		done += rg_base64_feed(&r->b64, copy + done, len - done, out,
				       &out_len);
		reader_plain(r, out, out_len);
		r->lost |= r->b64.bad;
	}
	free(copy);
}

/* Reads a stream that is cut in pieces of @step bytes, the first of @first. */
static inline void reader_run(struct reader *r, const struct stream *s, u32 len,
			      u32 first, u32 step)
{
	u32 pos = 0, n = first;

	memset(r, 0, sizeof(*r));
	while (pos < len && !r->lost) {
		n = min_t(u32, n, len - pos);
		reader_feed(r, s->bytes + pos, n);
		pos += n;
		n = step;
	}
}

/* The whole stream, in one piece. */
static inline void reader_whole(struct reader *r, const struct stream *s)
{
	reader_run(r, s, s->len, s->len, s->len);
}

#endif /* RG_SELFTESTS_RTSP_STREAM_H */
