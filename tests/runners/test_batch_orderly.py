"""Ways for a run to end before its last host, other than Ctrl-C: no further batch, and hosts that are given up."""

import threading
from collections.abc import Callable

import pytest
from nornir.core.task import Task

from runner.batches import BatchFinished, BatchStarted
from runner.runners.batch import BatchRunner
from tests.runners.fakes import DEADLINE, Ledger, connect, fleet, names, visit

Fact = BatchStarted | BatchFinished


def raises() -> bool:
    raise OSError("nobody knows")


@pytest.mark.parametrize("no", [lambda: False, raises], ids=["says no", "raises"])
def test_f36_no_further_batch_is_started_and_all_hosts_of_the_open_one_run(no: Callable[[], bool]) -> None:
    ledger, facts, wished = Ledger(), list[Fact](), threading.Event()

    def work(task: Task) -> str:
        if task.host.name == "r4":
            wished.set()
        return visit(task, ledger)

    runner = BatchRunner(3, on_batch=facts.append, next_batch=lambda: no() if wished.is_set() else True)
    result = fleet(9, runner).run(task=work)
    assert list(result) == names(6) == sorted(ledger.hosts("close"))
    assert [type(fact) for fact in facts] == [BatchStarted, BatchFinished] * 2
    assert not any(fact.interrupted for fact in facts if isinstance(fact, BatchFinished))


def test_next_batch_is_asked_once_before_each_batch_and_not_behind_the_last() -> None:
    asked: list[int] = []
    facts: list[Fact] = []

    def next_batch() -> bool:
        asked.append(len(facts))
        return True

    assert len(fleet(5, BatchRunner(2, on_batch=facts.append, next_batch=next_batch)).run(task=visit, ledger=Ledger())) == 5
    assert asked == [0, 2, 4]


def test_no_batch_is_started_where_the_first_is_refused() -> None:
    facts: list[Fact] = []
    result = fleet(5, BatchRunner(2, on_batch=facts.append, next_batch=lambda: False)).run(task=visit, ledger=Ledger())
    assert (len(result), facts) == (0, [])


def test_hosts_that_are_given_up_are_cut_and_are_no_result() -> None:
    ledger, facts, hung = Ledger(), list[Fact](), threading.Event()

    def work(task: Task) -> str:
        if task.host.name != "r2":
            return visit(task, ledger)
        session = connect(task, ledger)
        hung.set()
        return session.read()

    result = fleet(4, BatchRunner(2, on_batch=facts.append, abandon=hung.is_set)).run(task=work)
    assert list(result) in (["r1"], [])  # r1 may be given up as well, or have ended
    assert "r2" not in result and ledger.now == 0 and "r3" not in ledger.hosts("open")
    last = facts[-1]
    assert isinstance(last, BatchFinished) and last.interrupted and len(facts) == 2


def test_a_host_that_hangs_for_good_is_left_behind() -> None:
    hung, forever = threading.Event(), threading.Event()

    def work(task: Task) -> None:
        hung.set()
        forever.wait(DEADLINE)

    assert not fleet(1, BatchRunner(1, abandon=hung.is_set)).run(task=work)
    forever.set()


def test_an_abandon_that_raises_gives_nobody_up(caplog: pytest.LogCaptureFixture) -> None:
    asked = threading.Event()

    def abandon() -> bool:
        asked.set()
        return raises()

    def work(task: Task) -> str:
        assert asked.wait(DEADLINE)
        return "done"

    result = fleet(1, BatchRunner(1, abandon=abandon)).run(task=work)
    assert result["r1"].result == "done" and "nobody knows" in caplog.text
