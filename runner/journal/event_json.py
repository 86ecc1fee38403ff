"""Turns an event into the JSON object that programs read, and describes these objects as a JSON Schema."""

from __future__ import annotations

import re
import types
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from inspect import cleandoc
from typing import Any, Union, get_args, get_origin, get_type_hints

from runner import events, job_events
from runner.contracts import CommandResult
from runner.events import Event
from runner.journal.jsonable import jsonable
from runner.journal.redaction import Redact

AS_IT_IS = frozenset(
    {"host", "hosts", "device_ids", "not_started", "job_id", "status", "phase", "action", "decision", "limit", "counts", "digest"}
)
"""Fields that programs compare with, and that hold names of hosts, words of ours or numbers: redaction must not change them."""

_SURROGATE = re.compile("[\ud800-\udfff]")
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def event_classes() -> tuple[type[Event], ...]:
    """Every class of event there is, in the order of `runner.events` and `runner.job_events`."""
    return tuple(each for each in Event.__subclasses__() if each.__module__ in (events.__name__, job_events.__name__))


def event_name(kind: type[Event]) -> str:
    """`TaskFinished` is `task_finished` in JSON."""
    return _snake(kind.__name__)


@cache
def _snake(name: str) -> str:
    return _WORD.sub("_", name).lower()


def event_object(event: Event, redact: Redact, *, exact: bool = False) -> dict[str, Any]:
    """The event as data that JSON can hold: `event`, `at` (UTC, ISO 8601 with `Z`), then its fields under their names.

    Secrets and their markers are masked in every text that is not a name programs compare with. Results are as in the JSON
    document. Bytes that were not UTF-8, which JSON cannot hold, are U+FFFD, or with `exact`, which the store asks for, the surrogate
    escapes they were read as; fields for the store alone are left out without it.
    """
    sayable = str if exact else _sayable

    def masked(text: str) -> str:
        return sayable(redact(text))

    kind: Any = type(event)
    found: dict[str, Any] = {"event": event_name(kind), "at": _moment(event.at)}
    for name, as_it_is, stored_only in _parts(kind):
        if exact or not stored_only:
            found[name] = _value(getattr(event, name), sayable if as_it_is else masked)
    return found


@cache
def _parts(kind: Any) -> tuple[tuple[str, bool, bool], ...]:
    """The fields of an event but `at`: name, whether it is left unmasked, whether it is for the store alone."""
    return tuple(
        (field.name, field.name in AS_IT_IS, bool(field.metadata.get("stored_only"))) for field in fields(kind) if field.name != "at"
    )


def event_schema() -> dict[str, Any]:
    """The JSON Schema (draft-07) of one line of `--format ndjson`."""
    kinds = event_classes()
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "An event of nornir-playbook",
        "description": "One line of `--format ndjson`. Fields may be added in later versions; none changes its meaning.",
        "oneOf": [{"$ref": f"#/definitions/{event_name(kind)}"} for kind in kinds],
        "definitions": {event_name(kind): _definition(kind) for kind in kinds} | {"command_result": _command_result()},
    }


def _value(value: Any, text: Callable[[str], str]) -> Any:
    if isinstance(value, datetime):
        return _moment(value)
    if isinstance(value, float):
        return jsonable(round(value, 3), text)
    if isinstance(value, tuple):
        return [_value(each.entry() if isinstance(each, CommandResult) else each, text) for each in value]
    return jsonable(value, text)


def _sayable(text: str) -> str:
    return _SURROGATE.sub("\ufffd", text)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _definition(kind: type[Event]) -> dict[str, Any]:
    hints = get_type_hints(kind)
    names = ["at", *(field.name for field in fields(kind) if field.name != "at" and not field.metadata.get("stored_only"))]
    return {
        "type": "object",
        "description": cleandoc(kind.__doc__ or ""),
        "properties": {"event": {"const": event_name(kind)}, **{name: _type(hints[name]) for name in names}},
        "required": ["event", *names],
    }


def _command_result() -> dict[str, Any]:
    """What stands in every entry is what stands in an empty one."""
    hints = get_type_hints(CommandResult)
    return {
        "type": "object",
        "description": cleandoc(CommandResult.__doc__ or ""),
        "properties": {field.name: _type(hints[field.name]) for field in fields(CommandResult)},
        "required": [*CommandResult().entry()],
    }


_PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    type(None): {"type": "null"},
    Any: {},
    datetime: {"type": "string", "format": "date-time"},
    CommandResult: {"$ref": "#/definitions/command_result"},
}


def _type(hint: Any) -> dict[str, Any]:
    """The schema of a field by its annotation. Raises TypeError for one that no event has had so far."""
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    origin, inner = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return {"anyOf": [_type(each) for each in inner]}
    if origin in (tuple, list):
        return {"type": "array", "items": _type(inner[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": _type(inner[1])}
    if isinstance(hint, type) and issubclass(hint, Enum):
        return {"enum": [each.value for each in hint]}
    raise TypeError(f"no schema is known for {hint!r}")
