// SPDX-License-Identifier: GPL-2.0
#include "nl.h"
#include "module.h"
#include "nl_message.h"
#include "rtpguard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

/* A dump that the kernel says was interrupted is read again so many times. */
#define DUMP_TRIES	16

/* Where modules come and go, the family is looked for so many times. */
#define RESOLVE_TRIES	16

#define RECEIVE_SIZE	(64 << 10)
#define EVENT_BUFFER	(1024 << 10)

struct nl {
	struct mnl_socket *sock;
	u32 portid;
	u32 seq;
	u16 family;
	u32 group;
	const char *refused;	/* what the kernel said last, or NULL */
	char text[256];
	u32 offset;		/* of the attribute it complained about, or 0 */
	bool interrupted;
};

static int failed(struct nl *nl, const char *what)
{
	int error = errno;

	if (error == ENONET)
		return module_out_of_reach();
	if (error == ENOENT) {
		if (nl->family == GENL_ID_CTRL)
			return module_absent();
		/* Our handlers never say so: the family went since it was found. */
		fprintf(stderr,
			"rtpguard: %s: the module was unloaded meanwhile, expected it to stay loaded\n",
			what);
		return STATUS_ABSENT;
	}
	if (error == EPERM || error == EACCES) {
		fprintf(stderr,
			"rtpguard: %s: not permitted, expected CAP_NET_ADMIN in the host's user namespace\n",
			what);
		return STATUS_PERMISSION;
	}
	fprintf(stderr, "rtpguard: %s: %s\n", what,
		nl->refused ? nl->refused : strerror(error));
	return STATUS_FAILED;
}

static int extack_attr(const struct nlattr *attr, void *data)
{
	struct nl *nl = data;

	switch (mnl_attr_get_type(attr)) {
	case NLMSGERR_ATTR_MSG:
		snprintf(nl->text, sizeof(nl->text), "%.*s",
			 (int)mnl_attr_get_payload_len(attr),
			 (const char *)mnl_attr_get_payload(attr));
		nl->refused = nl->text;
		break;
	case NLMSGERR_ATTR_OFFS:
		if (mnl_attr_get_payload_len(attr) >= sizeof(u32))
			nl->offset = mnl_attr_get_u32(attr);
		break;
	}
	return MNL_CB_OK;
}

static int on_error(const struct nlmsghdr *nlh, void *data)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	struct nl *nl = data;
	size_t skip = sizeof(*err);

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*err)) {
		errno = EBADMSG;
		return MNL_CB_ERROR;
	}
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		skip += mnl_nlmsg_get_payload_len(&err->msg);
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(nlh, skip, extack_attr, nl);
	errno = -err->error;
	return err->error ? MNL_CB_ERROR : MNL_CB_STOP;
}

static int on_done(const struct nlmsghdr *nlh, void *data)
{
	struct nl *nl = data;
	int error;

	nl->interrupted |= !!(nlh->nlmsg_flags & NLM_F_DUMP_INTR);
	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(error))
		return MNL_CB_STOP;
	memcpy(&error, mnl_nlmsg_get_payload(nlh), sizeof(error));
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		mnl_attr_parse(nlh, sizeof(error), extack_attr, nl);
	errno = -error;
	return error < 0 ? MNL_CB_ERROR : MNL_CB_STOP;
}

/* Receive until the kernel is done; @fn gets each message of ours. */
static int receive(struct nl *nl, u32 portid, mnl_cb_t fn, void *arg)
{
	static char buf[RECEIVE_SIZE];
	const struct nlmsghdr *nlh;
	ssize_t len;
	int left, ret;

	for (;;) {
		len = mnl_socket_recvfrom(nl->sock, buf, sizeof(buf));
		if (len < 0)
			return -1;
		left = (int)len;
		for (nlh = (void *)buf; mnl_nlmsg_ok(nlh, left);
		     nlh = mnl_nlmsg_next(nlh, &left)) {
			if (portid && nlh->nlmsg_seq != nl->seq)
				continue;
			nl->interrupted |=
				!!(nlh->nlmsg_flags & NLM_F_DUMP_INTR);
			if (nlh->nlmsg_type == NLMSG_ERROR)
				ret = on_error(nlh, nl);
			else if (nlh->nlmsg_type == NLMSG_DONE)
				ret = on_done(nlh, nl);
			else
				ret = fn ? fn(nlh, arg) : MNL_CB_OK;
			if (ret <= MNL_CB_STOP)
				return ret;
		}
	}
}

static int transact(struct nl *nl, struct nlmsghdr *nlh, mnl_cb_t fn, void *arg)
{
	nl->refused = NULL;
	nl->offset = 0;
	nl->interrupted = false;
	nlh->nlmsg_seq = ++nl->seq;
	if (mnl_socket_sendto(nl->sock, nlh, nlh->nlmsg_len) < 0)
		return -1;
	return receive(nl, nl->portid, fn, arg);
}

static struct nlmsghdr *request(struct nl *nl, void *buf, u8 cmd, u16 flags)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct genlmsghdr *genl;

	nlh->nlmsg_type = nl->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | flags;
	genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = RTPGUARD_FAMILY_VERSION;
	return nlh;
}

