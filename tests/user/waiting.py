"""Waiting for a state that somebody else brings about: looked at again and again, with a deadline."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

DEADLINE = 20.0
"""Seconds that may pass on a busy machine; a state that comes at all comes much sooner."""


def until(condition: Callable[[], bool], what: str, seconds: float = DEADLINE) -> None:
    """Return as soon as the condition holds; fail with `what` when it does not in time."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}"
        pause.wait(0.02)
