"""Devices on which other jobs work: the line while it goes on, and which job has which device at the end."""

from __future__ import annotations

import io

import pytest

from runner.events import Event, HostHeldBack
from runner.job_events import DeviceBusy
from runner.journal.record import JobRecord
from runner.reporters.console import Console
from runner.reporters.recap import recap_lines
from runner.states import HostStatus
from tests.journal import story

HOLDER = "20260301-115900-a1b2"


def busy(host: str, decision: str, holder: str = HOLDER, reason: str = f"job {HOLDER} works on it") -> DeviceBusy:
    return DeviceBusy(host=host, play=story.PLAY, batch_number=1, holder=holder, decision=decision, reason=reason)


def held(host: str) -> HostHeldBack:
    return HostHeldBack(host=host, play=story.PLAY, batch_number=1, reason=f"job {HOLDER} works on it")


def shown(record: JobRecord, events: list[Event], verbosity: int = 0) -> list[str]:
    """What stands on stderr of the run."""
    err = io.StringIO()
    console = Console(record, out=io.StringIO(), err=err, verbosity=verbosity, environ={})
    for event in events:
        record.apply(event)
        console(event)
    console.close()
    return err.getvalue().splitlines()


ROWS = [
    ("wait", f"r1  waits: job {HOLDER} works on it"),
    ("skip", f"r1  not started: job {HOLDER} works on it"),
    ("fail", f"r1  not started: job {HOLDER} works on it; nothing more is started"),
]


@pytest.mark.parametrize("verbosity", [0, 2])
@pytest.mark.parametrize(("decision", "line"), ROWS, ids=[row[0] for row in ROWS])
def test_a_busy_device_is_told_once_with_who_has_it(decision: str, line: str, verbosity: int) -> None:
    with story.record_of(("r1", "r2")) as record:
        more = [] if decision == "wait" else [held("r1")]
        assert shown(record, [busy("r1", decision), *more], verbosity) == [line]


@pytest.mark.parametrize(("verbosity", "lines"), [(0, 1), (1, 2)])
def test_that_no_session_is_free_is_told_once(verbosity: int, lines: int) -> None:
    reason = "3 hosts of this job are at work, and max_sessions allows 3"
    with story.record_of(("r1", "r2")) as record:
        told = shown(record, [busy("r1", "wait", "", reason), busy("r2", "wait", "", reason)], verbosity)
    assert told[0] == f"r1  waits: {reason}" and len(told) == lines


def test_the_recap_says_which_job_has_which_device() -> None:
    other = "20260301-115800-ffff"
    with story.record_of(("r1", "r2", "r3", "r4", "r5")) as record:
        waited = [busy("r1", "wait"), story.host_started("r1"), story.host_finished("r1", "ok")]
        skipped = [busy("r4", "skip"), busy("r2", "skip"), held("r2"), busy("r3", "skip", other)]
        story.told(
            record, [story.run_started(5, 1), story.batch_started(1, 1, story.names(1, 5)), *waited, *skipped, story.run_finished(6)]
        )
        lines = recap_lines(record, None, False)
        assert record.hosts["r2"].status is HostStatus.PENDING and record.hosts["r2"].deciding
    assert f"not started, job {HOLDER} works on the device (2): r2, r4" in lines
    assert f"not started, job {other} works on the device (1): r3" in lines
    assert "not started (1): r5" in lines


def test_a_host_that_is_started_after_all_is_not_busy_any_more() -> None:
    with story.record_of(("r1",)) as record:
        story.told(record, [busy("r1", "skip"), held("r1"), story.host_started("r1"), story.host_finished("r1", "ok")])
        assert not record.busy
