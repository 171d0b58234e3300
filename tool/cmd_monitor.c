// SPDX-License-Identifier: GPL-2.0
#include "flow_print.h"
#include "json_print.h"
#include "names.h"
#include "nl.h"
#include "rtpguard.h"

#include <signal.h>
#include <string.h>

static void on_signal(int signal)
{
	/* Nothing to do: the read that it interrupts ends the command. */
	(void)signal;
}

/* Ctrl-C and a service manager's stop are the ordinary end, with status 0. */
static void signals_catch(void)
{
	struct sigaction action = { .sa_handler = on_signal };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static void event_json(const struct nl_event *event, u64 lost)
{
	char now[32];
	json_t *object;

	object = json_pack("{s:s, s:I, s:s, s:I}",
			   "time", json_time(now, sizeof(now)),
			   "seq", (json_int_t)event->seq,
			   "event", name_of(event_names, event->type),
			   "lost", (json_int_t)lost);
	if (event->type == RTPGUARD_EVENT_TYPE_MODE)
		json_object_set_new(object, "mode",
				    json_string(name_of(mode_names, event->mode)));
	if (event->type == RTPGUARD_EVENT_TYPE_RULESET)
		json_object_set_new(object, "generation",
				    json_integer((json_int_t)event->generation));
	if (event->has_verdict)
		json_object_set_new(object, "verdict",
				    json_string(name_of(verdict_names,
							event->verdict)));
	if (event->rule[0])
		json_object_set_new(object, "rule", json_string(event->rule));
	if (event->has_flow)
		json_object_set_new(object, "flow", flow_json(&event->flow));
	json_print(object);
}

static void event_print(const struct nl_event *event, u64 lost)
{
	char now[32], text[256];

	if (lost)
		printf("%llu events lost\n", lost);
	printf("%s %s", json_time(now, sizeof(now)),
	       name_of(event_names, event->type));
	if (event->type == RTPGUARD_EVENT_TYPE_MODE)
		printf(" %s", name_of(mode_names, event->mode));
	if (event->type == RTPGUARD_EVENT_TYPE_RULESET)
		printf(" generation %llu", event->generation);
	if (event->has_verdict)
		printf(" %s by %s", name_of(verdict_names, event->verdict),
		       event->rule[0] ? event->rule : "default");
	if (event->has_flow) {
		flow_headline(&event->flow, text, sizeof(text));
		printf(" %s", text);
	}
	putchar('\n');
	fflush(stdout);
}

static void on_event(const struct nl_event *event, u64 lost, void *arg)
{
	const struct options *opt = arg;

	if (opt->json)
		event_json(event, lost);
	else
		event_print(event, lost);
}

int cmd_monitor(const struct options *opt, int argc, char **argv)
{
	struct options copy = *opt;
	struct nl *nl;
	int ret;

	if (argc > 1)
		return usage_error("monitor takes no argument, got '%s'", argv[1]);
	signals_catch();
	ret = nl_open(&nl);
	if (ret)
		return ret;
	ret = nl_follow(nl, on_event, &copy);
	nl_close(nl);
	return ret;
}
