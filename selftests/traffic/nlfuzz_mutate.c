// SPDX-License-Identifier: GPL-2.0
/* Messages as nobody wants them. */
#include "nlfuzz.h"

#include <string.h>

#define SPOTS_MAX	2048
#define DEPTH_MAX	4
#define GROW_MAX	4096

/* An attribute of the message: its place, and how many are around it. */
struct spot {
	u32 at;
	u32 end;
	u32 depth;
};

struct mutation {
	struct fuzz *f;
	struct nlmsghdr *nlh;
	struct spot spots[SPOTS_MAX];
	u32 n;
	struct spot *spot; /* the one to be changed */
};

static u8 *bytes(const struct mutation *m)
{
	return (u8 *)m->nlh;
}

static struct nlattr *attr_at(const struct mutation *m, const struct spot *spot)
{
	return (struct nlattr *)(bytes(m) + spot->at);
}

/* Earlier mutations may have left lengths that are lies. */
static void spots_find(struct mutation *m, u32 from, u32 end, u32 depth)
{
	const struct nlattr *attr;
	struct spot *spot;

	while (m->n < SPOTS_MAX && from + MNL_ATTR_HDRLEN <= end) {
		spot = &m->spots[m->n];
		*spot = (struct spot){ .at = from, .depth = depth };
		attr = attr_at(m, spot);
		spot->end = from + MNL_ALIGN(attr->nla_len);
		if (attr->nla_len < MNL_ATTR_HDRLEN || spot->end > end)
			return;
		m->n++;
		if (attr->nla_type & NLA_F_NESTED && depth < DEPTH_MAX)
			spots_find(m, from + MNL_ATTR_HDRLEN, spot->end,
				   depth + 1);
		from = spot->end;
	}
}

/* Make room for so many bytes, or take them away, and have all around it agree. */
static bool splice(struct mutation *m, u32 at, int delta)
{
	struct nlmsghdr *nlh = m->nlh;
	const struct spot *outer;

	if ((int)nlh->nlmsg_len + delta > FUZZ_MESSAGE_MAX)
		return false;
	if (delta > 0)
		memmove(bytes(m) + at + delta, bytes(m) + at,
			nlh->nlmsg_len - at);
	else
		memmove(bytes(m) + at, bytes(m) + at - delta,
			nlh->nlmsg_len - at + delta);
	nlh->nlmsg_len += delta;
	for (outer = m->spots; outer < m->spot; outer++) {
		if (outer->depth < m->spot->depth && outer->end > m->spot->at)
			attr_at(m, outer)->nla_len += delta;
	}
	return true;
}

static void change_type(struct mutation *m)
{
	struct nlattr *attr = attr_at(m, m->spot);
	u32 value = random_u64(&m->f->rng);

	switch (random_below(&m->f->rng, 4)) {
	case 0:
		attr->nla_type ^= NLA_F_NESTED;
		break;
	case 1:
		attr->nla_type ^= NLA_F_NET_BYTEORDER;
		break;
	case 2:
		attr->nla_type = value;
		break;
	default:
		attr->nla_type = value % 20;
		break;
	}
}

static void lie_about_length(struct mutation *m)
{
	struct nlattr *attr = attr_at(m, m->spot);
	u32 value = random_u64(&m->f->rng);

	switch (random_below(&m->f->rng, 4)) {
	case 0:
		attr->nla_len = value % 5;
		break;
	case 1:
		attr->nla_len += value % 9 - 4;
		break;
	case 2:
		attr->nla_len = 0xffff;
		break;
	default:
		attr->nla_len = value;
		break;
	}
}

static void duplicate(struct mutation *m)
{
	u32 at = m->spot->at, len = m->spot->end - at;

	if (splice(m, at, len))
		memcpy(bytes(m) + at, bytes(m) + at + len, len);
}

static void leave_out(struct mutation *m)
{
	splice(m, m->spot->at, (int)m->spot->at - (int)m->spot->end);
}

/* Shorter, by up to all of it, or longer: huge strings are made this way. */
static void resize(struct mutation *m)
{
	struct nlattr *attr = attr_at(m, m->spot);
	u32 was = MNL_ALIGN(attr->nla_len), len = attr->nla_len;
	u32 longest = fuzz_chance(m->f, 4) ? GROW_MAX : 16;
	int delta;

	if (fuzz_chance(m->f, 2))
		len -= random_below(&m->f->rng, len - MNL_ATTR_HDRLEN + 1);
	else
		len += random_below(&m->f->rng, longest);
	if (len > 0xffff)
		return;
	delta = (int)MNL_ALIGN(len) - (int)was;
	if (!delta || splice(m, m->spot->end - (delta < 0 ? -delta : 0), delta)) {
		if (delta > 0)
			memset(bytes(m) + m->spot->end, 'x', delta);
		attr->nla_len = len;
	}
}

