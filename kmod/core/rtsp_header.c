// SPDX-License-Identifier: GPL-2.0
#include "rtsp_header.h"
#include "limits.h"

/**
 * enum phase - what the next byte belongs to
 * @PHASE_LINE: a line begins, or the header ends
 * @PHASE_NAME: a field's name
 * @PHASE_COLON: blanks behind it
 * @PHASE_VALUE: a value that is read
 * @PHASE_REST: the rest of a line that says nothing more
 */
enum phase {
	PHASE_LINE,
	PHASE_NAME,
	PHASE_COLON,
	PHASE_VALUE,
	PHASE_REST,
};

/* Fields that say something to us, in the order of their bits. */
static const char *const names[] = {
	"content-length", "x-sessioncookie", "accept", "content-type",
};

enum field {
	FIELD_NONE = 0,
	FIELD_LENGTH = BIT(0),
	FIELD_COOKIE = BIT(1),
	FIELD_ACCEPT = BIT(2),
	FIELD_TYPE = BIT(3),
	FIELD_ALL = FIELD_LENGTH | FIELD_COOKIE | FIELD_ACCEPT | FIELD_TYPE,
};

static const char *const types[] = {
	"application/x-rtsp-tunnelled",
};

#define TYPE_TUNNEL		BIT(0)

static u8 phase_set(struct rg_rtsp_header *header, u8 phase)
{
	header->phase = phase;
	return RG_RTSP_HEADER_MORE;
}

/* The colon. A length that is said twice may be two lengths. */
static u8 value_begin(struct rg_rtsp_header *header)
{
	u8 field = rg_words_done(&header->words, names);
	bool length = field == FIELD_LENGTH;

	/* Of HTTP all but the length, and of RTSP the length alone. */
	if (length == header->http)
		field = FIELD_NONE;
	if (field == FIELD_LENGTH && header->length)
		return RG_RTSP_HEADER_BAD;
	header->length |= field == FIELD_LENGTH;
	header->tunnel |= field == FIELD_COOKIE;
	header->field = field;
	rg_words_begin(&header->words, TYPE_TUNNEL);
	return phase_set(header, field ? PHASE_VALUE : PHASE_REST);
}

static u8 name_feed(struct rg_rtsp_header *header, u8 c)
{
	if (c == '\n')
		return phase_set(header, PHASE_LINE);
	if (c == ':')
		return value_begin(header);
	if (rg_is_blank(c))
		return phase_set(header, PHASE_COLON);
	if (header->phase == PHASE_COLON)
		return phase_set(header, PHASE_REST);
	rg_words_feed(&header->words, names, rg_lower(c));
	return phase_set(header, header->words.left ? PHASE_NAME : PHASE_REST);
}

/* A line that begins with a blank goes on with the value before (RFC 2326, 4.2). */
static u8 line_feed(struct rg_rtsp_header *header, u8 c)
{
	if (c == '\n')
		return header->length && !header->digits ? RG_RTSP_HEADER_BAD :
							   RG_RTSP_HEADER_END;
	if (c == '\r')
		return RG_RTSP_HEADER_MORE;
	if (rg_is_blank(c))
		return phase_set(header, header->field ? PHASE_VALUE : PHASE_REST);
	header->field = FIELD_NONE;
	header->phase = PHASE_NAME;
	rg_words_begin(&header->words, FIELD_ALL);
	return name_feed(header, c);
}

/* A line's end is a blank: the next line may go on, but the number may not. */
static u8 length_feed(struct rg_rtsp_header *header, u8 c)
{
	if (rg_is_blank(c) || c == '\n') {
		header->ended = header->digits;
		return RG_RTSP_HEADER_MORE;
	}
	if (!rg_is_digit(c) || header->ended ||
	    header->digits == RG_RTSP_DIGITS_MAX)
		return RG_RTSP_HEADER_BAD;
	header->digits++;
	header->body_len = header->body_len * 10 + (c - '0');
	return RG_RTSP_HEADER_MORE;
}

/* One media type of several, in whichever case. */
static void type_feed(struct rg_rtsp_header *header, u8 c)
{
	if (rg_is_blank(c) || c == ',' || c == ';' || c == '\n') {
		rg_words_begin(&header->words, TYPE_TUNNEL);
		return;
	}
	rg_words_feed(&header->words, types, rg_lower(c));
	header->tunnel |= rg_words_done(&header->words, types) == TYPE_TUNNEL;
}

static u8 value_feed(struct rg_rtsp_header *header, u8 c)
{
	if (c == '\n')
		header->phase = PHASE_LINE;
	if (header->field == FIELD_LENGTH)
		return length_feed(header, c);
	if (header->field != FIELD_COOKIE)
		type_feed(header, c);
	return RG_RTSP_HEADER_MORE;
}

/**
 * rg_rtsp_header_feed() - read another byte of a header
 * @header: its state
 * @c: the byte
 *
 * RFC 2326, 15 and 12.14; RFC 7826, 20.2.3. Names in any case, bare line feeds, lines
 * that are folded and lines that are none are all taken: receivers do, and what counts
 * is where they see the header end, and the body.
 *
 * Context: whatever protects the state.
 * Return: enum rg_rtsp_header_event.
 */
u8 rg_rtsp_header_feed(struct rg_rtsp_header *header, u8 c)
{
	/* Where receivers see the end of that is anybody's guess. */
	if (!c)
		return RG_RTSP_HEADER_BAD;
	switch (header->phase) {
	case PHASE_LINE:
		return line_feed(header, c);
	case PHASE_NAME:
	case PHASE_COLON:
		return name_feed(header, c);
	case PHASE_VALUE:
		return value_feed(header, c);
	}
	return c == '\n' ? phase_set(header, PHASE_LINE) : RG_RTSP_HEADER_MORE;
}
