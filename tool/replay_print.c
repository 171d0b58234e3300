// SPDX-License-Identifier: GPL-2.0
#include "json_print.h"
#include "names.h"
#include "core/content.h"
#include "replay.h"
#include "rtpguard.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>

#define JSON_FLAGS (JSON_COMPACT | JSON_PRESERVE_ORDER)

/* "[address]:port", or without brackets for IPv4. */
#define END_SIZE (INET6_ADDRSTRLEN + 10)

static const char *addr_text(const struct replay_key *key, u8 end, char *buf)
{
	return inet_ntop(key->family == 6 ? AF_INET6 : AF_INET, key->addr[end],
			 buf, INET6_ADDRSTRLEN);
}

static const char *end_text(const struct replay_key *key, u8 end, char *buf)
{
	char addr[INET6_ADDRSTRLEN];

	snprintf(buf, END_SIZE, key->family == 6 ? "[%s]:%u" : "%s:%u",
		 addr_text(key, end, addr), key->port[end]);
	return buf;
}

static void summarise(const struct replay_flow *flow, struct rg_summary *sum)
{
	const struct replay_media *media;
	struct rg_summary one;

	memset(sum, 0, sizeof(*sum));
	for (media = flow->media; media; media = media->next) {
		rg_media_summary(&media->core, &one);
		rg_summary_merge(sum, &one);
	}
}

static const char *flow_verdict(const struct replay *replay,
				const struct replay_flow *flow)
{
	return name_of(verdict_names,
		       replay_flow_passes(replay->config, flow) ?
		       RTPGUARD_VERDICT_ACCEPT : RTPGUARD_VERDICT_DROP);
}

static json_t *evidence_json(u64 evidence)
{
	json_t *array = json_array();
	u32 i;

	for (i = 0; evidence_names[i]; i++) {
		if (evidence & 1ull << i)
			json_array_append_new(array,
					      json_string(evidence_names[i]));
	}
	return array;
}

static json_t *count_json(u64 count)
{
	return count ? json_integer((json_int_t)count) : json_null();
}

/* What the content test found, or null where another evidence decided. */
static json_t *content_json(const struct rg_stream *stream)
{
	if (!(stream->evidence & RTPGUARD_EVIDENCE_PAYLOAD_STRUCTURE))
		return json_null();
	return json_pack("{s:s, s:f}", "feature",
			 rg_features[stream->feature].name,
			 "bits", (double)stream->peak / RG_BIT);
}

static json_t *stream_json(const struct replay_stream *stream, bool reply)
{
	const struct rg_stream *last = &stream->last;
	char ssrc[16];

	snprintf(ssrc, sizeof(ssrc), "0x%08x", stream->ssrc);
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:o, s:I, s:o, s:o, s:o, s:i}",
			 "ssrc", ssrc,
			 "direction", reply ? "reply" : "original",
			 "payload_type", last->pt,
			 "class", name_of(class_names, last->class),
			 "protection", name_of(protection_names,
					       last->protection),
			 "evidence", evidence_json(last->evidence),
			 "packets", (json_int_t)stream->packets,
			 "packets_before_suspected",
			 count_json(stream->suspected_at),
			 "packets_before_verdict",
			 count_json(stream->decided_at),
			 "content", content_json(last),
			 "trials", last->trials);
}

static void streams_append(json_t *array, const struct replay_flow *flow,
			   const struct replay_media *media)
{
	const struct replay_stream *stream;

	for (stream = media->streams; stream; stream = stream->next) {
		/* The flow may have begun with what is no media. */
		bool reply = (stream->dir == RG_DIR_REPLY) ^
			     (media->from != flow->from);

		if (rg_stream_recognised(&stream->last))
			json_array_append_new(array, stream_json(stream, reply));
	}
}

