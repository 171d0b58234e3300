// SPDX-License-Identifier: GPL-2.0
/*
 * Sends what a test needs through real sockets, and says what became of it:
 * "sent=N eperm=N other=N".
 */
#include "job.h"
#include "netns.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/udp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/**
 * die() - say what failed, and why, and end
 * @what: failed
 */
void die(const char *what)
{
	fprintf(stderr, "rtpsend: %s: %s\n", what, strerror(errno));
	exit(1);
}

/**
 * resolve() - an address for a system call
 * @addr: numbers, as text
 * @port: host byte order
 * @to: filled
 * @len: filled with the bytes of @to
 */
void resolve(const char *addr, u16 port, struct sockaddr_storage *to,
	     socklen_t *len)
{
	struct sockaddr_in6 *six = (void *)to;
	struct sockaddr_in *four = (void *)to;

	memset(to, 0, sizeof(*to));
	if (inet_pton(AF_INET, addr, &four->sin_addr) == 1) {
		four->sin_family = AF_INET;
		four->sin_port = htons(port);
		*len = sizeof(*four);
	} else if (inet_pton(AF_INET6, addr, &six->sin6_addr) == 1) {
		six->sin6_family = AF_INET6;
		six->sin6_port = htons(port);
		*len = sizeof(*six);
	} else {
		fprintf(stderr, "rtpsend: %s: no address\n", addr);
		exit(2);
	}
}

/**
 * account() - note what a system call said
 * @job: to note it in
 * @ret: what it returned; errno says why
 */
void account(struct job *job, ssize_t ret)
{
	if (ret >= 0)
		job->sent++;
	else if (errno == EPERM)
		job->eperm++;
	else
		job->other++;
}

/**
 * lies() - is this the lie that the job wants told?
 * @job: says which
 * @lie: word for it
 */
bool lies(const struct job *job, const char *lie)
{
	return job->lie && !strcmp(job->lie, lie);
}

static bool is_junk(const struct job *job, u32 segment)
{
	if (job->junk_last && segment + 1 == job->segments)
		return true;
	return job->media_last && segment + 1 < job->segments;
}

/* The first segment may be of another kind: it must not speak for the others. */
static u32 make_segment(struct job *job, u32 i, u32 segment, u8 *p)
{
	struct job first = *job;

	if (segment || !job->first)
		return kind_make(job, i * job->segments + segment, p);
	first.kind = job->first;
	return kind_make(&first, i, p);
}

/* Several packets in one send: the kernel cuts them apart after the hooks. */
static u32 make_gso(struct job *job, u32 i, u8 *p)
{
	u32 s, len, all = 0;
	int size;

	for (s = 0; s < job->segments; s++) {
		len = make_segment(job, i, s, p + all);
		if (is_junk(job, s))
			p[all] = 0;
		all += len;
	}
	size = all / job->segments;
	set_option(job, IPPROTO_UDP, UDP_SEGMENT, &size, sizeof(size));
	return all;
}

static void run(struct job *job)
{
	struct timespec pause = { job->interval_us / 1000000,
				  job->interval_us % 1000000 * 1000L };
	const struct via *via = via_find(job->via);
	static u8 p[2 * PACKET_MAX];
	u32 i, len;

	via->open(job);
	for (i = 0; i < job->count; i++) {
		if (job->new_ports && i) {
			close(job->sock);
			job->sport++;
			via->open(job);
		}
		len = job->segments > 1 ? make_gso(job, i, p) :
					  kind_make(job, i, p);
		via->send(job, p, len);
		if (job->interval_us)
			nanosleep(&pause, NULL);
	}
	close(job->sock);
}

/* What tells the receiver that nothing follows; in no shape of media. */
static void run_end(struct job *job)
{
	struct job end = *job;

	end.sport = 0;
	open_udp(&end);
	resolve(job->dst, job->dport, &end.to, &end.to_len);
	if (sendto(end.sock, "END", 3, 0, (struct sockaddr *)&end.to,
		   end.to_len) != 3)
		die("END");
	close(end.sock);
}

/*
 * Between namespaces a packet waits in a queue of the CPU that sent it: from
 * two CPUs the end marker could overtake what it ends.
 */
static void stay_on_cpu(void)
{
	cpu_set_t cpus;

	CPU_ZERO(&cpus);
	CPU_SET(sched_getcpu(), &cpus);
	if (sched_setaffinity(0, sizeof(cpus), &cpus))
		die("sched_setaffinity");
}