static int on_group(const struct nlattr *attr, void *data)
{
	const struct nlattr *nested;
	const char *name = "";
	struct nl *nl = data;
	u32 id = 0;

	mnl_attr_for_each_nested(nested, attr) {
		if (mnl_attr_get_type(nested) == CTRL_ATTR_MCAST_GRP_NAME)
			name = mnl_attr_get_str(nested);
		if (mnl_attr_get_type(nested) == CTRL_ATTR_MCAST_GRP_ID)
			id = mnl_attr_get_u32(nested);
	}
	if (!strcmp(name, RTPGUARD_MCGRP_EVENTS))
		nl->group = id;
	return MNL_CB_OK;
}

static int on_family_attr(const struct nlattr *attr, void *data)
{
	struct nl *nl = data;

	if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
		nl->family = mnl_attr_get_u16(attr);
	if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
		mnl_attr_parse_nested(attr, on_group, nl);
	return MNL_CB_OK;
}

static int on_family(const struct nlmsghdr *nlh, void *data)
{
	mnl_attr_parse(nlh, sizeof(struct genlmsghdr), on_family_attr, data);
	return MNL_CB_OK;
}

static int family_ask(struct nl *nl)
{
	char buf[256];
	struct nlmsghdr *nlh;

	nl->family = GENL_ID_CTRL;
	nlh = request(nl, buf, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, RTPGUARD_FAMILY_NAME);
	return transact(nl, nlh, on_family, nl);
}

/*
 * ENOENT where the same module was live all the time says that its family is out
 * of reach; where one came or went meanwhile it says nothing.
 */
static int family_resolve(struct nl *nl)
{
	ino_t before, after = module_live();
	u32 i;

	for (i = 0; i < RESOLVE_TRIES; i++) {
		before = after;
		if (family_ask(nl) >= 0)
			return 0;
		if (errno != ENOENT)
			return -1;
		after = module_live();
		errno = after && after == before ? ENONET : ENOENT;
		if (after == before)
			return -1;
	}
	return -1;
}

/**
 * nl_open() - reach the module
 * @nl: set on success; nl_close() is due then
 *
 * Return: enum exit_status, the user has been told.
 */
int nl_open(struct nl **nl)
{
	struct nl *new = calloc(1, sizeof(*new));
	int on = 1;
	int ret;

	if (!new)
		abort();
	new->seq = (u32)time(NULL);
	new->sock = mnl_socket_open(NETLINK_GENERIC);
	if (!new->sock || mnl_socket_bind(new->sock, 0, MNL_SOCKET_AUTOPID) < 0) {
		ret = failed(new, "netlink socket");
		goto err_close;
	}
	new->portid = mnl_socket_get_portid(new->sock);
	mnl_socket_setsockopt(new->sock, NETLINK_EXT_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(new->sock, NETLINK_CAP_ACK, &on, sizeof(on));
	if (family_resolve(new) < 0) {
		ret = failed(new, "get-family");
		goto err_close;
	}
	*nl = new;
	return STATUS_OK;

err_close:
	nl_close(new);
	return ret;
}

/**
 * nl_close() - undo nl_open()
 * @nl: from nl_open()
 */
void nl_close(struct nl *nl)
{
	if (nl->sock)
		mnl_socket_close(nl->sock);
	free(nl);
}

int nl_get_status(struct nl *nl, struct nl_status *status)
{
	char buf[256];

	memset(status, 0, sizeof(*status));
	if (transact(nl, request(nl, buf, RTPGUARD_CMD_GET_STATUS, NLM_F_ACK),
		     message_status, status) < 0)
		return failed(nl, "get-status");
	return STATUS_OK;
}

int nl_set_mode(struct nl *nl, u8 mode)
{
	char buf[256];
	struct nlmsghdr *nlh;

	nlh = request(nl, buf, RTPGUARD_CMD_SET_MODE, NLM_F_ACK);
	mnl_attr_put_u8(nlh, RTPGUARD_A_STATUS_MODE, mode);
	if (transact(nl, nlh, NULL, NULL) < 0)
		return failed(nl, "set-mode");
	return STATUS_OK;
}

/* A message of 2 MiB needs more than an ordinary socket may hold. */
static void send_buffer_set(struct nl *nl, int size)
{
	int fd = mnl_socket_get_fd(nl->sock);

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/* Which rule was the attribute of that the kernel complained about? */
static int load_failed(struct nl *nl, const struct conf *conf,
		       const struct nlmsghdr *nlh)
{
	const struct nlattr *attr;
	u32 offset = nl->offset;
	char what[64];
	u32 rule = 0;
	u32 begin;

	mnl_attr_for_each(attr, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) != RTPGUARD_A_RULESET_RULE)
			continue;
		begin = (u32)((const char *)attr - (const char *)nlh);
		if (offset >= begin && offset < begin + attr->nla_len &&
		    rule < conf->policy.n_rules) {
			snprintf(what, sizeof(what), "load: rule '%s'",
				 conf->policy.rules[rule].name);
			return failed(nl, what);
		}
		rule++;
	}
	return failed(nl, "load");
}

