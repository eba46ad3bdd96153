"""Tones for the proofs: writes them as WAV files into DIRECTORY, 16 kHz, mono, 16 bit, a second each, which loops without a gap. Then serves the directory
by https, with the certificate CERT and its KEY, on a free port of 127.0.0.1, and prints its URL.

Usage: tones.py DIRECTORY CERT KEY HZ...
"""

import functools
import http.server
import math
import pathlib
import ssl
import struct
import sys
import wave

RATE, AMPLITUDE = 16_000, 0.2


def write(place, hz):
    with wave.open(str(place / f"{hz}.wav"), "wb") as tone:
        tone.setparams((1, 2, RATE, 0, "NONE", ""))
        samples = (round(32767 * AMPLITUDE * math.sin(2 * math.pi * hz * n / RATE)) for n in range(RATE))
        tone.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def main(directory, cert, key, *tones):
    place = pathlib.Path(directory)
    place.mkdir(parents=True, exist_ok=True)
    for hz in tones:
        write(place, int(hz))
    (place / "words.wav").write_text("These are words, and no audio.")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=directory))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print(f"https://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()


main(*sys.argv[1:])