static void bad_usage(void)
{
	fputs("usage: rtpsend -d ADDR -p PORT [-w NETNS] [-a SRC] [-s SPORT] [-k KIND]\n"
	      "  [-v VIA] [-n COUNT] [-i USEC] [-l PAYLOAD] [-t TAG] [-P PT] [-S SSRC]\n"
	      "  [-q SEQ] [-c CSRCS] [-x EXTENSION WORDS] [-z LIE] [-H IPV6 HEADERS]\n"
	      "  [-E their LETTERS: h hop-by-hop, d destination, r R routing, f fragment, a AH]\n"
	      "  [-C UDP-LITE COVERAGE] [-u UID] [-g SEGMENTS] [-e end marker]\n"
	      "  [-r random payload] [-j KIND of the first segment] [-J media last] [-L junk last]\n"
	      "  [-N new source port for every packet] [-R RELAY] [-T RELAY'S PEER]\n",
	      stderr);
	exit(2);
}

#define LETTERS "a:c:C:d:eE:g:H:i:j:Jk:l:Ln:Np:P:q:R:rs:S:t:T:u:v:w:x:z:"

enum option_type { NUMBER, WORD, FLAG };

static const struct {
	char letter;
	enum option_type type;
	size_t at;
} options[] = {
	{ 'a', WORD, offsetof(struct job, src) },
	{ 'c', NUMBER, offsetof(struct job, csrcs) },
	{ 'C', NUMBER, offsetof(struct job, coverage) },
	{ 'd', WORD, offsetof(struct job, dst) },
	{ 'e', FLAG, offsetof(struct job, end) },
	{ 'E', WORD, offsetof(struct job, chain) },
	{ 'g', NUMBER, offsetof(struct job, segments) },
	{ 'H', NUMBER, offsetof(struct job, headers) },
	{ 'i', NUMBER, offsetof(struct job, interval_us) },
	{ 'j', WORD, offsetof(struct job, first) },
	{ 'J', FLAG, offsetof(struct job, media_last) },
	{ 'L', FLAG, offsetof(struct job, junk_last) },
	{ 'k', WORD, offsetof(struct job, kind) },
	{ 'l', NUMBER, offsetof(struct job, payload) },
	{ 'n', NUMBER, offsetof(struct job, count) },
	{ 'N', FLAG, offsetof(struct job, new_ports) },
	{ 'p', NUMBER, offsetof(struct job, dport) },
	{ 'P', NUMBER, offsetof(struct job, pt) },
	{ 'q', NUMBER, offsetof(struct job, seq) },
	{ 'R', WORD, offsetof(struct job, relay) },
	{ 'r', FLAG, offsetof(struct job, random) },
	{ 's', NUMBER, offsetof(struct job, sport) },
	{ 'S', NUMBER, offsetof(struct job, ssrc) },
	{ 't', NUMBER, offsetof(struct job, tag) },
	{ 'T', NUMBER, offsetof(struct job, peer) },
	{ 'u', NUMBER, offsetof(struct job, uid) },
	{ 'v', WORD, offsetof(struct job, via) },
	{ 'w', WORD, offsetof(struct job, netns) },
	{ 'x', NUMBER, offsetof(struct job, extension) },
	{ 'z', WORD, offsetof(struct job, lie) },
};

static void option_set(struct job *job, int letter)
{
	char *field;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(options); i++) {
		if (options[i].letter == letter)
			break;
	}
	if (i == ARRAY_SIZE(options))
		bad_usage();
	field = (char *)job + options[i].at;
	if (options[i].type == FLAG)
		*(bool *)field = true;
	else if (options[i].type == WORD)
		*(const char **)(void *)field = optarg;
	else
		*(u32 *)(void *)field = strtoul(optarg, NULL, 0);
}

static u32 packet_len(const struct job *job)
{
	u32 relays = job->relay ? strlen(job->relay) : 0;

	return 12 + 4 * job->csrcs + 4 * job->extension + job->payload + job->tag +
	       40 * relays;
}

static void parse(struct job *job, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, LETTERS)) >= 0)
		option_set(job, c);
	if (!job->dst || !job->dport || optind != argc || !job->segments ||
	    job->csrcs > 15 || job->extension > 0xffff || job->headers > EXTHDRS_MAX ||
	    (job->chain && strlen(job->chain) > EXTHDRS_MAX) ||
	    job->payload > PACKET_MAX || job->tag > PACKET_MAX ||
	    packet_len(job) > PACKET_MAX / job->segments)
		bad_usage();
}

int main(int argc, char **argv)
{
	struct job job = { .kind = "rtp", .via = "udp", .count = 1,
			   .payload = 160, .ssrc = 0x1234, .segments = 1,
			   .sport = 4000 };

	parse(&job, argc, argv);
	resolve(job.dst, job.dport, &job.to, &job.to_len);
	job.family = job.to.ss_family;
	if (job.netns && !netns_enter(job.netns))
		die(job.netns);
	stay_on_cpu();
	if (job.uid && setuid(job.uid))
		die("setuid");
	if (job.count)
		run(&job);
	if (job.end)
		run_end(&job);
	printf("sent=%u eperm=%u other=%u\n", job.sent, job.eperm, job.other);
	return 0;
}
