"""What the hosts of a batch do together: once for all of them, a person asked once, nobody a step ahead; and no wait without an end."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from runner.errors import Stopped
from runner.events import Event, HostFinished, HostStarted, TaskFinished
from runner.execution.control import Control
from runner.execution.meeting import Barrier, Meetings
from runner.states import HostStatus
from runner.target import Limits
from tests.execution.scenario import Scenario, unreachable

PAUSE = "- hosts: all\n  batch_size: 3\n  tasks:\n    - commands: show clock\n    - pause: Traffic back?\n    - commands: show users\n"


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    """What `work` gives, or raises, in so many threads at once."""
    given: list[Any] = [None] * count

    def run(number: int) -> None:
        try:
            given[number] = work(number)
        except BaseException as error:
            given[number] = error

    threads = [threading.Thread(target=run, args=(number,), daemon=True) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive(), "a thread hangs"
    return given


def test_work_is_done_once_for_each_key() -> None:
    meetings, lock, calls = Meetings(Control()), threading.Lock(), []

    def work(key: int) -> int:
        with lock:
            calls.append(key)
        return key * 10

    assert together(9, lambda number: meetings.once(number % 3, lambda: work(number % 3))) == [0, 10, 20] * 3
    assert sorted(calls) == [0, 1, 2]


def test_what_the_work_raises_is_raised_in_all() -> None:
    meetings = Meetings(Control())

    def broken() -> None:
        raise SystemExit(3)

    assert [type(each) for each in together(3, lambda _: meetings.once("key", broken))] == [SystemExit] * 3


def test_who_waits_for_work_stops_when_the_user_wants() -> None:
    control, begun, end = Control(), threading.Event(), threading.Event()
    meetings = Meetings(control)

    def long() -> None:
        begun.set()
        assert end.wait(20)

    def host(number: int) -> None:
        if number:
            assert begun.wait(20)
            control.stop("enough")
            try:
                meetings.once("key", long)
            finally:
                end.set()
        meetings.once("key", long)

    first, second = together(2, host)
    assert first is None and isinstance(second, Stopped)


@pytest.mark.parametrize("leaver", [0, 4, 9])
def test_nobody_is_a_step_ahead_and_who_leaves_holds_nobody_up(leaver: int) -> None:
    hosts = [f"r{number}" for number in range(5)]
    barrier, lock, steps = Barrier(hosts, Control()), threading.Lock(), dict.fromkeys(hosts, 0)

    def host(number: int) -> int:
        name = hosts[number]
        for step in range(10):
            if number == 2 and step == leaver:
                break
            with lock:
                steps[name] += 1
            barrier.pass_step(name)
            with lock:
                assert all(done > step for other, done in steps.items() if other != "r2" or done > leaver or leaver > step)
        barrier.leave(name)
        barrier.leave(name)
        return steps[name]

    assert together(5, host) == [10, 10, leaver, 10, 10]


def test_who_waits_at_a_barrier_stops_when_a_limit_is_passed() -> None:
    control = Control()
    barrier = Barrier(["r1", "r2"], control)
    threading.Timer(0.05, control.halt, ["3 of 5 hosts failed"]).start()
    with pytest.raises(Stopped, match="3 of 5 hosts failed"):
        barrier.pass_step("r1")


def test_a_person_is_asked_once_for_a_batch_and_hosts_that_fell_out_are_not_waited_for(tmp_path: Path) -> None:
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return "yes"

    run = Scenario(tmp_path, hosts=6, opens={"r2": unreachable}, ask=ask).run(PAUSE)
    assert len(asked) == 2 and asked[0].startswith("Traffic back?")
    assert [event.status for event in run.told(HostFinished)].count(HostStatus.OK) == 5


def test_the_answer_to_stop_ends_the_run(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=6, ask=lambda question: "stop").run(PAUSE)
    assert {event.host for event in run.told(HostStarted)} <= {"r1", "r2", "r3"}
    assert {event.status for event in run.told(HostFinished)} == {HostStatus.STOPPED}
    assert "'stop'" in run.control.reason and all("show users" not in run.sent(host) for host in ("r1", "r2", "r3"))


def test_the_time_a_person_takes_counts_against_no_deadline(tmp_path: Path) -> None:
    deadlines: list[float | None] = []

    def ask(question: str) -> str:
        deadlines.append(run.connections["r1"].deadline)
        run.control.wait(0.05)
        return ""

    run = Scenario(tmp_path, ask=ask, limits=Limits(host=30.0))
    run.run(PAUSE)
    before, after = deadlines[0], run.connections["r1"].deadline
    assert before is not None and after is not None and after - before >= 0.05


def test_a_wait_of_the_playbook_ends_with_a_stop(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=2)

    def watch(event: Event) -> None:
        if isinstance(event, TaskFinished) and event.action == "commands":
            threading.Timer(0.05, run.control.stop, ["enough"]).start()

    run.watch = watch
    run.run("- hosts: all\n  tasks:\n    - commands: show clock\n    - pause: {minutes: 60}\n")
    assert {event.status for event in run.told(HostFinished)} == {HostStatus.STOPPED}


def test_a_host_that_gets_no_thread_has_failed_and_keeps_nobody_waiting(tmp_path: Path) -> None:
    """The system's refusal is brought about from outside, as soon as r1 has a thread and waits for the others."""
    script = """
import resource, sys, threading
from pathlib import Path
from runner.execution.control import Control
from runner.events import HostFinished, LimitTripped
from tests.execution.scenario import Scenario

class NoMoreThreads(Control):
    def proceed(self):
        if threading.current_thread() is threading.main_thread() and threading.active_count() > 1:
            threading.stack_size(2**40 + 4096)  # no system gives a thread a terabyte of stack
        return super().proceed()

resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32))
run = Scenario(Path(sys.argv[1]), hosts=3, control=NoMoreThreads())
run.run("- hosts: all\\n  any_errors_fatal: true\\n  batch_size: 3\\n  tasks: [{commands: show clock}]\\n")
for event in run.events:
    if isinstance(event, HostFinished | LimitTripped):
        print(getattr(event, "host", "limit"), getattr(event, "status", ""), event.reason)
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    done = subprocess.run(command, check=True, cwd=Path(__file__).parents[2], timeout=60, capture_output=True, text=True)
    failed, limit, released = done.stdout.splitlines()
    assert failed.startswith("r2 failed") and "can't start new thread" in failed
    assert limit == "limit  1 of 3 hosts failed in batch 1, any_errors_fatal allows none"
    assert released.startswith("r1 stopped a limit was passed: 1 of 3")