int nl_load(struct nl *nl, const struct conf *conf, const u64 *expected,
	    u64 *generation)
{
	struct nlmsghdr *nlh;
	int ret = STATUS_OK;
	char *buf;

	buf = malloc(NL_LOAD_SIZE_MAX);
	if (!buf)
		abort();
	nlh = request(nl, buf, RTPGUARD_CMD_LOAD_RULESET, NLM_F_ACK);
	if (expected)
		mnl_attr_put_u64(nlh, RTPGUARD_A_RULESET_EXPECTED_GENERATION,
				 *expected);
	if (message_put_ruleset(nlh, conf)) {
		fprintf(stderr,
			"rtpguard: load: ruleset is too large, expected at most %d bytes as a message\n",
			NL_LOAD_SIZE_MAX);
		ret = STATUS_FAILED;
		goto out;
	}
	send_buffer_set(nl, 2 * NL_LOAD_SIZE_MAX);
	if (transact(nl, nlh, message_generation, generation) < 0)
		ret = load_failed(nl, conf, nlh);
out:
	free(buf);
	return ret;
}

/* Dump until one went through undisturbed; @reset forgets what was read. */
static int dump(struct nl *nl, u8 cmd, mnl_cb_t fn, void (*reset)(void *arg),
		void *arg)
{
	char buf[256];
	int i;

	for (i = 0; i < DUMP_TRIES; i++) {
		reset(arg);
		if (transact(nl, request(nl, buf, cmd, NLM_F_DUMP), fn, arg) < 0)
			return -1;
		if (!nl->interrupted)
			return 0;
	}
	nl->refused = "the ruleset was replaced again and again meanwhile";
	errno = EAGAIN;
	return -1;
}

static void ruleset_reset(void *arg)
{
	nl_ruleset_free(arg);
	conf_defaults(&((struct nl_ruleset *)arg)->conf);
}

int nl_get_ruleset(struct nl *nl, struct nl_ruleset *ruleset)
{
	memset(ruleset, 0, sizeof(*ruleset));
	if (dump(nl, RTPGUARD_CMD_GET_RULESET, message_ruleset, ruleset_reset,
		 ruleset) < 0) {
		nl_ruleset_free(ruleset);
		return failed(nl, "list ruleset");
	}
	return STATUS_OK;
}

void nl_ruleset_free(struct nl_ruleset *ruleset)
{
	free(ruleset->counts);
	ruleset->counts = NULL;
	conf_free(&ruleset->conf);
}

static void nothing_to_reset(void *arg)
{
	(void)arg;
}

int nl_walk_flows(struct nl *nl, nl_flow_fn fn, void *arg)
{
	struct message_walk walk = { .flow = fn, .arg = arg };

	if (dump(nl, RTPGUARD_CMD_GET_FLOW, message_flow, nothing_to_reset,
		 &walk) < 0)
		return failed(nl, "list flows");
	return STATUS_OK;
}

int nl_walk_counters(struct nl *nl, nl_counter_fn fn, void *arg)
{
	struct message_walk walk = { .counter = fn, .arg = arg };

	if (dump(nl, RTPGUARD_CMD_GET_COUNTER, message_counter,
		 nothing_to_reset, &walk) < 0)
		return failed(nl, "list counters");
	return STATUS_OK;
}

/* What follow_start() made the kernel send. */
struct follow {
	struct nl *nl;
	struct message_walk walk;
};

static int on_followed(const struct nlmsghdr *nlh, void *data)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	struct follow *follow = data;
	struct nl gone = { 0 };

	if (nlh->nlmsg_type == follow->nl->family)
		return message_event(nlh, &follow->walk);
	if (nlh->nlmsg_type != GENL_ID_CTRL || genl->cmd != CTRL_CMD_DELFAMILY)
		return MNL_CB_OK;
	mnl_attr_parse(nlh, sizeof(*genl), on_family_attr, &gone);
	if (gone.family != follow->nl->family)
		return MNL_CB_OK;
	errno = ENOENT;
	return MNL_CB_ERROR;
}

/* Join the events, and what tells that no more will come. */
static int follow_start(struct nl *nl)
{
	int control = GENL_ID_CTRL, size = EVENT_BUFFER;

	setsockopt(mnl_socket_get_fd(nl->sock), SOL_SOCKET, SO_RCVBUF, &size,
		   sizeof(size));
	if (mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP, &control,
				  sizeof(control)) < 0)
		return -1;
	return mnl_socket_setsockopt(nl->sock, NETLINK_ADD_MEMBERSHIP,
				     &nl->group, sizeof(nl->group));
}

int nl_follow(struct nl *nl, nl_event_fn fn, void *arg)
{
	struct follow follow = { nl, { .event = fn, .arg = arg } };

	if (follow_start(nl))
		return failed(nl, "monitor");
	for (;;) {
		if (receive(nl, 0, on_followed, &follow) >= 0)
			continue;
		if (errno == EINTR)
			return STATUS_OK;
		/* Too slow: the next event's number says how many are lost. */
		if (errno != ENOBUFS)
			return failed(nl, "monitor");
	}
}
