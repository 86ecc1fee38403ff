"""A script that the tests send SIGINT: eight hosts, batches of 2, 3 and 3; in the second, r3 has ended while r4 and r5 hang.

Run as ``python -m tests.runners.interrupted SCENARIO``. It prints ``running`` when that point is reached; every other line is JSON.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Callable

from nornir.core.task import Task

from runner.batches import BatchFinished, BatchStarted
from runner.runners.batch import BatchRunner
from tests.runners.fakes import FakeConnection, Ledger, connect, fleet


def show(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def say(**line: object) -> None:
    show(json.dumps(line))


LEDGER = Ledger()
FOREVER = threading.Event()
READY = threading.Barrier(3, action=lambda: show("running"))
"""Where r4 and r5 come when they are about to hang, and r3 when its task is done and its session closed."""


class LastClosed(FakeConnection):
    def close(self) -> None:
        super().close()
        READY.wait()


class HungForGood(FakeConnection):
    """A session that hangs in reading and in closing, whatever anybody does."""

    def read(self) -> str:
        FOREVER.wait()
        return ""

    def close(self) -> None:
        FOREVER.wait()


def reads(task: Task) -> str:
    """The usual case: closing the session ends the read with an error."""
    session = connect(task, LEDGER)
    READY.wait()
    return session.read()


def swallows(task: Task) -> str:
    """User code that takes a cut session for a good answer."""
    try:
        return reads(task)
    except OSError:
        return "all good"


def opens_again(task: Task) -> str:
    """User code that logs in again when its session is cut, as Nornir's get_connection does."""
    swallows(task)
    return connect(task, LEDGER, kind="again").read()


def hangs(task: Task) -> str:
    """A session hung for good, above one that can be closed."""
    connect(task, LEDGER, kind="good")
    session = HungForGood(LEDGER, task.host.name)
    session.open()
    task.host.connections["hung"] = session
    READY.wait()
    return session.read()


SCENARIOS: dict[str, Callable[[Task], str]] = {"reads": reads, "swallows": swallows, "opens_again": opens_again, "hangs": hangs}


def on_batch(fact: BatchStarted | BatchFinished) -> None:
    if isinstance(fact, BatchStarted):
        say(started=fact.number, hosts=fact.hosts)
        return
    say(finished=fact.number, results={name: multi[0].result for name, multi in fact.results.items()}, interrupted=fact.interrupted)
    if "OBSERVER_RAISES" in os.environ:
        raise OSError("disk full")


def work(task: Task, scenario: str) -> str:
    name = task.host.name
    if name == "r3":
        session = LastClosed(LEDGER, name)
        session.open()
        task.host.connections["fake"] = session
    elif name in ("r4", "r5"):
        return SCENARIOS[scenario](task)
    else:
        connect(task, LEDGER)
    return "in time"


def main(scenario: str) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a parent in the background may have left it ignored
    nornir = fleet(8, BatchRunner(batch_size=[2, 3], on_batch=on_batch))
    try:
        nornir.run(task=work, scenario=scenario)
    except KeyboardInterrupt:
        say(opened=sorted(LEDGER.hosts("open")), closed=sorted(LEDGER.hosts("close")))
        if "UNCAUGHT" in os.environ:
            raise


if __name__ == "__main__":
    main(sys.argv[1])
