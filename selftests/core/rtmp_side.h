/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_RTMP_SIDE_H
#define RG_SELFTESTS_RTMP_SIDE_H

#include <stdlib.h>
#include "core/rtmp.h"
#include "rtmp_chunks.h"

/* One side of RTMP: what it sends, and what the parser says of it. */

#define SENT_MAX	32768
#define FRAMES_MAX	64

/* A frame, and where it begins. */
struct seen {
	u32 at, len;
	u16 channel;
	u8 type;
};

/* What came of a side. */
struct side {
	struct rg_rtmp rtmp;
	u32 at, count;
	bool lost;
	struct seen seen[FRAMES_MAX];
};

/* What a side sends. */
struct sent {
	u32 len;
	u8 p[SENT_MAX];
};

static inline void side_feed(struct side *side, const u8 *bytes, u32 len)
{
	u8 *copy = malloc(len ? len : 1), event = RG_FRAMING_FRAME;
	struct rg_frame frame;
	u32 taken, at = 0;

	memcpy(copy, bytes, len);
	while (event == RG_FRAMING_FRAME) {
		taken = rg_rtmp_feed(&side->rtmp, copy + at, len - at, &frame, &event);
		if (taken > len - at || (side->lost && event != RG_FRAMING_LOST))
			abort();
		/* Only what begins with the piece takes nothing of it. */
		if (event == RG_FRAMING_FRAME && at && !taken)
			abort();
		at += taken;
		if (event == RG_FRAMING_MORE && at != len)
			abort();
		side->lost = event == RG_FRAMING_LOST;
		if (event != RG_FRAMING_FRAME)
			break;
		if (side->count < FRAMES_MAX)
			side->seen[side->count] = (struct seen){
				side->at + at, frame.len, frame.channel, frame.type,
			};
		side->count++;
	}
	side->at += len;
	free(copy);
}

/* In pieces: the first of @first bytes, the others of @piece. */
static inline void side_cut(struct side *side, const struct sent *sent, u32 first, u32 piece)
{
	u32 at, len = first;

	memset(side, 0, sizeof(*side));
	for (at = 0; at < sent->len; at += len, len = piece)
		side_feed(side, sent->p + at, min_t(u32, len, sent->len - at));
}

static inline void side_whole(struct side *side, const struct sent *sent)
{
	side_cut(side, sent, sent->len, sent->len);
}

static inline bool sides_agree(const struct side *a, const struct side *b)
{
	return a->count == b->count && a->lost == b->lost &&
	       !memcmp(a->seen, b->seen, sizeof(a->seen));
}

/* Behind a handshake and a command, whose frame is the first. */
static inline void sent_begin(struct sent *sent)
{
	sent->len = rtmp_handshake(sent->p, 3);
	sent->len += rtmp_command(sent->p + sent->len, RTMP_SIZE, "connect", 100);
}

/* More of it: an expression of @p, where it goes. */
#define SEND(dest, expr) do { \
	struct sent *to = (dest); \
	u8 *p = to->p + to->len; \
	to->len += (expr); \
} while (0)

#define HEADER(dest, ...)	SEND(dest, rtmp_header(p, __VA_ARGS__))
#define PAYLOAD(dest, n)	SEND(dest, sent_fill(p, n))

static inline u32 sent_fill(u8 *p, u32 len)
{
	memset(p, 0x3c, len);
	return len;
}

/* As encoders do: chunks of 128 bytes, then longer ones, and a long key frame. */
static inline void sent_publish(struct sent *sent)
{
	sent_begin(sent);
	SEND(sent, rtmp_number(p, RTMP_SIZE, RTMP_CHUNK_SIZE, 600));
	SEND(sent, rtmp_command(p, 600, "createStream", 40));
	SEND(sent, rtmp_command(p, 600, "publish", 700));
	SEND(sent, rtmp_message(p, 600, 4, RTMP_DATA, (u8 *)"\2\0\15@setDataFrame", 16));
	SEND(sent, rtmp_media(p, 600, RTMP_VIDEO, 1300));
	SEND(sent, rtmp_media(p, 600, RTMP_AUDIO, 7));
	/* Audio between the chunks of video, and the same header for all of it. */
	HEADER(sent, RTMP_LENGTH, 6, 40, 1000, RTMP_VIDEO);
	PAYLOAD(sent, 600);
	HEADER(sent, RTMP_LENGTH, 4, 23, 5, RTMP_AUDIO);
	PAYLOAD(sent, 5);
	SEND(sent, rtmp_basic(p, RTMP_NONE, 6));
	PAYLOAD(sent, 400);
	HEADER(sent, RTMP_TIME, 4, 23, 5, RTMP_AUDIO);
	PAYLOAD(sent, 5);
	SEND(sent, rtmp_basic(p, RTMP_NONE, 4));
	PAYLOAD(sent, 5);
}

static inline void sent_answer(struct sent *sent)
{
	sent->len = rtmp_handshake(sent->p, 3);
	SEND(sent, rtmp_number(p, RTMP_SIZE, RTMP_WINDOW, 2500000));
	SEND(sent, rtmp_number(p, RTMP_SIZE, RTMP_BANDWIDTH, 2500000));
	SEND(sent, rtmp_message(p, RTMP_SIZE, 2, RTMP_USER, (u8 *)"\0\0\0\0\0", 6));
	SEND(sent, rtmp_command(p, RTMP_SIZE, "_result", 190));
	SEND(sent, rtmp_number(p, RTMP_SIZE, RTMP_ACK, 3000));
}

static inline bool saw(const struct side *side, u32 n, u32 channel, u8 type, u32 len)
{
	const struct seen *seen = &side->seen[n];

	return n < side->count && seen->channel == channel && seen->type == type &&
	       seen->len == len;
}

#endif /* RG_SELFTESTS_RTMP_SIDE_H */
