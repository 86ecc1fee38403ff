"""The store of jobs: accept one, write its events, ask about it."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from runner.errors import RunnerError
from runner.events import Event, RunFinished
from runner.job import NewJob, Wanted
from runner.job_events import ControlRequested, RunInterrupted
from runner.journal.redaction import Redact, unchanged
from runner.states import JobStatus
from runner.store import tables
from runner.store.engine import engine_of
from runner.store.entry import append
from runner.store.filesystems import KindOf, kind_of
from runner.store.journal import Journal
from runner.store.outputs import Outputs
from runner.store.owners import Owner, dead_owners
from runner.store.place import Place
from runner.store.projection import FRESH, moment, plain, plan_rows
from runner.store.reserve import Reserve
from runner.store.schema import OURS, Schema
from runner.store.settling import is_unsettled, settle
from runner.store.troubles import StoreError
from runner.store.writer import Writer

_LONGEST_KEY = 255

ENDED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.PAUSED, JobStatus.INTERRUPTED)


class AlreadyAccepted(StoreError):
    """A job with the same idempotency key is there; `job` is its id."""

    def __init__(self, job: str) -> None:
        super().__init__(f"job {job} was started with the same key")
        self.job = job


class Store:
    """An open store; a context manager. Only one of a process writes to the same store.

    Arguments:
        create: make it where there is none.
        upgrade: bring an older one to this version; else it is refused.
        schema: the tables there should be, and how to get there.
        kind: gives the type of a path's file system.

    Raises:
        NoStore: there is none, and it was not to be made.
        StoreError: it cannot be opened, with the reason and what to do; it is as it was.
    """

    def __init__(self, place: Place, *, create: bool = True, upgrade: bool = True, schema: Schema = OURS, kind: KindOf = kind_of) -> None:
        self.place = place
        self.engine: Engine = engine_of(place, create=create, ours=schema, kind=kind, upgrade=upgrade)
        self.outputs = Outputs(place.outputs)
        self.me = Owner.me()
        self._reserve = Reserve(place.file)
        self._writer: Writer | None = None
        self._lock = threading.Lock()
        self._mine: set[str] = set()  # jobs that this process has begun to work on

    @classmethod
    def at(cls, place: str, *, create: bool = True, upgrade: bool = True) -> Store:
        """The store at a path, or a URL. Long outputs lie beside a file; of a server, in it."""
        return cls(Place.of(place), create=create, upgrade=upgrade)

    @property
    def url(self) -> str:
        """Where it is, without the password."""
        return str(self.place)

    @property
    def writer(self) -> Writer:
        """What writes; started at the first use."""
        with self._lock:
            if self._writer is None:
                self._reserve.renew()
                self._writer = Writer(self.engine, self._reserve.free)
            return self._writer

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up what this process holds and end. May be called twice."""
        writer, self._writer = self._writer, None
        if writer is not None and self.me.pid == os.getpid():  # a process that was forked off holds nothing
            with suppress(RunnerError):  # then others find out that this process is gone
                writer.run(self.me.leave)
            writer.close()
            self._reserve.renew()
        self.engine.dispose()

    def reading(self) -> Connection:
        """A connection that reads one state of the store; to be used as a context manager, and not for long."""
        connection = self.engine.connect().execution_options(reads_only=True)
        if connection.dialect.name == "postgresql":
            return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        return connection

    def accept(self, new: NewJob, batches: Sequence[tuple[int, str, tuple[str, ...]]], total_devices: int) -> None:
        """Store a job before anything of it happens; durable when this returns.

        Arguments:
            batches: number, play and hosts of each batch.

        Raises:
            AlreadyAccepted: there is a job with its idempotency key.
            StoreError: it cannot be stored.
        """
        if len(new.idempotency_key or "") > _LONGEST_KEY:
            raise StoreError(f"a key that keeps a job from starting twice has at most {_LONGEST_KEY} characters")
        try:
            self.writer.run(lambda connection: self._accept(connection, new, batches, total_devices), begins=True)
        except IntegrityError as error:
            raise StoreError(f"job {new.id} is stored already") from error
        self._mine.add(new.id)

    def _accept(self, connection: Connection, new: NewJob, batches: Sequence[tuple[int, str, tuple[str, ...]]], total_devices: int) -> None:
        job = tables.job
        if new.idempotency_key is not None:
            found = connection.scalar(select(job.c.id).where(job.c.idempotency_key == new.idempotency_key))
            if found is not None:
                raise AlreadyAccepted(found)
        self.me.sign(connection)
        number = (connection.scalar(select(func.max(job.c.number))) or 0) + 1
        connection.execute(
            insert(job).values(
                **FRESH,
                id=new.id,
                number=number,
                parent=new.parent,
                idempotency_key=new.idempotency_key,
                playbook=plain(new.start.playbook or "command line"),
                start=json.dumps(asdict(new.start)),
                origin=json.dumps(asdict(new.origin)),
                plan=json.dumps(new.frozen.plan),
                digests=json.dumps(new.frozen.digests),
                owner=self.me.id,
                created=moment(datetime.now(UTC)),
                total_devices=total_devices,
                total_batches=len(batches),
            )
        )
        plan_rows(connection, new.id, batches)

    def take(self, job: str, *, seen: int | None = None) -> None:
        """Work on a job that nobody works on. Raises StoreError where somebody does, and where it went on after its event `seen`."""

        def work(connection: Connection) -> None:
            self.me.sign(connection)
            row = connection.execute(select(tables.job.c.owner, tables.job.c.status).where(tables.job.c.id == job)).first()
            if row is None:
                raise StoreError(f"there is no job {job} any more", hint="was it removed by nornir-playbook db prune?")
            running = row.status in (JobStatus.RUNNING, JobStatus.PENDING)
            if running and row.owner not in (None, self.me.id) and row.owner not in dead_owners(connection, self.me):
                raise StoreError(f"job {job} runs already", hint=f"nornir-playbook watch {job} shows it")
            if seen is not None and seen != _last_event(connection, job):
                raise StoreError(f"job {job} went on meanwhile", hint=f"nornir-playbook show {job} says where it stands now")
            connection.execute(update(tables.job).where(tables.job.c.id == job).values(owner=self.me.id))

        self.writer.run(work, begins=True)
        self._mine.add(job)

    def last_event(self, job: str) -> int:
        """The number of a job's last event, 0 where it has none."""
        with self.reading() as connection:
            return _last_event(connection, job)

    def beat(self) -> None:
        """Leave a sign of life; due every few seconds while this process works on a job. Raises StoreError."""
        writer = self.writer
        writer.run(self.me.sign)
        if writer.short and self._reserve.renew():
            writer.short = ""  # there is room again

    def journal(self, job: str, redact: Redact = unchanged, on_lost: Callable[[str], None] = lambda why: None) -> Journal:
        """What the events of a job are told to."""
        owner = self.me.id if job in self._mine else None  # which must have it still when an event is stored
        return Journal(self.writer, self.outputs, job, redact, on_lost, owner=owner)

    def request(self, job: str, wanted: Wanted, by: str) -> None:
        """Ask something of a job; stored when this returns. Raises StoreError."""
        event = ControlRequested(job_id=job, wanted=wanted, by=by)
        self.writer.run(lambda connection: append(connection, job, event))

    def wanted(self, job: str) -> tuple[Wanted, str]:
        """What is wanted of a job, and who wants it."""
        with self.reading() as connection:
            row = connection.execute(select(tables.job.c.wanted, tables.job.c.wanted_by).where(tables.job.c.id == job)).one()
        return Wanted(row.wanted), row.wanted_by

    def settle(self) -> tuple[str, ...]:
        """End the jobs whose process is gone: they are interrupted. Their ids."""
        with self.reading() as connection:
            if not is_unsettled(connection, self.me):
                return ()
        return self.writer.run(lambda connection: settle(connection, self.me))

    def events(self, job: str, after: int = 0) -> Iterator[tuple[int, Event]]:
        """The events of a job in their order, each with its number, from behind `after` on."""
        from runner.store.reading import events

        return events(self, job, after)

    @staticmethod
    def is_end(event: Event) -> bool:
        """Whether nothing of this process follows an event of a job."""
        return isinstance(event, RunFinished | RunInterrupted)


def _last_event(connection: Connection, job: str) -> int:
    return connection.scalar(select(func.max(tables.event.c.seq)).where(tables.event.c.job == job)) or 0
