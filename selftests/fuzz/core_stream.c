// SPDX-License-Identifier: GPL-2.0
/*
 * A direction of a TCP connection from the fuzzer's bytes, and the frames it tells of.
 * Input is a row of records, each a segment:
 *
 *	flags, how it is cut, repeats, length (2 bytes, low first), bytes...
 *
 * FLAG_RFC4571 and FLAG_RTSP put a header before the bytes that goes on from the one
 * before. However a connection is cut that is seen from its first byte, the same
 * frames are told of, up to where none fits: what is found behind depends on how much
 * is there at once.
 * And with no memory to be had, the same, by their first bytes.
 *
 * Each frame is judged as the module does it: taken out of what carries it, and fed to
 * the state of its peer's flow. Of the same frames the same is said, however the
 * connection was cut.
 */
#include "core/carrier.h"
#include "core/content.h"
#include "core/limits.h"
#include "core/tcp.h"
#include "answer.h"
#include "packets.h"

#define FLAG_OPENS	0x01	/* of the first record */
#define FLAG_HOLE	0x02	/* a byte is missing before it */
#define FLAG_AGAIN	0x04	/* it is sent twice */
#define FLAG_RFC4571	0x08	/* RTP with its length is put before the bytes */
#define FLAG_RTSP	0x10	/* ... as a frame of RTSP */
#define FLAG_REST	0x20	/* where it rests it is woken behind it */

#define RECORD_HEAD	5
#define STREAM_MAX	0x4000
#define RECORDS_MAX	64
#define TOLD_MAX	256
#define FLOWS_MAX	4
#define FRAME_MS	20

struct record {
	u8 flags;
	u8 repeats;
	u32 at;
	u32 len;
};

/* What a stream is, and how it is cut. */
struct input {
	struct record records[RECORDS_MAX];
	u32 count;
	u32 piece;
	u32 len;
	u8 bytes[STREAM_MAX];
};

struct told {
	u32 wire_len;
	u32 len;
	u32 sum;
	u16 peer;
	u8 framing;
	u8 type;
};

/* What was said of a frame. */
struct said {
	u64 evidence;
	u8 shape;
	u8 class;
	u8 protection;
	u8 subject;
	bool hold;
};

/* The frames of one peer, or channel. */
struct flow {
	struct rg_media media;
	u16 peer;
};

struct reader {
	struct rg_tcp_side side;
	u32 n_flows;
	bool poor;
	u32 count;
	u32 until_lost;
	bool lost;
	struct flow flows[FLOWS_MAX];
	struct told told[TOLD_MAX];
	struct said said[TOLD_MAX];
};

static void stream_add(struct input *input, const void *bytes, u32 len)
{
	memcpy(input->bytes + input->len, bytes, len);
	input->len += len;
}

/* So that frames go on from one another. */
static void header_add(struct input *input, const struct record *record, u32 len)
{
	u8 head[4 + 12];

	if (!(record->flags & (FLAG_RFC4571 | FLAG_RTSP)))
		return;
	packet_rtp(head + 4, 0, input->count, 160 * input->count, 1, 0);
	put_be16(head + 2, 12 + len);
	if (record->flags & FLAG_RTSP) {
		head[0] = '$';
		head[1] = record->flags >> 6;
		stream_add(input, head, sizeof(head));
	} else {
		stream_add(input, head + 2, sizeof(head) - 2);
	}
}

static bool record_read(struct input *input, const u8 **data, size_t *size)
{
	struct record *record = &input->records[input->count];
	const u8 *p = *data;
	u32 len, i;

	if (*size < RECORD_HEAD || input->count == RECORDS_MAX)
		return false;
	len = min_t(u32, p[3] | p[4] << 8, *size - RECORD_HEAD);
	*record = (struct record){ .flags = p[0], .at = input->len };
	input->piece = 1 + p[1];
	for (i = 0; i <= p[2] % 8u; i++) {
		if (input->len + 16 + len > STREAM_MAX)
			break;
		header_add(input, record, len);
		stream_add(input, p + RECORD_HEAD, len);
	}
	record->len = input->len - record->at;
	input->count += record->len != 0;
	*data += RECORD_HEAD + len;
	*size -= RECORD_HEAD + len;
	return true;
}

