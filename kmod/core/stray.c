// SPDX-License-Identifier: GPL-2.0
#include "stray.h"
#include "rtp.h"

/**
 * DOC: SSRCs without a place
 *
 * A direction has few places for streams, and whoever is to get another's has to be
 * known to go on: three packets of one SSRC, with fewer than eight new SSRCs between two
 * of them; or three of any whose sequence numbers and steps of time go on from one to
 * the next; or, of one SSRC without a sequence, RG_PACED_MIN of even steps.
 */

static struct rg_stray *stray_find(struct rg_strays *strays, u32 ssrc)
{
	u32 i;

	/* They are filled in order. */
	for (i = 0; i < RG_STRAYS_KEPT && strays->of[i].run; i++) {
		if (strays->of[i].ssrc == ssrc)
			return &strays->of[i];
	}
	return NULL;
}

/**
 * rg_strays_seen() - was this packet without a place before?
 * @strays: what had none
 * @rtp: header of a packet without one
 *
 * The host of a bridge sees each packet twice, and where packets are forwarded in
 * batches all of a batch before any of it again. A payload that was there before is
 * no cipher text by any test: it must not be fed again.
 *
 * Context: whatever protects the state.
 * Return: true if it was.
 */
bool rg_strays_seen(struct rg_strays *strays, const struct rg_rtp *rtp)
{
	const struct rg_stray *stray = stray_find(strays, rtp->ssrc);
	u16 behind;

	if (!stray)
		return false;
	behind = stray->seq - rtp->seq;
	/* A number that stays while the time goes on is no duplicate. */
	if (!behind)
		return rtp->ts == stray->ts;
	return behind < 64 && stray->seen & 1ull << behind;
}

/* It goes on by its timestamp, or begins anew. Return: packets in continuity. */
static u8 stray_jump(struct rg_stray *stray, const struct rg_rtp *rtp)
{
	u32 ts_step = rtp->ts - stray->ts;

	if (rtp->pt == stray->pt && rg_ts_is_paced(ts_step, stray->ts_step))
		stray->paced = min_t(u8, stray->paced + 1, RG_PACED_MIN);
	else
		stray->paced = 0;
	stray->ts_step = ts_step;
	stray->seen = 1;
	stray->seq = rtp->seq;
	stray->ts = rtp->ts;
	return stray->paced < RG_PACED_MIN ? 1 : RG_CONTINUITY_MIN;
}

/* Return: packets in continuity, this one included. */
static u8 stray_go_on(struct rg_stray *stray, const struct rg_rtp *rtp)
{
	u16 ahead = rtp->seq - stray->seq;
	u16 behind = stray->seq - rtp->seq;

	if (behind && behind < RG_SEQ_BEHIND_MAX && rg_ts_goes_on(rtp->ts, stray->ts)) {
		stray->seen |= 1ull << behind;
		return stray->run + 1;
	}
	if (!ahead || ahead > RG_SEQ_AHEAD_MAX || !rg_ts_goes_on(stray->ts, rtp->ts))
		return stray_jump(stray, rtp);
	stray->seen = ahead < 64 ? stray->seen << ahead | 1 : 1;
	stray->seq = rtp->seq;
	stray->ts = rtp->ts;
	return stray->run + 1;
}

/* Another SSRC, with the next number and in the same step. */
static bool stray_follows(const struct rg_stray *last, const struct rg_rtp *rtp,
			  u32 ts_step)
{
	return last->run && (u16)(rtp->seq - last->seq) == 1 && rtp->pt == last->pt &&
	       rg_ts_is_paced(rtp->ts - last->ts, ts_step);
}

/* Who was heard again gets another turn before it gives way to an SSRC that begins. */
static struct rg_stray *stray_begin(struct rg_strays *strays, const struct rg_rtp *rtp)
{
	struct rg_stray *stray = &strays->of[strays->next];
	u32 i;

	for (i = 0; i < RG_STRAYS_KEPT && stray->again; i++) {
		stray->again = false;
		strays->next = (strays->next + 1) % RG_STRAYS_KEPT;
		stray = &strays->of[strays->next];
	}
	strays->next = (strays->next + 1) % RG_STRAYS_KEPT;
	memset(stray, 0, sizeof(*stray));
	stray->seen = 1;
	stray->ssrc = rtp->ssrc;
	stray->seq = rtp->seq;
	stray->ts = rtp->ts;
	return stray;
}

/**
 * rg_strays_run() - does what has no place go on?
 * @strays: what had none; @rtp is of it from now on
 * @rtp: header of a packet without one, for which rg_strays_seen() is false
 *
 * Context: whatever protects the state.
 * Return: packets in continuity, up to RG_CONTINUITY_MIN.
 */
u8 rg_strays_run(struct rg_strays *strays, const struct rg_rtp *rtp)
{
	const struct rg_stray *last = &strays->of[strays->last];
	struct rg_stray *stray = stray_find(strays, rtp->ssrc);
	bool follows = stray_follows(last, rtp, strays->ts_step);
	u8 run = follows ? last->run + 1 : 1;

	strays->ts_step = rtp->ts - last->ts;
	if (stray) {
		run = stray_go_on(stray, rtp);
		stray->again = true;
	} else {
		stray = stray_begin(strays, rtp);
	}
	stray->pt = rtp->pt;
	stray->run = min_t(u8, run, RG_CONTINUITY_MIN);
	strays->last = stray - strays->of;
	return stray->run;
}
