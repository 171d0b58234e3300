// SPDX-License-Identifier: GPL-2.0
/*
 * RTSP, interleaved and over HTTP: conversations, every truncation and every cut of
 * them, and base64. Each piece is an allocation of its own length.
 */
#include "rtsp_stream.h"
#include "kselftest_harness.h"
#include "random.h"

static struct stream stream;
static struct reader whole, reader;

/* A player, and a server that is played from. */
static void client_play(struct stream *s)
{
	s->len = 0;
	stream_text(s, "OPTIONS rtsp://192.0.2.1:554/a RTSP/1.0\r\nCSeq: 1\r\n\r\n");
	stream_text(s, "DESCRIBE rtsp://192.0.2.1:554/a RTSP/1.0\r\nCSeq: 2\r\n"
		       "Accept: application/sdp\r\n\r\n");
	stream_text(s, "SETUP rtsp://192.0.2.1:554/a/0 RTSP/1.0\r\nCSeq: 3\r\n"
		       "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n");
	stream_text(s, "PLAY rtsp://192.0.2.1:554/a RTSP/1.0\r\nCSeq: 4\r\n"
		       "Session: 12345678\r\nRange: npt=0.000-\r\n\r\n");
	stream_frame(s, 1, 52);
	stream_text(s, "GET_PARAMETER rtsp://192.0.2.1:554/a RTSP/1.0\r\n"
		       "CSeq: 5\r\nContent-Length: 10\r\n\r\nposition\r\n\r\n\r\n");
	stream_frame(s, 1, 52);
	stream_frame(s, 3, 0);
	stream_text(s, "TEARDOWN rtsp://192.0.2.1:554/a RTSP/2.0\r\nCSeq: 6\r\n\r\n");
}

static void server_play(struct stream *s)
{
	u32 i;

	s->len = 0;
	stream_text(s, "RTSP/1.0 200 OK\r\nCSeq: 1\r\nPublic: OPTIONS, PLAY\r\n\r\n");
	/* The body has a frame's first byte in it. */
	stream_text(s, "RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Base: rtsp://a/\r\n"
		       "Content-Type: application/sdp\r\nContent-length: 58\r\n\r\n"
		       "v=0\r\no=- 0 0 IN IP4 192.0.2.1\r\ns=$ \r\n"
		       "m=audio 0 RTP/AVP 0\r\n");
	stream_text(s, "RTSP/1.0 200 OK\r\nCSeq: 3\r\nSession: 12345678\r\n\r\n");
	stream_frame(s, 0, 172);
	stream_text(s, "RTSP/1.0 200 OK\r\nCSeq: 4\r\nSession: 12345678\r\n\r\n");
	for (i = 0; i < 4; i++)
		stream_frame(s, 2 * (i % 2), 172 + 100 * i);
	stream_frame(s, 255, 28);
	stream_text(s, "RTSP/2.0 200 OK\r\nCSeq: 5\r\n\r\n");
	stream_frame(s, 0, 172);
}

/* ffmpeg -f rtsp -rtsp_transport tcp. */
static void client_record(struct stream *s)
{
	u32 i;

	s->len = 0;
	stream_text(s, "OPTIONS rtsp://192.0.2.1:8554/live RTSP/1.0\r\nCSeq: 1\r\n"
		       "User-Agent: Lavf59.27.100\r\n\r\n");
	stream_text(s, "ANNOUNCE rtsp://192.0.2.1:8554/live RTSP/1.0\r\n"
		       "Content-Type: application/sdp\r\nCSeq: 2\r\n"
		       "User-Agent: Lavf59.27.100\r\nContent-Length: 38\r\n\r\n"
		       "v=0\r\ns=No Name\r\nm=video 0 RTP/AVP 96\r\n");
	stream_text(s, "SETUP rtsp://192.0.2.1:8554/live/streamid=0 RTSP/1.0\r\n"
		       "Transport: RTP/AVP/TCP;unicast;interleaved=0-1;mode=record\r\n"
		       "CSeq: 3\r\n\r\n");
	stream_text(s, "RECORD rtsp://192.0.2.1:8554/live RTSP/1.0\r\n"
		       "Range: npt=0.000-\r\nCSeq: 4\r\nSession: 1\r\n\r\n");
	for (i = 0; i < 6; i++)
		stream_frame(s, i == 3, i == 3 ? 28 : 400);
}

/* The first answer to a tunnel's GET: RTSP follows as it is. */
static void tunnel_answer(struct stream *s)
{
	s->len = 0;
	stream_text(s, "HTTP/1.0 200 OK\r\nServer: a\r\nConnection: close\r\n"
		       "Content-Type: application/x-rtsp-tunnelled\r\n\r\n"
		       "RTSP/1.0 200 OK\r\nCSeq: 1\r\n\r\n");
	stream_frame(s, 0, 172);
	stream_frame(s, 0, 172);
}

