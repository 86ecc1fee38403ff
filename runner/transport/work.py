"""A blocking call in a thread of its own, so that the one who waits for it can give up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from runner.transport.watch import Watch

Result = TypeVar("Result")


class Work(threading.Thread, Generic[Result]):
    """One call. When the waiting ends first, what the call gives later goes to `discard`."""

    def __init__(self, name: str, call: Callable[[], Result], discard: Callable[[Result], None] = lambda result: None) -> None:
        super().__init__(name=name, daemon=True)
        self._call, self._discard = call, discard
        self._ended, self._lock = threading.Event(), threading.Lock()
        self._abandoned = False
        self._results: list[Result] = []
        self._problem: Exception | None = None

    def run(self) -> None:
        """Make the call."""
        try:
            result = self._call()
            with self._lock:
                if not self._abandoned:
                    self._results.append(result)
            if self._abandoned:
                self._discard(result)
        except Exception as error:  # judged by the thread that waits
            self._problem = error
        self._ended.set()

    def outcome(self, watch: Watch) -> Result:
        """Start, and wait as long as the watch allows.

        Raises what the call raised, or what the watch did, when nobody waits any more.
        """
        self.start()
        try:
            watch.wait(self._ended)
        except BaseException:
            with self._lock:
                self._abandoned = True
            for result in self._results:
                self._discard(result)
            raise
        if self._problem is not None:
            raise self._problem
        return self._results[0]
