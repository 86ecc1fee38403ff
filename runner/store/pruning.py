"""Removes old jobs with their outputs: those that have ended, and of which nothing is left to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, Connection, delete, exists, func, select

from runner.states import HostStatus, JobStatus
from runner.store import tables
from runner.store.orphans import orphans, remove, size_of
from runner.store.projection import moment

if TYPE_CHECKING:
    from runner.store.store import Store

_AT_WORK = (JobStatus.RUNNING.value, JobStatus.PENDING.value)
_RESUMABLE = (JobStatus.PAUSED.value, JobStatus.STOPPED.value, JobStatus.INTERRUPTED.value)


@dataclass(frozen=True, kw_only=True)
class Old:
    """A job that may be removed; `bytes` is about what its events and outputs take."""

    id: str
    playbook: str
    status: JobStatus
    ended: str
    bytes: int


def old_jobs(store: Store, before: datetime, *, everything: bool = False) -> tuple[Old, ...]:
    """Jobs that ended before a moment, oldest first. Never one at work; one that could be resumed, or has a host in doubt, only with
    `everything`.
    """
    job, event = tables.job.c, tables.event.c
    ended = func.coalesce(job.ended, job.created)
    size = select(func.coalesce(func.sum(func.length(event.detail)), 0)).where(event.job == job.id).scalar_subquery()
    query = select(job.id, job.playbook, job.status, ended.label("ended"), (size + func.length(job.plan)).label("bytes"))
    with store.reading() as connection:
        rows = connection.execute(query.where(ended < moment(before), _removable(everything)).order_by(job.number)).all()
    folder = store.outputs.folder
    return tuple(
        Old(
            id=row.id,
            playbook=row.playbook,
            status=JobStatus(row.status),
            ended=row.ended,
            bytes=int(row.bytes) + (size_of(folder / row.id) if folder is not None else 0),
        )
        for row in rows
    )


def _removable(everything: bool) -> ColumnElement[bool]:
    job, turn = tables.job.c, tables.turn.c
    if everything:
        return job.status.not_in(_AT_WORK)
    doubt = exists().where(turn.job == job.id, turn.status == HostStatus.IN_DOUBT.value)
    return job.status.not_in((*_AT_WORK, *_RESUMABLE)) & ~doubt


def prune(store: Store, jobs: tuple[Old, ...], *, everything: bool = False) -> tuple[Old, ...]:
    """Remove jobs, each in a transaction of its own so that nobody waits long; those that were still as they were, and are gone."""
    removed = tuple(each for each in jobs if _remove(store, each, everything))
    if removed and store.place.file is not None:
        store.writer.run(_give_back)
    return removed


def _give_back(connection: Connection) -> None:
    """Make the file as small as what is in it. A page is given back for each row that is fetched, though the rows are empty."""
    cursor = connection.connection.cursor()
    cursor.execute("PRAGMA incremental_vacuum")
    cursor.fetchall()


def _remove(store: Store, old: Old, everything: bool) -> bool:
    def work(connection: Connection) -> bool:
        # its events and its cache go with it
        gone = delete(tables.job).where(tables.job.c.id == old.id, _removable(everything))
        return bool(connection.execute(gone).rowcount)

    if not store.writer.run(work):
        return False
    if store.outputs.folder is not None:
        remove(store.outputs.folder / old.id)
    return True


def remove_orphans(store: Store) -> tuple[int, int]:
    """Remove outputs that no event names: how many files and folders, and their bytes."""
    found = orphans(store)
    return len(found), sum(remove(path) for path in found)
