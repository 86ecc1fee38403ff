"""What a job that was cut off has done, and what is left of it, from its events alone."""

from __future__ import annotations

from typing import Any

import pytest

from runner.events import Event, HostFinished, HostStarted, TaskFinished, WriteIntended
from runner.job_events import DoubtResolved, RunInterrupted, WriteEnded
from runner.progress import Progress
from runner.states import HostStatus, TaskStatus

HOST: dict[str, Any] = {"host": "r1", "play": "p", "batch_number": 1}
STEP: dict[str, Any] = {**HOST, "index": 2, "task": "set", "place": 0}
STARTED = HostStarted(**HOST)
INTENT = WriteIntended(**STEP, action="config")
CUT = RunInterrupted(job_id="j", reason="gone")


def ended(outcome: str) -> WriteEnded:
    return WriteEnded(**STEP, outcome=outcome)


def task(status: TaskStatus) -> TaskFinished:
    return TaskFinished(**HOST, index=2, name="set", action="config", status=status)


def host(status: HostStatus) -> HostFinished:
    return HostFinished(**HOST, status=status)


def resolved(verdict: str) -> DoubtResolved:
    return DoubtResolved(**STEP, verdict=verdict, how="person")


@pytest.mark.parametrize(
    ("events", "turn", "finished", "written", "doubts"),
    [
        ([STARTED], None, False, False, 0),
        ([STARTED, CUT], None, False, False, 0),
        ([STARTED, INTENT, CUT], HostStatus.IN_DOUBT, False, False, 1),
        ([STARTED, INTENT, ended("in_doubt"), host(HostStatus.IN_DOUBT)], HostStatus.IN_DOUBT, False, False, 1),
        ([STARTED, INTENT, ended("not_sent"), CUT], None, False, False, 0),
        ([STARTED, INTENT, ended("done"), CUT], None, False, True, 0),
        ([STARTED, INTENT, ended("done"), task(TaskStatus.STOPPED), host(HostStatus.STOPPED)], None, False, True, 0),
        ([STARTED, INTENT, ended("done"), task(TaskStatus.CHANGED), CUT], None, True, True, 0),
        ([STARTED, INTENT, ended("failed"), task(TaskStatus.FAILED), host(HostStatus.FAILED)], HostStatus.FAILED, True, True, 0),
        ([STARTED, task(TaskStatus.OK), host(HostStatus.OK)], HostStatus.OK, False, False, 0),
        ([STARTED, INTENT, CUT, resolved("done")], None, False, True, 0),
        ([STARTED, INTENT, CUT, resolved("not_done")], None, False, False, 0),
        ([STARTED, host(HostStatus.STOPPED), STARTED, host(HostStatus.OK)], HostStatus.OK, False, False, 0),
    ],
    ids=[
        *("at work", "cut while reading", "cut while writing", "in doubt", "not sent", "written, then cut", "stopped after a write"),
        *("task ended, then cut", "refused", "only read", "said to be done", "said not to be done", "gone on"),
    ],
)
def test_f41_what_is_left(events: list[Event], turn: HostStatus | None, finished: bool, written: bool, doubts: int) -> None:
    progress = Progress.of(events)
    assert progress.ended(1, "r1") == turn
    assert (("r1", 1, 2) in progress.finished) == finished
    assert (("r1", 1, 2, 0) in progress.written) == written
    assert len(progress.doubts("r1")) == len(progress.doubts()) == doubts


def test_a_round_that_turned_out_to_be_done_keeps_what_was_seen_of_it() -> None:
    """Lines are all taken then; what the device answered in the end is not known, and the task says so where it is wanted."""
    seen = WriteEnded(**STEP, outcome="in_doubt", reason="lost", applied=1, total=3, diff="+ a")
    progress = Progress.of([STARTED, WriteIntended(**STEP, action="config", lines=3), seen, CUT, resolved("done")])
    [done] = progress.rounds("r1", 1, 2).values()
    assert (done.outcome, done.changed, done.reason, done.applied, done.total, done.diff) == ("done", True, "", 3, 3, "+ a")
    assert progress.unseen == {("r1", 1, 2)} and not progress.doubts()