static u32 sum_of(const u8 *p, u32 len)
{
	u32 i, sum = 0;

	for (i = 0; i < len; i++)
		sum = sum * 31 + p[i] + 1;
	return sum;
}

/* Without memory only the bytes that are there in any case are compared. */
static void note(struct reader *reader, const struct rg_packet *pkt)
{
	struct told *told = &reader->told[reader->count++ % TOLD_MAX];

	require(pkt->framing > RG_FRAMING_NONE && pkt->framing < RG_FRAMING_SKIP);
	require(pkt->framing == reader->side.framer.framing);
	require(pkt->len <= pkt->wire_len && pkt->len <= RG_FRAME_BYTES_MAX);
	require(!reader->poor || pkt->len <= RG_FRAME_HEAD_LEN);
	require(!pkt->carried && !pkt->dir);
	require(pkt->framing == RG_FRAMING_RTMP || pkt->len ==
		min_t(u32, pkt->wire_len,
		      reader->poor ? RG_FRAME_HEAD_LEN : RG_FRAME_BYTES_MAX));
	*told = (struct told){
		.wire_len = pkt->wire_len, .peer = pkt->peer, .type = pkt->type,
		.framing = pkt->framing,
		.len = min_t(u32, pkt->len, RG_FRAME_HEAD_LEN),
	};
	told->sum = sum_of(pkt->data, told->len);
	/* All of it is readable. */
	sum_of(pkt->data, pkt->len);
}

/* One flow too many has no state, as in the module. */
static struct rg_media *media_of(struct reader *reader, u16 peer)
{
	u32 i;

	for (i = 0; i < reader->n_flows; i++) {
		if (reader->flows[i].peer == peer)
			return &reader->flows[i].media;
	}
	if (i == FLOWS_MAX)
		return NULL;
	reader->n_flows++;
	memset(&reader->flows[i], 0, sizeof(reader->flows[i]));
	reader->flows[i].peer = peer;
	return &reader->flows[i].media;
}

static void media_feed(struct reader *reader, struct rg_media *media,
		       const struct rg_packet *pkt, struct rg_answer *ans)
{
	struct rg_content *content;

	if (!reader->poor && rg_media_hungry(media, pkt)) {
		content = malloc(sizeof(*content));
		require(content);
		memset(content, 0xaa, sizeof(*content));
		rg_media_give(media, content);
	}
	rg_feed(media, pkt, ans);
	free(rg_media_take(media));
	answer_check(ans);
}

/*
 * Without a state only its shape is asked for. What RTMP's framer tells of is RTMP,
 * whatever its bytes look like, and nothing else is; and without memory for a test
 * nothing is said that takes one.
 */
static void frame_judge(struct reader *reader, struct rg_packet *pkt, struct said *said)
{
	bool rtmp = pkt->framing == RG_FRAMING_RTMP;
	struct rg_answer blind, ans;
	struct rg_media *media;

	rg_carrier_open(pkt);
	require(pkt->wire_len && pkt->len <= pkt->wire_len);
	require(!pkt->carried || pkt->peer);
	sum_of(pkt->data, pkt->len);
	rg_feed(NULL, pkt, &blind);
	require(blind.hold == (blind.shape == RG_SHAPE_RTP));
	require(!blind.stream && !blind.passed && !blind.changed);
	media = media_of(reader, pkt->peer);
	ans = blind;
	if (media)
		media_feed(reader, media, pkt, &ans);
	require(!rtmp || pkt->carried || blind.shape == RG_SHAPE_NONRTP);
	require(rtmp || ans.class != RTPGUARD_CLASS_RTMP);
	require(!reader->poor || !(ans.evidence & (RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE |
						   RTPGUARD_EVIDENCE_PAYLOAD_UNIFORM)));
	*said = (struct said){
		.evidence = ans.evidence, .shape = ans.shape, .class = ans.class,
		.protection = ans.protection, .subject = ans.subject,
		.hold = ans.hold,
	};
}

/* RTMP that is encrypted, or lost, has no frames to compare: what comes at once is one. */
static void frame_read(struct reader *reader, struct rg_packet *pkt)
{
	struct said said, *to = &reader->said[reader->count % TOLD_MAX];

	pkt->now_ms = FRAME_MS * reader->count;
	if (pkt->type == RG_RTMP_ENCRYPTED || pkt->type == RG_RTMP_UNREADABLE)
		to = &said;
	else
		note(reader, pkt);
	frame_judge(reader, pkt, to);
}

