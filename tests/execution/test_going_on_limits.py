"""A job that goes on counts what was before: limits, hosts that are lost, batches that are over; and what does not fit is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.contracts import Reply
from runner.events import BatchFinished, BatchStarted, Event, HostFinished, HostStarted, LimitTripped, PlayStarted, TaskFinished
from runner.states import HostStatus
from tests.execution.parts import Parts
from tests.execution.scenario import unreachable

FAILED, OK, PENDING, CHANGED = HostStatus.FAILED, HostStatus.OK, HostStatus.PENDING, HostStatus.CHANGED


def refuses(command: str) -> Reply:
    return Reply(command=command, output="% No", duration_seconds=0.0, error="% No")


def play(limits: str = "", tasks: str = "[{name: look, commands: show clock}]", size: int = 1) -> str:
    return f"- hosts: all\n  batch_size: {size}\n  {limits}\n  tasks: {tasks}\n"


def cut_behind(job: Parts, kind: type[Event], count: int = 1) -> None:
    """Run it in a process that dies when this many events of the kind are on disk."""
    probe = Parts(job.folder, job.playbook, hosts=job.hosts, answers=job.answers, opens=job.opens)
    probe.run()
    places = [number for number, event in enumerate(probe.events) if isinstance(event, kind)]
    assert not job.run(("after", places[count - 1]))


def standing(job: Parts) -> list[HostStatus]:
    with job.record() as record:
        return [host.status for host in record.hosts.values()]


def told(job: Parts, kind: type[Event], since: int = 0) -> list[Event]:
    return [event for event in job.events[since:] if isinstance(event, kind)]


def test_turns_that_ended_are_not_run_again_and_their_batches_not_told_again(tmp_path: Path) -> None:
    job = Parts(tmp_path, play(), hosts=4, opens={"r1": unreachable})
    cut_behind(job, BatchFinished, 2)
    before = len(job.events)
    assert job.run()
    assert [event.batch_number for event in told(job, BatchStarted, before) if isinstance(event, BatchStarted)] == [3, 4]
    assert [event.host for event in told(job, HostStarted, before) if isinstance(event, HostStarted)] == ["r3", "r4"]
    assert standing(job) == [HostStatus.UNREACHABLE, OK, OK, OK] and job.sent == {name: ["show clock"] for name in ("r2", "r3", "r4")}
    before = len(job.events)
    assert job.run() and not told(job, PlayStarted, before), "nothing is left"


LIMITS = [("max_failures: 1", [FAILED, FAILED, PENDING, PENDING]), ("max_failures: 2", [FAILED, FAILED, FAILED, PENDING])]


@pytest.mark.parametrize(("limit", "statuses"), LIMITS)
@pytest.mark.parametrize("ended", [1, 2])
def test_failures_of_earlier_processes_count(tmp_path: Path, limit: str, statuses: list[HostStatus], ended: int) -> None:
    job = Parts(tmp_path, play(limit), hosts=4, answers={"show clock": refuses})
    cut_behind(job, HostFinished, ended)
    assert job.run() and standing(job) == statuses
    assert len(told(job, LimitTripped)) == 1


@pytest.mark.parametrize("limit", ["any_errors_fatal: true", "max_fail_percentage: 20"])
def test_a_limit_of_a_batch_counts_its_hosts_of_both_processes(tmp_path: Path, limit: str) -> None:
    """The first host failed, and the process died before the limit could follow."""
    job = Parts(tmp_path, play(limit, size=1), hosts=1, answers={"show clock": refuses})
    cut_behind(job, HostFinished)
    job.hosts, job.playbook = 3, play(limit, size=3)
    before = len(job.events)
    assert job.run() and standing(job) == [FAILED, PENDING, PENDING]
    assert not told(job, HostStarted, before) and len(told(job, LimitTripped, before)) == 1


def test_any_errors_fatal_waits_for_nobody_who_has_ended(tmp_path: Path) -> None:
    job = Parts(tmp_path, play("any_errors_fatal: true"), hosts=1)
    cut_behind(job, HostFinished)
    job.hosts, job.playbook = 3, play("any_errors_fatal: true", size=3)
    assert job.run() and standing(job) == [OK] * 3 and [*job.sent["r1"]] == ["show clock"]


def test_a_batch_that_was_not_told_over_is_over_then(tmp_path: Path) -> None:
    job = Parts(tmp_path, play(size=2), hosts=2)
    cut_behind(job, HostFinished, 2)
    before = len(job.events)
    assert job.run()
    [over] = told(job, BatchFinished, before)
    assert isinstance(over, BatchFinished) and over.counts == {"ok": 2} and not told(job, BatchStarted, before)


def test_hosts_lost_in_an_earlier_play_stay_out(tmp_path: Path) -> None:
    job = Parts(tmp_path, play(tasks="[{commands: show x, when: number == 1}]", size=0) + play(), hosts=2, answers={"show x": refuses})
    cut_behind(job, PlayStarted, 2)
    assert job.run() and standing(job) == [FAILED, OK]
    assert job.sent == {"r1": ["show x"], "r2": ["show clock"]}


def test_a_failed_write_fails_its_host_as_it_did(tmp_path: Path) -> None:
    tasks = "[{name: w, commands: 'clear {{ item }}', loop: [a, b, c]}, {commands: show clock}]"
    job = Parts(tmp_path, play(tasks=tasks), answers={"clear b": refuses})
    cut_behind(job, TaskFinished)
    assert job.run() and standing(job) == [FAILED] and job.sent["r1"] == ["clear a", "clear b"]
    end = told(job, HostFinished)[-1]
    assert isinstance(end, HostFinished) and "item 2 of 3" in end.reason


CHANGED_PLAYS = [
    ("another task", "[{name: w2, commands: clear x}]", "was 'w' when it was run, and is 'w2' now"),
    ("another item", "[{name: w, commands: 'clear {{ item }}', loop: [b, c]}]", "was 'a' when it was written, and is 'b' now"),
]


@pytest.mark.parametrize(("tasks", "said"), [row[1:] for row in CHANGED_PLAYS], ids=[row[0] for row in CHANGED_PLAYS])
def test_what_does_not_fit_what_was_written_fails_the_host(tmp_path: Path, tasks: str, said: str) -> None:
    job = Parts(tmp_path, play(tasks="[{name: w, commands: 'clear {{ item }}', loop: [a, c]}]"))
    assert not job.run(("before", 6))  # PlayStarted, BatchStarted, HostStarted, HostConnected, intent, end of round 1
    job.playbook = play(tasks=tasks)
    assert job.run() and standing(job) == [FAILED] and job.sent["r1"] == ["clear a"]
    end = told(job, HostFinished)[-1]
    assert isinstance(end, HostFinished) and said in end.reason


def test_a_condition_that_the_write_itself_made_false_takes_no_write_away(tmp_path: Path) -> None:
    """What was read is read again, and shows what was written."""
    tasks = "[{commands: show x, register: r}, {name: w, commands: clear x, when: \"'old' in r.output\"}, {commands: show y}]"
    job = Parts(tmp_path, play(tasks=tasks))
    job.answers["show x"] = lambda command: Reply(command=command, output="old", duration_seconds=0.0)
    assert not job.run(("before", 7))  # ..., TaskFinished of the read, intent, end of the round
    job.answers["show x"] = lambda command: Reply(command=command, output="new", duration_seconds=0.0)
    assert job.run() and standing(job) == [CHANGED] and job.sent["r1"].count("clear x") == 1


def test_what_no_log_hid_is_not_used_as_if_it_were_known(tmp_path: Path) -> None:
    tasks = "[{name: w, commands: clear x, no_log: true, register: r}, {debug: '{{ r.changed }}'}, {debug: '{{ r.output }}'}]"
    job = Parts(tmp_path, play(tasks=tasks))
    cut_behind(job, TaskFinished)
    assert job.run() and standing(job) == [FAILED] and job.sent["r1"] == ["clear x"]
    first, end = told(job, TaskFinished)[-2], told(job, HostFinished)[-1]
    assert isinstance(first, TaskFinished) and first.status == "ok"
    assert isinstance(end, HostFinished) and "not known any more" in end.reason
