"""The cache is what the events say: whatever story they tell, appending them one by one gives what a rebuild gives (F40)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from runner.events import BatchFinished, BatchStarted, Event, HostHeldBack, HostStarted, Warned
from runner.job import Wanted
from runner.job_events import ControlRequested, DoubtResolved, RunInterrupted, RunResumed
from runner.states import BatchStatus, HostStatus, JobStatus
from runner.store import tables
from runner.store.rebuilding import differences, rebuild
from runner.store.store import Store
from tests.store.stories import (
    HOSTS,
    accept,
    host_finished,
    intent,
    run_finished,
    run_started,
    task_finished,
    turns,
    whole_run,
    write_ended,
)

_TEXTS = st.text(max_size=8) | st.sampled_from(["", "\0", "\udc80", "x" * 300])
_HOST = st.sampled_from([*HOSTS, "stranger"])
_NUMBER = st.sampled_from([1, 2, 3])


def _resolved(host: str, number: int, verdict: str) -> DoubtResolved:
    return DoubtResolved(host=host, play="p", batch_number=number, index=0, place=0, task="Set", verdict=verdict, how="person")


def _batch_started(number: int, hosts: list[str]) -> BatchStarted:
    return BatchStarted(play="p", batch_number=number, total_batches=2, batch_size=2, device_ids=tuple(hosts))


def _batch_finished(number: int, status: BatchStatus, seconds: float) -> BatchFinished:
    now = datetime.now(UTC)
    return BatchFinished(
        play="p", batch_number=number, total_batches=2, status=status, counts={}, start_time=now, end_time=now, duration_seconds=seconds
    )


_EVENT: st.SearchStrategy[Event] = st.one_of(
    st.just(run_started("one")),
    st.builds(HostStarted, host=_HOST, play=st.just("p"), batch_number=_NUMBER),
    st.builds(HostHeldBack, host=_HOST, play=st.just("p"), batch_number=_NUMBER, reason=_TEXTS),
    st.builds(intent, _HOST, _NUMBER),
    st.builds(write_ended, _HOST, _NUMBER, st.sampled_from(["done", "failed", "not_sent", "in_doubt"])),
    st.builds(task_finished, _HOST, _NUMBER, _TEXTS),
    st.builds(host_finished, _HOST, _NUMBER, st.sampled_from(HostStatus), _TEXTS),
    st.builds(_resolved, _HOST, _NUMBER, st.sampled_from(["done", "not_done"])),
    st.builds(_batch_started, _NUMBER, st.lists(_HOST, unique=True)),
    st.builds(_batch_finished, _NUMBER, st.sampled_from(BatchStatus), st.floats(0, 1e6)),
    st.builds(ControlRequested, job_id=st.just("one"), wanted=st.sampled_from(Wanted), by=_TEXTS),
    st.builds(RunInterrupted, job_id=st.just("one"), reason=_TEXTS),
    st.builds(RunResumed, job_id=st.just("one"), by=_TEXTS, hosts=st.lists(_HOST).map(tuple)),
    st.builds(run_finished, st.just("one"), st.sampled_from(JobStatus), _TEXTS),
    st.builds(Warned, message=_TEXTS),
)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(story=st.lists(_EVENT, max_size=25))
def test_a_rebuild_gives_what_appending_gave(story: list[Event]) -> None:
    with tempfile.TemporaryDirectory() as folder, Store.at(str(Path(folder) / "jobs.db")) as store:
        journal = store.journal(accept(store, "one"), lambda text: text.replace("x", "*"))
        for event in story:
            journal(event)
        journal.close()
        assert journal.complete and not differences(store)
        before = _cache(store)
        rebuild(store)
        assert _cache(store) == before


def _cache(store: Store) -> list[tuple[object, ...]]:
    with store.reading() as connection:
        return [
            tuple(row) for table in (tables.job, *tables.CACHE) for row in connection.execute(select(table).order_by(*table.primary_key))
        ]


@pytest.fixture
def run(stored: Store) -> Iterator[Store]:
    """A store with one whole run."""
    journal = stored.journal(accept(stored, "one"))
    for event in whole_run("one"):
        journal(event)
    journal.close()
    yield stored


def test_a_cache_that_is_wrong_is_seen_and_made_again(run: Store) -> None:
    accept(run, "two")
    before = _cache(run)
    run.writer.run(lambda connection: connection.execute(update(tables.turn).where(tables.turn.c.host == "r1").values(status="failed")))
    run.writer.run(lambda connection: connection.execute(delete(tables.batch).where(tables.batch.c.job == "two")))
    assert differences(run) == {"one": ("turn",), "two": ("turn", "batch")}
    assert rebuild(run) == 2
    assert _cache(run) == before and not differences(run)


def test_hosts_that_had_their_turn_stay_in_a_batch_that_goes_on(stored: Store) -> None:
    journal = stored.journal(accept(stored, "one"))
    before: list[Event] = [
        run_started("one"),
        _batch_started(1, ["r1", "r2"]),
        HostStarted(host="r1", play="p", batch_number=1),
        host_finished("r1", status=HostStatus.FAILED),
        HostStarted(host="r2", play="p", batch_number=1),
        intent("r2"),
        RunInterrupted(job_id="one", reason="gone"),
    ]
    for event in before:
        journal(event)
    assert turns(stored, "one") == {"r1": "failed", "r2": "in_doubt", "r3": "pending", "r4": "pending"}
    journal(_resolved("r2", 1, "not_done"))
    journal(RunResumed(job_id="one", by="ann", hosts=("r2", "r3", "r4")))
    journal(_batch_started(1, ["r2"]))
    assert turns(stored, "one") == {"r1": "failed", "r2": "pending", "r3": "pending", "r4": "pending"}


def test_hosts_that_fell_out_before_their_batch_began_are_not_in_it(stored: Store) -> None:
    journal = stored.journal(accept(stored, "one"))
    for event in (run_started("one"), _batch_started(2, ["r4"]), run_finished("one")):
        journal(event)
    assert turns(stored, "one") == {"r1": "pending", "r2": "pending", "r4": "pending"}
