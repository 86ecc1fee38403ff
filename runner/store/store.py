"""The store of jobs: accept one, write its events, ask about it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, func, insert, select, update
from sqlalchemy.engine import make_url
from sqlalchemy.exc import IntegrityError

from runner.events import Event, RunFinished
from runner.job import NewJob, Wanted
from runner.job_events import ControlRequested, RunInterrupted
from runner.journal.redaction import Redact, unchanged
from runner.states import JobStatus
from runner.store import tables
from runner.store.engine import engine_of
from runner.store.journal import Journal
from runner.store.outputs import Outputs
from runner.store.owners import Owner, dead_owners
from runner.store.projection import FRESH, moment, plan_rows
from runner.store.settling import is_unsettled, settle
from runner.store.writer import StoreError, Writer

ENDED = (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.PAUSED, JobStatus.INTERRUPTED)


class AlreadyAccepted(StoreError):
    """A job with the same idempotency key is there; `job` is its id."""

    def __init__(self, job: str) -> None:
        super().__init__(f"job {job} was started with the same key")
        self.job = job


class Store:
    """An open store; a context manager. Only one of a process writes to the same store.

    Arguments:
        url: an SQLAlchemy URL.
        outputs: the folder for long outputs.
        create: make it where there is none.

    Raises:
        StoreError: it cannot be opened, with the reason and what to do.
    """

    def __init__(self, url: str, outputs: Path, *, create: bool = True) -> None:
        self.url = url
        self.engine: Engine = engine_of(url, create=create)
        self.outputs = Outputs(outputs)
        self.me = Owner.me()
        self._writer: Writer | None = None

    @classmethod
    def at(cls, place: str, *, create: bool = True) -> Store:
        """The store at a path, or a URL. Outputs lie beside a file; of a server, in the folder of the user's state."""
        if "://" not in place:
            path = Path(place)
            return cls(f"sqlite:///{path}", path.with_name(f"{path.stem}-outputs"), create=create)
        from platformdirs import user_state_path

        name = make_url(place).database or "jobs"
        return cls(place, user_state_path("nornir-playbook") / f"{Path(name).stem}-outputs", create=create)

    @property
    def writer(self) -> Writer:
        """What writes; started at the first use."""
        if self._writer is None:
            self._writer = Writer(self.engine)
        return self._writer

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up what this process holds and end. May be called twice."""
        if self._writer is not None:
            self._writer.run(self.me.leave)
            self._writer.close()
            self._writer = None
        self.engine.dispose()

    def reading(self) -> Connection:
        """A connection that reads one state of the store; to be used as a context manager, and not for long."""
        return self.engine.connect().execution_options(reads_only=True)

    def accept(self, new: NewJob, batches: Sequence[tuple[int, str, tuple[str, ...]]], total_devices: int) -> None:
        """Store a job before anything of it happens; durable when this returns.

        Arguments:
            batches: number, play and hosts of each batch.

        Raises:
            AlreadyAccepted: there is a job with its idempotency key.
        """
        try:
            self.writer.run(lambda connection: self._accept(connection, new, batches, total_devices))
        except IntegrityError as error:
            raise StoreError(f"job {new.id} is stored already") from error

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
                playbook=new.start.playbook or "command line",
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

    def take(self, job: str) -> None:
        """Work on a job that nobody works on. Raises StoreError where somebody does."""

        def work(connection: Connection) -> None:
            self.me.sign(connection)
            row = connection.execute(select(tables.job.c.owner, tables.job.c.status).where(tables.job.c.id == job)).one()
            running = row.status in (JobStatus.RUNNING, JobStatus.PENDING)
            if running and row.owner not in (None, self.me.id) and row.owner not in dead_owners(connection, self.me):
                raise StoreError(f"job {job} runs already", hint=f"nornir-playbook watch {job} shows it")
            connection.execute(update(tables.job).where(tables.job.c.id == job).values(owner=self.me.id))

        self.writer.run(work)

    def beat(self) -> None:
        """Leave a sign of life; due every few seconds while this process works on a job."""
        self.writer.run(self.me.sign)

    def journal(self, job: str, redact: Redact = unchanged, on_lost: Callable[[str], None] = lambda why: None) -> Journal:
        """What the events of a job are told to."""
        return Journal(self.writer, self.outputs, job, redact, on_lost)

    def request(self, job: str, wanted: Wanted, by: str) -> None:
        """Ask something of a job; stored when this returns."""
        self.journal(job)(ControlRequested(job_id=job, wanted=wanted, by=by))

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
