"""Tells how several numbered hosts are named in a pattern: for what was written as a range, which a pattern does not have."""

from __future__ import annotations

import re
from collections.abc import Container

from runner.inventory.elements import Element

_RANGE = re.compile(
    r"(?P<head>[^.]*?)(?P<first>[0-9]{1,6})(?P<tail>[^0-9.]*(?:\..*?)?)-(?P<head2>[^.]*?)(?P<last>[0-9]{1,6})(?P<tail2>[^0-9.]*(?:\..*)?)"
)
_LISTED = 4
"""Names that are written one by one."""

_MOST = 20
"""Numbers that an alternative of a regular expression is offered for."""


def written_out(text: str, known: Container[str]) -> str:
    """How `r1-r3` or `r1-3`, as this program itself shows hosts, is written in a pattern; empty where it is no such range of `known`."""
    match = _RANGE.fullmatch(text)
    if not match or match["head2"] not in ("", match["head"]) or match["tail"] not in ("", match["tail2"]):
        return ""
    head, tail, width = match["head"], match["tail2"], len(match["first"]) if match["first"].startswith("0") else 0
    first, last = int(match["first"]), int(match["last"])
    if f"{head}{match['first']}{tail}" not in known or last < first:
        return ""
    numbers = [f"{number:0{width}}" for number in range(first, min(last, first + _MOST) + 1)]
    if last - first >= _MOST:
        return "a pattern has no ranges: list the hosts with commas, or use a group"
    listed = ",".join(f"{head}{number}{tail}" for number in numbers)
    expression = f"'{_expression(head, numbers, tail)}'"
    return f"a pattern has no ranges: write {f'{listed} or ' if len(numbers) <= _LISTED else ''}{expression}"


def several(element: Element) -> str:
    """What was probably meant by a subscript behind the name of one host, such as `r1[0-3]`."""
    part = element.subscript
    if part is None or part.start < 0 or part.stop is None or not 1 < part.stop - part.start <= _MOST:
        return f"write '{element.name}'"
    return f"for several hosts write '{_expression(element.name, [str(number) for number in range(part.start, part.stop)], '')}'"


def _expression(head: str, numbers: list[str], tail: str) -> str:
    """`~r[1-3]$`, or `~r(9|10)$` where the numbers have more than one digit."""
    one_digit = all(len(number) == 1 for number in numbers)
    middle = f"[{numbers[0]}-{numbers[-1]}]" if one_digit else f"({'|'.join(numbers)})"
    return f"~{re.escape(head)}{middle}{re.escape(tail)}$"