static void set_value(struct mutation *m)
{
	static const u8 values[] = { 0, 1, 2, 3, 4, 7, 0x7f, 0x80, 0xfe, 0xff };
	u8 *payload = bytes(m) + m->spot->at + MNL_ATTR_HDRLEN;
	u32 len = m->spot->end - m->spot->at - MNL_ATTR_HDRLEN;
	u32 i;

	if (!len)
		return;
	switch (random_below(&m->f->rng, 4)) {
	case 0:
		random_fill(&m->f->rng, payload, len);
		break;
	case 1:
		memset(payload, values[random_below(&m->f->rng,
						    ARRAY_SIZE(values))], len);
		break;
	default:
		i = random_below(&m->f->rng, len);
		payload[i] = values[random_below(&m->f->rng,
						 ARRAY_SIZE(values))];
		break;
	}
}

static void wrap(struct mutation *m)
{
	u32 at = m->spot->at, len = m->spot->end - at + MNL_ATTR_HDRLEN;
	struct nlattr *attr;

	if (len > 0xffff || !splice(m, at, MNL_ATTR_HDRLEN))
		return;
	attr = attr_at(m, m->spot);
	attr->nla_len = len;
	attr->nla_type = NLA_F_NESTED | random_below(&m->f->rng, 16);
}

static void change_attr(struct mutation *m)
{
	static void (* const ways[])(struct mutation *m) = {
		change_type, lie_about_length, duplicate, leave_out, resize,
		set_value, set_value, wrap,
	};

	m->n = 0;
	spots_find(m, MNL_NLMSG_HDRLEN + GENL_HDRLEN, m->nlh->nlmsg_len, 0);
	if (!m->n)
		return;
	m->spot = &m->spots[random_below(&m->f->rng, m->n)];
	ways[random_below(&m->f->rng, ARRAY_SIZE(ways))](m);
}

/* What the core of netlink looks at; types of other families are not ours. */
static void change_header(struct mutation *m)
{
	struct genlmsghdr *genl = mnl_nlmsg_get_payload(m->nlh);
	u32 value = random_u64(&m->f->rng);

	switch (random_below(&m->f->rng, 8)) {
	case 0:
		m->nlh->nlmsg_flags = value;
		break;
	case 1:
		m->nlh->nlmsg_flags ^= 1 << value % 16;
		break;
	case 2:
		m->nlh->nlmsg_type = value % NLMSG_MIN_TYPE;
		break;
	case 3:
		m->nlh->nlmsg_pid = value;
		break;
	case 4:
		genl->cmd = value;
		break;
	case 5:
		genl->cmd = value % (RTPGUARD_CMD_MAX + 2);
		break;
	case 6:
		genl->version = value;
		break;
	default:
		genl->reserved = value;
		break;
	}
}

static void change_byte(struct mutation *m)
{
	u32 head = MNL_NLMSG_HDRLEN + GENL_HDRLEN;
	u32 len = m->nlh->nlmsg_len - head;

	if (len)
		bytes(m)[head + random_below(&m->f->rng, len)] ^=
			1 << random_below(&m->f->rng, 8);
}

static void add_garbage(struct mutation *m)
{
	u32 len = 1 + random_below(&m->f->rng, 64);
	u32 at = m->nlh->nlmsg_len;

	if (at + len > FUZZ_MESSAGE_MAX || fuzz_chance(m->f, 2)) /* instead of all attributes */
		at = MNL_NLMSG_HDRLEN + GENL_HDRLEN;
	random_fill(&m->f->rng, bytes(m) + at, len);
	m->nlh->nlmsg_len = at + len;
}

static void cut_off(struct mutation *m)
{
	u32 head = MNL_NLMSG_HDRLEN + GENL_HDRLEN;

	m->nlh->nlmsg_len = head + random_below(&m->f->rng,
						m->nlh->nlmsg_len - head + 1);
}

/**
 * fuzz_mutate() - spoil a message, in one way or in several
 * @f: what is decided from
 * @nlh: the message; it may grow to FUZZ_MESSAGE_MAX bytes, and remains one that
 *	others can stand behind
 */
void fuzz_mutate(struct fuzz *f, struct nlmsghdr *nlh)
{
	static struct mutation m;
	u32 n = 1 + random_below(&f->rng, 3);

	m.f = f;
	m.nlh = nlh;
	while (n--) {
		switch (random_below(&f->rng, 16)) {
		case 0:
			change_header(&m);
			break;
		case 1:
			change_byte(&m);
			break;
		case 2:
			add_garbage(&m);
			break;
		case 3:
			cut_off(&m);
			break;
		default:
			change_attr(&m);
			break;
		}
	}
}
