#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Rulesets: loaded all or nothing, listed byte for byte, replaced under traffic
# without a gap, and what rules decide, count and report.

# The tests are called by their names, and expect reads variables by theirs.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

make_tmp

## What is asked

# load_json RULES [OPTION...]: sets loaded, the generation that load prints
load_json()
{
	loaded=$(printf '%s\n' "$1" | "$RTPGUARD" load --json "${@:2}" - |
		sed -n 's/.*"generation": *\([0-9]*\).*/\1/p')
	[ -n "$loaded" ]
}

# rule_counts NAME: "packets bytes" of the rule, from list ruleset --json
rule_counts()
{
	"$RTPGUARD" list ruleset --json | python3 -c '
import json, sys
for rule in json.load(sys.stdin)["rules"]:
	if rule["name"] == sys.argv[1]:
		print(rule["packets"], rule["bytes"])' "$1"
}

# Everything that a refused load might change.
state()
{
	"$RTPGUARD" list ruleset --json && total generation
}

## Loading

a_load_counts_generations()
{
	local before
	before=$(total generation)
	load_json 'rule a { media any; accept }' && expect loaded $((before + 1)) &&
		load_json '' && expect loaded $((before + 2)) || return 1
	generation=$(total generation)
	rules=$(total rules)
	expect generation $((before + 2)) rules 0
}

what_is_loaded_is_listed()
{
	local rules="mode monitor
rule a {
	media unprotected
	ip daddr { 192.0.2.1, 192.0.2.128/25 }
	drop
}
$DEFAULTS"
	load_rules "$rules" && listed=$("$RTPGUARD" list ruleset) &&
		expect listed "$rules" || return 1
	# A file that can be run, and the words of an admin.
	printf '%s\n' '#!/usr/sbin/rtpguard -f' 'define pbx = 192.0.2.1' \
		'rule b { protection any; ip6 daddr 2001:db8::/32; log; accept }' \
		"rule c { class { rtcp, rtp }; ip daddr \$pbx; accept }" \
		'default { media any drop; emergency log }' >"$tmp/file"
	"$RTPGUARD" -f "$tmp/file" && listed=$("$RTPGUARD" list ruleset) &&
		expect listed 'mode monitor
rule b {
	ip6 daddr 2001:db8::/32
	log
	accept
}
rule c {
	class { rtp, rtcp }
	ip daddr 192.0.2.1
	accept
}
default {
	media any drop
	control { undetermined, uniform, protected, suspected } accept
	control unprotected log accept
	signalling { undetermined, uniform, protected, suspected, exposed, null } accept
	signalling clear log accept
	emergency any log accept
}'
	local ret=$?
	no_rules
	return "$ret"
}

the_mode_of_a_file_is_set_with_it()
{
	mode monitor && load_rules 'mode enforce' && now=$("$RTPGUARD" mode) &&
		expect now enforce && load_rules 'rule a { media any; drop }' &&
		now=$("$RTPGUARD" mode) && expect now enforce || return 1
	# Not without the rules, when they are refused.
	! load_rules $'mode off\nrule a { media any }' 2>/dev/null &&
		! load_rules_if 1 'mode off' 2>/dev/null &&
		now=$("$RTPGUARD" mode) && expect now enforce || return 1
	transfer -n 10 && expect received 2 eperm 8
	local ret=$?
	no_rules && mode monitor
	return "$ret"
}

# load_rules_if GENERATION RULES
load_rules_if()
{
	printf '%s\n' "$2" | "$RTPGUARD" load --expect "$1" -
}

the_expected_generation_loads()
{
	local now
	now=$(total generation)
	load_json 'rule a { media any; accept }' --expect "$now" &&
		expect loaded $((now + 1)) || return 1
	load_json '' --expect $((now + 1)) && expect loaded $((now + 2))
}

another_generation_is_refused()
{
	local now before other rc
	load_rules 'rule kept { media any; accept }' && now=$(total generation) &&
		before=$(state) || return 1
	for other in 0 $((now - 1)) $((now + 1)) 18446744073709551615; do
		rc=0
		load_rules_if "$other" 'rule other { media any; drop }' \
			2>"$tmp/err" || rc=$?
		err=$(<"$tmp/err")
		code=$rc
		expect code 1 err 'rtpguard: load: expected-generation is not the generation in force, the ruleset was replaced meanwhile' ||
			return 1
	done
	after=$(state)
	no_rules
	expect after "$before"
}

