"""The cache: what an event changes in the tables that are quick to ask. One function for appending and for making it again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Table, and_, delete, select, update

from runner.events import (
    BatchFinished,
    BatchStarted,
    Event,
    HostFinished,
    HostHeldBack,
    HostStarted,
    RunFinished,
    RunStarted,
    WriteIntended,
)
from runner.job import Wanted
from runner.job_events import ControlRequested, DoubtResolved, RunInterrupted, RunResumed, WriteEnded
from runner.states import BatchStatus, HostStatus, JobStatus
from runner.store import tables

FRESH: dict[str, Any] = {
    "status": JobStatus.PENDING.value,
    "wanted": Wanted.RUN.value,
    "wanted_by": "",
    "started": None,
    "ended": None,
    "duration_seconds": None,
    "exit_code": None,
    "reason": "",
    "current_batch": 0,
}
"""The cached columns of a job to which nothing has happened yet."""


def moment(at: datetime) -> str:
    """A time as it is stored: UTC, ISO 8601 with milliseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plan_rows(connection: Connection, job: str, batches: Iterable[tuple[int, str, tuple[str, ...]]]) -> None:
    """The batches and turns of a job that has not started: number, play and hosts of each."""
    rows, turns = [], []
    for number, play, hosts in batches:
        rows.append({"job": job, "batch_number": number, "play": play, "devices": len(hosts), "status": BatchStatus.PENDING.value})
        turns += [_turn(job, number, play, host) for host in hosts]
    if rows:
        connection.execute(tables.batch.insert(), rows)
    if turns:
        connection.execute(tables.turn.insert(), turns)


def project(connection: Connection, job: str, event: Event) -> None:
    """Change the cache by one event, within the caller's transaction."""
    match event:
        case HostStarted():
            _set_turn(connection, job, event, status=HostStatus.RUNNING.value)
        case HostHeldBack():
            _set_turn(connection, job, event, status=HostStatus.PENDING.value, reason=event.reason)
        case WriteIntended():
            _set_turn(connection, job, event, intent=event.task)
        case WriteEnded() if event.outcome != "in_doubt":
            _set_turn(connection, job, event, intent="")
        case HostFinished():
            _set_turn(connection, job, event, status=event.status.value, phase=event.phase, reason=event.reason)
        case DoubtResolved():
            _set_turn(connection, job, event, status=HostStatus.PENDING.value, reason="", intent="")
        case BatchStarted():
            _batch_started(connection, job, event)
        case BatchFinished():
            changes = {"status": event.status.value, "started": moment(event.start_time), "ended": moment(event.end_time)}
            _change(connection, tables.batch, job, event.batch_number, changes)
        case RunStarted() | RunResumed() | RunInterrupted() | RunFinished() | ControlRequested():
            _job(connection, job, event)
        case _:
            pass


def _job(connection: Connection, job: str, event: Event) -> None:
    match event:
        case RunStarted():
            _set_job(connection, job, status=JobStatus.RUNNING.value, started=moment(event.at), total_batches=event.total_batches)
        case RunResumed():
            _set_job(connection, job, status=JobStatus.RUNNING.value, wanted=Wanted.RUN.value, wanted_by="", reason="", exit_code=None)
            for host in event.hosts:
                _set_open_turns(connection, job, tables.turn.c.host == host, status=HostStatus.PENDING.value, reason="", phase="")
        case ControlRequested():
            _set_job(connection, job, wanted=event.wanted.value, wanted_by=event.by)
        case RunInterrupted():
            _cut(connection, job, event.reason)
            _set_job(connection, job, status=JobStatus.INTERRUPTED.value, reason=event.reason, ended=moment(event.at))
        case RunFinished():
            _cut(connection, job, "the run ended before this host did")
            _set_job(
                connection,
                job,
                status=event.status.value,
                reason=event.reason,
                ended=moment(event.at),
                duration_seconds=event.duration_seconds,
                exit_code=event.exit_code,
            )
        case _:
            pass


def _batch_started(connection: Connection, job: str, event: BatchStarted) -> None:
    """What really started wins over the plan: hosts that fell out in an earlier play are not in the batch any more."""
    changes = {"status": BatchStatus.RUNNING.value, "started": moment(event.at), "ended": None, "devices": len(event.device_ids)}
    _change(connection, tables.batch, job, event.batch_number, changes)
    turn = tables.turn
    here = and_(turn.c.job == job, turn.c.batch_number == event.batch_number)
    planned = set(connection.scalars(select(turn.c.host).where(here)))
    if gone := planned - set(event.device_ids):
        connection.execute(delete(turn).where(here, turn.c.host.in_(gone)))
    _set_job(connection, job, current_batch=event.batch_number)


def _cut(connection: Connection, job: str, reason: str) -> None:
    """Hosts that were at work: in doubt where they had begun to write."""
    turn = tables.turn
    _set_running(connection, job, turn.c.intent != "", status=HostStatus.IN_DOUBT.value, reason=reason)
    _set_running(connection, job, turn.c.intent == "", status=HostStatus.STOPPED.value, reason=reason)


def _set_running(connection: Connection, job: str, which: Any, **values: Any) -> None:
    turn = tables.turn
    connection.execute(update(turn).where(turn.c.job == job, turn.c.status == HostStatus.RUNNING.value, which).values(values))


def _set_open_turns(connection: Connection, job: str, which: Any, **values: Any) -> None:
    turn = tables.turn
    stopped = turn.c.status == HostStatus.STOPPED.value
    connection.execute(update(turn).where(turn.c.job == job, stopped, which).values(values))


def _turn(job: str, number: int, play: str, host: str) -> dict[str, Any]:
    status = HostStatus.PENDING.value
    return {"job": job, "batch_number": number, "host": host, "play": play, "status": status, "phase": "", "reason": "", "intent": ""}


def _set_turn(connection: Connection, job: str, event: Any, **values: Any) -> None:
    turn = tables.turn
    here = and_(turn.c.job == job, turn.c.batch_number == event.batch_number, turn.c.host == event.host)
    if not connection.execute(update(turn).where(here).values(values)).rowcount:
        connection.execute(turn.insert().values(_turn(job, event.batch_number, event.play, event.host) | values))


def _change(connection: Connection, table: Table, job: str, number: int, values: dict[str, Any]) -> None:
    connection.execute(update(table).where(table.c.job == job, table.c.batch_number == number).values(values))


def _set_job(connection: Connection, job: str, **values: Any) -> None:
    connection.execute(update(tables.job).where(tables.job.c.id == job).values(values))
