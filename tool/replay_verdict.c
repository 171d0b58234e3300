// SPDX-License-Identifier: GPL-2.0
#include "replay.h"

/**
 * replay_is_judged() - is it ours to judge, or does it only teach?
 * @config: how captures are judged
 * @flow: the packet's flow
 * @from: end of the flow's key that sent the packet
 *
 * Return: true when the sender is local, or all are judged.
 */
bool replay_is_judged(const struct replay_config *config,
		      const struct replay_flow *flow, u8 from)
{
	const struct replay_key *key = &flow->key;
	u32 i;

	for (i = 0; i < config->n_locals; i++) {
		if (replay_local_match(&config->locals[i], key->family,
				       key->addr[from]))
			return true;
	}
	return !config->n_locals;
}

/**
 * replay_verdict() - what the rules and the mode make of a packet
 * @config: both
 * @flow: the packet's flow
 * @from: end of the flow's key that sent the packet
 * @ans: from rg_feed()
 *
 * A capture knows no output device: no rule that names one matches.
 *
 * Return: enum rtpguard_verdict.
 */
u8 replay_verdict(const struct replay_config *config,
		  const struct replay_flow *flow, u8 from,
		  const struct rg_answer *ans)
{
	const struct replay_key *key = &flow->key;
	struct rg_query query = {
		.sport = key->port[from],
		.dport = key->port[!from],
		.family = key->family,
		.l4proto = key->l4proto,
		.subject = ans->subject,
		.class = ans->class,
		.protection = ans->protection,
	};
	struct rg_match match;

	memcpy(query.saddr, key->addr[from], sizeof(query.saddr));
	memcpy(query.daddr, key->addr[!from], sizeof(query.daddr));
	rg_policy_eval(config->policy, &query, &match);
	return rg_policy_verdict(config->mode, ans, &match);
}

/* The answer for a next packet of a direction's worst stream. */
static bool side_answer(const struct replay_media *media, u8 dir,
			struct rg_answer *ans)
{
	const struct replay_stream *stream;
	const struct rg_stream *worst = NULL;
	bool any = false;

	memset(ans, 0, sizeof(*ans));
	for (stream = media->streams; stream; stream = stream->next) {
		if (stream->dir != dir)
			continue;
		any = true;
		if (rg_stream_recognised(&stream->last) &&
		    (!worst || rg_protection_worse(stream->last.protection,
						   worst->protection)))
			worst = &stream->last;
	}
	ans->shape = RG_SHAPE_RTP;
	ans->subject = RTPGUARD_SUBJECT_MEDIA;
	ans->hold = !media->core.sides[dir].contradicted;
	if (worst) {
		ans->class = worst->class;
		ans->protection = worst->protection;
	}
	return any;
}

static bool side_rtcp_answer(const struct rg_side *side, struct rg_answer *ans)
{
	memset(ans, 0, sizeof(*ans));
	ans->shape = RG_SHAPE_RTCP;
	ans->class = side->rtcp.decided_at ? side->rtcp.class :
					     RTPGUARD_CLASS_RTCP;
	ans->protection = side->rtcp.protection;
	ans->subject = side->media || side->rtcp.sender ?
		       RTPGUARD_SUBJECT_MEDIA : RTPGUARD_SUBJECT_CONTROL;
	return rg_rtcp_recognised(&side->rtcp);
}

static bool nonrtp_answer(const struct rg_nonrtp *nonrtp, struct rg_answer *ans)
{
	memset(ans, 0, sizeof(*ans));
	ans->shape = RG_SHAPE_NONRTP;
	ans->class = nonrtp->class;
	ans->protection = nonrtp->protection;
	ans->subject = RTPGUARD_SUBJECT_MEDIA;
	ans->hold = nonrtp->packets;
	return nonrtp->class != RTPGUARD_CLASS_UNKNOWN;
}

static bool answer_passes(const struct replay_config *config,
			  const struct replay_flow *flow, u8 from,
			  const struct rg_answer *ans)
{
	u8 verdict = replay_verdict(config, flow, from, ans);

	return verdict != RTPGUARD_VERDICT_DROP &&
	       verdict != RTPGUARD_VERDICT_HOLD;
}

static bool media_passes(const struct replay_config *config,
			 const struct replay_flow *flow,
			 const struct replay_media *media)
{
	const struct rg_side *side;
	struct rg_answer ans;
	u8 dir, from;

	for (dir = 0; dir < RG_DIRS; dir++) {
		side = &media->core.sides[dir];
		from = dir == RG_DIR_ORIGINAL ? media->from : !media->from;
		if (!replay_is_judged(config, flow, from))
			continue;
		if (side_answer(media, dir, &ans) &&
		    !answer_passes(config, flow, from, &ans))
			return false;
		if (side_rtcp_answer(side, &ans) &&
		    !answer_passes(config, flow, from, &ans))
			return false;
		if (nonrtp_answer(&media->core.nonrtp, &ans) &&
		    !answer_passes(config, flow, from, &ans))
			return false;
	}
	return true;
}

/**
 * replay_flow_passes() - what becomes of a flow's media from now on
 * @config: rules and mode
 * @flow: as it is at the end of the capture
 *
 * Return: false when its worst stream or its RTCP would be dropped or held, in
 * a direction that is judged.
 */
bool replay_flow_passes(const struct replay_config *config,
			const struct replay_flow *flow)
{
	const struct replay_media *media;

	for (media = flow->media; media; media = media->next) {
		if (!media_passes(config, flow, media))
			return false;
	}
	return true;
}
