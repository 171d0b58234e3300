// SPDX-License-Identifier: GPL-2.0
/* Messages as the policy wants them, with values up to its limits. */
#include "nlfuzz.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#define SUBJECTS	4
#define CLASSES		23
#define PROTECTIONS	7

/* What comments are made of, and what devices are called. */
static const char * const glyphs[] = {
	"a", "Q", "0", " ", "#", "{", "}", ";", "$", "'", "*", ",", "/", ":",
	"\303\274", "\342\202\254", "\360\237\223\236", "\302\240",
};

static const char * const devices[] = {
	"*", "d", "d*", "eth0", "eth*", "wlan-1.2", "\303\274ber", "a#b", "{}",
	"abcdefghijklmno", "abcdefghijklmn*", "$x", "default", "a,b", "a;",
};

/* Mostly few, seldom the most that there may be, and once in a while more. */
static u32 count(struct fuzz *f, u32 most)
{
	switch (random_below(&f->rng, 128)) {
	case 0: return most;
	case 1: return most + 1;
	case 2: return random_below(&f->rng, most);
	default: return random_below(&f->rng, 4);
	}
}

static u32 length(struct fuzz *f, u32 least, u32 most)
{
	switch (random_below(&f->rng, 8)) {
	case 0: return least;
	case 1: return most;
	default: return least + random_below(&f->rng, most - least + 1);
	}
}

/* Something that looks right and is not, as a rule: the parser's own checks. */
static bool odd(struct fuzz *f)
{
	bool ret = fuzz_chance(f, 24);

	f->odd |= ret;
	return ret;
}

static u32 bits(struct fuzz *f, u32 n)
{
	u32 all = (1u << n) - 1;

	if (odd(f))
		return random_u64(&f->rng);
	return 1 + random_below(&f->rng, all);
}

/* A byte of a text may be any. */
static void spoil(struct fuzz *f, char *text)
{
	u32 len = strlen(text);

	if (len && odd(f))
		text[random_below(&f->rng, len)] = random_u64(&f->rng);
}

static void put_name(struct fuzz *f, struct nlmsghdr *nlh, u32 index)
{
	static const char chars[] = "abcdefghijmnopqrstuvwxyzABCXY_-0123456789";
	char name[RTPGUARD_RULE_NAME_LEN + 1];
	u32 len = length(f, 1, RTPGUARD_RULE_NAME_LEN);
	u32 i = snprintf(name, sizeof(name), "r%u", index);

	if (i < len)
		name[i++] = '-'; /* r1 and a digit may be another's */
	for (; i < len; i++)
		name[i] = chars[random_below(&f->rng, sizeof(chars) - 1)];
	name[i] = '\0';
	spoil(f, name);
	mnl_attr_put_strz(nlh, RTPGUARD_A_RULE_NAME, name);
}

static void put_comment(struct fuzz *f, struct nlmsghdr *nlh)
{
	char comment[RTPGUARD_COMMENT_LEN + 1] = "";
	u32 most = length(f, 0, RTPGUARD_COMMENT_LEN);
	const char *glyph;
	u32 len = 0;

	for (;;) {
		glyph = glyphs[random_below(&f->rng, ARRAY_SIZE(glyphs))];
		if (len + strlen(glyph) > most)
			break;
		len += sprintf(comment + len, "%s", glyph);
	}
	spoil(f, comment);
	mnl_attr_put_strz(nlh, RTPGUARD_A_RULE_COMMENT, comment);
}

static void put_prefix(struct fuzz *f, struct nlmsghdr *nlh, u16 type)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	u32 size = fuzz_chance(f, 2) ? 4 : 16;
	u32 len = length(f, 0, size * 8);
	u8 addr[16];
	u32 i;

	random_fill(&f->rng, addr, size);
	for (i = odd(f) ? size * 8 : len; i < size * 8; i++)
		addr[i / 8] &= ~(0x80 >> i % 8);
	mnl_attr_put(nlh, RTPGUARD_A_PREFIX_ADDR, size, addr);
	mnl_attr_put_u8(nlh, RTPGUARD_A_PREFIX_LEN, len);
	mnl_attr_nest_end(nlh, nest);
}

