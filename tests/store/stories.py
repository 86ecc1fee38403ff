"""Jobs for tests of the store: one that is accepted, and what happens to it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from runner.contracts import CommandResult
from runner.events import (
    BatchFinished,
    BatchStarted,
    Event,
    HostFinished,
    HostStarted,
    RunFinished,
    RunStarted,
    TaskFinished,
    WriteIntended,
)
from runner.job import Frozen, NewJob, Origin, Start
from runner.job_events import WriteEnded
from runner.states import BatchStatus, HostStatus, JobStatus, TaskStatus
from runner.store import tables
from runner.store.store import Store

Batches = Sequence[tuple[int, str, tuple[str, ...]]]
HOSTS = ("r1", "r2", "r3", "r4")
BATCHES: Batches = ((1, "p", HOSTS[:2]), (2, "p", HOSTS[2:]))


def new_job(job: str, batches: Batches = BATCHES, **more: Any) -> NewJob:
    """A job whose plan has these batches."""
    plays = [{"name": play, "batches": [{"batch_number": number, "device_ids": list(hosts)}]} for number, play, hosts in batches]
    plan = {"plays": plays, "batch_size": 2, "hosts": [host for _, _, hosts in batches for host in hosts]}
    return NewJob(id=job, start=Start(playbook="/a.yaml"), origin=Origin(user="ann"), frozen=Frozen(plan=plan, digests={}), **more)


def accept(store: Store, job: str, batches: Batches = BATCHES, **more: Any) -> str:
    """Put a job into the store; its id."""
    store.accept(new_job(job, batches, **more), batches, sum(len(hosts) for _, _, hosts in batches))
    return job


def run_started(job: str, batches: Batches = BATCHES) -> RunStarted:
    return RunStarted(job_id=job, playbook="/a.yaml", total_devices=4, total_batches=len(batches), batch_size=2, ceiling=2)


def intent(host: str, number: int = 1) -> WriteIntended:
    return WriteIntended(host=host, play="p", batch_number=number, index=0, task="Set", action="config", lines=2)


def write_ended(host: str, number: int = 1, outcome: str = "done") -> WriteEnded:
    return WriteEnded(host=host, play="p", batch_number=number, index=0, place=0, task="Set", outcome=outcome)


def task_finished(host: str, number: int = 1, output: str = "ok") -> TaskFinished:
    results = (CommandResult(command="show", output=output),)
    return TaskFinished(
        host=host, play="p", batch_number=number, index=0, name="Set", action="config", status=TaskStatus.CHANGED, results=results
    )


def host_finished(host: str, number: int = 1, status: HostStatus = HostStatus.CHANGED, reason: str = "") -> HostFinished:
    return HostFinished(host=host, play="p", batch_number=number, status=status, reason=reason, duration_seconds=1.23456)


def batch_events(number: int, hosts: Sequence[str]) -> Iterator[Event]:
    """A batch in which every host is written to and ends well."""
    yield BatchStarted(play="p", batch_number=number, total_batches=2, batch_size=len(hosts), device_ids=tuple(hosts))
    for host in hosts:
        yield HostStarted(host=host, play="p", batch_number=number)
        yield intent(host, number)
        yield write_ended(host, number)
        yield task_finished(host, number)
        yield host_finished(host, number)
    now = datetime.now(UTC)
    yield BatchFinished(
        play="p",
        batch_number=number,
        total_batches=2,
        status=BatchStatus.COMPLETED,
        counts={"changed": len(hosts)},
        start_time=now,
        end_time=now,
        duration_seconds=1.0,
    )


def run_finished(job: str, status: JobStatus = JobStatus.COMPLETED, reason: str = "") -> RunFinished:
    return RunFinished(job_id=job, status=status, reason=reason, exit_code=0, duration_seconds=1.98765)


def whole_run(job: str, batches: Batches = BATCHES) -> list[Event]:
    """A run in which everything goes well."""
    return [run_started(job, batches), *(event for number, _, hosts in batches for event in batch_events(number, hosts)), run_finished(job)]


def kinds(store: Store, job: str) -> list[str]:
    """The names of a job's stored events, in their order."""
    return [type(event).__name__ for _, event in store.events(job)]


def turns(store: Store, job: str) -> dict[str, str]:
    """The state of each host as the cache has it."""
    with store.reading() as connection:
        rows = connection.execute(select(tables.turn.c.host, tables.turn.c.status).where(tables.turn.c.job == job)).all()
    return {row.host: row.status for row in rows}
