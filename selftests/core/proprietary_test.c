// SPDX-License-Identifier: GPL-2.0
/*
 * Calls of applications that encrypt in a way of their own: whatever they are taken for,
 * it is never readable media.
 *
 * Discord has RTP's header in clear, and what RTP cannot say behind it: a tag in front or
 * at the end, and a nonce that counts. Zoom has RTP deep in headers of its own, and is
 * known by these. Telegram has cipher text behind a tag that is constant: that is nothing
 * known, but for a tag that begins like RTP.
 */
#include "cipher.h"
#include "core/carrier.h"
#include "kselftest_harness.h"
#include "memory.h"
#include "verdicts.h"
#include "zoom_packets.h"

#include <uapi/linux/rtpguard.h>

#define PACKETS		1000
#define CALLS		64
#define LEN_MAX		1400
#define UNIFORM_BY	64
#define RTCP_EVERY	100
#define SSRC		0x01000402

FIXTURE(call)
{
	struct rg_media media;
	struct rg_random random;
	struct rg_answer ans;
	struct tally tally;
	u8 p[LEN_MAX];
	u32 clear;
	u32 shaped;
	u64 now_ms;
};

FIXTURE_SETUP(call)
{
	memset(self, 0, sizeof(*self));
}

FIXTURE_TEARDOWN(call)
{
	media_end(&self->media);
}

static void call_begin(struct _test_data_call *self, u64 seed)
{
	media_end(&self->media);
	random_seed(&self->random, seed);
	memset(&self->tally, 0, sizeof(self->tally));
	self->clear = 0;
	self->shaped = 0;
}

/* Worse than undetermined is what enforce drops, or says of it. */
static void call_send(struct _test_data_call *self, u32 len)
{
	u8 *copy = malloc(len);
	struct rg_packet pkt = { .data = copy, .len = len, .wire_len = len };

	memcpy(copy, self->p, len);
	pkt.now_ms = self->now_ms += 20;
	rg_carrier_open(&pkt);
	media_feed(&self->media, &pkt, true, &self->ans);
	free(copy);
	self->clear += rg_protection_worse(self->ans.protection,
					   RTPGUARD_PROTECTION_UNDETERMINED);
	self->shaped += rg_shape_is_media(self->ans.shape);
	tally_add(&self->tally, &self->ans);
}

/**
 * struct discord - how it encrypts
 * @name: as its gateway calls it
 * @tag_len: bytes of tag, wherever
 * @nonce_len: bytes at the end that no key is needed for
 * @counts: these are a number, one more with each packet
 * @extended: an extension, whose four bytes of header are in clear
 */
struct discord {
	const char *name;
	u32 tag_len;
	u32 nonce_len;
	bool counts;
	bool extended;
};

static const struct discord discords[] = {
	{ "aead_aes256_gcm_rtpsize", 16, 4, true, true },
	{ "aead_xchacha20_poly1305_rtpsize", 16, 4, true, false },
	{ "xsalsa20_poly1305_lite", 16, 4, true, false },
	{ "xsalsa20_poly1305_suffix", 16, 24, false, false },
	{ "xsalsa20_poly1305", 16, 0, false, false },
};

/* Speech, and behind each sentence frames of silence: three bytes of Opus. */
static u32 discord_make(struct _test_data_call *self, const struct discord *how, u32 n,
			u32 spoken)
{
	u32 opus = n % (spoken + 5) < spoken ? 40 + random_below(&self->random, 120) : 3;
	u32 len = packet_rtp(self->p, 120, n, 960 * n, 0x1234, 0);
	u32 more = (how->extended ? 8 : 0) + opus + how->tag_len + how->nonce_len;

	if (how->extended) {
		self->p[0] |= 0x10;
		put_be32(self->p + len, 0xbede0002);
		len += 4;
	}
	random_fill(&self->random, self->p + len, more);
	len += more;
	if (how->counts)
		put_be32(self->p + len - 4, n);
	return len;
}

TEST_F(call, discords_are_never_clear_and_pass_behind_their_proof)
{
	static const u32 sentences[] = { 1, 10, 100, 2 * PACKETS };
	u32 i, j, n, held;

	for (i = 0; i < ARRAY_SIZE(discords); i++) {
		for (j = 0; j < 4 * ARRAY_SIZE(sentences); j++) {
			call_begin(self, 1 + i * 100 + j);
			for (n = 0; n < PACKETS; n++)
				call_send(self, discord_make(self, &discords[i], n,
							     sentences[j % 4]));
			held = PACKETS - self->tally.strict;
			EXPECT_EQ(self->clear, 0)
				TH_LOG("%s, %u", discords[i].name, sentences[j % 4]);
			EXPECT_EQ(self->tally.enforce, PACKETS);
			EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNIFORM);
			EXPECT_LE(held, UNIFORM_BY)
				TH_LOG("%s, %u held", discords[i].name, held);
		}
	}
}

/* Type, 70, SSRC, address and port; and a number of eight bytes, low first. */
TEST_F(call, discords_discovery_and_keep_alive_are_no_media)
{
	u32 i, n;

	for (i = 0; i < PACKETS; i++) {
		call_begin(self, i);
		memset(self->p, 0, 74);
		put_be32(self->p, (1 + i % 2) << 16 | 70);
		random_fill(&self->random, self->p + 4, 4);
		if (i % 2)
			memcpy(self->p + 8, "192.0.2.1", 9);
		put_be16(self->p + 72, i % 2 ? 40000 + i : 0);
		call_send(self, 74);
		for (n = 0; n < 256; n++) {
			memset(self->p, 0, 8);
			self->p[0] = n;
			self->p[1] = i;
			call_send(self, 8);
		}
		ASSERT_EQ(self->shaped, 0);
		ASSERT_EQ(self->tally.strict, self->tally.fed);
	}
}

