#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Who may ask the module what, what it makes of malformed requests, and what its
# replies and events look like byte by byte.

# The tests are called by their names, and expect reads variables by theirs.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

# In a place that everybody can enter: a build directory may be root's alone.
make_tmp

NOBODY=65534
export RTPGUARD
export PYTHONDONTWRITEBYTECODE=1

DENIED="not permitted, expected CAP_NET_ADMIN in the host's user namespace"
ELSEWHERE="rtpguard: module out of reach, expected the host's network namespace"

# Those without privilege in the host's network namespace.
as_nobody()
{
	setpriv --reuid "$NOBODY" --regid "$NOBODY" --clear-groups \
		--inh-caps=-all "$@"
}

# Root, but without any capability.
as_powerless()
{
	setpriv --bounding-set=-all --inh-caps=-all "$@"
}

# The host's root with all capabilities, but only in a user namespace.
as_root_of_userns()
{
	unshare -Ur "$@"
}

as_nobodys_root_of_userns()
{
	as_nobody unshare -Ur "$@"
}

# Those whose network namespace is another one.
as_root_elsewhere()
{
	unshare -n "$@"
}

as_root_of_userns_elsewhere()
{
	unshare -Urn "$@"
}

as_nobodys_root_elsewhere()
{
	as_nobody unshare -Urn "$@"
}

at_home='as_nobody as_powerless as_root_of_userns as_nobodys_root_of_userns'
elsewhere='as_root_elsewhere as_root_of_userns_elsewhere as_nobodys_root_elsewhere'

# run WHO COMMAND...: sets status, out and err
run()
{
	status=0
	"$1" "$tmp/rtpguard" "${@:2}" >"$tmp/out" 2>"$tmp/err" || status=$?
	out=$(<"$tmp/out")
	err=$(<"$tmp/err")
}

# What must not change, whatever is refused.
state()
{
	"$RTPGUARD" list ruleset && total generation
}

unchanged()
{
	local now
	now=$(state) && [ "$now" = "$1" ] && return
	echo "# the state is now '$now'"
	return 1
}

## Permissions

reading_without_privilege_works()
{
	local who bad=0
	transfer -n 10 && expect received 10 || return 1
	for who in $at_home; do
		reads "$who" && continue
		echo "# $who"
		bad=1
	done
	return "$bad"
}

reads() # who
{
	run "$1" status && expect status 0 err '' &&
		grep -qx 'mode monitor' <<<"$out" || return 1
	run "$1" mode && expect status 0 err '' out monitor || return 1
	run "$1" list counters && expect status 0 err '' &&
		grep -q '^out *rtp *clear *would-drop' <<<"$out"
}

# refused_to WHO WHAT COMMAND...: WHAT is what the line begins with
refused_to()
{
	local who=$1 what=$2
	shift 2
	run "$who" "$@"
	expect status 4 out '' err "rtpguard: $what: $DENIED" && return
	echo "# $who: rtpguard $*"
	return 1
}

everything_else_needs_privilege()
{
	local who before bad=0
	before=$(state) || return 1
	for who in $at_home; do
		refused_to "$who" 'list flows' list flows || bad=1
		refused_to "$who" 'list ruleset' list ruleset || bad=1
		refused_to "$who" monitor monitor || bad=1
		refused_to "$who" set-mode mode off || bad=1
		refused_to "$who" load load "$tmp/rules" || bad=1
	done
	unchanged "$before" && [ "$bad" -eq 0 ]
}

nothing_works_from_elsewhere()
{
	local who command before bad=0
	before=$(state) || return 1
	for who in $elsewhere; do
		for command in status 'mode off' 'list flows' monitor \
				"load $tmp/rules"; do
			# shellcheck disable=SC2086 # words
			run "$who" $command
			expect status 4 out '' err "$ELSEWHERE" && continue
			echo "# $who: rtpguard $command"
			bad=1
		done
	done
	unchanged "$before" && [ "$bad" -eq 0 ]
}

# netlink_raw.py gets this answer for each of them, and none for the host's root.
only_root_is_let() # answer "who..." argument...
{
	local who said=$1 bad=0
	for who in $2; do
		answer=$("$who" "$tmp/netlink_raw.py" "${@:3}")
		expect answer "$said" && continue
		echo "# $who"
		bad=1
	done
	"$tmp/netlink_raw.py" "${@:3}" && [ "$bad" -eq 0 ]
}

# The id of the group is no secret, nor is the family's: they are not asked for.
the_event_group_cannot_be_joined()
{
	only_root_is_let EPERM "$at_home" join "$group"
}

# The group's number means nothing there: any privileged user may join it, and
# hears none of the host's events, not even while the host listens itself.
no_event_is_heard_elsewhere()
{
	local who pids=() bad=0
	mkfifo "$tmp/end" || return 1
	for who in as_at_home $elsewhere; do
		"$who" "$tmp/netlink_raw.py" listen "$group" <"$tmp/end" \
			>"$tmp/$who" &
		pids+=($!)
	done
	exec 9>"$tmp/end"
	for who in as_at_home $elsewhere; do
		busywait 30000 grep -q joined "$tmp/$who" || bad=1
	done
	mode monitor && transfer -n 10 && mode monitor || bad=1
	exec 9>&-
	wait "${pids[@]}"
	# Two modes, and the flow on its way out and in: all four are heard by one.
	for who in as_at_home $elsewhere; do
		heard=$(tail -n 1 "$tmp/$who")
		if [ "$who" = as_at_home ]; then
			expect heard 4 || bad=1
		else
			expect heard 0 || bad=1
		fi
	done
	return "$bad"
}

