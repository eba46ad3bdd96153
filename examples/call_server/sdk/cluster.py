"""Three servers of one call, with the official Python client at each: what is set at one is heard at another, and a network that falls apart and comes
together again takes nobody else with it. Ends with an error at the first surprise.

TOKEN and MIXER_CALL say what, SERVERS where: three URLs. At each, `tone.a`, `tone.b` or `tone.c` sends 400, 700 or 1000 Hz, and `ear.a`, `ear.b` or `ear.c`
hears. CUT and MEND are commands that take the second server off the network, and back.
"""

import asyncio
import json
import os
import subprocess
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from ear import Ear
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_http.middleware.options import ResponseHandlerOption
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph_core import APIVersion, GraphClientFactory

TOKEN, CALL, URLS = os.environ["TOKEN"], os.environ["MIXER_CALL"], os.environ["SERVERS"].split(" ")
A, B, C = TONES = 400, 700, 1000
# Of a tone as it is sent.
AMPLITUDE = 0.2


class Token(AccessTokenProvider):
    def __init__(self, url):
        self.allowed = AllowedHostsValidator([urlsplit(url).hostname, urlsplit(url).netloc])

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return TOKEN

    def get_allowed_hosts_validator(self):
        return self.allowed


class Server:
    """One of the servers, as a client of the API knows it."""

    def __init__(self, url):
        self.base = f"{url}/v1.0"
        http = GraphClientFactory.create_with_default_middleware(api_version=APIVersion.v1, host=url)
        self.adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Token(url)), client=http)
        self.adapter.base_url = self.base
        self.call = GraphServiceClient(request_adapter=self.adapter).communications.calls.by_call_id(CALL)

    async def people(self):
        return sorted(one.id for one in (await self.call.participants.get()).value)

    async def sets(self, listener, source, level):
        """Sets a level, and returns its operation once it has ended."""
        levels = [{"participant": listener, "sourceLevels": [{"participant": source, "level": level}]}]
        request = RequestInformation(Method.POST, "{+url}", {"url": f"{self.base}/communications/calls/{CALL}/participants/configureMixer"})
        request.set_stream_content(json.dumps({"participantMixerLevels": levels}).encode(), "application/json")
        request.add_request_options([ResponseHandlerOption(NativeResponseHandler())])
        begun = await self.adapter.send_primitive_async(request, "bytes", {})
        assert begun.status_code == 200, begun.text
        operation = begun.json()
        while operation["status"] == "running":
            await asyncio.sleep(0.05)
            read = await self.call.operations.by_comms_operation_id(operation["id"]).get()
            operation = {"status": read.status.value.lower(), "message": read.result_info and read.result_info.message}
        return operation


def completed(operation):
    assert operation["status"] == "completed", operation


async def until(what, so):
    async def wait():
        while not await so():
            await asyncio.sleep(0.1)

    await asyncio.wait_for(wait(), 30)
    print(what)


async def far_levels(servers, ears):
    a, _, c = servers
    completed(await a.sets("ear.b", "tone.c", 50))

    # A link that has begun late comes nearer by slips, which a tone is measured less through.
    async def half():
        heard, _ = await ears[1].window()
        return abs(heard[C] - AMPLITUDE / 2) < 0.01 and abs(heard[A] - AMPLITUDE) < 0.02

    await until("a level of half is heard as half of the amplitude, and nothing else is changed", half)
    completed(await c.sets("ear.b", "tone.c", 0))
    await ears[1].hears(A, B)
    await ears[0].hears(A, B, C)
    completed(await servers[1].sets("ear.b", "tone.c", 100))
    await ears[1].hears(A, B, C)
    print("levels that are set at one server, for a listener at another, of a source at a third, are heard")


async def partition(servers, ears):
    a, b, c = servers
    subprocess.run(os.environ["CUT"].split(" "), check=True)
    # The sockets of the ear there are still open: what it hears comes once the network is back.
    await asyncio.gather(ears[0].hears(A, C), ears[2].hears(A, C))

    async def has_left():
        return "tone.b" not in await a.people() + await c.people()

    await until("without the second server the others hear each other, and its participants leave", has_left)
    completed(await a.sets("ear.c", "tone.a", 50))
    subprocess.run(os.environ["MEND"].split(" "), check=True)
    everybody = sorted(f"{sort}.{node}" for sort in ("tone", "ear") for node in "abc")

    async def all_know_all():
        return [await server.people() for server in servers] == [everybody] * 3

    await until("once it is back, all know all", all_know_all)


async def main():
    servers = [Server(url) for url in URLS]
    async with AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(Ear(url, TOKEN, f"ear.{node}", TONES)) for url, node in zip(URLS, "abc")]
        for ear in ears:
            await ear.hears(*TONES)
        await far_levels(servers, ears)
        await partition(servers, ears)
        async with Ear(URLS[1], TOKEN, "ear.b", TONES) as again:
            await asyncio.gather(ears[0].hears(*TONES), again.hears(*TONES), ears[2].hears(*TONES))
    print("and all hear all")


asyncio.run(main())
