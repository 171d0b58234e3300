// SPDX-License-Identifier: GPL-2.0
/*
 * Sequence numbers: bytes are fed once and in order, and what was not let out stops
 * what is behind it. Each test is run where numbers are small and where they wrap.
 */
#include "core/tcp.h"
#include "core/limits.h"
#include "framer_caller.h"
#include "kselftest_harness.h"
#include "packets.h"

#define SSRC		0x11223344
#define FRAME_LEN	174	/* of PCMU, with its length before it */
#define FRAMES		8
#define STREAM_LEN	(FRAMES * FRAME_LEN)

/* A direction of frames, from which segments are cut. */
struct connection {
	struct rg_tcp_side side;
	struct caller caller;
	u32 first;
	u8 stream[STREAM_LEN];
};

FIXTURE(tcp)
{
	struct connection conn;
};

FIXTURE_VARIANT(tcp)
{
	u32 first;
};

FIXTURE_VARIANT_ADD(tcp, low)
{
	.first = 1000,
};

FIXTURE_VARIANT_ADD(tcp, wraps)
{
	.first = 0xffffff00,
};

/* Halfway round, where a signed number would wrap. */
FIXTURE_VARIANT_ADD(tcp, half)
{
	.first = 0x7fffff00,
};

FIXTURE_VARIANT_ADD(tcp, wraps_at_a_segment)
{
	.first = 0u - 2 * FRAME_LEN,
};

FIXTURE_SETUP(tcp)
{
	struct connection *conn = &self->conn;
	u32 i;

	memset(conn, 0, sizeof(*conn));
	conn->first = variant->first;
	for (i = 0; i < FRAMES; i++) {
		put_be16(conn->stream + i * FRAME_LEN, FRAME_LEN - 2);
		packet_rtp(conn->stream + i * FRAME_LEN + 2, 0, i, 160 * i, SSRC, 160);
	}
}

FIXTURE_TEARDOWN(tcp)
{
	struct connection *conn = &self->conn;

	caller_end(&conn->caller);
}

static void tcp_open(struct connection *conn)
{
	struct rg_tcp_rest rest = { 0 };

	rg_tcp_open(&rest, conn->first);
	rg_tcp_wake(&conn->side, &rest);
}

/* Bytes @at to @end of the stream. Return: how many were fed before. */
static u32 segment(struct connection *conn, u32 at, u32 end)
{
	u32 old;

	conn->side.framer = conn->caller.framer;
	old = rg_tcp_segment(&conn->side, conn->first + at, end - at);
	conn->caller.framer = conn->side.framer;
	caller_piece(&conn->caller, conn->stream + at + old, end - at - old);
	conn->side.framer = conn->caller.framer;
	return old;
}

static bool told(const struct connection *conn, u32 count)
{
	u32 i;

	if (conn->caller.count != count)
		return false;
	for (i = 0; i < count; i++) {
		if (conn->caller.told[i].sum !=
		    bytes_sum(conn->stream + i * FRAME_LEN + 2, FRAME_LEN - 2))
			return false;
	}
	return true;
}

TEST_F(tcp, in_order)
{
	struct connection *conn = &self->conn;
	u32 i;

	tcp_open(conn);
	for (i = 0; i < STREAM_LEN; i += 87) {
		EXPECT_EQ(segment(conn, i, i + 87), 0);
		EXPECT_EQ(conn->side.next, conn->first + i + 87);
	}
	EXPECT_TRUE(told(conn, FRAMES));
}

