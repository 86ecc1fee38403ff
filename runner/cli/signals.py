"""Ctrl-C and SIGTERM as a request to stop: the first one is orderly, the second cuts."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from runner.execution.control import Control


@contextmanager
def stop_on_signals(control: Control) -> Iterator[None]:
    """While the block runs, the first SIGINT or SIGTERM stops `control`, and the next raises KeyboardInterrupt."""

    def handle(number: int, frame: FrameType | None) -> None:
        if not control.proceed():
            raise KeyboardInterrupt
        control.stop(f"stopped by {signal.Signals(number).name}")
        click.echo("\nstopping: no further host is started, open sessions are closed; once more to cut", err=True)

    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
