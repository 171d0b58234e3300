// SPDX-License-Identifier: GPL-2.0
/*
 * A flow of packets from the fuzzer's bytes through the core, with the memory of
 * its content tests, which sometimes cannot be had. Input is a row of records:
 *
 *	flags, time, repeats, stream, length (2 bytes, low first), bytes...
 *
 * FLAG_RTP puts a header before the bytes that goes on from the stream's packet
 * before, or nothing would get past continuity; FLAG_RANDOM puts cipher text for
 * them. Every packet is an allocation of its own length.
 */
#include "core/classify.h"
#include "core/content.h"
#include "answer.h"
#include "packets.h"
#include "random.h"

#define FLAG_REPLY	0x01
#define FLAG_NO_MEMORY	0x02	/* once in two times */
#define FLAG_RTP	0x04
#define FLAG_RANDOM	0x08
#define FLAG_CUT	0x10	/* the copy has half of the packet */
#define FLAG_AGAIN	0x20	/* the sequence number of the packet before */
#define FLAG_PADDING	0x40
#define FLAG_EXTENSION	0x80

#define RECORD_HEAD	6
#define STREAMS		32
#define LEN_MAX		600

/* Of one input: it has to end. */
#define PACKETS_MAX	2048

struct record {
	u8 flags;
	u8 time;
	u8 repeats;
	u8 stream;
	u32 len;
	const u8 *bytes;
};

struct flow {
	struct rg_media media;
	struct rg_random random;
	u16 seq[RG_DIRS][STREAMS];
	u64 now_ms;
	u32 packets;
	s32 held;
};

static bool record_read(struct record *record, const u8 **data, size_t *size)
{
	const u8 *p = *data;
	u32 len;

	if (*size < RECORD_HEAD)
		return false;
	len = (p[4] | p[5] << 8) % LEN_MAX;
	if (len > *size - RECORD_HEAD)
		len = *size - RECORD_HEAD;
	*record = (struct record){
		.flags = p[0], .time = p[1], .repeats = p[2], .stream = p[3],
		.len = len, .bytes = p + RECORD_HEAD,
	};
	*data += RECORD_HEAD + len;
	*size -= RECORD_HEAD + len;
	return true;
}

/* The header that the record's bytes follow; returns its length. */
static u32 header_write(struct flow *flow, const struct record *record, u8 *p)
{
	static const u8 types[] = { 0, 3, 8, 9, 18, 96, 101, 127 };
	u8 stream = record->stream % STREAMS;
	u16 *seq = &flow->seq[record->flags & FLAG_REPLY][stream];
	u32 len;

	if (!(record->flags & FLAG_AGAIN))
		++*seq;
	len = packet_rtp(p, types[record->stream / STREAMS], *seq, 160 * *seq,
			 1 + stream, 0);
	if (record->flags & FLAG_PADDING)
		p[0] |= 0x20;
	if (record->flags & FLAG_EXTENSION) {
		p[0] |= 0x10;
		put_be32(p + len, 0xbede0001);
		put_be32(p + len + 4, 0x10000000);
		len += 8;
	}
	return len;
}

static u32 packet_write(struct flow *flow, const struct record *record, u8 *p)
{
	u32 len = record->flags & FLAG_RTP ? header_write(flow, record, p) : 0;

	if (record->flags & FLAG_RANDOM)
		random_fill(&flow->random, p + len, record->len);
	else if (record->len)
		memcpy(p + len, record->bytes, record->len);
	return len + record->len;
}

static void memory_give(struct flow *flow, const struct record *record,
			const struct rg_packet *pkt)
{
	struct rg_content *content;

	if (!rg_media_hungry(&flow->media, pkt))
		return;
	if (record->flags & FLAG_NO_MEMORY && random_below(&flow->random, 2))
		return;
	content = malloc(sizeof(*content));
	require(content);
	memset(content, 0xaa, sizeof(*content));
	rg_media_give(&flow->media, content);
	flow->held++;
}

/*
 * A flow that gets no state is asked about without: the same shape, but that
 * where media was recognised no look-alike is excused, and that a state knows what
 * goes on with what has begun.
 */
static void shape_check(const struct rg_packet *pkt, const struct rg_answer *ans,
			bool media)
{
	struct rg_answer blind;

	rg_feed(NULL, pkt, &blind);
	require(blind.hold == (blind.shape == RG_SHAPE_RTP));
	require(blind.shape == ans->shape ||
		(media && ans->shape == RG_SHAPE_RTP &&
		 (blind.shape == RG_SHAPE_OTHER || blind.shape == RG_SHAPE_NONRTP)) ||
		ans->shape == RG_SHAPE_HANDSHAKE || ans->shape == RG_SHAPE_NONRTP);
}

static void packet_feed(struct flow *flow, const struct record *record)
{
	u8 bytes[20 + LEN_MAX];
	u32 wire_len = packet_write(flow, record, bytes);
	u32 len = record->flags & FLAG_CUT ? wire_len / 2 : wire_len;
	u8 *copy = malloc(len ? len : 1);
	struct rg_packet pkt = {
		.data = copy, .len = len, .wire_len = wire_len,
		.dir = record->flags & FLAG_REPLY,
		.now_ms = flow->now_ms += 16 * record->time,
	};
	bool media = flow->media.sides[pkt.dir].media;
	struct rg_content *content;
	struct rg_answer ans;

	require(copy);
	memcpy(copy, bytes, len);
	memory_give(flow, record, &pkt);
	rg_feed(&flow->media, &pkt, &ans);
	answer_check(&ans);
	shape_check(&pkt, &ans, media);
	content = rg_media_take(&flow->media);
	flow->held -= !!content;
	free(content);
	free(copy);
	/* Each place of both directions, both shared tests, and a spare one. */
	require(flow->held >= 0);
	require(flow->held <= RG_DIRS * (RG_STREAMS_MAX + 1) + 1);
}

static void flow_end(struct flow *flow)
{
	struct rg_content *content;
	struct rg_summary sum;

	rg_media_summary(&flow->media, &sum);
	require(sum.protection <= RTPGUARD_PROTECTION_CLEAR);
	require(sum.ssrcs <= RG_DIRS * RG_STREAMS_MAX + RG_NOTES_MAX);
	while ((content = rg_media_drain(&flow->media))) {
		free(content);
		flow->held--;
	}
	require(!flow->held);
}

int LLVMFuzzerTestOneInput(const u8 *data, size_t size)
{
	struct flow flow = { 0 };
	struct record record;
	u32 i;

	random_seed(&flow.random, size);
	while (record_read(&record, &data, &size)) {
		for (i = 0; i <= record.repeats; i++) {
			if (flow.packets++ < PACKETS_MAX)
				packet_feed(&flow, &record);
		}
	}
	flow_end(&flow);
	return 0;
}