TEST_F(tcp, what_is_sent_again_is_fed_once)
{
	struct connection *conn = &self->conn;

	tcp_open(conn);
	EXPECT_EQ(segment(conn, 0, 200), 0);
	EXPECT_EQ(segment(conn, 0, 200), 200);
	EXPECT_EQ(segment(conn, 0, 1), 1);
	EXPECT_EQ(segment(conn, 199, 200), 1);
	/* With what is new, in the midst of a frame and behind its end. */
	EXPECT_EQ(segment(conn, 0, 300), 200);
	EXPECT_EQ(segment(conn, 250, 2 * FRAME_LEN), 50);
	EXPECT_EQ(segment(conn, 2 * FRAME_LEN - 1, 4 * FRAME_LEN), 1);
	/* Older. */
	EXPECT_EQ(segment(conn, 100, 120), 20);
	EXPECT_EQ(segment(conn, FRAME_LEN, 4 * FRAME_LEN), 3 * FRAME_LEN);
	EXPECT_EQ(conn->side.next, conn->first + 4 * FRAME_LEN);
	EXPECT_EQ(segment(conn, 4 * FRAME_LEN, STREAM_LEN), 0);
	EXPECT_TRUE(told(conn, FRAMES));
}

/* Each of two overlapping segments of every length. */
TEST_F(tcp, every_overlap)
{
	struct connection *conn = &self->conn;
	u32 end, back;

	for (back = 1; back < 300; back += 13) {
		caller_end(&conn->caller);
		memset(&conn->side, 0, sizeof(conn->side));
		tcp_open(conn);
		segment(conn, 0, 300);
		for (end = 300; end < STREAM_LEN; end += 50)
			ASSERT_EQ(segment(conn, end - back,
					  min_t(u32, end + 50, STREAM_LEN)), back);
		ASSERT_TRUE(told(conn, FRAMES)) TH_LOG("overlap of %u", back);
	}
}

TEST_F(tcp, behind_a_hole_a_segment_has_to_begin_with_a_frame)
{
	struct connection *conn = &self->conn;

	tcp_open(conn);
	segment(conn, 0, 2 * FRAME_LEN);
	EXPECT_TRUE(told(conn, 2));
	/* A byte is missing, and one in the midst of a frame. */
	EXPECT_EQ(segment(conn, 2 * FRAME_LEN + 1, 3 * FRAME_LEN), 0);
	EXPECT_EQ(segment(conn, 3 * FRAME_LEN, 4 * FRAME_LEN), 0);
	EXPECT_EQ(conn->caller.count, 3);
	segment(conn, 4 * FRAME_LEN, 4 * FRAME_LEN + 99);
	segment(conn, 4 * FRAME_LEN + 100, 5 * FRAME_LEN);
	EXPECT_EQ(conn->caller.count, 3);
	segment(conn, 5 * FRAME_LEN, STREAM_LEN);
	EXPECT_EQ(conn->caller.count, 6);
	EXPECT_EQ(conn->caller.told[5].sum,
		  bytes_sum(conn->stream + STREAM_LEN - FRAME_LEN + 2, FRAME_LEN - 2));
}

/* What comes late is what was fed before: it is not looked at. */
TEST_F(tcp, out_of_order)
{
	struct connection *conn = &self->conn;

	tcp_open(conn);
	segment(conn, 0, FRAME_LEN);
	EXPECT_EQ(segment(conn, 2 * FRAME_LEN, 3 * FRAME_LEN), 0);
	EXPECT_EQ(segment(conn, FRAME_LEN, 2 * FRAME_LEN), FRAME_LEN);
	EXPECT_EQ(segment(conn, 3 * FRAME_LEN, 4 * FRAME_LEN), 0);
	EXPECT_EQ(conn->caller.count, 3);
	/* Late and longer: only what is new. */
	EXPECT_EQ(segment(conn, FRAME_LEN, 5 * FRAME_LEN), 3 * FRAME_LEN);
	EXPECT_EQ(conn->caller.count, 4);
}

/* A frame over two segments is believed in only as a connection's first. */
static bool believed(struct connection *conn, u32 at, u32 end)
{
	u32 before = conn->caller.count;

	segment(conn, at, at + 100);
	segment(conn, at + 100, end);
	return conn->caller.count > before;
}

