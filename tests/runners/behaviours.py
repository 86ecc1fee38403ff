"""The ways in which a host can go, well and badly: tasks that every test of a runner can give to a fleet."""

import sys
from collections.abc import Callable

from nornir.core.task import Task

from tests.runners.fakes import Ledger, connect

Behaviour = Callable[[Task, Ledger], None]


def succeeds(task: Task, ledger: Ledger) -> None:
    connect(task, ledger)


def raises_after_connecting(task: Task, ledger: Ledger) -> None:
    connect(task, ledger)
    raise ValueError("after connecting")


def raises_before_connecting(task: Task, ledger: Ledger) -> None:
    raise OSError("no route to host")


def exits(task: Task, ledger: Ledger) -> None:
    connect(task, ledger)
    sys.exit("a task must not do this")


def close_raises(task: Task, ledger: Ledger) -> None:
    connect(task, ledger, on_close=OSError("Socket is closed"))


def has_two_sessions(task: Task, ledger: Ledger) -> None:
    connect(task, ledger, kind="first", on_close=EOFError())
    connect(task, ledger, kind="second", on_close=SystemExit(1))


def closes_by_itself(task: Task, ledger: Ledger) -> None:
    connect(task, ledger)
    task.host.close_connection("fake")


def fails_in_a_subtask(task: Task, ledger: Ledger) -> None:
    task.run(task=raises_after_connecting, ledger=ledger)


FAILING: list[Behaviour] = [raises_after_connecting, raises_before_connecting, exits, fails_in_a_subtask]
FINE: list[Behaviour] = [succeeds, close_raises, has_two_sessions, closes_by_itself]
