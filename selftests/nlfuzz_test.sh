#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Random netlink messages, good ones and spoiled ones, from root and from those who
# may not: what is accepted can be listed and loaded again, what is refused changes
# nothing, no answer has a byte that nobody wrote, and the module judges as before.
# What the kernel has to say is judged by the machine that this runs in.
#
# NLFUZZ is the number of messages, or "release" for a million; NLFUZZ_SEED is
# where they begin, to see again what failed.

# The tests are called by their names, and expect reads variables by theirs.
# shellcheck disable=SC2317,SC2034,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"

RULES='rule kept { media any; ip daddr 192.0.2.1; log; drop; comment "ü #" }
rule let { media any; udp sport 4000-5000; accept }
default { media any drop; control any log }'
FLOWS=12
CHUNK=1000 # messages: after each the ruleset is listed and loaded again

messages=${NLFUZZ:-20000}
[ "$messages" != release ] || messages=1000000
seed=${NLFUZZ_SEED:-$((SRANDOM & 0x7fffffff))}

fuzz() # messages, option of nlfuzz...: sets told
{
	told=$("${as[@]}" "$NLFUZZ_PROGRAM" -n "$1" -s "$seed" "${@:2}") || {
		echo "$told"
		return 1
	}
	echo "$told"
	seed=$((seed + 1))
}

kept_in_mind() # number by its name in what nlfuzz told
{
	[[ " $told " =~ \ $1=([0-9]+)\  ]] && echo "${BASH_REMATCH[1]}"
}

# What is in force can be listed, and is the same when it is loaded again.
expressible()
{
	local listed before after=none

	before=$("$NLFUZZ_PROGRAM" -r) &&
		listed=$("$RTPGUARD" list ruleset) || return 1
	if load_rules "$listed" && after=$("$NLFUZZ_PROGRAM" -r) &&
			[ "$after" = "$before" ]; then
		return
	fi
	printf '%s\n' "was $before, is $after by what was listed:" "$listed"
	return 1
}

restore()
{
	load_rules "mode enforce
$RULES"
}

restored() # and as it was in the beginning
{
	local now

	restore && now=$("$RTPGUARD" list ruleset) && [ "$now" = "$ruleset" ] &&
		return
	echo "the ruleset is now: $now"
	return 1
}

judges()
{
	transfer -n 40 && [ "$eperm" -gt 0 ] && [ "$received" -lt 40 ] &&
		transfer -k rtp -s 4500 -n 40 && expect eperm 0 received 40
}

state()
{
	"$RTPGUARD" list ruleset && total generation
}

## The tests

it_judges_before()
{
	local i

	# For the dumps to have something to say.
	for ((i = 0; i < FLOWS; i++)); do
		transfer -n 10 || return 1
	done
	ruleset=$("$RTPGUARD" list ruleset) && judges
}

root_may_send_what_it_likes()
{
	local as=() sent

	for ((sent = 0; sent < messages; sent += CHUNK)); do
		fuzz "$CHUNK" && expressible || return 1
	done
}

# Otherwise the test above has shown nothing.
all_kinds_of_answers_came()
{
	local as=() name n

	fuzz 1000 || return 1
	for name in accepted refused replies events overruns EINVAL \
			EOPNOTSUPP ERANGE; do
		n=$(kept_in_mind "$name") && [ "$n" -gt 0 ] && continue
		echo "no $name: $told"
		return 1
	done
}

is_refused() # errno who...: and nothing changes
{
	local as=("${@:2}") before after

	before=$(state) && fuzz $((messages / 8)) -f "$family" -e "$1" || return 1
	after=$(state) && expect after "$before"
}

a_user_namespace_changes_nothing()
{
	is_refused EPERM unshare -Ur
}

nobody_changes_anything()
{
	is_refused EPERM setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps=-all
}

another_namespace_reaches_nothing()
{
	is_refused ENOENT unshare -Urn
}

it_judges_after()
{
	judges
}

after_each()
{
	restored
}

skip_unless_root
require_cmd unshare setpriv
bring_up
make_tmp
# In a place that everybody can enter.
chmod 755 "$tmp"
cp "$build/selftests/nlfuzz" "$tmp"
NLFUZZ_PROGRAM=$tmp/nlfuzz
as=()
ktap_print_msg "NLFUZZ=$messages NLFUZZ_SEED=$seed"
restore
fuzz 0 >/dev/null
family=$(kept_in_mind family)
seed=$((seed - 1))
run_tests \
	it_judges_before \
	root_may_send_what_it_likes \
	all_kinds_of_answers_came \
	a_user_namespace_changes_nothing \
	nobody_changes_anything \
	another_namespace_reaches_nothing \
	it_judges_after
