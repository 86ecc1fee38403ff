"""The record of a job: what its events add up to, at any moment and at the end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from runner.events import (
    BatchFinished,
    BatchStarted,
    ConnectRetried,
    Event,
    HandlerFailed,
    HostFinished,
    HostHeldBack,
    HostStarted,
    RunFinished,
    RunStarted,
    TaskFinished,
    Warned,
    WriteIntended,
)
from runner.job_events import DeviceBusy, DoubtResolved, RunInterrupted, RunResumed, WriteEnded
from runner.journal.parts import BatchRecord, HandlerError, HostRecord, TaskRecord, Turn
from runner.journal.redaction import Redact, redacted, unchanged
from runner.journal.spool import Spool
from runner.states import BatchStatus, HostStatus, JobStatus, TaskStatus

PlannedBatch = tuple[int, str, int, tuple[str, ...]]
"""A batch as planned: its number in the job, its play, its size as a number of hosts, its hosts in order."""


class JobRecord:
    """A job, folded from its events; `apply` is called for one event at a time.

    Outputs are not here but in `spool`, which the record owns: call `close`, or use the record as a context manager. `busy` are the
    hosts that were not started as another job worked on their device.
    Texts are masked by `redact` before they are kept.
    """

    def __init__(self, *, redact: Redact = unchanged, spool: Spool | None = None) -> None:
        self.id = ""
        self.playbook = ""
        self.status = JobStatus.PENDING
        self.reason = ""
        self.total_devices = 0
        self.batch_size: int | str | list[int | str] = 0
        self.current_batch = 0
        self.total_batches = 0
        self.ceiling = 0
        self.batches: dict[int, BatchRecord] = {}
        self.hosts: dict[str, HostRecord] = {}
        self.start_time: datetime | None = None
        self.end_time: datetime | None = None
        self.duration_seconds: float | None = None
        self.exit_code: int | None = None
        self.not_started: tuple[str, ...] = ()
        self.files = 0
        self.saved_in = ""
        self.handler_errors: list[HandlerError] = []
        self.warnings: list[str] = []
        self.busy: dict[str, DeviceBusy] = {}
        self._wrote: set[tuple[str, int, int]] = set()
        self._goes_on = False
        self.spool = spool or Spool(redact=redact)
        self._redact = redact

    @classmethod
    def of_plan(
        cls,
        job_id: str,
        playbook: str,
        batch_size: int | str | list[int | str],
        batches: Sequence[PlannedBatch],
        hosts: Iterable[str],
        *,
        redact: Redact = unchanged,
        spool: Spool | None = None,
    ) -> JobRecord:
        """The record of a job that has not started: every batch and host pending. `hosts` gives the order of the results."""
        record = cls(redact=redact, spool=spool)
        record.id, record.playbook, record.batch_size = job_id, playbook, batch_size
        record.hosts = {name: HostRecord(name=name) for name in hosts}
        for number, play, size, device_ids in batches:
            record._plan(BatchRecord(batch_number=number, play=play, batch_size=size, device_ids=device_ids))
        record.total_devices, record.total_batches = len(record.hosts), len(record.batches)
        return record

    def __enter__(self) -> JobRecord:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the outputs; everything else stays readable."""
        self.spool.close()

    def apply(self, event: Event) -> None:
        """Take in one event. Events that change no record (printed text, a connection made) pass by."""
        event = redacted(event, self._redact)
        match event:
            case TaskFinished():
                self._task_finished(event)
            case HostStarted():
                self._host_started(event)
            case HostHeldBack():
                self._set_turn(event.host, Turn(batch_number=event.batch_number, play=event.play, reason=event.reason))
            case DeviceBusy() if event.decision != "wait":
                self.busy[event.host] = event
            case ConnectRetried():
                self._change_turn(event.host, event.batch_number, attempts=event.attempt + 1)
            case WriteIntended():
                self._change_turn(event.host, event.batch_number, intent=event.task, intent_index=event.index)
            case WriteEnded() if event.outcome != "in_doubt":
                self._write_ended(event, wrote=event.outcome != "not_sent")
            case DoubtResolved():
                self._write_ended(event, wrote=event.verdict == "done")
            case RunInterrupted():
                self.status, self.reason, self.end_time = JobStatus.INTERRUPTED, event.reason, event.at
                self._cut_all()
            case RunResumed():
                self._run_resumed(event)
            case HostFinished():
                self._host_finished(event)
            case BatchStarted():
                self._batch_started(event)
            case BatchFinished():
                self._batch_finished(event)
            case HandlerFailed():
                self.handler_errors.append(HandlerError.of(event))
            case Warned():
                self._warn(f"{event.message} ({event.hint})" if event.hint else event.message)
            case RunStarted():
                self._run_started(event)
            case RunFinished():
                self._run_finished(event)
            case _:
                pass

    def _run_started(self, event: RunStarted) -> None:
        self.id, self.playbook, self.batch_size = event.job_id, event.playbook, event.batch_size
        self.total_devices, self.total_batches, self.ceiling = event.total_devices, event.total_batches, event.ceiling
        self.status, self.start_time = JobStatus.RUNNING, self.start_time or event.at

    def _host_started(self, event: HostStarted) -> None:
        """A host whose turn comes again does again what only read; what it wrote, and what is in doubt, stays."""
        host, number = self._host(event.host), event.batch_number
        self.busy.pop(host.name, None)
        begun = Turn(batch_number=number, play=event.play, status=HostStatus.RUNNING)
        if (before := host.turns.get(number)) is not None:
            begun = replace(begun, intent=before.intent, intent_index=before.intent_index)
        self._set_turn(host.name, begun)
        if not self._goes_on:
            return
        stay = [task for task in host.tasks if task.batch_number != number or self._stays(host.name, task)]
        kept = {task.name for task in stay if task.batch_number == number}
        host.tasks = stay
        errors = self.handler_errors
        self.handler_errors = [each for each in errors if (each.host, each.batch_number) != (host.name, number) or each.task in kept]

    def _stays(self, host: str, task: TaskRecord) -> bool:
        if task.status is TaskStatus.IN_DOUBT:
            return True
        return (host, task.batch_number, task.index) in self._wrote and task.status is not TaskStatus.STOPPED

    def _write_ended(self, event: WriteEnded | DoubtResolved, *, wrote: bool) -> None:
        """The end is known. A turn that had come to be in doubt is still to come, unless it has come already."""
        if wrote:
            self._wrote.add((event.host, event.batch_number, event.index))
        turn = self._host(event.host).turns.get(event.batch_number)
        if turn is not None and turn.status is HostStatus.IN_DOUBT:
            self._set_turn(event.host, Turn(batch_number=turn.batch_number, play=turn.play))
        self._change_turn(event.host, event.batch_number, intent="")

    def _warn(self, text: str) -> None:
        """What is read again may warn again."""
        if not (self._goes_on and text in self.warnings):
            self.warnings.append(text)

    def _batch_started(self, event: BatchStarted) -> None:
        """What really started wins over the plan: hosts that fell out in an earlier play are not in the batch any more."""
        planned = self.batches.get(event.batch_number)
        for name in set(planned.device_ids if planned else ()) - set(event.device_ids):
            self.hosts[name].turns.pop(event.batch_number, None)
        self._plan(
            BatchRecord(
                batch_number=event.batch_number,
                play=event.play,
                batch_size=event.batch_size,
                device_ids=event.device_ids,
                status=BatchStatus.RUNNING,
                start_time=event.at,
            )
        )
        self.current_batch = event.batch_number
        self.total_batches = max(self.total_batches, event.total_batches)

    def _batch_finished(self, event: BatchFinished) -> None:
        batch = self.batches.get(event.batch_number)
        if batch is None:
            batch = BatchRecord(batch_number=event.batch_number, play=event.play, batch_size=0, device_ids=())
        self.batches[event.batch_number] = replace(
            batch,
            status=event.status,
            start_time=event.start_time,
            end_time=event.end_time,
            duration_seconds=event.duration_seconds,
            counts=dict(event.counts),
        )

    def _host_finished(self, event: HostFinished) -> None:
        before = self._host(event.host).turns.get(event.batch_number)
        self._set_turn(
            event.host,
            Turn(
                batch_number=event.batch_number,
                play=event.play,
                status=event.status,
                reason=event.reason,
                hint=event.hint,
                phase=event.phase,
                task=event.task,
                close_confirmed=event.close_confirmed,
                duration_seconds=event.duration_seconds,
                attempts=before.attempts if before else 1,
                intent=before.intent if before and event.status is HostStatus.IN_DOUBT else "",
                intent_index=before.intent_index if before else -1,
            ),
        )

    def _task_finished(self, event: TaskFinished) -> None:
        told_before = self.spool.trouble
        turn = self._host(event.host).turns.get(event.batch_number)
        if event.status is not TaskStatus.IN_DOUBT and turn is not None and turn.intent_index == event.index:
            self._change_turn(event.host, event.batch_number, intent="")
        task = TaskRecord.of(event, self.spool.append(event.results))
        if self._goes_on:
            self._host(event.host).keep(task)
        else:
            self._host(event.host).tasks.append(task)
        if self.spool.trouble and not told_before:
            self.warnings.append(self.spool.trouble)

    def _run_finished(self, event: RunFinished) -> None:
        self.status, self.reason, self.exit_code = event.status, event.reason, event.exit_code
        self.not_started, self.end_time, self.duration_seconds = event.not_started, event.at, event.duration_seconds
        self.files, self.saved_in = event.files, event.saved_in
        self._cut_all()

    def _run_resumed(self, event: RunResumed) -> None:
        """What was cut has not been begun; the job has no end any more."""
        self.status, self.reason, self.exit_code, self.end_time, self.not_started = JobStatus.RUNNING, "", None, None, ()
        self.duration_seconds, self._goes_on = None, True
        for name in event.hosts:
            for turn in self._host(name).turns.values():
                if turn.status is HostStatus.STOPPED:
                    self._set_turn(name, Turn(batch_number=turn.batch_number, play=turn.play))

    def _cut_all(self) -> None:
        for host in self.hosts.values():
            for turn in host.turns.values():
                if turn.status is HostStatus.RUNNING:
                    host.turns[turn.batch_number] = _cut(turn)

    def _plan(self, batch: BatchRecord) -> None:
        self.batches[batch.batch_number] = batch
        for name in batch.device_ids:
            self._host(name).turns.setdefault(batch.batch_number, Turn(batch_number=batch.batch_number, play=batch.play))

    def _set_turn(self, name: str, turn: Turn) -> None:
        self._host(name).turns[turn.batch_number] = turn

    def _change_turn(self, name: str, batch_number: int, **changes: Any) -> None:
        """A turn that nobody began, as in a story that starts in the middle, is not made up."""
        host = self._host(name)
        if batch_number in host.turns:
            host.turns[batch_number] = replace(host.turns[batch_number], **changes)

    def _host(self, name: str) -> HostRecord:
        return self.hosts.setdefault(name, HostRecord(name=name))


def _cut(turn: Turn) -> Turn:
    """A host that was at work when the run ended. One that had begun to write is in doubt: whether it was done nobody saw."""
    if not turn.intent:
        return replace(turn, status=HostStatus.STOPPED, reason="the run ended before this host did")
    reason = f"the run ended in the middle of task '{turn.intent}', which writes; whether it took effect is not known"
    return replace(turn, status=HostStatus.IN_DOUBT, reason=reason, task=turn.intent)
