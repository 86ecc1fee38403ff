"""Appends the events of one job: what must be on disk before the job goes on is there when the call returns."""

from __future__ import annotations

import secrets
import threading
from collections import deque
from collections.abc import Callable

from sqlalchemy import Connection

from runner.errors import RunnerError
from runner.events import BatchFinished, Event, HostFinished, RunFinished, RunStarted, TaskFinished, WriteIntended
from runner.job_events import ControlRequested, DoubtResolved, RunInterrupted, RunResumed, WriteEnded
from runner.journal.redaction import Redact
from runner.store.entry import Entry
from runner.store.outputs import Outputs
from runner.store.troubles import StoreError
from runner.store.writer import Line, Ticket, Work, Writer

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
    """Takes events from any thread, and stores them in the order in which they came.

    An intent to write that cannot be stored raises StoreError. When another event cannot be, `on_lost` hears why, once; it and those
    behind it are kept in memory, no intent is taken any more, and at each host's end and at the run's they are tried again, in their
    order. The same holds from the moment on when the disk is full and only the reserve is left to write to.

    Attributes:
        lost: why the record has, or had, a gap, or would soon have one; empty while all is well.
        fence: what may refuse an intent to write; None for nothing.
    """

    def __init__(
        self,
        writer: Writer,
        outputs: Outputs,
        job: str,
        redact: Redact,
        on_lost: Callable[[str], None] = lambda why: None,
        owner: str | None = None,
    ) -> None:
        self._writer, self._outputs, self._job, self._redact, self._on_lost = writer, outputs, job, redact, on_lost
        self._owner, self._mark, self._count = owner, secrets.token_hex(6), 0
        self._lock = threading.Lock()
        self._line = Line()
        self._open: deque[tuple[Entry, Ticket[None] | None]] = deque()  # not known to be stored, in their order
        self._behind = False  # something could not be stored, and all that follows waits for it
        self.lost = ""
        self.fence: Fence | None = None

    def __call__(self, event: Event) -> None:
        """Append an event."""
        intent = isinstance(event, WriteIntended)
        waits = isinstance(event, DURABLE) or len(self._open) > _LOOSE
        failed, ticket = self._take(self._entry(event), intent, waits)
        if ticket is not None and waits:
            failed = failed or self._wait(ticket)
        if isinstance(failed, Refused):
            raise failed
        if failed is not None:
            self._fail(failed)
            if intent:
                raise failed
        elif self._writer.short:
            self._lose(self._writer.short)
        if self._behind and isinstance(event, HostFinished | RunFinished):
            self._catch_up()

    def close(self) -> None:
        """Wait for what is on its way, and try once more what could not be stored."""
        with self._lock:
            waiting = [ticket for _, ticket in self._open if ticket is not None]
        for ticket in waiting:
            if (failed := self._wait(ticket)) is not None:
                self._fail(failed)
        if self._behind:
            self._catch_up()

    @property
    def complete(self) -> bool:
        """Whether everything that was told is on disk."""
        with self._lock:
            self._forget_stored()
            return not self._open

    def _entry(self, event: Event) -> Entry:
        with self._lock:
            self._count += 1
            mark = f"{self._mark}:{self._count}"
        return Entry(job=self._job, event=event, mark=mark, owner=self._owner, redact=self._redact)

    def _take(self, entry: Entry, intent: bool, haste: bool) -> tuple[RunnerError | None, Ticket[None] | None]:
        """Put the entry in line. Why it could not be, and what to wait for."""
        failed = _prepared(entry, self._outputs)  # outside of the lock, as a file may have to be written
        with self._lock:
            if intent and (self.lost or self._writer.short):
                return StoreError(f"the record of this job cannot be written: {self.lost or self._writer.short}"), None
            if failed is not None or self._behind:
                if not intent:
                    self._behind = True
                    self._open.append((entry, None))
                return failed, None
            try:
                ticket = self._writer.submit(self._work(entry), line=self._line, begins=intent, haste=haste)
            except RunnerError as error:
                if not intent:
                    self._open.append((entry, None))
                return error, None
            if not intent:  # whoever tells an intent waits for it, and one that failed is not tried again
                self._open.append((entry, ticket))
            return None, ticket

    def _work(self, entry: Entry) -> Work[None]:
        """Intents pass the fence first."""
        event, fence = entry.event, self.fence
        if fence is None or not isinstance(event, WriteIntended):
            return entry.store

        def fenced(connection: Connection) -> None:
            fence(connection, event)
            entry.store(connection)

        return fenced

    def _wait(self, ticket: Ticket[None]) -> RunnerError | None:
        try:
            ticket.wait()
        except RunnerError as error:
            return error
        except Exception as error:  # a bug of ours; the record has a gap all the same
            return StoreError(f"an event could not be stored: {type(error).__name__}: {error}")
        with self._lock:
            self._forget_stored()
        return None

    def _forget_stored(self) -> None:
        while self._open and (ticket := self._open[0][1]) is not None and ticket.done and ticket.stored():
            self._open.popleft()

    def _fail(self, error: RunnerError) -> None:
        with self._lock:
            self._forget_stored()
            self._behind = self._behind or bool(self._open)
        self._lose(error.message)

    def _lose(self, why: str) -> None:
        with self._lock:
            first, self.lost = not self.lost, self.lost or why
        if first:
            self._on_lost(why)

    def _catch_up(self) -> None:
        """Store what could not be stored before; the record stays marked as lost, as no intent may follow."""
        with self._lock:
            left = [entry for entry, ticket in self._open if ticket is None or not ticket.stored()]
            self._line.mend()
            self._open.clear()
            for place, entry in enumerate(left):
                if _prepared(entry, self._outputs) is not None:
                    self._open.extend((each, None) for each in left[place:])
                    break
                try:
                    self._open.append((entry, self._writer.submit(entry.store, line=self._line)))
                except RunnerError:
                    self._open.extend((each, None) for each in left[place:])
                    break
            self._behind = not all(ticket is not None and ticket.stored() for _, ticket in self._open)
            self._forget_stored()


def _prepared(entry: Entry, outputs: Outputs) -> RunnerError | None:
    try:
        entry.prepare(outputs)
    except RunnerError as error:
        return error
    return None
