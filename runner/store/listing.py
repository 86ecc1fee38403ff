"""The list of jobs that the store holds, newest first, with what each one's hosts came to."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import Connection, RowMapping, case, func, select

from runner.job import Origin, Start
from runner.states import WORST_FIRST, BatchStatus, JobStatus
from runner.store import tables
from runner.store.reading import origin_of, start_of

if TYPE_CHECKING:
    from runner.store.store import Store

_AT_ONCE = 5000
"""Values in one query; SQLite takes 32,766."""

_DONE = (BatchStatus.COMPLETED.value, BatchStatus.FAILED.value)


@dataclass(frozen=True, kw_only=True)
class ListedJob:
    """A job in a list. Times are UTC, ISO 8601; `hosts` maps host states to numbers of hosts, `batches_done` counts batches that ended."""

    id: str
    parent: str | None
    playbook: str
    start: Start
    origin: Origin
    status: JobStatus
    created: str
    started: str | None
    ended: str | None
    duration_seconds: float | None
    exit_code: int | None
    reason: str
    total_devices: int
    batch_size: int | str | list[int | str]
    current_batch: int
    total_batches: int
    batches_done: int
    hosts: Mapping[str, int]


def host_names(store: Store) -> tuple[str, ...]:
    """Every host of every job, sorted."""
    with store.reading() as connection:
        return tuple(sorted(connection.scalars(select(tables.turn.c.host).distinct())))


def listed(
    store: Store,
    *,
    statuses: Collection[JobStatus] = (),
    since: str = "",
    hosts: Collection[str] | None = None,
    fits: Callable[[Start], bool] = lambda start: True,
    most: int = 0,
) -> tuple[ListedJob, ...]:
    """Jobs, newest first.

    Arguments:
        statuses: only in one of these states; empty for all.
        since: only those accepted at this moment, as it is stored, or later.
        hosts: only those with one of these hosts; None for all.
        fits: only those whose start this says yes to.
        most: how many at most; 0 for all.
    """
    job = tables.job
    query = select(*(job.c[name] for name in _COLUMNS)).where(job.c.created >= since).order_by(job.c.number.desc())
    if statuses:
        query = query.where(job.c.status.in_([status.value for status in statuses]))
    with store.reading() as connection:
        ids = None if hosts is None else _jobs_with(connection, hosts)
        rows: list[tuple[RowMapping, Start]] = []
        for row in connection.execute(query).mappings():
            if (ids is None or row["id"] in ids) and fits(start := start_of(row["start"])):
                rows.append((row, start))
                if len(rows) == most:
                    break
        chosen = [row["id"] for row, _ in rows]
        counts, done = _host_counts(connection, chosen), _batches_done(connection, chosen)
        return tuple(
            ListedJob(
                **{name: row[name] for name in _AS_STORED},
                start=start,
                origin=origin_of(row["origin"]),
                status=JobStatus(row["status"]),
                batch_size=_batch_size(connection, row["id"]),
                batches_done=done.get(row["id"], 0),
                hosts=counts.get(row["id"], {}),
            )
            for row, start in rows
        )


_AS_STORED = (
    *("id", "parent", "playbook", "created", "started", "ended", "duration_seconds", "exit_code", "reason"),
    *("total_devices", "current_batch", "total_batches"),
)
_COLUMNS = (*_AS_STORED, "start", "origin", "status")


def _jobs_with(connection: Connection, hosts: Collection[str]) -> set[str]:
    turn = tables.turn.c
    return {
        job
        for some in _portions([*hosts])
        for job in connection.scalars(select(turn.job).where(turn.host.in_(some)).distinct())
    }  # fmt: skip


def _host_counts(connection: Connection, jobs: list[str]) -> dict[str, dict[str, int]]:
    """A host of several plays counts once, with its worst state."""
    turn = tables.turn.c
    rank = case({status.value: place for place, status in enumerate(WORST_FIRST)}, value=turn.status, else_=len(WORST_FIRST))
    found: dict[str, dict[str, int]] = {}
    for some in _portions(jobs):
        worst = select(turn.job, func.min(rank).label("rank")).where(turn.job.in_(some)).group_by(turn.job, turn.host).subquery().c
        for row in connection.execute(select(worst.job, worst.rank, func.count().label("hosts")).group_by(worst.job, worst.rank)):
            if row.rank < len(WORST_FIRST):
                found.setdefault(row.job, {})[WORST_FIRST[row.rank].value] = row.hosts
    return found


def _batches_done(connection: Connection, jobs: list[str]) -> dict[str, int]:
    batch = tables.batch.c
    found: dict[str, int] = {}
    for some in _portions(jobs):
        query = select(batch.job, func.count().label("done")).where(batch.job.in_(some), batch.status.in_(_DONE)).group_by(batch.job)
        found.update({row.job: row.done for row in connection.execute(query)})
    return found


def _batch_size(connection: Connection, job: str) -> int | str | list[int | str]:
    """As the user wrote it. The first event says it; the plan, which can be large, is only read where there is none yet."""
    event = tables.event.c
    query = select(event.detail).where(event.job == job, event.kind == "run_started").order_by(event.seq).limit(1)
    said = connection.scalar(query) or connection.scalar(select(tables.job.c.plan).where(tables.job.c.id == job))
    size: int | str | list[int | str] = json.loads(said)["batch_size"] if said else 0
    return size


def _portions(values: list[str]) -> list[list[str]]:
    return [values[place : place + _AT_ONCE] for place in range(0, len(values), _AT_ONCE)]
