// SPDX-License-Identifier: GPL-2.0
/*
 * core_bench CASE PACKETS: what a packet costs the core. Feeds one stream of
 * 160 bytes of payload and prints nanoseconds a packet; run.sh counts the
 * instructions.
 *
 * Cases: undecided (cipher text, each packet begins a test that is not decided
 * yet), clear and uniform (decided before).
 */
#include "core/classify.h"
#include "core/content.h"

#include <linux/rtpguard.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PAYLOAD		160
#define HEADER		12
/* Fewer packets than any verdict needs. */
#define UNDECIDED_MAX	40
#define WARM_UP		256

static u64 random_next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void packet_make(u8 *bytes, u32 i, bool cipher, u64 *state)
{
	u32 ts = i * PAYLOAD, at;

	memset(bytes, 0, HEADER);
	bytes[0] = 0x80;
	bytes[1] = cipher ? 96 : 0;
	bytes[2] = (u8)(i >> 8);
	bytes[3] = (u8)i;
	for (at = 0; at < 4; at++)
		bytes[4 + at] = (u8)(ts >> (24 - 8 * at));
	bytes[11] = 1;
	memset(bytes + HEADER, 0xd5, PAYLOAD);
	for (at = 0; cipher && at < PAYLOAD; at += 8) {
		u64 word = random_next(state);

		memcpy(bytes + HEADER + at, &word, sizeof(word));
	}
}

static void media_empty(struct rg_media *media)
{
	struct rg_content *content;

	while ((content = rg_media_drain(media)))
		free(content);
	memset(media, 0, sizeof(*media));
}

/* A function of its own: callgrind counts in it. */
static noinline void bench_feed(struct rg_media *media,
				const struct rg_packet *pkt,
				struct rg_answer *ans)
{
	rg_feed(media, pkt, ans);
}

static void feed(struct rg_media *media, const u8 *bytes, bool counted,
		 struct rg_answer *ans)
{
	struct rg_packet pkt = {
		.data = bytes,
		.len = HEADER + PAYLOAD,
		.wire_len = HEADER + PAYLOAD,
		.now_ms = 1,
	};

	if (rg_media_hungry(media, &pkt))
		rg_media_give(media, malloc(sizeof(struct rg_content)));
	if (counted)
		bench_feed(media, &pkt, ans);
	else
		rg_feed(media, &pkt, ans);
	free(rg_media_take(media));
}

static u64 now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

int main(int argc, char **argv)
{
	static u8 bytes[HEADER + PAYLOAD];
	struct rg_media media = { 0 };
	struct rg_answer ans = { 0 };
	bool cipher, undecided;
	u64 state = 88172645463325252ull, begin, spent = 0;
	u32 packets, i;

	if (argc != 3) {
		fputs("usage: core_bench undecided|clear|uniform PACKETS\n", stderr);
		return 2;
	}
	packets = (u32)atoi(argv[2]);
	cipher = strcmp(argv[1], "clear");
	undecided = !strcmp(argv[1], "undecided");
	for (i = 0; !undecided && i < WARM_UP; i++) {
		packet_make(bytes, i, cipher, &state);
		feed(&media, bytes, false, &ans);
	}
	for (i = 0; i < packets; i++) {
		if (undecided && i % UNDECIDED_MAX == 0)
			media_empty(&media);
		packet_make(bytes, WARM_UP + i, cipher, &state);
		begin = now_ns();
		feed(&media, bytes, true, &ans);
		spent += now_ns() - begin;
	}
	printf("%s: %u packets, %llu ns a packet, protection %u at the end\n",
	       argv[1], packets, (unsigned long long)(spent / (packets ? packets : 1)),
	       ans.protection);
	media_empty(&media);
	return 0;
}
