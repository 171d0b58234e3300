/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_ANSWER_H
#define RG_SELFTESTS_ANSWER_H

#include "core/classify.h"
#include "require.h"

#include <uapi/linux/rtpguard.h>

/* What holds of every answer of a flow with a state; counts what passes undecided. */
static inline void answer_check(const struct rg_answer *ans)
{
	require(ans->shape <= RG_SHAPE_STUN);
	require(ans->protection <= RTPGUARD_PROTECTION_CLEAR);
	require(ans->class <= RTPGUARD_CLASS_ZOOM);
	require(ans->subject <= RTPGUARD_SUBJECT_EMERGENCY);
	/* What is no media is neither held nor dropped. */
	require(rg_shape_is_media(ans->shape) ||
		(!ans->hold &&
		 ans->protection == RTPGUARD_PROTECTION_UNDETERMINED));
	require(ans->class != RTPGUARD_CLASS_UNKNOWN ||
		ans->protection == RTPGUARD_PROTECTION_UNDETERMINED);
	require(!ans->passed || ans->shape == RG_SHAPE_RTP ||
		ans->shape == RG_SHAPE_NONRTP);
	if (ans->passed)
		++*ans->passed;
	if (ans->stream)
		require(ans->stream->packets);
	require(!ans->duplicate || (ans->stream && !ans->changed));
	require(ans->counts != RG_COUNTS_RESTORED ||
		(ans->changed && rg_protection_tested(ans->protection)));
	require(ans->counts != RG_COUNTS_CREDITED ||
		(!ans->hold && ans->shape == RG_SHAPE_RTP));
}

#endif /* RG_SELFTESTS_ANSWER_H */
