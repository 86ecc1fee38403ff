"""Appends the events of one job: what must be on disk before the job goes on is there when the call returns."""

from __future__ import annotations

import json
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, insert

from runner.errors import RunnerError
from runner.events import BatchFinished, Event, HostFinished, RunFinished, RunStarted, TaskFinished, WriteIntended
from runner.job_events import ControlRequested, DoubtResolved, RunInterrupted, RunResumed, WriteEnded
from runner.journal.event_json import event_name, event_object
from runner.journal.redaction import Redact
from runner.store import tables
from runner.store.outputs import Outputs
from runner.store.projection import moment, project
from runner.store.writer import StoreError, Ticket, Writer

DURABLE = (
    *(WriteIntended, WriteEnded, TaskFinished, HostFinished, BatchFinished, RunStarted, RunFinished),
    *(ControlRequested, DoubtResolved, RunResumed, RunInterrupted),
)
"""Events that are on disk when they have been told."""

Fence = Callable[[Connection, WriteIntended], None]
"""Asked about an intent to write in the transaction that stores it. Raises Refused."""

_LOOSE = 1000
"""Events that may be on their way to the disk without anybody waiting."""


class Refused(StoreError):
    """An intent to write that must not be followed by a write. The record itself is as it should be."""


class Journal:
    """Takes events from any thread.

    An intent to write that cannot be stored raises StoreError. When another event cannot be, `on_lost` hears why, once; it and those
    behind it are kept in memory, no intent is taken any more, and at each host's end and at the run's they are tried again.

    Attributes:
        lost: why the record is not complete; empty when it is.
        fence: what may refuse an intent to write; None for nothing.
    """

    def __init__(
        self, writer: Writer, outputs: Outputs, job: str, redact: Redact, on_lost: Callable[[str], None] = lambda why: None
    ) -> None:
        self._writer, self._outputs, self._job, self._redact, self._on_lost = writer, outputs, job, redact, on_lost
        self._loose: deque[tuple[Event, Ticket[None]]] = deque()
        self._backlog: deque[Event] = deque()
        self._lock = threading.Lock()
        self.lost = ""
        self.fence: Fence | None = None

    def __call__(self, event: Event) -> None:
        """Append an event."""
        if self.lost and isinstance(event, WriteIntended):
            raise StoreError(f"the record of this job cannot be written: {self.lost}")
        if self.lost:
            self._keep(event)
            return
        try:
            ticket = self._submit(event)
            if isinstance(event, DURABLE):
                ticket.wait()
            else:
                self._let_loose(event, ticket)
        except Refused:
            raise
        except RunnerError as error:
            self._lose(event, error)
            if isinstance(event, WriteIntended):
                raise

    def close(self) -> None:
        """Wait for what is on its way."""
        self._settle(0)
        if self.lost:
            self._retry()

    def _submit(self, event: Event) -> Ticket[None]:
        row = row_of(self._job, event, self._outputs.out(self._job, event_object(event, self._redact, exact=True)))
        return self._writer.submit(lambda connection: self._append(connection, row, event))

    def _append(self, connection: Connection, row: dict[str, Any], event: Event) -> None:
        if self.fence is not None and isinstance(event, WriteIntended):
            self.fence(connection, event)
        append(connection, self._job, row, event)

    def _let_loose(self, event: Event, ticket: Ticket[None]) -> None:
        with self._lock:
            self._loose.append((event, ticket))
            many = len(self._loose)
        if many > _LOOSE or self._loose[0][1].done:
            self._settle(_LOOSE // 2)

    def _settle(self, most: int) -> None:
        """Look at how loose events ended, until at most `most` of those on their way are left."""
        while True:
            with self._lock:
                if not self._loose or (len(self._loose) <= most and not self._loose[0][1].done):
                    return
                event, ticket = self._loose.popleft()
            try:
                ticket.wait()
            except RunnerError as error:
                self._lose(event, error)

    def _lose(self, event: Event, error: Exception) -> None:
        with self._lock:
            first, self.lost = not self.lost, self.lost or str(error)
            if not isinstance(event, WriteIntended):
                self._backlog.append(event)
        if first:
            self._on_lost(str(error))

    def _keep(self, event: Event) -> None:
        with self._lock:
            self._backlog.append(event)
        if isinstance(event, HostFinished | RunFinished):
            self._retry()

    def _retry(self) -> None:
        """Store what could not be stored before; the record stays marked as lost, as no intent may follow."""
        with self._lock:
            while self._backlog:
                try:
                    self._submit(self._backlog[0]).wait()
                except RunnerError:
                    return
                self._backlog.popleft()

    @property
    def complete(self) -> bool:
        """Whether everything that was told is on disk."""
        return not self._backlog and not self._loose


def row_of(job: str, event: Event, detail: dict[str, Any]) -> dict[str, Any]:
    """The row of an event, of which `detail` is what `event_object` makes."""
    return {
        "job": job,
        "host": getattr(event, "host", None),
        "kind": event_name(type(event)),
        "at": moment(event.at),
        "detail": json.dumps(detail),
    }


def append(connection: Connection, job: str, row: dict[str, Any], event: Event) -> None:
    """An event and what it changes in the cache, in the caller's transaction."""
    connection.execute(insert(tables.event).values(row))
    project(connection, job, event)
