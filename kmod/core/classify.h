/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_CLASSIFY_H
#define RG_CORE_CLASSIFY_H

#include "cursor.h"
#include "dtls.h"
#include "nonrtp.h"
#include "packet.h"
#include "rtcp.h"
#include "rtp.h"
#include "stray.h"
#include "stream.h"
#include "stun.h"
#include "zrtp.h"

/**
 * enum rg_shape - what a datagram could be, by itself
 * @RG_SHAPE_OTHER: nothing we know
 * @RG_SHAPE_RTP: RTP or SRTP; what strict holds back
 * @RG_SHAPE_RTCP: RTCP or SRTCP
 * @RG_SHAPE_NONRTP: media that is not RTP
 * @RG_SHAPE_HANDSHAKE: DTLS or ZRTP, which is no media, but vouches for some
 * @RG_SHAPE_STUN: STUN, which is no media and is not worth a state
 */
enum rg_shape {
	RG_SHAPE_OTHER,
	RG_SHAPE_RTP,
	RG_SHAPE_RTCP,
	RG_SHAPE_NONRTP,
	RG_SHAPE_HANDSHAKE,
	RG_SHAPE_STUN,
};

/* Has a flow of it a state? */
static inline bool rg_shape_has_state(u8 shape)
{
	return shape != RG_SHAPE_OTHER && shape != RG_SHAPE_STUN;
}

/* Is it media, which rules and modes decide about? */
static inline bool rg_shape_is_media(u8 shape)
{
	return shape == RG_SHAPE_RTP || shape == RG_SHAPE_RTCP ||
	       shape == RG_SHAPE_NONRTP;
}

/**
 * enum rg_counts - what a packet is counted as, besides its verdict
 * @RG_COUNTS_NOTHING: as nothing
 * @RG_COUNTS_RESTORED: its stream was suspected, or clear until a handshake vouched,
 *	and turned out uniform with it
 * @RG_COUNTS_CREDITED: nothing is known of its stream, but another is protected:
 *	strict passes it
 */
enum rg_counts {
	RG_COUNTS_NOTHING,
	RG_COUNTS_RESTORED,
	RG_COUNTS_CREDITED,
};

/**
 * struct rg_answer - what is known of a packet
 * @shape: enum rg_shape
 * @class: enum rtpguard_class of the stream the packet belongs to
 * @protection: enum rtpguard_protection of it
 * @subject: enum rtpguard_subject
 * @hold: could be media and nothing shows otherwise: strict holds it back
 * @changed: class or protection of the stream changed with this packet
 * @duplicate: the network's copy of a packet seen before
 * @counts: enum rg_counts
 * @evidence: enum rtpguard_evidence bits behind it
 * @stream: the stream, or NULL: it has no place; valid as long as the state is
 * @passed: where the caller counts what passed undecided, or NULL
 */
struct rg_answer {
	u8 shape;
	u8 class;
	u8 protection;
	u8 subject;
	bool hold;
	bool changed;
	bool duplicate;
	u8 counts;
	u64 evidence;
	const struct rg_stream *stream;
	u64 *passed;
};

/* In the first eight bytes of an RTP packet, read as one number. */
#define RG_FAST_MARKER		BIT_ULL(55)
#define RG_FAST_SEQ_STEP	BIT_ULL(32)

/**
 * struct rg_fast - a packet after which the next alike needs no closer look
 * @stream: its stream, which is decided, or NULL: look at every packet
 * @head: its first eight bytes, the marker left out
 * @ssrc: synchronisation source
 * @wire_len: its length
 * @answer: what is known of the next
 */
struct rg_fast {
	struct rg_stream *stream;
	u64 head;
	u32 ssrc;
	u32 wire_len;
	struct rg_answer answer;
};

/**
 * struct rg_side - what one direction of a flow has shown
 * @streams: its SSRCs
 * @shared: the SSRCs that found no place in @streams, tested as one
 * @fast: the packet before
 * @clear_evidence: of a stream that was clear and gave up its place; 0: none
 * @rtcp: its RTCP
 * @heard: packets that look like RTP, modulo 2^16
 * @media: a stream was recognised: this side sends media
 * @strays: the SSRCs that had none, or had to find one
 * @contradicted: what looks like RTP did not go on like RTP
 * @proven: a stream is protected
 * @credit: packets of others that may pass for that
 * @bad: a stream was once worse than undetermined
 */
struct rg_side {
	struct rg_stream streams[RG_STREAMS_MAX];
	struct rg_stream shared;
	struct rg_fast fast;
	u64 clear_evidence;
	struct rg_rtcp_state rtcp;
	struct rg_strays strays;
	u16 heard;
	u8 credit;
	bool media;
	bool contradicted;
	bool proven;
	bool bad;
};

/**
 * struct rg_media - the classifier's state of one flow, zeroed at first
 * @sides: by enum rg_dir
 * @notes: of decided streams that gave up their place
 * @dtls: handshake of the flow
 * @zrtp: likewise
 * @nonrtp: its media that is not RTP
 * @vouched: evidence of handshakes that vouch for its media, or 0
 * @evidence: what is known of the flow as a whole
 * @begun: there is something of @dtls or @nonrtp
 * @accompanied: bitmap of enum rtpguard_class of what is no media itself
 * @spare: memory for the next content test, from the caller
 * @next_note: place in @notes that is written next
 * @sated: nothing is undecided: only a stream that begins needs memory
 *
 * The caller owns the memory and sees to it that one caller feeds at a time.
 * Before it frees a state it takes all memory back with rg_media_drain().
 */
