"""A list or mapping while it is being read: takes keys and values one by one, and says what is wrong with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from runner.documents.model import Branch, Mark, Place
from runner.documents.scalars import kind

UNREADABLE = object()
"""Stands for a key or value that has its problem already; it never gets into the data."""
_MERGE = object()  # the key `<<`


@dataclass(frozen=True)
class Found:
    """A problem at a mark, before there is a document that could show its line."""

    message: str
    mark: Mark
    hint: str = ""


class Frame:
    """An open list or mapping. `height` is how many levels it holds itself, 1 when it holds only scalars."""

    __slots__ = ("_data", "_flow", "_key", "_key_mark", "_merges", "anchor", "branch", "height", "size_before")

    def __init__(self, mark: Mark, *, mapping: bool, anchor: str | None, flow: bool, size_before: int) -> None:
        self._data: dict[str, Any] | list[Any] = {} if mapping else []
        self._flow = flow
        self._key: Any = None
        self._key_mark: Mark | None = None
        self._merges: list[tuple[dict[str, Any], Branch]] = []
        self.branch = Branch(mark, {} if mapping else None, None if mapping else [])
        self.anchor = anchor
        self.height = 1
        self.size_before = size_before

    @property
    def data(self) -> dict[str, Any] | list[Any]:
        """What has been read so far."""
        return self._data

    @property
    def wants_key(self) -> bool:
        """Whether the next thing is a key."""
        return self._key_mark is None and self.branch.keys is not None

    def begin(self, key: Any, text: str, mark: Mark, *, plain: bool) -> tuple[Found, ...]:
        """Take a key; its value comes next. `text` is the key as written, `plain` without quotes."""
        self._key_mark = mark
        if plain and text == "<<":
            self._key = _MERGE
            return ()
        found: tuple[Found, ...] = ()
        if not isinstance(key, str):
            found = (Found(f"key '{text}' is {kind(key)}, but a key must be text", mark, f"put it in quotes: '{text}'"),)
        keys = self.branch.keys or {}
        if text in keys:
            first = keys[text][0].line + 1
            self._key = UNREADABLE
            return (*found, Found(f"duplicate key '{text}': line {mark.line + 1} repeats line {first}", mark, "keep one of them"))
        self._key = text
        return found

    def put(self, value: Any, place: Place, height: int) -> tuple[Found, ...]:
        """Take a value, or a list or mapping that stands where a key should."""
        if height >= self.height:
            self.height = height + 1
        plain = None if value is UNREADABLE else value
        if self.branch.items is not None and isinstance(self._data, list):
            self._data.append(plain)
            self.branch.items.append(place)
            return ()
        if self._key_mark is None:
            return self._not_a_key(place)
        key, mark, self._key_mark = self._key, self._key_mark, None
        if key is _MERGE:
            return self._merge_later(plain, place, mark)
        if key is not UNREADABLE and self.branch.keys is not None and isinstance(self._data, dict):
            self._data[key] = plain
            self.branch.keys[key] = (mark, place)
        return ()

    def merge(self) -> tuple[Found, ...]:
        """At the end of a mapping: take over what `<<` brings and is not given here."""
        for data, branch in self._merges:
            for key, value in data.items():
                if isinstance(self._data, dict) and key not in self._data:
                    self._data[key] = value
                    if self.branch.keys is not None and branch.keys is not None:
                        self.branch.keys[key] = branch.keys[key]
        return ()

    def _not_a_key(self, place: Place) -> tuple[Found, ...]:
        mark = place.mark if isinstance(place, Branch) else place
        self._key, self._key_mark = UNREADABLE, mark
        if self._flow and isinstance(place, Branch) and place.keys is not None:
            message = "'{{' begins a mapping here, because the value is not in quotes"
            return (Found(message, self.branch.mark, 'put the whole value in quotes: "{{ ... }}"'),)
        return (Found("a key must be text, not a list, a mapping or an unreadable value", mark),)

    def _merge_later(self, value: Any, place: Place, mark: Mark) -> tuple[Found, ...]:
        values = value if isinstance(value, list) else [value]
        places = place.items if isinstance(place, Branch) and place.items is not None else [place]
        for each, branch in zip(values, places, strict=True):
            if not isinstance(each, dict) or not isinstance(branch, Branch):
                return (Found("'<<' merges mappings, and this is none", mark, "write <<: *NAME, where &NAME marks a mapping"),)
            self._merges.append((each, branch))
        return ()
