"""Runs told as lists of events: what execution would say, in few words, for tests of whoever listens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from runner.contracts import CommandResult
from runner.events import (
    BatchFinished,
    BatchStarted,
    Event,
    HandlerFailed,
    HostFinished,
    HostStarted,
    PlayStarted,
    RunFinished,
    RunStarted,
    TaskFinished,
)
from runner.journal.record import JobRecord, PlannedBatch
from runner.states import BatchStatus, HostStatus, JobStatus, TaskStatus

START = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PLAY = "Audit"


def names(first: int, last: int) -> tuple[str, ...]:
    return tuple(f"r{number}" for number in range(first, last + 1))


def planned(*batches: tuple[str, ...], size: int = 10, play: str = PLAY) -> list[PlannedBatch]:
    return [(number, play, size, hosts) for number, hosts in enumerate(batches, 1)]


def record_of(*batches: tuple[str, ...], size: int = 10, **options: Any) -> JobRecord:
    hosts = [name for batch in batches for name in batch]
    return JobRecord.of_plan("j1", "playbooks/audit.yaml", size, planned(*batches, size=size), hosts, **options)


def told(record: JobRecord, events: Iterable[Event]) -> JobRecord:
    for event in events:
        record.apply(event)
    return record


def run_started(hosts: int, batches: int, *, size: int | str | list[int | str] = 10, ceiling: int = 10) -> RunStarted:
    return RunStarted(
        job_id="j1",
        playbook="playbooks/audit.yaml",
        total_devices=hosts,
        total_batches=batches,
        batch_size=size,
        ceiling=ceiling,
        at=START,
    )


def play_started(hosts: Sequence[str], batches: int, *, first: int = 1, play: str = PLAY) -> PlayStarted:
    return PlayStarted(play=play, hosts=tuple(hosts), tasks=("Neighbours",), first_batch=first, batches=batches)


def run_finished(
    exit_code: int = 0, *, status: JobStatus = JobStatus.COMPLETED, reason: str = "", seconds: float = 4.1, **more: Any
) -> RunFinished:
    at = START + timedelta(seconds=seconds)
    return RunFinished(job_id="j1", status=status, reason=reason, exit_code=exit_code, duration_seconds=seconds, at=at, **more)


def batch_started(number: int, of: int, hosts: tuple[str, ...], *, size: int = 10, play: str = PLAY) -> BatchStarted:
    return BatchStarted(play=play, batch_number=number, total_batches=of, batch_size=size, device_ids=hosts, at=START)


def batch_finished(
    number: int, of: int, counts: dict[str, int], *, seconds: float = 3.2, play: str = PLAY, status: BatchStatus = BatchStatus.COMPLETED
) -> BatchFinished:
    return BatchFinished(
        play=play,
        batch_number=number,
        total_batches=of,
        status=status,
        counts=counts,
        start_time=START,
        end_time=START + timedelta(seconds=seconds),
        duration_seconds=seconds,
    )


def host_started(host: str, batch: int = 1, *, play: str = PLAY) -> HostStarted:
    return HostStarted(host=host, play=play, batch_number=batch)


def host_finished(host: str, status: str = "ok", batch: int = 1, *, play: str = PLAY, seconds: float = 1.5, **more: Any) -> HostFinished:
    return HostFinished(host=host, play=play, batch_number=batch, status=HostStatus(status), duration_seconds=seconds, **more)


def task(host: str, status: str = "ok", batch: int = 1, *, play: str = PLAY, output: str = "", **more: Any) -> TaskFinished:
    results = (CommandResult(command="show ip ospf neighbor", output=output, duration_seconds=0.25),) if output else ()
    shape: dict[str, Any] = {"index": 0, "name": "Neighbours", "action": "commands", "results": results, "duration_seconds": 0.3, **more}
    return TaskFinished(host=host, play=play, batch_number=batch, status=TaskStatus(status), **shape)


def handler_failed(host: str, message: str = "permission denied", batch: int = 1, **more: Any) -> HandlerFailed:
    shape: dict[str, Any] = {"play": PLAY, "task": "Neighbours", "handler": "save", "command": "show ip ospf neighbor", **more}
    return HandlerFailed(host=host, batch_number=batch, message=message, **shape)


def one_batch(number: int, of: int, hosts: tuple[str, ...], bad: dict[str, HostFinished] | None = None) -> list[Event]:
    """A batch from start to end: every host ok with one task's output, but for those in `bad`, which end as given."""
    bad = bad or {}
    events: list[Event] = [batch_started(number, of, hosts), *(host_started(host, number) for host in hosts)]
    counts: dict[str, int] = {}
    for host in hosts:
        if host in bad:
            events.append(bad[host])
        else:
            events += [task(host, batch=number, output=f"output of {host}\n"), host_finished(host, batch=number)]
        status = bad[host].status.value if host in bad else "ok"
        counts[status] = counts.get(status, 0) + 1
    return [*events, batch_finished(number, of, counts)]


UNREACHABLE = host_finished(
    "r7",
    "unreachable",
    phase="tcp",
    reason="connection refused by 127.0.0.1:20007",
    hint="is SSH enabled there, and is 20007 the right port?",
    seconds=0.2,
)
"""The end of r7, to which nobody could connect."""

BATCHES = (names(1, 10), names(11, 20), names(21, 25))


def audit() -> list[Event]:
    """25 hosts in batches of 10, 10 and 5; r7 refuses the connection."""
    events: list[Event] = [run_started(25, 3), play_started(names(1, 25), 3)]
    for number, hosts in enumerate(BATCHES, 1):
        events += one_batch(number, 3, hosts, {"r7": UNREACHABLE} if "r7" in hosts else None)
    return [*events, run_finished(4)]
