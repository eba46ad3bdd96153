"""Writes tones as WAV files into a directory, 16 kHz, mono, 16 bit: a second each, which loops without a gap."""

import math
import pathlib
import struct
import sys
import wave

RATE, AMPLITUDE = 16_000, 0.2

place = pathlib.Path(sys.argv[1])
place.mkdir(parents=True, exist_ok=True)
for hz in map(int, sys.argv[2:]):
    with wave.open(str(place / f"{hz}.wav"), "wb") as tone:
        tone.setparams((1, 2, RATE, 0, "NONE", ""))
        samples = (round(32767 * AMPLITUDE * math.sin(2 * math.pi * hz * n / RATE)) for n in range(RATE))
        tone.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))
(place / "words.wav").write_text("These are words, and no audio.")
