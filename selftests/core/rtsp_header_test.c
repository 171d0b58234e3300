// SPDX-License-Identifier: GPL-2.0
/*
 * RTSP: first lines, headers that are hostile, and what it costs to see that another
 * protocol is one. Each byte is an allocation of its own.
 */
#include "rtsp_stream.h"
#include "kselftest_harness.h"
#include "random.h"

#define RANDOM_STREAMS	100000

static struct stream stream;
static struct reader whole, reader;

/* Text that comes first: bytes until it is lost, or 0 when it is not. */
static u32 lost_at(const void *bytes, u32 len)
{
	stream.len = 0;
	stream_bytes(&stream, bytes, len);
	reader_run(&reader, &stream, stream.len, 1, 1);
	return reader.lost ? reader.taken : 0;
}

static u32 text_lost_at(const char *text)
{
	return lost_at(text, strlen(text));
}

/* Text, and a frame behind it: is it found? */
static bool frame_behind(const char *text, u32 len)
{
	stream.len = 0;
	stream_bytes(&stream, text, len);
	stream_frame(&stream, 7, 172);
	reader_run(&reader, &stream, stream.len, 1, 1);
	return !reader.lost && reader.count == 1 && !reader.left &&
	       reader.frames[0].channel == 7 && reader.frames[0].len == 172;
}

static bool text_frame_behind(const char *text)
{
	return frame_behind(text, strlen(text));
}

