// SPDX-License-Identifier: GPL-2.0
/*
 * Texts of a ruleset: UTF-8 against an encoder written the other way round, and
 * what may be a name, a comment or a device. Each text is an allocation of its
 * own length: nothing terminates it.
 */
#include "core/text.h"
#include "kselftest_harness.h"

static char *copy_of(const char *text, u32 len)
{
	char *copy = malloc(len ? len : 1);

	memcpy(copy, text, len);
	return copy;
}

static u32 utf8_len(const char *text, u32 left)
{
	char *copy = copy_of(text, left);
	u32 len = rg_text_utf8_len(copy, left);

	free(copy);
	return len;
}

/* RFC 3629, 3; in so many bytes, be that the right number or not. */
static void utf8_write(char *to, u32 code, u32 bytes)
{
	static const u8 leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	u32 i;

	for (i = bytes - 1; i; i--) {
		to[i] = (char)(0x80 | (code & 0x3f));
		code >>= 6;
	}
	to[0] = (char)(leads[bytes] | code);
}

static u32 bytes_of(u32 code)
{
	return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
}

TEST(every_character_has_its_length)
{
	u32 code, bytes;
	char text[4];

	for (code = 0; code < 0x200000; code++) {
		bytes = bytes_of(code);
		utf8_write(text, code, bytes);
		/* No surrogates, nothing beyond the last plane. */
		ASSERT_EQ(rg_text_utf8_len(text, bytes),
			  code > 0x10ffff || code >> 11 == 0x1b ? 0 : bytes);
	}
}

TEST(a_character_written_longer_is_none)
{
	static const u32 codes[] = { 0, 0x2f, 0x7f, 0x80, 0x7ff, 0x800, 0xffff };
	u32 i, bytes;
	char text[4];

	for (i = 0; i < ARRAY_SIZE(codes); i++) {
		for (bytes = bytes_of(codes[i]) + 1; bytes <= 4; bytes++) {
			utf8_write(text, codes[i], bytes);
			EXPECT_EQ(utf8_len(text, bytes), 0);
		}
	}
}

TEST(a_character_cut_short_is_none)
{
	static const char *const texts[] = { "\u00e9", "\u20ac", "\U0001f4de" };
	u32 i, left;

	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		for (left = 0; left < strlen(texts[i]); left++)
			EXPECT_EQ(utf8_len(texts[i], left), 0);
		EXPECT_EQ(utf8_len(texts[i], left), left);
	}
}

TEST(what_does_not_begin_or_go_on_is_none)
{
	u32 first, i;
	char text[4];

	for (first = 0x80; first < 0x100; first++) {
		text[0] = (char)first;
		memset(text + 1, 'a', 3);
		EXPECT_EQ(utf8_len(text, 4), 0);
		/* 0xf8 and more began something once. */
		memset(text + 1, 0xbf, 3);
		if (first < 0xc0 || first >= 0xf8)
			EXPECT_EQ(utf8_len(text, 4), 0);
	}
	for (i = 1; i < 4; i++) {
		memcpy(text, "\U0001f4de", 4);
		text[i] = (char)0xc0;
		EXPECT_EQ(utf8_len(text, 4), 0);
	}
}

struct text_case {
	const char *text;
	bool good;
};

typedef bool is_fn(const char *text, u32 len);

static u32 count_wrong(struct __test_metadata *_metadata,
		       const struct text_case *cases, u32 n, is_fn *is)
{
	u32 i, len, wrong = 0;
	char *copy;

	for (i = 0; i < n; i++) {
		len = (u32)strlen(cases[i].text);
		copy = copy_of(cases[i].text, len);
		if (is(copy, len) != cases[i].good) {
			TH_LOG("'%s'", cases[i].text);
			wrong++;
		}
		free(copy);
	}
	return wrong;
}

TEST(names_are_letters_digits_and_dashes)
{
	static const struct text_case cases[] = {
		{ "a", true }, { "Z", true }, { "_", true }, { "lab-phones", true },
		{ "a0_Z9-", true }, { "", false }, { "0a", false },
		{ "-a", false }, { "a b", false }, { "a.b", false },
		{ "a/b", false }, { "a:b", false }, { "a@", false },
		{ "a[", false }, { "a{", false }, { "a`", false },
		{ "\u00e9", false }, { "a\u00e9", false }, { "a\n", false },
	};

	EXPECT_EQ(count_wrong(_metadata, cases, ARRAY_SIZE(cases), rg_text_is_name), 0);
	/* A NUL within is no end. */
	EXPECT_FALSE(rg_text_is_name("a\0b", 3));
}

TEST(comments_stay_between_their_quotes)
{
	static const struct text_case cases[] = {
		{ "", true }, { "until Q3", true }, { " ~", true },
		{ "\u00e9t\u00e9 \u20ac \U0001f4de", true }, { "a\"b", false },
		{ "a\\b", false }, { "a\nb", false }, { "\t", false },
		{ "\x1f", false }, { "\x7f", false }, { "a\xff", false },
		{ "\xc3", false }, { "*/: .", true },
	};

	EXPECT_EQ(count_wrong(_metadata, cases, ARRAY_SIZE(cases), rg_text_is_comment), 0);
	EXPECT_FALSE(rg_text_is_comment("a\0b", 3));
}

TEST(devices_are_what_the_kernel_calls_them)
{
	static const struct text_case cases[] = {
		{ "eth0", true }, { "wlan*", true }, { "*", true },
		{ "br-lan.7", true }, { "...", true }, { ".a", true },
		{ "\u00e9th0", true }, { "", false }, { ".", false },
		{ "..", false }, { "a/b", false }, { "a:b", false },
		{ "a b", false }, { "a*b", false }, { "**", false },
		{ "a\"", false }, { "a\\", false }, { "a\x01", false },
		{ "a\xff", false },
	};

	EXPECT_EQ(count_wrong(_metadata, cases, ARRAY_SIZE(cases), rg_text_is_ifname), 0);
}

TEST_HARNESS_MAIN
