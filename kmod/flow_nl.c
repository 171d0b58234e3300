// SPDX-License-Identifier: GPL-2.0
#include "flow.h"
#include "core/content.h"

#include <net/netlink.h>

/* Why the content test says what it says, where it decided. */
static int content_fill(struct sk_buff *skb, const struct rg_stream *stream)
{
	if (!(stream->evidence & RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE))
		return 0;
	return nla_put_string(skb, RTPGUARD_A_STREAM_FEATURE,
			      rg_features[stream->feature].name) ||
	       nla_put_u32(skb, RTPGUARD_A_STREAM_BITS,
			   stream->peak / RG_BIT) ? -EMSGSIZE : 0;
}

static int stream_fill(struct sk_buff *skb, const struct rg_stream *stream,
		       bool reply)
{
	struct nlattr *nest;

	nest = nla_nest_start(skb, RTPGUARD_A_FLOW_STREAM);
	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u32(skb, RTPGUARD_A_STREAM_SSRC, stream->ssrc) ||
	    nla_put_u8(skb, RTPGUARD_A_STREAM_PAYLOAD_TYPE, stream->pt) ||
	    (reply && nla_put_flag(skb, RTPGUARD_A_STREAM_REPLY)) ||
	    nla_put_u8(skb, RTPGUARD_A_STREAM_CLASS, stream->class) ||
	    nla_put_u8(skb, RTPGUARD_A_STREAM_PROTECTION, stream->protection) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_STREAM_EVIDENCE, stream->evidence,
			      RTPGUARD_A_STREAM_PAD) ||
	    nla_put_u64_64bit(skb, RTPGUARD_A_STREAM_PACKETS, stream->packets,
			      RTPGUARD_A_STREAM_PAD) ||
	    content_fill(skb, stream)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static int streams_fill(struct sk_buff *skb, const struct rg_flow *flow)
{
	const struct rg_stream *stream;
	u32 dir, i;

	for (dir = 0; dir < RG_DIRS; dir++) {
		for (i = 0; i < RG_STREAMS_MAX; i++) {
			stream = &flow->media.sides[dir].streams[i];
			if (rg_stream_recognised(stream) &&
			    stream_fill(skb, stream, dir == RG_DIR_REPLY))
				return -EMSGSIZE;
		}
	}
	return 0;
}

static int tuple_fill(struct sk_buff *skb, const struct rg_flow *flow)
{
	const struct rg_tuple *tuple = &flow->tuple;
	int len = tuple->family == 4 ? 4 : 16;
	u8 src = flow->from;

	return nla_put_u8(skb, RTPGUARD_A_FLOW_L4PROTO, tuple->l4proto) ||
	       nla_put(skb, RTPGUARD_A_FLOW_SADDR, len, tuple->addr[src]) ||
	       nla_put(skb, RTPGUARD_A_FLOW_DADDR, len, tuple->addr[!src]) ||
	       nla_put_u16(skb, RTPGUARD_A_FLOW_SPORT, tuple->port[src]) ||
	       nla_put_u16(skb, RTPGUARD_A_FLOW_DPORT, tuple->port[!src]) ||
	       nla_put_u64_64bit(skb, RTPGUARD_A_FLOW_NETNS, tuple->netns,
				 RTPGUARD_A_FLOW_PAD) ||
	       (flow->uid != (u32)-1 &&
		nla_put_u32(skb, RTPGUARD_A_FLOW_UID, flow->uid)) ?
	       -EMSGSIZE : 0;
}

static int summary_fill(struct sk_buff *skb, const struct rg_flow *flow)
{
	struct rg_summary sum;
	u32 before;

	rg_media_summary(&flow->media, &sum);
	before = min_t(u64, sum.packets_before_verdict, U32_MAX);
	return nla_put_u8(skb, RTPGUARD_A_FLOW_CLASS, sum.class) ||
	       nla_put_u8(skb, RTPGUARD_A_FLOW_PROTECTION, sum.protection) ||
	       nla_put_u64_64bit(skb, RTPGUARD_A_FLOW_EVIDENCE, sum.evidence,
				 RTPGUARD_A_FLOW_PAD) ||
	       (before &&
		nla_put_u32(skb, RTPGUARD_A_FLOW_BEFORE_VERDICT, before)) ?
	       -EMSGSIZE : 0;
}

static int counts_fill(struct sk_buff *skb, const struct rg_flow *flow)
{
	const struct {
		int type;
		u64 value;
	} counts[] = {
		{ RTPGUARD_A_FLOW_PACKETS, flow->packets },
		{ RTPGUARD_A_FLOW_BYTES, flow->bytes },
		{ RTPGUARD_A_FLOW_MEDIA_PACKETS, flow->media_packets },
		{ RTPGUARD_A_FLOW_PASSED, flow->passed },
		{ RTPGUARD_A_FLOW_DROPPED, flow->dropped },
		{ RTPGUARD_A_FLOW_HELD, flow->held },
		{ RTPGUARD_A_FLOW_IDLE_MS,
		  rg_flow_now_ms() - READ_ONCE(flow->last_ms) },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		if (nla_put_u64_64bit(skb, counts[i].type, counts[i].value,
				      RTPGUARD_A_FLOW_PAD))
			return -EMSGSIZE;
	}
	return 0;
}

/**
 * rg_flow_fill() - write a flow into a message
 * @skb: the message
 * @attrtype: the nest to put it into
 * @flow: the flow
 *
 * Context: RCU read side; takes the flow's lock.
 * Return: 0 or -EMSGSIZE, and then nothing was written.
 */
int rg_flow_fill(struct sk_buff *skb, int attrtype, struct rg_flow *flow)
{
	struct nlattr *nest = nla_nest_start(skb, attrtype);
	int ret;

	if (!nest)
		return -EMSGSIZE;
	spin_lock_bh(&flow->lock);
	ret = tuple_fill(skb, flow);
	if (!ret)
		ret = summary_fill(skb, flow);
	if (!ret)
		ret = counts_fill(skb, flow);
	if (!ret)
		ret = streams_fill(skb, flow);
	spin_unlock_bh(&flow->lock);
	if (ret)
		nla_nest_cancel(skb, nest);
	else
		nla_nest_end(skb, nest);
	return ret;
}
