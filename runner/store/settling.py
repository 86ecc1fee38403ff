"""Ends the jobs of processes that are gone, and gives free what they held, in one transaction: none of them can wake up in between."""

from __future__ import annotations

from sqlalchemy import Connection, delete, select, update

from runner.job_events import RunInterrupted
from runner.states import JobStatus
from runner.store import tables
from runner.store.entry import append
from runner.store.owners import Owner, dead_owners

GONE = "the process that ran it is gone"

_AT_WORK = (JobStatus.RUNNING.value, JobStatus.PENDING.value)


def is_unsettled(connection: Connection, me: Owner) -> bool:
    """Whether there is anything to settle; quick, and locks nothing."""
    return bool(dead_owners(connection, me) or _without(connection, me))


def settle(connection: Connection, me: Owner) -> tuple[str, ...]:
    """End the jobs whose process is gone: they are interrupted, and before anybody else gets the devices they worked on. Their ids."""
    gone = dead_owners(connection, me, locked=True)
    owner, lease = tables.owner.c, tables.lease.c
    connection.execute(delete(tables.lease).where(lease.owner.in_(gone)))
    connection.execute(delete(tables.owner).where(owner.id.in_(gone)))
    lost = _without(connection, me)
    for job in lost:
        append(connection, job, RunInterrupted(job_id=job, reason=GONE))
        connection.execute(update(tables.job).where(tables.job.c.id == job).values(owner=None))  # should it wake up, it is its own no more
    return lost


def _without(connection: Connection, me: Owner) -> tuple[str, ...]:
    """Jobs at work of which nobody takes care."""
    job = tables.job.c
    rows = connection.execute(select(job.id, job.owner).where(job.status.in_(_AT_WORK)).order_by(job.number)).all()
    known = {me.id, *connection.scalars(select(tables.owner.c.id))} if rows else set()
    return tuple(row.id for row in rows if row.owner not in known)
