"""The lines that the writing steps of a plan will send, as far as their actions know them beforehand."""

from __future__ import annotations

from pydantic import ValidationError

from runner.abilities import ListsLines
from runner.errors import InputError
from runner.planning.plan import PlannedTask, Step
from runner.planning.registries import Registries, arguments_of


def sent_lines(task: PlannedTask, step: Step, registries: Registries) -> tuple[tuple[str, ...], ...]:
    """For each round of a step that runs, its lines with markers for secrets; empty where the action cannot say."""
    try:
        action = registries.actions.get(task.action)
    except InputError:
        action = None
    found = []
    for each in step.rounds:
        if each.skip:
            continue
        try:
            lines = action.lines(arguments_of(action, each.arguments)) if action is not None and isinstance(action, ListsLines) else ()
        except ValidationError:
            lines = ()
        found.append(tuple(part for line in lines for part in line.splitlines()))
    return tuple(found)
