"""Host names as Ansible's inventories write them: ranges such as `r[01:12]` and `sw-[a:e]`, and a port behind the name."""

from __future__ import annotations

import re
from collections.abc import Iterator

_RANGE = re.compile(r"\[(?P<first>[0-9]+|[A-Za-z]):(?P<last>[0-9]+|[A-Za-z])(?::(?P<step>[0-9]+))?\]")
_PORT = re.compile(r"(?P<host>\[[^\[\]]*:[^\[\]]*:[^\[\]]*\]|(?:[^:\[\]]|\[[^\[\]]*\])+):(?P<port>[0-9]+)")
MOST = 100_000
"""Names that one range may stand for."""


def expand(pattern: str) -> tuple[list[str], int | None]:
    """The names and the port that a host pattern stands for; a range includes its end.

    Raises ValueError, with a sentence, for a range that is none.
    """
    match = _PORT.fullmatch(pattern)
    name, port = (match["host"], int(match["port"])) if match else (pattern, None)
    if re.fullmatch(r"\[[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*\]", name) and not _RANGE.fullmatch(name):
        return [name[1:-1]], port  # an IPv6 address
    return list(_expanded(name)), port


def _expanded(text: str) -> Iterator[str]:
    match = _RANGE.search(text)
    if not match:
        if "[" in text and ":" in text:
            raise ValueError(f"the range in '{text}' is not one of Ansible's, such as [1:9] or [a:e]")
        yield text
        return
    for middle in _range(match):
        for rest in _expanded(text[match.end() :]):
            yield text[: match.start()] + middle + rest


def _range(match: re.Match[str]) -> list[str]:
    first, last, step = match["first"], match["last"], int(match["step"] or 1)
    if first.isdigit() != last.isdigit() or step == 0:
        raise ValueError(f"the range {match[0]} is not one of Ansible's, such as [1:9] or [a:e]")
    if first.isdigit():
        if len(first) > 1 and first.startswith("0") and len(first) != len(last):
            raise ValueError(f"the range {match[0]} has ends of different lengths")
        numbers = range(int(first), int(last) + 1, step)
        names = [str(number).zfill(len(first) if first.startswith("0") else 0) for number in numbers[:MOST]]
        large = len(numbers) > MOST
    else:
        names, large = [chr(code) for code in range(ord(first), ord(last) + 1, step)], False
    if not names or large:
        raise ValueError(
            f"the range {match[0]} {'stands for too many hosts' if large else 'is empty: its end stands before its beginning'}"
        )
    return names
