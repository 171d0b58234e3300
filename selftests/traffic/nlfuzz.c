// SPDX-License-Identifier: GPL-2.0
/*
 * Sends the family random messages, and looks at what comes back:
 *
 *	nlfuzz [-n MESSAGES] [-s SEED] [-f FAMILY] [-e ERRNO]
 *	nlfuzz -r	says a number that stands for the ruleset in force
 *
 * With -e a message that nobody spoiled has to be refused with this errno,
 * unless it asks for status or counters and the errno is EPERM. The same seed
 * makes the same messages; without one it is taken from the system, and said.
 */
#include "nlfuzz.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define SOCKETS		6
#define FIRST_ROOM	4096
#define STEPS_MORE	256
#define SENT_MAX	1024
#define ERRNO_MAX	4095
#define READ_SIZE	(2 * FUZZ_MESSAGE_MAX) /* of an echo */

/**
 * struct sent - a message that may be answered
 * @seq: its number
 * @cmd: what it asks the family for; 0, if the core has it and not the family
 * @good: there is no reason to refuse it
 */
struct sent {
	u32 seq;
	u8 cmd;
	bool good;
};

/* The answers to a datagram. */
struct outcome {
	u32 accepted;
	u32 refused;
	u32 replies;
};

static struct fuzz fuzz;
static u64 seed;
static u32 group;
static int denied; /* by this errno: the option -e */
static struct mnl_socket *sockets[SOCKETS];
static struct mnl_socket *control, *listener;
static struct sent sent[SENT_MAX];
static u32 seq;
static u8 batch[FUZZ_BUFFER_SIZE];
static u32 batch_len, batch_n;

static u32 by_errno[ERRNO_MAX + 1];
static u32 accepted, replies, events, overruns;

/* Status and counters need no privilege. */
static bool is_let(u8 cmd)
{
	return !denied || (denied == EPERM &&
			   (cmd == RTPGUARD_CMD_GET_STATUS ||
			    cmd == RTPGUARD_CMD_GET_COUNTER));
}

static void wrong(const char *format, ...)
{
	va_list args;
	u32 i;

	printf("seed %llu, message %u: ", (unsigned long long)seed, seq);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	printf("\nsent, %u bytes:", batch_len);
	for (i = 0; i < batch_len && i < 512; i++)
		printf("%s%02x", i % 4 ? "" : " ", batch[i]);
	printf("\n");
	exit(1);
}

static void die(const char *what)
{
	fprintf(stderr, "nlfuzz: %s: %s\n", what, strerror(errno));
	exit(2);
}

static struct mnl_socket *socket_new(int room)
{
	struct mnl_socket *nl = mnl_socket_open2(NETLINK_GENERIC, SOCK_NONBLOCK);

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    (room && setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUF,
				&room, sizeof(room))))
		die("netlink socket");
	return nl;
}

/* What was sent with this number, if that is not too long ago. */
static const struct sent *sent_find(u32 number)
{
	const struct sent *found = &sent[number % SENT_MAX];

	return found->seq == number ? found : NULL;
}

static void look_at_error(const struct nlmsghdr *nlh, bool clean,
			  struct outcome *out)
{
	const struct nlmsgerr *err = mnl_nlmsg_get_payload(nlh);
	const struct sent *to = sent_find(nlh->nlmsg_seq);
	int error;

	if (mnl_nlmsg_get_payload_len(nlh) <
	    (nlh->nlmsg_type == NLMSG_DONE ? sizeof(int) : sizeof(*err)))
		wrong("short answer");
	error = -err->error;
	if (error < 0 || error > ERRNO_MAX)
		wrong("error %d", error);
	by_errno[error]++;
	if (error)
		out->refused++;
	else
		out->accepted++;
	if (!to)
		return;
	if (!error && to->cmd && !is_let(to->cmd))
		wrong("command %u is let", to->cmd);
	if (!clean || !to->good)
		return; /* a dump may be under way, or there is no room */
	if (error != (is_let(to->cmd) ? 0 : denied))
		wrong("command %u: %s", to->cmd, strerror(error));
}

static void look_at(const struct nlmsghdr *nlh, bool clean, struct outcome *out)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(nlh);
	const char *what;

	if (nlh->nlmsg_type == NLMSG_ERROR || nlh->nlmsg_type == NLMSG_DONE) {
		look_at_error(nlh, clean, out);
		return;
	}
	if (nlh->nlmsg_type != fuzz.family)
		return;
	what = fuzz_reply_wrong(nlh);
	if (what)
		wrong("reply, command %u: %s", genl->cmd, what);
	if (!is_let(genl->cmd))
		wrong("command %u has a reply", genl->cmd);
	if (genl->cmd == RTPGUARD_CMD_EVENT)
		events++;
	else
		out->replies++;
}

/*
 * Read what there is, so many times at most: all is there as soon as a message
 * is sent. Return: nothing is left.
 */
static bool read_up(struct mnl_socket *nl, u32 times, bool clean,
		    struct outcome *out)
{
	static u8 buf[READ_SIZE];
	const struct nlmsghdr *nlh;
	ssize_t ret;
	int len;

