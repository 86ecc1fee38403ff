"""A document: plain data read from a file, and where in the file each piece of it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol, TypeAlias

from runner.documents.excerpt import excerpt, split_lines
from runner.errors import Problem, Where


class Mark(Protocol):
    """A position: `line` and `column` count from 0."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


class Branch:
    """The positions inside a mapping or list, beside the data so that the data stays plain. Made in great numbers, so it is thin.

    `keys` maps each key of a mapping to the mark of the key and the place of its value; `items` are the places of a list.
    """

    __slots__ = ("items", "keys", "mark")

    def __init__(self, mark: Mark, keys: dict[str, tuple[Mark, Place]] | None, items: list[Place] | None) -> None:
        self.mark = mark
        self.keys = keys
        self.items = items


Place: TypeAlias = Mark | Branch


@dataclass(frozen=True, kw_only=True)
class Document:
    """One YAML file. `data` is built of dict (keys are text), list, str, int, float, bool and None; None for an empty file.

    `file` is the name shown to the user. `source` and `place` serve `where`; without them every place is the file's first line.
    """

    file: str
    data: Any
    source: str = field(default="", repr=False)
    place: Place | None = field(default=None, repr=False)

    def where(self, path: Sequence[str | int] = (), *, key: bool = False) -> Where:
        """The place of a value, or of its key when `key`; of the nearest existing ancestor when there is no such value."""
        key_mark: Mark | None = None
        place = self.place
        for step in path:
            found = _child(place, step)
            if found is None:
                key_mark = None
                break
            key_mark, place = found
        mark = key_mark if key and key_mark is not None else None if place is None else _mark(place)
        return self.at(0) if mark is None else self.at(mark.line, mark.column)

    def problem(self, message: str, path: Sequence[str | int] = (), *, hint: str = "", key: bool = False) -> Problem:
        """A problem at the place of a value, or of its key."""
        return Problem(message=message, where=self.where(path, key=key), hint=hint)

    def at(self, line: int, column: int = 0) -> Where:
        """The place at a line and column that count from 0, with the line's text in which secrets are masked."""
        return Where(file=self.file, line=line + 1, column=column + 1, text=excerpt(self._lines, line))

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self.source)


def _mark(place: Place) -> Mark:
    return place.mark if isinstance(place, Branch) else place


def _child(place: Place | None, step: str | int) -> tuple[Mark | None, Place] | None:
    """The key's mark (None in a list) and the place of what is one step further in."""
    if not isinstance(place, Branch):
        return None
    if isinstance(step, str):
        return place.keys.get(step) if place.keys is not None else None
    if place.items is not None and 0 <= step < len(place.items):
        return None, place.items[step]
    return None