static void put_ports(struct fuzz *f, struct nlmsghdr *nlh, u16 type)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, type);
	u32 first = length(f, 0, 0xffff);

	mnl_attr_put_u16(nlh, RTPGUARD_A_PORT_RANGE_FIRST, first);
	mnl_attr_put_u16(nlh, RTPGUARD_A_PORT_RANGE_LAST,
			 length(f, odd(f) ? 0 : first, 0xffff));
	mnl_attr_nest_end(nlh, nest);
}

static void put_device(struct fuzz *f, struct nlmsghdr *nlh, u16 type)
{
	char name[RTPGUARD_IFNAME_LEN + 1];

	snprintf(name, sizeof(name), "%s",
		 devices[random_below(&f->rng, ARRAY_SIZE(devices))]);
	spoil(f, name);
	/* With its NUL or without: both are strings to the policy. */
	if (fuzz_chance(f, 2))
		mnl_attr_put_str(nlh, type, name);
	else
		mnl_attr_put_strz(nlh, type, name);
}

static bool put_sets(struct fuzz *f, struct nlmsghdr *nlh)
{
	static const struct {
		u16 type;
		void (*put)(struct fuzz *f, struct nlmsghdr *nlh, u16 type);
	} sets[] = {
		{ RTPGUARD_A_RULE_SADDR, put_prefix },
		{ RTPGUARD_A_RULE_DADDR, put_prefix },
		{ RTPGUARD_A_RULE_SPORT, put_ports },
		{ RTPGUARD_A_RULE_DPORT, put_ports },
		{ RTPGUARD_A_RULE_OIFNAME, put_device },
	};
	bool good = true;
	u32 i, j, n;

	for (i = 0; i < ARRAY_SIZE(sets); i++) {
		if (!fuzz_chance(f, 3))
			continue;
		n = count(f, RTPGUARD_SET_MAX);
		for (j = 0; j < n; j++)
			sets[i].put(f, nlh, sets[i].type);
		good &= n <= RTPGUARD_SET_MAX;
	}
	return good;
}

static void put_matches(struct fuzz *f, struct nlmsghdr *nlh)
{
	static const u8 protocols[] = { IPPROTO_TCP, IPPROTO_UDP, IPPROTO_UDPLITE };
	u32 subject = random_below(&f->rng, SUBJECTS + 1);

	if (fuzz_chance(f, 2))
		mnl_attr_put_u32(nlh, RTPGUARD_A_RULE_SUBJECTS,
				 odd(f) ? bits(f, SUBJECTS) :
				 subject == SUBJECTS ? 15u : 1u << subject);
	if (fuzz_chance(f, 2))
		mnl_attr_put_u32(nlh, RTPGUARD_A_RULE_CLASSES,
				 bits(f, CLASSES));
	if (fuzz_chance(f, 2))
		mnl_attr_put_u32(nlh, RTPGUARD_A_RULE_PROTECTIONS,
				 bits(f, PROTECTIONS));
	if (fuzz_chance(f, 4))
		mnl_attr_put_u8(nlh, RTPGUARD_A_RULE_L4PROTO,
				protocols[random_below(&f->rng, ARRAY_SIZE(protocols))]);
	if (fuzz_chance(f, 4))
		put_comment(f, nlh);
}

