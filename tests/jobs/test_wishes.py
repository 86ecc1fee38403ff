"""A job that somebody else pauses or stops while it runs: judged by its record and by what the devices saw."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from runner.events import BatchStarted, Event, HostStarted, RunFinished, Tell
from runner.execution.control import Control
from runner.job import Wanted
from runner.job_events import ControlRequested
from runner.jobs.prepare import read_and_plan
from runner.jobs.ready import job_of
from runner.jobs.run import run_job
from runner.jobs.watching import Watched
from runner.journal.record import JobRecord
from runner.lab import Device, Faults
from runner.settings.load import load_settings
from runner.states import HostStatus, JobStatus
from tests.project import CANARY, Project
from tests.user.waiting import until

PLAYBOOK = """
- name: audit
  hosts: all
  batch_size: 2
  tasks:
    - {name: clock, commands: show clock}
    - {name: version, commands: show version}
"""
SECOND = "- {name: again, hosts: all, batch_size: 3, tasks: [{name: users, commands: show users}]}\n"
BY = "ann@host"

When = Callable[[Event], bool]


def batch(number: int) -> When:
    return lambda event: isinstance(event, BatchStarted) and event.batch_number == number


def turn(host: str) -> When:
    return lambda event: isinstance(event, HostStarted) and event.host == host


def run(project: Project, playbook: str, wanted: Wanted, when: When, rate: float | None = None) -> tuple[JobRecord, list[Event]]:
    """Run the playbook; at the moment when, everything stands still until the wish has reached the control."""
    settings = load_settings(flags={"inventory": project.folder / "inventory"}, environ={}, project=project.folder)
    planned = read_and_plan(project.write("x.yaml", playbook), settings)
    control, events, wish = Control(), list[Event](), (Wanted.RUN, "")

    def tell(event: Event) -> None:
        nonlocal wish
        events.append(event)
        if when(event):
            wish = (wanted, BY)
            until(lambda: control.wanted == wish, "the wish reaches the control")

    def reporters(record: JobRecord, redact: Callable[[str], str]) -> Sequence[Tell]:
        return [tell] if isinstance(record, JobRecord) else []

    job = job_of(planned, ask_pass=None, ask_enable=None, ask_host_key=None)
    job = replace(job, login_rate=rate, watched=Watched(wanted=lambda: wish, every=0.02))
    record = run_job(job, reporters, control)
    record.close()
    return record, events


ENDS = [
    # playbook, wish, when, state, reason, hosts that were not started
    (PLAYBOOK, Wanted.PAUSE_AFTER_BATCH, batch(2), JobStatus.PAUSED, "paused by ann@host after batch 2", ("r5", "r6")),
    (PLAYBOOK, Wanted.STOP_AFTER_BATCH, batch(2), JobStatus.STOPPED, "stopped by ann@host after batch 2", ("r5", "r6")),
    (PLAYBOOK, Wanted.PAUSE_AFTER_HOST, batch(2), JobStatus.PAUSED, "paused by ann@host within batch 2", ("r3", "r4", "r5", "r6")),
    (PLAYBOOK, Wanted.STOP_NOW, batch(2), JobStatus.STOPPED, "stopped by ann@host", ("r3", "r4", "r5", "r6")),
    (PLAYBOOK, Wanted.PAUSE_AFTER_BATCH, batch(3), JobStatus.COMPLETED, "", ()),
    (PLAYBOOK, Wanted.STOP_AFTER_HOST, turn("r6"), JobStatus.COMPLETED, "", ()),
    (PLAYBOOK + SECOND, Wanted.PAUSE_AFTER_BATCH, batch(3), JobStatus.PAUSED, "paused by ann@host after batch 3", ("r1", "r2", "r3")),
]
IDS = ["pause", "stop", "pause before the hosts of a batch", "stop now", "pause of the last batch", "stop at the last host", "two plays"]


@pytest.mark.parametrize(("playbook", "wanted", "when", "status", "reason", "left"), ENDS, ids=IDS)
def test_f36_how_a_job_ends_that_somebody_wants_to_end(
    project: Project, playbook: str, wanted: Wanted, when: When, status: JobStatus, reason: str, left: tuple[str, ...]
) -> None:
    fleet = project.fleet(6)
    # The last host's turn begins when the other of its batch is at work: else it would not begin at all.
    record, events = run(project, playbook, wanted, when, rate=5.0 if wanted is Wanted.STOP_AFTER_HOST else None)
    two_plays = playbook is not PLAYBOOK
    assert (record.status, record.reason) == (status, reason)
    assert record.exit_code == (0 if status is JobStatus.COMPLETED else 7)
    assert record.not_started[: len(left)] == left and (two_plays or len(record.not_started) == len(left))
    assert fleet.wait_idle()
    reached = [f"r{n}" for n in range(1, 7) if two_plays or f"r{n}" not in left]
    for name in [f"r{n}" for n in range(1, 7)]:
        sent = [line for line in fleet.log(name) if line in ("show clock", "show version", "show users")]
        assert sent == (["show clock", "show version"] if name in reached else []), name
    told = [(event.wanted, event.by) for event in events if isinstance(event, ControlRequested)]
    assert told == [(wanted, BY)] and isinstance(events[-1], RunFinished)


def test_f36_hosts_at_work_do_their_whole_play_and_those_at_the_gate_do_not_begin(project: Project) -> None:
    fleet = project.fleet(6)
    record, _ = run(project, PLAYBOOK, Wanted.PAUSE_AFTER_HOST, turn("r3"), rate=0.7)
    assert (record.status, record.exit_code, record.reason) == (JobStatus.PAUSED, 7, "paused by ann@host within batch 2")
    assert record.not_started == ("r4", "r5", "r6")
    assert [line for line in fleet.log("r3") if line.startswith("show ")] == ["show clock", "show version"]
    assert record.hosts["r3"].status is HostStatus.OK and fleet.counters("r4").total == 0


def test_f36_hosts_at_the_gate_do_begin_where_the_batch_is_to_end(project: Project) -> None:
    fleet = project.fleet(6)
    record, _ = run(project, PLAYBOOK, Wanted.PAUSE_AFTER_BATCH, turn("r3"), rate=2.0)
    assert record.not_started == ("r5", "r6") and fleet.counters("r4").total == 1


def test_a_limit_that_is_passed_meanwhile_is_why_it_ended(project: Project) -> None:
    refused = Faults(refuse=True)
    project.fleet([Device(name=f"r{n}", password=CANARY, faults=refused if n == 3 else Faults()) for n in range(1, 7)])
    record, _ = run(project, PLAYBOOK.replace("  tasks:", "  max_failures: 0\n  tasks:"), Wanted.PAUSE_AFTER_BATCH, batch(2))
    assert (record.status, record.exit_code) == (JobStatus.FAILED, 4) and "max_failures" in record.reason