/* All streams that were recognised, peer by peer, in order of appearance. */
static json_t *streams_json(const struct replay_flow *flow)
{
	const struct replay_media *media;
	json_t *array = json_array();

	for (media = flow->media; media; media = media->next)
		streams_append(array, flow, media);
	return array;
}

static json_int_t flow_count(const struct replay_flow *flow,
			     enum rtpguard_verdict verdict)
{
	return (json_int_t)replay_flow_verdicts(flow, verdict);
}

static json_int_t media_packets(const struct replay_flow *flow)
{
	const struct replay_media *media;
	u64 packets = 0;

	for (media = flow->media; media; media = media->next)
		packets += media->media_packets;
	return (json_int_t)packets;
}

static json_t *flow_json(const struct replay *replay,
			 const struct replay_flow *flow)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	u64 dropped = replay_flow_dropped(flow);
	struct rg_summary sum;

	summarise(flow, &sum);
	return json_pack("{ss,ss,si,ss,si,ss,ss,so,sI,sI,sI,so,sI,sI,sI,sI,sI,ss,sI,so}",
			 "proto", l4proto_name(flow->key.l4proto),
			 "src", addr_text(&flow->key, flow->from, src),
			 "sport", flow->key.port[flow->from],
			 "dst", addr_text(&flow->key, !flow->from, dst),
			 "dport", flow->key.port[!flow->from],
			 "class", name_of(class_names, sum.class),
			 "protection", name_of(protection_names, sum.protection),
			 "evidence", evidence_json(sum.evidence),
			 "packets", (json_int_t)flow->packets,
			 "bytes", (json_int_t)flow->bytes,
			 "media_packets", media_packets(flow),
			 "packets_before_verdict", sum.packets_before_verdict ?
			 json_integer((json_int_t)sum.packets_before_verdict) :
			 json_null(),
			 "passed", (json_int_t)replay_flow_passed(flow),
			 "dropped", (json_int_t)dropped,
			 "held", flow_count(flow, RTPGUARD_VERDICT_HOLD),
			 "would_drop", flow_count(flow, RTPGUARD_VERDICT_WOULD_DROP),
			 "would_hold", flow_count(flow, RTPGUARD_VERDICT_WOULD_HOLD),
			 "verdict", flow_verdict(replay, flow),
			 "ssrcs", (json_int_t)sum.ssrcs,
			 "streams", streams_json(flow));
}

static u64 dropped_total(const struct replay *replay)
{
	return replay->verdicts[RTPGUARD_VERDICT_DROP] +
	       replay->verdicts[RTPGUARD_VERDICT_HOLD];
}

static json_t *file_json(const struct replay *replay, const char *path,
			 const char *error)
{
	json_t *json;

	json = json_pack("{s:i, s:o, s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I}",
			 "schema", RG_JSON_SCHEMA,
			 "file", json_path(path),
			 "mode", name_of(mode_names, replay->config->mode),
			 "packets", (json_int_t)replay->packets,
			 "bytes", (json_int_t)replay->bytes,
			 "undecoded", (json_int_t)replay->kinds[REPLAY_KIND_UNDECODED],
			 "fragments", (json_int_t)replay->kinds[REPLAY_KIND_FRAGMENT],
			 "other", (json_int_t)replay->kinds[REPLAY_KIND_OTHER],
			 "dropped", (json_int_t)dropped_total(replay),
			 "held", (json_int_t)replay->verdicts[RTPGUARD_VERDICT_HOLD],
			 "before_verdict", (json_int_t)replay->before_verdict);
	if (json && error)
		json_object_set_new(json, "error", json_string(error));
	return json;
}

/* Return: 0, or -1 when it could not be made or written. */
static int json_put(json_t *json, size_t flags)
{
	int ret = json ? json_dumpf(json, stdout, JSON_FLAGS | flags) : -1;

	json_decref(json);
	return ret;
}

