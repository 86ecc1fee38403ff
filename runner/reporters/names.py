"""Writes lists of hosts short enough to be read: `r1-r9,r12`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from runner.reporters.escape import one_line

_NUMBERED = re.compile(r"(?P<head>[^.]*?)(?P<number>[0-9]+)(?P<tail>[^0-9.]*(?:\..*)?)", re.DOTALL)
_ADDRESS = re.compile(r"(?P<head>[0-9.]+\.)(?P<number>[0-9]{1,3})(?P<tail>)")

_SHORTEST_RANGE = 3

Numbered = tuple[str, str, int, str, str]
"""Head, tail, number, that number's digits, and the whole name of a host, in sorting order; the number is -1 where there is none."""


def compressed(names: Iterable[str]) -> str:
    """The names sorted as people count, runs of three and more as `first-last`: `r1-r9,r12,sw01,sw02`.

    The number that counts is the last one before the domain; `r9` and `r10` follow each other, `r09` and `r10` too, `r9` and `r010` do not.
    """
    parts: list[str] = []
    for run in _runs(sorted(_numbered(name) for name in names)):
        if len(run) >= _SHORTEST_RANGE:
            parts.append(f"{one_line(run[0][-1])}-{one_line(run[-1][-1])}")
        else:
            parts.extend(one_line(entry[-1]) for entry in run)
    return ",".join(parts)


def shortened(text: str, length: int) -> str:
    """At most `length` characters of the text, its end cut off with `…`."""
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _numbered(name: str) -> Numbered:
    match = _ADDRESS.fullmatch(name) or _NUMBERED.fullmatch(name)
    if not match or len(match["number"]) > 9:
        return (name, "", -1, "", name)
    return (match["head"], match["tail"], int(match["number"]), match["number"], name)


def _runs(entries: Sequence[Numbered]) -> Iterator[list[Numbered]]:
    run: list[Numbered] = []
    for entry in entries:
        if run and not _follows(run[-1], entry):
            yield run
            run = []
        run.append(entry)
    if run:
        yield run


def _follows(one: Numbered, other: Numbered) -> bool:
    if one[:2] != other[:2] or one[2] < 0 or other[2] != one[2] + 1:
        return False
    return len(one[3]) == len(other[3]) or not (one[3].startswith("0") or other[3].startswith("0"))
