# SPDX-License-Identifier: GPL-2.0
# shellcheck shell=bash
#
# Telephones: baresip from Debian, each in a namespace of its own. A phone is a
# directory: its configuration, its log, and "keys", the pipe that it reads as
# its keyboard. Sourced by acts.sh, after lib.sh.

PHONE_TIMEOUT_MS=60000
PHONE_MODULES=/usr/lib/baresip/modules

declare -A phone_pid phone_keys # by directory

phone_config() # directory address voice first-port
{
	cat <<-END
	sip_listen $2:5060
	module_path $PHONE_MODULES
	module stdio.so
	module g711.so
	module aufile.so
	module aubridge.so
	module sndfile.so
	module srtp.so
	module dtls_srtp.so
	module_app account.so
	module_app menu.so
	snd_path $1
	audio_source aufile,$3
	audio_player aubridge,nil
	audio_alert aubridge,nil
	rtp_ports $4-$(($4 + 99))
	rtp_stats yes
	END
}

# A phone speaks what is in the file "voice" and answers by itself.
phone_make() # directory name address voice first-port media-encryption
{
	mkdir -p "$1"
	phone_config "$1" "$3" "$4" "$5" >"$1/config"
	printf '<sip:%s@%s>;regint=0;answermode=auto;audio_codecs=pcmu%s\n' \
		"$2" "$3" "${6:+;mediaenc=$6}" >"$1/accounts"
	mkfifo "$1/keys"
}

# The pipe is opened for reading and writing: neither side waits for the other.
phone_start() # directory namespace [command]
{
	local keys

	exec {keys}<>"$1/keys"
	phone_keys[$1]=$keys
	ip netns exec "$2" baresip -f "$1" ${3:+-e "$3"} \
		<&"$keys" >"$1/log" 2>&1 &
	phone_pid[$1]=$!
	defer stop "${phone_pid[$1]}"
	phone_says "$1" 'baresip is ready'
}

phone_type() # directory command
{
	echo "$2" >&"${phone_keys[$1]}"
}

phone_says() # directory pattern: waits for it
{
	busywait "$PHONE_TIMEOUT_MS" grep -q -e "$2" "$1/log"
}

phone_off() # directory
{
	local keys=${phone_keys[$1]}

	phone_type "$1" /quit
	wait "${phone_pid[$1]}"
	exec {keys}>&-
}

# Column 1 is what the phone sent, column 2 what it received.
phone_count() # directory packets|errors|lost column: 0 if it did not say
{
	tr '\r' '\n' <"$1/log" |
		awk -v what="$2:" -v column="$3" '
			$1 == what { n = $(column + 1) }
			END { print n + 0 }'
}

# What came out of the phone's loudspeaker.
phone_heard() # directory
{
	find "$1" -name 'dump-*-dec.wav' -print -quit
}

# A call that was cut ends the waiting too.
call_lasted() # directory seconds
{
	local timer

	printf -v timer '[0:00:%02d]' "$2"
	grep -qF -e "$timer" -e ' terminated (' "$1/log"
}

# One phone calls the other for some seconds by the first one's timer.
call() # from namespace to namespace number seconds
{
	phone_start "$3" "$4" || return
	phone_start "$1" "$2" "/dial $5" || return
	busywait "$PHONE_TIMEOUT_MS" call_lasted "$1" "$6" || return
	! grep -q ' terminated (' "$1/log" "$3/log" || return
	phone_type "$1" /hangup
	phone_says "$1" ' terminated (' && phone_says "$3" ' terminated (' || return
	phone_off "$1" && phone_off "$3"
}
