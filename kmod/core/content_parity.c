// SPDX-License-Identifier: GPL-2.0
#include "content_trial.h"

#define RTP_PT_G729	18
#define RTP_PT_DYNAMIC	96

/* Parity of a byte's bits. */
static u32 parity(u32 x)
{
	x ^= x >> 4;
	return 0x6996 >> (x & 15) & 1;
}

/*
 * PAR: in each frame of 10 bytes P0 is the parity of the pitch delay's six high
 * bits. Two frames may lie in the trailer: they count while bytes 2 and 3 of
 * both change, which those of an MKI do not. Where lengths differ an MKI is now
 * in that place and now not: only packets of one length are compared. The last
 * of three frames or more is left out: behind the NULL cipher it is a tag.
 */
static void bet_parity(const struct rg_trial *trial)
{
	const struct rg_payload *payload = trial->payload;
	struct rg_content *content = trial->content;
	u32 hits = 0, frames = 0, left;
	u16 source = 0, tail[2] = { 0, 0 };
	struct rg_cur cur;

	rg_cur_init(&cur, payload->data, payload->len);
	for (left = payload->len / 10; left; left--) {
		rg_cur_skip(&cur, 2);
		source = rg_cur_be16(&cur);
		rg_cur_skip(&cur, 6);
		if (left <= 2) {
			tail[left - 1] = source;
			if (content->tail_run < 2 ||
			    (left == 1 && payload->len >= 30))
				continue;
		}
		frames++;
		hits += parity(source >> 8 & 0x3f) ^ (source >> 5 & 1);
	}
	if (frames)
		rg_bet(content, RG_FEATURE_PAR, hits, frames - hits);
	if (payload->len != content->len || tail[0] == content->tail[0] ||
	    (payload->len >= 20 && tail[1] == content->tail[1]))
		content->tail_run = 0;
	else if (content->tail_run < 2)
		content->tail_run++;
	content->tail[0] = tail[0];
	content->tail[1] = tail[1];
}

/*
 * PAR, on payloads of whole G.729 frames, and annex B's two bytes, whole in sight;
 * the caller leaves longer ones out, which saves him the call.
 */
void rg_bet_parity(const struct rg_trial *trial)
{
	const struct rg_payload *payload = trial->payload;
	u32 len = payload->len;

	if (len != trial->content->len)
		trial->content->tail_run = 0;
	if (len < 10 || len > RG_PARITY_BYTES_MAX ||
	    (len % 10 && len % 10 != 2) ||
	    payload->alone || payload->readable < len)
		return;
	if (payload->pt == RTP_PT_G729 || payload->pt >= RTP_PT_DYNAMIC)
		bet_parity(trial);
}
