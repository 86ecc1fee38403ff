"""One host's play from its connect to its disconnect: the Nornir task that `BatchRunner` runs in a thread for each host."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from nornir.core.task import Result, Task

from runner.contracts import Session
from runner.errors import SessionError, Stopped
from runner.events import HostConnected, HostFinished, HostStarted, TaskFinished, Tell
from runner.execution.claims import Claims
from runner.execution.control import Control
from runner.execution.scope import HostScope
from runner.execution.tasks import run_task
from runner.execution.work import HostWork
from runner.planning.plan import Plan, PlannedPlay
from runner.planning.registries import Registries
from runner.playbook.render import Templates
from runner.states import GOOD, HostStatus, TaskStatus
from runner.target import Limits, Target

CONNECTION = "netmiko"
"""The name under which Nornir tasks find the open session in `host.connections`."""


class Connection(Session, Protocol):
    """A session that can be opened and closed; the guarded transport is one.

    `deadline` is a monotonic time after which every wait ends, None for no such time. `close` never raises, and
    `close_confirmed` says afterwards whether the device acknowledged it.
    """

    deadline: float | None
    close_confirmed: bool

    def connect(self) -> None:
        """Open it and see the first prompt. Raises SessionError or Stopped."""

    def check(self) -> None:
        """Raise SessionError when the device went on after the prompt that seemed to end the last command, or is gone."""

    def close(self) -> None:
        """Close it; returns when it is closed at the device, or the time for that is up."""


Connect = Callable[[Target], Connection]
"""Makes a connection to a target, not yet open."""


@dataclass(frozen=True, kw_only=True)
class PlayRun:
    """What all hosts of a running play share."""

    plan: Plan
    play: PlannedPlay
    targets: Mapping[str, Target]
    connect: Connect
    limits: Limits
    registries: Registries
    templates: Templates
    output_dir: Path
    claims: Claims
    tell: Tell
    control: Control


@dataclass(frozen=True, kw_only=True)
class _End:
    status: HostStatus
    reason: str = ""
    hint: str = ""
    phase: str = ""
    task: str = ""


def run_host(nornir_task: Task, run: PlayRun) -> Result:
    """Run the play on the host of this thread. Always ends with a `HostFinished`, told when its session is closed."""
    host, started = nornir_task.host, time.monotonic()
    number = run.play.batch_number(host.name)
    run.tell(HostStarted(host=host.name, play=run.play.name, batch_number=number))
    connection: Connection | None = None
    try:
        if run.play.needs_session(host.name):
            connection = run.connect(run.targets[host.name])
            connection.deadline = started + run.limits.host if run.limits.host is not None else None
            # Nornir's type wants its ConnectionPlugin; ours is one, and Protocol variance keeps mypy from seeing it.
            host.connections[CONNECTION] = connection  # type: ignore[assignment]
            connection.connect()
            run.tell(HostConnected(host=host.name, play=run.play.name, batch_number=number, duration_seconds=time.monotonic() - started))
        end = _tasks(nornir_task, run, connection, number)
        if connection is not None and end.status in GOOD:
            connection.check()  # what the last command gave may turn out to have been cut
    except SessionError as error:
        status = HostStatus.UNREACHABLE if error.unreachable else HostStatus.FAILED
        end = _End(status=status, reason=error.message, hint=error.hint, phase=error.phase)
    except Stopped as error:
        end = _End(status=HostStatus.STOPPED, reason=error.message)
    finally:
        host.connections.pop(CONNECTION, None)
        if connection is not None:
            connection.close()
    run.tell(
        HostFinished(
            host=host.name,
            play=run.play.name,
            batch_number=number,
            status=end.status,
            reason=end.reason,
            hint=end.hint,
            phase=end.phase,
            task=end.task,
            close_confirmed=connection is None or connection.close_confirmed,
            duration_seconds=time.monotonic() - started,
        )
    )
    bad = end.status in (HostStatus.FAILED, HostStatus.UNREACHABLE, HostStatus.STOPPED)
    return Result(host=host, result=str(end.status), failed=bad, changed=end.status is HostStatus.CHANGED)


def _tasks(nornir_task: Task, run: PlayRun, connection: Connection | None, number: int) -> _End:
    """Run the play's tasks one after the other, each as a Nornir subtask, until one ends the host's work."""
    host = nornir_task.host.name
    device = run.plan.devices[host]
    work = HostWork(
        play=run.play,
        host=host,
        platform=device.platform,
        facts=run.plan.platforms.of(device.platform),
        nornir_task=nornir_task,
        batch_number=number,
        scope=HostScope(run.play.variables[host], run.play.written_vars, run.plan.extra_vars),
        session=connection,
        registries=run.registries,
        templates=run.templates,
        output_dir=run.output_dir,
        root=run.plan.root,
        claims=run.claims,
        tell=run.tell,
        proceed=run.control.proceed,
    )
    statuses = []
    for task in run.play.tasks:
        outcome = None

        def subtask(_: Task, task: Any = task) -> Result:
            nonlocal outcome
            outcome = run_task(task, work)
            return Result(host=nornir_task.host, result=str(outcome.event.status), changed=outcome.event.changed)

        nornir_task.run(task=subtask, name=task.name)
        if outcome is None:
            raise RuntimeError(f"task '{task.name}' was not run: a Nornir processor raised")
        if not outcome.host_goes_on:
            return _ended(outcome.event, outcome.fatal)
        statuses.append(outcome.event.status)
    if TaskStatus.CHANGED in statuses:
        return _End(status=HostStatus.CHANGED)
    ran = any(status is not TaskStatus.SKIPPED for status in statuses)
    return _End(status=HostStatus.OK if ran else HostStatus.SKIPPED)


def _ended(event: TaskFinished, fatal: SessionError | Stopped | None) -> _End:
    status = HostStatus.STOPPED if isinstance(fatal, Stopped) else HostStatus.FAILED
    phase = fatal.phase if isinstance(fatal, SessionError) else ""
    return _End(status=status, reason=event.reason, hint=event.hint, phase=phase, task=event.name)