static void memory_give(struct reader *reader)
{
	u8 *bytes = reader->poor ? NULL : malloc(RG_FRAME_BYTES_MAX);

	rg_framer_give(&reader->side.framer, bytes);
	require(!rg_framer_hungry(&reader->side.framer));
}

/* Whole it is only where it is not known yet what the connection is. */
static void partial_check(const struct reader *reader)
{
	const struct rg_framer *framer = &reader->side.framer;
	struct rg_packet pkt = { 0 };
	struct rg_answer ans;

	if (!rg_framer_partial(framer, &pkt))
		return;
	require(pkt.len && pkt.len < RG_FRAME_BYTES_MAX);
	require(pkt.len <= pkt.wire_len);
	require(pkt.len < pkt.wire_len || framer->framing == RG_FRAMING_NONE);
	sum_of(pkt.data, pkt.len);
	rg_carrier_open(&pkt);
	rg_feed(NULL, &pkt, &ans);
	require(ans.hold == (ans.shape == RG_SHAPE_RTP));
}

static void piece_read(struct reader *reader, const u8 *bytes, u32 len)
{
	struct rg_framer *framer = &reader->side.framer;
	u32 off = 0, taken, idle = 0;
	u8 *copy = malloc(len);

	require(copy);
	memcpy(copy, bytes, len);
	while (off < len || rg_framer_goes_on(framer)) {
		struct rg_packet pkt = { 0 };
		u32 queued = framer->queued;

		if (rg_framer_hungry(framer))
			memory_give(reader);
		taken = rg_framer_feed(framer, copy + off, len - off, &pkt);
		require(taken <= len - off);
		off += taken;
		/* Something was taken, or told of, or memory is asked for. */
		idle = taken || pkt.wire_len || framer->queued != queued ? 0 : idle + 1;
		require(idle < 2);
		/* Frames that are found again depend on what is there at once. */
		if (!reader->lost &&
		    (framer->framing >= RG_FRAMING_SKIP || framer->was)) {
			reader->lost = true;
			reader->until_lost = reader->count;
		}
		if (pkt.wire_len)
			frame_read(reader, &pkt);
	}
	require(off == len);
	require(!rg_framer_hungry(framer));
	free(copy);
}

static void rest_check(struct reader *reader)
{
	struct rg_tcp_rest rest = { 0 };

	if (!rg_tcp_rests(&reader->side, &rest))
		return;
	require(reader->side.framer.framing >= RG_FRAMING_SKIP);
	free(reader->side.framer.bytes);
	memset(&reader->side, 0, sizeof(reader->side));
	rg_tcp_wake(&reader->side, &rest);
}

static void reader_begin(struct reader *reader, bool poor, bool opens)
{
	struct rg_tcp_rest rest = { 0 };

	/* What stands behind is written before it is read, and takes time to clear. */
	memset(reader, 0, offsetof(struct reader, flows));
	reader->poor = poor;
	if (opens)
		rg_tcp_open(&rest, 0);
	rg_tcp_wake(&reader->side, &rest);
}

static void segment_read(struct reader *reader, const struct input *input, u32 seq,
			 u32 at, u32 len, u32 piece)
{
	u32 end = at + len, old = rg_tcp_segment(&reader->side, seq, len);

	require(old <= len);
	for (at += old; at < end; at += piece)
		piece_read(reader, input->bytes + at, min_t(u32, piece, end - at));
	partial_check(reader);
}

/* The segments as they are, in pieces. */
static void records_read(struct reader *reader, const struct input *input, u32 piece)
{
	u32 i, seq = 0;

	for (i = 0; i < input->count; i++) {
		const struct record *record = &input->records[i];

		seq += !!(record->flags & FLAG_HOLE);
		segment_read(reader, input, seq, record->at, record->len, piece);
		if (record->flags & FLAG_AGAIN)
			segment_read(reader, input, seq, record->at, record->len, piece);
		seq += record->len;
		if (record->flags & FLAG_REST)
			rest_check(reader);
	}
}

