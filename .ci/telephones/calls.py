"""Calls a server with ffmpeg and GStreamer, each with a tone of its own, and measures what each hears, by Goertzel.

One program sends and another receives, so a relay stands between them and the server, as a NAT would: to the server, both are one telephone.
"""

import array
import json
import math
import os
import re
import select
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

URL, TOKEN, FILES = os.environ["URL"], os.environ["TOKEN"], sys.argv[1]
SECONDS = 8
RATE = 8000
AMPLITUDE = 0.125  # that of ffmpeg's sine
PAYLOADS = {0: "PCMU/8000", 8: "PCMA/8000", 9: "G722/8000", 96: "opus/48000/2"}


def ask(method, path, body=None):
    request = urllib.request.Request(URL + path, data=body and body.encode(), method=method)
    request.add_header("Authorization", f"Bearer {TOKEN}")
    if body:
        request.add_header("Content-Type", "application/sdp")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.headers, answer.read().decode()


def pair():
    """Two sockets beside each other; the first has an even port."""
    while True:
        sockets = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2)]
        try:
            sockets[0].bind(("127.0.0.1", 0))
            port = sockets[0].getsockname()[1]
            if port % 2 == 0:
                sockets[1].bind(("127.0.0.1", port + 1))
                return port, sockets
        except OSError:
            pass
        for one in sockets:
            one.close()


def description(port, payload):
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=call", "c=IN IP4 127.0.0.1", "t=0 0", f"m=audio {port} RTP/AVP {payload}"]
    return "\r\n".join(lines + [f"a=rtpmap:{payload} {PAYLOADS[payload]}", ""])


def goertzel(samples, hz):
    """The amplitude of a tone, exact for whole periods."""
    turn = 2 * math.cos(2 * math.pi * hz / RATE)
    before, last = 0.0, 0.0
    for sample in samples:
        before, last = last, sample / 32768 + turn * last - before
    return 2 * math.sqrt(max(before**2 + last**2 - turn * before * last, 0)) / len(samples)


class Call:
    def __init__(self, name, payload, hz, tool):
        self.name, self.hz, self.payload, self.heard = name, hz, payload, f"{FILES}/{name}.raw"
        port, self.outside = pair()
        self.from_sender, self.inside = pair()
        self.to_receiver, free = pair()
        for one in free:
            one.close()
        headers, answer = ask("POST", f"/rtp/{name}", description(port, payload))
        self.location = headers["Location"]
        self.server = int(re.search(r"m=audio (\d+) ", answer).group(1))
        receive, send = tool(self)
        self.processes = [subprocess.Popen(receive), subprocess.Popen(send)]
        threading.Thread(target=self.relay, daemon=True).start()

    def relay(self):
        """RTP and RTCP of the sender to the server, and those of the server to the receiver."""
        ways = {self.inside[of]: (self.outside[of], self.server + of) for of in range(2)}
        ways |= {self.outside[of]: (self.inside[of], self.to_receiver + of) for of in range(2)}
        while True:
            for ready in select.select(list(ways), [], [])[0]:
                through, to = ways[ready]
                through.sendto(ready.recv(2048), ("127.0.0.1", to))

    def level(self, hz):
        """The amplitude of a tone in the last seconds that were heard, in proportion to a tone as it was sent."""
        samples = array.array("h")
        with open(self.heard, "rb") as file:
            data = file.read()
        samples.frombytes(data[: len(data) // 2 * 2])
        # The beginning is before all have come. A jitter buffer may stretch a tone: the median of short windows bears that.
        window = RATE // 10
        starts = range(len(samples) - 2 * RATE, len(samples) - window, window)
        assert starts[0] > 2 * RATE, f"{self.name} has heard only {len(samples) / RATE} s"
        return statistics.median(goertzel(samples[start : start + window], hz) for start in starts) / AMPLITUDE

    def end(self):
        for process in self.processes:
            process.terminate()
            process.wait(10)
        return json.loads(ask("GET", self.location)[1])


def ffmpeg(call):
    sdp = f"{FILES}/{call.name}.sdp"
    with open(sdp, "w") as file:
        file.write(description(call.to_receiver, call.payload))
    quiet = ["ffmpeg", "-loglevel", "fatal", "-nostdin", "-y"]
    codec = {0: ["pcm_mulaw", "-ar", "8000"], 9: ["g722", "-ar", "16000"]}[call.payload]
    tone = ["-re", "-f", "lavfi", "-i", f"sine=frequency={call.hz}:sample_rate=48000"]
    to = ["-f", "rtp", f"rtp://127.0.0.1:{call.from_sender}?pkt_size=172"]
    receive = quiet + ["-protocol_whitelist", "file,udp,rtp", "-i", sdp, "-ar", str(RATE), "-ac", "1", "-f", "s16le", "-flush_packets", "1"]
    return receive + [call.heard], quiet + tone + ["-ac", "1", "-c:a", *codec, *to]


def gstreamer(call):
    name, into, out = {
        8: ("PCMA", "alawenc ! rtppcmapay", "rtppcmadepay ! alawdec"),
        96: ("OPUS", "opusenc ! rtpopuspay pt=96", "rtpopusdepay ! opusdec"),
    }[call.payload]
    clock = PAYLOADS[call.payload].split("/")[1]
    caps = f"application/x-rtp,media=audio,encoding-name={name},payload={call.payload},clock-rate={clock}"
    receive = f"udpsrc port={call.to_receiver} caps={caps} ! rtpjitterbuffer ! {out} ! audioconvert ! audioresample"
    receive += f" ! audio/x-raw,format=S16LE,rate={RATE},channels=1 ! filesink buffer-mode=unbuffered location={call.heard}"
    rate = 8000 if call.payload == 8 else 48000
    send = f"audiotestsrc is-live=true freq={call.hz} volume={AMPLITUDE} samplesperbuffer={rate // 50}"
    send += f" ! audio/x-raw,rate={rate},channels=1,format=S16LE ! {into} max-ptime=20000000"
    send += f" ! udpsink host=127.0.0.1 port={call.from_sender}"
    return [["gst-launch-1.0", "-q", *line.split()] for line in (receive, send)]


calls = [
    Call("ffmpeg-pcmu", 0, 500, ffmpeg),
    Call("ffmpeg-g722", 9, 800, ffmpeg),
    Call("gstreamer-pcma", 8, 1100, gstreamer),
    Call("gstreamer-opus", 96, 1400, gstreamer),
]
time.sleep(SECONDS)
figures = {call.name: call.end() for call in calls}
wrong = []
for call in calls:
    levels = {other.name: call.level(other.hz) for other in calls}
    told = " ".join(f"{name} {20 * math.log10(max(level, 1e-6)):.1f} dB;" for name, level in levels.items())
    received, sent = figures[call.name]["received"], figures[call.name]["sent"]
    print(f"{call.name} hears {told} {received['packets']} packets in, {received['lost']} lost, {sent['packets']} out")
    for name, level in levels.items():
        if not (level < 0.01 if name == call.name else 0.8 < level < 1.25):
            wrong.append(f"{call.name} hears {name} at {level:.4f} of its level")
    if received["packets"] < 50 * (SECONDS - 3) or received["lost"] != 0:
        wrong.append(f"{call.name}: {figures[call.name]}")
    ask("DELETE", call.location)
sys.exit("\n".join(wrong) or None)
