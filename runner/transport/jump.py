"""Jump hosts of a job: one connection to each, shared by all sessions that go through it, opened at the first need."""

from __future__ import annotations

import functools
import shlex
import threading
import time
from collections.abc import Callable, Iterator

import paramiko

from runner.errors import SessionError, Stopped
from runner.target import Limits, Target
from runner.transport.classify import late, place_of, shown
from runner.transport.client import GuardedClient
from runner.transport.dial import dial
from runner.transport.forward import Refused, forwarded
from runner.transport.host_keys import HostKeys
from runner.transport.keys import KeyFiles
from runner.transport.watch import PULSE, Watch
from runner.transport.wire import Wire

REMEMBERED = 0.9
"""Seconds for which a jump host that could not be reached is not tried again: hosts that need it together share the failure.
Shorter than the first wait between two attempts to connect, so that each of those is one."""

CLOSE_WHEN_STOPPED = 1.0
"""Seconds at most for a close after the user asked to stop, so that stopping stays within two seconds."""

_FINAL = ("host_key", "auth")
"""Phases after which a jump host is not tried again in the job: a second try would fail alike and may lock an account."""


class _Connection:
    """One connection to a jump host: first being opened, then open or failed, at last lost or closed."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.ready = threading.Event()
        self.error: Exception | None = None
        self.ended_at = 0.0
        self.wire: Wire | None = None
        self.transport: paramiko.Transport | None = None

    @property
    def name(self) -> str:
        return self.target.name

    @property
    def command(self) -> str:
        user = f"{self.target.username}@" if self.target.username else ""
        return f"ssh -p {self.target.port} {shlex.quote(user + self.target.hostname)}"

    def is_lost(self) -> bool:
        """Whether it was open and is no more; what ends a session's channel may be the beginning of that, so it is given a moment."""
        if self.transport is None:
            return False
        self.transport.join(PULSE)
        return not self.transport.is_alive()

    def is_over(self) -> bool:
        """Whether the next host should try anew."""
        if not self.ready.is_set():
            return False
        if self.error is None:
            return self.transport is None or not self.transport.is_active()
        final = isinstance(self.error, SessionError) and self.error.phase in _FINAL
        return not final and time.monotonic() >= self.ended_at + REMEMBERED

    def hang_up(self, seconds: float) -> bool:
        """Let go of it. True when the jump host confirmed."""
        return self.wire.hang_up(self.transport, seconds) if self.wire else True


class Jumps:
    """The connections to the jump hosts of a job. Safe to use from many threads; `close` it when the job has ended.

    A connection counts as one session at the jump host, beside the sessions of the batch, however many go through it. One that was
    lost is opened again for the next host that needs it, and one that could not be opened fails all who wait for it at once.
    Jump hosts may stand behind one another. Host keys are verified at each. `witness` is told the name of the jump host, and what
    the connection to it does (see `Witness`).
    """

    def __init__(
        self,
        limits: Limits,
        host_keys: HostKeys,
        key_files: KeyFiles,
        cancelled: threading.Event,
        witness: Callable[[str, str, str], None] | None = None,
    ) -> None:
        self._witness = witness
        self._limits, self._host_keys, self._key_files, self._cancelled = limits, host_keys, key_files, cancelled
        self._lock = threading.Lock()
        self._connections: dict[str, _Connection] = {}
        self._threads: list[threading.Thread] = []

    def reach(self, target: Target, jump: Target, watch: Watch) -> paramiko.Channel:
        """A channel that the jump host forwards to the target. Its name is looked up there.

        The time that opening the connection to the jump host takes counts against none of the watch's deadlines: it has its own.

        Raises SessionError of the phases `dns` and `tcp`, or of any phase up to `auth` where the jump host itself is the one that
        could not be reached, and Stopped.
        """
        connection = self._connected(jump, watch)
        watch.hop, watch.phase = connection, "tcp"
        transport = connection.transport
        assert transport is not None  # noqa: S101  # it is connected
        try:
            return forwarded(transport, target.hostname, target.port, watch)
        except Refused as refusal:
            if refusal.cause == "not_found":
                watch.phase = "dns"
            raise watch.error(refusal.cause, detail=shown(refusal.words)) from None

    def close(self) -> bool:
        """Close every connection, those behind others first. True when all jump hosts confirmed in time."""
        with self._lock:
            connections, threads = [*self._connections.values()], [*self._threads]
            self._connections, self._threads = {}, []
        for thread in threads:
            thread.join()  # each ends by its own deadline
        seconds = min(self._limits.close, CLOSE_WHEN_STOPPED) if self._cancelled.is_set() else self._limits.close
        confirmed = [connection.hang_up(seconds) for connection in sorted(connections, key=_depth, reverse=True)]
        return all(confirmed)

    def _connected(self, jump: Target, watch: Watch) -> _Connection:
        with self._lock:
            connection = self._connections.get(jump.name)
            if connection is None or connection.is_over():
                connection, last = _Connection(jump), connection
                self._connections[jump.name] = connection
                thread = threading.Thread(target=self._open, args=(connection, last), name="ssh-jump", daemon=True)
                self._threads.append(thread)
                thread.start()
        with watch.paused():
            while not connection.ready.wait(PULSE):
                watch.check_stop()
        if connection.error is not None:
            raise _again(connection.error)
        return connection

    def _open(self, connection: _Connection, last: _Connection | None) -> None:
        """In a thread of its own, so that no host's deadline ends what others wait for."""
        try:
            if last is not None:
                last.hang_up(self._limits.close)
            self._connect(connection)
        except Exception as error:  # told to every host that waits
            connection.hang_up(self._limits.close)
            connection.error, connection.ended_at = error, time.monotonic()
        connection.ready.set()

    def _connect(self, connection: _Connection) -> None:
        target = connection.target
        witness = functools.partial(self._witness, target.name) if self._witness else None
        watch = Watch(place_of_target(target, f"jump host {target.name} "), self._cancelled, witness)
        with watch.within(self._limits.connect, lambda: watch.error(late(watch.phase))):
            sock = self.reach(target, target.jump, watch) if target.jump else dial(target.hostname, target.port, watch)
            connection.wire = Wire(sock)
            client = GuardedClient(watch, self._host_keys, target, self._key_files)
            try:
                client.connect(sock=connection.wire)
            finally:
                connection.transport = client.get_transport()
        watch.note("ready", "")


def place_of_target(target: Target, who: str = "") -> str:
    """Where a session goes, for messages: its address, and the jump host it goes through."""
    place = place_of(target.hostname, target.port)
    place = f"{who}({place})" if who else place
    return f"{place} through {target.jump.name}" if target.jump else place


def _depth(connection: _Connection) -> int:
    return sum(1 for _ in _behind(connection.target))


def _behind(target: Target) -> Iterator[Target]:
    while target.jump is not None:
        target = target.jump
        yield target


def _again(error: Exception) -> Exception:
    """The same error for one more host: an exception belongs to the thread that raises it.

    A refused login there says nothing of the host's own account, which must be told apart by who counts refusals.
    """
    if isinstance(error, SessionError):
        cause = f"jump_{error.cause}" if error.phase == "auth" and not error.cause.startswith("jump_") else error.cause
        return SessionError(error.message, phase=error.phase, cause=cause, hint=error.hint, output=error.output)
    return Stopped(error.message) if isinstance(error, Stopped) else error