as_at_home()
{
	"$@"
}

the_family_cannot_be_used_from_elsewhere()
{
	only_root_is_let ENOENT "$elsewhere" status "$family"
}

# A socket that root opened and gave away is judged by who sends, and one that
# another opened is no better for being used by root.
a_socket_given_away_has_no_privilege()
{
	lent=$("$tmp/netlink_raw.py" lent "$NOBODY")
	given=$("$tmp/netlink_raw.py" given "$NOBODY")
	expect lent EPERM given EPERM
}

the_host_sees_other_namespaces_flows()
{
	transfer -n 10 && "$RTPGUARD" list flows |
		grep -q "^udp 10.0.0.1:$sport > 10.0.0.2:$PORT rtp clear"
}

## Malformed requests

cases() # group...
{
	"$tmp/netlink_cases.py" "$@"
}

bad_headers_are_refused() { cases header; }
queries_take_no_attribute() { cases query; }
bad_modes_are_refused() { cases set-mode; }
bad_loads_are_refused() { cases load; }
bad_defaults_are_refused() { cases default; }
bad_rules_are_refused() { cases rule; }
bad_sets_are_refused() { cases set; }
limits_are_kept() { cases limit; }

one_byte_changed() { cases mutate && keep_rules; }

rules_that_only_programs_load_can_be_listed() { cases odd && keep_rules; }

## Replies and events

# The comment was in kernel memory that is free now, many times over.
replies_hold_nothing_else()
{
	local i stale=stale-kernel-memory
	for i in 1 2 3; do
		load_rules "rule $stale { media any; accept; comment \"$stale $stale $stale\" }" ||
			return 1
	done
	"$RTPGUARD" list ruleset | grep -q "$stale $stale" || return 1
	transfer -n 10 && transfer6 -k rtcp -n 5 &&
		"$tmp/netlink_replies.py" replies "$stale" && keep_rules
}

a_dump_that_is_overtaken_says_so()
{
	"$tmp/netlink_replies.py" overtaken && keep_rules
}

# Numbers begin with the module, and nobody has listened yet.
events_are_numbered()
{
	unload_module && insmod "$RTPGUARD_KO" &&
		"$tmp/netlink_replies.py" events && keep_rules
}

a_slow_reader_knows_what_it_lost()
{
	"$tmp/netlink_replies.py" lost
}

the_tool_says_how_many_events_it_lost()
{
	local reader rc=0
	"$RTPGUARD" monitor --json >"$tmp/events" &
	reader=$!
	# While it is stopped, more events come than its socket has room for.
	busywait 30000 heard '"event"' && kill -STOP "$reader" &&
		"$tmp/netlink_replies.py" flood 2000 || rc=1
	kill -CONT "$reader"
	busywait 30000 heard '"lost": *[1-9]' || rc=1
	kill -INT "$reader"
	wait "$reader" && "$tmp/netlink_replies.py" account <"$tmp/events" &&
		[ "$rc" -eq 0 ]
}

heard() # pattern
{
	mode monitor
	grep -q "$1" "$tmp/events"
}

keep_rules() # that the next test begins with
{
	"$RTPGUARD" load "$tmp/rules"
}

skip_unless_root
require_cmd python3 setpriv unshare
bring_up
cp "$RTPGUARD" "$RG_LIB_DIR"/netlink_*.py "$tmp"
cp "$RG_LIB_DIR/../include/uapi/linux/rtpguard.h" "$tmp"
printf 'mode monitor\nrule kept { media any; ip daddr 192.0.2.1; drop }\n' \
	>"$tmp/rules"
chmod 755 "$tmp"
chmod a+r "$tmp"/*
keep_rules
read -r family group < <("$tmp/netlink_raw.py" family)
run_tests \
	reading_without_privilege_works \
	everything_else_needs_privilege \
	nothing_works_from_elsewhere \
	the_event_group_cannot_be_joined \
	no_event_is_heard_elsewhere \
	the_family_cannot_be_used_from_elsewhere \
	a_socket_given_away_has_no_privilege \
	the_host_sees_other_namespaces_flows \
	bad_headers_are_refused \
	queries_take_no_attribute \
	bad_modes_are_refused \
	bad_loads_are_refused \
	bad_defaults_are_refused \
	bad_rules_are_refused \
	bad_sets_are_refused \
	limits_are_kept \
	one_byte_changed \
	rules_that_only_programs_load_can_be_listed \
	replies_hold_nothing_else \
	a_dump_that_is_overtaken_says_so \
	events_are_numbered \
	a_slow_reader_knows_what_it_lost \
	the_tool_says_how_many_events_it_lost
