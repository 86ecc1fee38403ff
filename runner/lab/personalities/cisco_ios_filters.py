"""What IOS does after a `|`: choosing lines of an output by a pattern."""

from __future__ import annotations

import re


def _finds(pattern: str, line: str) -> bool:
    try:
        return re.search(pattern, line) is not None
    except re.error:  # IOS has its own dialect; what Python cannot read is taken as plain text
        return pattern in line


def include(output: str, pattern: str) -> str:
    """Lines that match."""
    return "".join(line for line in output.splitlines(keepends=True) if _finds(pattern, line.rstrip("\n")))


def exclude(output: str, pattern: str) -> str:
    """Lines that do not match."""
    return "".join(line for line in output.splitlines(keepends=True) if not _finds(pattern, line.rstrip("\n")))


def begin(output: str, pattern: str) -> str:
    """Everything from the first line that matches."""
    lines = output.splitlines(keepends=True)
    return "".join(lines[next((index for index, line in enumerate(lines) if _finds(pattern, line)), len(lines)) :])


def section(output: str, pattern: str) -> str:
    """Lines that match, with the indented lines below each."""
    pattern = pattern.removeprefix("include ")
    kept, depth = [], -1
    for line in output.splitlines(keepends=True):
        indent = len(line) - len(line.lstrip(" "))
        if depth < 0 or indent <= depth:
            depth = indent if _finds(pattern, line.rstrip("\n")) else -1
        if depth >= 0:
            kept.append(line)
    return "".join(kept)


def count(output: str, pattern: str) -> str:
    """How many lines match."""
    return f"Number of lines which match regexp = {len(include(output, pattern).splitlines())}\n"
