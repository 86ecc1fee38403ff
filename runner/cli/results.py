"""Gives lines of results to stdout, styled where that is a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from runner.errors import RunnerError

if TYPE_CHECKING:
    from runner.reporters.line import Line


def give(lines: Callable[[int | None], Iterable[Line]]) -> None:
    """Write the lines that `lines` makes for a width, one after the other as they are made. The width is None where there is no terminal.

    Raises:
        RunnerError: stdout cannot be written; not where its reader has merely gone.
    """
    from runner.reporters.outlet import Outlet
    from runner.reporters.screen import Screen

    out = Outlet(sys.stdout, os.environ)
    Screen(out, Outlet(sys.stderr, os.environ), lambda width: ()).give(lines(out.width))
    check(out.lost)


def check(lost: str) -> None:
    """Complain about results that were lost. Raises RunnerError."""
    if lost:
        raise RunnerError(f"results could not be written: {lost}")
