// SPDX-License-Identifier: GPL-2.0
#include "conn.h"
#include "core/carrier.h"
#include "flow_absent.h"
#include "judgement.h"

/**
 * DOC: TCP
 *
 *	segment -> connection -> bytes not fed before -> framer -> frames
 *	                                                     each like a datagram
 *
 * The worst of the frames that a segment completes decides for the segment, and from
 * the first that does not leave on none leaves: its receiver could not use them, but
 * whoever listens could. Media on TCP therefore stalls where it is not let out.
 */

/* No frame is judged twice: what a flow has shown since does not matter here. */
static void stop_note(struct rg_judgement *j, struct rg_tcp_side *side)
{
	rg_tcp_stop(side, j->head.seq);
	side->class = j->cell.class;
	side->protection = j->cell.protection;
	side->subject = j->subject;
	side->hold = j->cell.verdict == RTPGUARD_VERDICT_HOLD;
}

/* Sent again, or behind what was stopped: rules and mode may be other ones now. */
static void judge_again(struct rg_judgement *j, struct rg_tcp_side *side)
{
	struct rg_answer ans = {
		.class = side->class,
		.protection = side->protection,
		.subject = side->subject,
		.hold = side->hold,
	};

	rg_judge_stateless(j, &ans);
	if (rg_verdict_passes(j->cell.verdict))
		rg_tcp_resume(side, j->head.seq);
	else
		rg_stats_add(RG_STAT_DROPPED_AGAIN, 1);
}

static void frames_judge(struct rg_judgement *j, struct rg_framer *framer,
			 const u8 *data, u32 len)
{
	struct rg_packet pkt;
	u32 off = 0;

	while (off < len || rg_framer_goes_on(framer)) {
		if (rg_framer_hungry(framer))
			rg_conn_feed_memory(framer);
		memset(&pkt, 0, sizeof(pkt));
		off += rg_framer_feed(framer, data + off, len - off, &pkt);
		if (!pkt.wire_len)
			continue;
		pkt.now_ms = rg_flow_now_ms();
		rg_judge_datagram(j, &pkt);
		if (framer->framing == RG_FRAMING_OTHER)
			return;
	}
}

/* Return: false when the bytes cannot be read. */
static bool bytes_judge(struct rg_judgement *j, struct rg_framer *framer, u32 off,
			u32 left)
{
	const u8 *data;
	u32 len;

	while (left && framer->framing != RG_FRAMING_OTHER) {
		len = min_t(u32, left, RG_COPY_MAX);
		data = skb_header_pointer(j->skb, off, len,
					  this_cpu_ptr(&rg_scratch)->bytes);
		if (!data)
			return false;
		frames_judge(j, framer, data, len);
		off += len;
		left -= len;
	}
	return true;
}

/*
 * Of a frame that goes on in the next segment something leaves with this one. Strict
 * holds it, unless its direction is known to be encrypted.
 */
static void partial_judge(struct rg_judgement *j, const struct rg_framer *framer)
{
	struct rg_packet pkt = { 0 };
	struct rg_answer ans;

	if (!j->output || !rg_framer_partial(framer, &pkt))
		return;
	rg_carrier_open(&pkt);
	rg_feed(NULL, &pkt, &ans);
	if (ans.shape != RG_SHAPE_RTP || rg_judge_is_proven(j, &pkt))
		return;
	rg_judge_stateless(j, &ans);
}

static void side_judge(struct rg_judgement *j, struct rg_tcp_side *side)
{
	u32 len = j->head.payload_len;
	u32 old = rg_tcp_segment(side, j->head.seq, len);

	local_lock_nested_bh(&rg_scratch.lock);
	if (!bytes_judge(j, &side->framer, j->head.payload_off + old, len - old)) {
		rg_judge_unreadable(j, RG_STAT_UNDECODABLE);
		rg_framer_hole(&side->framer);
	}
	local_unlock_nested_bh(&rg_scratch.lock);
	if (len > old)
		partial_judge(j, &side->framer);
	if (!j->output)
		return;
	if (rg_tcp_stopped(side, j->head.seq, len))
		judge_again(j, side);
	else if (!rg_verdict_passes(j->cell.verdict))
		stop_note(j, side);
}

/* Nothing is looked at there any more. */
static bool side_is_other(const struct rg_conn *conn, u8 dir)
{
	return conn->rests[dir].framing == RG_FRAMING_OTHER && !conn->sides[dir];
}

static void conn_judge(struct rg_judgement *j, struct rg_conn *conn, u8 dir)
{
	struct rg_tcp_side *side;

	if (j->head.opens && !conn->sides[dir] &&
	    conn->rests[dir].phase == RG_TCP_UNSEEN)
		rg_tcp_open(&conn->rests[dir], j->head.seq);
	if (!j->head.payload_len)
		return;
	if (side_is_other(conn, dir))
		return;
	side = rg_conn_wake(conn, dir);
	if (!side) {
		rg_judge_unreadable(j, RG_STAT_NO_MEMORY);
		return;
	}
	side_judge(j, side);
	if (side->stopped)
		conn->worth = RG_CONN_STOPPED;
	else if (side->framer.frames >= RG_FRAMES_KNOWN)
		conn->worth = max_t(u8, conn->worth, RG_CONN_MEDIA);
	rg_conn_rest(conn, dir);
}

/**
 * rg_judge_stream() - judge a TCP segment
 * @j: judgement: becomes the worst of what its frames say
 *
 * Context: RCU read side, BH disabled.
 */
void rg_judge_stream(struct rg_judgement *j)
{
	u64 netns = rg_judge_netns(j);
	struct rg_conn_key key;
	struct rg_conn *conn;
	bool other;
	u64 since;
	u8 dir;

	if (!j->head.payload_len && !j->head.opens)
		return;
	/* Most of what a host sends on TCP: bulk that is known to be no media. */
	if (!j->head.opens && rg_flow_absent_lately(&j->head, netns))
		return;
	since = rg_flow_absent_since();
	rg_conn_key(&j->head, netns, &key);
	spin_lock_bh(&key.set->lock);
	/* Anybody sends a SYN, or RST: only what leaves shows that it was meant. */
	if (j->head.opens && j->output) {
		rg_conn_forget(&key, j->head.begins);
		rg_flow_absent_void();
	}
	conn = rg_conn_get(&key, rg_flow_now_ms());
	dir = key.from == conn->from ? RG_DIR_ORIGINAL : RG_DIR_REPLY;
	conn_judge(j, conn, dir);
	other = side_is_other(conn, dir);
	spin_unlock_bh(&key.set->lock);
	if (other)
		rg_flow_absent_note(&j->head, netns, since);
	if (j->flow)
		rg_judge_account(j);
}
