// SPDX-License-Identifier: GPL-2.0
/*
 * The eavesdropper: rebuilds a call from a capture of the line, as anybody on
 * it could. Knows nothing of the phones and their signalling: it looks for
 * packets that go on like RTP and decodes them as G.711 (RFC 3551).
 */
#include "channel.h"
#include "likeness.h"
#include "stream.h"
#include "wav.h"

#include <getopt.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

enum { LEFT, RIGHT, N_CHANNELS };

static const char *const channel_names[N_CHANNELS] = {
	[LEFT] = "left",
	[RIGHT] = "right",
};

struct options {
	const char *path;
	const char *wav;
	const char *like[N_CHANNELS];
	int n_like;
	bool left_given;
	struct frame_end left;
};

static void help(FILE *to)
{
	fputs("usage: eavesdrop [OPTION]... CAPTURE\n"
	      "Rebuilds the G.711 calls in a capture (Ethernet, Linux cooked, raw IP).\n"
	      "  -w, --wav FILE      write what is heard, in stereo: a side a channel\n"
	      "  -l, --left ADDRESS  who speaks on the left; otherwise the first heard\n"
	      "  -k, --like FILE     how like this recording is it? The first time the\n"
	      "                      left channel, the second time the right one\n"
	      "Prints a line a stream and a channel, then the length of the longer one.\n",
	      to);
}

static int like_add(struct options *opt, const char *path)
{
	if (opt->n_like == N_CHANNELS) {
		fputs("eavesdrop: --like is for two channels, given a third time\n",
		      stderr);
		return -1;
	}
	opt->like[opt->n_like++] = path;
	return 0;
}

static int left_set(struct options *opt, const char *text)
{
	opt->left_given = frame_address_parse(text, &opt->left);
	if (opt->left_given)
		return 0;
	fprintf(stderr, "eavesdrop: --left %s: expected an IPv4 or IPv6 address\n",
		text);
	return -1;
}

static int option_set(struct options *opt, int option)
{
	switch (option) {
	case 'w':
		opt->wav = optarg;
		return 0;
	case 'l':
		return left_set(opt, optarg);
	case 'k':
		return like_add(opt, optarg);
	case 'h':
		help(stdout);
		exit(0);
	default:
		return -1;
	}
}

static int options_parse(struct options *opt, int argc, char **argv)
{
	static const struct option longs[] = {
		{ "wav", required_argument, NULL, 'w' },
		{ "left", required_argument, NULL, 'l' },
		{ "like", required_argument, NULL, 'k' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 }
	};
	int option;

	while ((option = getopt_long(argc, argv, "w:l:k:h", longs, NULL)) >= 0) {
		if (option_set(opt, option))
			return -1;
	}
	if (optind + 1 != argc) {
		help(stderr);
		return -1;
	}
	opt->path = argv[optind];
	return 0;
}

/* Times before 1970 are a broken capture's; the order of streams is all lost. */
static u64 time_us(const struct timeval *ts)
{
	if (ts->tv_sec < 0 || ts->tv_usec < 0)
		return 0;
	return (u64)ts->tv_sec * 1000000 + ts->tv_usec;
}

static int broken(const char *path, unsigned long number, const char *how)
{
	fprintf(stderr, "%s: packet %lu: %s\n", path, number, how);
	return -1;
}

static int packets_read(pcap_t *pcap, const char *path,
			struct stream_table *table)
{
	unsigned long number = 1;
	struct pcap_pkthdr *head;
	struct frame_udp udp;
	const u_char *data;
	const char *problem;
	int dlt = pcap_datalink(pcap);
	int ret;

	for (; (ret = pcap_next_ex(pcap, &head, &data)) == 1; number++) {
		if (!frame_udp_parse(dlt, data, head->caplen, &udp))
			continue;
		problem = stream_feed(table, &udp, number, time_us(&head->ts));
		if (problem)
			return broken(path, number, problem);
	}
	return ret == PCAP_ERROR_BREAK ? 0 :
					 broken(path, number, pcap_geterr(pcap));
}

static int capture_read(const char *path, struct stream_table *table)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_open_offline(path, error);
	int ret = -1;

	if (!pcap) {
		fprintf(stderr, "%s: packet 0: not a readable capture: %s\n", path,
			error);
		return -1;
	}
	if (frame_link_known(pcap_datalink(pcap)))
		ret = packets_read(pcap, path, table);
	else
		fprintf(stderr,
			"%s: packet 0: link type %d, expected Ethernet, Linux cooked or IP\n",
			path, pcap_datalink(pcap));
	pcap_close(pcap);
	return ret;
}

