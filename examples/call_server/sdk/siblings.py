"""The official Python SDK, with the builders that are generated from the API's own description, against call_server: each request that there is
beside configureMixer, and what is heard of it. Ends with an error at the first surprise.

URL, TOKEN and MIXER_CALL say where, and PROMPTS where the tones are. In the call are `low` and `high`, tones of 400 and 700 Hz of which the second is out of
the default group, and those who hear, `ear` and `other`.
"""

import asyncio
import os
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

from ear import Ear
from kiota_abstractions.authentication import AccessTokenProvider, AllowedHostsValidator, BaseBearerTokenAuthenticationProvider
from msgraph import GraphRequestAdapter, GraphServiceClient
from msgraph.generated.communications.calls.item.cancel_media_processing.cancel_media_processing_post_request_body import (
    CancelMediaProcessingPostRequestBody,
)
from msgraph.generated.communications.calls.item.mute.mute_post_request_body import MutePostRequestBody
from msgraph.generated.communications.calls.item.participants.item.mute.mute_post_request_body import (
    MutePostRequestBody as MuteParticipantPostRequestBody,
)
from msgraph.generated.communications.calls.item.participants.item.start_hold_music.start_hold_music_post_request_body import (
    StartHoldMusicPostRequestBody,
)
from msgraph.generated.communications.calls.item.participants.item.stop_hold_music.stop_hold_music_post_request_body import (
    StopHoldMusicPostRequestBody,
)
from msgraph.generated.communications.calls.item.play_prompt.play_prompt_post_request_body import PlayPromptPostRequestBody
from msgraph.generated.communications.calls.item.unmute.unmute_post_request_body import UnmutePostRequestBody
from msgraph.generated.models.audio_routing_group import AudioRoutingGroup
from msgraph.generated.models.cancel_media_processing_operation import CancelMediaProcessingOperation
from msgraph.generated.models.media_info import MediaInfo
from msgraph.generated.models.media_prompt import MediaPrompt
from msgraph.generated.models.mute_participant_operation import MuteParticipantOperation
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.operation_status import OperationStatus
from msgraph.generated.models.play_prompt_operation import PlayPromptOperation
from msgraph.generated.models.routing_mode import RoutingMode
from msgraph.generated.models.start_hold_music_operation import StartHoldMusicOperation
from msgraph.generated.models.stop_hold_music_operation import StopHoldMusicOperation
from msgraph.generated.models.unmute_participant_operation import UnmuteParticipantOperation
from msgraph_core import APIVersion, GraphClientFactory

URL, TOKEN, PROMPTS = os.environ["URL"], os.environ["TOKEN"], os.environ["PROMPTS"]
LOW, HIGH, PROMPT, MUSIC = 400, 700, 1000, 1300


class Token(AccessTokenProvider):
    async def get_authorization_token(self, uri, additional_authentication_context={}):
        return TOKEN

    def get_allowed_hosts_validator(self):
        return AllowedHostsValidator([urlsplit(URL).hostname, urlsplit(URL).netloc])


def call():
    http = GraphClientFactory.create_with_default_middleware(api_version=APIVersion.v1, host=URL)
    adapter = GraphRequestAdapter(BaseBearerTokenAuthenticationProvider(Token()), client=http)
    adapter.base_url = f"{URL}/v1.0"
    return GraphServiceClient(request_adapter=adapter).communications.calls.by_call_id(os.environ["MIXER_CALL"])


CALL = call()
GROUPS, PEOPLE = CALL.audio_routing_groups, CALL.participants


def prompt(name):
    return MediaPrompt(media_info=MediaInfo(uri=f"{PROMPTS}/{name}.wav"))


async def ended(begun, kind):
    """An operation of this kind, once it has ended."""
    assert type(begun) is kind and begun.client_context == "sdk", begun
    for _ in range(200):
        operation = await CALL.operations.by_comms_operation_id(begun.id).get()
        if operation.status not in (OperationStatus.NotStarted, OperationStatus.Running):
            break
        await asyncio.sleep(0.05)
    assert type(operation) is kind and operation.client_context == "sdk", operation
    return operation


async def completed(begun, kind, reason=None):
    operation = await ended(begun, kind)
    assert operation.status == OperationStatus.Completed, operation.result_info
    assert operation.additional_data.get("completionReason") == reason, operation.additional_data


async def refused(request, status, code):
    try:
        await request
    except ODataError as error:
        assert (error.response_status_code, error.error.code) == (status, code), error
    else:
        raise AssertionError(f"not refused with {status}")