# refused LINE:COLUMN WHAT RULES: with the right place and sentence
refused()
{
	code=0
	printf '%s\n' "$3" >"$tmp/refused"
	"$RTPGUARD" load "$tmp/refused" >"$tmp/out" 2>"$tmp/err" || code=$?
	first=$(head -n 1 "$tmp/err")
	expect code 2 first "$tmp/refused:$1: error: $2"
}

# many FIRST LAST: rules of these numbers
many()
{
	seq -f 'rule r%g { media any; accept }' "$1" "$2"
}

a_refused_file_changes_nothing()
{
	local before good1='rule a { media any; accept }' good2 name comment set
	good2='rule z { media any; drop }'
	load_rules $'mode monitor\nrule kept { media any; ip daddr 10.0.0.2; accept }' &&
		transfer -n 10 && before=$(state) || return 1
	name=$(printf 'n%.0s' {1..32})
	comment=$(printf 'c%.0s' {1..128})
	set=$(seq -s ', ' 257)
	refused 2:6 "rule 'b' decides nothing, expected accept or drop" \
		"$good1"$'\n'"     rule b { media any }"$'\n'"$good2" || return 1
	refused 2:6 'name of the rule is too long, expected at most 31 bytes' \
		"$good1"$'\n'"rule $name { media any; drop }"$'\n'"$good2" || return 1
	refused 2:37 'comment is too long, expected at most 127 bytes' \
		"$good1"$'\n'"rule b { media any; accept; comment \"$comment\" }" ||
		return 1
	refused 2:6 "a rule named 'a' stands above, expected another name" \
		"$good1"$'\n'"rule a { media any; drop }"$'\n'"$good2" || return 1
	refused 1025:6 'too many rules, expected at most 1024' \
		"$(many 1 1025)" || return 1
	after=$(state)
	no_rules
	expect after "$before"
}

a_set_has_a_limit_in_both()
{
	local all
	all=$(seq -s ', ' 256)
	load_rules "rule a { media any; udp dport { $all }; accept }" || return 1
	code=0
	load_rules "rule a { media any; udp dport { $all, 257 }; accept }" \
		2>"$tmp/err" || code=$?
	expect code 2 && grep -q 'too many elements, expected at most 256' \
		"$tmp/err"
}

# As many rules as there can be, some of the largest among them, as list prints
# them.
large_ruleset()
{
	python3 - <<-'END'
		def braces(items):
		    items = list(items)
		    return items[0] if len(items) == 1 else "{ " + ", ".join(items) + " }"

		def rule(n, size):
		    v6 = [f"2001:db8:{n:x}:{i + 1:x}::/64" for i in range(size)]
		    v4 = [f"10.{n % 256}.{i}.{n // 256}" for i in range(size)]
		    ports = [f"{2 * i + 1}" if i % 2 else f"{200 * i}-{200 * i + 99}"
		             for i in range(size)]
		    yield f"rule {'r%04d' % n:_<31} {{"
		    yield f"\tmedia {('any', 'unprotected', 'clear', 'undetermined')[n % 4]}"
		    yield "\tclass { rtp, srtp }"
		    yield "\tip6 saddr " + braces(v6) if n % 2 else "\tip saddr " + braces(v4)
		    yield "\tip6 daddr " + braces(v6) if n % 2 else "\tip daddr " + braces(v4)
		    yield ("\tudp", "\tudplite", "\tth")[n % 3] + " sport " + braces(ports)
		    yield ("\tudp", "\tudplite", "\tth")[n % 3] + " dport " + braces(ports)
		    yield "\toifname " + braces(f'"device{i:08}*"' for i in range(size))
		    if n % 2:
		        yield "\tlog"
		    yield ("\taccept", "\tdrop")[n % 3 == 0]
		    yield "\tcomment \"" + "c" * (127 if size > 1 else n % 127 + 1) + '"'
		    yield "}"

		print("mode monitor")
		for n in range(1024):
		    print("\n".join(rule(n, 256 if n in (0, 511, 1023) else 1)))
	END
	echo "$DEFAULTS"
}

