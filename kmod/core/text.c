// SPDX-License-Identifier: GPL-2.0
#include "text.h"

/**
 * rg_text_utf8_len() - measure a UTF-8 sequence (RFC 3629, 4)
 * @text: where it begins
 * @left: bytes readable from there
 *
 * Context: any.
 * Return: its bytes, 1 to 4; 0 when it is none, or there is nothing left.
 */
u32 rg_text_utf8_len(const char *text, u32 left)
{
	static const struct {
		u8 mask, lead;
		u32 min;
	} forms[] = {
		{ 0x80, 0x00, 0 },
		{ 0xe0, 0xc0, 0x80 },
		{ 0xf0, 0xe0, 0x800 },
		{ 0xf8, 0xf0, 0x10000 },
	};
	u32 code, form, i;

	for (form = 0; left && form < ARRAY_SIZE(forms); form++) {
		if (((u8)text[0] & forms[form].mask) != forms[form].lead)
			continue;
		code = (u8)text[0] & (u8)~forms[form].mask;
		for (i = 1; i <= form; i++) {
			if (i >= left || ((u8)text[i] & 0xc0) != 0x80)
				return 0;
			code = code << 6 | ((u8)text[i] & 0x3f);
		}
		if (code < forms[form].min || code > 0x10ffff ||
		    (code >= 0xd800 && code <= 0xdfff))
			return 0;
		return form + 1;
	}
	return 0;
}

static bool is_control(char c)
{
	return (u8)c < 0x20 || c == 0x7f;
}

static bool is_one_of(char c, const char *set)
{
	for (; *set; set++) {
		if (c == *set)
			return true;
	}
	return false;
}

/* UTF-8 without control characters, and without any of a few others. */
static bool is_plain(const char *text, u32 len, const char *without)
{
	u32 i, step;

	for (i = 0; i < len; i += step) {
		step = rg_text_utf8_len(text + i, len - i);
		if (!step || is_control(text[i]) || is_one_of(text[i], without))
			return false;
	}
	return true;
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/**
 * rg_text_is_name() - may a rule be called this?
 * @text: the name
 * @len: its bytes
 *
 * Context: any.
 */
bool rg_text_is_name(const char *text, u32 len)
{
	u32 i;

	if (!len || !is_letter(text[0]))
		return false;
	for (i = 1; i < len; i++) {
		if (!is_letter(text[i]) && text[i] != '-' &&
		    (text[i] < '0' || text[i] > '9'))
			return false;
	}
	return true;
}

/**
 * rg_text_is_comment() - may this stand between quotes, on one line?
 * @text: the comment
 * @len: its bytes
 *
 * Context: any.
 */
bool rg_text_is_comment(const char *text, u32 len)
{
	return is_plain(text, len, "\"\\");
}

/**
 * rg_text_is_ifname() - can a device be called this?
 * @text: the name, as in dev_valid_name(), or the beginning of one and an
 *	asterisk
 * @len: its bytes
 *
 * A device with a quote or a backslash in its name cannot be written.
 *
 * Context: any.
 */
bool rg_text_is_ifname(const char *text, u32 len)
{
	if (!len || (text[0] == '.' && (len == 1 || (len == 2 && text[1] == '.'))))
		return false;
	if (text[len - 1] == '*')
		len--;
	return is_plain(text, len, "\"\\ /:*");
}
