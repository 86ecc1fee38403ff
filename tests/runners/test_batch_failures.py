"""Whatever goes wrong on a host is that host's failure: BatchRunner closes its sessions and loses no result."""

import logging
import subprocess
import sys
from pathlib import Path

import pytest
from nornir.core.inventory import Host
from nornir.core.task import MultiResult, Result, Task

from runner.batches import parse_batch_size, split
from runner.runners.batch import BatchRunner
from tests.runners.behaviours import Behaviour, exits, fails_in_a_subtask, raises_after_connecting
from tests.runners.fakes import FakeConnection, Ledger, QuietProcessor, assert_batches_are_apart, connect, fleet, names, visit

BATCH_LOG = "runner.runners.batch"


@pytest.mark.parametrize("ends", [raises_after_connecting, fails_in_a_subtask, exits], ids=lambda ends: ends.__name__)
def test_f05_a_session_is_closed_before_the_next_batch_when_its_task_raises(ends: Behaviour) -> None:
    ledger = Ledger()
    result = fleet(6, BatchRunner(batch_size=2)).run(task=ends, ledger=ledger)
    assert list(result.failed_hosts) == names(6)
    assert ledger.peak <= 2
    assert_batches_are_apart(ledger, split(names(6), parse_batch_size(2)))


class RaisesAtStart(QuietProcessor):
    def task_instance_started(self, task: Task, host: Host) -> None:
        if host.name == "r2":
            raise RuntimeError("processor broke at the start")


class RaisesAtCompletion(QuietProcessor):
    def task_instance_completed(self, task: Task, host: Host, result: MultiResult) -> None:
        if host.name == "r2":
            raise RuntimeError("processor broke at completion")


def test_f06_a_processor_that_raises_at_the_start_fails_its_host_alone() -> None:
    ledger = Ledger()
    result = fleet(4, BatchRunner(batch_size=2), [RaisesAtStart()]).run(task=visit, ledger=ledger)
    assert list(result) == names(4)
    assert list(result.failed_hosts) == ["r2"]
    assert str(result["r2"].exception) == "processor broke at the start"
    assert sorted(ledger.hosts("open")) == ["r1", "r3", "r4"]
    assert ledger.now == 0


def test_f06_a_processor_that_raises_at_completion_loses_no_result_and_no_session() -> None:
    ledger = Ledger()
    result = fleet(4, BatchRunner(batch_size=2), [RaisesAtCompletion()]).run(task=visit, ledger=ledger)
    assert list(result) == names(4)
    assert list(result.failed_hosts) == ["r2"]
    error, visited = result["r2"]
    assert str(error.exception) == "processor broke at completion"
    assert (visited.result, visited.failed) == ("visited", False)
    assert (len(ledger.hosts("open")), ledger.now) == (4, 0)


@pytest.mark.parametrize("error", [OSError("Socket is closed"), KeyError("gone"), SystemExit(1)], ids=lambda error: type(error).__name__)
def test_f07_the_second_connection_is_closed_when_closing_the_first_raises(error: BaseException, caplog: pytest.LogCaptureFixture) -> None:
    ledger = Ledger()

    def two_kinds(task: Task) -> None:
        connect(task, ledger, kind="netconf", on_close=error)
        connect(task, ledger, kind="ssh", on_close=error)

    nornir = fleet(3, BatchRunner(batch_size=1))
    result = nornir.run(task=two_kinds)
    assert not result.failed
    assert (len(ledger.hosts("open")), len(ledger.hosts("close")), ledger.now) == (6, 6, 0)
    assert ledger.peak == 2
    assert [host.connections for host in nornir.inventory.hosts.values()] == [{}, {}, {}]
    warned = [record.getMessage() for record in caplog.records if record.name == BATCH_LOG]
    assert len(warned) == 6
    assert all("'netconf'" in text or "'ssh'" in text for text in warned)


def test_a_session_opened_before_the_run_is_closed_too() -> None:
    ledger = Ledger()
    nornir = fleet(1, BatchRunner())
    session = FakeConnection(ledger, "r1")
    session.open()
    nornir.inventory.hosts["r1"].connections["fake"] = session
    nornir.run(task=lambda _: None, name="nothing")
    assert ledger.history == [("open", "r1"), ("close", "r1")]


class Unusual(BaseException):
    """Not an Exception, like KeyboardInterrupt."""


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), GeneratorExit(), Unusual("odd")], ids=lambda e: type(e).__name__)
@pytest.mark.parametrize("in_subtask", [False, True], ids=["task", "subtask"])
def test_f38_whatever_a_task_raises_is_the_failure_of_its_host(error: BaseException, in_subtask: bool) -> None:
    ledger = Ledger()

    def raises_on_r2(task: Task) -> str:
        connect(task, ledger)
        if task.host.name == "r2":
            raise error
        return "fine"

    def grouped(task: Task) -> str:
        task.run(task=lambda _: "gathered", name="before")
        return str(task.run(task=raises_on_r2).result)

    nornir = fleet(5, BatchRunner(batch_size=2))
    result = nornir.run(task=grouped if in_subtask else raises_on_r2)
    assert list(result) == names(5)
    assert list(result.failed_hosts) == ["r2"] == list(nornir.data.failed_hosts)
    assert result["r2"].exception is error
    assert type(error).__name__ in result["r2"].result
    assert result["r2"][0].severity_level == logging.ERROR
    assert [part.result for part in result["r2"][1:]] == (["gathered"] if in_subtask else [])
    assert (len(ledger.hosts("open")), ledger.now) == (5, 0)


def test_f39_a_result_without_a_host_is_a_normal_result() -> None:
    result = fleet(3, BatchRunner(batch_size=2)).run(task=lambda task: Result(host=None, result=task.host.name), name="no host")
    assert {host: multi.result for host, multi in result.items()} == {name: name for name in names(3)}
    assert not result.failed


def test_results_are_keyed_by_the_submitted_name() -> None:
    def renames(task: Task) -> str:
        task.host.name = "another"
        return "done"

    assert list(fleet(3, BatchRunner(batch_size=2)).run(task=renames)) == names(3)


def test_a_host_that_gets_no_thread_is_a_failed_host() -> None:
    """The system's refusal is brought about from outside: threads that the process may have at most, in a process of its own."""
    script = """
import resource, threading
from tests.runners.fakes import Ledger, connect, fleet, names
from runner.runners.batch import BatchRunner
told = {}
nr = fleet(4, BatchRunner(batch_size=4, on_no_thread=lambda host, error: [told.update({host: error}), 1 / 0]))
threading.stack_size(2**40 + 4096)  # no system gives a thread a terabyte of stack
resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
result = nr.run(task=lambda task: None, name="nothing")
assert list(result) == names(4) == list(result.failed_hosts), result
assert all("can't start new thread" in str(multi.exception) for multi in result.values()), result
assert told == {host: multi.exception for host, multi in result.items()}, told
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2], timeout=60)
