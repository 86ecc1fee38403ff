"""Turns the JSON object of a stored event back into the event: the way back of `event_json`."""

from __future__ import annotations

import types
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from runner.contracts import CommandResult
from runner.events import Event
from runner.journal.event_json import event_classes, event_name

_Back = Callable[[Any], Any]


class UnknownEvent(ValueError):
    """An object that is no event this version knows."""


def event_of(stored: Mapping[str, Any]) -> Event:
    """The event that `event_object` made this object of. Fields that this version does not know are passed over.

    Raises:
        UnknownEvent: an event of another name, or one that lacks a field; a later version has written it, or it is damaged.
    """
    if (known := _classes().get(str(stored.get("event")))) is None:
        raise UnknownEvent(f"there is no event '{stored.get('event')}'")
    kind, hints = known
    try:
        return kind(**{name: hints[name](value) for name, value in stored.items() if name in hints})
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise UnknownEvent(f"this is no {stored.get('event')}: {error}") from error


@cache
def _classes() -> dict[str, tuple[type[Event], dict[str, _Back]]]:
    """Each class of event by its name, with the way back of each field."""
    return {event_name(kind): (kind, _hints(kind)) for kind in event_classes()}


def _hints(kind: type[Event]) -> dict[str, _Back]:
    known = {field.name for field in fields(kind)}
    return {name: _back(hint) for name, hint in get_type_hints(kind).items() if name in known}


def _back(hint: Any) -> _Back:
    """What turns a stored value into one of this type."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint is datetime:
        return datetime.fromisoformat
    if hint is CommandResult:
        return lambda value: CommandResult(**{name: value[name] for name in _RESULT if name in value})
    if isinstance(hint, type) and issubclass(hint, Enum):
        return hint
    if origin is tuple:
        each = _back(inner[0])
        return lambda value: tuple([each(one) for one in value])
    if origin in (Union, types.UnionType) and len(inner) == 2 and type(None) in inner:
        some = _back(next(one for one in inner if one is not type(None)))
        return lambda value: None if value is None else some(value)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


_RESULT = frozenset(field.name for field in fields(CommandResult))
