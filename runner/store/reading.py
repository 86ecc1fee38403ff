"""What the store says about jobs: a list of them, one with its events, and the record these add up to."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from runner.errors import InputError
from runner.events import Event, Tell
from runner.job import Frozen, Origin, Start
from runner.journal.event_read import event_of
from runner.journal.record import JobRecord
from runner.states import JobStatus
from runner.store import tables
from runner.store.troubles import StoreError

if TYPE_CHECKING:
    from runner.store.store import Store

_LAST = re.compile(r"last(?:~(?P<back>[0-9]{1,6}))?")

_PAGE = 200
"""Events read at once, so that no reader holds a state of the store for long."""

_PAGE_WITH_OUTPUTS = 20
"""The same where long outputs are in the events."""


@dataclass(frozen=True, kw_only=True)
class StoredJob:
    """A job as the store knows it."""

    id: str
    number: int
    parent: str | None
    playbook: str
    start: Start
    origin: Origin
    frozen: Frozen
    status: JobStatus
    created: str
    started: str | None
    ended: str | None
    duration_seconds: float | None
    exit_code: int | None
    reason: str
    total_devices: int
    total_batches: int
    current_batch: int


def find(store: Store, text: str) -> StoredJob:
    """The job that an id, the unique beginning of one, `last` or `last~1` (the one before it) means. Raises InputError."""
    job = tables.job
    with store.reading() as connection:
        if newest := _LAST.fullmatch(text):
            back = int(newest["back"] or 0)
            found = list(connection.scalars(select(job.c.id).order_by(job.c.number.desc()).offset(back).limit(1)))
        else:
            found = list(connection.scalars(select(job.c.id).where(job.c.id.startswith(text, autoescape=True)).order_by(job.c.number)))
            found = [text] if text in found else found
        if len(found) != 1:
            raise _not_one(text, found)
        row = connection.execute(select(job).where(job.c.id == found[0])).one()
    return _job(row._mapping)


def status_of(store: Store, job: str) -> JobStatus:
    """Where a job stands now, by its whole id."""
    table = tables.job.c
    with store.reading() as connection:
        return JobStatus(connection.execute(select(table.status).where(table.id == job)).scalar_one())


def events(store: Store, job: str, after: int = 0) -> Iterator[tuple[int, Event]]:
    """See `Store.events`."""
    table, page = tables.event, _PAGE if store.outputs.folder is not None else _PAGE_WITH_OUTPUTS
    while True:
        with store.reading() as connection:
            query = select(table.c.seq, table.c.detail).where(table.c.job == job, table.c.seq > after).order_by(table.c.seq).limit(page)
            rows = connection.execute(query).all()
        for row in rows:
            after = row.seq
            yield row.seq, _event(store, job, row.seq, row.detail)
        if len(rows) < page:
            return


def _event(store: Store, job: str, seq: int, detail: str) -> Event:
    try:
        return event_of(store.outputs.back(job, json.loads(detail)))
    except ValueError as error:
        hint = "a newer version may have written it; nornir-playbook db check"
        raise StoreError(f"event {seq} of job {job} cannot be read: {error}", hint=hint) from error


def record_of(store: Store, job: StoredJob, *others: Tell) -> JobRecord:
    """The record of a job, which the caller closes; `others` are told its events too. Its texts were masked when they were stored."""
    record = empty_record(job)
    for _, event in events(store, job.id):
        record.apply(event)
        for tell in others:
            tell(event)
    return record


def empty_record(job: StoredJob) -> JobRecord:
    """The record of a job of which nothing is known but its plan."""
    plays = job.frozen.plan["plays"]
    batches = [
        (each["batch_number"], play["name"], each["batch_size"], tuple(each["device_ids"])) for play in plays for each in play["batches"]
    ]
    return JobRecord.of_plan(job.id, job.playbook, job.frozen.plan["batch_size"], batches, job.frozen.plan["hosts"])


def start_of(text: str) -> Start:
    """A stored start. Raises StoreError."""
    try:
        stored: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in json.loads(text).items()}
        return Start(**stored)
    except (ValueError, TypeError, AttributeError) as error:
        raise _unknown(error) from error


def origin_of(text: str) -> Origin:
    """A stored origin. Raises StoreError."""
    try:
        return Origin(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise _unknown(error) from error


def retries_of(store: Store, job: str) -> tuple[str, ...]:
    """The jobs that retry this one, oldest first."""
    table = tables.job.c
    with store.reading() as connection:
        return tuple(connection.scalars(select(table.id).where(table.parent == job).order_by(table.number)))


def _job(row: Mapping[Any, Any]) -> StoredJob:
    try:
        return StoredJob(
            start=start_of(row["start"]),
            origin=origin_of(row["origin"]),
            frozen=Frozen(plan=json.loads(row["plan"]), digests=json.loads(row["digests"])),
            status=JobStatus(row["status"]),
            **{name: row[name] for name in _AS_STORED},
        )
    except (ValueError, TypeError) as error:
        raise _unknown(error) from error


def _unknown(error: Exception) -> StoreError:
    return StoreError(f"a job is stored in a way this version does not know: {error}", hint="was it recorded by a later version?")


_AS_STORED = (
    *("id", "number", "parent", "playbook", "created", "started", "ended", "duration_seconds", "exit_code", "reason"),
    *("total_devices", "total_batches", "current_batch"),
)

_NAMED = 3
"""Jobs named where the beginning of an id fits several."""


def _not_one(text: str, found: list[str]) -> InputError:
    if not found:
        there = "there is no job yet" if text == "last" else f"there is no job '{text}'"
        return InputError(there, hint="nornir-playbook jobs lists them")
    shown = ", ".join(found[-_NAMED:]) + (f" and {len(found) - _NAMED} before them" if len(found) > _NAMED else "")
    return InputError(f"'{text}' is the beginning of {len(found)} jobs: {shown}", hint="write more of it; nornir-playbook jobs lists them")
