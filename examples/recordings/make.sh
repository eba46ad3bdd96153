#!/bin/sh
# Makes the recordings of the bundled scene again, beside this file.
# Needs eSpeak NG (1.51 here) and SoX (14.4.2 here); both are deterministic, so the same versions give the same bytes.
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# say NAME VOICE PITCH WORDS-A-MINUTE TEXT: one sentence, its edges cut to the speech and faded.
say() {
    espeak-ng -v "$2" -p "$3" -s "$4" -w "$work/raw.wav" "$5"
    sox -R -D "$work/raw.wav" "$work/$1.wav" rate 48000 \
        silence 1 0.005 0.2% reverse silence 1 0.005 0.2% fade t 0.02 reverse fade t 0.005
}

# join NAME PART...: the parts one after the other, peaks at half of full scale, 48 kHz mono 16 bit.
join() {
    name=$1; shift
    sox -R -D "$@" -b 16 -e signed-integer "$name.wav" gain -n -6.02
}

silence() { sox -R -D -n -r 48000 -b 16 "$work/$1.wav" trim 0 "$2"; }

say speaker-1     de            35 170 "Guten Morgen. Im letzten Jahr haben wir drei neue Brücken gebaut."
say speaker-2     de            35 170 "Die vierte folgt im Mai."
say interpreter-1 en-gb+f3      60 185 "Good morning. Last year we built three new bridges."
say interpreter-2 en-gb+f3      60 185 "The fourth follows in May."
say chair         en-us+m3      25 170 "Thank you. Are there any questions?"
say delegate      en-gb-scotland+f4 75 180 "Yes! What will the fourth bridge cost?"
silence before-interpreter 1.2
silence speaker-breathes 0.9
silence interpreter-waits 1.6

join speaker     "$work/speaker-1.wav" "$work/speaker-breathes.wav" "$work/speaker-2.wav"
join interpreter "$work/before-interpreter.wav" "$work/interpreter-1.wav" "$work/interpreter-waits.wav" "$work/interpreter-2.wav"
join chair       "$work/chair.wav"
join delegate    "$work/delegate.wav"
