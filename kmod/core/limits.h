/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_CORE_LIMITS_H
#define RG_CORE_LIMITS_H

/* The constant bounds of every loop over input, and of every state. */

/* Streams (SSRCs) followed at a time, for each direction of a flow. */
#define RG_STREAMS_MAX		4

/* Decided streams remembered beyond these, for each flow. */
#define RG_NOTES_MAX		32

/*
 * Trials that are remembered of such a stream, and packets up to its verdict: more are
 * taken for so many.
 */
#define RG_NOTE_TRIALS_MAX	4095
#define RG_NOTE_DECIDED_MAX	0x7fff

/* SSRCs without a place that are followed: eight in turn, as of a simulcast. */
#define RG_STRAYS_KEPT		8

/* A stream that was silent this long may give its place to another SSRC. */
#define RG_STREAM_IDLE_MS	2000

/*
 * An SSRC that is not recognised yet keeps its place for so many packets of its
 * direction, 32 SSRCs in turn have to find theirs, and for so many of its own; but not
 * against one that has gone on.
 */
#define RG_STREAM_WAIT_MAX	64
#define RG_STREAM_TRY_MAX	16

/* RTCP packets in one compound; 15 bytes each would already fill 1,500. */
#define RG_RTCP_CHAIN_MAX	64

/* Compounds in a row that are readable, whatever is behind them. */
#define RG_RTCP_CHAINS_MIN	4

/*
 * The same datagram once more within so long is a copy, as the host of a bridge sees
 * them; a receiver without a report to make says the same for ever. Bytes compared.
 */
#define RG_RTCP_COPY_MS		100
#define RG_RTCP_COPY_BYTES	256

/* Places where an SRTCP index may be, and how often it has to grow there. */
#define RG_SRTCP_PLACES		6
#define RG_SRTCP_RUN_MIN	2
#define RG_SRTCP_STEP_MAX	63

/* Steps of a sequence number that still count as "goes on". */
#define RG_SEQ_AHEAD_MAX	64
#define RG_SEQ_BEHIND_MAX	64

/*
 * Steps of a timestamp. Ahead: 46 s at 90 kHz, for a sender that pauses.
 * Behind: 0.7 s at 90 kHz, video sends in decoding order (RFC 6184, 5.1).
 */
#define RG_TS_AHEAD_MAX		0x400000u
#define RG_TS_BEHIND_MAX	0x10000u

/*
 * Where SSRC or sequence number is another one with each packet, what else there is
 * has to go on, and the timestamp in steps that are always the same: of audio 5 ms at
 * 8 kHz to 1.3 s at 48 kHz. Without a sequence there have to be so many of them: a
 * coarse clock that is read, or an offset in a file, has a few as well.
 */
#define RG_PACE_MIN		40
#define RG_PACE_MAX		0x10000
#define RG_PACED_MIN		8

/* Packets in continuity that make RTP, and static lengths that make clear. */
#define RG_CONTINUITY_MIN	3
#define RG_STATIC_LENGTH_MIN	3

/* Payloads without room for a tag, and how many of them make clear. */
#define RG_SHORT_LEN_MAX	3
#define RG_SHORT_MIN		2

/* Packets of one length that make it the stream's length. */
#define RG_LEN_RUN_MIN		8

/*
 * Payloads shorter than this never contradict RTP: keep-alives, events. And so
 * many SSRCs may begin before one goes on.
 */
#define RG_CONTRADICT_LEN_MIN	12
#define RG_FRUITLESS_MAX	32

/*
 * The content test. Bytes of a payload that are looked into; SRTP's trailer, at
 * the most a tag of 16 bytes and an MKI of 4, is bet on only where it cannot be
 * an MKI.
 */
#define RG_CONTENT_BYTES	40
#define RG_TRAILER_MAX		20
#define RG_TAG_MIN		4

/* Bets remembered: above, hits and misses are halved. */
#define RG_BETS_MAX		1024

/* Packets that the first byte remembers, likewise. */
#define RG_SEEN_MAX		120

/* Packets before the first bet on steady bits. */
#define RG_STEADY_MIN		2

/*
 * Evidence below which a feature bets no more: little comes back from there, and
 * in cipher text half of S0, the dearest, are there after six packets.
 */
#define RG_FROZEN_BITS		8

/* Counted no further. */
#define RG_POSITIONS_MAX	0x8000
#define RG_PACKETS_MAX		0x8000

/* Video is looked into further: its payloads are so long. */
#define RG_VIDEO_LEN_MIN	512
#define RG_VIDEO_BYTES		256

/*
 * Samples of 16 bits are counted in payloads so long, four of them in each of so many
 * places, and in so many classes: 20 ms of L16 at 8 kHz are 320 bytes. A packet may see
 * a tone at its peak and the next one at zero: this feature goes on below where others
 * are frozen.
 */
#define RG_LEVELS_LEN_MIN	256
#define RG_LEVELS_WORDS		16
#define RG_LEVELS		8
#define RG_LEVELS_FROZEN_BITS	24

/* Payloads that are read as a whole, for the parity of their frames. */
#define RG_PARITY_BYTES_MAX	80