TEST_F(tcp, only_what_opens_is_fresh)
{
	struct connection *conn = &self->conn;

	EXPECT_FALSE(believed(conn, 0, FRAME_LEN));
	memset(&conn->side, 0, sizeof(conn->side));
	caller_end(&conn->caller);
	tcp_open(conn);
	EXPECT_EQ(conn->side.phase, RG_TCP_OPENED);
	EXPECT_TRUE(believed(conn, 0, FRAME_LEN));
	EXPECT_EQ(conn->side.phase, RG_TCP_UNDER_WAY);
}

TEST_F(tcp, what_is_behind_the_first_is_not_fresh)
{
	struct connection *conn = &self->conn;

	tcp_open(conn);
	memset(conn->stream, 0xff, FRAME_LEN);
	segment(conn, 0, FRAME_LEN);
	EXPECT_FALSE(believed(conn, FRAME_LEN, 2 * FRAME_LEN));
	EXPECT_TRUE(told(conn, 0));
	/* Nor is a first one when bytes are missing before it. */
	memset(&conn->side, 0, sizeof(conn->side));
	caller_end(&conn->caller);
	tcp_open(conn);
	EXPECT_FALSE(believed(conn, 2 * FRAME_LEN, 3 * FRAME_LEN));
	/* A first one in bytes is. */
	memset(&conn->side, 0, sizeof(conn->side));
	caller_end(&conn->caller);
	tcp_open(conn);
	put_be16(conn->stream, FRAME_LEN - 2);
	packet_rtp(conn->stream + 2, 0, 0, 0, SSRC, 160);
	segment(conn, 0, 1);
	EXPECT_TRUE(believed(conn, 0, FRAME_LEN));
}

TEST_F(tcp, a_connection_under_way)
{
	struct connection *conn = &self->conn;

	EXPECT_EQ(segment(conn, FRAME_LEN, 2 * FRAME_LEN), 0);
	EXPECT_EQ(conn->caller.count, 1);
	EXPECT_EQ(segment(conn, 2 * FRAME_LEN, 2 * FRAME_LEN + 99), 0);
	EXPECT_EQ(segment(conn, 0, 3 * FRAME_LEN), 2 * FRAME_LEN + 99);
	EXPECT_EQ(conn->caller.count, 2);
}

static bool rests_and_wakes(struct connection *conn, struct rg_tcp_rest *rest)
{
	if (!rg_tcp_rests(&conn->side, rest))
		return false;
	caller_end(&conn->caller);
	memset(&conn->side, 0, sizeof(conn->side));
	rg_tcp_wake(&conn->side, rest);
	conn->caller.framer = conn->side.framer;
	return true;
}

TEST_F(tcp, what_rests_wakes_as_it_was)
{
	struct connection *conn = &self->conn;
	struct rg_tcp_rest rest = { 0 };
	u32 at;

	tcp_open(conn);
	EXPECT_FALSE(rg_tcp_rests(&conn->side, &rest));
	memset(conn->stream, 0xff, 3 * FRAME_LEN);
	segment(conn, 0, 15);
	EXPECT_FALSE(rg_tcp_rests(&conn->side, &rest));
	segment(conn, 15, FRAME_LEN);
	ASSERT_TRUE(rests_and_wakes(conn, &rest));
	EXPECT_EQ(rest.next, conn->first + FRAME_LEN);
	EXPECT_EQ(rest.sniffed, FRAME_LEN);
	EXPECT_EQ(rest.framing, RG_FRAMING_SKIP);
	EXPECT_EQ(rest.phase, RG_TCP_UNDER_WAY);
	/* What was fed before is known, too, and a hole is seen. */
	EXPECT_EQ(segment(conn, 0, FRAME_LEN), FRAME_LEN);
	EXPECT_EQ(segment(conn, 10, 2 * FRAME_LEN), FRAME_LEN - 10);
	ASSERT_TRUE(rests_and_wakes(conn, &rest));
	EXPECT_EQ(rest.sniffed, 2 * FRAME_LEN);
	segment(conn, 3 * FRAME_LEN, 4 * FRAME_LEN);
	EXPECT_EQ(conn->caller.count, 1);
	EXPECT_FALSE(rg_tcp_rests(&conn->side, &rest));
	/* For good. */
	memset(conn->stream, 0xff, STREAM_LEN);
	memset(&conn->side, 0, sizeof(conn->side));
	caller_end(&conn->caller);
	for (at = 0; at < RG_SNIFF_MAX; at += 512, conn->first += 512)
		segment(conn, 0, 512);
	ASSERT_TRUE(rests_and_wakes(conn, &rest));
	EXPECT_EQ(rest.framing, RG_FRAMING_OTHER);
	EXPECT_EQ(conn->side.framer.framing, RG_FRAMING_OTHER);
}