/* The other connection. Its length is that of no body. */
static void tunnel_post(struct stream *s)
{
	static struct stream plain;

	s->len = 0;
	stream_text(s, "POST /a HTTP/1.0\r\nx-sessioncookie: aZ0\r\n"
		       "Content-Type: application/x-rtsp-tunnelled\r\n"
		       "Content-Length: 32767\r\n\r\n");
	plain.len = 0;
	stream_text(&plain, "RECORD rtsp://a/b RTSP/1.0\r\nCSeq: 1\r\n\r\n");
	stream_base64(s, plain.bytes, plain.len);
	stream_text(s, "\r\n");
	plain.len = 0;
	stream_frame(&plain, 0, 172);
	stream_base64(s, plain.bytes, plain.len);
	plain.len = 0;
	stream_frame(&plain, 1, 27);
	stream_frame(&plain, 0, 173);
	stream_base64(s, plain.bytes, plain.len);
}

static void tunnel_get(struct stream *s)
{
	s->len = 0;
	stream_text(s, "GET /a HTTP/1.1\r\nCSeq: 1\r\n"
		       "Accept: text/plain;q=0, Application/X-RTSP-Tunnelled\r\n\r\n");
}

static const struct {
	void (*make)(struct stream *s);
	const char *name;
	u32 frames;
} streams[] = {
	{ client_play, "PLAY, client", 3 },
	{ server_play, "PLAY, server", 7 },
	{ client_record, "RECORD", 6 },
	{ tunnel_answer, "tunnel, GET's answer", 2 },
	{ tunnel_post, "tunnel, POST", 4 },
	{ tunnel_get, "tunnel, GET", 0 },
};

/* Has it found what the whole stream has, as far as it went? */
static bool same(const struct reader *a, const struct reader *b, u32 count)
{
	return !a->lost && a->count == b->count &&
	       !memcmp(a->frames, b->frames, count * sizeof(a->frames[0]));
}

TEST(state_is_small)
{
	EXPECT_LE(sizeof(struct rg_rtsp), 40);
	EXPECT_LE(sizeof(struct rg_base64), 4);
}

TEST(conversations)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		streams[i].make(&stream);
		reader_whole(&whole, &stream);
		EXPECT_FALSE(whole.lost) TH_LOG("%s", streams[i].name);
		EXPECT_TRUE(whole.rtsp.recognised);
		EXPECT_EQ(whole.count, streams[i].frames)
			TH_LOG("%s", streams[i].name);
		EXPECT_EQ(whole.left, 0);
		EXPECT_TRUE(rg_rtsp_begins(stream.bytes, stream.len));
		EXPECT_EQ(whole.rtsp.base64, streams[i].make == tunnel_post);
	}
}

TEST(frames_are_told_as_they_are)
{
	server_play(&stream);
	reader_whole(&whole, &stream);
	EXPECT_TRUE(whole.frames[0].channel == 0 && whole.frames[0].len == 172);
	EXPECT_TRUE(whole.frames[4].channel == 2 && whole.frames[4].len == 472);
	EXPECT_TRUE(whole.frames[5].channel == 255 && whole.frames[5].len == 28);
	tunnel_post(&stream);
	reader_whole(&whole, &stream);
	EXPECT_TRUE(whole.frames[0].channel == RG_RTSP_CHANNEL_NONE &&
		    whole.frames[0].len == 0);
	EXPECT_TRUE(whole.frames[1].channel == 0 && whole.frames[1].len == 172);
	EXPECT_TRUE(whole.frames[2].channel == 1 && whole.frames[2].len == 27);
	EXPECT_TRUE(whole.frames[3].channel == 0 && whole.frames[3].len == 173);
}

/* Cut in two at every place, and in pieces of every size up to a frame's. */
TEST(every_cut)
{
	u32 i, n;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		streams[i].make(&stream);
		reader_whole(&whole, &stream);
		for (n = 1; n < stream.len; n++) {
			reader_run(&reader, &stream, stream.len, n, stream.len);
			ASSERT_TRUE(same(&reader, &whole, whole.count))
				TH_LOG("%s, cut at %u", streams[i].name, n);
		}
		for (n = 1; n < 200; n++) {
			reader_run(&reader, &stream, stream.len, n, n);
			ASSERT_TRUE(same(&reader, &whole, whole.count))
				TH_LOG("%s, pieces of %u", streams[i].name, n);
		}
	}
}

/* What is cut short has the frames that are whole, and perhaps part of one. */
TEST(every_truncation)
{
	u32 i, n, before;

	for (i = 0; i < ARRAY_SIZE(streams); i++) {
		streams[i].make(&stream);
		reader_whole(&whole, &stream);
		before = 0;
		for (n = 0; n <= stream.len; n++) {
			reader_run(&reader, &stream, n, n, n);
			ASSERT_FALSE(reader.lost);
			ASSERT_TRUE(reader.count == before ||
				    reader.count == before + 1);
			before = reader.count;
			ASSERT_EQ(memcmp(reader.frames, whole.frames,
					 (before - !!reader.left) *
					 sizeof(whole.frames[0])), 0)
				TH_LOG("%s, %u bytes", streams[i].name, n);
		}
		ASSERT_EQ(before, whole.count);
	}
}

