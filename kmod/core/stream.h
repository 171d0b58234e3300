/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_STREAM_H
#define RG_CORE_STREAM_H

#include "limits.h"
#include "types.h"

#include <uapi/linux/rtpguard.h>

struct rg_content;
struct rg_packet;
struct rg_rtp;
struct rg_side;

/**
 * struct rg_stream - one SSRC in one direction of a flow
 * @content: its content test, or NULL: there was no memory, or nothing is left
 *	to be tested
 * @seen: sequence numbers seen, bit n is @seq - n
 * @packets: packets, duplicates left out; 0: this place is free
 * @evidence: enum rtpguard_evidence bits
 * @last_ms: time of the last packet
 * @decided_at: @packets when the protection was decided; 0: undecided
 * @suspected_at: @packets when it was first suspected; 0: never
 * @passed: packets that left undecided; the caller counts them
 * @ssrc: synchronisation source
 * @ts: timestamp of the packet @seq
 * @ts_step: of the timestamp, to the last packet that did not go on
 * @peak: evidence of the content test, when suspected the highest, when clear
 *	what it was
 * @seq: highest sequence number
 * @trials: content tests begun, one after the other
 * @quiet: packets tested since @peak
 * @len: payload length of the last packet
 * @heard: rg_side.heard at the last packet
 * @pt: payload type of the last packet
 * @run: packets in continuity, counted up to RG_CONTINUITY_MIN
 * @paced: of those that go on, by their timestamps alone, up to RG_PACED_MIN
 * @static_run: of them in a row with a length only clear frames have
 * @short_run: payloads too short for a tag, up to RG_SHORT_MIN
 * @len_run: packets in a row of length @len, up to RG_LEN_RUN_MIN
 * @skipped: packets since the last that was tested, when uniform or protected; that
 *	passed on credit, before
 * @burst: packets still to be tested without skipping any; clear: how many may still
 *	be readable, and one more, while it is tested anew; 0: clear for good
 * @feature: enum rg_feature that @peak is of
 * @class: enum rtpguard_class
 * @protection: enum rtpguard_protection
 */
struct rg_stream {
	struct rg_content *content;
	u64 seen;
	u64 packets;
	u64 evidence;
	u64 last_ms;
	u64 decided_at;
	u64 suspected_at;
	u64 passed;
	u32 ssrc;
	u32 ts;
	u32 ts_step;
	s32 peak;
	u16 seq;
	u16 trials;
	u16 quiet;
	u16 len;
	u16 heard;
	u8 pt;
	u8 run;
	u8 paced;
	u8 static_run;
	u8 short_run;
	u8 len_run;
	u8 skipped;
	u8 burst;
	u8 feature;
	u8 class;
	u8 protection;
};

/**
 * struct rg_note - what is kept of a decided stream that gave up its place
 * @ssrc: synchronisation source
 * @evidence: enum rtpguard_evidence bits
 * @decided_at: as in struct rg_stream, up to RG_NOTE_DECIDED_MAX
 * @anew: clear, and to be tested anew
 * @trials: as in struct rg_stream, up to RG_NOTE_TRIALS_MAX
 * @dir: enum rg_dir
 * @protection: enum rtpguard_protection; RTPGUARD_PROTECTION_UNDETERMINED: this
 *	place is free
 */
struct rg_note {
	u32 ssrc;
	u32 evidence;
	u16 decided_at : 15;
	u16 anew : 1;
	u16 trials : 12;
	u16 dir : 1;
	u16 protection : 3;
};

/**
 * rg_stream_recognised() - is this place held by what is known to be RTP?
 * @stream: a place in rg_side.streams
 *
 * Context: whatever protects the state.
 */
static inline bool rg_stream_recognised(const struct rg_stream *stream)
{
	return stream->packets && stream->class != RTPGUARD_CLASS_UNKNOWN;
}

/* Is that the protection of what was found to be cipher text? It is tested on. */
static inline bool rg_protection_tested(u8 protection)
{
	return protection == RTPGUARD_PROTECTION_UNIFORM ||
	       protection == RTPGUARD_PROTECTION_PROTECTED;
}

/* Clear, but tested anew: until it is proven all of it is clear. */
static inline bool rg_stream_is_anew(const struct rg_stream *stream)
{
	return stream->protection == RTPGUARD_PROTECTION_CLEAR && stream->burst;
}

/* stream_place.c */
bool rg_stream_begins(const struct rg_side *side, const struct rg_packet *pkt);
struct rg_stream *rg_stream_claim(struct rg_side *side, u64 now_ms, bool known,
				  u8 run);

/* stream_test.c */
void rg_stream_restart(struct rg_stream *stream);
bool rg_stream_fresh(const struct rg_stream *stream);
bool rg_stream_test(struct rg_stream *stream, const struct rg_packet *pkt,
		    const struct rg_rtp *rtp, bool changed, u64 vouched);
void rg_stream_vouch(struct rg_stream *stream, u64 vouched);
void rg_stream_unvouch(struct rg_stream *stream);
void rg_content_feed_rtp(struct rg_content *content, const struct rg_packet *pkt,
			 const struct rg_rtp *rtp, bool alone);

/* stream_anew.c */
void rg_stream_renew(struct rg_stream *stream);
bool rg_stream_test_anew(struct rg_stream *stream, const struct rg_packet *pkt,
			 const struct rg_rtp *rtp, u64 vouched);

/* credit.c */
bool rg_credit_take(struct rg_side *side, struct rg_stream *stream);
void rg_credit_renew(struct rg_side *side, const struct rg_stream *changed);

#endif /* RG_CORE_STREAM_H */