/* Flow by flow: a million of them need not be in memory once more as JSON. */
static int json_print_file(const struct replay *replay, const char *path,
			   const char *error)
{
	const struct replay_flow *flow;

	putchar('{');
	if (json_put(file_json(replay, path, error), JSON_EMBED))
		return -1;
	fputs(",\"flows\":[", stdout);
	for (flow = replay->flows.first; flow; flow = flow->next) {
		if (json_put(flow_json(replay, flow), 0))
			return -1;
		if (flow->next)
			putchar(',');
	}
	puts("]}");
	return 0;
}

/* How wide the two columns of addresses have to be. */
static int ends_width(const struct replay *replay)
{
	const struct replay_flow *flow;
	char buf[END_SIZE];
	size_t width = sizeof("SOURCE") - 1;
	u8 end;

	for (flow = replay->flows.first; flow; flow = flow->next) {
		for (end = 0; end < 2; end++) {
			size_t len = strlen(end_text(&flow->key, end, buf));

			width = len > width ? len : width;
		}
	}
	return (int)width;
}

static void evidence_print(u64 evidence)
{
	const char *separator = "";
	u32 i;

	for (i = 0; evidence_names[i]; i++) {
		if (!(evidence & 1ull << i))
			continue;
		printf("%s%s", separator, evidence_names[i]);
		separator = ",";
	}
	puts(evidence ? "" : "-");
}

static void flow_print(const struct replay *replay,
		       const struct replay_flow *flow, int width)
{
	u64 dropped = replay_flow_dropped(flow);
	char src[END_SIZE], dst[END_SIZE];
	struct rg_summary sum;

	summarise(flow, &sum);
	printf("%-7s %-*s %-*s %-7s %-12s %9llu %9llu %9llu %-7s ",
	       l4proto_name(flow->key.l4proto), width,
	       end_text(&flow->key, flow->from, src), width,
	       end_text(&flow->key, !flow->from, dst),
	       name_of(class_names, sum.class),
	       name_of(protection_names, sum.protection),
	       flow->packets, replay_flow_passed(flow), dropped,
	       flow_verdict(replay, flow));
	evidence_print(sum.evidence);
}

static void text_print_file(const struct replay *replay, const char *path)
{
	int width = ends_width(replay);
	const struct replay_flow *flow;

	if (!replay->packets)
		return;
	if (replay->flows.first)
		printf("%-7s %-*s %-*s %-7s %-12s %9s %9s %9s %-7s %s\n",
		       "PROTO", width, "SOURCE", width, "DEST", "CLASS",
		       "PROTECTION", "PACKETS", "PASSED", "DROPPED", "VERDICT",
		       "EVIDENCE");
	for (flow = replay->flows.first; flow; flow = flow->next)
		flow_print(replay, flow, width);
	printf("%s: %s, %llu packets, %u flows; %llu dropped (%llu of them held), ",
	       path, name_of(mode_names, replay->config->mode),
	       replay->packets, replay->flows.count, dropped_total(replay),
	       replay->verdicts[RTPGUARD_VERDICT_HOLD]);
	printf("%llu left before the verdict; ", replay->before_verdict);
	printf("%llu without ports, %llu later fragments, %llu undecoded\n",
	       replay->kinds[REPLAY_KIND_OTHER],
	       replay->kinds[REPLAY_KIND_FRAGMENT],
	       replay->kinds[REPLAY_KIND_UNDECODED]);
}

/**
 * replay_print() - print what a capture was judged to be
 * @replay: after replay_run()
 * @path: of the capture
 * @error: why it could not be read to its end, or NULL
 * @json: one JSON object on a line of its own, else a table
 *
 * Return: 0, or -1 when it could not be written.
 */
int replay_print(const struct replay *replay, const char *path,
		 const char *error, bool json)
{
	int ret = 0;

	if (json)
		ret = json_print_file(replay, path, error);
	else
		text_print_file(replay, path);
	return ret || fflush(stdout) || ferror(stdout) ? -1 : 0;
}
