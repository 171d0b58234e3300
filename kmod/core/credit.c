// SPDX-License-Identifier: GPL-2.0
#include "stream.h"
#include "classify.h"
#include "content.h"

#include <uapi/linux/rtpguard.h>

/**
 * DOC: Credit
 *
 * A new SSRC of a call that is protected: a screen is shared, a camera changes. It
 * passes until it shows something, but not for long, whatever its numbers are; nor do
 * others after it without end.
 */

/**
 * rg_credit_take() - may a packet pass on credit?
 * @side: its direction, which is proven
 * @stream: its stream, or NULL: it has no place
 *
 * Context: whatever protects the state.
 */
bool rg_credit_take(struct rg_side *side, struct rg_stream *stream)
{
	if (!stream || stream->protection != RTPGUARD_PROTECTION_UNDETERMINED ||
	    stream->suspected_at || stream->skipped >= RG_VOUCHED_PACKETS ||
	    !side->credit)
		return false;
	if (stream->content && stream->content->best >= RG_VOUCHED_BITS)
		return false;
	stream->skipped++;
	side->credit--;
	return true;
}

/**
 * rg_credit_renew() - see whether a stream is protected still, or again
 * @side: a direction
 * @changed: the stream of it whose protection has changed
 *
 * Context: whatever protects the state.
 */
void rg_credit_renew(struct rg_side *side, const struct rg_stream *changed)
{
	u32 i;

	if (changed->protection == RTPGUARD_PROTECTION_PROTECTED)
		side->credit = RG_CREDIT_MAX;
	side->proven = false;
	for (i = 0; i < RG_STREAMS_MAX; i++)
		side->proven |= side->streams[i].packets &&
				side->streams[i].protection ==
				RTPGUARD_PROTECTION_PROTECTED;
}
