"""The one connection of a process that writes: a thread takes all that waits into one transaction, so that a commit is shared."""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from runner.errors import RunnerError

T = TypeVar("T")

Work = Callable[[Connection], T]
"""What is done in a transaction; it may be called a second time in a transaction of its own, after the first was rolled back."""

_AT_ONCE = 500
"""Most pieces of work in one transaction."""


class StoreError(RunnerError):
    """The store cannot take or give what was asked for."""


class Ticket(Generic[T]):
    """Work on its way to the disk."""

    def __init__(self, work: Work[T]) -> None:
        self.work = work
        self._done = threading.Event()
        self._value: Any = None
        self._error: BaseException | None = None

    def wait(self) -> T:
        """What the work gave, when it is on disk. Raises StoreError when it cannot be stored, and what the work itself raised."""
        self._done.wait()
        if self._error is not None:
            raise self._error
        value: T = self._value
        return value

    @property
    def done(self) -> bool:
        """Whether `wait` returns at once."""
        return self._done.is_set()

    def resolve(self, value: Any, error: BaseException | None = None) -> None:
        """For the writer: the end of it."""
        self._value, self._error = value, error
        self._done.set()


class Writer:
    """Takes work from any thread. `close` ends the thread when all that was taken is done."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._queue: SimpleQueue[Ticket[Any] | None] = SimpleQueue()
        self._connection: Connection | None = None
        self._thread = threading.Thread(target=self._work, name="store writer", daemon=True)
        self._thread.start()

    def submit(self, work: Work[T]) -> Ticket[T]:
        """Put the work in line, and return at once."""
        ticket = Ticket(work)
        self._queue.put(ticket)
        return ticket

    def run(self, work: Work[T]) -> T:
        """The work's result, once it is on disk."""
        return self.submit(work).wait()

    def close(self) -> None:
        """Do what is in line, then end. May be called twice."""
        self._queue.put(None)
        self._thread.join()

    def _work(self) -> None:
        ended = False
        while not ended:
            group: list[Ticket[Any]] = []
            ticket = self._queue.get()
            while ticket is not None:
                group.append(ticket)
                try:
                    ticket = self._queue.get_nowait() if len(group) < _AT_ONCE else self._none()
                except Empty:
                    break
            else:
                ended = len(group) < _AT_ONCE
            self._do(group)
        if self._connection is not None:
            self._connection.close()

    @staticmethod
    def _none() -> None:
        return None

    def _do(self, group: list[Ticket[Any]]) -> None:
        if not group:
            return
        try:
            values = self._transaction(group)
        except BaseException as error:
            if len(group) == 1:
                group[0].resolve(None, _told(error))
                return
            for ticket in group:  # one of them spoiled it for all: each by itself
                self._do([ticket])
            return
        for ticket, value in zip(group, values, strict=True):
            ticket.resolve(value)

    def _transaction(self, group: list[Ticket[Any]]) -> list[Any]:
        try:
            if self._connection is None:
                self._connection = self._engine.connect()
            with self._connection.begin():
                return [ticket.work(self._connection) for ticket in group]
        except DBAPIError as error:
            if error.connection_invalidated and self._connection is not None:
                self._connection.close()
                self._connection = None
            raise


def _told(error: BaseException) -> BaseException:
    if not isinstance(error, SQLAlchemyError):
        return error
    cause = getattr(error, "orig", None) or error
    found = StoreError(f"the record of jobs cannot be written: {cause}", hint="is the disk full? nornir-playbook db check looks at it")
    found.__cause__ = error
    return found
