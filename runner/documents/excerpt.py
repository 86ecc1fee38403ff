"""A line of the user's file as it may be shown: a secret that stands on it is masked before anyone else sees the line."""

from __future__ import annotations

import re
from collections.abc import Sequence

MASK = "******"
_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
# Every repetition is bounded, so that a line of a million characters takes a million steps and not their square.
_SENSITIVE = r"(?:password|passwd|passphrase|secret|token|community|credential|psk|(?<![a-z])key(?![a-z]))[\w-]{0,40}"
_KEY = rf"{_SENSITIVE}[\"']?\s{{0,20}}[:=]"
_KEY_AND_VALUE = re.compile(rf"(?P<shown>{_KEY})\s{{0,20}}\S.*", re.IGNORECASE)
_WORD_AND_VALUE = re.compile(rf"(?P<shown>(?:{_SENSITIVE}|\bmd5))\s{{1,20}}\S.*", re.IGNORECASE)  # as device configurations write it
_KEY_SOMEWHERE = re.compile(_KEY, re.IGNORECASE)
_KEY_AT_END = re.compile(rf"{_KEY}\s{{0,20}}$", re.IGNORECASE)
_LOGIN = re.compile(r"(?<=://)[^\s/@]{1,500}@")
_LOOK_BACK = 200


def split_lines(source: str) -> list[str]:
    """The lines of a source as YAML counts them, without their ends."""
    return _BREAK.split(source)


def excerpt(lines: Sequence[str], index: int) -> str:
    """Line `index` (from 0) without secrets: of a value under a secret-looking key nothing is left, however many lines it has."""
    if not 0 <= index < len(lines):
        return ""
    line = lines[index]
    if line.strip() and _inside_secret(lines, index):
        return " " * _indent(line) + MASK
    return mask(line)


def mask(line: str) -> str:
    """The line with everything behind a secret-looking word masked. It rather masks too much."""
    for pattern in (_KEY_AND_VALUE, _WORD_AND_VALUE):
        line = pattern.sub(lambda match: f"{match['shown'].rstrip()} {MASK}", line, count=1)
    return _LOGIN.sub(f"{MASK}@", line)


def _inside_secret(lines: Sequence[str], index: int) -> bool:
    """Whether an enclosing key, seen by its smaller indentation, looks like that of a secret."""
    if index and _KEY_AT_END.search(lines[index - 1]):
        return True
    inner = lines[index]
    for line in reversed(lines[max(0, index - _LOOK_BACK) : index]):
        if line.strip() and _encloses(line, inner):
            if _KEY_SOMEWHERE.search(line):
                return True
            inner = line
    return False


def _encloses(line: str, inner: str) -> bool:
    """By indentation; a list may stand as far left as the key it belongs to."""
    entry = inner.lstrip().startswith("-") and not line.lstrip().startswith("-")
    return _indent(line) < _indent(inner) or (entry and _indent(line) == _indent(inner))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