	while (times--) {
		ret = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (ret < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return true;
		if (ret < 0 && errno == ENOBUFS) {
			overruns++;
			clean = false;
			continue;
		}
		if (ret < 0)
			die("receive");
		nlh = (const struct nlmsghdr *)buf;
		for (len = ret; mnl_nlmsg_ok(nlh, len);
		     nlh = mnl_nlmsg_next(nlh, &len))
			look_at(nlh, clean, out);
		if (len > 0)
			wrong("%d bytes behind the last message", len);
	}
	return false;
}

static struct nlmsghdr *message_put(u8 *p, u16 type, u8 cmd, u8 version)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(p);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(nlh, sizeof(*genl));

	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = NLM_F_REQUEST;
	genl->cmd = cmd;
	genl->version = version;
	return nlh;
}

static const struct nlmsghdr *ask(const struct nlmsghdr *nlh)
{
	static u8 buf[READ_SIZE];
	const struct nlmsghdr *reply = (const struct nlmsghdr *)buf;

	if (mnl_socket_sendto(control, nlh, nlh->nlmsg_len) < 0 ||
	    mnl_socket_recvfrom(control, buf, sizeof(buf)) < 0)
		die("control");
	return reply;
}

static void family_find_group(const struct nlattr *groups)
{
	const struct nlattr *one, *attr;

	mnl_attr_for_each_nested(one, groups) {
		mnl_attr_for_each_nested(attr, one) {
			if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GRP_ID)
				group = mnl_attr_get_u32(attr);
		}
	}
}

static void family_find(void)
{
	u8 buf[256];
	struct nlmsghdr *nlh = message_put(buf, GENL_ID_CTRL, CTRL_CMD_GETFAMILY,
					   1);
	const struct nlmsghdr *reply;
	const struct nlattr *attr;

	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, RTPGUARD_FAMILY_NAME);
	reply = ask(nlh);
	if (reply->nlmsg_type != GENL_ID_CTRL) {
		fprintf(stderr, "nlfuzz: no family\n");
		exit(2);
	}
	mnl_attr_for_each(attr, reply, GENL_HDRLEN) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID)
			fuzz.family = mnl_attr_get_u16(attr);
		if (mnl_attr_get_type(attr) == CTRL_ATTR_MCAST_GROUPS)
			family_find_group(attr);
	}
}

static void state_read(struct fuzz_state *state)
{
	u8 buf[64];
	const struct nlmsghdr *reply;
	const char *what;

	reply = ask(message_put(buf, fuzz.family, RTPGUARD_CMD_GET_STATUS,
				RTPGUARD_FAMILY_VERSION));
	what = reply->nlmsg_type == fuzz.family ? fuzz_reply_wrong(reply) :
	       "no status";
	if (what)
		wrong("status: %s", what);
	fuzz_reply_state(reply, state);
	fuzz.generation = state->generation;
}

static void message_add(void)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)(batch + batch_len);
	bool good = fuzz_make(&fuzz, nlh, ++seq);
	bool ours;

	if (!fuzz_chance(&fuzz, 3)) {
		fuzz_mutate(&fuzz, nlh);
		good = false;
	}
	ours = nlh->nlmsg_type == fuzz.family &&
	       nlh->nlmsg_flags & NLM_F_REQUEST;
	sent[seq % SENT_MAX] = (struct sent){
		.seq = seq,
		.cmd = ours ? batch[batch_len + MNL_NLMSG_HDRLEN] : 0,
		.good = good,
	};
	batch_len += MNL_ALIGN(nlh->nlmsg_len);
	batch_n++;
}

/* The last message may say that it is longer or shorter, or be cut off. */
static void batch_end(struct nlmsghdr *last)
{
	switch (random_below(&fuzz.rng, 64)) {
	case 0:
		last->nlmsg_len = random_u64(&fuzz.rng);
		break;
	case 1:
		last->nlmsg_len = random_below(&fuzz.rng, 64);
		break;
	case 2:
		batch_len -= random_below(&fuzz.rng, last->nlmsg_len);
		break;
	default:
		return;
	}
	sent[seq % SENT_MAX].good = false;
}

static void batch_make(void)
{
	u32 n = fuzz_chance(&fuzz, 8) ?
		1 + random_below(&fuzz.rng, FUZZ_BATCH_MAX) : 1;
	struct nlmsghdr *nlh = (struct nlmsghdr *)batch;

	batch_len = 0;
	batch_n = 0;
	while (n-- && batch_len + FUZZ_MESSAGE_MAX <= FUZZ_BUFFER_SIZE) {
		nlh = (struct nlmsghdr *)(batch + batch_len);
		message_add();
	}
	batch_end(nlh);
}

