"""A line of the user's file as it may be shown: a secret that stands on it is masked before anyone else sees the line."""

from __future__ import annotations

import re
from collections.abc import Sequence

MASK = "******"
_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")
_SENSITIVE = r"password|passwd|passphrase|secret|token|community|credentials?|(?:[\w-]*[_-])?key"
_KEY = re.compile(rf"(?P<shown>(?<![\w])[\w-]*(?:{_SENSITIVE})[\w-]*[\"']?\s*[:=])\s*[^\s:=].*", re.IGNORECASE)
_WORD = re.compile(r"(?P<shown>\b(?:password|secret|community|key-string)\s)\s*[^\s:=].*", re.IGNORECASE)
_LOGIN = re.compile(r"(?<=://)[^\s/@]+@")
_SECRET_KEY_LINE = re.compile(rf"[\s-]*[\"']?[\w-]*(?:{_SENSITIVE})[\w-]*[\"']?\s*:", re.IGNORECASE)
_LOOK_BACK = 200


def split_lines(source: str) -> list[str]:
    """The lines of a source as YAML counts them, without their ends."""
    return _BREAK.split(source)


def excerpt(lines: Sequence[str], index: int) -> str:
    """Line `index` (from 0) without secrets: of a value under a secret-looking key nothing is left, however many lines it has."""
    if not 0 <= index < len(lines):
        return ""
    line = lines[index]
    if _inside_secret(lines, index):
        return " " * _indent(line) + MASK
    return mask(line)


def mask(line: str) -> str:
    """The line with everything behind a secret-looking word masked. It rather masks too much."""
    for pattern in (_KEY, _WORD):
        line = pattern.sub(lambda match: f"{match['shown']} {MASK}", line, count=1)
    return _LOGIN.sub(f"{MASK}@", line)


def _inside_secret(lines: Sequence[str], index: int) -> bool:
    """Whether an enclosing key, seen by its smaller indentation, looks like that of a secret."""
    indent = _indent(lines[index])
    for number in range(index - 1, max(-1, index - _LOOK_BACK), -1):
        line = lines[number]
        if line.strip() and (_indent(line) < indent or _is_list_under(line, lines[index])):
            indent = _indent(line)
            if _SECRET_KEY_LINE.match(line):
                return True
        if indent == 0 and not _is_list_under(line, lines[index]):
            return False
    return False


def _is_list_under(line: str, entry: str) -> bool:
    """`- x` may stand at the same indentation as the key it belongs to."""
    return entry.lstrip().startswith("- ") and _indent(line) == _indent(entry) and not line.lstrip().startswith("-")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())
