"""Each host ends with exactly one truthful end, told after its connection was closed, whatever happened to it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.contracts import Reply
from runner.errors import SessionError, Stopped
from runner.events import BatchFinished, BatchStarted, Event, HostConnected, HostFinished, HostStarted, PlayStarted, TaskFinished
from runner.states import BatchStatus, HostStatus, TaskStatus
from runner.target import Limits
from tests.execution.scenario import Scenario, lose, stopped, unreachable

PLAY = """
- name: p
  hosts: all
  batch_size: 2
  tasks:
    - {name: one, commands: [show clock, show users]}
    - {name: two, commands: show version}
"""


def test_a_good_run_tells_its_facts_in_order(tmp_path: Path) -> None:
    run = Scenario(tmp_path).run(PLAY)
    kinds = [PlayStarted, BatchStarted, HostStarted, HostConnected, TaskFinished, TaskFinished, HostFinished, BatchFinished]
    assert [type(event) for event in run.events] == kinds
    assert run.sent("r1") == ["show clock", "show users", "show version"]
    assert run.told(HostFinished)[0].status is HostStatus.OK
    assert run.told(BatchFinished)[0].counts == {"ok": 1}
    assert run.connections["r1"].closed == 1


@pytest.mark.parametrize("end", ["ok", "unreachable", "lost", "stopped"])
def test_the_end_is_told_after_the_close_in_every_case(tmp_path: Path, end: str) -> None:
    closed_before: list[int] = []
    run = Scenario(tmp_path)
    run.opens = {"unreachable": {"r1": unreachable}, "stopped": {"r1": stopped}}.get(end, {})
    run.answers = {"r1": {"show users": lose}} if end == "lost" else {}
    run.watch = lambda event: closed_before.append(run.connections["r1"].closed) if isinstance(event, HostFinished) else None
    run.run(PLAY)
    assert closed_before == [1]
    assert len(run.told(HostFinished)) == 1


def test_a_host_that_is_not_there_is_unreachable_and_its_neighbour_is_not_hurt(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=3, opens={"r1": unreachable}).run(PLAY)
    end = run.told(HostFinished, "r1")[0]
    assert (end.status, end.phase, end.reason, end.hint) == (HostStatus.UNREACHABLE, "tcp", "connection refused", "is SSH enabled?")
    assert run.told(TaskFinished, "r1") == []
    assert [run.told(HostFinished, name)[0].status for name in ("r2", "r3")] == [HostStatus.OK] * 2
    assert [batch.status for batch in run.told(BatchFinished)] == [BatchStatus.COMPLETED] * 2


def test_a_batch_in_which_every_host_fails_is_failed_and_the_next_one_runs(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=4, opens={"r1": unreachable, "r2": unreachable}).run(PLAY)
    assert [batch.status for batch in run.told(BatchFinished)] == [BatchStatus.FAILED, BatchStatus.COMPLETED]
    assert [batch.counts for batch in run.told(BatchFinished)] == [{"unreachable": 2}, {"ok": 2}]


def test_what_was_read_before_a_session_broke_is_kept_and_later_tasks_do_not_run(tmp_path: Path) -> None:
    run = Scenario(tmp_path, answers={"r1": {"show users": lose}}).run(PLAY)
    task = run.told(TaskFinished)[0]
    assert task.status is TaskStatus.FAILED and "in the middle of 'show users'" in task.reason
    assert [result.command for result in task.results] == ["show clock"]
    end = run.told(HostFinished)[0]
    assert (end.status, end.phase, end.task) == (HostStatus.FAILED, "command", "one")
    assert "show version" not in run.sent("r1")


def test_a_lost_session_is_not_ignored_by_ignore_errors(tmp_path: Path) -> None:
    text = PLAY.replace("{name: one,", "{name: one, ignore_errors: true,")
    run = Scenario(tmp_path, answers={"r1": {"show users": lose}}).run(text)
    assert run.told(HostFinished)[0].status is HostStatus.FAILED and len(run.told(TaskFinished)) == 1


def test_a_play_without_session_tasks_connects_to_nobody(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=2).run("- hosts: all\n  tasks:\n    - debug: hello\n    - {commands: show clock, when: number == 2}\n")
    assert list(run.connections) == ["r2"]
    assert [run.told(HostFinished, name)[0].status for name in ("r1", "r2")] == [HostStatus.OK] * 2


def test_a_host_whose_tasks_were_all_skipped_is_skipped(tmp_path: Path) -> None:
    run = Scenario(tmp_path).run("- hosts: all\n  tasks:\n    - {commands: show clock, when: false}\n")
    assert run.told(HostFinished)[0].status is HostStatus.SKIPPED and not run.connections


@pytest.mark.parametrize("error", [ValueError("odd"), SystemExit(3), KeyboardInterrupt(), MemoryError()], ids=repr)
def test_f38_whatever_a_session_raises_is_that_hosts_failure(tmp_path: Path, error: BaseException) -> None:
    def broken(command: str) -> Reply:
        raise error

    run = Scenario(tmp_path, hosts=2, answers={"r1": {"show clock": broken}}).run(PLAY)
    assert [run.told(HostFinished, name)[0].status for name in ("r1", "r2")] == [HostStatus.FAILED, HostStatus.OK]
    assert type(error).__name__ in run.told(HostFinished, "r1")[0].reason
    assert run.connections["r1"].closed == 1


def test_an_error_outside_of_any_task_is_still_an_end_of_that_host(tmp_path: Path) -> None:
    def broken() -> None:
        raise RuntimeError("a bug while connecting")

    run = Scenario(tmp_path, hosts=2, opens={"r1": broken}).run(PLAY)
    assert [(event.host, event.status) for event in run.told(HostFinished, "r1")] == [("r1", HostStatus.FAILED)]
    assert "a bug while connecting" in run.told(HostFinished, "r1")[0].reason
    assert run.connections["r1"].closed == 1


def test_after_a_stop_nothing_new_starts_and_the_batch_is_stopped(tmp_path: Path) -> None:
    run = Scenario(tmp_path, hosts=4)

    def stop(event: Event) -> None:
        if isinstance(event, TaskFinished) and event.host == "r1":
            run.control.stop("enough")

    run.watch = stop
    run.run(PLAY)
    assert run.told(HostFinished, "r1")[0].status is HostStatus.STOPPED
    assert not run.told(HostStarted, "r3") and not run.told(HostStarted, "r4")
    assert [batch.status for batch in run.told(BatchFinished)] == [BatchStatus.STOPPED]
    assert "show version" not in run.sent("r1")


def test_the_hosts_deadline_reaches_the_connection(tmp_path: Path) -> None:
    run = Scenario(tmp_path)
    assert run.run(PLAY).connections["r1"].deadline is None
    limited = Scenario(tmp_path, limits=Limits(host=30)).run(PLAY)
    assert limited.connections["r1"].deadline is not None


def test_stopped_is_not_a_failure() -> None:
    assert Stopped("x").exit_code == 7


def test_f15_a_device_that_goes_on_after_its_last_prompt_is_not_ok(tmp_path: Path) -> None:
    def out_of_step() -> None:
        raise SessionError("the device went on after its prompt", phase="command", cause="out_of_step")

    run = Scenario(tmp_path, hosts=2, checks={"r1": out_of_step}).run(PLAY)
    assert [run.told(HostFinished, name)[0].status for name in ("r1", "r2")] == [HostStatus.FAILED, HostStatus.OK]
