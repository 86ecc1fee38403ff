"""A request to stop, on its way from whoever asks to every place that must honour it."""

from __future__ import annotations

import threading
import time

from runner.errors import Stopped

_PULSE = 0.1
"""Seconds between two looks at whether a wait still makes sense."""


class Control:
    """Read before each batch, host and step, and by every wait for a device.

    `stop()` is a person's wish: it lets nothing new start and cuts what only reads; it is safe to call from a signal handler
    and more than once. `halt()` is for a limit that was passed: nothing new starts, and what runs goes to the end of its task.

    Attributes:
        reason: why a person stopped it.
        limit: the arithmetic of the limit that ended it.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.reason = ""
        self.limit = ""
        self._lock = threading.Lock()

    def stop(self, reason: str) -> None:
        """Ask for the end of the job; the first reason given is kept."""
        self.reason = self.reason or reason
        self.cancelled.set()

    def halt(self, limit: str) -> bool:
        """Let nothing new start because of a limit. True for the first one to say so, whose words are kept."""
        with self._lock:
            if self.limit or self.cancelled.is_set():
                return False
            self.limit = limit
            return True

    def proceed(self) -> bool:
        """Whether something new may start."""
        return not self.limit and not self.cancelled.is_set()

    def check(self, doing: str = "") -> None:
        """Raise Stopped, with the reason, when nothing new may start."""
        if not self.proceed():
            who = f"a limit was passed: {self.limit}" if self.limit else "stopped by the user"
            raise Stopped(f"{who} (before {doing})" if doing else who)

    def wait(self, seconds: float) -> None:
        """Let time pass. Raises Stopped as soon as nothing new may start."""
        until = time.monotonic() + seconds
        self.check()
        while (left := until - time.monotonic()) > 0:
            self.cancelled.wait(min(left, _PULSE))
            self.check()
