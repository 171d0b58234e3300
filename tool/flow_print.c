// SPDX-License-Identifier: GPL-2.0
#include "flow_print.h"
#include "names.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>

static const char *addr_text(const struct nl_flow *flow, const u8 *addr,
			     char *buf, size_t size)
{
	return inet_ntop(flow->family == 6 ? AF_INET6 : AF_INET, addr, buf,
			 (socklen_t)size);
}

/* "a, b" of the evidence bits, or "-". */
static const char *evidence_text(u64 evidence, char *buf, size_t size)
{
	size_t len = 0;
	u32 i;

	snprintf(buf, size, "-");
	for (i = 0; i < 64 && len < size; i++) {
		if (evidence & 1ull << i)
			len += (size_t)snprintf(buf + len, size - len, "%s%s",
						len ? ", " : "",
						name_of(evidence_names, i));
	}
	return buf;
}

static json_t *evidence_json(u64 evidence)
{
	json_t *array = json_array();
	u32 i;

	for (i = 0; i < 64; i++) {
		if (evidence & 1ull << i)
			json_array_append_new(array,
					      json_string(name_of(evidence_names, i)));
	}
	return array;
}

/**
 * flow_headline() - a flow in one line
 * @flow: the flow
 * @buf: filled with "udp 192.0.2.1:5004 > 192.0.2.2:5004 rtp clear"
 * @size: of @buf
 */
void flow_headline(const struct nl_flow *flow, char *buf, size_t size)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	const char *format = flow->family == 6 ?
		"%s [%s]:%u > [%s]:%u %s %s" : "%s %s:%u > %s:%u %s %s";

	snprintf(buf, size, format, l4proto_name(flow->l4proto),
		 addr_text(flow, flow->saddr, src, sizeof(src)), flow->sport,
		 addr_text(flow, flow->daddr, dst, sizeof(dst)), flow->dport,
		 name_of(class_names, flow->class),
		 name_of(protection_names, flow->protection));
}

static void owner_print(const struct nl_flow *flow, bool numeric)
{
	const struct passwd *pw;

	if (!flow->has_uid) {
		printf("  netns %llu\n", flow->netns);
		return;
	}
	pw = numeric ? NULL : getpwuid(flow->uid);
	if (pw)
		printf("  netns %llu user %s\n", flow->netns, pw->pw_name);
	else
		printf("  netns %llu uid %u\n", flow->netns, flow->uid);
}

/**
 * flow_print() - print a flow and its streams
 * @flow: the flow
 * @numeric: look no user name up
 */
void flow_print(const struct nl_flow *flow, bool numeric)
{
	const struct nl_stream *stream;
	char buf[256];
	u32 i;

	flow_headline(flow, buf, sizeof(buf));
	puts(buf);
	printf("  evidence %s\n",
	       evidence_text(flow->evidence, buf, sizeof(buf)));
	printf("  packets %llu bytes %llu media %llu passed %llu dropped %llu held %llu",
	       flow->packets, flow->bytes, flow->media_packets, flow->passed,
	       flow->dropped, flow->held);
	if (flow->has_before_verdict)
		printf(" decided-at %u", flow->before_verdict);
	printf(" idle %llu.%03us\n", flow->idle_ms / 1000,
	       (unsigned int)(flow->idle_ms % 1000));
	owner_print(flow, numeric);
	for (i = 0; i < flow->n_streams; i++) {
		stream = &flow->streams[i];
		printf("  stream 0x%08x %s pt %u %s %s packets %llu evidence %s\n",
		       stream->ssrc, stream->reply ? "reply" : "original",
		       stream->pt, name_of(class_names, stream->class),
		       name_of(protection_names, stream->protection),
		       stream->packets,
		       evidence_text(stream->evidence, buf, sizeof(buf)));
		if (stream->feature[0])
			printf("    content test: %s, %u bits against cipher text\n",
			       stream->feature, stream->bits);
	}
}

/* What the content test found, or null where other evidence decided. */
static json_t *content_json(const struct nl_stream *stream)
{
	return stream->feature[0] ?
	       json_pack("{s:s, s:i}", "feature", stream->feature,
			 "bits", stream->bits) : json_null();
}

static json_t *stream_json(const struct nl_stream *stream)
{
	char ssrc[16];

	snprintf(ssrc, sizeof(ssrc), "0x%08x", stream->ssrc);
	return json_pack("{s:s, s:s, s:i, s:s, s:s, s:o, s:I, s:o}",
			 "ssrc", ssrc,
			 "direction", stream->reply ? "reply" : "original",
			 "payload_type", stream->pt,
			 "class", name_of(class_names, stream->class),
			 "protection", name_of(protection_names,
					       stream->protection),
			 "evidence", evidence_json(stream->evidence),
			 "packets", (json_int_t)stream->packets,
			 "content", content_json(stream));
}

/**
 * flow_json() - a flow and its streams as a JSON object
 * @flow: the flow
 *
 * Return: a new reference.
 */
json_t *flow_json(const struct nl_flow *flow)
{
	char src[INET6_ADDRSTRLEN], dst[INET6_ADDRSTRLEN];
	json_t *streams = json_array();
	u32 i;

	for (i = 0; i < flow->n_streams; i++)
		json_array_append_new(streams, stream_json(&flow->streams[i]));
	return json_pack("{ss,ss,si,ss,si,sI,so,ss,ss,so,sI,sI,sI,sI,sI,sI,so,sI,so}",
			 "proto", l4proto_name(flow->l4proto),
			 "src", addr_text(flow, flow->saddr, src, sizeof(src)),
			 "sport", flow->sport,
			 "dst", addr_text(flow, flow->daddr, dst, sizeof(dst)),
			 "dport", flow->dport,
			 "netns", (json_int_t)flow->netns,
			 "uid", flow->has_uid ? json_integer(flow->uid) : json_null(),
			 "class", name_of(class_names, flow->class),
			 "protection", name_of(protection_names, flow->protection),
			 "evidence", evidence_json(flow->evidence),
			 "packets", (json_int_t)flow->packets,
			 "bytes", (json_int_t)flow->bytes,
			 "media_packets", (json_int_t)flow->media_packets,
			 "passed", (json_int_t)flow->passed,
			 "dropped", (json_int_t)flow->dropped,
			 "held", (json_int_t)flow->held,
			 "packets_before_verdict", flow->has_before_verdict ?
			 json_integer(flow->before_verdict) : json_null(),
			 "idle_ms", (json_int_t)flow->idle_ms,
			 "streams", streams);
}
