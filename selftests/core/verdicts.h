/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_VERDICTS_H
#define RG_SELFTESTS_VERDICTS_H

#include "core/classify.h"
#include "core/policy.h"

/* What enforce and strict make of packets, with the built-in rules. */

/**
 * struct tally - of some packets, how many pass
 * @fed: all of them
 * @enforce: pass in enforce
 * @strict: pass in strict
 */
struct tally {
	u32 fed;
	u32 enforce;
	u32 strict;
};

static inline bool passes(u8 mode, const struct rg_answer *ans)
{
	struct rg_policy policy = { 0 };
	struct rg_query query = {
		.subject = ans->subject, .class = ans->class,
		.protection = ans->protection,
	};
	struct rg_match match;

	if (!rg_shape_is_media(ans->shape))
		return true;
	rg_policy_defaults(&policy);
	rg_policy_eval(&policy, &query, &match);
	return rg_policy_verdict(mode, ans, &match) == RTPGUARD_VERDICT_ACCEPT;
}

static inline void tally_add(struct tally *tally, const struct rg_answer *ans)
{
	tally->fed++;
	tally->enforce += passes(RTPGUARD_MODE_ENFORCE, ans);
	tally->strict += passes(RTPGUARD_MODE_STRICT, ans);
}

#endif /* RG_SELFTESTS_VERDICTS_H */
