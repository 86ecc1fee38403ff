"""A request to stop, on its way from whoever asks to every place that must honour it."""

from __future__ import annotations

import threading


class Control:
    """Read before each batch, host and step, and by every wait for a device.

    `stop()` lets nothing new start and cuts what only reads. It is safe to call from a signal handler and more than once.
    """

    def __init__(self) -> None:
        self.cancelled = threading.Event()
        self.reason = ""

    def stop(self, reason: str) -> None:
        """Ask for the end of the job; the first reason given is kept."""
        self.reason = self.reason or reason
        self.cancelled.set()

    def proceed(self) -> bool:
        """Whether something new may start."""
        return not self.cancelled.is_set()
