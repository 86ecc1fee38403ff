"""A wish to stop or to pause, on its way from whoever has it to every place that must honour it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner.errors import Stopped
from runner.job import Wanted

_PULSE = 0.1
"""Seconds between two looks at whether a wait still makes sense."""

_BATCH, _HOST, _NOW = 1, 2, 3
_STRENGTH = {
    Wanted.RUN: 0,
    Wanted.PAUSE_AFTER_BATCH: _BATCH,
    Wanted.STOP_AFTER_BATCH: _BATCH,
    Wanted.PAUSE_AFTER_HOST: _HOST,
    Wanted.STOP_AFTER_HOST: _HOST,
    Wanted.STOP_NOW: _NOW,
}
"""How much a wish leaves undone."""


class Control:
    """Read before each batch, host and step, and by every wait for a device. Safe from any thread and from a signal handler.

    There are three ways to the end of a run. `stop()`: nothing new starts, what only reads is cut, what writes has a grace time.
    `halt()`, for a limit that was passed: nothing new starts, and what runs goes to the end of its task. `wind_down()`, in order:
    no further batch is opened, or no further host begins, and what is at work does all it has to do.

    Attributes:
        reason: why a person stopped it.
        limit: the arithmetic of the limit that ended it.
        look: brings wishes that wait elsewhere; called before a batch is opened.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.reason = ""
        self.limit = ""
        self._wish, self._by = Wanted.RUN, ""
        self._final = self._concluded = self._between = False
        self._stopped_at: float | None = None
        self.look: Callable[[], None] = lambda: None
        self._lock = threading.RLock()  # a signal's handler may come in the middle of what the same thread does here

    @property
    def wanted(self) -> tuple[Wanted, str]:
        """The wish in force and whose it is."""
        with self._lock:
            return self._wish, self._by

    def stop(self, reason: str) -> None:
        """Ask for the end of the job; the first reason given is kept."""
        with self._lock:
            self.reason = self.reason or reason
            if self._stopped_at is None:
                self._stopped_at = time.monotonic()
            self.cancelled.set()

    def stopped_for(self) -> float:
        """Seconds since `stop` was first called; negative while it was not."""
        return -1.0 if self._stopped_at is None else time.monotonic() - self._stopped_at

    def wind_down(self, wanted: Wanted, by: str) -> bool:
        """Take a wish over. False when it comes too late, or changes nothing.

        Of wishes that nothing has been left undone for yet, the last one holds, and `RUN` takes them all back. Once something was
        not started, only a wish that is at least as strong replaces the one in force; after a stop none does.

        Arguments:
            by: who wants it, from where.
        """
        with self._lock:
            if self._concluded or self.cancelled.is_set() or (wanted, by) == (self._wish, self._by):
                return False
            if self._final and not 0 < _STRENGTH[self._wish] <= _STRENGTH[wanted]:
                return False
            self._wish, self._by = wanted, by
            if wanted is Wanted.STOP_NOW:
                self.stop(f"stopped by {by}")
            return True

    def conclude(self) -> tuple[Wanted, str]:
        """The wish that something was left undone for, `RUN` for none, and whose it is; from now on it is too late for any other."""
        with self._lock:
            self._concluded = True
            return (self._wish if self._final else Wanted.RUN), self._by

    def halt(self, limit: str) -> bool:
        """Let nothing new start because of a limit. True for the first one to say so, whose words are kept."""
        with self._lock:
            if self.limit or self.cancelled.is_set():
                return False
            self.limit = limit
            return True

    def proceed(self) -> bool:
        """Whether what is at work may go on to something new."""
        return not self.limit and not self.cancelled.is_set() and not (self._between and not self._unhindered(_BATCH))

    def next_host(self) -> bool:
        """Whether a host whose turn has not begun may begin."""
        return self.proceed() and self._unhindered(_HOST)

    def next_batch(self) -> bool:
        """Whether a further batch may be opened, by what is wanted at this moment."""
        self.look()
        return self.proceed() and self._unhindered(_BATCH)

    def check(self, doing: str = "", *, new_host: bool = False) -> None:
        """Raise Stopped, with the reason, when nothing new may start; with `new_host`, also when no further host may begin."""
        if not self.proceed():
            who = f"a limit was passed: {self.limit}" if self.limit else "stopped by the user"
            raise Stopped(f"{who} (before {doing})" if doing else who)
        if new_host and not self.next_host():
            raise Stopped("no further host is started")

    def wait(self, seconds: float, *, new_host: bool = False, grace: float = 0.0) -> None:
        """Let time pass. Raises Stopped as soon as `check` would, and `grace` seconds later in the middle of something that writes."""
        until = time.monotonic() + seconds
        while True:
            if not 0.0 <= self.stopped_for() < grace:
                self.check(new_host=new_host)
            if (left := until - time.monotonic()) <= 0:
                return
            pause = time.sleep if self.cancelled.is_set() else self.cancelled.wait
            pause(min(left, _PULSE))

    @contextmanager
    def between_batches(self) -> Iterator[None]:
        """No host is at work inside: there every orderly wish holds at once."""
        self._between = True
        try:
            yield
        finally:
            self._between = False

    def _unhindered(self, strength: int) -> bool:
        """Whether no wish forbids it. A wish that once has cannot be taken back: something was left out because of it."""
        with self._lock:
            if _STRENGTH[self._wish] < strength:
                return True
            self._final = True
            return False
