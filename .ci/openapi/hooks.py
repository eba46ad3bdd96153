"""What a schema cannot say, said to schemathesis: which call there is, who is in it, and how values depend on each other.

Every request is put right in these points and in no other. So one that the schema allows has to be answered with 200 or 202,
and one that it forbids is refused for what is wrong with it, and not because it names nobody in the call.
"""

import os

import schemathesis
from schemathesis.core.parameters import ParameterLocation

CALL = os.environ["MIXER_CALL"]
PARTICIPANTS = os.environ["MIXER_PARTICIPANTS"].split(" ")

newest_operation = "none yet"


@schemathesis.hook
def before_call(ctx, case, kwargs):
    path = case.meta and case.meta.components.get(ParameterLocation.PATH)
    if path is None or path.mode.is_positive:
        name_what_is_there(case.path_parameters)
    if case.method.upper() == "POST" and isinstance(case.body, dict):
        settle(case.body)


@schemathesis.hook
def after_call(ctx, case, response):
    global newest_operation
    for location in response.headers.get("location", []):
        newest_operation = location.rpartition("/")[2]


def name_what_is_there(parameters):
    if "call" in parameters:
        parameters["call"] = CALL
    if "operation" in parameters:
        parameters["operation"] = newest_operation


def settle(request):
    """The rules of a whole request: listeners are in the call, and none is there twice."""
    listeners = objects(request.get("participantMixerLevels"))
    for listener, name in zip(listeners, PARTICIPANTS):
        rename(listener, name)
        settle_listener(listener, name)
    del listeners[len(PARTICIPANTS) :]


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
