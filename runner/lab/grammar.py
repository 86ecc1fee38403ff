"""How a typed line finds its command: word by word, abbreviations allowed where only one word can be meant."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

Trouble = Literal["invalid", "incomplete", "ambiguous", "unknown"]
"""`unknown`: the first word of a line is none of the mode's, where a platform tells it from `invalid`."""


class Worded(Protocol):
    """Anything found by words. `<name>` takes any one word, `<line>` (last) the rest of the line."""

    @property
    def words(self) -> tuple[str, ...]: ...


C = TypeVar("C", bound=Worded)
AMBIGUOUS = "|"
"""No keyword: a `|` ends the command before the grammar sees it."""


@dataclass(frozen=True, kw_only=True)
class Found(Generic[C]):
    """A command, the values of its placeholders, and the line with its keywords written out."""

    command: C
    values: tuple[str, ...]
    written_out: str


@dataclass(frozen=True, kw_only=True)
class NotFound:
    """Why no command was found, and the column (from 0) of the word at which it failed."""

    trouble: Trouble
    column: int


def find(commands: Sequence[C], line: str, *, exact: bool = False) -> Found[C] | NotFound:
    """Find the one command that `line` means, as Cisco's parser does: an exact keyword wins over a longer one.

    `exact`: words are to be written out, in their own case.
    """
    tokens = [(match.group(), match.start()) for match in re.finditer(r"\S+", line)]
    open_ones, values, words = list(commands), list[str](), list[str]()
    for index, (token, column) in enumerate(tokens):
        choices = {command.words[index] for command in open_ones if index < len(command.words)}
        word = _choose(choices, token, exact)
        if word is None:
            return NotFound(trouble="invalid", column=column)
        if word == AMBIGUOUS:
            return NotFound(trouble="ambiguous", column=column)
        open_ones = [command for command in open_ones if index < len(command.words) and command.words[index] == word]
        if word == "<line>":
            rest = line[column:].rstrip()
            return Found(command=open_ones[0], values=(*values, rest), written_out=" ".join([*words, rest]))
        if word.startswith("<"):
            values.append(token)
        words.append(token if word.startswith("<") else word)
    complete = [command for command in open_ones if len(command.words) == len(tokens)]
    if not complete:
        return NotFound(trouble="incomplete", column=len(line))
    return Found(command=complete[0], values=tuple(values), written_out=" ".join(words))


def _choose(choices: set[str], token: str, exact: bool) -> str | None:
    if exact and token in choices:
        return token
    keywords = [word for word in choices if not exact and not word.startswith("<") and word.lower().startswith(token.lower())]
    whole = [word for word in keywords if word.lower() == token.lower()]
    if whole or len(keywords) == 1:
        return (whole or keywords)[0]
    if keywords:
        return AMBIGUOUS
    return next((word for word in ("<name>", "<line>") if word in choices), None)


def piped(line: str) -> list[str]:
    """A line cut at each `|` that follows a blank and is not within double quotes."""
    parts, quoted = [""], False
    for index, character in enumerate(line):
        quoted ^= character == '"'
        if character == "|" and not quoted and line[index - 1 : index] == " ":
            parts.append("")
        else:
            parts[-1] += character
    return parts