static void stream_print(const struct stream *stream)
{
	char from[FRAME_NAME_LEN], to[FRAME_NAME_LEN];

	frame_end_name(&stream->from, from);
	frame_end_name(&stream->to, to);
	printf("stream from=%s to=%s ssrc=0x%08x codec=%s packets=%u lost=%llu duplicates=%llu\n",
	       from, to, stream->ssrc,
	       stream->packets[0].type == STREAM_PCMU ? "pcmu" : "pcma",
	       stream->n_packets, (unsigned long long)stream->lost,
	       (unsigned long long)stream->duplicates);
}

static void streams_print(const struct stream_table *table)
{
	u32 i;

	for (i = 0; i < table->n; i++)
		stream_print(&table->streams[i]);
}

static int side(const struct options *opt, const struct stream_table *table,
		const struct stream *stream)
{
	const struct frame_end *left = &table->streams[0].from;

	if (opt->left_given)
		left = &opt->left;
	return frame_address_same(left, &stream->from) ? LEFT : RIGHT;
}

static u64 start_of(const struct stream_table *table)
{
	u64 start_us = table->n ? table->streams[0].start_us : 0;
	u32 i;

	for (i = 1; i < table->n; i++) {
		if (table->streams[i].start_us < start_us)
			start_us = table->streams[i].start_us;
	}
	return start_us;
}

static int rebuild(const struct options *opt, const struct stream_table *table,
		   struct channel *channels)
{
	u64 start_us = start_of(table);
	unsigned long number;
	const char *problem;
	u32 i;

	for (i = 0; i < table->n; i++) {
		struct stream *stream = &table->streams[i];
		u64 us = stream->start_us - start_us;

		stream_sort(stream);
		problem = channel_lay(&channels[side(opt, table, stream)], stream,
				      us * CHANNEL_MS / 1000, &number);
		if (problem)
			return broken(opt->path, number, problem);
	}
	return 0;
}

static int channel_like(const struct channel *channel, const char *path)
{
	double likeness;
	short *played;
	u32 n;
	int ret;

	played = wav_read(path, &n);
	if (!played)
		return -1;
	ret = likeness_find(channel->samples, channel->n, played, n, &likeness);
	free(played);
	if (ret)
		fputs("eavesdrop: out of memory\n", stderr);
	else
		printf(" like=%.3f", likeness);
	return ret;
}

static int channels_print(const struct options *opt,
			  const struct channel *channels)
{
	u64 most = 0;
	int i;

	for (i = 0; i < N_CHANNELS; i++) {
		const struct channel *channel = &channels[i];

		printf("%s packets=%llu lost=%llu ms=%llu", channel_names[i],
		       (unsigned long long)channel->packets,
		       (unsigned long long)channel->lost,
		       (unsigned long long)channel->heard / CHANNEL_MS);
		if (opt->like[i] && channel_like(channel, opt->like[i]))
			return -1;
		printf("\n");
		if (channel->heard > most)
			most = channel->heard;
	}
	printf("recovered ms=%llu\n", (unsigned long long)most / CHANNEL_MS);
	return 0;
}

/* A channel that ends before the other goes on in silence. */
static int channels_write(const char *path, struct channel *channels)
{
	const short *samples[N_CHANNELS];
	u32 n = 0;
	int i;

	for (i = 0; i < N_CHANNELS; i++)
		n = channels[i].n > n ? channels[i].n : n;
	for (i = 0; i < N_CHANNELS; i++) {
		if (channel_grow(&channels[i], n)) {
			fputs("eavesdrop: out of memory\n", stderr);
			return -1;
		}
		samples[i] = channels[i].samples;
	}
	return wav_write(path, samples, N_CHANNELS, n);
}

int main(int argc, char **argv)
{
	struct channel channels[N_CHANNELS] = { 0 };
	struct stream_table table = { 0 };
	struct options opt = { 0 };
	int ret;

	if (options_parse(&opt, argc, argv))
		return 2;
	ret = capture_read(opt.path, &table);
	if (!ret)
		ret = rebuild(&opt, &table, channels);
	if (!ret) {
		streams_print(&table);
		ret = channels_print(&opt, channels);
	}
	if (!ret && opt.wav)
		ret = channels_write(opt.wav, channels);
	stream_table_free(&table);
	free(channels[LEFT].samples);
	free(channels[RIGHT].samples);
	return ret ? 1 : 0;
}
