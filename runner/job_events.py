"""Facts about a job that outlives one process: somebody asks something of it, it is cut off, goes on, or a doubt is resolved."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from runner.contracts import CommandResult
from runner.events import STORED_ONLY, Event
from runner.job import Wanted


@dataclass(frozen=True, kw_only=True)
class ControlRequested(Event):
    """Somebody wants the job to stop, to pause, or to go on after all. `by` says who and from where."""

    job_id: str
    wanted: Wanted
    by: str


@dataclass(frozen=True, kw_only=True)
class RunInterrupted(Event):
    """The process that ran the job is gone without having told the job's end. Hosts that had an open intent are in doubt."""

    job_id: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class RunResumed(Event):
    """The job goes on with the hosts that are not finished. `changed` names the inputs that changed and were accepted."""

    job_id: str
    by: str
    hosts: tuple[str, ...]
    changed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LinesTaken(Event):
    """The device has taken the first `applied` of the `total` lines of a write under way.

    Told for every line of a short write, and ten times in a long one. Nobody waits for it to be on disk: after a crash it says that at
    least so many were taken.
    """

    host: str
    play: str
    batch_number: int
    index: int
    place: int
    task: str
    applied: int
    total: int


@dataclass(frozen=True, kw_only=True)
class WriteEnded(Event):
    """The end of one intent to write, which it follows: without it the intent is in doubt.

    `place` is the round of the task from 0, `outcome` one of `done`, `failed` (refused by the device, in the device's words in
    `reason`), `not_sent` (nothing was sent) and `in_doubt`. What the round gave stands here, so that after a crash the task can be
    ended without writing again: `results`, `facts` that it set, lines `applied` of `total`, `diff`.
    """

    host: str
    play: str
    batch_number: int
    index: int
    place: int
    task: str
    outcome: str
    changed: bool = False
    reason: str = ""
    hint: str = ""
    results: tuple[CommandResult, ...] = field(default=(), metadata=STORED_ONLY)
    facts: dict[str, Any] | None = field(default=None, metadata=STORED_ONLY)
    applied: int | None = None
    total: int | None = None
    diff: str = field(default="", metadata=STORED_ONLY)


@dataclass(frozen=True, kw_only=True)
class DoubtResolved(Event):
    """It is known now whether a write in doubt took effect: `verdict` is `done` or `not_done`.

    `how` is `person`, `verify` (the task's own check on the device) or `rerun` (the task is idempotent, so it counts as not done);
    `detail` is what the person said or what the check saw.
    """

    host: str
    play: str
    batch_number: int
    index: int
    place: int
    task: str
    verdict: str
    how: str
    detail: str = ""


@dataclass(frozen=True, kw_only=True)
class DeviceBusy(Event):
    """A host's turn came while another job works on its device. `decision` is `wait`, `skip` or `fail`; `holder` is that job's id."""

    host: str
    play: str
    batch_number: int
    holder: str
    decision: str
    reason: str
