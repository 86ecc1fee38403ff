"""Compares a device's configuration before and after, so that a change is seen and not assumed."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence

from runner.contracts import Session
from runner.platforms import Configuration

_COMMENT = re.compile(r"!(?:$| )")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def running(session: Session, config: Configuration) -> tuple[str, ...] | None:
    """The lines in force without comments and those that always differ; None when the device does not show them, or not all of them.

    SessionError and Stopped pass through.
    """
    if not config.running:
        return None
    reply = session.send(config.running)
    if reply.error or reply.truncated:
        return None
    return tuple(telling(reply.output.splitlines(), config))


def telling(lines: Iterable[str], config: Configuration) -> Iterator[str]:
    """The lines that say something: no comments and none that always differ, except in a banner, where they are its text."""
    volatile = [_COMMENT, *(re.compile(pattern) for pattern in config.volatile)]
    end = ""
    for line in map(str.rstrip, lines):
        if config.text and end:
            yield line
            end = "" if config.text.ends(line, end) else end
        elif line and not any(each.match(line.strip()) for each in volatile):
            yield line
            end = (config.text.end_of(line) if config.text else None) or ""


def difference(before: Sequence[str], after: Sequence[str]) -> str:
    """What changed, as a unified diff without context; each hunk says in which section it stands. Empty when nothing did.

    The lines around a change are left out, because a configuration holds secrets that have nothing to do with it.
    """
    lines = []
    for line in difflib.unified_diff(before, after, "before", "after", n=0, lineterm=""):
        hunk = _HUNK.match(line)
        if hunk:
            removed, added = int(hunk[2] or 1), int(hunk[4] or 1)
            section = _section(after, int(hunk[3]) - 1) if added else _section(before, int(hunk[1]) - 1) if removed else ""
            line = f"{line} {section}".rstrip()
        lines.append(line)
    return "\n".join(lines) + "\n" if lines else ""


def _section(lines: Sequence[str], place: int) -> str:
    """The nearest line above that is less indented: the section the line is in."""
    own = _indent(lines[place])
    return next((line.strip() for line in reversed(lines[:place]) if _indent(line) < own), "")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
