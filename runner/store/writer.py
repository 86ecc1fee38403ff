"""The one connection of a process that writes: a thread takes all that waits into one transaction, so that a commit is shared."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine

from runner.errors import RunnerError
from runner.store.sqlite import BUSY, LONGEST_LOG
from runner.store.troubles import StoreError as StoreError

T = TypeVar("T")

Work = Callable[[Connection], T]
"""What is done in a transaction; it may be called again in another one after the first was rolled back, or its commit not answered."""

_AT_ONCE = 500
"""Most pieces of work in one transaction."""

_LINGER = 0.1
"""Seconds that work for which nobody waits may wait for other work, so that it needs no commit of its own."""


class Line:
    """Work that must be stored in its order: when a piece of it fails, those behind it fail too, until `mend`.

    `broken` is set by the writer's thread; `mend` is for whoever submits, when nothing of the line is under way.
    """

    def __init__(self) -> None:
        self.broken: BaseException | None = None

    def mend(self) -> None:
        """Let the line go on."""
        self.broken = None


class Ticket(Generic[T]):
    """Work on its way to the disk. `begins`: it lets something new happen, and is refused where there is hardly room for an end."""

    def __init__(self, work: Work[T], line: Line | None, begins: bool) -> None:
        self.work, self.line, self.begins = work, line, begins
        self.done = False
        """Whether `wait` returns at once."""
        self._pending = threading.Lock()  # held until the end is known: an Event costs several times as much
        self._pending.acquire()
        self._value: Any = None
        self._error: BaseException | None = None

    def wait(self) -> T:
        """What the work gave, when it is on disk. Raises StoreError when it cannot be stored, and what the work itself raised."""
        self._until_done()
        if self._error is not None:
            raise self._error
        value: T = self._value
        return value

    def stored(self) -> bool:
        """Whether it is on disk, when that is known; waits for it."""
        self._until_done()
        return self._error is None

    def resolve(self, value: Any, error: BaseException | None = None) -> None:
        """For the writer: the end of it."""
        if self.done:
            return
        if error is not None and self.line is not None and not self.begins:
            self.line.broken = error
        self._value, self._error, self.done = value, error, True
        self._pending.release()

    def _until_done(self) -> None:
        if not self.done:
            with self._pending:
                pass


class Writer:
    """Takes work from any thread of this process. `close` ends the thread when all that was taken is done.

    Arguments:
        make_room: called when the disk is full; whether there is room now, for what must still be stored.
    """

    def __init__(self, engine: Engine, make_room: Callable[[], bool] = lambda: False) -> None:
        self._engine, self._make_room = engine, make_room
        self._waiting: deque[Ticket[Any]] = deque()
        self._bell: SimpleQueue[bool] = SimpleQueue()  # whether there is haste
        self._rung = self._hurried = False  # since the last taking
        self._lock = threading.Lock()
        self._closed = False
        self._pid = os.getpid()
        self._log = Path(f"{engine.url.database}-wal")
        self._connection: Connection | None = None
        self.short = ""
        """Why nothing new may begin; empty while there is room."""
        self._thread = threading.Thread(target=self._run, name="store writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T], *, line: Line | None = None, begins: bool = False, haste: bool = True) -> Ticket[T]:
        """Put the work in line, and return at once; without `haste` it is taken a little later, with other work.

        Raises StoreError in another process, after `close`, and where nothing new may begin.
        """
        ticket = Ticket(work, line, begins)
        if os.getpid() != self._pid:
            raise StoreError("the store of jobs was opened by another process", hint="open it again in this one", kind="refused")
        if begins and self.short:
            raise StoreError(self.short, hint="make room; what was recorded before is intact", kind="full")
        with self._lock:
            if self._closed:
                raise StoreError("the store of jobs is closed", kind="refused")
            self._waiting.append(ticket)
            self._ring(haste)
        return ticket

    def run(self, work: Work[T], *, begins: bool = False) -> T:
        """The work's result, once it is on disk."""
        return self.submit(work, begins=begins).wait()

    def close(self) -> None:
        """Do what is in line, then end. May be called twice; of no effect in a process that was forked off."""
        if os.getpid() != self._pid:
            return
        with self._lock:
            if not self._closed:
                self._closed = True
                self._ring(True)
        self._thread.join()

    def _ring(self, haste: bool) -> None:
        """Wake the thread, where that was not done already."""
        if not self._rung or (haste and not self._hurried):
            self._rung, self._hurried = True, haste
            self._bell.put(haste)

    def _run(self) -> None:
        """Until all that came before `close` is done. Nothing that goes wrong with a ticket ends the thread."""
        ended = False
        while not ended:
            group, ended = self._next()
            self._do(group)
            with suppress(Exception):  # it may be done the next time
                self._tidy(ended)
        self._drop()

    def _next(self) -> tuple[list[Ticket[Any]], bool]:
        """All that waits; and whether nothing comes after it."""
        if not self._bell.get():
            with suppress(Empty):
                self._bell.get(timeout=_LINGER)
        with self._lock:
            group = [self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_ONCE))]
            self._rung = self._hurried = False
            if self._waiting:
                self._ring(True)
            return group, self._closed and not self._waiting

    def _do(self, group: list[Ticket[Any]], again: bool = False) -> None:
        group = self._without_broken_lines(group)
        if not group:
            return
        try:
            values = self._transaction(group)
        except BaseException as error:
            self._failed(group, error, again)
            return
        for ticket, value in zip(group, values, strict=True):
            ticket.resolve(value)

    def _failed(self, group: list[Ticket[Any]], error: BaseException, again: bool) -> None:
        kind = error.kind if isinstance(error, StoreError) else ""
        if kind == "gone" and not again:  # the connection may have died long ago, when nobody used it
            self._do(group, again=True)
        elif kind == "full" and not again and self._make_room():
            self.short = str(error)
            for ticket in group:
                if ticket.begins:
                    ticket.resolve(None, error)
            self._do([ticket for ticket in group if not ticket.begins], again=True)
        elif kind or len(group) == 1:
            for ticket in group:
                ticket.resolve(None, _told(error))
        else:  # one of them spoiled it for all: each by itself
            for ticket in group:
                self._do([ticket])

    @staticmethod
    def _without_broken_lines(group: list[Ticket[Any]]) -> list[Ticket[Any]]:
        for ticket in group:
            if ticket.line is not None and ticket.line.broken is not None:
                ticket.resolve(None, ticket.line.broken)
        return [ticket for ticket in group if not ticket.done]

    def _transaction(self, group: list[Ticket[Any]]) -> list[Any]:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                return [ticket.work(self._connection) for ticket in group]
        except BaseException as error:
            if not isinstance(error, RunnerError) or (isinstance(error, StoreError) and error.kind):
                self._drop()  # nobody knows what state it is in
            raise

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Exception):
                connection.invalidate()
            with suppress(Exception):
                connection.close()

    def _tidy(self, ended: bool) -> None:
        """Bring SQLite's write-ahead log over and empty it, at the end and when it is long, where no reader is in the way (F50b)."""
        if self._connection is None or self._engine.dialect.name != "sqlite":
            return
        if ended or self._log.stat().st_size > LONGEST_LOG:
            cursor = self._connection.connection.cursor()
            cursor.execute("PRAGMA busy_timeout=0")
            try:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            finally:
                cursor.execute(f"PRAGMA busy_timeout={int(BUSY * 1000)}")


def _told(error: BaseException) -> BaseException:
    """Errors of ours as they are; of others their own, which whoever waits for the ticket gets to see."""
    return error if isinstance(error, Exception) else StoreError(f"the record of jobs was not written: {type(error).__name__}")
