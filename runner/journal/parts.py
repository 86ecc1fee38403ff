"""The parts of a job's record: its batches, and what each host and task came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from runner.events import HandlerFailed, TaskFinished
from runner.journal.spool import Stored
from runner.states import BAD, WORST_FIRST, BatchStatus, HostStatus, TaskStatus


@dataclass(frozen=True, kw_only=True)
class BatchRecord:
    """One batch. `batch_size` is a number of hosts, `counts` maps host states to numbers of hosts once the batch has ended."""

    batch_number: int
    play: str
    batch_size: int
    device_ids: tuple[str, ...]
    status: BatchStatus = BatchStatus.PENDING
    start_time: datetime | None = None
    end_time: datetime | None = None
    duration_seconds: float | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class TaskRecord:
    """How one task ended on one host; its outputs are in the spool. `index` is its place in the play, from 0.

    `applied` and `total` count lines of configuration, `diff` is what changed, `unguarded` says that the connection was not ours.
    """

    name: str
    action: str
    status: TaskStatus
    changed: bool
    ignored: bool
    play: str
    batch_number: int
    index: int
    reason: str
    hint: str
    duration_seconds: float
    results: tuple[Stored, ...]
    applied: int | None = None
    total: int | None = None
    diff: str = ""
    unguarded: bool = False

    @classmethod
    def of(cls, event: TaskFinished, results: tuple[Stored, ...]) -> TaskRecord:
        """The end that an event tells, its results kept elsewhere."""
        return cls(
            name=event.name,
            action=event.action,
            status=event.status,
            changed=event.changed,
            ignored=event.ignored,
            play=event.play,
            batch_number=event.batch_number,
            index=event.index,
            reason=event.reason,
            hint=event.hint,
            duration_seconds=event.duration_seconds,
            results=results,
            applied=event.applied,
            total=event.total,
            diff=event.diff,
            unguarded=event.unguarded,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What a host came to in one batch, and so in one play. `phase` is set when it was unreachable or lost its session.

    `attempts` counts the attempts to connect; `intent` is the task that has begun to write and not ended, while there is one,
    `intent_index` its place in the play.
    """

    batch_number: int
    play: str
    status: HostStatus = HostStatus.PENDING
    reason: str = ""
    hint: str = ""
    phase: str = ""
    task: str = ""
    close_confirmed: bool = True
    duration_seconds: float = 0.0
    attempts: int = 1
    intent: str = ""
    intent_index: int = -1


@dataclass(kw_only=True)
class HostRecord:
    """Everything about one host: its turns by batch number, and its tasks in the order they ended."""

    name: str
    turns: dict[int, Turn] = field(default_factory=dict)
    tasks: list[TaskRecord] = field(default_factory=list)

    def keep(self, task: TaskRecord) -> None:
        """The end of a task, in the order of the play; one that had ended before, and was run again, is replaced."""
        place, (batch, index) = len(self.tasks), (task.batch_number, task.index)
        while place and (self.tasks[place - 1].batch_number, self.tasks[place - 1].index) >= (batch, index):
            place -= 1
        same = place < len(self.tasks) and (self.tasks[place].batch_number, self.tasks[place].index) == (batch, index)
        self.tasks[place : place + same] = [task]

    @property
    def deciding(self) -> Turn | None:
        """The turn that decides the host's state: the worst, and of equal ones the first. None when no batch holds the host."""
        return min(self.turns.values(), key=lambda turn: (WORST_FIRST.index(turn.status), turn.batch_number), default=None)

    @property
    def status(self) -> HostStatus:
        """The worst of its turns' states; pending without any."""
        turn = self.deciding
        return turn.status if turn else HostStatus.PENDING

    def lost_before(self, batch_number: int) -> bool:
        """Whether it failed, was unreachable or came into doubt in an earlier batch, and so in an earlier play."""
        return any(turn.status in BAD for number, turn in self.turns.items() if number < batch_number)

    @property
    def duration_seconds(self) -> float:
        """Time spent on the host, over all plays."""
        return sum(turn.duration_seconds for turn in self.turns.values())


@dataclass(frozen=True, kw_only=True)
class HandlerError:
    """A result handler's own error."""

    host: str
    play: str
    batch_number: int
    task: str
    handler: str
    command: str
    message: str
    hint: str = ""

    @classmethod
    def of(cls, event: HandlerFailed) -> HandlerError:
        """The error that an event tells."""
        return cls(
            host=event.host,
            play=event.play,
            batch_number=event.batch_number,
            task=event.task,
            handler=event.handler,
            command=event.command,
            message=event.message,
            hint=event.hint,
        )
