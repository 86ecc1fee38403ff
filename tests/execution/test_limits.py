"""What a limit does to a run: who stops, what never starts, what is told; and hosts that fail without counting."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from runner.contracts import Reply
from runner.errors import SessionError
from runner.events import BatchFinished, Event, HostConnected, HostFinished, HostStarted, LimitTripped, TaskFinished
from runner.states import BatchStatus, HostStatus
from tests.execution.scenario import Scenario, healthy, lose, unreachable

TASKS = "  tasks:\n    - {name: one, commands: show clock}\n    - {name: two, commands: show version}\n"


def play(limits: str, size: int = 2, tasks: str = TASKS) -> str:
    return f"- hosts: all\n  batch_size: {size}\n{''.join(f'  {each.strip()}{chr(10)}' for each in limits.split(';'))}{tasks}"


LIMITS = [
    (
        "max_fail_percentage: 49",
        "max_fail_percentage",
        "1 of 2 hosts failed (1 unreachable) in batch 1 (50%), max_fail_percentage allows 49%",
    ),
    ("max_failures: 0", "max_failures", "1 of 6 hosts failed (1 unreachable), limit 0 (max_failures)"),
    ("max_failures: 10%", "max_failures", "1 of 6 hosts failed (1 unreachable) (16.7%), limit 10% (max_failures)"),
    ("any_errors_fatal: true", "any_errors_fatal", "1 of 2 hosts failed (1 unreachable) in batch 1, any_errors_fatal allows none"),
]


@pytest.mark.parametrize(("limit", "name", "reason"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_limit_that_trips_stops_the_batch_and_starts_nothing_more(tmp_path: Path, limit: str, name: str, reason: str) -> None:
    run, tripped, connected = Scenario(tmp_path, hosts=6), threading.Event(), threading.Event()
    told: dict[type[Event], threading.Event] = {LimitTripped: tripped, HostConnected: connected}
    run.watch = lambda event: told.get(type(event), threading.Event()).set()

    def opens() -> None:
        assert connected.wait(10), "r2 is at work"
        unreachable()

    def waits(command: str) -> Reply:
        assert tripped.wait(10)
        return healthy(command)

    run.opens, run.answers = {"r1": opens}, {"r2": {"show clock": waits}}
    run.run(play(limit))
    assert [(event.limit, event.decision, event.reason) for event in run.told(LimitTripped)] == [(name, "stop", reason)]
    assert {event.host for event in run.told(HostStarted)} == {"r1", "r2"}
    end = run.told(HostFinished, "r2")[0]
    assert end.status is HostStatus.STOPPED and reason in end.reason, "the other host stops before its next task"
    assert "show version" not in run.sent("r2") and run.connections["r2"].closed == 1
    assert [batch.status for batch in run.told(BatchFinished)] == [BatchStatus.STOPPED]


@pytest.mark.parametrize("limit", [row[0] for row in LIMITS])
def test_the_failure_that_trips_a_limit_is_told_before_the_limit(tmp_path: Path, limit: str) -> None:
    run = Scenario(tmp_path, opens={"r1": unreachable}).run(play(limit))
    assert [type(event) for event in run.events if isinstance(event, HostFinished | LimitTripped)] == [HostFinished, LimitTripped]


def test_any_errors_fatal_lets_no_host_be_a_task_ahead(tmp_path: Path) -> None:
    """Its own barrier: in free, others may already have done more when it trips."""
    run = Scenario(tmp_path, hosts=3, answers={"r1": {"show clock": lose}})
    others_done = threading.Event()
    ended: list[str] = []

    def watch(event: Event) -> None:
        if isinstance(event, TaskFinished):
            ended.append(event.host)
            if {"r2", "r3"} <= set(ended):
                others_done.set()

    def waits(command: str) -> Reply:
        assert others_done.wait(10), "the others have ended their first task"
        return lose(command)

    run.watch, run.answers = watch, {"r1": {"show clock": waits}}
    run.run(play("any_errors_fatal: true", size=3))
    assert [run.sent(host) for host in ("r2", "r3")] == [["show clock"]] * 2
    assert [run.told(HostFinished, host)[0].status for host in ("r2", "r3")] == [HostStatus.STOPPED] * 2


def test_any_errors_fatal_and_nobody_fails(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=5).run(play("any_errors_fatal: true", size=3))
    assert [event.status for event in run.told(HostFinished)] == [HostStatus.OK] * 5 and not run.told(LimitTripped)


BATCH_FAILURE = [
    # on_batch_failure, answers given, batches that ran, decisions told
    ("continue", (), 3, []),
    ("stop", (), 1, ["stop"]),
    ("pause", None, 1, ["stop"]),
    ("pause", ("perhaps", "yes"), 3, ["pause"]),
    ("pause", ("no",), 1, ["pause"]),
    ("pause", ("",), 1, ["pause"]),
]


@pytest.mark.parametrize(("setting", "answers", "batches", "decisions"), BATCH_FAILURE)
def test_after_a_batch_that_failed(
    tmp_path: Path, setting: str, answers: tuple[str, ...] | None, batches: int, decisions: list[str]
) -> None:
    run = Scenario(tmp_path, hosts=6, opens={"r1": unreachable, "r2": unreachable})
    left, asked = list(answers or ()), []

    def ask(question: str) -> str:
        asked.append(question)
        return left.pop(0)

    run.ask = ask if answers is not None else None
    run.run(play(f"on_batch_failure: {setting}"))
    assert len(run.told(BatchFinished)) == batches and not left
    assert [event.decision for event in run.told(LimitTripped)] == decisions
    if asked:
        assert asked[0] == "2 of 2 hosts failed (2 unreachable) in batch 1 and none ended well. Go on? [yes/no]"
    assert bool(run.control.limit) == (batches == 1 and setting != "continue")


def test_failures_count_over_batches_and_plays(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=4, opens={"r1": unreachable, "r3": unreachable}).run(play("max_failures: 1") * 2)
    assert [event.reason for event in run.told(LimitTripped)] == ["2 of 4 hosts failed (2 unreachable), limit 1 (max_failures)"]
    assert run.control.limit


def test_an_ignored_failure_counts_for_no_limit(tmp_path: Path) -> None:
    refused = {"show clock": lambda command: Reply(command=command, output="% Invalid input", duration_seconds=0, error="% Invalid input")}
    tasks = TASKS.replace("show clock}", "show clock, ignore_errors: true}")
    run = Scenario(tmp_path, hosts=2, answers={"r1": refused}).run(play("max_failures: 0;max_fail_percentage: 0", tasks=tasks))
    assert [event.status for event in run.told(HostFinished)] == [HostStatus.OK] * 2 and not run.told(LimitTripped)


def ignoring(*commands: str) -> str:
    """The tasks, with `ignore_unreachable` at those that send one of these commands."""
    tasks = TASKS
    for command in commands:
        tasks = tasks.replace(f"{command}}}", f"{command}, ignore_unreachable: true}}")
    return f"{tasks}    - debug: hello\n"


IGNORES = [
    ("the play", play("ignore_unreachable: true;max_failures: 0"), HostStatus.SKIPPED),
    ("every task that talks", play("max_failures: 0", tasks=ignoring("show clock", "show version")), HostStatus.SKIPPED),
    ("one task of two", play("max_failures: 0", tasks=ignoring("show clock")), HostStatus.UNREACHABLE),
]


@pytest.mark.parametrize(("text", "status"), [row[1:] for row in IGNORES], ids=[row[0] for row in IGNORES])
def test_an_unreachable_host_that_is_ignored_is_skipped_and_counts_for_no_limit(tmp_path: Path, text: str, status: HostStatus) -> None:
    run = Scenario(tmp_path, hosts=2, opens={"r1": unreachable}).run(text)
    end = run.told(HostFinished, "r1")[0]
    assert (end.status, end.phase) == (status, "tcp") and "connection refused" in end.reason
    assert bool(run.told(LimitTripped)) == (status is HostStatus.UNREACHABLE)


def test_a_session_that_is_lost_later_is_not_unreachable_and_is_not_ignored(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"show clock": lose}}).run(play("ignore_unreachable: true"))
    assert run.told(HostFinished)[0].status is HostStatus.FAILED


def test_a_persons_stop_is_not_a_limit(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=4, answers={"r1": {"show clock": lose}})
    run.watch = lambda event: run.control.stop("enough") if isinstance(event, TaskFinished) else None
    run.run(play("max_failures: 0;on_batch_failure: stop"))
    assert not run.told(LimitTripped) and not run.control.limit and run.control.reason == "enough"


@pytest.mark.parametrize("cause", ["key_changed", "revoked_key"])
def test_f22_a_host_with_another_key_is_never_passed_over(tmp_path: Path, cause: str) -> None:
    def another_key() -> None:
        raise SessionError("its key is not the known one", phase="host_key", cause=cause)

    run = Scenario(tmp_path, opens={"r1": another_key}).run(play("ignore_unreachable: true"))
    assert run.told(HostFinished)[0].status is HostStatus.UNREACHABLE
