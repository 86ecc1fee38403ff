"""The judge's book: every session of every device from TCP accept to TCP close, and every line received."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

HIDDEN = "<hidden>"
"""Stands for an answer that was typed without echo."""


@dataclass(frozen=True, kw_only=True)
class Counters:
    """Sessions open now, at most at once, and in all; logins that succeeded; commands received.

    `forwarding`, `forwarding_peak` and `forwarded` are the connections that jump hosts forward: now, at most at once, and in all.
    """

    live: int = 0
    peak: int = 0
    total: int = 0
    commands: int = 0
    logins: int = 0
    forwarding: int = 0
    forwarding_peak: int = 0
    forwarded: int = 0


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line as it arrived, whatever became of it, and whether the session was in configuration mode then."""

    text: str
    mode: Literal["exec", "config"]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question of the device; the answer is None when none came, `HIDDEN` when it was typed without echo."""

    text: str
    answer: str | None = None


@dataclass(frozen=True, kw_only=True)
class Commit:
    """An attempt to make a candidate effective: the lines that waited, and what was said with it. Not `done` = the device refused.

    `confirmed`: seconds after which it is undone unless confirmed; None for a plain one.
    """

    lines: tuple[str, ...] = ()
    comment: str = ""
    label: str = ""
    confirmed: int | None = None
    done: bool = True


@dataclass(frozen=True, kw_only=True)
class SessionRecord:
    """One TCP connection as the device saw it; times are `time.monotonic()`, `closed_at` None while it is open.

    Attributes:
        lines: every line received at a prompt or as text of a banner, in order. Answers to questions are in `asked`.
        config_lines: those that the device took into its configuration (on a platform with a candidate: into the candidate, see
            `commits` for what became of them), in order. Words that only move or end the mode (`exit`, `end`, `commit`) are none.
        commits: on a platform with a candidate, every commit tried.
        asked: every question that the device asked.
        forwarded: host and port of every connection that a jump host made for the client; `forwarding`: how many are open now.
    """

    opened_at: float
    closed_at: float | None = None
    authenticated: bool = False
    password_attempts: int = 0
    lines: tuple[Line, ...] = ()
    config_lines: tuple[str, ...] = ()
    commits: tuple[Commit, ...] = ()
    asked: tuple[Asked, ...] = ()
    forwarded: tuple[tuple[str, int], ...] = ()
    forwarding: int = 0


class Ledger:
    """Counts, safe to read from any thread while the fleet writes. Every change wakes those who wait."""

    def __init__(self, names: Iterable[str]) -> None:
        self._changed = threading.Condition()
        self._fleet = Counters()
        self._device = {name: Counters() for name in names}
        self._sessions: dict[str, list[SessionRecord]] = {name: [] for name in self._device}
        self._log: dict[str, list[str]] = {name: [] for name in self._device}
        self._config: dict[str, list[str]] = {name: [] for name in self._device}

    def opened(self, name: str) -> Entry:
        """A connection was accepted."""
        with self._changed:
            self._sessions[name].append(SessionRecord(opened_at=time.monotonic()))
            self._count(name, live=1, total=1)
            return Entry(self, name, len(self._sessions[name]) - 1)

    def change(self, name: str, index: int, edit: Callable[[SessionRecord], SessionRecord]) -> None:
        """Note something about a session; its end, a login and a line change the counts, and a line the device's logs."""
        with self._changed:
            before = self._sessions[name][index]
            after = self._sessions[name][index] = edit(before)
            closed = before.closed_at is None and after.closed_at is not None
            came = after.lines[len(before.lines) :]
            self._log[name] += (line.text for line in came)
            self._config[name] += after.config_lines[len(before.config_lines) :]
            self._count(
                name,
                live=-int(closed),
                logins=int(after.authenticated) - int(before.authenticated),
                commands=len(came),
                forwarding=after.forwarding - before.forwarding,
                forwarded=len(after.forwarded) - len(before.forwarded),
            )

    def counters(self, name: str | None = None) -> Counters:
        """Of one device, or of the whole fleet (whose peak is not the sum of peaks)."""
        with self._changed:
            return self._fleet if name is None else self._device[name]

    def sessions(self, name: str) -> tuple[SessionRecord, ...]:
        """In the order of their accept."""
        with self._changed:
            return tuple(self._sessions[name])

    def log(self, name: str) -> tuple[str, ...]:
        """Lines of all sessions in the order of their arrival."""
        with self._changed:
            return tuple(self._log[name])

    def config_lines(self, name: str) -> tuple[str, ...]:
        """Lines of all sessions that the device took into its configuration (or candidate), in order."""
        with self._changed:
            return tuple(self._config[name])

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
        self._change(lambda record: replace(record, password_attempts=self.attempts))
        return self.attempts

    def authenticated(self) -> None:
        """The login succeeded."""
        self._change(lambda record: replace(record, authenticated=True))

    def line(self, text: str, mode: Literal["exec", "config"]) -> None:
        """A line arrived in this session."""
        self._change(lambda record: replace(record, lines=(*record.lines, Line(text=text, mode=mode))))

    def accepted(self, line: str) -> None:
        """The device took a line into its configuration or its candidate."""
        self._change(lambda record: replace(record, config_lines=(*record.config_lines, line)))

    def committed(self, commit: Commit) -> None:
        """A commit was tried."""
        self._change(lambda record: replace(record, commits=(*record.commits, commit)))

    def asked(self, text: str) -> None:
        """The device asked something."""
        self._change(lambda record: replace(record, asked=(*record.asked, Asked(text=text))))

    def answered(self, answer: str) -> None:
        """The last question was answered."""
        self._change(lambda record: replace(record, asked=(*record.asked[:-1], replace(record.asked[-1], answer=answer))))

    def forwarded(self, host: str, port: int) -> Callable[[], None]:
        """A connection was forwarded; call the result when it is closed."""
        self._change(lambda each: replace(each, forwarded=(*each.forwarded, (host, port)), forwarding=each.forwarding + 1))
        return lambda: self._change(lambda each: replace(each, forwarding=each.forwarding - 1))

    def closed(self) -> None:
        """The TCP connection is being closed; calling it again does nothing."""
        if self.open:
            self.open = False
            self._change(lambda record: replace(record, closed_at=time.monotonic()))

    def _change(self, edit: Callable[[SessionRecord], SessionRecord]) -> None:
        self._ledger.change(self._name, self._index, edit)


def _added(counters: Counters, steps: dict[str, int]) -> Counters:
    values = {name: getattr(counters, name) + step for name, step in steps.items()}
    peak = max(counters.peak, values.get("live", 0))
    return replace(counters, **values, peak=peak, forwarding_peak=max(counters.forwarding_peak, values.get("forwarding", 0)))
