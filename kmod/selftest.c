// SPDX-License-Identifier: GPL-2.0
#include "selftest.h"
#include "core/classify.h"
#include "core/content.h"

#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <uapi/linux/rtpguard.h>

/*
 * The core as this compiler built it for this kernel, before it judges a packet:
 * datagrams with a known answer, here RTP and RTCP; generated ones against a second
 * reading of the RFCs; and the verdicts on readable and on random payload.
 */

#define SELFTEST_PACKETS	1000000
/* A kernel that looks for bugs runs everything slowly, and always runs this. */
#define SELFTEST_PACKETS_DEBUG	10000
#define SELFTEST_LEN_MAX	96

static bool selftest;
module_param(selftest, bool, 0444);
MODULE_PARM_DESC(selftest, "Test the classifier before the module loads, for seconds (N)");

struct vector {
	const char *name;
	u8 bytes[24];
	u8 len;
	bool rtp;
	u8 payload_off;
	u8 chain;	/* of RTCP */
};

static const struct vector vectors[] __initconst = {
	{ "RTP", { 0x80, 0x00 }, 13, true, 12, 0 },
	{ "RTP without payload", { 0x80, 0xe0 }, 12, true, 12, 0 },
	{ "RTP, two CSRCs", { 0x82, 0x60 }, 24, true, 20, 0 },
	{ "RTP, a CSRC too many", { 0x84, 0x60 }, 24, false, 0, 0 },
	{ "RTP, extension of one word",
	  { 0x90, 0x60, [12] = 0xbe, 0xde, 0, 1 }, 24, true, 20, 0 },
	{ "RTP, extension of no word",
	  { 0x90, 0x60, [12] = 0xbe, 0xde, 0, 0 }, 16, true, 16, 0 },
	{ "RTP, extension too long",
	  { 0x90, 0x60, [12] = 0xbe, 0xde, 0, 3 }, 24, false, 0, 0 },
	{ "RTP cut", { 0x80, 0x00 }, 11, false, 0, 0 },
	{ "version 1", { 0x40, 0x00 }, 24, false, 0, 0 },
	{ "version 3", { 0xc0, 0x00 }, 24, false, 0, 0 },
	{ "receiver report", { 0x80, 201, 0, 1 }, 8, false, 0, 1 },
	{ "receiver report and SDES",
	  { 0x80, 201, 0, 1, [8] = 0x81, 202, 0, 3 }, 24, false, 0, 2 },
	{ "receiver report, longer than its datagram",
	  { 0x80, 201, 0, 2 }, 8, false, 0, 0 },
};

static u64 __init random_next(u64 *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void __init random_put(u8 *bytes, u64 *state)
{
	u64 word = random_next(state);

	memcpy(bytes, &word, sizeof(word));
}

/* In network byte order. */
static u32 __init number(const u8 *bytes, u32 size)
{
	u32 sum = 0, i;

	for (i = 0; i < size; i++)
		sum = 256 * sum + bytes[i];
	return sum;
}

static void __init number_put(u8 *bytes, u32 size, u32 value)
{
	for (; size; size--, value /= 256)
		bytes[size - 1] = value % 256;
}

/* RFC 3550, 5.1 and 5.3.1, by offsets. Return: where the payload is, or -1. */
static int __init reference_rtp(const u8 *bytes, u32 len)
{
	u32 off;

	if (len < 12 || bytes[0] / 64 != 2)
		return -1;
	if (bytes[1] >= 192 && bytes[1] <= 223 && 4 * number(bytes + 2, 2) + 4 <= len)
		return -1;
	off = 12 + 4 * (bytes[0] % 16);
	if (bytes[0] / 16 % 2) {
		if (off + 4 > len)
			return -1;
		off += 4 + 4 * number(bytes + off + 2, 2);
	}
	return off <= len ? (int)off : -1;
}

/* RFC 3550, 6.1 and 6.4. Return: RTCP packets up to where it is none any more. */
static u32 __init reference_rtcp(const u8 *bytes, u32 len)
{
	u32 off = 0, chain = 0, size;

	for (;;) {
		if (off + 4 > len || bytes[off] / 64 != 2 ||
		    bytes[off + 1] < 192 || bytes[off + 1] > 223)
			return chain;
		size = 4 * number(bytes + off + 2, 2) + 4;
		if (off + size > len ||
		    (bytes[off] / 32 % 2 && off + size != len) ||
		    (!chain && size < 8))
			return chain;
		off += size;
		chain++;
	}
}

static int __init check(const char *name, const u8 *bytes, u32 len, int off,
			u32 chain)
{
	struct rg_packet pkt = { .data = bytes, .len = len, .wire_len = len };
	struct rg_rtcp rtcp;
	struct rg_rtp rtp;
	bool is_rtp = off >= 0;
	bool right;

	right = rg_rtp_parse(&pkt, &rtp) == is_rtp;
	if (is_rtp)
		right &= rtp.payload_off == off &&
			 rtp.payload_len == len - off &&
			 rtp.pt == (bytes[1] & 0x7f) &&
			 rtp.seq == number(bytes + 2, 2) &&
			 rtp.ts == number(bytes + 4, 4) &&
			 rtp.ssrc == number(bytes + 8, 4);
	right &= rg_rtcp_parse(&pkt, &rtcp) == !!chain && rtcp.chain == chain;
	if (right)
		return 0;
	pr_err("self-test: %s is read wrongly: %*ph\n", name, (int)len, bytes);
	return -EINVAL;
}

static int __init check_vectors(void)
{
	const struct vector *vector;
	size_t i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(vectors); i++) {
		vector = &vectors[i];
		ret = check(vector->name, vector->bytes, vector->len,
			    vector->rtp ? vector->payload_off : -1,
			    vector->chain);
		if (ret)
			return ret;
	}
	return 0;
}

