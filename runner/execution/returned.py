"""What an action returned, looked at before it is believed: actions are plugins, and the record and the console take texts for granted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.contracts import ActionResult, CommandResult


def checked(result: Any) -> ActionResult:
    """The result itself. Raises TypeError when it is none, or holds something that is not what the contract says."""
    if isinstance(result, ActionResult) and _fits(result) and all(map(_is_result, result.results)):
        return result
    raise TypeError("what it returned is not an ActionResult of CommandResults whose commands and outputs are text")


def _fits(result: ActionResult) -> bool:
    texts: tuple[Any, ...] = (result.reason, result.hint, result.diff)
    numbers: tuple[Any, ...] = (result.applied, result.total)
    return (
        all(isinstance(text, str) for text in texts)
        and all(number is None or isinstance(number, int) for number in numbers)
        and isinstance(result.facts, Mapping)
        and isinstance(result.results, tuple | list)
    )


def _is_result(each: Any) -> bool:
    return (
        isinstance(each, CommandResult)
        and isinstance(each.command, str)
        and isinstance(each.output, str)
        and isinstance(each.duration_seconds, int | float)
    )
