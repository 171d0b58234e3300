/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_REPLAY_FLOW_H
#define RG_REPLAY_FLOW_H

#include "core/classify.h"
#include "core/tcp.h"

#include <linux/rtpguard.h>

struct replay_headers;

#define REPLAY_VERDICTS	(RTPGUARD_VERDICT_WOULD_HOLD + 1)

/**
 * struct replay_stream - one SSRC in one direction, for as long as the capture
 * @next: of the same flow
 * @ssrc: synchronisation source
 * @dir: enum rg_dir
 * @packets: duplicates left out
 * @suspected_at: @packets when it was first suspected or clear; 0: never
 * @decided_at: @packets when its protection was first decided; 0: undecided
 * @last: as it was after its last packet; its content test is not ours
 */
struct replay_stream {
	struct replay_stream *next;
	u32 ssrc;
	u8 dir;
	u64 packets;
	u64 suspected_at;
	u64 decided_at;
	struct rg_stream last;
};

/**
 * struct replay_media - what a flow has that at least once looked like media
 * @next: of the same flow, for another peer
 * @peer: whose datagrams, see struct rg_packet
 * @core: the classifier's state
 * @streams: in order of appearance
 * @from: which end of the flow's key sent the first that did
 * @media_packets: packets in the shape of RTP
 * @verdicts: packets by enum rtpguard_verdict; those that never looked like
 *	media are not asked about and not counted here
 */
struct replay_media {
	struct replay_media *next;
	u16 peer;
	struct rg_media core;
	struct replay_stream *streams;
	u8 from;
	u64 media_packets;
	u64 verdicts[REPLAY_VERDICTS];
};

/**
 * struct replay_key - a flow's key: either end first, as in the module
 * @addr: the lower end first (address, then port, compared as bytes)
 * @port: host byte order, as @addr
 * @l4proto: IPPROTO_*
 * @family: 4 or 6
 * @pad: zero; the key is hashed and compared as bytes
 */
struct replay_key {
	u8 addr[2][16];
	u16 port[2];
	u8 l4proto;
	u8 family;
	u16 pad;
};

/**
 * struct replay_flow - one bidirectional 5-tuple of a capture
 * @chain: next in the same bucket
 * @next: that appeared next in the capture
 * @media: of each peer that has any; NULL: it never looked like media
 * @tcp: TCP: its byte streams, by the end of @key that sends them; NULL: no data yet
 * @key: the 5-tuple
 * @hash: of @key
 * @from: which end of @key sent the first packet
 * @packets: both directions
 * @bytes: of these, at the network layer
 */
struct replay_flow {
	struct replay_flow *chain;
	struct replay_flow *next;
	struct replay_media *media;
	struct rg_tcp_side *tcp[2];
	struct replay_key key;
	u32 hash;
	u8 from;
	u64 packets;
	u64 bytes;
};

/**
 * struct replay_flows - the flows of one capture
 * @buckets: chains
 * @mask: number of buckets, a power of two, less one
 * @count: flows
 * @first: in order of appearance
 * @last: in order of appearance
 * @seed: of the hash
 */
struct replay_flows {
	struct replay_flow **buckets;
	u32 mask;
	u32 count;
	struct replay_flow *first;
	struct replay_flow *last;
	u64 seed;
};

/* replay_flow.c */
int replay_flows_init(struct replay_flows *flows);
void replay_flows_exit(struct replay_flows *flows);
struct replay_flow *replay_flow_get(struct replay_flows *flows,
				    const struct replay_headers *head, u8 *from);
struct replay_media *replay_media_find(const struct replay_flow *flow, u16 peer);
struct replay_media *replay_media_add(struct replay_flow *flow, u16 peer, u8 from);
u64 replay_flow_verdicts(const struct replay_flow *flow,
			 enum rtpguard_verdict verdict);
u64 replay_flow_dropped(const struct replay_flow *flow);
u64 replay_flow_passed(const struct replay_flow *flow);

/* replay_tcp.c */
void replay_tcp_free(struct replay_flow *flow);

/* replay_stream.c */
int replay_media_feed(struct replay_media *media, const struct rg_packet *pkt,
		      struct rg_answer *ans);
void replay_media_free(struct replay_flow *flow);

#endif /* RG_REPLAY_FLOW_H */