struct rg_media {
	struct rg_side sides[RG_DIRS];
	struct rg_note notes[RG_NOTES_MAX];
	struct rg_content *spare;
	struct rg_dtls dtls;
	struct rg_zrtp zrtp;
	struct rg_nonrtp nonrtp;
	u64 vouched;
	u64 evidence;
	u32 accompanied;
	u8 next_note;
	bool begun;
	bool sated;
};

/**
 * struct rg_summary - the worst that a flow has shown
 * @class: class of its worst stream
 * @protection: protection of its worst stream
 * @evidence: all evidence of that stream
 * @packets_before_verdict: packets of it up to the decision; 0: undecided
 * @ssrcs: RTP streams recognised, both directions
 */
struct rg_summary {
	u8 class;
	u8 protection;
	u64 evidence;
	u64 packets_before_verdict;
	u32 ssrcs;
};

/**
 * union rg_parsed - a datagram read as one of the shapes
 * @rtp: for RG_SHAPE_RTP
 * @rtcp: for RG_SHAPE_RTCP
 * @stun: for RG_SHAPE_STUN
 * @zrtp_msg: for ZRTP
 * @class: for RG_SHAPE_NONRTP
 */
union rg_parsed {
	struct rg_rtp rtp;
	struct rg_rtcp rtcp;
	struct rg_stun stun;
	u8 zrtp_msg;
	u8 class;
};

/**
 * struct rg_recogniser - one protocol, one file, one row in the table
 * @shape: enum rg_shape of what it accepts
 * @alone: enum rtpguard_class of one datagram of it; unknown: that takes more
 * @classes: bitmap of enum rtpguard_class that it can name
 * @parse: could the datagram be this protocol, by itself?
 * @feed: bring the state up to date and answer, or NULL: it says nothing of media
 */
struct rg_recogniser {
	u8 shape;
	u8 alone;
	u32 classes;
	bool (*parse)(const struct rg_packet *pkt, union rg_parsed *parsed);
	void (*feed)(struct rg_media *media, const struct rg_packet *pkt,
		     const union rg_parsed *parsed, struct rg_answer *ans);
};

/* stream.c, rtcp.c, stun.c, handshake.c, nonrtp.c */
extern const struct rg_recogniser rg_rtp_recogniser;
extern const struct rg_recogniser rg_rtcp_recogniser;
extern const struct rg_recogniser rg_stun_recogniser;
extern const struct rg_recogniser rg_dtls_recogniser;
extern const struct rg_recogniser rg_zrtp_recogniser;
extern const struct rg_recogniser rg_nonrtp_recogniser;

/* handshake.c */
bool rg_handshake_goes_on(struct rg_media *media, const struct rg_packet *pkt,
			  struct rg_answer *ans);

/* note.c */
struct rg_note *rg_note_find(struct rg_media *media, u8 dir, u32 ssrc);
void rg_note_write(struct rg_media *media, u8 dir, const struct rg_stream *stream);
void rg_note_read(const struct rg_note *note, struct rg_stream *stream);

/* Bytes that rg_may_be_media() asks for. */
#define RG_HEAD_LEN	8

/**
 * rg_may_be_media() - can a datagram that begins so be of any shape?
 * @head: its first RG_HEAD_LEN bytes, and zeroes behind its end
 * @wire_len: bytes of it on the wire
 *
 * What is found to be so costs a look-up in the flow table, most often in vain:
 * where a first byte says little (RFC 7983, 7), what follows it is asked as well.
 * A recogniser or carrier has to say here what it accepts.
 *
 * Context: any.
 * Return: false where rg_feed() would answer RG_SHAPE_OTHER, and carriers carry
 * nothing.
 */
static inline bool rg_may_be_media(const u8 *head, u32 wire_len)
{
	struct rg_cur cur;
	u64 word;
	u8 first;

	rg_cur_init(&cur, head, RG_HEAD_LEN);
	word = rg_cur_be64(&cur);
	first = word >> 56;
	switch (first >> 6) {
	case 0: /* STUN, ZRTP, DTLS' handshakes; T.38: number below 256, length; Zoom */
		return (u32)word == RG_STUN_COOKIE ||
		       (u32)word == RG_ZRTP_COOKIE || word >> 48 == 0x16fe ||
		       (!first && (u8)(word >> 40) - 1u < wire_len - 4) ||
		       rg_zoom_begins(word);
	case 1: /* ChannelData, MPEG-TS */
		return wire_len - RG_CHANNEL_HEADER_LEN - (u16)(word >> 32) <=
			       RG_CHANNEL_PADDING_MAX ||
		       (first == 0x47 && (wire_len % RG_MPEGTS_LEN == 0 ||
					  wire_len >= RG_MPEGTS_CUT_MIN));
	case 2: /* RTP, RTCP, and what looks like them */
		return true;
	default: /* IAX2: no call number of the other side's yet, and no time */
		return !(word >> 32 & 0x7fff) && !((u32)word >> 16);
	}
}

/* classify.c */
void rg_feed(struct rg_media *media, const struct rg_packet *pkt,
	     struct rg_answer *ans);
bool rg_media_undecided(const struct rg_media *media);
bool rg_media_hungry(const struct rg_media *media, const struct rg_packet *pkt);
void rg_media_give(struct rg_media *media, struct rg_content *content);
struct rg_content *rg_media_take(struct rg_media *media);
struct rg_content *rg_media_drain(struct rg_media *media);
void rg_media_summary(const struct rg_media *media, struct rg_summary *sum);
void rg_summary_merge(struct rg_summary *sum, const struct rg_summary *other);
bool rg_media_is_proven(const struct rg_media *media, u8 dir);
bool rg_protection_worse(u8 a, u8 b);
u32 rg_classes(void);

#endif /* RG_CORE_CLASSIFY_H */
