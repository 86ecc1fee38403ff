"""Writes of which nobody saw the end: what decides about them, what follows, and what stays as it is (F31, F32, F41)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from runner.contracts import Reply
from runner.events import Event, HostConnected, HostFinished, HostStarted, TaskFinished, WriteIntended
from runner.job_events import DeviceBusy, DoubtResolved, WriteEnded
from runner.leases import Busy
from runner.states import HostStatus
from tests.execution.parts import Parts
from tests.execution.scenario import Scenario, lose, unreachable
from tests.execution.test_leasing import Register

IN_DOUBT, CHANGED, OK = HostStatus.IN_DOUBT, HostStatus.CHANGED, HostStatus.OK

PLAY = """
- hosts: all
  batch_size: 2
  tasks:
    - {name: look, commands: show clock, register: seen}
    - name: w
      commands: clear counters
      MORE
    - {name: after, commands: show users}
"""
VERIFY = "verify: {commands: [show counters, 'show {{ seen.output }}'], that: [\"'zero' in outputs['show counters']\", number > 0]}"


def answers(text: str) -> Any:
    return lambda command: Reply(command=command, output=text, duration_seconds=0.0)


def cut(folder: Path, more: str = "", hosts: int = 1, *, received: bool = True) -> Parts:
    """A job whose process died while r1 was written to."""
    job = Parts(folder, PLAY.replace("MORE", more), hosts=hosts)
    probe = Parts(folder, job.playbook)
    probe.run()
    place = next(number for number, event in enumerate(probe.events) if isinstance(event, WriteEnded if received else WriteIntended))
    job.hosts = 1
    job.run(("before" if received else "after", place))
    job.hosts = hosts
    assert len(job.doubts()) == 1
    return job


def standing(job: Parts, host: str = "r1") -> HostStatus:
    with job.record() as record:
        return record.hosts[host].status


def told(job: Parts, kind: type[Event]) -> list[Any]:
    return [event for event in job.events if isinstance(event, kind)]


WAYS = [
    # on_in_doubt, keyword, what a person said, what the device shows, told (verdict, how), status, times it was written
    ("a person: done", "ask", "", "done", "", ("done", "person"), CHANGED, 1),
    ("a person: not done", "ask", "", "not_done", "", ("not_done", "person"), CHANGED, 2),
    ("a person goes before the check", "verify", VERIFY, "done", "nothing", ("done", "person"), CHANGED, 1),
    ("nobody says anything", "ask", VERIFY, "", "zero", None, IN_DOUBT, 1),
    ("the check holds", "verify", VERIFY, "", "it is zero", ("done", "verify"), CHANGED, 1),
    ("the check does not hold", "verify", VERIFY, "", "it is five", ("not_done", "verify"), CHANGED, 2),
    ("there is no check", "verify", "", "", "", None, IN_DOUBT, 1),
    ("it may be done twice", "rerun", "idempotent: true", "", "", ("not_done", "rerun"), CHANGED, 2),
    ("it may not be done twice", "rerun", VERIFY, "", "zero", None, IN_DOUBT, 1),
    ("nobody asked for it to be done twice", "ask", "idempotent: true", "", "", None, IN_DOUBT, 1),
]


@pytest.mark.parametrize(
    ("way", "more", "said", "shown", "verdict", "status", "times"), [row[1:] for row in WAYS], ids=[row[0] for row in WAYS]
)
def test_what_decides(
    tmp_path: Path, way: Any, more: str, said: str, shown: str, verdict: tuple[str, str] | None, status: HostStatus, times: int
) -> None:
    job = cut(tmp_path, more)
    job.on_in_doubt, before = way, len(job.events)
    job.answers = {"show counters": answers(shown), "show clock": answers("clock")}
    assert job.run(verdicts={("r1", 1, 1, 0): said} if said else {})
    assert standing(job) is status and job.sent["r1"].count("clear counters") == times
    assert [(event.verdict, event.how) for event in told(job, DoubtResolved)] == ([verdict] if verdict else [])
    if verdict is None:
        assert not [e for e in job.events[before:] if isinstance(e, HostStarted | HostConnected | HostFinished)], "it is left alone"
        return
    kinds = [type(event) for event in job.events[before:]]
    if WriteIntended in kinds:
        assert kinds.index(DoubtResolved) < kinds.index(WriteIntended)
    with job.record() as record:
        assert [(task.name, task.status.value) for task in record.hosts["r1"].tasks] == [("look", "ok"), ("w", "changed"), ("after", "ok")]
    assert not job.doubts()


UNDECIDED = [
    (
        "its command is refused",
        {"show counters": lambda command: Reply(command=command, output="% No", duration_seconds=0.0, error="% No")},
        "was refused: % No",
    ),
    ("the session is lost in it", {"show counters": lose}, "closed the session"),
    (
        "its output is cut",
        {"show counters": lambda command: Reply(command=command, output="zero", duration_seconds=0.0, truncated=True)},
        "gave too much",
    ),
]


@pytest.mark.parametrize(("given", "said"), [row[1:] for row in UNDECIDED], ids=[row[0] for row in UNDECIDED])
def test_a_check_that_says_nothing_leaves_the_host_in_doubt(tmp_path: Path, given: Any, said: str) -> None:
    job = cut(tmp_path, VERIFY)
    job.on_in_doubt, job.answers = "verify", given
    assert job.run()
    end = told(job, HostFinished)[-1]
    assert end.status is IN_DOUBT and said in end.reason and "not known" in end.reason
    assert job.sent["r1"].count("clear counters") == 1 and len(job.doubts()) == 1 and not told(job, DoubtResolved)
    job.on_in_doubt = "ask"
    assert job.run(verdicts={("r1", 1, 1, 0): "done"}) and standing(job) is CHANGED


def test_a_host_in_doubt_that_cannot_be_reached_is_still_in_doubt(tmp_path: Path) -> None:
    job = cut(tmp_path, VERIFY)
    job.on_in_doubt, job.opens = "verify", {"r1": unreachable}
    job.run()
    end = told(job, HostFinished)[-1]
    assert end.status is IN_DOUBT and "connection refused" in end.reason and "'w' took effect" in end.reason and end.phase == "tcp"


def test_no_log_hides_why_a_check_says_nothing(tmp_path: Path) -> None:
    job = cut(tmp_path, "no_log: true\n      verify: {commands: show canary, that: \"'x' in output\"}")
    job.on_in_doubt = "verify"
    job.answers = {"show canary": lambda command: Reply(command=command, output="", duration_seconds=0.0, error="% No canary")}
    assert job.run() and standing(job) is IN_DOUBT
    assert "canary" not in str(told(job, HostFinished)[-1])


def test_f51_a_host_in_doubt_whose_device_is_busy_stays_in_doubt(tmp_path: Path) -> None:
    """Not started would be a host that `retry` writes to by itself."""
    job = cut(tmp_path)
    busy = Register(refuse={"r1": Busy("job two works on it", holder="two")})
    process = Scenario(tmp_path, past=tuple(job.events), verdicts={("r1", 1, 1, 0): "not_done"}, leases=busy, on_busy="skip")
    process.run(job.playbook)
    job.events += process.events
    assert standing(job) is IN_DOUBT and len(job.doubts()) == 1 and process.told(DeviceBusy) and not process.sent("r1")


def test_a_host_whose_thread_breaks_in_the_check_stays_in_doubt(tmp_path: Path) -> None:
    def breaks(command: str) -> Reply:
        raise ValueError("a bug")

    job = cut(tmp_path, VERIFY)
    job.on_in_doubt, job.answers = "verify", {"show counters": breaks}
    assert job.run() and standing(job) is IN_DOUBT and len(job.doubts()) == 1


def test_a_check_that_is_cut_leaves_the_doubt(tmp_path: Path) -> None:
    job = cut(tmp_path, VERIFY)
    job.on_in_doubt, job.answers = "verify", {"show counters": answers("zero")}
    assert not job.run(("before", 5))  # PlayStarted, BatchStarted, HostStarted, HostConnected, TaskFinished, then the verdict
    assert standing(job) is IN_DOUBT and len(job.doubts()) == 1
    assert job.run() and standing(job) is CHANGED and job.sent["r1"].count("clear counters") == 1


def test_later_hosts_run_while_one_stays_in_doubt(tmp_path: Path) -> None:
    job = cut(tmp_path, hosts=3)
    assert job.run()
    assert [standing(job, name) for name in ("r1", "r2", "r3")] == [IN_DOUBT, CHANGED, CHANGED]
    with job.record() as record:
        assert [dict(batch.counts) for batch in record.batches.values()] == [{"in_doubt": 1, "changed": 1}, {"changed": 1}]
        assert record.batches[1].device_ids == ("r1", "r2")


@pytest.mark.parametrize(("said", "times"), [("done", 1), ("not_done", 2)])
def test_where_a_verdict_cannot_be_kept_nothing_follows_from_it(tmp_path: Path, said: str, times: int) -> None:
    job = cut(tmp_path)

    def full(event: Event) -> None:
        if isinstance(event, DoubtResolved):
            raise OSError(28, "No space left on device")

    process = Scenario(tmp_path, past=tuple(job.events), verdicts={("r1", 1, 1, 0): said}, gate=full).run(job.playbook)
    assert not process.told(HostStarted) and not process.told(HostFinished) and process.sent("r1") == []


def test_a_write_whose_end_cannot_be_kept_is_the_hosts_last(tmp_path: Path) -> None:
    """What was sent cannot be taken back; what follows and writes is not begun (F47)."""

    def full(event: Event) -> None:
        if isinstance(event, WriteEnded):
            raise OSError(28, "No space left on device")

    process = Scenario(tmp_path, gate=full)
    process.run("- hosts: all\n  tasks:\n    - commands: clear a\n    - commands: show users\n    - commands: clear b\n")
    assert process.sent("r1") == ["clear a", "show users"]
    end = process.told(HostFinished)[0]
    assert end.status is HostStatus.FAILED and "No space left" in end.reason and "nothing was sent" in end.reason


def test_a_stop_between_the_intent_and_the_first_byte_sends_nothing(tmp_path: Path) -> None:
    process = Scenario(tmp_path)
    process.watch = lambda event: process.control.stop("enough") if isinstance(event, WriteIntended) else None
    process.run("- hosts: all\n  tasks: [{commands: [show clock, clear counters]}]\n")
    assert [event.outcome for event in process.told(WriteEnded)] == ["not_sent"] and process.sent("r1") == []
    assert process.told(HostFinished)[0].status is HostStatus.STOPPED


def refuses(command: str) -> Reply:
    return Reply(command=command, output="% No", duration_seconds=0.0, error="% No")


OUTCOMES = [
    ("accepted", "clear x", {}, "done"),
    ("refused", "clear x", {"clear x": refuses}, "failed"),
    ("refused before anything was written", "[show y, clear x]", {"show y": refuses}, "not_sent"),
    ("lost", "clear x", {"clear x": lose}, "in_doubt"),
    ("lost afterwards", "[clear x, show y]", {"show y": lose}, "failed"),
]


@pytest.mark.parametrize(("commands", "given", "outcome"), [row[1:] for row in OUTCOMES], ids=[row[0] for row in OUTCOMES])
def test_each_intent_has_an_end(tmp_path: Path, commands: str, given: Any, outcome: str) -> None:
    process = Scenario(tmp_path, answers={"r1": given}).run(f"- hosts: all\n  tasks: [{{commands: {commands}}}]\n")
    [ended] = process.told(WriteEnded)
    assert ended.outcome == outcome and ended.place == process.told(WriteIntended)[0].place == 0
    kinds = [type(event) for event in process.events]
    assert kinds.index(WriteIntended) < kinds.index(WriteEnded) < kinds.index(TaskFinished)


def test_no_log_hides_what_a_write_gave(tmp_path: Path) -> None:
    process = Scenario(tmp_path, answers={"r1": {"clear x": refuses}})
    process.run("- hosts: all\n  tasks: [{commands: [clear canary, clear x], no_log: true}]\n")
    assert "canary" not in str(process.told(WriteEnded)) and "% No" not in str(process.told(WriteEnded))
