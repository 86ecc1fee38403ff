"""A problem as it is shown to a person: the sentence, the line it is about, and a caret below the place."""

from __future__ import annotations

import unicodedata

from runner.documents.excerpt import mask
from runner.errors import Problem

_WIDTH = 110
_AROUND = 60
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def show_problem(problem: Problem) -> str:
    """`file:line:column message (hint)`, then the source line and a caret where there are any.

    Secrets on the line are masked, a long line is cut around the place, and no character of file or message can move the cursor.
    """
    head = printable(str(problem))
    if problem.where is None or not problem.where.text.strip():
        return head
    line, column = _window(mask(problem.where.text), problem.where.column - 1)
    before = "".join(map(_one, line[:column]))
    return f"{head}\n    {before}{''.join(map(_one, line[column:]))}\n    {' ' * _width(before)}^"


def printable(text: str) -> str:
    """The text on one line with control characters, direction marks and lone surrogates written as escapes."""
    return "".join(map(_one, text))


def _one(char: str) -> str:
    if char == "\t":
        return " "
    if (char.isascii() and char.isprintable()) or unicodedata.category(char) not in _HIDDEN:
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _window(line: str, column: int) -> tuple[str, int]:
    """The part of a line around a column, with dots where it was cut, and the column in it."""
    column = max(0, min(column, len(line)))
    if len(line) <= _WIDTH:
        return line.rstrip(), min(column, len(line.rstrip()))
    start = max(0, min(column - _AROUND, len(line) - _WIDTH))
    left = "... " if start else ""
    right = " ..." if start + _WIDTH < len(line) else ""
    return left + line[start : start + _WIDTH].rstrip() + right, column - start + len(left)


def _width(text: str) -> int:
    """Columns a text takes on a terminal: two for wide characters, none for combining ones."""
    return sum(0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
