/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_REPLAY_H
#define RG_REPLAY_H

#include "replay_flow.h"
#include "replay_packet.h"

#include "core/policy.h"

struct capture;

/**
 * struct replay_config - how captures are judged
 * @policy: rules
 * @mode: enum rtpguard_mode
 * @locals: packets from these addresses are ours, the others only teach
 * @n_locals: elements of @locals; 0: all packets are judged
 */
struct replay_config {
	struct rg_policy *policy;
	u8 mode;
	struct rg_prefix *locals;
	u32 n_locals;
};

/**
 * struct replay - one capture, judged
 * @config: how
 * @flows: its flows
 * @now_ms: time of the last packet; never goes backwards
 * @packets: read
 * @bytes: of these, at the network layer
 * @kinds: packets by enum replay_kind
 * @media_packets: packets in the shape of RTP
 * @verdicts: packets by enum rtpguard_verdict, as in struct replay_media
 * @before_verdict: packets that left before their stream was known to be
 *	unprotected, as the module's total of that name
 */
struct replay {
	const struct replay_config *config;
	struct replay_flows flows;
	u64 now_ms;
	u64 packets;
	u64 bytes;
	u64 kinds[REPLAY_KINDS];
	u64 media_packets;
	u64 verdicts[REPLAY_VERDICTS];
	u64 before_verdict;
};

/* replay.c */
int replay_judge(struct replay *replay, struct replay_flow *flow, u8 from,
		 struct rg_packet *pkt);
int replay_init(struct replay *replay, const struct replay_config *config);
void replay_exit(struct replay *replay);
int replay_run(struct replay *replay, struct capture *cap);

/* replay_tcp.c */
int replay_segment(struct replay *replay, struct replay_flow *flow, u8 from,
		   const struct replay_headers *head);

/* replay_verdict.c */
u8 replay_verdict(const struct replay_config *config,
		  const struct replay_flow *flow, u8 from,
		  const struct rg_answer *ans);
bool replay_flow_passes(const struct replay_config *config,
			const struct replay_flow *flow);
bool replay_is_judged(const struct replay_config *config,
		      const struct replay_flow *flow, u8 from);

/* replay_local.c */
int replay_local_parse(const char *text, struct rg_prefix *prefix);
bool replay_local_match(const struct rg_prefix *prefix, u8 family,
			const u8 *addr);

/* replay_print.c */
int replay_print(const struct replay *replay, const char *path,
		 const char *error, bool json);

#endif /* RG_REPLAY_H */