TEST(first_lines)
{
	static const char *const good[] = {
		"\r\n\r\nOPTIONS * RTSP/1.0\r\n\r\n",
		"SET_PARAMETER rtsp://a RTSP/1.0\n\n",
		"PLAY-2 rtsp://a RTSP/2.0\r\n\r\n",
		"X a b c  RTSP/1.0 \r\n\r\n",
		"GET rtsp://a RTSP/1.0\r\n\r\n",
		"RTSP/1.0 200\r\n\r\n",
		"RTSP/1.1 404 Not Found\n\n",
		"HTTP/1.1 200 OK\r\ncontent-TYPE:application/x-rtsp-tunnelled\n\n",
		"HTTP/1.0 200 OK\r\nX-SessionCookie : a\r\n\r\n",
		"GET http://a/b HTTP/1.0\r\nX-SESSIONCOOKIE: a\r\n\r\n",
		"GET / HTTP/1.1\r\nAccept: a/b,\r\n application/x-rtsp-tunnelled\n\n",
		"GET / HTTP/1.1\r\nContent-Length: 99999999999\r\nx-sessioncookie:\n\n",
	};
	/* And at which byte that is clear; 0: at the last. */
	static const struct { char text[64]; u32 at; } bad[] = {
		{ "options * RTSP/1.0\r\n", 1 }, { "Options *", 2 },
		{ "$", 1 }, { " ", 1 }, { "-A", 1 }, { "\r\n9", 3 },
		{ "OPTIONS\r", 8 }, { "OPTIONS\t", 8 },
		{ "OPTIONS RTSP/1.0\r\n", 0 },
		{ "OPTIONS * RTSP/1\r\n", 0 },
		{ "OPTIONS * RTSP/1.0a\r\n", 0 },
		{ "OPTIONS * RTSP/1.0 a\r\n", 0 },
		{ "OPTIONS * rtsp/1.0\r\n", 0 },
		{ "OPTIONS * RTSP/a.0\r\n", 0 },
		{ "OPTIONS * HTTP/1.0\r\n", 0 },
		{ "GET / HTTP/2.0\r\n", 0 },
		{ "ABCDEFGHIJKLMNOPQRSTUVWXY", 25 },
		{ "RTSP/3", 6 }, { "RTSP/1 ", 7 }, { "RTS/", 4 },
		{ "HTTP/1.1 404 Not Found\r\n", 10 }, { "HTTP/2", 6 },
		{ "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", 0 },
		{ "GET / HTTP/1.1\r\nAccept: application/x-rtsp-tunnel\r\n\r\n", 0 },
		{ "GET / HTTP/1.1\r\nAccept: xapplication/x-rtsp-tunnelled\n\n", 0 },
		{ "GET / HTTP/1.1\r\nA: application/x-rtsp-tunnelled\n\n", 0 },
		{ "GET / HTTP/1.1\r\nx-session cookie: a\r\n\r\n", 0 },
		{ "GET / HTTP/1.1\r\nx-sessioncookies: a\r\n\r\n", 0 },
		{ "POST / HTTP/1.1\r\n\r\n", 0 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		EXPECT_TRUE(text_frame_behind(good[i])) TH_LOG("%s", good[i]);
		EXPECT_TRUE(rg_rtsp_begins((const u8 *)good[i], strlen(good[i])));
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		EXPECT_EQ(text_lost_at(bad[i].text),
			  bad[i].at ? bad[i].at : strlen(bad[i].text))
			TH_LOG("%s", bad[i].text);
}

TEST(bodies)
{
	static const char *const good[] = {
		"Content-Length: 4\r\n\r\n$\n\r\n", "CONTENT-LENGTH:4\n\n$$$$",
		"Content-Length \t:\t 4 \r\n\r\nRTSP", "Content-Length: 0\r\n\r\n",
		"Content-Length:\r\n 4\r\n\r\n\r\n$$", "content-length: 000000004\n\n$abc",
		"A: b\r\n Content-Length: 4\r\n\r\n", "XContent-Length: 4\r\n\r\n",
		"Content -Length: 4\r\n\r\n", "no colon\r\n:\r\n\r\n",
		"Content-Lengt: 4\r\n\r\n", "Content-Length\r\n: 4\r\n\r\n",
		"$: $\r\n $\r\n$\n\n",
	};
	static const char *const bad[] = {
		"Content-Length: -4", "Content-Length: +", "Content-Length: 4,",
		"Content-Length: 4 4", "Content-Length: 4\r\n 4",
		"Content-Length: 0x", "Content-Length: 4.",
		"Content-Length: 1000000000", "Content-Length: 4294967300",
		"Content-Length: 4\r\ncontent-length:", "Content-Length:\r\n\r\n",
		"Content-Length: 4\r\nA: b\r\nContent-Length:",
	};
	char text[200];
	u32 i, at, len;

	for (i = 0; i < ARRAY_SIZE(good); i++) {
		snprintf(text, sizeof(text), "PLAY a RTSP/1.0\r\n%s", good[i]);
		EXPECT_TRUE(text_frame_behind(text)) TH_LOG("%s", text);
	}
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		len = snprintf(text, sizeof(text), "PLAY a RTSP/1.0\r\n%s\r\n\r\n",
			       bad[i]);
		at = text_lost_at(text);
		/* No later than where the header says it. */
		EXPECT_TRUE(at && at <= len - 4) TH_LOG("%s: %u", text, at);
	}
}

/* A length that no body reaches: all that follows is of it. */
TEST(a_long_body)
{
	stream.len = 0;
	stream_text(&stream, "PLAY a RTSP/1.0\r\nContent-Length: 999999999\r\n\r\n");
	stream_frame(&stream, 0, 1000);
	reader_whole(&reader, &stream);
	EXPECT_FALSE(reader.lost);
	EXPECT_EQ(reader.count, 0);
	EXPECT_EQ(reader.rtsp.left, 999999999 - 1004);
}

/* A header without end. @open: a first line that leaves it open whether it is RTSP. */
static u32 long_header_lost_at(const char *open, char fill)
{
	stream.len = 0;
	stream_text(&stream, open);
	stream_fill(&stream, fill, 0x10010);
	reader_whole(&reader, &stream);
	return reader.lost ? reader.taken : 0;
}

TEST(long_headers)
{
	static char text[5100];

	EXPECT_EQ(long_header_lost_at("PLAY ", 'a'), 4097);
	EXPECT_EQ(long_header_lost_at("PLAY a", ' '), 4097);
	EXPECT_EQ(long_header_lost_at("", '\r'), 4097);
	EXPECT_EQ(long_header_lost_at("GET / HTTP/1.1\r\n", 'a'), 4097);
	EXPECT_EQ(long_header_lost_at("GET / HTTP/1.1\r\nx-sessioncookie: ", 'a'),
		  4097);
	EXPECT_EQ(long_header_lost_at("PLAY a RTSP/1.0\r\n", 'a'), 65537);
	EXPECT_EQ(long_header_lost_at("RTSP/1.0 200 ", 'a'), 65537);
	/* Of RTSP, 5,000 bytes are none too many; nor is what is between messages. */
	memset(text, 'a', sizeof(text));
	memcpy(text, "PLAY a RTSP/1.0\r\nA: ", 20);
	memcpy(text + 5000, "\r\nContent-Length: 4\r\n\r\n$$$$", 28);
	EXPECT_TRUE(text_frame_behind(text));
	memset(text + 40, '\n', 5000);
	EXPECT_EQ(long_header_lost_at("PLAY a RTSP/1.0\r\n\r\n", '\n'), 0);
}

TEST(bytes_that_are_no_text)
{
	static const char first[] = "PLAY a\0 RTSP/1.0\r\n\r\n";
	static const char header[] = "PLAY a RTSP/1.0\r\nA: \0b\r\n\r\n";
	static const char status[] = "RTSP/1.0 200 \0\r\n\r\n";
	static const char body[] = "PLAY a RTSP/1.0\r\nContent-Length: 2\r\n\r\n\0$";

	EXPECT_EQ(lost_at(first, sizeof(first) - 1), 7);
	EXPECT_EQ(lost_at(header, sizeof(header) - 1), 21);
	EXPECT_EQ(lost_at(status, sizeof(status) - 1), 14);
	EXPECT_TRUE(frame_behind(body, sizeof(body) - 1));
	EXPECT_EQ(text_lost_at("PLAY \x01"), 6);
	/* Paths and headers are not always ASCII. */
	EXPECT_TRUE(text_frame_behind("PLAY /\xc3\xa9 RTSP/1.0\r\nA: \xff\r\n\r\n"));
}

/* First bytes, and how many of them it took to see that it is another protocol. */
TEST(other_protocols_cost_little)
{
	static const struct {
		const char *name, *bytes;
		u32 len, at;
	} others[] = {
		{ "TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11, 1 },
		{ "SSH", "SSH-2.0-OpenSSH_9.2p1 Debian\r\n", 30, 6 },
		{ "SMTP, server", "220 mail.example.org ESMTP\r\n", 28, 1 },
		{ "SMTP, client", "EHLO host.example.org\r\n", 23, 23 },
		{ "IMAP, server", "* OK IMAP4rev1 ready\r\n", 22, 1 },
		{ "POP3, server", "+OK ready\r\n", 11, 1 },
		{ "FTP, client", "USER anonymous\r\n", 16, 16 },
		{ "HTTP, request", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 27, 27 },
		{ "HTTP, PUT", "PUT /a HTTP/1.1\r\nHost: a\r\n\r\n", 28, 17 },
		{ "HTTP, answer", "HTTP/1.1 200 OK\r\nServer: a\r\n\r\n", 30, 30 },
		{ "HTTP, 304", "HTTP/1.1 304 Not Modified\r\n\r\n", 29, 10 },
		{ "HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24, 16 },
		{ "SIP", "INVITE sip:a@example.org SIP/2.0\r\n", 34, 34 },
		{ "TPKT", "\x03\x00\x00\x16\x11\xe0\x00\x00\x00\x00\x00", 11, 1 },
		{ "DNS", "\x00\x1d\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00", 12, 1 },
		{ "DNS of 18,000 bytes", "\x46\x50\x12\x34\x81\x80\x00\x01", 8, 3 },
		{ "BitTorrent", "\x13\x42itTorrent protocol", 20, 1 },
		{ "RTMP", "\x03\x00\x00\x00\x00\x00\x00\x00\x00", 9, 1 },
		{ "RFC 4571", "\x00\xac\x80\x00\x12\x34", 6, 1 },
		{ "RDP", "\x03\x00\x00\x13\x0e\xe0", 6, 1 },
		{ "SMB", "\x00\x00\x00\x9b\xfeSMB", 8, 1 },
		{ "MQTT", "\x10\x10\x00\x04MQTT", 8, 1 },
		{ "MySQL", "\x4a\x00\x00\x00\x0a\x38.0.32", 11, 2 },
		{ "PostgreSQL", "\x00\x00\x00\x08\x04\xd2\x16\x2f", 8, 1 },
		{ "Redis", "*1\r\n$4\r\nPING\r\n", 14, 1 },
		{ "XMPP", "<?xml version='1.0'?>", 21, 1 },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++) {
		EXPECT_EQ(lost_at(others[i].bytes, others[i].len), others[i].at)
			TH_LOG("%s", others[i].name);
		EXPECT_EQ(rg_rtsp_begins((const u8 *)others[i].bytes, others[i].len),
			  others[i].at > 32);
	}
}

TEST(random_bytes_are_nothing)
{
	u32 i, most = 0, sum = 0;
	struct rg_random r;

	random_seed(&r, 1);
	for (i = 0; i < RANDOM_STREAMS; i++) {
		stream.len = 256;
		random_fill(&r, stream.bytes, stream.len);
		reader_whole(&reader, &stream);
		ASSERT_TRUE(reader.lost && !reader.count);
		most = max_t(u32, most, reader.taken);
		sum += reader.taken;
	}
	TH_LOG("%u bytes at the most, %u.%02u each", most, sum / RANDOM_STREAMS,
	       sum % RANDOM_STREAMS * 100 / RANDOM_STREAMS);
	EXPECT_LT(most, 64);
}

/* In RTSP, too: where it should go on they are lost soon, or are a frame's. */
TEST(random_bytes_behind_rtsp)
{
	static const char head[] = "PLAY a RTSP/1.0\r\n";
	struct rg_random r;
	u32 i;

	random_seed(&r, 2);
	for (i = 0; i < RANDOM_STREAMS / 10; i++) {
		stream.len = 0;
		stream_text(&stream, head);
		stream_text(&stream, i % 2 ? "\r\n" : "A");
		random_fill(&r, stream.bytes + stream.len, 1024);
		stream.len += 1024;
		reader_run(&reader, &stream, stream.len, i % 100, 100);
		/* The same, by another cut. */
		reader_whole(&whole, &stream);
		ASSERT_EQ(reader.lost, whole.lost);
		ASSERT_EQ(reader.taken, whole.taken);
		ASSERT_EQ(reader.count, whole.count);
	}
}

TEST_HARNESS_MAIN
