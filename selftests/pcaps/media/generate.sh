#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# generate.sh [DIRECTORY]: makes the labelled captures of this directory anew.
# Nothing but free material goes in: speech that espeak-ng synthesises from the
# sentences below, sounds and test pictures that ffmpeg computes.
#
# The checked-in captures are what the encoders of Debian 12 wrote. Others write
# other bytes, so this is for changing the set, not part of any build.

set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd -P)
out=${1:-$here}

packages=(espeak-ng ffmpeg libbcg729-0 python3-cryptography
	gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good
	gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-libav)

missing=()
for package in "${packages[@]}"; do
	dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if [ ${#missing[@]} -gt 0 ]; then
	echo "generate.sh: needs the packages ${missing[*]}" >&2
	exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# bitexact: no date or version in what is written.
convert() # ffmpeg arguments...
{
	ffmpeg -nostdin -v error -y -fflags +bitexact "$@"
}

speak() # name voice words-a-minute pitch text
{
	espeak-ng -v "$2" -s "$3" -p "$4" -w "$work/raw.wav" "$5"
	convert -i "$work/raw.wav" -t 12 -af apad -ar 48000 -ac 1 "$work/$1.wav"
}

sound() # name filter
{
	convert -f lavfi -i "$2" -t 12 -ar 48000 -ac 1 "$work/$1.wav"
}

picture() # name filter
{
	convert -f lavfi -i "$2=size=352x288:rate=25" -frames:v 60 \
		-pix_fmt yuv420p -f rawvideo "$work/$1.yuv"
}

speak speech-en en 160 50 "Good morning. This is the help desk, how can I help?
	Let me see whether the meeting on Thursday can be moved to half past nine.
	Yes, that works. I will send you a new invitation in a minute. Goodbye."
speak speech-de de 150 30 "Guten Tag, hier spricht die Auskunft. Ihre Rechnung
	ist heute angekommen, und wir haben sie sofort geprüft. Haben Sie noch
	eine Frage? Dann rufen Sie bitte morgen zwischen acht und zwölf Uhr an."
speak speech-fr fr 170 70 "Bonjour, je voudrais réserver une table pour quatre
	personnes, samedi soir, près de la fenêtre. Oui, à vingt heures, merci
	beaucoup. Est-ce que le jardin est ouvert quand il fait beau?"
speak speech-es es 165 40 "Buenos días. El tren de las ocho sale hoy con diez
	minutos de retraso, por el andén número tres. Lleve un abrigo, porque
	en la montaña ha nevado toda la noche."
speak speech-fi "fi" 150 60 "Hyvää huomenta. Sää on tänään kirkas ja tuulinen,
	iltapäivällä lämpötila nousee viiteen asteeseen. Illalla sataa."
speak speech-cmn cmn 150 55 "早上好。请问图书馆几点开门？我想借两本书。谢谢您，再见。"
speak speech-sw sw 150 45 "Habari za asubuhi. Soko linafunguliwa saa mbili,
	na samaki wabichi wanapatikana kila siku isipokuwa Jumapili."
convert -i "$work/speech-en.wav" -i "$work/speech-es.wav" \
	-i "$work/speech-fi.wav" -filter_complex amix=3:normalize=0,volume=0.5 \
	"$work/babble.wav"
sound tone "sine=frequency=440"
sound noise "anoisesrc=colour=pink:amplitude=0.3:seed=1"
sound silence "anullsrc=channel_layout=mono"
# Four chords, each struck anew every half second.
struck='(1+floor(mod(t,4))/8)'
sound music "aevalsrc='0.2*exp(-3*mod(t,0.5))*(sin(2*PI*t*220*$struck)
	+sin(2*PI*t*277*$struck)+sin(2*PI*t*330*$struck))'"
picture bars testsrc2
picture fractal mandelbrot

mkdir -p "$out/pcap"
rm -f "$out"/pcap/*.pcap "$out/labels.csv" "$out/changes.csv"
/usr/bin/python3 -B "$here/captures.py" "$work" "$out"