/* Random, but with a version, a payload type and lengths that often fit. */
static u32 __init generate(u8 *bytes, u64 *state)
{
	u32 len = random_next(state) % (SELFTEST_LEN_MAX + 1);
	u64 choice;
	u32 i;

	for (i = 0; i < SELFTEST_LEN_MAX; i += 8)
		random_put(bytes + i, state);
	choice = random_next(state);
	if (choice & 7)
		bytes[0] = 0x80 | (bytes[0] & (choice & 8 ? 0x33 : 0x00));
	if (!(choice & 0x70)) {
		bytes[1] = 192 + (bytes[1] & 0x1f);
		number_put(bytes + 2, 2, choice >> 8 & 7);
	}
	/* Where an extension's length is when there is no CSRC. */
	if (choice & 0x800)
		number_put(bytes + 14, 2, choice >> 12 & 15);
	return len;
}

static int __init check_generated(u32 packets)
{
	u8 bytes[SELFTEST_LEN_MAX];
	u64 state = 0x2545f4914f6cdd1dull;
	u32 i, len;
	int ret;

	for (i = 0; i < packets; i++) {
		len = generate(bytes, &state);
		ret = check("a generated datagram", bytes, len,
			    reference_rtp(bytes, len),
			    reference_rtcp(bytes, len));
		if (ret)
			return ret;
		if (i % 1024 == 0)
			cond_resched();
	}
	return 0;
}

static void __init stream_packet(u8 *bytes, u32 n, bool readable, u64 *state)
{
	u32 i;

	memset(bytes, 0, 12);
	bytes[0] = 0x80;
	bytes[1] = readable ? 0 : 96;
	number_put(bytes + 2, 2, n);
	number_put(bytes + 4, 4, 80 * n);
	memset(bytes + 12, 0xd5, 80);
	for (i = 12; !readable && i < 92; i += 8)
		random_put(bytes + i, state);
}

/* Feeds packets until the stream is decided; that may take so many. */
static int __init check_verdict(const char *name, bool readable, u8 protection,
				u32 most)
{
	struct rg_answer ans = { 0 };
	u64 state = 88172645463325252ull;
	struct rg_content *content;
	struct rg_media *media;
	int ret = 0;
	u8 bytes[92];
	u32 i;

	media = kzalloc(sizeof(*media), GFP_KERNEL);
	if (!media)
		return -ENOMEM;
	for (i = 0; i < most && ans.protection != protection; i++) {
		struct rg_packet pkt = {
			.data = bytes, .len = 92, .wire_len = 92, .now_ms = i,
		};

		if (rg_media_hungry(media, &pkt)) {
			content = kmalloc(sizeof(*content), GFP_KERNEL);
			if (!content) {
				ret = -ENOMEM;
				break;
			}
			rg_media_give(media, content);
		}
		stream_packet(bytes, i, readable, &state);
		rg_feed(media, &pkt, &ans);
		content = rg_media_take(media);
		kfree(content);
	}
	while ((content = rg_media_drain(media)))
		kfree(content);
	kfree(media);
	if (ret || ans.protection == protection)
		return ret;
	pr_err("self-test: %s is taken for something else\n", name);
	return -EINVAL;
}

/**
 * rg_selftest() - test the core before it is used
 *
 * Does nothing unless it is asked for (parameter selftest) or the kernel is built
 * with KASAN.
 *
 * Context: process; takes seconds with selftest=1.
 * Return: 0, -EINVAL when the core is wrong, or -ENOMEM.
 */
int __init rg_selftest(void)
{
	u32 packets = selftest ? SELFTEST_PACKETS : SELFTEST_PACKETS_DEBUG;
	int others, ret;

	if (!selftest && !IS_ENABLED(CONFIG_KASAN))
		return 0;
	others = rg_selftest_vectors();
	if (others < 0)
		return others;
	ret = check_vectors();
	if (!ret)
		ret = check_generated(packets);
	if (!ret)
		ret = check_verdict("G.711 in clear", true,
				    RTPGUARD_PROTECTION_CLEAR, 8);
	if (!ret)
		ret = check_verdict("random payload", false,
				    RTPGUARD_PROTECTION_UNIFORM, 256);
	if (!ret)
		pr_info("self-test: %zu vectors, %u generated datagrams and 2 streams are read as they should\n",
			ARRAY_SIZE(vectors) + others, packets);
	return ret;
}