static bool put_rule(struct fuzz *f, struct nlmsghdr *nlh, u32 index, bool bare)
{
	struct nlattr *nest = mnl_attr_nest_start(nlh, RTPGUARD_A_RULESET_RULE);
	bool good = true;

	put_name(f, nlh, index);
	if (!bare) {
		put_matches(f, nlh);
		good = put_sets(f, nlh);
	}
	mnl_attr_put_u8(nlh, RTPGUARD_A_RULE_ACTION, random_below(&f->rng, 2));
	if (fuzz_chance(f, 4))
		mnl_attr_put(nlh, RTPGUARD_A_RULE_LOG, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
	return good;
}

static void put_default(struct fuzz *f, struct nlmsghdr *nlh)
{
	struct nlattr *nest;

	nest = mnl_attr_nest_start(nlh, RTPGUARD_A_RULESET_DEFAULT);
	mnl_attr_put_u8(nlh, RTPGUARD_A_DEFAULT_SUBJECT,
			random_below(&f->rng, SUBJECTS));
	if (fuzz_chance(f, 2))
		mnl_attr_put_u32(nlh, RTPGUARD_A_DEFAULT_PROTECTIONS,
				 bits(f, PROTECTIONS));
	mnl_attr_put_u8(nlh, RTPGUARD_A_DEFAULT_ACTION,
			random_below(&f->rng, 2));
	if (fuzz_chance(f, 4))
		mnl_attr_put(nlh, RTPGUARD_A_DEFAULT_LOG, 0, NULL);
	mnl_attr_nest_end(nlh, nest);
}

/* Return: is there no reason to refuse it? */
static bool put_ruleset(struct fuzz *f, struct nlmsghdr *nlh)
{
	u32 rules = fuzz_chance(f, 4) ? count(f, RTPGUARD_RULES_MAX) :
		    random_below(&f->rng, 4);
	bool good = rules <= RTPGUARD_RULES_MAX;
	u32 i;

	if (fuzz_chance(f, 4))
		mnl_attr_put_u8(nlh, RTPGUARD_A_RULESET_MODE,
				random_below(&f->rng, 4));
	if (fuzz_chance(f, 16)) {
		mnl_attr_put_u64(nlh, RTPGUARD_A_RULESET_EXPECTED_GENERATION,
				 f->generation);
		good = false; /* another may be in force by now */
	}
	for (i = random_below(&f->rng, 3); i; i--)
		put_default(f, nlh);
	for (i = 0; i < rules; i++)
		good &= put_rule(f, nlh, i, i >= 2 || rules > 4);
	return good;
}

static const struct {
	u8 cmd;
	bool dump;
} operations[] = {
	{ RTPGUARD_CMD_GET_STATUS, false },
	{ RTPGUARD_CMD_SET_MODE, false },
	{ RTPGUARD_CMD_SET_MODE, false },
	{ RTPGUARD_CMD_GET_RULESET, true },
	{ RTPGUARD_CMD_GET_FLOW, true },
	{ RTPGUARD_CMD_GET_COUNTER, true },
	/* Every other is a load. */
};

/**
 * fuzz_make() - make a message that the module accepts, or nearly
 * @f: what it is made from
 * @nlh: room for FUZZ_MESSAGE_MAX bytes
 * @seq: its number
 *
 * Return: false, if there may be reasons not to: it is above a limit, odd,
 * or a dump that should be a do.
 */
bool fuzz_make(struct fuzz *f, struct nlmsghdr *nlh, u32 seq)
{
	u32 i = random_below(&f->rng, 2 * ARRAY_SIZE(operations));
	bool load = i >= ARRAY_SIZE(operations);
	bool wrong_way = fuzz_chance(f, 24);
	bool dump = (!load && operations[i].dump) != wrong_way;
	struct genlmsghdr *genl;

	mnl_nlmsg_put_header(nlh);
	nlh->nlmsg_type = f->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | (dump ? NLM_F_DUMP : 0) |
			   (fuzz_chance(f, 8) ? 0 : NLM_F_ACK);
	nlh->nlmsg_seq = seq;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = load ? RTPGUARD_CMD_LOAD_RULESET : operations[i].cmd;
	genl->version = RTPGUARD_FAMILY_VERSION;
	f->odd = false;
	if (genl->cmd == RTPGUARD_CMD_SET_MODE)
		mnl_attr_put_u8(nlh, RTPGUARD_A_STATUS_MODE,
				random_below(&f->rng, 4));
	return (!load || put_ruleset(f, nlh)) && !wrong_way && !f->odd;
}
