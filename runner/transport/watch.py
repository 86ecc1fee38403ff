"""The guard of one session: its deadlines, the user's wish to stop, and the phase that errors are named after."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from runner.errors import Phase, SessionError, Stopped
from runner.transport import classify

PULSE = 0.1
"""Seconds between two looks at the stop request: no wait of the transport is longer than this without one."""


@dataclass
class _Limit:
    until: float
    error: Callable[[], SessionError]


class Hop(Protocol):
    """The jump host of a session, as far as its errors need to know it.

    `command` is a shell's beginning of a command line that runs the rest of it there.
    """

    @property
    def name(self) -> str: ...

    @property
    def command(self) -> str: ...

    def is_lost(self) -> bool:
        """Whether the connection to it has ended."""


Witness = Callable[[str, str], None]
"""Told what a session does, as it does it: a word for what it is, and a text. Called in the session's thread; must not raise.

The words: `phase` (the phase that begins), `addresses`, `address`, `banner`, `key`, `login`, `prompt` (the first that is seen),
`ready` (the prompt once the session is set up), `sent` and `received` (text, secrets and all), `failed` (the error that ends the
connect), `closed` (the last word of every connect).
"""


class Watch:
    """Asked before every wait of a session; raises when it must not go on. Belongs to the thread of its host.

    Arguments:
        place: `host:port`, for messages.
        cancelled: set when the user wants to stop.

    Attributes:
        phase: where in the life of the session it stands.
        doing: the command under way, quoted for messages.
        host_deadline: monotonic time at which everything on this host must have ended; None = no limit.
        patience: seconds that a wish to stop must be old before it cuts what is under way; `graceful` gives them to a part of it.
        veil: what every text of an error goes through, so that no secret that was sent stands in it.
        hop: the jump host the session goes through; None = it goes straight.
    """

    def __init__(self, place: str, cancelled: threading.Event, witness: Witness | None = None) -> None:
        self.place = place
        self.cancelled = cancelled
        self._witness = witness
        self._phase: Phase = "dns"
        self.doing = ""
        self.host_deadline: float | None = None
        self.hop: Hop | None = None
        self.veil: Callable[[str], str] = str
        self._limits: list[_Limit] = []
        self.patience = self._grace = 0.0
        self._asked_to_stop: float | None = None
        self._deaf = False

    @property
    def phase(self) -> Phase:
        """See above."""
        return self._phase

    @phase.setter
    def phase(self, value: Phase) -> None:
        self._phase = value
        self.note("phase", value)

    def note(self, what: str, text: str) -> None:
        """Let the witness know."""
        if self._witness is not None:
            self._witness(what, text)

    def error(self, cause: str, *, output: str = "", hint: str = "", **details: object) -> SessionError:
        """The error of the present phase with this cause; see `classify.failure`. What seems a close may be the loss of the jump host."""
        if self.hop is not None:
            cause = "hop_lost" if cause == "closed" and self.hop.is_lost() else cause
            details = {"hop": self.hop.name, **details}
        told = {name: self.veil(value) if isinstance(value, str) else value for name, value in details.items()}
        return classify.failure(self.phase, cause, self.place, {**told, "doing": self.doing}, output=self.veil(output), hint=hint)

    @contextmanager
    def within(self, seconds: float, error: Callable[[], SessionError]) -> Iterator[None]:
        """What is done inside must end in `seconds`, or `error()` is raised at the next look. May be nested."""
        limit = _Limit(time.monotonic() + seconds, error)
        self._limits.append(limit)
        try:
            yield
        finally:
            self._limits.remove(limit)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """A human is being waited for: the time that takes counts against no deadline."""
        begun = time.monotonic()
        try:
            yield
        finally:
            spent = time.monotonic() - begun
            for limit in self._limits:
                limit.until += spent
            if self.host_deadline is not None:
                self.host_deadline += spent

    @contextmanager
    def graceful(self, seconds: float) -> Iterator[None]:
        """What is done inside is not cut by a wish to stop before that is `seconds` old."""
        before, self._grace = self._grace, seconds
        try:
            yield
        finally:
            self._grace = before

    @contextmanager
    def last_words(self, seconds: float, error: Callable[[], SessionError]) -> Iterator[None]:
        """What is done inside must end in `seconds`, and nothing else counts: no wish to stop, no other deadline."""
        before = self._limits, self.host_deadline, self._deaf
        self._limits, self.host_deadline, self._deaf = [_Limit(time.monotonic() + seconds, error)], None, True
        try:
            yield
        finally:
            self._limits, self.host_deadline, self._deaf = before

    def is_over(self) -> bool:
        """True when the user wants to stop, or the time for this host is over."""
        return self.cancelled.is_set() or (self.host_deadline is not None and time.monotonic() >= self.host_deadline)

    def check_stop(self, *, at_once: bool = False) -> None:
        """Raise Stopped when the user wants to stop; `at_once` = whatever grace is given."""
        if not self.cancelled.is_set():
            return
        now = time.monotonic()
        if self._asked_to_stop is None:
            self._asked_to_stop = now
        if at_once or not (self._deaf or now - self._asked_to_stop < max(self._grace, self.patience)):
            during = f" in the middle of {self.doing}" if self.doing else ""
            raise Stopped(f"stopped by the user{during}")

    def check(self) -> None:
        """Raise Stopped, or the SessionError of a deadline that has passed."""
        self.check_stop()
        now = time.monotonic()
        if self.host_deadline is not None and now >= self.host_deadline:
            raise self.error("host_timeout")
        for limit in self._limits:
            if now >= limit.until:
                raise limit.error()

    def left(self) -> float:
        """Seconds to the nearest deadline, never negative; infinite without one."""
        nearest = min((limit.until for limit in self._limits), default=float("inf"))
        if self.host_deadline is not None:
            nearest = min(nearest, self.host_deadline)
        return max(0.0, nearest - time.monotonic())

    def pulse(self, most: float = PULSE) -> float:
        """How long the next wait may be: `most`, one pulse, or the rest of the time, whichever is shortest. Checks first."""
        self.check()
        return min(most, PULSE, self.left())

    def wait(self, event: threading.Event, *, alive: Callable[[], bool] = lambda: True) -> None:
        """Wait for an event, or until `alive()` is no more."""
        while not event.wait(self.pulse()) and alive():
            pass