async def groups(ear, other):
    whisper = AudioRoutingGroup(id="whisper", routing_mode=RoutingMode.OneToOne, sources=["high"], receivers=["ear"])
    made = await GROUPS.post(whisper)
    assert (made.id, made.routing_mode, made.sources, made.receivers) == ("whisper", "oneToOne", ["high"], ["ear"])
    await ear.hears(LOW, HIGH)
    await other.hears(LOW)
    one = GROUPS.by_audio_routing_group_id("whisper")
    wider = AudioRoutingGroup(routing_mode=RoutingMode.Multicast, receivers=["ear", "other"])
    assert (await one.patch(wider)).receivers == ["ear", "other"]
    await other.hears(LOW, HIGH)
    assert (await one.get()).routing_mode == RoutingMode.Multicast
    assert [group.id for group in (await GROUPS.get()).value] == ["whisper"]
    await refused(one.patch(AudioRoutingGroup(receivers=["nobody"])), 400, "badRequest")
    await one.delete()
    await ear.hears(LOW)
    await other.hears(LOW)
    await refused(one.get(), 404, "notFound")


async def hold(ear, other):
    held = PEOPLE.by_participant_id("ear")
    start = held.start_hold_music
    await completed(await start.post(StartHoldMusicPostRequestBody(client_context="sdk")), StartHoldMusicOperation)
    await ear.hears(other=True)
    await other.hears(LOW)
    own = StartHoldMusicPostRequestBody(client_context="sdk", custom_prompt=prompt(MUSIC))
    await completed(await start.post(own), StartHoldMusicOperation)
    await ear.hears(MUSIC)
    words = StartHoldMusicPostRequestBody(client_context="sdk", custom_prompt=prompt("words"))
    failed = await ended(await start.post(words), StartHoldMusicOperation)
    assert failed.status == OperationStatus.Failed and failed.result_info.code == 415, failed.result_info
    await ear.hears(MUSIC)
    stop = await held.stop_hold_music.post(StopHoldMusicPostRequestBody(client_context="sdk"))
    await completed(stop, StopHoldMusicOperation)
    await ear.hears(LOW)


async def speaker_on_hold(ear):
    low = PEOPLE.by_participant_id("low")
    start = await low.start_hold_music.post(StartHoldMusicPostRequestBody(client_context="sdk"))
    await completed(start, StartHoldMusicOperation)
    await ear.hears()
    await completed(await low.stop_hold_music.post(StopHoldMusicPostRequestBody(client_context="sdk")), StopHoldMusicOperation)
    await ear.hears(LOW)


async def prompts(ear, other):
    once = PlayPromptPostRequestBody(client_context="sdk", prompts=[prompt(PROMPT)])
    begun = await CALL.play_prompt.post(once)
    await asyncio.gather(ear.hears(LOW, PROMPT), other.hears(LOW, PROMPT))
    await completed(begun, PlayPromptOperation, "completedSuccessfully")
    await ear.hears(LOW)
    words = PlayPromptPostRequestBody(client_context="sdk", prompts=[prompt("words")])
    failed = await ended(await CALL.play_prompt.post(words), PlayPromptOperation)
    assert failed.status == OperationStatus.Failed and failed.result_info.code == 415, failed.result_info

    looped = PlayPromptPostRequestBody(client_context="sdk", prompts=[prompt(PROMPT)], additional_data={"loop": True})
    begun = await CALL.play_prompt.post(looped)
    await ear.hears(LOW, PROMPT)
    await completed(await CALL.mute.post(MutePostRequestBody(client_context="sdk")), MuteParticipantOperation)
    await ear.hears(LOW)
    await completed(await CALL.unmute.post(UnmutePostRequestBody(client_context="sdk")), UnmuteParticipantOperation)
    await ear.hears(LOW, PROMPT)
    cancel = await CALL.cancel_media_processing.post(CancelMediaProcessingPostRequestBody(client_context="sdk"))
    await completed(cancel, CancelMediaProcessingOperation)
    await completed(begun, PlayPromptOperation, "mediaOperationCanceled")
    await asyncio.gather(ear.hears(LOW), other.hears(LOW))


async def people(ear):
    low = PEOPLE.by_participant_id("low")
    everybody = {one.id: one for one in (await PEOPLE.get()).value}
    assert set(everybody) == {"low", "high", "ear", "other"}, everybody
    assert (await low.get()).is_muted is False and everybody["low"].info.identity.user.id == "low"
    await completed(await low.mute.post(MuteParticipantPostRequestBody(client_context="sdk")), MuteParticipantOperation)
    await ear.hears()
    assert (await low.get()).is_muted is True
    whisper = AudioRoutingGroup(id="whisper", routing_mode=RoutingMode.OneToOne, sources=["high"], receivers=["ear"])
    await GROUPS.post(whisper)
    await ear.hears(HIGH)
    await PEOPLE.by_participant_id("high").delete()
    await ear.hears()
    await refused(PEOPLE.by_participant_id("high").get(), 404, "notFound")


async def main():
    async with AsyncExitStack() as stack:
        tones = (LOW, HIGH, PROMPT, MUSIC)
        ear, other = [await stack.enter_async_context(Ear(URL, TOKEN, name, tones)) for name in ("ear", "other")]
        await ear.hears(LOW)
        await groups(ear, other)
        await hold(ear, other)
        await speaker_on_hold(ear)
        await prompts(ear, other)
        await people(ear)
    print("the official Python SDK: groups, hold, prompts, mutes and removals, each of them heard")


asyncio.run(main())