/* Behind a message only another, or a frame. */
TEST(between_messages)
{
	static const char *const bad[] = { "x", "$\x01", "HTTP/1.1 200", "9" };
	u32 i, before;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		client_play(&stream);
		before = stream.len;
		stream_text(&stream, bad[i]);
		reader_whole(&reader, &stream);
		EXPECT_EQ(reader.lost, i != 1);
		if (!reader.lost)
			continue;
		/* The parser is as at first: another beginning may follow. */
		stream.len = before;
		client_play(&stream);
		reader.lost = false;
		reader.count = 0;
		reader_feed(&reader, stream.bytes, stream.len);
		EXPECT_TRUE(!reader.lost && reader.count == 3);
	}
}

TEST(base64_in_any_shape)
{
	static const char head[] = "POST / HTTP/1.1\r\nx-sessioncookie: a\r\n\r\n";
	static const struct { const char *text; bool bad; u32 frames; } bodies[] = {
		/* "$", channel 1, a length of 2, "ab"; and again, of 1. */
		{ "JAEAAmFiJAEAAWE=", false, 3 },
		{ "JAEA\r\nAmFiJ A\tEAAWE=\r\n", false, 3 },
		{ "JAEAAmFi\n\nJAEAAWE=JAEAAWE=JAEAAmFi", false, 5 },
		{ "JA==AQ==AA==Ag==YQ==Yg==", false, 2 },
		{ "====JAEAAmFi", false, 2 },
		{ "JAEAAmFiJ=", true, 2 }, { "JAEAAmFi-", true, 2 },
		{ "JAEAAmFi$", true, 2 }, { "JAEAAmFi\x80", true, 2 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bodies); i++) {
		stream.len = 0;
		stream_text(&stream, head);
		stream_text(&stream, bodies[i].text);
		reader_run(&reader, &stream, stream.len, 1, 1);
		EXPECT_EQ(reader.lost, bodies[i].bad) TH_LOG("%s", bodies[i].text);
		EXPECT_EQ(reader.count, bodies[i].frames);
		EXPECT_EQ(reader.b64.bad, bodies[i].bad);
	}
}

TEST(every_character_of_base64)
{
	struct rg_random r;
	u8 bytes[300], out[300];
	u32 n, taken, out_len;

	random_seed(&r, 1);
	for (n = 0; n < sizeof(bytes); n++) {
		struct rg_base64 b64 = { 0 };

		random_fill(&r, bytes, n);
		stream.len = 0;
		stream_base64(&stream, bytes, n);
		/* As much as there is room for, and then the rest. */
		out_len = n / 2;
		taken = rg_base64_feed(&b64, stream.bytes, stream.len, out, &out_len);
		ASSERT_EQ(out_len, n / 2);
		out_len = sizeof(out) - n / 2;
		taken += rg_base64_feed(&b64, stream.bytes + taken,
					stream.len - taken, out + n / 2, &out_len);
		ASSERT_EQ(taken, stream.len);
		ASSERT_EQ(out_len, n - n / 2);
		ASSERT_EQ(memcmp(out, bytes, n), 0);
		ASSERT_FALSE(b64.bad);
	}
}

TEST(a_connection_under_way)
{
	struct rg_frame frame;
	struct rg_rtsp rtsp;
	u32 n, second = 4 + 172;
	u8 event, *p = stream.bytes;

	stream.len = 0;
	stream_frame(&stream, 0, 172);
	stream_frame(&stream, 1, 28);
	for (n = 0; n < stream.len; n++)
		ASSERT_EQ(rg_interleaved_begins(p, n), n >= 16);
	/* As far as the second is there, it has to be one. */
	p[second + 4] = 0x40;
	EXPECT_FALSE(rg_interleaved_begins(p, second + 5));
	EXPECT_TRUE(rg_interleaved_begins(p, second + 4));
	p[second + 3] = 11;
	EXPECT_FALSE(rg_interleaved_begins(p, second + 4));
	EXPECT_TRUE(rg_interleaved_begins(p, second + 3));
	p[second] = 'R';
	EXPECT_FALSE(rg_interleaved_begins(p, second + 1));
	EXPECT_TRUE(rg_interleaved_begins(p, second));
	rg_rtsp_join(&rtsp);
	EXPECT_EQ(rg_rtsp_feed(&rtsp, p, stream.len, &frame, &event), 4);
	EXPECT_TRUE(event == RG_FRAMING_FRAME && frame.len == 172);
	p[4] = 0x40;
	EXPECT_FALSE(rg_interleaved_begins(p, second));
	p[4] = 0x80;
	p[3] = 11;
	EXPECT_FALSE(rg_interleaved_begins(p, 16));
	p[3] = 12;
	EXPECT_TRUE(rg_interleaved_begins(p, 16));
	p[0] = '%';
	EXPECT_FALSE(rg_interleaved_begins(p, 16));
}

TEST_HARNESS_MAIN