/*
 * Verdicts of the content test. A false alarm cuts a call: at 45 bits one trial
 * in 2^45 / RG_FEATURES is wrong, or more seldom, and 128 trials a stream, 2,000
 * streams a day and workstation make one call in 60,000 workstation-years.
 * Further trials cost a bit for every doubling.
 */
#define RG_CLEAR_BITS		(45 * RG_BIT)
#define RG_SUSPECTED_BITS	(49 * RG_BIT / 2)
#define RG_TRIALS_MAX		128

/*
 * Uniform: so many packets and positions below so many bits; where positions
 * are fewer, more packets.
 */
#define RG_UNIFORM_BITS		(10 * RG_BIT)
#define RG_UNIFORM_PACKETS	48
#define RG_UNIFORM_POSITIONS	1024
#define RG_UNIFORM_BITS_FEW	(8 * RG_BIT)
#define RG_UNIFORM_PACKETS_FEW	64
#define RG_UNIFORM_POSITIONS_FEW 384
#define RG_UNIFORM_PACKETS_ANY	192

/*
 * Protected: where a handshake vouches, so many packets with so many positions below
 * so many bits. And an SSRC that begins where another is protected passes on credit
 * as long; a direction has credit for so many packets, and anew when a stream of it
 * becomes protected.
 */
#define RG_VOUCHED_PACKETS	16
#define RG_VOUCHED_POSITIONS	128
#define RG_VOUCHED_BITS		(4 * RG_BIT)
#define RG_CREDIT_MAX		255

/*
 * Clear is tested anew where a handshake begins to vouch: until its Confirm2 was
 * acknowledged, a side of ZRTP goes on in clear. What is readable in the first so many
 * packets makes another trial begin, behind them it is clear for good; 2.5 s of audio.
 */
#define RG_ANEW_PACKETS		128

/*
 * Uniform is tested on: one packet in so many, so many of them a trial, and of
 * those behind a change or a first sign every one.
 */
#define RG_RETEST_ONE_IN	16
#define RG_RETEST_SAMPLES	8
#define RG_RETEST_WARM_BITS	(8 * RG_BIT)
#define RG_RETEST_PACKETS	64

/*
 * Byte streams: what is kept of a frame, and how many bytes of a direction are looked
 * at for a first frame, from the beginning of each segment. So many frames that fit
 * one another are not by chance, and are looked for again when they are lost: in so
 * many bytes, from each of them on.
 */
#define RG_FRAME_BYTES_MAX	2048
#define RG_SNIFF_MAX		4096
#define RG_HUNT_MAX		0x40000
#define RG_FRAMES_KNOWN		3

/* DTLS: records of a datagram, and handshake messages of a record. */
#define RG_DTLS_RECORDS_MAX	16
#define RG_DTLS_MESSAGES_MAX	16

/* T.38's sequence numbers where it is looked for: it begins at 0. */
#define RG_NONRTP_T38_FIRST_MAX	256

/*
 * RTSP. What may yet be something else is read so far: HTTP's header, or any first
 * line; of a message of RTSP, a header that no server takes is too long. Methods have
 * 13 bytes at the most, and a length of so many digits has room in 32 bits. And so
 * many bytes are looked at to see whether it may be RTSP at all.
 */
#define RG_RTSP_UNKNOWN_LEN_MAX	4096
#define RG_RTSP_HEADER_LEN_MAX	0x10000
#define RG_RTSP_METHOD_LEN_MAX	24
#define RG_RTSP_DIGITS_MAX	9
#define RG_RTSP_BEGIN_LEN	32

/*
 * RTMP: chunk streams that are followed, senders have six or seven, and bytes of a
 * message: a key frame of 8K is not that long.
 */
#define RG_RTMP_STREAMS_MAX	8
#define RG_RTMP_MESSAGE_MAX	0x800000

/* Carriers in carriers, and what is read of a STUN message. */
#define RG_CARRIERS_MAX		2
#define RG_STUN_ATTRIBUTES_MAX	512 /* all that 2,048 bytes have room for */

/*
 * Other protocols that look like RTP: bounds of their walks. What has more of
 * anything is not recognised. A datagram of 2,048 bytes, which is what is read
 * of one, has room for 186 records of DNS.
 */
#define RG_DNS_LABELS_MAX	128
#define RG_DNS_LABEL_LEN_MAX	63
#define RG_DNS_NAME_LEN_MAX	255
#define RG_DNS_RECORDS_MAX	512
#define RG_BACNET_ADDRESS_MAX	7
#define RG_BACNET_TAGS_MAX	1024
#define RG_IKE_PAYLOADS_MAX	64
#define RG_QUIC_PACKETS_MAX	8
#define RG_QUIC_VERSIONS_MAX	64
#define RG_RPC_RESULTS_MAX	64
#define RG_RX_ACKS_MAX		255
#define RG_RAKNET_FRAMES_MAX	128
#define RG_RAKNET_RANGES_MAX	255
#define RG_RAKNET_SPLITS_MAX	0x10000
#define RG_KCP_SEGMENTS_MAX	64
#define RG_NTP_EXTENSIONS_MAX	16
#define RG_SYNCHROPHASOR_LEN_MAX 2048

#endif /* RG_CORE_LIMITS_H */
