// SPDX-License-Identifier: GPL-2.0
#include "json_print.h"
#include "names.h"
#include "nl.h"
#include "rtpguard.h"

/* What is known to be missing: a promise has to say where it ends. */
static const char *const not_covered[] = {
	"sctp", "dccp", "tunnels", "af-packet", "flowtable-offload",
	"h460.19", "socks5", "sdes", "http-media", "rtmp-in-http", "vban",
	"icecast", "spice", "pulseaudio", "ndi", "remote-desktop",
	"ms-turn", "turn-tcp-relay", "stun-rfc3489", "telegram", "quic",
	NULL
};

static const struct {
	u32 attr;
	const char *name;
} totals[] = {
	{ RTPGUARD_A_TOTALS_PACKETS, "packets" },
	{ RTPGUARD_A_TOTALS_ACCEPTED, "accepted" },
	{ RTPGUARD_A_TOTALS_DROPPED, "dropped" },
	{ RTPGUARD_A_TOTALS_HELD, "held" },
	{ RTPGUARD_A_TOTALS_WOULD_DROP, "would-drop" },
	{ RTPGUARD_A_TOTALS_WOULD_HOLD, "would-hold" },
	{ RTPGUARD_A_TOTALS_BEFORE_VERDICT, "before-verdict" },
	{ RTPGUARD_A_TOTALS_LEARNED, "learned" },
	{ RTPGUARD_A_TOTALS_TABLE_FULL, "table-full" },
	{ RTPGUARD_A_TOTALS_CHAIN_FULL, "chain-full" },
	{ RTPGUARD_A_TOTALS_OWNER_FULL, "owner-full" },
	{ RTPGUARD_A_TOTALS_EVICTED, "evicted" },
	{ RTPGUARD_A_TOTALS_RESTORED, "restored" },
	{ RTPGUARD_A_TOTALS_CREDITED, "credited" },
	{ RTPGUARD_A_TOTALS_DROPPED_AGAIN, "dropped-again" },
	{ RTPGUARD_A_TOTALS_NO_MEMORY, "no-memory" },
	{ RTPGUARD_A_TOTALS_UNDECODABLE, "undecodable" },
	{ RTPGUARD_A_TOTALS_FRAG_UNJUDGED, "frag-unjudged" },
	{ RTPGUARD_A_TOTALS_EVENTS_LOST, "events-lost" },
};

static void bits_print(const char *title, u32 bitmap, const char *const *names)
{
	u32 i;

	fputs(title, stdout);
	for (i = 0; names[i]; i++) {
		if (bitmap & 1u << i)
			printf(" %s", names[i]);
	}
	putchar('\n');
}

static json_t *bits_json(u32 bitmap, const char *const *names)
{
	json_t *array = json_array();
	u32 i;

	for (i = 0; names[i]; i++) {
		if (bitmap & 1u << i)
			json_array_append_new(array, json_string(names[i]));
	}
	return array;
}

static void status_print(const struct nl_status *status)
{
	size_t i;

	printf("version %s\n", status->version);
	printf("mode %s\n", name_of(mode_names, status->mode));
	printf("generation %llu\n", status->generation);
	printf("rules %u\n", status->rules);
	printf("flows %u of %u\n", status->flows, status->flows_max);
	bits_print("covered classes", status->classes, class_names);
	bits_print("covered paths", status->paths, path_names);
	bits_print("not covered", ~0u, not_covered);
	for (i = 0; i < ARRAY_SIZE(totals); i++)
		printf("%s %llu\n", totals[i].name,
		       status->totals[totals[i].attr]);
}

static void status_json(const struct nl_status *status)
{
	json_t *sums = json_object();
	size_t i;

	for (i = 0; i < ARRAY_SIZE(totals); i++)
		json_object_set_new(sums, totals[i].name,
				    json_integer((json_int_t)status->totals[totals[i].attr]));
	json_print(json_pack("{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:o}",
			     "version", status->version,
			     "mode", name_of(mode_names, status->mode),
			     "generation", (json_int_t)status->generation,
			     "rules", (json_int_t)status->rules,
			     "flows", (json_int_t)status->flows,
			     "flows_max", (json_int_t)status->flows_max,
			     "covered_classes",
			     bits_json(status->classes, class_names),
			     "covered_paths", bits_json(status->paths, path_names),
			     "not_covered", bits_json(~0u, not_covered),
			     "totals", sums));
}

int cmd_status(const struct options *opt, int argc, char **argv)
{
	struct nl_status status;
	struct nl *nl;
	int ret;

	if (argc > 1)
		return usage_error("status takes no argument, got '%s'", argv[1]);
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = nl_get_status(nl, &status);
	nl_close(nl);
	if (ret)
		return ret;
	if (opt->json)
		status_json(&status);
	else
		status_print(&status);
	return STATUS_OK;
}
