"""How much a template may do: steps, sizes and processor time, counted while it runs. What is not bounded: docs/adr/0002."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any

MAX_TEXT = 20_000_000
"""Characters of one text that a template makes: twice the output kept of one command."""
MAX_ENTRIES = 500_000
"""Values in one list or mapping that a template makes, nested ones counted wherever they stand."""
MAX_STEPS = 1_000_000
"""Steps of one template: a turn of a loop, a call, a filter and an operator are one each, and each 100 characters or entry made."""
MAX_SECONDS = 5.0
"""Processor time of one template, in the thread that renders it. Looked at between steps."""
MAX_BITS = 20_000
"""Size of a whole number that a template makes; Python itself refuses to show one of more than 4300 digits."""
MAX_WIDTH = 10_000
"""Widths and precisions in format texts and filters."""

_NUMBER = re.compile(r"\d+")
_CONVERSION = re.compile(r"%(?:\([^)]*\))?[-#0 +]*(?P<sizes>(?:\*|\d*)(?:\.(?:\*|\d*))?)")
_CHECK_CLOCK_EVERY = 512


class LimitPassed(Exception):
    """A template does or makes too much; the message completes "the template ..."."""


class Meter(threading.local):
    """Counts for the template that the current thread renders."""

    def __init__(self) -> None:
        self._steps = 0
        self._turn = 1
        self._next_look = 0
        self._deadline = float("inf")
        self.has_secrets = False

    def start(self, length: int, *, has_secrets: bool = False) -> None:
        """Begin to count anew, for a template of that many characters: the longer it is, the more a turn can copy.

        `has_secrets` says that variables hold secrets, which are guarded then.
        """
        self.has_secrets = has_secrets
        self._steps = 0
        self._turn = 1 + length // 100
        self._next_look = _CHECK_CLOCK_EVERY
        self._deadline = time.thread_time() + MAX_SECONDS

    def spend(self, steps: int = 1) -> None:
        """Count steps. Raises LimitPassed."""
        self._steps += steps
        if self._steps > MAX_STEPS:
            raise LimitPassed(f"needs more than {MAX_STEPS:,} steps")
        if self._steps >= self._next_look:
            self._next_look = self._steps + _CHECK_CLOCK_EVERY
            if time.thread_time() > self._deadline:
                raise LimitPassed(f"needs more than {MAX_SECONDS:.0f} seconds")

    def turn(self) -> None:
        """Count a turn of a loop or a call. Raises LimitPassed."""
        self.spend(self._turn)

    def made(self, value: Any) -> Any:
        """Count a value that a template made and give it back. Raises LimitPassed when it is too large."""
        if isinstance(value, str | bytes):
            check_text(len(value))
            self.spend(1 + len(value) // 100)
        elif isinstance(value, list | tuple | dict | set | frozenset):
            entries, length = measure(value)
            self.spend(1 + entries + length // 100)
        elif isinstance(value, int) and value.bit_length() > MAX_BITS:
            raise LimitPassed("makes a number that is too large")
        else:
            self.spend()
        return value


def measure(value: Any) -> tuple[int, int]:
    """Entries and characters of a value with everything inside it, a thing that stands in two places counted twice.

    Raises LimitPassed as soon as either is too large, so the work is bounded.
    """
    entries, length = 1, 0
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, str | bytes):
            length += len(each)
            check_text(length)
            continue
        inner: Sequence[Any] = ()
        if isinstance(each, Mapping):
            inner = [*each.keys(), *each.values()] if len(each) <= MAX_ENTRIES else range(2 * len(each))
        elif isinstance(each, list | tuple | range | set | frozenset):
            inner = each if isinstance(each, list | tuple | range) else list(each)
        length += 8
        entries += len(inner)
        if entries > MAX_ENTRIES:
            raise LimitPassed(f"makes more than {MAX_ENTRIES:,} values")
        stack.extend(inner)
    return entries, length


def check_text(length: int) -> None:
    """Raises LimitPassed for a text of more characters than a template may make."""
    if length > MAX_TEXT:
        raise LimitPassed(f"makes a text of more than {MAX_TEXT:,} characters")


def check_count(number: Any) -> None:
    """Raises LimitPassed for a width, precision or count that is too large."""
    if isinstance(number, int) and abs(number) > MAX_WIDTH:
        raise LimitPassed(f"uses a width or count of more than {MAX_WIDTH:,}")


def check_format(text: str, arguments: Any) -> None:
    """Check `text % arguments` before it is made: widths in the text, and the sizes of what is put in."""
    if "%((" in text:
        raise LimitPassed("uses a parenthesis inside the name of a format")
    widest = 0
    for found in _CONVERSION.finditer(text):
        if "*" in found[0]:
            raise LimitPassed("uses '*' in a format; write the width as a number")
        for number in _NUMBER.findall(found["sizes"]):
            check_count(int(number[:9]))
            widest += int(number)
    check_text(len(text) + widest + text.count("%") * measure(arguments)[1])


def bounded(values: Any) -> list[Any]:
    """A list of what an iterable gives, refused when it gives more than a template may make."""
    found = list(islice(values, MAX_ENTRIES + 1))
    if len(found) > MAX_ENTRIES:
        raise LimitPassed(f"makes more than {MAX_ENTRIES:,} values")
    return found


def check_product(left: Any, right: Any) -> None:
    """Check `left * right` before it is made."""
    for many, times in ((left, right), (right, left)):
        if isinstance(times, int) and times > 0:
            if isinstance(many, str | bytes):
                check_text(len(many) * times)
            elif isinstance(many, list | tuple) and len(many) * times > MAX_ENTRIES:
                raise LimitPassed(f"makes more than {MAX_ENTRIES:,} values")
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MAX_BITS:
        raise LimitPassed("makes a number that is too large")


def check_power(left: Any, right: Any) -> None:
    """Check `left ** right` before it is made."""
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MAX_BITS:
        raise LimitPassed("makes a number that is too large")


def check_spec(spec: str) -> None:
    """Check the part behind the colon in `{:>10}`."""
    for found in _NUMBER.findall(spec):
        check_count(int(found[:9]))


def check_replace(text: str, old: str, new: str) -> None:
    """Check `text.replace(old, new)` before it is made."""
    check_text(len(text) + text.count(old) * len(new))


def check_lines(text: str, lines: int, addition: Any) -> None:
    """Check a text that gets something, a text or so many spaces, added to each of its lines."""
    check_count(addition)
    check_text(len(text) + lines * (len(addition) if isinstance(addition, str) else addition if isinstance(addition, int) else 0))
