"""Fake sessions that are counted as a device counts them, and a Nornir around them: no network, no plugin registry."""

import threading
from collections.abc import Sequence
from typing import Any

from nornir.core import Nornir
from nornir.core.inventory import Host, Hosts, Inventory
from nornir.core.plugins.runners import RunnerPlugin
from nornir.core.processor import Processor, Processors
from nornir.core.task import AggregatedResult, MultiResult, Task

DEADLINE = 20.0
"""Seconds that a test waits for what must happen; reached only when something is broken."""

_LATENCY = 0.002
"""Seconds that a fake close takes, so that a runner that does not wait for it is found out."""


class Ledger:
    """Counts the sessions of a fleet: `history` holds ("open" | "close", host) in the order they happened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.history: list[tuple[str, str]] = []
        self.now = 0
        self.peak = 0

    def count(self, what: str, host: str) -> None:
        with self._lock:
            self.history.append((what, host))
            self.now += 1 if what == "open" else -1
            self.peak = max(self.peak, self.now)

    def hosts(self, what: str) -> list[str]:
        return [host for event, host in self.history if event == what]


class FakeConnection:
    """A Nornir connection plugin whose session exists from `open` to the end of `close`, which may raise after that."""

    def __init__(self, ledger: Ledger, host: str, on_close: BaseException | None = None) -> None:
        self._ledger = ledger
        self._host = host
        self._on_close = on_close
        self.connection: Any = None
        self.cut = threading.Event()

    def open(self, *args: Any, **kwargs: Any) -> None:
        self._ledger.count("open", self._host)
        self.connection = self

    def close(self) -> None:
        self.cut.wait(_LATENCY)
        self.cut.set()
        self._ledger.count("close", self._host)
        if self._on_close is not None:
            raise self._on_close

    def read(self) -> str:
        """Block as a device that never answers, until the session is closed under it."""
        if not self.cut.wait(DEADLINE):
            raise TimeoutError("nobody closed this session")
        raise OSError("Socket is closed")


def connect(task: Task, ledger: Ledger, kind: str = "fake", on_close: BaseException | None = None) -> FakeConnection:
    """Open a session for the host of a task and leave it open, as Nornir does."""
    session = FakeConnection(ledger, task.host.name, on_close)
    session.open()
    task.host.connections[kind] = session
    return session


def visit(task: Task, ledger: Ledger) -> str:
    """Log in, work, and leave the session to the runner."""
    connect(task, ledger)
    return "visited"


def names(count: int) -> list[str]:
    return [f"r{number}" for number in range(1, count + 1)]


def fleet(hosts: int, runner: RunnerPlugin, processors: Sequence[Processor] = ()) -> Nornir:
    """A Nornir of `hosts` hosts r1, r2, ..., made by hand as the product does."""
    inventory = Inventory(hosts=Hosts({name: Host(name=name) for name in names(hosts)}))
    return Nornir(inventory=inventory, runner=runner, processors=Processors(list(processors)))


class QuietProcessor:
    """A processor that does nothing; tests override what they need."""

    def task_started(self, task: Task) -> None: ...

    def task_completed(self, task: Task, result: AggregatedResult) -> None: ...

    def task_instance_started(self, task: Task, host: Host) -> None: ...

    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None: ...

    def subtask_instance_started(self, task: Task, host: Host) -> None: ...

    def subtask_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None: ...


def assert_batches_are_apart(ledger: Ledger, batches: tuple[tuple[str, ...], ...]) -> None:
    """Between the first open and the last close of a batch there is nothing of any other batch."""
    start = 0
    for batch in batches:
        events = ledger.history[start : start + 2 * len(batch)]
        assert sorted(events) == sorted((what, host) for what in ("open", "close") for host in batch)
        start += len(events)
    assert len(ledger.history) == start