TEST_F(tcp, stopped_is_what_is_behind_the_first_byte_that_is)
{
	struct connection *conn = &self->conn;
	const u32 seq = conn->first + 300;
	struct rg_tcp_side *side = &conn->side;

	EXPECT_FALSE(rg_tcp_stopped(side, seq, 100));
	rg_tcp_stop(side, seq);
	EXPECT_TRUE(rg_tcp_stopped(side, seq, 1));
	EXPECT_TRUE(rg_tcp_stopped(side, seq, 100));
	EXPECT_TRUE(rg_tcp_stopped(side, seq + 100, 100));
	EXPECT_TRUE(rg_tcp_stopped(side, seq - 50, 100));
	EXPECT_TRUE(rg_tcp_stopped(side, seq - 99, 100));
	EXPECT_FALSE(rg_tcp_stopped(side, seq - 100, 100));
	EXPECT_FALSE(rg_tcp_stopped(side, seq - 300, 100));
	/* A later one does not move it, an earlier one does. */
	rg_tcp_stop(side, seq + 100);
	EXPECT_TRUE(rg_tcp_stopped(side, seq, 1));
	rg_tcp_stop(side, seq - 100);
	EXPECT_TRUE(rg_tcp_stopped(side, seq - 100, 1));
	EXPECT_FALSE(rg_tcp_stopped(side, seq - 101, 1));
}

TEST_F(tcp, stopped_until_its_first_byte_is_let_out)
{
	struct connection *conn = &self->conn;
	const u32 seq = conn->first + 300;
	struct rg_tcp_side *side = &conn->side;
	struct rg_tcp_rest rest;

	side->framer.framing = RG_FRAMING_SKIP;
	EXPECT_TRUE(rg_tcp_rests(side, &rest));
	rg_tcp_stop(side, seq);
	/* It has to be remembered. */
	EXPECT_FALSE(rg_tcp_rests(side, &rest));
	rg_tcp_resume(side, seq + 1);
	EXPECT_TRUE(rg_tcp_stopped(side, seq + 100, 1));
	rg_tcp_resume(side, seq + 100);
	EXPECT_TRUE(rg_tcp_stopped(side, seq, 1));
	rg_tcp_resume(side, seq);
	EXPECT_FALSE(rg_tcp_stopped(side, seq, 100));
	EXPECT_FALSE(rg_tcp_stopped(side, seq + 100, 100));
	EXPECT_TRUE(rg_tcp_rests(side, &rest));
	rg_tcp_stop(side, seq);
	rg_tcp_resume(side, seq - 10);
	EXPECT_FALSE(rg_tcp_stopped(side, seq, 100));
}

/* Segments go on to be read behind what was stopped. */
TEST_F(tcp, a_stop_outlives_segments)
{
	struct connection *conn = &self->conn;

	tcp_open(conn);
	segment(conn, 0, FRAME_LEN);
	rg_tcp_stop(&conn->side, conn->first);
	segment(conn, FRAME_LEN, 2 * FRAME_LEN);
	segment(conn, 0, FRAME_LEN);
	segment(conn, 4 * FRAME_LEN, 5 * FRAME_LEN);
	EXPECT_TRUE(rg_tcp_stopped(&conn->side, conn->first, FRAME_LEN));
	EXPECT_TRUE(rg_tcp_stopped(&conn->side, conn->first + 5 * FRAME_LEN, 1));
	EXPECT_EQ(conn->caller.count, 3);
}

TEST_HARNESS_MAIN
