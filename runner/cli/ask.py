"""Questions to the person at the terminal: a password, and whether a host key is to be trusted."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable

from runner.cli.signals import interruptible
from runner.cli.streams import complain
from runner.errors import Stopped

_LOOK = 0.1
"""Seconds between two looks at whether the question still matters."""


def can_ask() -> bool:
    """Whether there is somebody to ask: both the question and the answer have a terminal."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


def ask_secret(prompt: str) -> str:
    """What was typed, not shown on the terminal. Without a terminal one line of stdin, so that a program may answer; else empty.

    Raises KeyboardInterrupt on Ctrl-C.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        return "" if sys.stdin is None else sys.stdin.readline().rstrip("\r\n")
    import getpass

    with interruptible():
        try:
            return getpass.getpass(prompt)
        except EOFError:
            return ""
        except KeyboardInterrupt:
            complain("")  # the cursor stands behind the prompt
            raise


def ask_yes_no(question: str, proceed: Callable[[], bool]) -> bool:
    """Yes or no, asked again until it is one of them; no when the input ends (Ctrl-D).

    May be called in any thread. A read could not be interrupted there, so the terminal is looked at until there is a line.

    Raises Stopped when `proceed` says no meanwhile.
    """
    terminal = sys.stdin.fileno()
    while True:
        complain(f"{question} [yes/no]: ", nl=False)
        line = _line(terminal, proceed)
        if line is None:
            complain("")
            return False
        if (answer := line.strip().lower()) in ("y", "yes", "n", "no"):
            return answer in ("y", "yes")
        complain("please answer yes or no")


def _line(terminal: int, proceed: Callable[[], bool]) -> str | None:
    """The next line of a terminal, which gives whole lines; None at its end."""
    while not select.select([terminal], [], [], _LOOK)[0]:
        if not proceed():
            raise Stopped("stopped by the user before the host key was accepted")
    data = os.read(terminal, 4096)
    return data.decode(errors="replace") if data else None
