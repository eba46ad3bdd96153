"""What a schema cannot say, said to schemathesis: which call there is, who is in it, and how values depend on each other.

Every request is put right in these points and in no other. So one that the schema allows has to be answered with 200 or 202,
and one that it forbids is refused for what is wrong with it, and not because it names nobody in the call.
"""

import os

import schemathesis
from schemathesis.core.parameters import ParameterLocation

CALL = os.environ["MIXER_CALL"]
# Those whose names begin with r are there to be removed.
EVERYBODY = os.environ["MIXER_PARTICIPANTS"].split(" ")
PARTICIPANTS = [name for name in EVERYBODY if not name.startswith("r")]
REMOVED = [name for name in EVERYBODY if name.startswith("r")]
# Nothing is fetched from there, and nobody is asked for it.
URI = "http://127.0.0.1/prompt.wav"

newest_operation, newest_group, groups = "none yet", "none yet", 0


@schemathesis.hook
def before_call(ctx, case, kwargs):
    path = case.meta and case.meta.components.get(ParameterLocation.PATH)
    if path is None or path.mode.is_positive:
        name_what_is_there(case)
    if isinstance(case.body, dict):
        settle(case.body, case.path_parameters)


@schemathesis.hook
def after_call(ctx, case, response):
    global newest_operation, newest_group
    for location in response.headers.get("location", []):
        if "/operations/" in location:
            newest_operation = location.rpartition("/")[2]
        else:
            newest_group = location.rpartition("/")[2]


def name_what_is_there(case):
    parameters = case.path_parameters
    if "call" in parameters:
        parameters["call"] = CALL
    if "operation" in parameters:
        parameters["operation"] = newest_operation
    if "group" in parameters:
        parameters["group"] = newest_group
    if "participant" in parameters:
        removed = REMOVED.pop() if case.method == "DELETE" and REMOVED else "nobody"
        parameters["participant"] = removed if case.method == "DELETE" else PARTICIPANTS[-1]


def settle(request, parameters):
    settle_listeners(request)
    settle_group(request, parameters)
    for prompt in [*objects(request.get("prompts")), *objects([request.get("customPrompt")])]:
        media = prompt.get("mediaInfo")
        if isinstance(media, dict) and is_text(media.get("uri"), 2048):
            media["uri"] = URI


def settle_listeners(request):
    """The rules of a whole request: listeners are in the call, and none is there twice."""
    listeners = objects(request.get("participantMixerLevels"))
    for listener, name in zip(listeners, PARTICIPANTS):
        rename(listener, name)
        settle_listener(listener, name)
    del listeners[len(PARTICIPANTS) :]


def settle_group(request, parameters):
    """A group has one source and one receiver, whatever its mode, and the id in its path or one of its own."""
    global groups
    for members, name in [("sources", PARTICIPANTS[0]), ("receivers", PARTICIPANTS[1])]:
        if isinstance(request.get(members), list) and all(isinstance(member, str) for member in request[members]):
            request[members] = [name]
    if is_text(request.get("id"), 256):
        groups += 1
        request["id"] = (parameters or {}).get("group", f"group-{groups}")


def settle_listener(listener, name):
    sources = objects(listener.get("sourceLevels"))
    for source, other in zip(sources, [other for other in PARTICIPANTS if other != name]):
        rename(source, other)
        if not isinstance(listener.get("ducking"), dict) and source.get("duckOthers") is True:
            source["duckOthers"] = False
    levels = listener.get("ducking")
    if isinstance(levels, dict):
        lower, upper = levels.get("lowerLevel"), levels.get("upperLevel")
        if is_level(lower) and is_level(upper) and lower > upper:
            levels["lowerLevel"], levels["upperLevel"] = upper, lower


def objects(value):
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def rename(item, name):
    """A name that is no text is what may be wrong with the request."""
    if isinstance(item.get("participant"), str):
        item["participant"] = name


def is_level(value):
    """JSON's 24.0 is the integer 24."""
    return type(value) in (int, float) and 0 <= value <= 100 and value == int(value)


def is_text(value, most):
    return isinstance(value, str) and len(value) <= most
