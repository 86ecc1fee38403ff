"""The cache: what an event changes in the tables that are quick to ask. One function for appending and for making it again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any

from sqlalchemy import ClauseElement, Connection, and_, bindparam, delete, func, select, update

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
from runner.store.prepared import Prepared

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

_TURN, _BATCH, _JOB = tables.turn.c, tables.batch.c, tables.job.c
_THIS_TURN = (_TURN.job == bindparam("its_job"), _TURN.batch_number == bindparam("its_number"), _TURN.host == bindparam("its_host"))


@cache
def _set_of_turn(columns: tuple[str, ...]) -> Prepared:
    return Prepared(update(tables.turn).where(*_THIS_TURN), columns)


_SET_BATCH = update(tables.batch).where(_BATCH.job == bindparam("its_job"), _BATCH.batch_number == bindparam("its_number"))
_ADD_TURN = tables.turn.insert()
_SET_JOB = update(tables.job).where(_JOB.id == bindparam("its_job"))
"""Made once: to make a statement and to find it among those that are compiled takes several times as long as to execute it."""

PROJECTED = (
    *(HostStarted, HostHeldBack, HostFinished, WriteIntended, WriteEnded, DoubtResolved, BatchStarted, BatchFinished),
    *(RunStarted, RunResumed, RunInterrupted, RunFinished, ControlRequested),
)
"""Events that change the cache."""

_UNSTORABLE = re.compile("[\ud800-\udfff\0]")
_MANY = 500


def plain(text: str) -> str:
    """The text as a column of any database takes it: without NUL and without bytes that were no text."""
    return _UNSTORABLE.sub("\ufffd", text)


def planned_batches(plan: Mapping[str, Any]) -> list[tuple[int, str, tuple[str, ...]]]:
    """Number, play and hosts of each batch of a stored plan."""
    plays = plan.get("plays", ())
    return [(each["batch_number"], play["name"], tuple(each["device_ids"])) for play in plays for each in play["batches"]]


def moment(at: datetime) -> str:
    """A time as it is stored: UTC, ISO 8601 with milliseconds and `Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plan_rows(connection: Connection, job: str, batches: Iterable[tuple[int, str, tuple[str, ...]]]) -> None:
    """The batches and turns of a job that has not started: number, play and hosts of each."""
    rows, turns = [], []
    for number, play, hosts in batches:
        rows.append({"job": job, "batch_number": number, "play": plain(play), "devices": len(hosts), "status": BatchStatus.PENDING.value})
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
            _doubt_resolved(connection, job, event)
        case BatchStarted():
            _batch_started(connection, job, event)
        case BatchFinished():
            times = {"started": moment(event.start_time), "ended": moment(event.end_time)}
            _set_batch(connection, job, event.batch_number, status=event.status.value, **times)
        case RunStarted() | RunResumed() | RunInterrupted() | RunFinished() | ControlRequested():
            _job(connection, job, event)
        case _:
            pass


def _job(connection: Connection, job: str, event: Event) -> None:
    match event:
        case RunStarted():
            started = func.coalesce(tables.job.c.started, moment(event.at))  # told again when it goes on
            _set_job(connection, job, status=JobStatus.RUNNING.value, started=started, total_batches=event.total_batches)
        case RunResumed():
            at = tables.job.c
            _set_job(
                connection, job, **{**FRESH, "status": JobStatus.RUNNING.value, "started": at.started, "current_batch": at.current_batch}
            )
            for host in event.hosts:
                _set_open_turns(connection, job, tables.turn.c.host == plain(host), status=HostStatus.PENDING.value, reason="", phase="")
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
    """What really started wins over the plan: hosts that fell out in an earlier play are not in the batch any more.

    Those that had their turn in it before the job was cut and gone on with stay.
    """
    turn = tables.turn
    here = and_(turn.c.job == job, turn.c.batch_number == event.batch_number)
    had = {row.host: row.status for row in connection.execute(select(turn.c.host, turn.c.status).where(here))}
    gone = sorted({host for host, status in had.items() if status == HostStatus.PENDING.value} - {plain(each) for each in event.device_ids})
    for first in range(0, len(gone), _MANY):
        connection.execute(delete(turn).where(here, turn.c.host.in_(gone[first : first + _MANY])))
    changes = {"status": BatchStatus.RUNNING.value, "started": moment(event.at), "ended": None, "devices": len(had) - len(gone)}
    _set_batch(connection, job, event.batch_number, **changes)
    _set_job(connection, job, current_batch=event.batch_number)


def _doubt_resolved(connection: Connection, job: str, event: DoubtResolved) -> None:
    """The host's turn is still to come, unless it has come already."""
    turn = tables.turn
    _set_turn(connection, job, event, intent="")
    here = and_(turn.c.job == job, turn.c.batch_number == event.batch_number, turn.c.host == event.host)
    doubtful = turn.c.status == HostStatus.IN_DOUBT.value
    connection.execute(update(turn).where(here, doubtful).values(status=HostStatus.PENDING.value, reason="", phase=""))


def _cut(connection: Connection, job: str, reason: str) -> None:
    """Hosts that were at work: in doubt where they had begun to write."""
    turn = tables.turn
    _set_running(connection, job, turn.c.intent != "", status=HostStatus.IN_DOUBT.value, reason=reason)
    _set_running(connection, job, turn.c.intent == "", status=HostStatus.STOPPED.value, reason=reason)


def _set_running(connection: Connection, job: str, which: Any, **values: Any) -> None:
    turn = tables.turn
    connection.execute(update(turn).where(turn.c.job == job, turn.c.status == HostStatus.RUNNING.value, which).values(_clean(values)))


def _set_open_turns(connection: Connection, job: str, which: Any, **values: Any) -> None:
    turn = tables.turn
    stopped = turn.c.status == HostStatus.STOPPED.value
    connection.execute(update(turn).where(turn.c.job == job, stopped, which).values(_clean(values)))


def _turn(job: str, number: int, play: str, host: str) -> dict[str, Any]:
    status, host, play = HostStatus.PENDING.value, plain(host), plain(play)
    return {"job": job, "batch_number": number, "host": host, "play": play, "status": status, "phase": "", "reason": "", "intent": ""}


def _set_turn(connection: Connection, job: str, event: Any, **values: Any) -> None:
    row = {"its_job": job, "its_number": event.batch_number, "its_host": plain(event.host), **_clean(values)}
    if not _set_of_turn(tuple(values))(connection, row).rowcount:
        connection.execute(_ADD_TURN, _clean(_turn(job, event.batch_number, event.play, event.host) | values))


def _set_batch(connection: Connection, job: str, number: int, **values: Any) -> None:
    connection.execute(_SET_BATCH, {"its_job": job, "its_number": number, **values})


def _set_job(connection: Connection, job: str, **values: Any) -> None:
    """Values may be expressions over what stands there."""
    written = {name: value for name, value in values.items() if isinstance(value, ClauseElement)}
    statement = _SET_JOB.values(written) if written else _SET_JOB
    connection.execute(statement, {"its_job": job, **_clean({name: values[name] for name in values if name not in written})})


def _clean(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) if isinstance(value, str) else value for name, value in values.items()}
