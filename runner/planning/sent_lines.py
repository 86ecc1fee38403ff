"""The lines that the writing steps of a plan will send, as far as their actions know them beforehand."""

from __future__ import annotations

from typing import Protocol, cast

from pydantic import ValidationError

from runner.abilities import ListsLines
from runner.contracts import Action
from runner.errors import InputError
from runner.planning.plan import PlannedTask, Step
from runner.planning.registries import Registries, arguments_of


class _Lister(Action, ListsLines, Protocol):
    """An action that lists its lines."""


def sent_lines(task: PlannedTask, step: Step, registries: Registries) -> tuple[tuple[str, ...], ...]:
    """For each round of a step that runs, its lines with markers for secrets; empty where the action cannot say."""
    lister = _lister(task.action, registries)
    if lister is None:  # most steps read, and there are thousands of them
        return ((),) * sum(not each.skip for each in step.rounds)
    found = []
    for each in step.rounds:
        if each.skip:
            continue
        try:
            lines = lister.lines(arguments_of(lister, each.arguments))
        except ValidationError:
            lines = ()
        found.append(tuple(part for line in lines for part in line.splitlines()))
    return tuple(found)


def _lister(name: str, registries: Registries) -> _Lister | None:
    """The action of that name, if it lists its lines."""
    try:
        action = registries.actions.get(name)
    except InputError:
        return None
    # To ask a Protocol takes longer than to look for its one method, and this is asked for every step.
    return cast(_Lister, action) if hasattr(action, "lines") else None
