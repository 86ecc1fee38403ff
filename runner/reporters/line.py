"""What a line of output is before it meets a stream: pieces of text, each with the state or weight it stands for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from runner.states import HostStatus

Piece = tuple[str, str]
"""A text and its style: the word of a state (`failed`), `strong`, `dim`, or empty. A style repeats what the text says, never adds."""

Line = tuple[Piece, ...]
"""The pieces of one line, which holds no newline."""

_WORDS = {HostStatus.IN_DOUBT.value: "in doubt", HostStatus.PENDING.value: "not started"}

_ORDER = (
    HostStatus.OK,
    HostStatus.CHANGED,
    HostStatus.SKIPPED,
    HostStatus.FAILED,
    HostStatus.UNREACHABLE,
    HostStatus.IN_DOUBT,
    HostStatus.STOPPED,
    HostStatus.RUNNING,
    HostStatus.PENDING,
)


def plain(line: Line) -> str:
    """The text of a line."""
    return "".join(text for text, _ in line)


def wrapped(line: Line, width: int | None, indent: str = "    ") -> list[Line]:
    """The line broken at blanks so that no part is wider than `width`; what follows the first is indented. None: not broken."""
    if width is None or len(plain(line)) <= width:
        return [line]
    lines: list[list[Piece]] = [[]]
    start = column = 0
    for text, style in line:
        for word in re.findall(r"\s*\S+|\s+$", text):
            if column + len(word) > width and column > start:
                lines.append([(indent, "")])
                start = column = len(indent)
            if len(lines) > 1 and column == start:
                word = word.lstrip()
            lines[-1].append((word, style))
            column += len(word)
    return [tuple(pieces) for pieces in lines]


def said(state: str) -> str:
    """A state in words for people."""
    return _WORDS.get(state, state)


def count(number: int, noun: str) -> str:
    """`1 batch`, `3 batches`, `1 host`, `4 hosts`."""
    plural = f"{noun}es" if noun.endswith("ch") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"


def states(counts: Mapping[str, int], *, separator: str = ", ", number_first: bool = True) -> Line:
    """The states that some host is in: `9 ok, 1 unreachable`, good ones first, each in its own style."""
    pieces: list[Piece] = []
    for state in in_order(counts):
        if pieces:
            pieces.append((separator, ""))
        number = counts[state]
        pieces.append((f"{number} {said(state)}" if number_first else f"{said(state)} {number}", state))
    return tuple(pieces)


def in_order(counts: Mapping[str, int]) -> Iterable[str]:
    """The states with a count, in the order people read them."""
    return [state.value for state in _ORDER if counts.get(state.value)]


def seconds(duration: float) -> str:
    """`3.2 s`, `2 min 05 s`, `1 h 02 min`."""
    if duration < 59.95:
        return f"{duration:.1f} s"
    whole = round(duration)
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def clock(duration: float) -> str:
    """`0:12`, `12:34`, `1:02:03`."""
    whole = max(0, round(duration))
    hours, rest = divmod(whole, 3600)
    return f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
