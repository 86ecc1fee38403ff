"""Passes every event to every reporter, one at a time, and keeps a broken reporter from hurting the run."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from contextlib import suppress

from runner.events import Event, Tell, Warned


class Fanout:
    """A callable that takes events from any thread and tells the reporters in the order given.

    A reporter that raises is told nothing more; the others get one `Warned`, and so does `on_error`.
    """

    def __init__(self, reporters: Iterable[Tell], on_error: Callable[[Warned], None] | None = None) -> None:
        self._all = tuple(reporters)
        self._reporters = list(self._all)
        self._on_error = on_error
        self._lock = threading.RLock()

    def __call__(self, event: Event) -> None:
        with self._lock:
            for reporter in tuple(self._reporters):
                self._tell(reporter, event)

    def close(self) -> None:
        """Close the reporters that have a `close`, dropped ones too; one that raises keeps no other from it."""
        with self._lock:
            for reporter in self._all:
                close = getattr(reporter, "close", None)
                if callable(close):
                    self._guarded(reporter, close)

    def _tell(self, reporter: Tell, event: Event) -> None:
        self._guarded(reporter, lambda: reporter(event))

    def _guarded(self, reporter: Tell, call: Callable[[], object]) -> None:
        try:
            call()
        except Exception as error:  # whatever it is, the run on the devices goes on
            if reporter in self._reporters:
                self._reporters.remove(reporter)
                self._warn(_warning(reporter, error))

    def _warn(self, warning: Warned) -> None:
        if self._on_error is not None:
            with suppress(Exception):  # as above
                self._on_error(warning)
        self(warning)


def _warning(reporter: Tell, error: Exception) -> Warned:
    name = getattr(reporter, "__qualname__", type(reporter).__name__)
    text = str(error)
    return Warned(
        message=f"output through {name} has ended: {type(error).__name__}{f': {text}' if text else ''}",
        hint="the run itself goes on; this is a fault of the reporter, not of a device",
    )
