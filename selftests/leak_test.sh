#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# What the module has allocated is pointed at while it is loaded, and freed when
# it is gone. Runs last: what the programs before it lost is told apart. After
# the module only addresses are left of where a lost one came from; before it
# goes, they have names.

# The tests are called by their names.
# shellcheck disable=SC2317,SC2119
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/traffic.sh"
. "$(dirname "$0")/streams.sh"
. "$(dirname "$0")/vm/kmemleak.sh"

nothing_is_lost()
{
	local lost

	lost=$(kmemleak_scan) && [ -z "$lost" ] && return
	printf '%s\n' "$lost"
	return 1
}

nothing_was_lost_before()
{
	nothing_is_lost
}

namespace_comes_and_goes() # number
{
	local name=rg-leak-$$-$1

	ip netns add "$name" && on "$name" ip link set lo up &&
		"$RTPSEND" -w "$name" -p "$PORT" -a 127.0.0.1 -d 127.0.0.1 \
			-n 5 >/dev/null
	ip netns del "$name"
}

# A bit of everything that allocates: flows, connections, rulesets, events, dumps,
# namespaces; and what is refused on the way.
work() # round
{
	local modes=(monitor enforce strict off)

	mode "${modes[$1 % 4]}" && load_rules "define pbx = { 192.0.2.$1 }
		rule a { media unprotected; ip daddr \$pbx; log; accept }
		rule b { media any; oifname \"wlan*\"; drop }" || return 1
	transfer -n 20 && transfer6 -n 20 &&
		stream rtsp-record --cut 100 --frames 8 --patience 1 || return 1
	"$RTPGUARD" list flows >/dev/null && "$RTPGUARD" list counters >/dev/null &&
		"$RTPGUARD" list ruleset --json >/dev/null || return 1
	! load_rules 'rule a { nonsense }' 2>/dev/null || return 1
	namespace_comes_and_goes "$1"
}

nothing_is_lost_at_work()
{
	local round

	for round in 1 2 3 4 5 6; do
		work "$round" || return 1
	done
	nothing_is_lost
}

nothing_is_lost_when_refused()
{
	unload_module && ! insmod "$RTPGUARD_KO" mode=nonsense 2>/dev/null &&
		! insmod "$RTPGUARD_KO" max_flows=0 2>/dev/null && load_module &&
		nothing_is_lost
}

# One connection ends amid a frame, and one is there still.
nothing_is_lost_after_unloading()
{
	mode enforce && stream rfc4571-pcmu --cut 100 --frames 8 --patience 1 &&
		streaming_start rfc4571-pcmu --frames 8 && unload_module &&
		nothing_is_lost && streaming_end
}

[ -e "$KMEMLEAK" ] || ktap_skip_all "needs a debug kernel"
make_tmp
bring_up
run_tests \
	nothing_was_lost_before \
	nothing_is_lost_at_work \
	nothing_is_lost_when_refused \
	nothing_is_lost_after_unloading
