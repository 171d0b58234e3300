# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# A host that routes between two others: media, whose sender no hook sees, as if it had
# no rtpguard, and queries. Sourced after lib.sh and traffic.sh.
#
#	near eth0 -- 10.8.1 -- p1 router p2 -- 10.8.2 -- eth0 far

ROUTED_MEDIA=7005
ROUTED_QUERIES=7006

near='' router='' far='' # what router_up makes

router_links()
{
	ip -batch - <<-END
		link add name eth0 netns $near type veth peer name p1 address 02:00:00:00:00:fe netns $router
		link add name eth0 netns $far type veth peer name p2 netns $router
	END
}

routed_link() # namespace number
{
	ip -n "$1" -batch - <<-END
		addr add 10.8.$2.1/24 dev eth0
		addr add 2001:db8:$2::1/64 dev eth0 nodad
		link set eth0 up
		route add default via 10.8.$2.2
	END
}

router_up()
{
	setup_ns near router far && router_links &&
		on "$router" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1 || return
	ip -n "$router" -batch - <<-END || return
		addr add 10.8.1.2/24 dev p1
		addr add 10.8.2.2/24 dev p2
		addr add 2001:db8:1::2/64 dev p1 nodad
		addr add 2001:db8:2::2/64 dev p2 nodad
		link set p1 up
		link set p2 up
	END
	routed_link "$near" 1 && routed_link "$far" 2
}

routed_kept_back() # file: list flows; how many of the media's packets were
{
	awk -v from="[2001:db8:1::1]:$ROUTED_MEDIA" '
		/^[^ ]/ { here = $2 == from }
		/^  packets / && here { n += $10 + $12 }
		END { print n + 0 }' "$1"
}

routed_more_is_kept_back() # than so many
{
	"$RTPGUARD" list flows >"$tmp/routed" &&
		[ "$(routed_kept_back "$tmp/routed")" -gt "$1" ]
}

# From one that was kept back on nothing arrives.
routed_media_is_stopped()
{
	local before after

	routed_more_is_kept_back -1 &&
		busywait 180000 routed_more_is_kept_back \
			"$(routed_kept_back "$tmp/routed")" || return
	before=$(arrived6 "$far")
	busywait 180000 routed_more_is_kept_back \
		$(($(routed_kept_back "$tmp/routed") + 10)) || return
	after=$(arrived6 "$far")
	expect after "$before"
}

routed_queries_go_on()
{
	busywait 180000 more_arrive "$(arrived "$far")" "$far"
}
