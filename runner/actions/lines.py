"""What may be sent to a device as one line, and what may be declared about the question it asks."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator

from runner.settled_sets import settled


def _one_line(text: str) -> str:
    """The text without surrounding white space; a control character in it could make the device run something else."""
    text = text.strip()
    if not text:
        raise ValueError("is empty; write what to send")
    if any(character in text for character in "\n\r\x0b\x0c\x85\u2028\u2029"):
        raise ValueError("holds a newline and would be several commands; split it into list entries")
    return printable(text)


def printable(text: str) -> str:
    """The text itself. Raises ValueError when a control character is in it."""
    if text.isascii() and text.isprintable():  # nearly every line
        return text
    for character in text:
        if unicodedata.category(character) in ("Cc", "Zl", "Zp"):
            raise ValueError(f"holds the control character U+{ord(character):04X}; write it without")
    return text


def _regular_expression(pattern: str) -> str:
    pattern = settled(pattern)
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a valid regular expression: {error}") from error
    return pattern


def _answer_line(answer: str) -> str:
    if any(unicodedata.category(character) == "Cc" for character in answer):
        raise ValueError("holds a newline or another control character; it is one line, and Enter is sent after it")
    return answer


Line = Annotated[str, AfterValidator(_one_line)]
"""The type of an argument that is sent as one line."""

Pattern = Annotated[str, AfterValidator(_regular_expression)]
"""The type of an argument that holds a regular expression."""

Answer = Annotated[str, AfterValidator(_answer_line)]
"""The type of an argument that answers a device's question."""