/* Media of any kind, and now and then readable RTCP behind a header of its own. */
static u32 zoom_make(struct _test_data_call *self, u32 n, bool server)
{
	u32 i = random_below(&self->random, ARRAY_SIZE(zoom_kinds) - !server);
	u32 len = 120 + random_below(&self->random, 1000);
	u32 at = server ? 8 : 0;

	random_fill(&self->random, self->p, len);
	zoom_head(self->p, &zoom_kinds[i], server, n, SSRC + i);
	if (n % RTCP_EVERY == 0) {
		self->p[at] = 33 + n / RTCP_EVERY % 2;
		packet_rtcp_rr(self->p + at + 16, SSRC);
	}
	return len;
}

TEST_F(call, zooms_are_called_so_never_clear_and_held_by_strict)
{
	u32 i, n;

	for (i = 0; i < CALLS; i++) {
		call_begin(self, i);
		for (n = 0; n < PACKETS; n++)
			call_send(self, zoom_make(self, n, i % 2));
		EXPECT_EQ(self->ans.class, RTPGUARD_CLASS_ZOOM);
		EXPECT_EQ(self->ans.protection, RTPGUARD_PROTECTION_UNDETERMINED);
		EXPECT_EQ(self->clear, 0);
		EXPECT_EQ(self->tally.enforce, PACKETS);
		/*
		 * Until one kind has sent three, of five that are one more than there is
		 * room for; and what is no media passes.
		 */
		EXPECT_GE(self->tally.strict, PACKETS / RTCP_EVERY);
		EXPECT_LE(self->tally.strict, PACKETS / RTCP_EVERY +
			  3 * ARRAY_SIZE(zoom_kinds));
	}
}

/* Strict is told by the rule of an administrator, who knows the server's address. */
TEST_F(call, zooms_pass_strict_where_a_rule_names_the_address)
{
	struct rg_prefix server = { .family = 4, .len = 32, .addr = { 192, 0, 2, 1 } };
	struct rg_rule rule = {
		.subjects = BIT(RTPGUARD_SUBJECT_MEDIA),
		.classes = BIT(RTPGUARD_CLASS_ZOOM),
		.protections = BIT(RTPGUARD_PROTECTION_UNDETERMINED),
		.action = RTPGUARD_ACTION_ACCEPT,
		.daddr = { .n = 1 },
	};
	struct rg_policy policy = { .rules = &rule, .n_rules = 1, .prefixes = &server };
	struct rg_query query = { .daddr = { 192, 0, 2, 1 }, .family = 4 };
	struct rg_match match;
	u32 n;

	call_begin(self, 1);
	for (n = 0; n < 100; n++)
		call_send(self, zoom_make(self, n, true));
	rg_policy_defaults(&policy);
	query.class = self->ans.class;
	query.protection = self->ans.protection;
	rg_policy_eval(&policy, &query, &match);
	EXPECT_EQ(match.rule, 0);
	EXPECT_EQ(rg_policy_verdict(RTPGUARD_MODE_STRICT, &self->ans, &match),
		  RTPGUARD_VERDICT_ACCEPT);
}

/*
 * A relay's tag of 16 bytes, and cipher text whose length is a multiple of 16. Asked who
 * they are, clients send twelve bytes of ones behind the tag.
 */
static u32 telegram_make(struct _test_data_call *self, const u8 *tag, u32 tag_len, u32 n)
{
	u32 len = tag_len + 16 + 16 * random_below(&self->random, 12);

	random_fill(&self->random, self->p, len);
	memcpy(self->p, tag, tag_len);
	if (n % 50 == 0) {
		len = 32;
		memset(self->p + tag_len, 0xff, 16);
	}
	return len;
}

TEST_F(call, telegrams_behind_a_tag_are_never_clear)
{
	u8 tag[16];
	u32 i, n;

	for (i = 0; i < 256; i++) {
		call_begin(self, i);
		random_fill(&self->random, tag, sizeof(tag));
		tag[0] = i;
		for (n = 0; n < PACKETS; n++)
			call_send(self, telegram_make(self, tag, sizeof(tag), n));
		EXPECT_EQ(self->clear, 0) TH_LOG("tag %02x", i);
		EXPECT_EQ(self->tally.enforce, PACKETS) TH_LOG("tag %02x", i);
		/* A quarter of tags begins like RTP or RTCP: strict may hold these. */
		if (i >> 6 != 2)
			EXPECT_EQ(self->tally.strict, PACKETS) TH_LOG("tag %02x", i);
	}
}

/* Between two clients all is random: as any datagram that begins so, but not for long. */
TEST_F(call, telegrams_without_a_tag_pass_strict_after_a_while)
{
	static const u8 tag[16];
	u32 i, n;

	for (i = 0; i < CALLS; i++) {
		call_begin(self, i);
		for (n = 0; n < PACKETS; n++)
			call_send(self, telegram_make(self, tag, 0, n + 1));
		EXPECT_EQ(self->clear, 0);
		EXPECT_EQ(self->tally.enforce, PACKETS);
		EXPECT_GE(self->tally.strict, PACKETS - 48);
	}
}

TEST_HARNESS_MAIN
