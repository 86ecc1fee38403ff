"""The grammar of host patterns: a pattern's text cut into elements, an element into operator, name and subscript."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Literal

from runner.settled_sets import settled

_SUBSCRIPT = re.compile(r"(?P<name>.+)\[(?:(?P<index>-?[0-9]{1,9})|(?P<first>[0-9]{1,9})[:-](?P<last>[0-9]{0,9}))\]", re.DOTALL)
_CLOSES = {"[": "]", "(": ")", "{": "}"}


@dataclass(frozen=True, kw_only=True)
class Element:
    """One element of a pattern.

    Arguments:
        text: as written, without the operator.
        name: a host, a group, a glob on both, or `~regex`.
        subscript: which of the named hosts, as a slice; None = all.
        problem: what is wrong with it, empty when nothing is.
    """

    text: str
    operator: Literal["", "&", "!"] = ""
    name: str = ""
    subscript: slice | None = None
    problem: str = ""

    @property
    def is_regex(self) -> bool:
        """True when the name is a regular expression, to be matched from the start of a name."""
        return self.name.startswith("~")

    @property
    def is_glob(self) -> bool:
        """True when the name holds wildcards, to be matched as a whole."""
        return not self.is_regex and any(special in self.name for special in "*?[")


def split_pattern(pattern: str) -> list[str]:
    """The elements of a pattern, none of them empty: separated by `,`, or by `:` where the text has no comma.

    Brackets protect what stands in them (`edge[0:1]`); behind `~` so do all kinds of brackets. An IPv6 address is one element.
    """
    parts = _split(pattern, ",")
    if len(parts) == 1 and not _is_address(pattern.strip().lstrip("&!")):
        parts = _split(pattern, ":")
    return [part.strip() for part in parts if part.strip()]


def parse_element(text: str) -> Element:
    """Take one element apart; what is wrong with it stands in its `problem`."""
    operator: Literal["", "&", "!"] = "!" if text.startswith("!") else "&" if text.startswith("&") else ""
    rest = text[len(operator) :].strip()
    if not rest:
        return Element(text=text, problem=f"'{text}' in the host pattern has no name behind it")
    if rest.startswith("@"):
        return Element(text=rest, problem=f"'{rest}' names a file, which only --limit can", operator=operator)
    if rest.startswith("~"):
        return Element(text=rest, name=settled(rest), operator=operator, problem=_regex_problem(rest))
    match = _SUBSCRIPT.fullmatch(rest)
    if not match:
        return Element(text=rest, name=rest, operator=operator)
    return Element(text=rest, name=match["name"], operator=operator, subscript=_slice(match))


def _slice(match: re.Match[str]) -> slice:
    """The end of a range is inclusive; without one the range goes to the end."""
    if match["index"] is not None:
        index = int(match["index"])
        return slice(index, index + 1 if index != -1 else None)
    return slice(int(match["first"]), int(match["last"]) + 1 if match["last"] else None)


def _regex_problem(text: str) -> str:
    try:
        re.compile(settled(text[1:]))
    except re.error as error:
        return f"'{text}' is not a regular expression: {error}"
    return "" if len(text) > 1 else "'~' in the host pattern has no regular expression behind it"


def _is_address(text: str) -> bool:
    try:
        return ip_address(text).version == 6
    except ValueError:
        return False


def _split(pattern: str, separator: str) -> list[str]:
    """Cut at each separator that stands outside brackets."""
    parts, start = [], 0
    while start <= len(pattern):
        end = _end_of_element(pattern, start, separator)
        parts.append(pattern[start:end])
        start = end + 1
    return parts


def _end_of_element(pattern: str, start: int, separator: str) -> int:
    """Where the next separator outside brackets stands; the end of the text where there is none."""
    regex = pattern[start:].lstrip(" &!").startswith("~")
    brackets = "[({" if regex else "["
    inside: list[str] = []
    position = start
    while position < len(pattern):
        character = pattern[position]
        if character == "\\" and regex:
            position += 1
        elif character == separator and not inside:
            break
        elif inside and character == _CLOSES[inside[-1]]:
            inside.pop()
        elif character in brackets and inside[-1:] != ["["]:
            inside.append(character)
        position += 1
    return min(position, len(pattern))
