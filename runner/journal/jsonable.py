"""Turns any value a parser, plugin or playbook may produce into one that JSON can hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from typing import Any

DEEPEST = 100
"""Levels of nesting kept; what lies deeper (or refers to itself) is replaced by `...`. Python's own encoder fails at about 1000."""

_WIDEST_NUMBER = 10_000
"""Bits of an integer that are written in decimal; Python refuses to convert much longer ones (CVE-2020-10735)."""


def jsonable(value: Any, text: Callable[[str], str], *, depth: int = 0) -> Any:
    """`value` made of dict, list, str, int, float, bool and None alone, every text in it (keys included) passed through `text`.

    NaN and the infinities, which JSON does not know, become None; bytes are read as UTF-8; a set is sorted by its texts;
    a `Secret` stays masked; any other object is its `str()`; of keys that would be one in JSON (10 and "10"), the later ones
    are numbered: "10 (2)". Never raises for the value's sake.
    """
    if isinstance(value, Enum):
        value = value.value
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(str(value))
    if isinstance(value, int):
        return int(value) if value.bit_length() <= _WIDEST_NUMBER else hex(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, bytes | bytearray):
        return text(value.decode("utf-8", "surrogateescape"))
    return _compound(value, text, depth)


def _compound(value: Any, text: Callable[[str], str], depth: int) -> Any:
    if depth >= DEEPEST:
        return "..."
    try:
        value = _opened(value)
        if isinstance(value, Mapping):
            return _mapping(value, text, depth)
        if isinstance(value, Set):
            return sorted((jsonable(item, text, depth=depth + 1) for item in value), key=repr)
        if isinstance(value, Sequence) and not isinstance(value, str):
            return [jsonable(item, text, depth=depth + 1) for item in value]
    except Exception:  # reading it ran code that is not ours, which may do anything; what it is called is still shown
        return text(_shown(value))
    return text(_shown(value))


def _mapping(value: Mapping[Any, Any], text: Callable[[str], str], depth: int) -> dict[str, Any]:
    """No entry is lost: of keys that are written alike, such as 10 and "10", each later one gets a number behind it."""
    written: dict[str, Any] = {}
    for key, item in value.items():
        name = plain = text(_key(key))
        number = 2
        while name in written:
            name, number = f"{plain} ({number})", number + 1
        written[name] = jsonable(item, text, depth=depth + 1)
    return written


def _opened(value: Any) -> Any:
    """The fields of a dataclass or pydantic model; anything else as it is."""
    if isinstance(value, type):
        return value
    if is_dataclass(value):
        return {field.name: getattr(value, field.name) for field in fields(value)}
    dump = getattr(value, "model_dump", None)
    return dump() if callable(dump) else value


def _key(key: Any) -> str:
    """A key as JSON writes it: its encoder also turns None, true and numbers into texts."""
    return {None: "null", True: "true", False: "false"}[key] if key is None or isinstance(key, bool) else _shown(key)


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    try:
        return str(value)
    except Exception:  # `__str__` of a user's class may do anything
        return f"<{type(value).__name__}>"