# Not only that the second listing is the first: the first is what was loaded.
as_many_rules_as_there_can_be()
{
	large_ruleset >"$tmp/large" && "$RTPGUARD" load "$tmp/large" || return 1
	rules=$(total rules)
	expect rules 1024 && "$RTPGUARD" list ruleset >"$tmp/first" &&
		cmp "$tmp/large" "$tmp/first" &&
		"$RTPGUARD" load "$tmp/first" &&
		"$RTPGUARD" list ruleset >"$tmp/second" &&
		cmp "$tmp/first" "$tmp/second" &&
		"$RTPGUARD" load "$tmp/second" &&
		"$RTPGUARD" list ruleset | cmp - "$tmp/second"
	local ret=$?
	no_rules
	return "$ret"
}

# Each generation is one loader's, whoever is faster.
one_loader_wins_each_generation()
{
	local base round loader pids won
	base=$(total generation)
	for round in 0 1 2 3; do
		pids=()
		for loader in 1 2 3 4; do
			load_rules_if $((base + round)) \
				"rule by-$round-$loader { media any; accept }" \
				2>"$tmp/loser-$loader" &
			pids+=($!)
		done
		won=()
		for loader in 1 2 3 4; do
			if wait "${pids[loader - 1]}"; then
				won+=("$loader")
			elif ! grep -q 'was replaced meanwhile' "$tmp/loser-$loader"; then
				cat "$tmp/loser-$loader"
				return 1
			fi
		done
		winners=${#won[@]}
		generation=$(total generation)
		listed=$("$RTPGUARD" list ruleset | sed -n 's/^rule \(.*\) {/\1/p')
		expect winners 1 generation $((base + round + 1)) \
			listed "by-$round-${won[0]}" || return 1
	done
	no_rules
}

# Many more of them than processes could be: four sockets, all at once.
one_wins_in_a_crowd()
{
	"$RG_LIB_DIR/netlink_replies.py" crowd && no_rules
}

## In force

# Three rulesets that drop the same stream, each for another reason, in turns: a
# packet that meets neither the old nor the new one would be let through. It looks
# encrypted, and is uniform after a while.
replaced_under_traffic_without_a_gap()
{
	local seq=0 loader all=0
	printf '%s\n' 'mode enforce' \
		'rule a { media { undetermined, uniform }; ip daddr 10.0.0.2; drop }' \
		'rule pad { media any; ip daddr 192.0.2.1; accept }' >"$tmp/turn0"
	printf '%s\n' 'rule b { class { rtp, srtp }; udp dport 5004; drop }' >"$tmp/turn1"
	printf '%s\n' 'default { media undetermined drop; media uniform drop }' >"$tmp/turn2"
	transfer_start && "$RTPGUARD" load "$tmp/turn0" || return 1
	sport=$((sport + 1))
	send_turn 0 && expect sent 2 eperm 198 || return 1
	load_in_turns >"$tmp/turns" &
	loader=$!
	while kill -0 "$loader" 2>/dev/null; do
		seq=$((seq + 200))
		send_turn "$seq" && expect sent 0 eperm 200 other 0 || all=1
	done
	wait "$loader" || all=1
	no_rules
	send_turn $((seq + 200)) -e && expect sent 200 && transfer_end &&
		expect received 202 || all=1
	turns=$(wc -l <"$tmp/turns")
	expect turns 30 && mode monitor && [ "$all" -eq 0 ]
}

send_turn() # first sequence number
{
	send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 -n 200 -r -t 10 -q "$@"
}

load_in_turns()
{
	local i
	for ((i = 1; i <= 30; i++)); do
		"$RTPGUARD" load "$tmp/turn$((i % 3))" || return 1
		echo "$i"
	done
}

# 12 bytes of RTP header, 160 of payload, 8 of UDP, 20 or 40 of IP.
counters_of_rules_are_exact()
{
	mode monitor && load_rules "rule v4 { media any; ip daddr 10.0.0.2; accept }
		rule v6 { media any; ip6 daddr 2001:db8::2; drop }
		rule other { media any; udp dport 1; drop }" || return 1
	transfer -n 50 && transfer6 -n 30 && transfer -n 7 -l 33 || return 1
	v4=$(rule_counts v4)
	v6=$(rule_counts v6)
	other=$(rule_counts other)
	expect v4 "57 $((50 * 200 + 7 * 73))" v6 "30 $((30 * 220))" other '0 0' ||
		return 1
	# They are the ruleset's: the next begins at none.
	load_rules 'rule v4 { media any; ip daddr 10.0.0.2; accept }' &&
		v4=$(rule_counts v4) && expect v4 '0 0' && transfer -n 5 &&
		v4=$(rule_counts v4) && expect v4 '5 1000'
	local ret=$?
	no_rules
	return "$ret"
}

the_first_rule_that_matches_decides()
{
	local narrow='rule narrow { media any; udp dport 5004; accept }'
	local wide='rule wide { media any; drop }'
	mode enforce && load_rules "$narrow"$'\n'"$wide" && transfer -n 20 &&
		expect received 20 || return 1
	counts="$(rule_counts narrow), $(rule_counts wide)"
	expect counts '20 4000, 0 0' || return 1
	load_rules "$wide"$'\n'"$narrow" && transfer -n 20 &&
		expect received 2 eperm 18 || return 1
	counts="$(rule_counts narrow), $(rule_counts wide)"
	expect counts '0 0, 20 4000'
	local ret=$?
	no_rules && mode monitor
	return "$ret"
}

every_match_of_a_rule_has_to_hold()
{
	mode enforce && load_rules 'rule a { media clear; ip daddr 10.0.0.2; udp dport 5004; udp sport 1-1000; accept }' &&
		transfer -n 10 && expect received 2 || return 1
	load_rules 'rule a { media clear; ip daddr 10.0.0.2; udp dport 5004; udp sport 20000-65535; accept }' &&
		transfer -n 10 && expect received 10 && transfer6 -n 10 &&
		expect received 2 || return 1
	# Of the packets, the first two are not yet known to be clear.
	counts=$(rule_counts a)
	expect counts '8 1600'
	local ret=$?
	no_rules && mode monitor
	return "$ret"
}

the_default_comes_last()
{
	mode enforce && load_rules 'default { media any drop }
		rule a { media any; ip daddr 10.0.0.2; accept }' || return 1
	# Cipher text, as far as anybody can see: it is the default that drops.
	transfer -n 20 -r -t 10 && expect received 20 && transfer6 -n 20 -r -t 10 &&
		expect received 2 eperm 18 || return 1
	load_rules 'default { media any accept }' && transfer -n 20 &&
		expect received 20 || return 1
	no_rules && transfer -n 20 && expect received 2 && mode monitor
}

## Events and JSON

# hear COMMAND...: runs it while a reader writes to $tmp/events; until_heard waits
hear()
{
	local rc=0
	: >"$tmp/events"
	"$RTPGUARD" monitor --json >"$tmp/events" &
	local reader=$!
	busywait 30000 reader_hears || rc=1
	"$@" || rc=1
	kill -INT "$reader"
	wait "$reader" && [ "$rc" -eq 0 ]
}

reader_hears()
{
	"$RTPGUARD" mode enforce
	grep -q '"mode"' "$tmp/events"
}

# heard KEY=VALUE...: how many events are like this; sport is the flow's
heard()
{
	python3 -c '
import json, sys
want = dict(arg.split("=") for arg in sys.argv[2:])
count = 0
for line in open(sys.argv[1]):
	event = json.loads(line)
	event["sport"] = event.get("flow", {}).get("sport")
	count += all(str(event.get(k)) == v for k, v in want.items())
print(count)' "$tmp/events" "$@"
}

heard_is() # number KEY=VALUE...
{
	events=$(heard "${@:2}")
	[ "$events" = "$1" ]
}

a_rule_with_log_reports()
{
	load_rules 'rule speaks { media unprotected; log; drop }' &&
		hear speaks_once
	local ret=$?
	no_rules && mode monitor
	return "$ret"
}

# Once for the flow and what it is, not for each packet.
speaks_once()
{
	transfer -n 20 && expect received 2 &&
		busywait 30000 heard_is 1 event=log rule=speaks verdict=drop \
			"sport=$sport" &&
		heard_is 1 event=log "sport=$sport" || return 1
	# A ruleset later it decides anew, and says so.
	load_rules 'rule again { media unprotected; log; accept }' &&
		transfer_start && send_as "$h1" -s "$sport" -a 10.0.0.1 -d 10.0.0.2 \
		-n 5 -q 20 -e && transfer_end && expect received 5 &&
		busywait 30000 heard_is 1 event=log rule=again verdict=accept \
			"sport=$sport" && heard_is 2 event=log "sport=$sport"
}

a_default_with_log_reports()
{
	load_rules 'default { media unprotected log drop }' && hear default_speaks
	local ret=$?
	no_rules && mode monitor
	return "$ret"
}

default_speaks()
{
	transfer -n 20 && expect received 2 &&
		busywait 30000 heard_is 1 event=log rule=None verdict=drop \
			"sport=$sport"
}

without_log_nothing_is_said()
{
	load_rules 'rule quiet { media unprotected; drop }' && hear says_no_more
	local ret=$?
	no_rules && mode monitor
	return "$ret"
}

# The mode after the traffic is heard after it.
says_no_more()
{
	transfer -n 20 && expect received 2 && mode monitor &&
		busywait 30000 heard_is 1 event=mode mode=monitor &&
		heard_is 0 event=log
}

a_load_reports_generation_and_mode()
{
	hear load_speaks
	local ret=$?
	no_rules && mode monitor
	return "$ret"
}

load_speaks()
{
	load_json 'rule a { media any; accept }' &&
		busywait 30000 heard_is 1 event=ruleset "generation=$loaded" &&
		heard_is 0 event=mode mode=strict && load_json 'mode strict' &&
		busywait 30000 heard_is 1 event=mode mode=strict &&
		heard_is 1 event=ruleset "generation=$loaded" || return 1
	# Nothing is reported that did not happen.
	! load_rules_if 1 'mode off' 2>/dev/null && mode monitor &&
		busywait 30000 heard_is 1 event=mode mode=monitor &&
		heard_is 0 event=mode mode=off && heard_is 2 event=ruleset
}

json_says_the_same()
{
	load_rules "mode enforce
rule a { media unprotected; ip daddr 192.0.2.1; log; drop; comment \"bis März, </script>, 'x'\" }
rule b { media any; accept }" || return 1
	"$RTPGUARD" list ruleset >"$tmp/text" &&
		"$RTPGUARD" list ruleset --json >"$tmp/json" || return 1
	no_rules
	python3 - "$tmp/text" "$tmp/json" "$(total generation)" <<-'END'
		import json, sys
		text, got = open(sys.argv[1]).read(), json.load(open(sys.argv[2]))
		want = {
		    "schema": 1, "generation": int(sys.argv[3]) - 1, "mode": "enforce",
		    "text": text, "rules": [
		        {"name": "a", "action": "drop", "log": True, "packets": 0,
		         "bytes": 0, "comment": "bis März, </script>, 'x'"},
		        {"name": "b", "action": "accept", "log": False, "packets": 0,
		         "bytes": 0, "comment": ""}]}
		if got != want:
		    sys.exit(f"# {got}")
	END
}

require_cmd python3
bring_up
export PYTHONDONTWRITEBYTECODE=1
run_tests \
	a_load_counts_generations \
	what_is_loaded_is_listed \
	the_mode_of_a_file_is_set_with_it \
	the_expected_generation_loads \
	another_generation_is_refused \
	a_refused_file_changes_nothing \
	a_set_has_a_limit_in_both \
	as_many_rules_as_there_can_be \
	one_loader_wins_each_generation \
	one_wins_in_a_crowd \
	replaced_under_traffic_without_a_gap \
	counters_of_rules_are_exact \
	the_first_rule_that_matches_decides \
	every_match_of_a_rule_has_to_hold \
	the_default_comes_last \
	a_rule_with_log_reports \
	a_default_with_log_reports \
	without_log_nothing_is_said \
	a_load_reports_generation_and_mode \
	json_says_the_same
