// SPDX-License-Identifier: GPL-2.0
/*
 * Capture files, pcap and pcapng. This is the only file that knows libpcap.
 */
#include "capture.h"

#include <errno.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

/**
 * struct capture - an open capture file
 * @pcap: libpcap's side of it; NULL: it could not be opened
 * @link: of all its packets; libpcap reads one link type a file
 * @packets: read so far
 * @error: why the file cannot be read (on); empty: nothing is wrong
 */
struct capture {
	pcap_t *pcap;
	enum capture_link link;
	unsigned long long packets;
	char error[PCAP_ERRBUF_SIZE + 64];
};

/*
 * The values are libpcap's DLT_*, which are not the same on every system for
 * raw IP: captures from elsewhere bring 12, 14 or 101. Files that say "IPv4
 * only" have been seen with IPv6 in them: the packets know better.
 */
static const struct {
	int dlt;
	enum capture_link link;
} links[] = {
	{ DLT_EN10MB, CAPTURE_LINK_ETHERNET },
	{ DLT_LINUX_SLL, CAPTURE_LINK_SLL },
	{ DLT_LINUX_SLL2, CAPTURE_LINK_SLL2 },
	{ 12, CAPTURE_LINK_RAW },
	{ 14, CAPTURE_LINK_RAW },
	{ 101, CAPTURE_LINK_RAW },
	{ DLT_IPV4, CAPTURE_LINK_RAW },
	{ DLT_IPV6, CAPTURE_LINK_RAW },
	{ DLT_NULL, CAPTURE_LINK_NULL },
	{ DLT_LOOP, CAPTURE_LINK_LOOP },
};

static void link_find(struct capture *cap)
{
	int dlt = pcap_datalink(cap->pcap);
	const char *name = pcap_datalink_val_to_name(dlt);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(links); i++) {
		if (links[i].dlt != dlt)
			continue;
		cap->link = links[i].link;
		return;
	}
	snprintf(cap->error, sizeof(cap->error),
		 "link type %d (%s) is not supported, expected Ethernet, Linux cooked (v1, v2), raw IP or BSD loopback",
		 dlt, name ? name : "unknown");
}

/* Opened here and not by libpcap, so that messages name the file once. */
static FILE *file_open(struct capture *cap, const char *path)
{
	FILE *file;

	if (path[0] == '-' && !path[1])
		return stdin;
	file = fopen(path, "rb");
	if (!file)
		snprintf(cap->error, sizeof(cap->error), "cannot open: %s",
			 strerror(errno));
	return file;
}

/**
 * capture_open() - open a capture file
 * @path: of the file; "-" is standard input
 *
 * Return: the capture, which capture_free() frees, or NULL for want of memory.
 * capture_error() says whether it can be read.
 */
struct capture *capture_open(const char *path)
{
	struct capture *cap = calloc(1, sizeof(*cap));
	char error[PCAP_ERRBUF_SIZE];
	FILE *file;

	if (!cap)
		return NULL;
	file = file_open(cap, path);
	if (!file)
		return cap;
	cap->pcap = pcap_fopen_offline(file, error);
	if (!cap->pcap) {
		snprintf(cap->error, sizeof(cap->error),
			 "not a readable pcap or pcapng file: %s", error);
		if (file != stdin)
			fclose(file);
		return cap;
	}
	link_find(cap);
	return cap;
}

static u64 time_ms(const struct timeval *ts)
{
	if (ts->tv_sec < 0)
		return 0;
	return (u64)ts->tv_sec * 1000 + ts->tv_usec / 1000;
}

/**
 * capture_next() - read a packet
 * @cap: a capture without an error
 * @pkt: filled when the answer is 1
 *
 * Return: 1; 0 at the end of the file; -1 where it is broken, and
 * capture_error() says how.
 */
int capture_next(struct capture *cap, struct capture_packet *pkt)
{
	struct pcap_pkthdr *head;
	const u_char *data;
	int ret = pcap_next_ex(cap->pcap, &head, &data);

	if (ret == PCAP_ERROR_BREAK)
		return 0;
	if (ret != 1) {
		snprintf(cap->error, sizeof(cap->error), "packet %llu: %s",
			 cap->packets + 1, pcap_geterr(cap->pcap));
		return -1;
	}
	cap->packets++;
	pkt->data = data;
	pkt->len = head->caplen;
	pkt->wire_len = head->len;
	pkt->time_ms = time_ms(&head->ts);
	return 1;
}

/**
 * capture_link() - the link type of a capture
 * @cap: a capture without an error
 *
 * Return: enum capture_link.
 */
enum capture_link capture_link(const struct capture *cap)
{
	return cap->link;
}

/**
 * capture_error() - what is wrong with a capture
 * @cap: capture
 *
 * Return: a sentence without the file's name, or NULL if nothing is wrong.
 */
const char *capture_error(const struct capture *cap)
{
	return cap->error[0] ? cap->error : NULL;
}

/**
 * capture_free() - close a capture
 * @cap: from capture_open(), or NULL
 */
void capture_free(struct capture *cap)
{
	if (!cap)
		return;
	if (cap->pcap)
		pcap_close(cap->pcap);
	free(cap);
}
