"""What happened, in the past tense: frozen facts that execution tells and reporters, journal and page read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from runner.contracts import CommandResult
from runner.states import BatchStatus, HostStatus, JobStatus, TaskStatus

STORED_ONLY: Mapping[str, Any] = {"stored_only": True}
"""Marks a field that is kept in the store, for a job to go on after a crash, and not told to programs: another event tells it."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class Event:
    """A fact. `at` is the wall clock in UTC and only for reading; durations elsewhere are monotonic."""

    at: datetime = field(default_factory=_now, compare=False)


@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    """A job began. `batch_size` is as the user wrote it (int, text or list); `ceiling` is in sessions."""

    job_id: str
    playbook: str
    total_devices: int
    total_batches: int
    batch_size: int | str | list[int | str]
    ceiling: int


@dataclass(frozen=True, kw_only=True)
class PlayStarted(Event):
    """A play began with these hosts, in batches numbered `first_batch` to `first_batch + batches - 1`."""

    play: str
    hosts: tuple[str, ...]
    tasks: tuple[str, ...]
    first_batch: int
    batches: int


@dataclass(frozen=True, kw_only=True)
class BatchStarted(Event):
    """A batch opened; numbers run through the whole job."""

    play: str
    batch_number: int
    total_batches: int
    batch_size: int
    device_ids: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class HostStarted(Event):
    """A host's turn came; nothing was sent to it yet."""

    host: str
    play: str
    batch_number: int


@dataclass(frozen=True, kw_only=True)
class HostConnected(Event):
    """The first prompt of a host was seen."""

    host: str
    play: str
    batch_number: int
    duration_seconds: float


@dataclass(frozen=True, kw_only=True)
class ConnectRetried(Event):
    """A connect failed in a way that may pass, and is tried again after `delay_seconds`; `attempt` counts from 1."""

    host: str
    play: str
    batch_number: int
    attempt: int
    phase: str
    reason: str
    delay_seconds: float


@dataclass(frozen=True, kw_only=True)
class HostHeldBack(Event):
    """A host whose turn came and to which no connection was tried, to keep its account from being locked; it is not started."""

    host: str
    play: str
    batch_number: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class WriteIntended(Event):
    """A step that can change the device is about to send its first byte. Its outcome is the `WriteEnded` that follows.

    `place` is the round of the task from 0 and `item` the loop's value in it; `lines` counts what will be sent, `digest` is its
    SHA-256 in hexadecimal, both over the lines with markers for secrets; 0 and empty where the action cannot know.
    """

    host: str
    play: str
    batch_number: int
    index: int
    task: str
    action: str
    place: int = 0
    item: Any = None
    lines: int = 0
    digest: str = ""


@dataclass(frozen=True, kw_only=True)
class LimitTripped(Event):
    """A limit on failures was passed: `decision` is `stop` or `pause`, `reason` holds the arithmetic."""

    play: str
    batch_number: int
    limit: str
    decision: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class TextPrinted(Event):
    """The playbook asked for this text to be shown (`debug`, `print`). It may hold anything a device can send."""

    host: str
    task: str
    text: str
    title: str = ""


@dataclass(frozen=True, kw_only=True)
class HandlerFailed(Event):
    """A result handler raised: its own error, the host's work is not touched by it."""

    host: str
    play: str
    batch_number: int
    task: str
    handler: str
    command: str
    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class TaskFinished(Event):
    """One task ended on one host. `index` is its place in the play from 0; `results` are its commands' results.

    `ignored` is true when it failed and `ignore_errors` let the host go on. With `no_log` the outputs are already masked.
    `applied` and `total` count lines of configuration; `diff` is what changed; `unguarded` says that it talked through a
    connection that is not ours. `registered` is what its result handlers made known by name, of a task that wrote.
    """

    host: str
    play: str
    batch_number: int
    index: int
    name: str
    action: str
    status: TaskStatus
    changed: bool = False
    ignored: bool = False
    reason: str = ""
    hint: str = ""
    results: tuple[CommandResult, ...] = ()
    applied: int | None = None
    total: int | None = None
    diff: str = ""
    unguarded: bool = False
    duration_seconds: float = 0.0
    registered: dict[str, Any] | None = field(default=None, metadata=STORED_ONLY)

    def entry(self) -> dict[str, Any]:
        """The task as it stands in the JSON document, and what `register` gives a playbook."""
        entry: dict[str, Any] = {
            "name": self.name,
            "action": self.action,
            "status": str(self.status),
            "changed": self.changed,
            "play": self.play,
            "batch_number": self.batch_number,
        }
        if self.reason:
            entry["reason"] = self.reason
        if self.hint:
            entry["hint"] = self.hint
        if self.ignored:
            entry["ignored"] = True
        if self.total is not None:
            entry["lines"] = {"applied": self.applied, "total": self.total}
        if self.diff:
            entry["diff"] = self.diff
        if self.unguarded:
            entry["unguarded"] = True
        entry["results"] = [each.entry() for each in self.results]
        return entry


@dataclass(frozen=True, kw_only=True)
class HostFinished(Event):
    """A host's play ended and its session is closed. `phase` is set when it was unreachable or lost its session.

    `close_confirmed` is false when the device did not acknowledge the close in time: it may still count the session.
    """

    host: str
    play: str
    batch_number: int
    status: HostStatus
    reason: str = ""
    hint: str = ""
    phase: str = ""
    task: str = ""
    close_confirmed: bool = True
    duration_seconds: float = 0.0


@dataclass(frozen=True, kw_only=True)
class BatchFinished(Event):
    """All sessions of a batch are closed. `counts` maps host states to numbers of hosts."""

    play: str
    batch_number: int
    total_batches: int
    status: BatchStatus
    counts: dict[str, int]
    start_time: datetime
    end_time: datetime
    duration_seconds: float


@dataclass(frozen=True, kw_only=True)
class Warned(Event):
    """Something the user should know that changes nothing."""

    message: str
    hint: str = ""


@dataclass(frozen=True, kw_only=True)
class RunFinished(Event):
    """The job ended in this state; `not_started` are the hosts whose turn never came.

    `files` is how many files `save` wrote, `saved_in` the folder they are all in, or the file where it is one.
    """

    job_id: str
    status: JobStatus
    reason: str = ""
    exit_code: int
    not_started: tuple[str, ...] = ()
    duration_seconds: float
    files: int = 0
    saved_in: str = ""


Tell = Callable[[Event], None]
"""How execution reports. For the intent of a writing step it returns only when that is on disk, or raises: then nothing is sent."""
