// SPDX-License-Identifier: GPL-2.0
#include "dtls.h"

/*
 * A ClientHello is larger than a datagram where it has a key share that no quantum
 * computer breaks, and use_srtp is anywhere in it: its fields are read one after
 * the other as the bytes come, and nothing is kept but what is asked for.
 *
 * RFC 6347, 4.3.2: version, random, session_id<1>, cookie<1>, cipher_suites<2>,
 * compression_methods<1>, extensions<2>; a ServerHello has session_id<1>, one
 * suite, one method, extensions<2>.
 */
enum hello_field {
	FIELD_SESSION,
	FIELD_COOKIE,
	FIELD_SUITES,
	FIELD_METHODS,
	FIELD_EXTENSIONS,
	FIELD_TYPE,
	FIELD_LEN,
	FIELD_LIST,
	FIELD_PROFILE,
	FIELD_VERSION,
	FIELD_BROKEN,
};

#define SUITE_AND_METHOD	3

#define EXT_USE_SRTP		14	/* RFC 5764, 4.1.1 */
#define EXT_SUPPORTED_VERSIONS	43	/* RFC 8446, 4.2.1 */
#define VERSION_1_3		0xfefc

static void next(struct rg_dtls_hello *hello, u8 field, u8 wanted, u32 skip)
{
	hello->field = field;
	hello->wanted = wanted;
	hello->skip = skip;
	hello->number = 0;
}

static void extension_begin(struct rg_dtls_hello *hello)
{
	hello->left = hello->number;
	if (hello->type == EXT_USE_SRTP && hello->left >= 2)
		next(hello, FIELD_LIST, 2, 0);
	else if (hello->type == EXT_SUPPORTED_VERSIONS && hello->left == 2 &&
		 hello->msg == RG_DTLS_SERVER_HELLO)
		next(hello, FIELD_VERSION, 2, 0);
	else
		next(hello, FIELD_TYPE, 2, hello->left);
}

/* Behind the list of profiles are the MKI and its length. */
static void profile_next(struct rg_dtls_hello *hello)
{
	if (hello->list >= 2)
		next(hello, FIELD_PROFILE, 2, 0);
	else
		next(hello, FIELD_TYPE, 2, hello->left);
}

static void list_begin(struct rg_dtls_hello *hello)
{
	hello->left -= 2;
	hello->list = hello->number;
	if (hello->list > hello->left || hello->list % 2)
		next(hello, FIELD_BROKEN, 0, ~0u);
	else
		profile_next(hello);
}

static void profile_read(struct rg_dtls_hello *hello)
{
	if (hello->number < 32)
		hello->profiles |= BIT(hello->number);
	hello->left -= 2;
	hello->list -= 2;
	profile_next(hello);
}

static void field_end(struct rg_dtls_hello *hello)
{
	u32 number = hello->number;

	switch (hello->field) {
	case FIELD_SESSION:
		if (hello->msg == RG_DTLS_SERVER_HELLO)
			next(hello, FIELD_EXTENSIONS, 2, number + SUITE_AND_METHOD);
		else
			next(hello, FIELD_COOKIE, 1, number);
		break;
	case FIELD_COOKIE:
		next(hello, FIELD_SUITES, 2, number);
		break;
	case FIELD_SUITES:
		next(hello, FIELD_METHODS, 1, number);
		break;
	case FIELD_METHODS:
		next(hello, FIELD_EXTENSIONS, 2, number);
		break;
	case FIELD_EXTENSIONS:
		next(hello, FIELD_TYPE, 2, 0);
		break;
	case FIELD_TYPE:
		hello->type = number;
		next(hello, FIELD_LEN, 2, 0);
		break;
	case FIELD_LEN:
		extension_begin(hello);
		break;
	case FIELD_LIST:
		list_begin(hello);
		break;
	case FIELD_PROFILE:
		profile_read(hello);
		break;
	case FIELD_VERSION:
		hello->v13 = number == VERSION_1_3;
		next(hello, FIELD_TYPE, 2, 0);
		break;
	}
}

/**
 * rg_dtls_hello_begin() - begin to read a message
 * @hello: what was read before is forgotten
 * @msg: RG_DTLS_CLIENT_HELLO or RG_DTLS_SERVER_HELLO
 * @len: its length
 *
 * Context: whatever protects the state.
 */
void rg_dtls_hello_begin(struct rg_dtls_hello *hello, u8 msg, u32 len)
{
	memset(hello, 0, sizeof(*hello));
	hello->msg = msg;
	hello->len = len;
	next(hello, FIELD_SESSION, 1, RG_DTLS_VERSION_RANDOM);
}

/**
 * rg_dtls_hello_read() - read the bytes that come next
 * @hello: from rg_dtls_hello_begin()
 * @data: bytes of the message that follow those read before
 * @len: how many, no more than the message has left
 *
 * Context: whatever protects the state.
 */
void rg_dtls_hello_read(struct rg_dtls_hello *hello, const u8 *data, u32 len)
{
	struct rg_cur cur;
	u32 n;

	hello->at += len;
	rg_cur_init(&cur, data, len);
	while (cur.left) {
		n = min_t(u32, hello->skip, cur.left);
		rg_cur_skip(&cur, n);
		if (hello->skip != ~0u)
			hello->skip -= n;
		if (!cur.left)
			break;
		hello->number = hello->number << 8 | rg_cur_u8(&cur);
		if (!--hello->wanted)
			field_end(hello);
	}
	hello->whole = hello->at == hello->len && hello->field != FIELD_BROKEN;
}
