// SPDX-License-Identifier: GPL-2.0
/*
 * Linked with the objects of the tool and --wrap=rg_feed: `corpus_bench replay
 * FILE...` is `rtpguard replay`, and says at its end what a packet in the shape
 * of media cost the core, before the verdict on its stream and after it.
 */
#include "core/classify.h"

#include <linux/rtpguard.h>
#include <stdio.h>
#include <time.h>

void __real_rg_feed(struct rg_media *media, const struct rg_packet *pkt,
		    struct rg_answer *ans);

static struct {
	u64 packets;
	u64 spent;
} undecided, decided;

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

void __wrap_rg_feed(struct rg_media *media, const struct rg_packet *pkt,
		    struct rg_answer *ans)
{
	u64 begin = now_ns(), end;

	__real_rg_feed(media, pkt, ans);
	end = now_ns();
	if (!media || ans->shape != RG_SHAPE_RTP)
		return;
	if (ans->protection == RTPGUARD_PROTECTION_CLEAR ||
	    ans->protection == RTPGUARD_PROTECTION_UNIFORM) {
		decided.packets++;
		decided.spent += end - begin;
	} else {
		undecided.packets++;
		undecided.spent += end - begin;
	}
}

/* What reading the clock costs: from one reading to the next it is in each figure. */
static u64 clock_ns(void)
{
	u64 begin = now_ns();
	u32 i;

	for (i = 0; i < 100000; i++)
		now_ns();
	return (now_ns() - begin) / 100000;
}

__attribute__((destructor)) static void report(void)
{
	u64 clock = clock_ns();

	if (!undecided.packets || !decided.packets)
		return;
	fprintf(stderr, "captures, before the verdict: %llu packets, %lld ns a packet\n",
		(unsigned long long)undecided.packets,
		(long long)(undecided.spent / undecided.packets - clock));
	fprintf(stderr, "captures, after the verdict: %llu packets, %lld ns a packet\n",
		(unsigned long long)decided.packets,
		(long long)(decided.spent / decided.packets - clock));
}
