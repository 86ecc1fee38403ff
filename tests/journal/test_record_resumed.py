"""The record of a job that was cut off and went on is that of one that ran in one go, at every moment (F41)."""

from __future__ import annotations

from typing import Any

from runner.events import Warned, WriteIntended
from runner.job_events import DoubtResolved, RunInterrupted, RunResumed, WriteEnded
from runner.journal.record import JobRecord
from runner.states import HostStatus, JobStatus
from tests.journal.story import PLAY, batch_started, handler_failed, host_finished, host_started, record_of, run_started, task, told

STEP: dict[str, Any] = {"host": "r1", "play": PLAY, "batch_number": 1, "index": 1, "task": "set"}
INTENT = WriteIntended(**STEP, action="config")
CUT = RunInterrupted(job_id="j1", reason="the process is gone")
WARNING = Warned(message="odd")
BEGUN = [run_started(1, 1), batch_started(1, 1, ("r1",)), host_started("r1"), handler_failed("r1"), WARNING, task("r1", "ok")]


def ended(outcome: str) -> WriteEnded:
    return WriteEnded(**STEP, place=0, outcome=outcome)


def wrote(status: str) -> Any:
    return task("r1", status, index=1, name="set")


def resumed(*hosts: str) -> list[Any]:
    return [RunResumed(job_id="j1", by="ann", hosts=hosts), run_started(1, 1), batch_started(1, 1, ("r1",))]


def tasks(record: JobRecord) -> list[tuple[int, str]]:
    return [(each.index, each.status.value) for each in record.hosts["r1"].tasks]


def status(record: JobRecord) -> HostStatus:
    return record.hosts["r1"].status


def test_what_is_run_again_takes_the_place_of_what_was_told_before() -> None:
    record = told(record_of(("r1",)), [*BEGUN, INTENT, ended("done"), wrote("changed"), CUT])
    assert (record.status, status(record)) == (JobStatus.INTERRUPTED, HostStatus.STOPPED)
    told(record, resumed("r1"))
    assert (record.status, status(record), record.reason, record.end_time) == (JobStatus.RUNNING, HostStatus.PENDING, "", None)
    told(record, [host_started("r1")])
    assert tasks(record) == [(1, "changed")] and not record.handler_errors, "what was read is read again, what was written stays"
    told(record, [handler_failed("r1"), WARNING, task("r1", "ok"), host_finished("r1", "changed")])
    assert tasks(record) == [(0, "ok"), (1, "changed")] and status(record) is HostStatus.CHANGED
    assert len(record.handler_errors) == len(record.warnings) == 1


def test_a_doubt_stays_until_it_is_resolved_whatever_is_read_again() -> None:
    record = told(record_of(("r1",)), [*BEGUN, INTENT, ended("in_doubt"), wrote("in_doubt"), host_finished("r1", "in_doubt")])
    told(record, [CUT, *resumed(), host_started("r1"), task("r1", "ok")])
    assert status(record) is HostStatus.RUNNING and tasks(record) == [(0, "ok"), (1, "in_doubt")]
    told(record, [CUT])
    assert status(record) is HostStatus.IN_DOUBT
    told(record, [*resumed(), DoubtResolved(**STEP, place=0, verdict="done", how="person")])
    assert status(record) is HostStatus.PENDING
    told(record, [host_started("r1"), task("r1", "ok"), wrote("changed"), host_finished("r1", "changed")])
    assert tasks(record) == [(0, "ok"), (1, "changed")] and status(record) is HostStatus.CHANGED


def test_a_turn_that_is_under_way_when_a_doubt_is_resolved_goes_on() -> None:
    record = told(record_of(("r1",)), [*BEGUN, INTENT, CUT, *resumed(), host_started("r1")])
    told(record, [DoubtResolved(**STEP, place=0, verdict="not_done", how="verify")])
    assert status(record) is HostStatus.RUNNING
    assert status(told(record, [CUT])) is HostStatus.STOPPED, "nothing is in doubt any more"


def test_an_intent_of_which_nothing_was_sent_leaves_no_doubt() -> None:
    assert status(told(record_of(("r1",)), [*BEGUN, INTENT, ended("not_sent"), CUT])) is HostStatus.STOPPED


def test_a_handlers_error_goes_with_the_task_whose_end_was_not_told_any_more() -> None:
    """The handlers of a write run again where their task had not ended, and what they say then is what holds."""
    cut = [*BEGUN, INTENT, ended("done"), handler_failed("r1", task="set"), CUT]
    record = told(record_of(("r1",)), [*cut, *resumed("r1"), host_started("r1"), task("r1", "ok"), wrote("changed")])
    assert not record.handler_errors
