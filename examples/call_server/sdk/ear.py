"""What a participant hears, by the listening socket of call_server: which tones, how loud, and whether they are alone."""

import array
import asyncio
import base64
import collections
import json
import math
import operator

import websockets

RATE = 48_000
# Long enough to tell tones apart that are multiples of 5 Hz, exactly.
WINDOW = RATE // 5
PRESENT, ABSENT = 0.05, 0.005
LIMIT_S = 10


def waves(hz):
    angles = [2 * math.pi * hz * n / RATE for n in range(WINDOW)]
    return [math.cos(angle) for angle in angles], [math.sin(angle) for angle in angles]


class Ear:
    """The last 200 ms of what a participant hears, kept up to date. `tones` are all that there may be, in Hz."""

    def __init__(self, url, token, participant, tones):
        name = base64.urlsafe_b64encode(token.encode()).decode().rstrip("=")
        self.url = f"{url.replace('http', 'ws', 1)}/desk/listen/{participant}"
        self.protocols = ["mixminus.desk", f"bearer.{name}"]
        self.tones = {hz: waves(hz) for hz in tones}
        self.name = participant
        self.count, self.last = 0, collections.deque(maxlen=WINDOW)

    async def __aenter__(self):
        self.socket = await websockets.connect(self.url, subprotocols=self.protocols)
        assert json.loads(await self.socket.recv()) == {"sampleRate": RATE, "channels": 1}
        self.reader = asyncio.create_task(self.read())
        return self

    async def __aexit__(self, *_):
        self.reader.cancel()
        self.socket.transport.abort()

    async def read(self):
        async for packet in self.socket:
            samples = array.array("h", packet)
            self.count += len(samples)
            self.last.extend(samples)

    async def window(self):
        """The amplitude of each tone in 200 ms from now on, and the root mean square of all."""
        end = self.count + WINDOW
        while self.count < end:
            assert not self.reader.done(), f"{self.name} hears nothing any more"
            await asyncio.sleep(0.01)
        samples = [sample / 32768 for sample in self.last]

        def amplitude(wave):
            return math.hypot(*(sum(map(operator.mul, samples, part)) for part in wave)) * 2 / WINDOW

        amplitudes = {hz: amplitude(wave) for hz, wave in self.tones.items()}
        return amplitudes, math.sqrt(sum(map(operator.mul, samples, samples)) / WINDOW)

    async def hears(self, *tones, other=False):
        """Waits until exactly these tones are heard, and nothing else; or with `other` something else, too."""
        heard = None

        async def wait():
            nonlocal heard
            while True:
                heard, rms = await self.window()
                right = all(heard[hz] > PRESENT if hz in tones else heard[hz] < ABSENT for hz in heard)
                own = math.sqrt(sum(heard[hz] ** 2 / 2 for hz in tones))
                rest = math.sqrt(max(rms**2 - own**2, 0))
                if right and (rest > PRESENT / 2 if other else rest < ABSENT):
                    return

        try:
            await asyncio.wait_for(wait(), LIMIT_S)
        except TimeoutError:
            raise AssertionError(f"{self.name} should hear {tones}, other sound {other}, and hears {heard}") from None
