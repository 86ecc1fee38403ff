"""Numbers as keys: data may have them (`vlans: {10: users}`), a mapping whose keys the language names may not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from runner.documents.frames import Found
from runner.documents.model import Branch, Place

Free: TypeAlias = Callable[[tuple[str | int, ...]], bool]
"""Whether what stands at a path is the user's own data, with everything inside it."""


def nothing_free(path: tuple[str | int, ...]) -> bool:
    """The rule of a file whose keys all have a meaning."""
    return False


def inside_top_level(path: tuple[str | int, ...]) -> bool:
    """The rule of a file of variables: their names are text, their values are data."""
    return bool(path)


def refuse_numbers(data: Any, place: Place | None, free: Free, problems: list[Found]) -> tuple[Any, Place | None]:
    """Data and places with every number that is a key outside free data told as a problem and made text, so that reading can go on."""
    return _checked(data, place, (), free, problems)


def _checked(data: Any, place: Any, path: tuple[str | int, ...], free: Free, problems: list[Found]) -> tuple[Any, Any]:
    if not isinstance(place, Branch) or free(path):
        return data, place
    places: Any = place.inner
    if isinstance(data, list):
        entries = [_checked(each, places[at], (*path, at), free, problems) for at, each in enumerate(data)]
        return [each for each, _ in entries], Branch(place.start, None, [at for _, at in entries])
    made: dict[str | int, Any] = {}
    inner: dict[str | int, Place] = {}
    positions = place.keys or {}
    for key, value in data.items():
        if not isinstance(key, str):
            problems.append(Found(f"key '{key}' is a number, but a key must be text", positions[key], f"put it in quotes: '{key}'"))
        made[str(key)], inner[str(key)] = _checked(value, places[key], (*path, key), free, problems)
    return made, Branch(place.start, {str(key): where for key, where in positions.items()}, inner)
