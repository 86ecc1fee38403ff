"""A list or mapping while it is being read: takes keys and values one by one, and says what is wrong with them."""

from __future__ import annotations

from typing import Any, NamedTuple

from runner.documents.model import Branch, Place, Position, line_of, start_of
from runner.documents.scalars import kind

UNREADABLE = object()
"""Stands for a value that has its problem already; in the data it is None."""
_SKIPPED = object()  # a key that has its problem already: its value is left out
_MERGE = object()  # the key `<<`


class Found(NamedTuple):
    """A problem at a position, before there is a document that could show its line."""

    message: str
    where: Position
    hint: str = ""


class Frame:
    """An open list or mapping. `height` is how many levels it holds itself, 1 when it holds only scalars.

    Text and whole numbers are keys; `text_keys` refuses the numbers where keys have a meaning. 10, 0xA and "10" are two keys, not three.
    """

    __slots__ = ("_key", "_key_at", "_merges", "anchor", "branch", "data", "flow", "height", "numbered", "size_before", "wants_key")

    def __init__(self, start: Position, *, mapping: bool, anchor: str | None, flow: bool, size_before: int) -> None:
        self.data: dict[str | int, Any] | list[Any] = {} if mapping else []
        self.branch = Branch(start, {} if mapping else None, {} if mapping else [])
        self.wants_key = mapping
        self.anchor = anchor
        self.height = 1
        self.numbered = False
        self.size_before = size_before
        self.flow = flow
        self._key: Any = None
        self._key_at: Position = 0
        self._merges: list[tuple[dict[str | int, Any], Branch]] = []

    def begin(self, key: Any, text: str, where: Position, *, plain: bool, problems: list[Found]) -> None:
        """Take a key; its value comes next. `text` is the key as written, `plain` without quotes."""
        self.wants_key = False
        number = isinstance(key, int) and not isinstance(key, bool)
        self.numbered |= number
        self._key, self._key_at = key if number else text, where
        if plain and text == "<<":
            self._key = _MERGE
            return
        if not number and not isinstance(key, str):
            problems.append(Found(f"key '{text}' is {kind(key)}, but a key must be text", where, f"put it in quotes: '{text}'"))
        first = (self.branch.keys or {}).get(self._key)
        if first is not None:
            message = f"duplicate key '{text}': line {line_of(where) + 1} repeats line {line_of(first) + 1}"
            problems.append(Found(message, where, "keep one of them"))
            self._key = _SKIPPED

    @property
    def step(self) -> str | int | None:
        """The key or number of the value that comes next; None where it will be left out or merged."""
        if isinstance(self.data, list):
            return len(self.data)
        return self._key if isinstance(self._key, str | int) else None

    def put(self, value: Any, place: Place, height: int, problems: list[Found]) -> None:
        """Take a value, or what stands where a key should."""
        if height >= self.height:
            self.height = height + 1
        data, inner = self.data, self.branch.inner
        if isinstance(data, list) and isinstance(inner, list):
            data.append(None if value is UNREADABLE else value)
            inner.append(place)
        elif self.wants_key:
            self._no_key(place, problems)
        elif isinstance(data, dict) and isinstance(inner, dict):
            self.wants_key = True
            if self._key is _MERGE:
                self._merge_later(value, place, problems)
            elif self._key is not _SKIPPED and self.branch.keys is not None:
                data[self._key] = None if value is UNREADABLE else value
                self.branch.keys[self._key] = self._key_at
                inner[self._key] = place

    def merge(self) -> None:
        """At the end of a mapping: take over what `<<` brings and is not given here."""
        for values, branch in self._merges:
            for key in values.keys() - self.data:
                if isinstance(self.data, dict) and isinstance(self.branch.inner, dict) and isinstance(branch.inner, dict):
                    self.data[key] = values[key]
                    self.branch.inner[key] = branch.inner[key]
                    if self.branch.keys is not None and branch.keys is not None:
                        self.branch.keys[key] = branch.keys[key]

    def _no_key(self, place: Place, problems: list[Found]) -> None:
        self.wants_key = False
        self._key = _SKIPPED
        if self.flow and isinstance(place, Branch) and place.keys is not None:
            message = "'{{' begins a mapping here, because the value is not in quotes"
            problems.append(Found(message, self.branch.start, 'put the whole value in quotes: "{{ ... }}"'))
        else:
            problems.append(Found("a key must be text, not a list or a mapping", start_of(place)))

    def _merge_later(self, value: Any, place: Place, problems: list[Found]) -> None:
        values = value if isinstance(value, list) else [value]
        places = place.inner if isinstance(place, Branch) and isinstance(place.inner, list) else [place]
        for each, branch in zip(values, places, strict=True):
            if not isinstance(each, dict) or not isinstance(branch, Branch):
                problems.append(
                    Found("'<<' merges mappings, and this is none", self._key_at, "write <<: *NAME, where &NAME marks a mapping")
                )
                return
            self._merges.append((each, branch))
