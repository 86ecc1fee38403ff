"""A document: plain data read from a file, and where in the file each piece of it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple, TypeAlias

from runner.documents.excerpt import excerpt, split_lines
from runner.errors import Problem, Where

Position: TypeAlias = int
"""A line and a column in one number, which costs neither memory nor the garbage collector's time; see `position`."""

_COLUMNS = 1 << 28


def position(line: int, column: int) -> Position:
    """The position of a line and column that count from 0."""
    return line * _COLUMNS + column


def line_of(where: Position) -> int:
    """The line of a position, from 0."""
    return where // _COLUMNS


class Branch:
    """The positions inside a mapping or list, beside the data so that the data stays plain. Made in great numbers, so it is thin.

    `keys` are the positions of a mapping's keys, None for a list; `inner` the places of the values.
    """

    __slots__ = ("inner", "keys", "start")

    def __init__(self, start: Position, keys: dict[str | int, Position] | None, inner: dict[str | int, Place] | list[Place]) -> None:
        self.start = start
        self.keys = keys
        self.inner = inner


Place: TypeAlias = Position | Branch


def start_of(place: Place) -> Position:
    """Where a value begins."""
    return place if isinstance(place, int) else place.start


class Doubt(NamedTuple):
    """A word that could have been meant otherwise: where it stands in the text and in the data."""

    word: str
    where: Position
    path: tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Document:
    """One YAML file. `data` is built of dict, list, str, int, float, bool and None; None for an empty file.

    Keys are text, in free data (see `text_keys`) also whole numbers.

    `file` is the name shown to the user. `source` and `place` serve `where`; without them every place is the file's first line.
    `doubts` are words that older YAML does not read as text; see `older`.
    """

    file: str
    data: Any
    source: str = field(default="", repr=False)
    place: Place | None = field(default=None, repr=False)
    doubts: tuple[Doubt, ...] = field(default=(), repr=False)

    def where(self, path: Sequence[str | int] = (), *, key: bool = False, quoted: bool = True) -> Where:
        """The place of a value, or of its key when `key`; of the nearest existing ancestor when there is no such value.

        Without `quoted` it has no text: to find out what of a line may be shown takes time, which counts for thousands of places.
        """
        place = self.place
        found = 0 if place is None else start_of(place)
        at_key = found
        for step in path:
            inner = _inside(place, step)
            if not isinstance(place, Branch) or inner is None:
                at_key = found
                break
            at_key = place.keys[step] if place.keys is not None else start_of(inner)
            place, found = inner, start_of(inner)
        position = at_key if key else found
        if quoted:
            return self.located(position)
        line, column = divmod(position, _COLUMNS)
        return Where(file=self.file, line=line + 1, column=column + 1)

    def problem(self, message: str, path: Sequence[str | int] = (), *, hint: str = "", key: bool = False) -> Problem:
        """A problem at the place of a value, or of its key."""
        return Problem(message=message, where=self.where(path, key=key), hint=hint)

    def located(self, where: Position) -> Where:
        """A position as it is shown, with the line's text in which secrets are masked."""
        line, column = divmod(where, _COLUMNS)
        return Where(file=self.file, line=line + 1, column=column + 1, text=excerpt(self._lines, line))

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self.source)


def _inside(place: Place | None, step: str | int) -> Place | None:
    """The place one step further in."""
    if not isinstance(place, Branch):
        return None
    if isinstance(place.inner, dict):
        return place.inner.get(step)
    return place.inner[step] if isinstance(step, int) and 0 <= step < len(place.inner) else None
