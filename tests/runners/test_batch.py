"""What BatchRunner promises beyond any runner: the ceiling on sessions, closing in all cases, full results, facts, stopping."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nornir.core.task import AggregatedResult, Task

from runner.batches import BatchFinished, BatchStarted, parse_batch_size, split
from runner.runners.batch import BatchRunner
from tests.runners.behaviours import FAILING, FINE, Behaviour, has_two_sessions, raises_before_connecting
from tests.runners.fakes import DEADLINE, Ledger, assert_batches_are_apart, connect, fleet, names, visit

Fact = BatchStarted | BatchFinished
BATCH_LOG = "runner.runners.batch"
SESSIONS: dict[Behaviour, int] = {has_two_sessions: 2, raises_before_connecting: 0}
"""How many sessions a host opens, where it is not one."""


def test_f01_no_more_sessions_than_a_batch_and_no_batch_before_the_last_is_closed() -> None:
    ledger = Ledger()
    together = threading.Barrier(10)

    def meet(task: Task) -> None:
        connect(task, ledger)
        together.wait(DEADLINE)  # passed only when all ten of a batch are open at once

    result = fleet(30, BatchRunner(batch_size=10)).run(task=meet)
    assert not result.failed
    assert ledger.peak == 10
    assert ledger.now == 0
    assert_batches_are_apart(ledger, split(names(30), parse_batch_size(10)))


@pytest.mark.parametrize(
    ("batch_size", "hosts", "sizes"),
    [(10, 10, [10]), (10, 25, [10, 10, 5]), (10, 50, [10] * 5), (0, 10, [10]), ("25%", 8, [2] * 4), ([1, 2], 5, [1, 2, 2])],
)
def test_batches_are_told_with_their_hosts_and_results(batch_size: int | str | list[int | str], hosts: int, sizes: list[int]) -> None:
    ledger, facts = Ledger(), list[Fact]()
    result = fleet(hosts, BatchRunner(batch_size, on_batch=facts.append)).run(task=visit, ledger=ledger)
    assert [type(fact) for fact in facts] == [BatchStarted, BatchFinished] * len(sizes)
    assert [len(fact.hosts) for fact in facts[::2]] == sizes
    assert [(fact.number, fact.total) for fact in facts[::2]] == [(number + 1, len(sizes)) for number in range(len(sizes))]
    finished = [fact for fact in facts if isinstance(fact, BatchFinished)]
    assert [host for fact in finished for host in fact.results] == names(hosts) == list(result)
    assert all(fact.results[host] is result[host] for fact in finished for host in fact.results)
    assert not any(fact.interrupted for fact in finished)
    assert ledger.peak <= max(sizes)


def test_sessions_are_closed_when_a_batch_is_told_finished() -> None:
    ledger, left = Ledger(), list[int]()
    runner = BatchRunner(batch_size=3, on_batch=lambda _: left.append(ledger.now))
    fleet(8, runner).run(task=visit, ledger=ledger)
    assert left == [0] * 6


@settings(max_examples=60, deadline=None)
@given(
    behaviours=st.lists(st.sampled_from(FAILING + FINE), max_size=16),
    batch_size=st.integers(0, 8) | st.sampled_from(["10%", "50%"]) | st.lists(st.integers(1, 6), min_size=1, max_size=3),
    stop_after=st.none() | st.integers(0, 20),
)
def test_f04_the_session_invariant_holds_for_any_fleet_and_any_stop(
    behaviours: list[Behaviour], batch_size: int | str | list[int], stop_after: int | None
) -> None:
    ledger, facts, asked = Ledger(), list[Fact](), iter(range(1000))
    of_host = dict(zip(names(len(behaviours)), behaviours, strict=True))

    def work(task: Task) -> None:
        of_host[task.host.name](task, ledger)

    def proceed() -> bool:
        return stop_after is None or next(asked) < stop_after

    spec = parse_batch_size(batch_size)
    result = fleet(len(behaviours), BatchRunner(spec, on_batch=facts.append, proceed=proceed)).run(task=work)

    sessions = [sum(SESSIONS.get(behaviour, 1) for behaviour in batch) for batch in split(behaviours, spec)]
    assert ledger.peak <= max(sessions, default=0)
    assert ledger.now == 0
    assert sorted(ledger.hosts("open")) == sorted(ledger.hosts("close"))
    assert list(result) == names(len(result)), "hosts are started in order, and only what was started is in the result"
    assert len(result) == len(behaviours) or stop_after is not None
    assert {host: multi.failed for host, multi in result.items()} == {host: of_host[host] in FAILING for host in result}
    finished = [fact for fact in facts if isinstance(fact, BatchFinished)]
    assert [host for fact in finished for host in fact.results] == list(result)
    assert len(facts) == 2 * len(finished)


def test_an_observer_that_raises_changes_nothing_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    def broken(fact: Fact) -> None:
        raise OSError("disk full")

    ledger = Ledger()
    result = fleet(5, BatchRunner(batch_size=2, on_batch=broken)).run(task=visit, ledger=ledger)
    assert list(result) == names(5)
    assert not result.failed
    assert ledger.now == 0
    assert [record.levelname for record in caplog.records if record.name == BATCH_LOG] == ["ERROR"] * 6
    assert "disk full" in caplog.text


def test_no_batch_is_started_when_proceed_says_no() -> None:
    ledger, facts = Ledger(), list[Fact]()

    def proceed() -> bool:
        return sum(isinstance(fact, BatchFinished) for fact in facts) < 2

    result = fleet(10, BatchRunner(batch_size=3, on_batch=facts.append, proceed=proceed)).run(task=visit, ledger=ledger)
    assert list(result) == names(6)
    assert [type(fact) for fact in facts] == [BatchStarted, BatchFinished] * 2
    assert sorted(ledger.hosts("open")) == names(6)


def test_no_host_is_started_when_proceed_says_no_inside_a_batch() -> None:
    ledger, facts, asked = Ledger(), list[Fact](), iter([True, True, True, False])
    runner = BatchRunner(batch_size=4, on_batch=facts.append, proceed=lambda: next(asked, False))
    result = fleet(8, runner).run(task=visit, ledger=ledger)
    assert list(result) == ["r1", "r2"]
    assert len(facts) == 2
    finished = facts[1]
    assert isinstance(finished, BatchFinished)
    assert (finished.hosts, list(finished.results), finished.interrupted) == (("r1", "r2", "r3", "r4"), ["r1", "r2"], False)
    assert sorted(ledger.hosts("close")) == ["r1", "r2"]


def test_a_proceed_that_raises_is_a_no(caplog: pytest.LogCaptureFixture) -> None:
    asked = iter([True, True])
    ledger = Ledger()
    result = fleet(4, BatchRunner(batch_size=2, proceed=lambda: next(asked))).run(task=visit, ledger=ledger)
    assert list(result) == ["r1"]
    assert ledger.now == 0
    assert "StopIteration" in caplog.text


def test_two_runs_at_once_from_one_runner_share_nothing() -> None:
    facts: list[Fact] = []
    runner = BatchRunner(batch_size=2, on_batch=facts.append)
    both = threading.Barrier(4)  # two hosts of each run: passed only when the two runs are inside a batch together
    results: dict[str, AggregatedResult] = {}

    def work(task: Task, run: str, ledger: Ledger) -> str:
        connect(task, ledger)
        both.wait(DEADLINE)
        return f"{run} {task.host.name}"

    def run(name: str, ledger: Ledger) -> None:
        results[name] = fleet(6, runner).run(task=work, run=name, ledger=ledger)

    ledgers = {"a": Ledger(), "b": Ledger()}
    threads = [threading.Thread(target=run, args=item, daemon=True) for item in ledgers.items()]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(DEADLINE)
    for name, ledger in ledgers.items():
        assert {host: multi.result for host, multi in results[name].items()} == {host: f"{name} {host}" for host in names(6)}
        assert (ledger.peak, ledger.now) == (2, 0)
    assert sorted(fact.number for fact in facts) == [1] * 4 + [2] * 4 + [3] * 4


@pytest.mark.parametrize("batch_size", ["12.5%", "many", -1, True, 2.5, [], ["x"], "0%"])
def test_a_wrong_batch_size_is_refused_at_construction(batch_size: object) -> None:
    with pytest.raises(ValueError, match=r"^batch size .*write a number of hosts such as 10"):
        BatchRunner(batch_size)  # type: ignore[arg-type]  # what a configuration file may hold


def test_no_thread_is_left_after_a_run() -> None:
    before = set(threading.enumerate())
    fleet(12, BatchRunner(batch_size=5)).run(task=visit, ledger=Ledger())
    assert set(threading.enumerate()) == before


def test_it_is_found_by_its_name_in_nornirs_configuration(tmp_path: Path) -> None:
    """In a process of its own: InitNornir fills Nornir's global registries."""
    (tmp_path / "hosts.yaml").write_text("r1: {}\nr2: {}\nr3: {}\n")
    script = """
from nornir import InitNornir
nr = InitNornir(
    inventory={"plugin": "SimpleInventory", "options": {"host_file": "hosts.yaml"}},
    runner={"plugin": "BatchRunner", "options": {"batch_size": [1, "50%"]}},
    logging={"enabled": False},
)
print(type(nr.runner).__module__, list(nr.run(task=lambda task: task.host.name, name="names")))
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.stdout == "runner.runners.batch ['r1', 'r2', 'r3']\n"
