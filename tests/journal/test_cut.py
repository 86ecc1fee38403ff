"""The record of a job that was cut off, and went on."""

from __future__ import annotations

from typing import Any

from runner.events import HostStarted, WriteIntended
from runner.job_events import DoubtResolved, RunInterrupted, RunResumed, WriteEnded
from runner.journal.record import JobRecord
from runner.states import HostStatus, JobStatus
from tests.journal import story

PLACE: dict[str, Any] = {"play": story.PLAY, "batch_number": 1, "index": 0, "task": "Set NTP"}


def cut() -> JobRecord:
    """r1 had written, r2 was writing, r3 was reading, r4's turn had not come."""
    record = story.record_of(story.names(1, 3), story.names(4, 4))
    events = [
        story.run_started(4, 2),
        *(HostStarted(host=host, play=story.PLAY, batch_number=1) for host in story.names(1, 3)),
        *(WriteIntended(host=host, action="config", **PLACE) for host in story.names(1, 2)),
        WriteEnded(host="r1", place=0, outcome="done", **PLACE),
        RunInterrupted(job_id="j1", reason="the process that ran it is gone"),
    ]
    return story.told(record, events)


def states(record: JobRecord) -> list[str]:
    return [host.status.value for host in record.hosts.values()]


def test_f31_a_job_that_was_cut_says_so_and_only_an_open_write_is_in_doubt() -> None:
    record = cut()
    assert (record.status, record.reason) == (JobStatus.INTERRUPTED, "the process that ran it is gone")
    assert states(record) == ["stopped", "in_doubt", "stopped", "pending"]
    assert "Set NTP" in record.hosts["r2"].turns[1].reason


def test_a_job_that_goes_on_runs_again_and_what_was_cut_is_not_begun() -> None:
    record = story.told(cut(), [RunResumed(job_id="j1", by="ann@laptop", hosts=("r1", "r3", "r4"))])
    assert (record.status, record.reason, record.exit_code, record.end_time) == (JobStatus.RUNNING, "", None, None)
    assert states(record) == ["pending", "in_doubt", "pending", "pending"]


def test_a_doubt_that_is_resolved_leaves_the_host_to_be_run() -> None:
    record = story.told(cut(), [DoubtResolved(host="r2", place=0, verdict="not_done", how="person", **PLACE)])
    assert record.hosts["r2"].status is HostStatus.PENDING
