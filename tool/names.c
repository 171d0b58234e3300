// SPDX-License-Identifier: GPL-2.0
#include "names.h"
#include "core/types.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include <linux/rtpguard.h>

const char *const mode_names[] = {
	[RTPGUARD_MODE_OFF] = "off",
	[RTPGUARD_MODE_MONITOR] = "monitor",
	[RTPGUARD_MODE_ENFORCE] = "enforce",
	[RTPGUARD_MODE_STRICT] = "strict",
	NULL
};

const char *const class_names[] = {
	[RTPGUARD_CLASS_UNKNOWN] = "unknown",
	[RTPGUARD_CLASS_OTHER] = "other",
	[RTPGUARD_CLASS_RTP] = "rtp",
	[RTPGUARD_CLASS_RTCP] = "rtcp",
	[RTPGUARD_CLASS_SRTP] = "srtp",
	[RTPGUARD_CLASS_SRTCP] = "srtcp",
	[RTPGUARD_CLASS_DTLS] = "dtls",
	[RTPGUARD_CLASS_ZRTP] = "zrtp",
	[RTPGUARD_CLASS_STUN] = "stun",
	[RTPGUARD_CLASS_TURN] = "turn",
	[RTPGUARD_CLASS_SIP] = "sip",
	[RTPGUARD_CLASS_RTSP] = "rtsp",
	[RTPGUARD_CLASS_RTMP] = "rtmp",
	[RTPGUARD_CLASS_H323] = "h323",
	[RTPGUARD_CLASS_MGCP] = "mgcp",
	[RTPGUARD_CLASS_MEGACO] = "megaco",
	[RTPGUARD_CLASS_SCCP] = "sccp",
	[RTPGUARD_CLASS_IAX2] = "iax2",
	[RTPGUARD_CLASS_JINGLE] = "jingle",
	[RTPGUARD_CLASS_SRT] = "srt",
	[RTPGUARD_CLASS_MPEGTS] = "mpegts",
	[RTPGUARD_CLASS_T38] = "t38",
	[RTPGUARD_CLASS_ZOOM] = "zoom",
	NULL
};

const char *const protection_names[] = {
	[RTPGUARD_PROTECTION_UNDETERMINED] = "undetermined",
	[RTPGUARD_PROTECTION_UNIFORM] = "uniform",
	[RTPGUARD_PROTECTION_PROTECTED] = "protected",
	[RTPGUARD_PROTECTION_SUSPECTED] = "suspected",
	[RTPGUARD_PROTECTION_EXPOSED] = "exposed",
	[RTPGUARD_PROTECTION_NULL] = "null",
	[RTPGUARD_PROTECTION_CLEAR] = "clear",
	NULL
};

const char *const subject_names[] = {
	[RTPGUARD_SUBJECT_MEDIA] = "media",
	[RTPGUARD_SUBJECT_CONTROL] = "control",
	[RTPGUARD_SUBJECT_SIGNALLING] = "signalling",
	[RTPGUARD_SUBJECT_EMERGENCY] = "emergency",
	NULL
};

const char *const action_names[] = {
	[RTPGUARD_ACTION_ACCEPT] = "accept",
	[RTPGUARD_ACTION_DROP] = "drop",
	NULL
};

const char *const verdict_names[] = {
	[RTPGUARD_VERDICT_ACCEPT] = "accept",
	[RTPGUARD_VERDICT_DROP] = "drop",
	[RTPGUARD_VERDICT_HOLD] = "hold",
	[RTPGUARD_VERDICT_WOULD_DROP] = "would-drop",
	[RTPGUARD_VERDICT_WOULD_HOLD] = "would-hold",
	NULL
};

const char *const direction_names[] = {
	[RTPGUARD_DIRECTION_OUT] = "out",
	[RTPGUARD_DIRECTION_IN] = "in",
	NULL
};

const char *const evidence_names[] = {
	"rtp-continuity",
	"static-pt-length",
	"rtcp-chain",
	"payload-structure",
	"payload-uniform",
	"short-payload",
	"srtcp-trailer",
	"srtcp-null",
	"turn-carried",
	"dtls-done",
	"dtls-null",
	"dtls-null-offered",
	"zrtp-confirmed",
	"goclear",
	"header-clear",
	"header-secret",
	NULL
};

const char *const path_names[] = {
	"output-ipv4",
	"output-ipv6",
	"learn-input",
	NULL
};

const char *const event_names[] = {
	[RTPGUARD_EVENT_TYPE_FLOW] = "flow",
	[RTPGUARD_EVENT_TYPE_LOG] = "log",
	[RTPGUARD_EVENT_TYPE_MODE] = "mode",
	[RTPGUARD_EVENT_TYPE_RULESET] = "ruleset",
	NULL
};

/**
 * name_of() - the word for a value
 * @names: one of the arrays above
 * @value: index into it
 *
 * Return: the word, or "?" for what a newer module may send.
 */
const char *name_of(const char *const *names, __u32 value)
{
	__u32 i;

	for (i = 0; names[i]; i++) {
		if (i == value)
			return names[i];
	}
	return "?";
}

/**
 * name_find() - the value of a word
 * @names: one of the arrays above
 * @word: to look for
 *
 * Return: its index, or -1.
 */
int name_find(const char *const *names, const char *word)
{
	int i;

	for (i = 0; names[i]; i++) {
		if (!strcmp(names[i], word))
			return i;
	}
	return -1;
}

/**
 * names_join() - all words, for "expected ..."
 * @names: one of the arrays above
 * @buf: filled with "a, b, c"
 * @size: of @buf
 *
 * Return: @buf.
 */
const char *names_join(const char *const *names, char *buf, size_t size)
{
	size_t len = 0;
	int i;

	buf[0] = '\0';
	for (i = 0; names[i] && len < size; i++)
		len += snprintf(buf + len, size - len, "%s%s", i ? ", " : "",
				names[i]);
	return buf;
}

/**
 * l4proto_name() - the word for a transport protocol
 * @l4proto: IPPROTO_*
 *
 * Return: the word, or "?".
 */
const char *l4proto_name(__u8 l4proto)
{
	static const struct {
		__u8 l4proto;
		const char *name;
	} protos[] = {
		{ IPPROTO_UDP, "udp" },
		{ IPPROTO_UDPLITE, "udplite" },
		{ IPPROTO_TCP, "tcp" },
		{ IPPROTO_SCTP, "sctp" },
		{ IPPROTO_DCCP, "dccp" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(protos); i++) {
		if (protos[i].l4proto == l4proto)
			return protos[i].name;
	}
	return "?";
}
