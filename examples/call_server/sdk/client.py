"""The official Python client's transport against call_server: URL, TOKEN, MIXER_CALL and MIXER_PARTICIPANTS say where. Ends with an error at the first surprise."""

import asyncio
import json
import os
from urllib.parse import urlsplit

from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from kiota_abstractions.method import Method
from kiota_abstractions.native_response_handler import NativeResponseHandler
from kiota_abstractions.request_information import RequestInformation
from kiota_http.middleware.options import ResponseHandlerOption
from msgraph_core import APIVersion, BaseGraphRequestAdapter, GraphClientFactory

URL, CALL = os.environ["URL"], os.environ["MIXER_CALL"]
SOURCE, LISTENER = os.environ["MIXER_PARTICIPANTS"].split(" ")[:2]


class Token(AccessTokenProvider):
    def __init__(self):
        self.allowed = AllowedHostsValidator([urlsplit(URL).hostname, urlsplit(URL).netloc])

    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return os.environ["TOKEN"]

    def get_allowed_hosts_validator(self):
        return self.allowed


class Client:
    def __init__(self, version):
        self.base = f"{URL}/{version.value}"
        http = GraphClientFactory.create_with_default_middleware(api_version=version, host=URL)
        self.adapter = BaseGraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Token()), http_client=http)

    async def send(self, method, url, body=None):
        request = RequestInformation(method, "{+url}", {"url": url})
        request.headers.add("Accept", "application/json")
        if body is not None:
            request.set_stream_content(json.dumps(body).encode(), "application/json")
        # The answer as it is: its headers count.
        as_it_is = ResponseHandlerOption(NativeResponseHandler())
        request.add_request_options([as_it_is])
        return await self.adapter.send_primitive_async(request, "bytes", {})


def body(level):
    source = {"participant": SOURCE, "level": level}
    return {"clientContext": "python", "participantMixerLevels": [{"participant": LISTENER, "sourceLevels": [source]}]}


async def configures(version, level):
    client = Client(version)
    call = f"{client.base}/communications/calls/{CALL}"
    answer = await client.send(Method.POST, f"{call}/participants/configureMixer", body(level))
    assert answer.status_code == 200, answer.text
    location = answer.headers["location"]
    assert location.startswith(f"{call}/operations/"), location
    for _ in range(100):
        operation = (await client.send(Method.GET, location)).json()
        if operation["status"] != "running":
            break
        await asyncio.sleep(0.05)
    assert (operation["status"], operation["clientContext"]) == ("completed", "python"), operation
    refused = await client.send(Method.POST, f"{call}/participants/configureMixer", body(101))
    assert (refused.status_code, refused.json()["error"]["code"]) == (400, "badRequest"), refused.text


async def main():
    await configures(APIVersion.v1, 30)
    await configures(APIVersion.beta, 60)
    print("the official Python client: levels set, operations read, refusals understood")


asyncio.run(main())
