"""What Junos does after a `|`: choosing and counting lines of an output."""

from __future__ import annotations

import re


def _finds(pattern: str, line: str) -> bool:
    pattern = pattern.strip().strip('"')
    try:
        return re.search(pattern, line, re.IGNORECASE) is not None
    except re.error:  # Junos has its own dialect; what Python cannot read is taken as plain text
        return pattern.lower() in line.lower()


def match(output: str, pattern: str) -> str:
    """Lines that match."""
    return "".join(line for line in output.splitlines(keepends=True) if _finds(pattern, line.rstrip("\n")))


def except_(output: str, pattern: str) -> str:
    """Lines that do not match."""
    return "".join(line for line in output.splitlines(keepends=True) if not _finds(pattern, line.rstrip("\n")))


def find(output: str, pattern: str) -> str:
    """Everything from the first line that matches."""
    lines = output.splitlines(keepends=True)
    first = next((index for index, line in enumerate(lines) if _finds(pattern, line)), None)
    return "Pattern not found\n" if first is None else "".join(lines[first:])


def count(output: str, argument: str) -> str:
    """How many lines there are."""
    return f"Count: {len(output.splitlines())} lines\n"


def last(output: str, argument: str) -> str:
    """The last lines: so many, or a screen of them."""
    return "".join(output.splitlines(keepends=True)[-(int(argument) if argument.isdecimal() and int(argument) else 24) :])


def no_more(output: str, argument: str) -> str:
    """All of it; that it is not paged is the shell's work."""
    return output
