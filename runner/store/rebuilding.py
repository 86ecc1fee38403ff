"""Makes the cache again from the events: in its place, or elsewhere to see whether it is as it should be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Table, create_engine, delete, insert, select, update
from sqlalchemy.pool import StaticPool

from runner.events import Event
from runner.journal.event_read import UnknownEvent, event_of
from runner.store import tables
from runner.store.projection import FRESH, plan_rows, planned_batches, project

if TYPE_CHECKING:
    from runner.store.store import Store

_PAGE = 500


def rebuild(store: Store) -> int:
    """Make the cache of every job again, in one transaction; the number of jobs. Raises StoreError, and then it is as it was."""
    return store.writer.run(_rebuild)


def _rebuild(connection: Connection) -> int:
    jobs = connection.execute(select(tables.job.c.id, tables.job.c.plan).order_by(tables.job.c.number)).all()
    for row in jobs:
        for table in tables.CACHE:
            connection.execute(delete(table).where(table.c.job == row.id))
        batches = _batches(row.plan)
        connection.execute(update(tables.job).where(tables.job.c.id == row.id).values(**FRESH, total_batches=len(batches)))
        plan_rows(connection, row.id, batches)
        for event in stored_events(connection, row.id):
            project(connection, row.id, event)
    return len(jobs)


def differences(store: Store) -> dict[str, tuple[str, ...]]:
    """Where the cache is not what the events say: for each such job the tables that differ. Holds no lock on the store."""
    with store.reading() as connection:
        jobs = list(connection.scalars(select(tables.job.c.id).order_by(tables.job.c.number)))
    found = {job: _differing(store, job) for job in jobs}
    return {job: names for job, names in found.items() if names}


def _differing(store: Store, job: str) -> tuple[str, ...]:
    """The tables of a job that differ, all seen in one state of the store."""
    scratch = create_engine("sqlite://", poolclass=StaticPool)
    try:
        with scratch.begin() as copy, store.reading() as connection:
            tables.metadata.create_all(copy, tables=[tables.job, *tables.CACHE])
            row = connection.execute(select(tables.job).where(tables.job.c.id == job)).mappings().first()
            if row is None:  # removed meanwhile
                return ()
            batches = _batches(row["plan"])
            copy.execute(insert(tables.job).values({**row, **FRESH, "parent": None, "total_batches": len(batches)}))
            plan_rows(copy, job, batches)
            for event in stored_events(connection, job):
                project(copy, job, event)
            names = [] if _of_job(copy, job) == {name: row[name] for name in _CACHED} else [tables.job.name]
            return (*names, *(table.name for table in tables.CACHE if _rows(copy, table, job) != _rows(connection, table, job)))
    finally:
        scratch.dispose()


_CACHED = (*FRESH, "total_batches")


def _of_job(connection: Connection, job: str) -> dict[str, Any]:
    return dict(connection.execute(select(*(tables.job.c[name] for name in _CACHED)).where(tables.job.c.id == job)).mappings().one())


def _rows(connection: Connection, table: Table, job: str) -> list[tuple[Any, ...]]:
    return sorted(tuple(row) for row in connection.execute(select(table).where(table.c.job == job)))


def stored_events(connection: Connection, job: str) -> Iterator[Event]:
    """The events of a job in the caller's transaction, without long outputs; those of a later version are passed over."""
    table, after = tables.event, 0
    while True:
        query = select(table.c.seq, table.c.detail).where(table.c.job == job, table.c.seq > after).order_by(table.c.seq).limit(_PAGE)
        rows = connection.execute(query).all()
        for row in rows:
            after = row.seq
            try:
                event = event_of(json.loads(row.detail))
            except UnknownEvent:
                continue
            yield event
        if len(rows) < _PAGE:
            return


def _batches(plan: str) -> list[tuple[int, str, tuple[str, ...]]]:
    return planned_batches(json.loads(plan))