/* All of it in other segments, and nothing missing. */
static void stream_read(struct reader *reader, const struct input *input, u32 step)
{
	u32 at, len;

	for (at = 0; at < input->len; at += len) {
		len = min_t(u32, step, input->len - at);
		segment_read(reader, input, at, at, len, len);
	}
}

static void reader_end(struct reader *reader)
{
	struct rg_content *content;
	struct rg_summary sum;
	u32 i;

	free(reader->side.framer.bytes);
	for (i = 0; i < reader->n_flows; i++) {
		rg_media_summary(&reader->flows[i].media, &sum);
		require(sum.protection <= RTPGUARD_PROTECTION_CLEAR);
		while ((content = rg_media_drain(&reader->flows[i].media)))
			free(content);
	}
}

static u32 until_lost(const struct reader *reader)
{
	return reader->lost ? reader->until_lost : reader->count;
}

static bool is_same(const struct reader *a, const struct reader *b, u32 count)
{
	if (a->count > TOLD_MAX || b->count > TOLD_MAX)
		return true;
	return !memcmp(a->told, b->told, count * sizeof(a->told[0]));
}

static bool has_holes(const struct input *input)
{
	u32 i, flags = 0;

	for (i = 0; i < input->count; i++)
		flags |= input->records[i].flags;
	return flags & FLAG_HOLE;
}

/*
 * Without memory a frame is told of sooner, and so where the rest of it is missing or
 * cannot be decoded.
 */
static void memory_compare(const struct input *input, const struct reader *rich,
			   const struct reader *poor)
{
	u32 count = until_lost(rich), more = until_lost(poor) - count;

	if (has_holes(input))
		return;
	require(rich->lost == poor->lost);
	require(more <= 1);
	require(!more || rich->lost || rich->side.framer.have >= RG_FRAME_HEAD_LEN);
	require(is_same(rich, poor, count));
}

static void said_compare(const struct reader *a, const struct reader *b)
{
	u32 i, count = min_t(u32, until_lost(a), TOLD_MAX);

	if (a->count > TOLD_MAX || b->count > TOLD_MAX)
		return;
	for (i = 0; i < count; i++) {
		require(a->said[i].evidence == b->said[i].evidence);
		require(a->said[i].shape == b->said[i].shape);
		require(a->said[i].class == b->said[i].class);
		require(a->said[i].protection == b->said[i].protection);
		require(a->said[i].subject == b->said[i].subject);
		require(a->said[i].hold == b->said[i].hold);
	}
}

/*
 * In the middle of a connection, and where a frame of RTSP comes first of all, it
 * depends on how much of a segment is there at once whether it is believed.
 */
static bool is_cut_the_same(const struct input *input)
{
	return input->count && input->records[0].flags & FLAG_OPENS &&
	       input->bytes[0] != '$' && !has_holes(input);
}

static void streams_compare(const struct input *input)
{
	static struct reader whole, pieces, segments;

	reader_begin(&whole, false, true);
	reader_begin(&pieces, false, true);
	reader_begin(&segments, false, true);
	stream_read(&whole, input, input->len);
	segment_read(&pieces, input, 0, 0, input->len, input->piece);
	stream_read(&segments, input, input->piece);
	require(until_lost(&whole) == until_lost(&pieces) && whole.lost == pieces.lost);
	require(is_same(&whole, &pieces, until_lost(&whole)));
	require(until_lost(&whole) == until_lost(&segments));
	require(is_same(&whole, &segments, until_lost(&whole)));
	said_compare(&whole, &pieces);
	said_compare(&whole, &segments);
	reader_end(&whole);
	reader_end(&pieces);
	reader_end(&segments);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	static struct reader rich, poor, pieces;
	static struct input input;
	bool opens = size && data[0] & FLAG_OPENS;

	input.count = 0;
	input.len = 0;
	input.piece = 1;
	while (record_read(&input, &data, &size))
		;
	reader_begin(&rich, false, opens);
	reader_begin(&poor, true, opens);
	reader_begin(&pieces, false, opens);
	records_read(&rich, &input, STREAM_MAX);
	records_read(&poor, &input, STREAM_MAX);
	records_read(&pieces, &input, input.piece);
	memory_compare(&input, &rich, &poor);
	reader_end(&rich);
	reader_end(&poor);
	reader_end(&pieces);
	if (input.len && is_cut_the_same(&input))
		streams_compare(&input);
	return 0;
}
