"""The judge's book: every session of every device from TCP accept to TCP close, and every command received."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True, kw_only=True)
class Counters:
    """Sessions open now, at most at once, and in all; logins that succeeded; commands received."""

    live: int = 0
    peak: int = 0
    total: int = 0
    commands: int = 0
    logins: int = 0


@dataclass(frozen=True, kw_only=True)
class SessionRecord:
    """One TCP connection as the device saw it; times are `time.monotonic()`, `closed_at` None while it is open."""

    opened_at: float
    closed_at: float | None = None
    authenticated: bool = False
    password_attempts: int = 0


class Ledger:
    """Counts, safe to read from any thread while the fleet writes. Every change wakes those who wait."""

    def __init__(self, names: Iterable[str]) -> None:
        self._changed = threading.Condition()
        self._fleet = Counters()
        self._device = {name: Counters() for name in names}
        self._sessions: dict[str, list[SessionRecord]] = {name: [] for name in self._device}
        self._log: dict[str, list[str]] = {name: [] for name in self._device}

    def opened(self, name: str) -> Entry:
        """A connection was accepted."""
        with self._changed:
            self._sessions[name].append(SessionRecord(opened_at=time.monotonic()))
            self._count(name, live=1, total=1)
            return Entry(self, name, len(self._sessions[name]) - 1)

    def command(self, name: str, command: str) -> None:
        """A command arrived, whatever becomes of it."""
        with self._changed:
            self._log[name].append(command)
            self._count(name, commands=1)

    def change(self, name: str, index: int, edit: Callable[[SessionRecord], SessionRecord]) -> None:
        """Note something about a session; being noted as closed or as logged in changes the counts."""
        with self._changed:
            before = self._sessions[name][index]
            after = self._sessions[name][index] = edit(before)
            closed = before.closed_at is None and after.closed_at is not None
            self._count(name, live=-int(closed), logins=int(after.authenticated) - int(before.authenticated))

    def counters(self, name: str | None = None) -> Counters:
        """Of one device, or of the whole fleet (whose peak is not the sum of peaks)."""
        with self._changed:
            return self._fleet if name is None else self._device[name]

    def sessions(self, name: str) -> tuple[SessionRecord, ...]:
        """In the order of their accept."""
        with self._changed:
            return tuple(self._sessions[name])

    def log(self, name: str) -> tuple[str, ...]:
        """Commands in the order of their arrival."""
        with self._changed:
            return tuple(self._log[name])

    def wait(self, condition: Callable[[Counters], bool], timeout: float) -> bool:
        """Wait until the fleet's counters satisfy `condition`, at most `timeout` seconds; False when they did not."""
        with self._changed:
            return self._changed.wait_for(lambda: condition(self._fleet), timeout)

    def _count(self, name: str, **steps: int) -> None:
        self._fleet = _added(self._fleet, steps)
        self._device[name] = _added(self._device[name], steps)
        self._changed.notify_all()


class Entry:
    """One open session in the ledger."""

    def __init__(self, ledger: Ledger, name: str, index: int) -> None:
        self._ledger, self._name, self._index = ledger, name, index
        self.attempts = 0
        self.open = True

    def password_tried(self) -> int:
        """Note a password attempt, right or wrong, and say how many there were."""
        self.attempts += 1
        self._ledger.change(self._name, self._index, lambda record: replace(record, password_attempts=self.attempts))
        return self.attempts

    def authenticated(self) -> None:
        """The login succeeded."""
        self._ledger.change(self._name, self._index, lambda record: replace(record, authenticated=True))

    def command(self, command: str) -> None:
        """A command arrived in this session."""
        self._ledger.command(self._name, command)

    def closed(self) -> None:
        """The TCP connection is being closed; calling it again does nothing."""
        if self.open:
            self.open = False
            self._ledger.change(self._name, self._index, lambda record: replace(record, closed_at=time.monotonic()))


def _added(counters: Counters, steps: dict[str, int]) -> Counters:
    values = {name: getattr(counters, name) + step for name, step in steps.items()}
    live = values.get("live", counters.live)
    return replace(counters, **values, peak=max(counters.peak, live))
