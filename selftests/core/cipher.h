/* SPDX-License-Identifier: GPL-2.0 */
#ifndef RG_SELFTESTS_CIPHER_H
#define RG_SELFTESTS_CIPHER_H

#include "packets.h"
#include "random.h"

/*
 * SRTP as an observer sees it. AES-CM (RFC 3711): payload, MKI, tag. AES-GCM
 * (RFC 7714): payload, tag of 16 bytes, MKI. All is random but the MKI.
 */

#define CIPHER_MKI_MAX	12
#define CIPHER_LEN_MAX	400

/**
 * struct cipher - one encrypted stream
 * @random: where its bytes come from
 * @pt: payload type
 * @len: bytes of payload, the shortest of them when @spread
 * @spread: lengths vary by up to so many bytes
 * @keep_alive: payloads are empty
 * @mki: constant
 * @mki_len: bytes of it
 * @tag_len: bytes of the tag
 * @mki_last: the MKI comes after the tag: AES-GCM, AES-CCM
 */
struct cipher {
	struct rg_random random;
	u8 pt;
	u16 len;
	u16 spread;
	bool keep_alive;
	u8 mki[CIPHER_MKI_MAX];
	u8 mki_len;
	u8 tag_len;
	bool mki_last;
};

/* Writes the next packet's payload, and returns its length. */
static inline u32 cipher_payload(struct cipher *cipher, u8 *p)
{
	u32 len = cipher->keep_alive ? 0 : cipher->len, n, mki;

	if (len && cipher->spread)
		len += random_below(&cipher->random, cipher->spread + 1);
	n = len + cipher->mki_len + cipher->tag_len;
	random_fill(&cipher->random, p, n);
	mki = len + (cipher->mki_last ? cipher->tag_len : 0);
	memcpy(p + mki, cipher->mki, cipher->mki_len);
	return n;
}

static inline void cipher_rekey(struct cipher *cipher)
{
	random_fill(&cipher->random, cipher->mki, cipher->mki_len);
}

/* Packet number @n of the stream, with header. */
static inline u32 cipher_rtp(struct cipher *cipher, u8 *p, u16 n, u32 ssrc)
{
	packet_rtp(p, cipher->pt, n, 160 * n, ssrc, 0);
	return 12 + cipher_payload(cipher, p + 12);
}

/**
 * cipher_begin() - a stream as they come
 * @cipher: filled
 * @seed: which one
 * @tag_len_min: 0 to have some without a tag, and without an MKI
 */
static inline void cipher_begin(struct cipher *cipher, u64 seed, u8 tag_len_min)
{
	static const u8 static_types[] = { 0, 8, 18 };
	/* Frames of codecs, alone and with trailers of their own. */
	static const u16 lens[] = { 1, 2, 3, 4, 10, 12, 14, 20, 24, 30, 43, 44,
				    60, 90, 170, 176, 300 };
	static const u8 tags[] = { 0, 4, 10, 10, 16, 16 };
	struct rg_random *r = &cipher->random;

	memset(cipher, 0, sizeof(*cipher));
	random_seed(r, seed);
	cipher->pt = random_below(r, 2) ? static_types[random_below(r, 3)] :
					  96 + random_below(r, 32);
	cipher->len = lens[random_below(r, ARRAY_SIZE(lens))];
	/* One in three has a variable rate. */
	if (!random_below(r, 3))
		cipher->spread = 1 + random_below(r, cipher->len / 4 + 2);
	do {
		cipher->tag_len = tags[random_below(r, ARRAY_SIZE(tags))];
	} while (cipher->tag_len < tag_len_min);
	cipher->mki_last = cipher->tag_len == 16;
	if (!cipher->tag_len)
		return;
	if (!random_below(r, 3))
		cipher->mki_len = 1 + random_below(r, 4);
	cipher->keep_alive = !random_below(r, 12);
	cipher_rekey(cipher);
}

#endif /* RG_SELFTESTS_CIPHER_H */