/* Nothing else changes the state meanwhile. */
static void state_check(const struct fuzz_state *was, const struct outcome *out)
{
	struct fuzz_state now;

	state_read(&now);
	if (now.generation - was->generation > (denied ? 0 : batch_n))
		wrong("generation %llu after %llu",
		      (unsigned long long)now.generation,
		      (unsigned long long)was->generation);
	if (!denied && (!out->refused || out->accepted || out->replies ||
			batch_n > 1))
		return;
	if (now.mode != was->mode || now.rules != was->rules ||
	    now.generation != was->generation)
		wrong("refused, and the state has changed");
}

/*
 * How a reader behaves: in all, slowly, not at all, or going away. The first one
 * has little room and reads so seldom that it is full most of the time.
 */
static void answers_read(u32 i, u32 how, bool *clean, struct outcome *out)
{
	if (!i && how > 2 && seq % 64)
		how = 0;
	switch (how) {
	case 0:
		*clean = false;
		break;
	case 1:
		*clean = read_up(sockets[i], 1, *clean, out);
		break;
	case 2:
		mnl_socket_close(sockets[i]);
		sockets[i] = socket_new(i ? 0 : FIRST_ROOM);
		*clean = true;
		break;
	default:
		read_up(sockets[i], -1, *clean, out);
		*clean = true;
		break;
	}
	accepted += out->accepted;
	replies += out->replies;
}

static void step(void)
{
	static bool clean[SOCKETS] = { true, true, true, true, true, true };
	u32 i = random_below(&fuzz.rng, SOCKETS);
	u32 how = random_below(&fuzz.rng, 16);
	bool checked = fuzz_chance(&fuzz, 3) && denied != ENOENT;
	struct fuzz_state state;
	struct outcome out = { 0 };

	batch_make();
	if (checked)
		state_read(&state);
	checked &= how > 2 && clean[i];
	clean[i] &= batch_n == 1;
	if (mnl_socket_sendto(sockets[i], batch, batch_len) < 0)
		die("send");
	answers_read(i, how, &clean[i], &out);
	if (checked)
		state_check(&state, &out);
	out = (struct outcome){ 0 };
	if (listener && fuzz_chance(&fuzz, 16))
		read_up(listener, -1, false, &out);
}

/* The ruleset in force is of a message that may be refused: a good end. */
static void end(void)
{
	struct fuzz_state was, now;
	u32 i;

	for (i = 0; i < STEPS_MORE; i++) {
		state_read(&was);
		step();
		state_read(&now);
		if (now.generation != was.generation && batch_n == 1 &&
		    !sent[seq % SENT_MAX].good)
			return;
	}
}

static int ruleset_report(void)
{
	u8 buf[64];
	struct nlmsghdr *nlh = message_put(buf, fuzz.family,
					   RTPGUARD_CMD_GET_RULESET,
					   RTPGUARD_FAMILY_VERSION);
	u64 sum;

	nlh->nlmsg_flags |= NLM_F_DUMP;
	sum = mnl_socket_sendto(control, nlh, nlh->nlmsg_len) < 0 ? 0 :
	      fuzz_ruleset_sum(control);
	printf("%016llx\n", (unsigned long long)sum);
	return !sum;
}

static void report(void)
{
	u32 refused = 0;
	u32 i;

	for (i = 1; i <= ERRNO_MAX; i++)
		refused += by_errno[i];
	printf("seed=%llu family=%u messages=%u accepted=%u refused=%u",
	       (unsigned long long)seed, fuzz.family, seq, accepted, refused);
	printf(" replies=%u events=%u overruns=%u", replies, events, overruns);
	for (i = 1; i <= ERRNO_MAX; i++) {
		if (by_errno[i])
			printf(" %s=%u", strerrorname_np(i) ?: "?", by_errno[i]);
	}
	printf("\n");
}

static void bring_up(void)
{
	u32 i;

	control = socket_new(0);
	if (!fuzz.family)
		family_find();
	for (i = 0; i < SOCKETS; i++)
		sockets[i] = socket_new(i ? 0 : FIRST_ROOM);
	if (!group)
		return;
	listener = socket_new(0);
	if (mnl_socket_setsockopt(listener, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) == 0) {
		if (denied)
			wrong("the event group can be joined");
	} else if (!denied) {
		die("event group");
	}
}

int main(int argc, char **argv)
{
	bool ruleset = false;
	u32 n = 1000;
	int option;

	if (getrandom(&seed, sizeof(u32), 0) != sizeof(u32))
		die("seed");
	while ((option = getopt(argc, argv, "n:s:f:e:r")) != -1) {
		switch (option) {
		case 'n':
			n = strtoul(optarg, NULL, 10);
			break;
		case 's':
			seed = strtoull(optarg, NULL, 10);
			break;
		case 'r':
			ruleset = true;
			break;
		case 'f':
			fuzz.family = strtoul(optarg, NULL, 10);
			break;
		case 'e':
			denied = strcmp(optarg, "EPERM") ? ENOENT : EPERM;
			break;
		default: return 2;
		}
	}
	random_seed(&fuzz.rng, seed);
	bring_up();
	if (ruleset)
		return ruleset_report();
	while (seq < n)
		step();
	if (n && !denied)
		end();
	report();
	return 0;
}
