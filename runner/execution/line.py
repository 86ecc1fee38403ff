"""The hosts of a play that wait for a free session, in the order in which they came: only the first of them looks."""

from __future__ import annotations

import threading
import time
from collections import deque

from runner.execution.control import Control

_PULSE = 0.1

_LOOK = 0.5
"""Seconds after which the first looks again although nothing of this job was given back: something of another job may have been."""


class Line:
    """Safe for the threads of the hosts."""

    def __init__(self) -> None:
        self._waiting: deque[str] = deque()
        self._freed = 0
        self._changed = threading.Condition()

    def stand(self, host: str, control: Control) -> None:
        """Stand in the line. Returns when it is worth the host's while to look again. Raises Stopped."""
        until = time.monotonic() + _LOOK
        with self._changed:
            if host not in self._waiting:
                self._waiting.append(host)
            seen = self._freed if self._waiting[0] == host else -1
            while self._waiting[0] != host or (self._freed == seen and time.monotonic() < until):
                control.check(new_host=True)
                self._changed.wait(_PULSE)

    def leave(self, host: str) -> None:
        """The host waits for no session any more. May be called by one that never did."""
        with self._changed:
            if host in self._waiting:
                self._waiting.remove(host)
                self._changed.notify_all()

    def freed(self) -> None:
        """A session of this job is free."""
        with self._changed:
            self._freed += 1
            if self._waiting:
                self._changed.notify_all()
