# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# TCP connections between the hosts of make_pair. Sourced after lib.sh and traffic.sh.

STREAMSEND=$RG_LIB_DIR/traffic/streamsend.py
STREAMLIVE=$RG_LIB_DIR/traffic/streamlive.py

# shellcheck disable=SC2034 # for whoever sources this
FRAME=174 # G.711 with its header and length

## One connection: of the next source port

streamsend() # kind, options
{
	sport=$((sport + 1))
	python3 "$STREAMSEND" "$@" --near "$h1" --far "$h2" --sport "$sport" \
		--port "$PORT"
}

# Sets outcome, received and sent, bytes of the media; and all, with --fail-nth.
result_read() # line
{
	[[ $1 =~ ^outcome=(.*)\ received=([0-9]*)\ sent=([0-9]*)(\ [a-z]*)?$ ]] ||
		return 1
	outcome=${BASH_REMATCH[1]} received=${BASH_REMATCH[2]} sent=${BASH_REMATCH[3]}
	all=${BASH_REMATCH[4]# }
}

stream() # kind, options
{
	local result="$tmp/result"

	# Not in a subshell: the source port is counted here.
	streamsend "$@" > "$result" && result_read "$(< "$result")"
}

at_most() # variable number
{
	[ "${!1}" -le "$2" ] || { echo "$1 is ${!1}, more than $2"; return 1; }
}

streaming_start() # kind, options: until it is stalled; its output is at $streaming
{
	local line

	sport=$((sport + 1))
	exec {streaming}< <(exec python3 "$STREAMSEND" "$@" --wait --near "$h1" \
		--far "$h2" --sport "$sport" --port "$PORT")
	read -rt 120 -u "$streaming" line && result_read "$line" &&
		expect outcome stalled
}

streaming_end()
{
	local line

	read -rt 120 -u "$streaming" line && result_read "$line" &&
		expect outcome complete received "$sent"
}

## Connections that do not end: one of no media, and readable media in two framings

LIVE_BULK=7010
LIVE_MEDIA=(7011 7012)

live_streams_start()
{
	rm -f "$tmp/live"
	background python3 "$STREAMLIVE" --near "$h1" --far "$h2" --told "$tmp/live" \
		--bulk "$LIVE_BULK" --media rfc4571-pcmu "${LIVE_MEDIA[0]}" \
		--media rtsp-record "${LIVE_MEDIA[1]}"
	live_streams=$background_pid
	busywait 180000 live_bulk_has 1
}

# Sets live_bulk, bytes; and live_from and live_bytes of each connection of media.
live_read()
{
	live_from=() live_bytes=()
	read -r live_bulk 'live_from[0]' 'live_bytes[0]' 'live_from[1]' \
		'live_bytes[1]' 2>/dev/null <"$tmp/live"
}

live_bulk_has() # bytes
{
	live_read && [ "$live_bulk" -ge "$1" ]
}

# It brings more; or its program has said why not, and is gone.
live_bulk_goes_on()
{
	live_read && busywait 180000 live_bulk_has_or_is_gone $((live_bulk + 1)) &&
		kill -0 "$live_streams"
}

live_bulk_has_or_is_gone() # bytes
{
	live_bulk_has "$1" || ! kill -0 "$live_streams" 2>/dev/null
}

# What has stalled, and may be given up at any time, has to go on before it counts.
live_media_forget()
{
	live_read && live_from_then=("${live_from[@]}") &&
		live_bytes_then=("${live_bytes[@]}")
}

# They are in their middle, and have brought more since live_media_forget.
live_media_are_under_way()
{
	local i

	live_read || return
	for i in 0 1; do
		[ "${live_bytes[i]}" -ge 2000 ] || return
		[ "${live_from[i]}" -ne "${live_from_then[i]}" ] ||
			[ "${live_bytes[i]}" -gt "${live_bytes_then[i]}" ] || return
	done
}

# Those of live_from. Where strict holds the first frame that it sees the flow stays
# unknown.
live_media_are_stopped() # file: list flows
{
	awk -v from="${live_from[*]}" -v to="${LIVE_MEDIA[*]}" '
		BEGIN {
			n = split(from, near)
			split(to, far)
			for (i = 1; i <= n; i++)
				left["10.0.0.1:" near[i] " > 10.0.0.2:" far[i]]
		}
		/^[^ ]/ { flow = $1 == "tcp" ? $2 " > " $4 : "" }
		/^  packets / && $10 + $12 && flow in left { delete left[flow]; n-- }
		END { exit n > 0 }' "$1"
}
