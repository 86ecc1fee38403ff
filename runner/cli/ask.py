"""Questions to the person at the terminal: passwords, whether to trust a host key, whether devices may be written to."""

from __future__ import annotations

import os
import select
import sys
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from runner.cli.signals import interruptible
from runner.cli.streams import complain
from runner.errors import InputError, RunnerError, Stopped

if TYPE_CHECKING:
    from runner.planning.plan import Plan

_NAMED = 3
"""Tasks, hosts or reasons named in a question before the rest is counted."""

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


def may_write(plan: Plan, left: Collection[str] | None = None) -> bool:
    """Whether a plan may go on that writes to more than one device: somebody at the terminal is asked, once.

    Arguments:
        left: the hosts that are still at work in a job that goes on; None for all.

    Raises:
        InputError: nobody can be asked.
        KeyboardInterrupt: on Ctrl-C, and nothing was touched.
    """
    hosts = [host for host in plan.written_hosts if left is None or host in left]
    if len(hosts) < 2:
        return True
    from runner.jobs.prepare import COMMAND_LINE

    typed = plan.playbook == COMMAND_LINE
    what = _typed(plan, hosts) if typed else _tasks(plan)
    if not can_ask():
        raise InputError(
            f"this run writes to {len(hosts)} devices ({what}), and there is no terminal to ask at",
            hint="give --yes if that is what you want" if typed else "look at `nornir-playbook plan`, then give --yes",
        )
    with interruptible():
        try:
            return ask_yes_no(f"This run writes to {len(hosts)} devices ({what}). Go on?", lambda: True)
        except KeyboardInterrupt:
            complain("")  # the cursor stands behind the question
            raise


def _tasks(plan: Plan) -> str:
    """The tasks of a playbook that write."""
    tasks = (task for play in plan.plays for task in play.tasks)
    return f"tasks: {_few(task.name for task in tasks if any(step.writes for step in task.steps.values()))}"


def _typed(plan: Plan, hosts: Iterable[str]) -> str:
    """Where commands without a playbook write, and why they count as writing: no plan can be looked at for them."""
    steps = (step for play in plan.plays for task in play.tasks for step in task.steps.values())
    return f"{_few(hosts)}: {_few(step.writes for step in steps if step.writes)}"


def _few(texts: Iterable[str]) -> str:
    """The first of these, each once, and how many more there are."""
    from runner.reporters.escape import escape

    each = [*dict.fromkeys(texts)]
    more = f" and {len(each) - _NAMED} more" if len(each) > _NAMED else ""
    return escape(f"{', '.join(each[:_NAMED])}{more}")


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


def ask_line(question: str, proceed: Callable[[], bool]) -> str:
    """What was typed, without the end of the line. May be called in any thread.

    Raises:
        Stopped: `proceed` said no meanwhile.
        RunnerError: the input ended (Ctrl-D, a terminal that was closed).
    """
    from runner.reporters.escape import escape

    complain(f"{escape(question)} ", nl=False)
    try:
        line = _line(sys.stdin.fileno(), proceed)
    except KeyboardInterrupt:
        complain("")  # the cursor stands behind the question
        raise
    if line is None:
        complain("")
        raise RunnerError("nobody answered: the input has ended")
    return line.rstrip("\r\n")


def _line(terminal: int, proceed: Callable[[], bool]) -> str | None:
    """The next line of a terminal, which gives whole lines; None at its end."""
    while not select.select([terminal], [], [], _LOOK)[0]:
        if not proceed():
            raise Stopped("stopped by the user before the question was answered")
    data = os.read(terminal, 4096)
    return data.decode(errors="replace") if data else None
