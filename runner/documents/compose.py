"""YAML events into plain data and positions, in one pass, with every limit checked before anything grows.

PyYAML's own composer recurses and follows aliases without counting; this one keeps a stack, so twenty thousand nested brackets and
an alias bomb end in a located problem. It goes on after a problem, so that one reading finds them all.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import yaml

from runner.documents.excerpt import split_lines
from runner.documents.frames import UNREADABLE, Found, Frame
from runner.documents.model import Branch, Doubt, Place, Position, position
from runner.documents.older import is_doubtful
from runner.documents.scalars import resolve
from runner.documents.tags import BadTag, check_collection, tagged

MAX_DEPTH = 64
"""How deep lists and mappings may be nested, aliases followed."""
PARSERS_LIMIT = "maximum nesting depth"
"""What libyaml says from version 0.2.6 on, of more than 1000 open brackets, before it has told the first of them."""
MAX_VALUES = 1_000_000
"""How many values a file may hold, aliases followed; a long text counts once more for every 1000 characters."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the pure Python parser gives the same events, slowly


class TooMuch(Exception):
    """Reading cannot go on: a limit was passed, or a second document begins."""

    def __init__(self, message: str, where: Position, hint: str = "") -> None:
        super().__init__(message)
        self.found = Found(message, where, hint)


class _Anchored(NamedTuple):
    """What an anchor stands for, and what it costs to repeat it."""

    value: Any
    place: Place
    size: int
    height: int


