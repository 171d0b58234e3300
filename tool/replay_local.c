// SPDX-License-Identifier: GPL-2.0
#include "replay.h"
#include "rtpguard.h"

#include <arpa/inet.h>
#include <stdlib.h>

/* Decimal digits and nothing else; -1: it is not, or larger than @max. */
static int len_parse(const char *text, int max)
{
	char *end;
	long len;

	if (*text < '0' || *text > '9')
		return -1;
	len = strtol(text, &end, 10);
	return *end || len > max ? -1 : (int)len;
}

/**
 * replay_local_parse() - read the argument of --local
 * @text: "192.0.2.0/24", "2001:db8::/32", or an address alone
 * @prefix: filled
 *
 * Return: STATUS_OK, or STATUS_USAGE after telling the user.
 */
int replay_local_parse(const char *text, struct rg_prefix *prefix)
{
	const char *slash = strchrnul(text, '/');
	char addr[INET6_ADDRSTRLEN];
	size_t size = slash - text;
	int max, len;

	memset(prefix, 0, sizeof(*prefix));
	prefix->family = memchr(text, ':', size) ? 6 : 4;
	max = prefix->family == 6 ? 128 : 32;
	if (size >= sizeof(addr))
		goto err_address;
	memcpy(addr, text, size);
	addr[size] = '\0';
	if (inet_pton(prefix->family == 6 ? AF_INET6 : AF_INET, addr,
		      prefix->addr) != 1)
		goto err_address;
	len = *slash ? len_parse(slash + 1, max) : max;
	if (len < 0)
		return usage_error("--local '%s': bad prefix length, expected 0 to %d",
				   text, max);
	prefix->len = len;
	if (rg_policy_overlong(prefix))
		return usage_error("--local '%s': bits set beyond its prefix length",
				   text);
	return STATUS_OK;

err_address:
	return usage_error("--local '%s': no address, expected IPv4 or IPv6[/length]",
			   text);
}

/**
 * replay_local_match() - is an address within a prefix?
 * @prefix: from replay_local_parse()
 * @family: of @addr, 4 or 6
 * @addr: network byte order
 *
 * Return: true when it is.
 */
bool replay_local_match(const struct rg_prefix *prefix, u8 family,
			const u8 *addr)
{
	u8 bytes = prefix->len / 8;
	u8 bits = prefix->len % 8;

	if (prefix->family != family || memcmp(prefix->addr, addr, bytes))
		return false;
	return !bits || (prefix->addr[bytes] ^ addr[bytes]) >> (8 - bits) == 0;
}
