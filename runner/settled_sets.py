"""Writes a regular expression so that Python has nothing to warn about: the warning would be for whoever runs it, not for its author."""

from __future__ import annotations

_DOUBLED = "-&~|"
"""Doubled inside a set, these may mean something else in a later Python; so may a `[` there (the documentation of `re`)."""


def settled(pattern: str) -> str:
    """The same expression with a backslash before each character of a set that `re` would warn about. A wrong one stays wrong."""
    written: list[str] = []
    place = 0
    while place < len(pattern):
        place = _set(pattern, place, written) if pattern[place] == "[" else _one(pattern, place, written)
    return "".join(written)


def _set(pattern: str, place: int, written: list[str]) -> int:
    """Write the set that begins at `place`; returns where it ends."""
    head = "[^" if pattern.startswith("[^", place) else "["
    written.append(head)
    place += len(head)
    first = True
    while place < len(pattern):
        if pattern[place] == "]" and not first:
            written.append("]")
            return place + 1
        first = False
        place = _member(pattern, place, written)
        if pattern.startswith("-", place) and place + 1 < len(pattern):
            written.append("-")
            place += 1
            if pattern[place] != "]":
                place = _one(pattern, place, written, r"\-" if pattern[place] == "-" else "")
    return place


def _member(pattern: str, place: int, written: list[str]) -> int:
    letter = pattern[place]
    unclear = letter == "[" or (letter in _DOUBLED and pattern.startswith(letter * 2, place))
    return _one(pattern, place, written, f"\\{letter}" if unclear else "")


def _one(pattern: str, place: int, written: list[str], instead: str = "") -> int:
    """Write one character, or one with the backslash before it, or another text in its place."""
    length = 2 if pattern[place] == "\\" else 1
    written.append(instead or pattern[place : place + length])
    return place + length
