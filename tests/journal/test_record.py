"""The record of a job at every moment: before, during and after its events, over several plays."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runner.events import BatchFinished, Event, HostConnected, TextPrinted, Warned
from runner.journal.counts import WORDS, task_counts
from runner.journal.record import JobRecord
from runner.secret import Redactor, Secret
from runner.states import BatchStatus, HostStatus, JobStatus
from tests.journal.story import (
    BATCHES,
    START,
    audit,
    batch_started,
    handler_failed,
    host_finished,
    host_started,
    names,
    planned,
    record_of,
    run_finished,
    run_started,
    task,
    told,
)


@pytest.fixture
def finished() -> Iterator[JobRecord]:
    with record_of(*BATCHES) as record:
        yield told(record, audit())


def test_a_planned_job_shows_every_batch_and_host_as_pending() -> None:
    record = record_of(*BATCHES)
    assert record.status is JobStatus.PENDING
    assert [(batch.batch_number, batch.status, batch.device_ids) for batch in record.batches.values()] == [
        (number, BatchStatus.PENDING, hosts) for number, hosts in enumerate(BATCHES, 1)
    ]
    assert {host.status for host in record.hosts.values()} == {HostStatus.PENDING}
    assert (record.total_devices, record.total_batches, record.current_batch) == (25, 3, 0)
    assert record.hosts["r25"].deciding is not None
    assert record.hosts["r25"].deciding.batch_number == 3


def test_a_running_job_shows_where_it_is() -> None:
    events = audit()
    upto = next(number for number, event in enumerate(events) if isinstance(event, BatchFinished)) + 1
    with told(record_of(*BATCHES), [*events[:upto], batch_started(2, 3, BATCHES[1]), host_started("r11", 2)]) as record:
        assert (record.status, record.current_batch) == (JobStatus.RUNNING, 2)
        assert [batch.status.value for batch in record.batches.values()] == ["completed", "running", "pending"]
        assert [record.hosts[name].status.value for name in ("r1", "r7", "r11", "r12", "r21")] == [
            "ok",
            "unreachable",
            "running",
            "pending",
            "pending",
        ]


def test_a_finished_job_holds_what_happened(finished: JobRecord) -> None:
    assert (finished.status, finished.exit_code, finished.ceiling) == (JobStatus.COMPLETED, 4, 10)
    assert (finished.start_time, finished.duration_seconds) == (START, 4.1)
    first = finished.batches[1]
    assert (first.status, dict(first.counts), first.duration_seconds) == (BatchStatus.COMPLETED, {"ok": 9, "unreachable": 1}, 3.2)
    lost = finished.hosts["r7"].deciding
    assert lost is not None
    assert (lost.phase, lost.reason, lost.hint[:6]) == ("tcp", "connection refused by 127.0.0.1:20007", "is SSH")


SEVERAL_PLAYS = [
    pytest.param(["ok", "failed"], "failed", 2, id="the worst counts"),
    pytest.param(["failed", "ok"], "failed", 1, id="whenever it was"),
    pytest.param(["failed", "unreachable"], "unreachable", 2, id="unreachable outweighs failed"),
    pytest.param(["in_doubt", "unreachable"], "in_doubt", 1, id="in doubt outweighs all"),
    pytest.param(["ok", "changed"], "changed", 2, id="changed outweighs ok"),
    pytest.param(["ok", "skipped"], "ok", 1, id="ok outweighs skipped"),
    pytest.param(["ok", "ok"], "ok", 1, id="of equal ones the first"),
    pytest.param(["ok", None], "pending", 2, id="a turn still to come keeps it pending"),
    pytest.param(["failed", None], "failed", 1, id="but not when it failed"),
]


@pytest.mark.parametrize(("ends", "status", "batch"), SEVERAL_PLAYS)
def test_a_hosts_state_over_several_plays_is_its_worst(ends: list[str | None], status: str, batch: int) -> None:
    plan = [(1, "one", 1, ("r1",)), (2, "two", 1, ("r1",))]
    record = JobRecord.of_plan("j", "p.yaml", 1, plan, ["r1"])
    told(record, [host_finished("r1", end, number, play="x") for number, end in enumerate(ends, 1) if end])
    deciding = record.hosts["r1"].deciding
    assert deciding is not None
    assert (record.hosts["r1"].status.value, deciding.batch_number) == (status, batch)


def test_what_started_wins_over_the_plan() -> None:
    plan = [(1, "one", 2, ("r1", "r2")), (2, "two", 2, ("r1", "r2"))]
    record = JobRecord.of_plan("j", "p.yaml", 2, plan, ["r1", "r2"])
    told(record, [host_finished("r1"), host_finished("r2", "failed"), batch_started(2, 2, ("r1",), play="two")])
    assert record.batches[2].device_ids == ("r1",)
    assert list(record.hosts["r2"].turns) == [1]


def test_a_record_without_a_plan_learns_from_the_events() -> None:
    with told(JobRecord(), audit()) as record:
        assert [len(batch.device_ids) for batch in record.batches.values()] == [10, 10, 5]
        assert len(record.hosts) == 25


def test_hosts_that_were_running_when_the_run_ended_are_stopped_and_the_others_stay_pending() -> None:
    record = record_of(names(1, 2), names(3, 4))
    told(record, [run_started(4, 2), batch_started(1, 2, ("r1", "r2")), host_started("r1"), run_finished(7, status=JobStatus.STOPPED)])
    assert [host.status.value for host in record.hosts.values()] == ["stopped", "pending", "pending", "pending"]


COUNTS = [
    pytest.param([task("r1")], "ok", {"ok": 1}, id="ok"),
    pytest.param([task("r1", "changed", changed=True)], "changed", {"ok": 1, "changed": 1}, id="changed is also ok"),
    pytest.param([task("r1"), task("r1", "skipped")], "ok", {"ok": 1, "skipped": 1}, id="skipped"),
    pytest.param([task("r1"), task("r1", "failed")], "failed", {"ok": 1, "failed": 1}, id="failed"),
    pytest.param([task("r1", "failed", ignored=True)], "ok", {"ok": 1, "ignored": 1}, id="ignored is also ok"),
    pytest.param(
        [task("r1", "failed", ignored=True, changed=True)], "ok", {"ok": 1, "changed": 1, "ignored": 1}, id="ignored after a change"
    ),
    pytest.param([], "unreachable", {"unreachable": 1}, id="no connection"),
    pytest.param([task("r1", "unreachable")], "unreachable", {"unreachable": 1}, id="lost in a task counts once"),
    pytest.param([task("r1")], "failed", {"ok": 1, "failed": 1}, id="lost between two tasks"),
    pytest.param([task("r1", "in_doubt")], "in_doubt", {}, id="in doubt is none of the seven"),
    pytest.param([task("r1", "stopped")], "stopped", {}, id="stopped is none of the seven"),
]


@pytest.mark.parametrize(("tasks", "end", "expected"), COUNTS)
def test_tasks_are_counted_in_ansibles_words(tasks: list[Event], end: str, expected: dict[str, int]) -> None:
    record = told(record_of(("r1",)), [*tasks, host_finished("r1", end)])
    counts = task_counts(record.hosts["r1"])
    assert counts == {**dict.fromkeys(WORDS, 0), **expected}
    assert tuple(counts) == WORDS


def test_events_that_tell_nothing_new_about_hosts_pass_by() -> None:
    record = record_of(("r1",))
    told(record, [TextPrinted(host="r1", task="t", text="x"), HostConnected(host="r1", play="p", batch_number=1, duration_seconds=1)])
    assert record.hosts["r1"].status is HostStatus.PENDING


def test_warnings_and_handler_errors_are_kept() -> None:
    record = told(record_of(("r1",)), [Warned(message="no key", hint="make one"), handler_failed("r1", hint="chmod")])
    assert record.warnings == ["no key (make one)"]
    assert [(error.host, error.handler, error.hint) for error in record.handler_errors] == [("r1", "save", "chmod")]


def test_f64_no_secret_gets_into_the_record() -> None:
    secret = "correct-horse-battery"
    redact = Redactor([Secret(secret)])
    with record_of(("r1",), redact=redact) as record:
        told(
            record,
            [
                task("r1", "failed", output=f"username admin password {secret}", reason=f"refused {secret}", hint=secret),
                handler_failed("r1", message=f"cannot write {secret}", command=f"show {secret}"),
                host_finished("r1", "failed", reason=f"because {secret}", hint=f"try {secret}"),
                Warned(message=secret),
                run_finished(2, reason=secret),
            ],
        )
        stored = record.hosts["r1"].tasks[0].results[0]
        everything = repr((vars(record), record.hosts["r1"].tasks, record.spool.read(stored)))
    assert secret not in everything
    assert everything.count("******") >= 8


def test_planned_batches_may_have_no_hosts() -> None:
    assert JobRecord.of_plan("j", "p.yaml", 10, planned(), []).total_batches == 0
