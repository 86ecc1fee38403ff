"""Ctrl-C, SIGTERM and a closed terminal as a request to stop: the first one is orderly, the second cuts."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runner.execution.control import Control

STOPPING = "stopping: no further host is started, what reads is cut, what writes may end; Ctrl-C again cuts all"
SIGNALS = {
    signal.SIGINT: "Ctrl-C (SIGINT)",
    signal.SIGTERM: "SIGTERM",
    signal.SIGHUP: "the terminal was closed (SIGHUP)",
}
"""What ends a run, and how the record names it."""


@contextmanager
def stop_on_signals(control: Control, say: Callable[[str], None]) -> Iterator[None]:
    """While the block runs, the first signal stops `control` and is said, and the next raises KeyboardInterrupt.

    A signal that was ignored before stays ignored, as `nohup` and shells without job control want it. `say` is called in a
    thread of its own: a signal may come in the middle of a write, and writing once more from its handler would break that one.
    """
    texts: SimpleQueue[str | None] = SimpleQueue()  # of all queues the one that may be used in a signal handler
    asked = False

    def handle(number: int, frame: FrameType | None) -> None:
        nonlocal asked
        if asked:
            raise KeyboardInterrupt
        asked = True
        control.stop(SIGNALS[signal.Signals(number)])
        texts.put(STOPPING)

    def talk() -> None:
        while (text := texts.get()) is not None:
            say(text)

    speaker = threading.Thread(target=talk, name="signals", daemon=True)
    speaker.start()
    try:
        with _handling(handle):
            yield
    finally:
        texts.put(None)
        speaker.join(1.0)


@contextmanager
def interruptible() -> Iterator[None]:
    """While the block waits for a person, every such signal ends it by KeyboardInterrupt: nothing has been begun."""

    def handle(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    with _handling(handle):
        yield


@contextmanager
def _handling(handle: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in SIGNALS}
    before = {number: handler for number, handler in before.items() if handler is not signal.SIG_IGN}
    try:
        for number in before:
            signal.signal(number, handle)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