@dataclass
class Composer:
    """One reading of one text. After `compose`, `problems` holds what was wrong and `numbered` whether any key is a number, `doubts` the
    values that older YAML does not read as text.

    `loader` is the PyYAML class that gives the events.
    """

    loader: Any = _LOADER
    problems: list[Found] = field(default_factory=list)
    numbered: bool = False
    doubts: list[Doubt] = field(default_factory=list)
    _stack: list[Frame] = field(default_factory=list)
    _anchors: dict[str, _Anchored | None] = field(default_factory=dict)
    _size: int = 0
    _text: str = ""
    _root: tuple[Any, Place | None] = (None, None)

    def compose(self, text: str) -> tuple[Any, Place | None]:
        """The data and the places of the only document in a text; (None, None) for an empty one.

        Raises:
            yaml.YAMLError: the text is not YAML.
            TooMuch: a limit was passed.
        """
        try:
            return self._compose(text)
        except yaml.MarkedYAMLError as error:
            if PARSERS_LIMIT in (error.problem or "") and self.loader is not yaml.SafeLoader:
                Composer(loader=yaml.SafeLoader).compose(text)  # has no limit of its own, and so comes to the place where ours is
            raise

    def _compose(self, text: str) -> tuple[Any, Place | None]:
        documents, self._text = 0, text
        for event in yaml.parse(text, Loader=self.loader):
            kind = type(event)
            mark: Any = event.start_mark
            if kind is yaml.ScalarEvent:
                self._scalar(event, position(mark.line, mark.column))
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._open(event, position(mark.line, mark.column))
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._close()
            elif kind is yaml.AliasEvent:
                self._alias(event, position(mark.line, mark.column))
            elif kind is yaml.DocumentStartEvent:
                documents += 1
                if documents == 2:
                    hint = "remove this '---' or move what follows into a file of its own"
                    raise TooMuch("a second document begins here, but a file holds one", position(mark.line, mark.column), hint)
        return self._root

    def _scalar(self, event: Any, where: Position) -> None:
        text, tag, plain = event.value, event.tag, event.implicit[0]
        size = 1 + len(text) // 1000
        self._count(size, where)
        value: Any = text
        if tag is not None and tag != "!":
            value = self._tagged(tag, text, where)
        elif plain:
            if event.end_mark.line > event.start_mark.line and " - " in text and not (self._stack and self._stack[-1].flow):
                self._swallowed(event.start_mark.line, event.end_mark.line)
            value = resolve(text)
            if value is text and is_doubtful(text):
                self._doubt(text, where)
        if event.anchor is not None:
            self._anchors[event.anchor] = _Anchored(value, where, size, 0)
        if not self._stack:
            self._root = (value, where)
        elif self._stack[-1].wants_key:
            self._stack[-1].begin(value, text, where, plain=plain, problems=self.problems)
        else:
            self._stack[-1].put(value, where, 0, self.problems)

    @cached_property
    def _lines(self) -> list[str]:
        return split_lines(self._text)

    def _swallowed(self, first: int, last: int) -> None:
        """A list entry that is indented too far is, for YAML, more of the text above it: never what was meant."""
        for number, line in enumerate(self._lines[first + 1 : last + 1], start=first + 1):
            if line.lstrip().startswith("- "):
                hint = "put it under the '-' of the entry above, or quote the text if it is one"
                where = position(number, len(line) - len(line.lstrip()))
                self.problems.append(Found("this '- ' is indented too far: it is read as more of the text in the line above", where, hint))
                return

    def _doubt(self, text: str, where: Position) -> None:
        """Remember a value, with the way to it; keys are text for everybody."""
        path = tuple(step for frame in self._stack if (step := frame.step) is not None)
        if len(path) == len(self._stack) and not (self._stack and self._stack[-1].wants_key):
            self.doubts.append(Doubt(text, where, path))

    def _tagged(self, tag: str, text: str, where: Position) -> Any:
        try:
            return tagged(tag, text)
        except BadTag as error:
            self.problems.append(Found(str(error), where, error.hint))
            return None

    def _open(self, event: Any, where: Position) -> None:
        self._count(1, where)
        if len(self._stack) >= MAX_DEPTH:
            raise TooMuch(f"lists and mappings are nested more than {MAX_DEPTH} deep here", where, "make the file flatter")
        mapping = type(event) is yaml.MappingStartEvent
        if event.tag is not None and event.tag != "!":
            try:
                check_collection(event.tag, "map" if mapping else "seq")
            except BadTag as error:
                self.problems.append(Found(str(error), where, error.hint))
        if event.anchor is not None:
            self._anchors[event.anchor] = None
        self._stack.append(Frame(where, mapping=mapping, anchor=event.anchor, flow=bool(event.flow_style), size_before=self._size - 1))

    def _close(self) -> None:
        frame = self._stack.pop()
        frame.merge()
        self.numbered |= frame.numbered
        if frame.anchor is not None:
            self._anchors[frame.anchor] = _Anchored(frame.data, frame.branch, self._size - frame.size_before, frame.height)
        self._put(frame.data, frame.branch, frame.height)

    def _alias(self, event: Any, where: Position) -> None:
        name = event.anchor
        anchored = self._anchors.get(name)
        if anchored is None:
            wrong = "stands inside the value it repeats" if name in self._anchors else "repeats an anchor that does not exist"
            hint = f"an alias repeats a value marked with &{name} further up; put the text in quotes if it only begins with *"
            self.problems.append(Found(f"alias '*{name}' {wrong}", where, hint))
            self._put(UNREADABLE, where, 0)
            return
        self._count(anchored.size, where)
        if len(self._stack) + anchored.height > MAX_DEPTH:
            raise TooMuch(f"with alias '*{name}' followed, values are nested more than {MAX_DEPTH} deep", where)
        if self._stack and self._stack[-1].wants_key and isinstance(anchored.value, str | int):
            self._stack[-1].begin(anchored.value, str(anchored.value), where, plain=False, problems=self.problems)
            return
        place = anchored.place
        self._put(_copy(anchored.value), Branch(where, place.keys, place.inner) if isinstance(place, Branch) else where, anchored.height)

    def _put(self, value: Any, place: Place, height: int) -> None:
        if self._stack:
            self._stack[-1].put(value, place, height, self.problems)
        else:
            self._root = (None if value is UNREADABLE else value, place)

    def _count(self, size: int, where: Position) -> None:
        self._size += size
        if self._size > MAX_VALUES:
            raise TooMuch(
                f"the file holds more than {MAX_VALUES:,} values once its aliases are followed",
                where,
                "use fewer aliases, or split the file",
            )


def _copy(value: Any) -> Any:
    """A copy of plain data, so that nothing in a document is in two places."""
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value
