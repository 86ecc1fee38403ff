"""What running the tasks of one host works with, and the names that its actions and result handlers see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.arguments import expression_fields
from runner.events import Tell
from runner.execution.claims import Claims
from runner.execution.control import Control
from runner.execution.meeting import Meetings
from runner.execution.past import Past
from runner.execution.referee import Ask
from runner.execution.scope import HostScope
from runner.execution.shared import Connection
from runner.planning.plan import PlannedPlay, PlannedTask
from runner.planning.registries import Registries
from runner.planning.steps import bind, names_in
from runner.platforms import Platform
from runner.playbook.render import TemplateError, Templates
from runner.secret import Secret
from runner.target import Target


@dataclass(frozen=True, kw_only=True)
class HostWork:
    """What running tasks on one host needs: the play, the host's names and session, and whom to tell. `grace`: see `Limits`."""

    play: PlannedPlay
    host: str
    platform: str | None
    facts: Platform
    nornir_task: Any
    batch_number: int
    scope: HostScope
    session: Connection | None
    target: Target | None
    secrets: Mapping[str, Secret]
    registries: Registries
    templates: Templates
    output_dir: Path
    root: Path
    claims: Claims
    tell: Tell
    control: Control
    meetings: Meetings
    ask: Ask | None
    past: Past = field(default_factory=Past)
    holds: Callable[[], bool]
    grace: float


def action_names(task: PlannedTask, work: HostWork, item: Any) -> Mapping[str, Any]:
    """What the action's expressions see: variables of play and task that they use are rendered for it."""
    names, written = _unbound(task, work, item)
    if not written:
        return names
    expressions = expression_fields(work.registries.actions.get(task.action).arguments)
    return bind(written, names, names_in(task, expressions, work.templates), work.templates)


def handler_names(task: PlannedTask, work: HostWork, item: Any) -> Mapping[str, Any]:
    """The same for its result handlers. A variable that cannot be rendered is undefined for them, which is then their error."""
    names, written = _unbound(task, work, item)
    for call in task.on_result if written else ():
        as_task = PlannedTask(index=0, name="", action=call.name, raw=call.arguments, at=call.at)
        wanted = names_in(as_task, expression_fields(work.registries.handlers.get(call.name).arguments), work.templates)
        with suppress(TemplateError):
            names = bind(written, names, wanted, work.templates)
    return names


def _unbound(task: PlannedTask, work: HostWork, item: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    more = {"item": item} if task.loop is not None else {}
    return work.scope.names(**more), work.scope.written(task.vars)
