"""What a store promises, whichever database it is in."""

from __future__ import annotations

import threading
import time
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update

from runner.events import HostStarted, RunStarted, Warned
from runner.job import Wanted
from runner.job_events import ControlRequested, RunInterrupted
from runner.states import HostStatus, JobStatus
from runner.store import tables
from runner.store.checking import check
from runner.store.owners import Owner
from runner.store.reading import find
from runner.store.store import AlreadyAccepted, Store
from runner.store.troubles import NoStore, StoreError
from tests.store.stories import BATCHES, accept, host_finished, intent, kinds, new_job, run_started, turns, whole_run


def test_what_is_told_is_read_again_in_its_order(stored: Store, where: str) -> None:
    story = whole_run(accept(stored, "one"))
    journal = stored.journal("one")
    for event in story:
        journal(event)
    journal.close()
    assert journal.complete and not journal.lost
    with Store.at(where, create=False) as other:
        read = list(other.events("one"))
        assert [event.__class__ for _, event in read] == [event.__class__ for event in story]
        assert [seq for seq, _ in read] == sorted({seq for seq, _ in read})
        job = find(other, "last")
    assert (job.id, job.status, job.exit_code, job.current_batch, job.duration_seconds) == ("one", JobStatus.COMPLETED, 0, 2, 1.988)
    assert turns(stored, "one") == dict.fromkeys(("r1", "r2", "r3", "r4"), "changed")
    assert check(stored.place) == ()


def test_there_is_no_store_before_something_was_recorded(where: str) -> None:
    with pytest.raises(NoStore, match="there is no store of jobs"):
        Store.at(where, create=False)


def test_a_job_with_the_same_key_is_accepted_once(stored: Store) -> None:
    """F46"""
    accept(stored, "one", idempotency_key="k")
    with pytest.raises(AlreadyAccepted) as refused:
        accept(stored, "two", idempotency_key="k")
    assert refused.value.job == "one"
    with pytest.raises(StoreError, match="job one is stored already"):
        accept(stored, "one")
    with pytest.raises(StoreError, match="at most 255"):
        accept(stored, "three", idempotency_key="k" * 256)


def test_nothing_secret_reaches_a_table(stored: Store) -> None:
    """F60: the cache is made from what is stored, and not from what was told."""
    accept(stored, "one")
    journal = stored.journal("one", lambda text: text.replace("TOPSECRET", "***"))
    journal(HostStarted(host="r1", play="p", batch_number=1))
    journal(host_finished("r1", status=HostStatus.FAILED, reason="% bad: TOPSECRET"))
    journal(RunInterrupted(job_id="one", reason="TOPSECRET"))
    with stored.reading() as connection:
        rows = [str(row) for table in tables.metadata.sorted_tables for row in connection.execute(select(table))]
    assert not [row for row in rows if "TOPSECRET" in row] and [row for row in rows if "% bad: ***" in row]


def test_texts_that_no_database_takes_are_stored_all_the_same(stored: Store) -> None:
    """A NUL, and bytes that were no UTF-8: events give them back, the cache shows them as unreadable."""
    accept(stored, "one", ((1, "p\0", ("r\udc80", "r2")),))
    journal = stored.journal("one")
    for event in (HostStarted(host="r\udc80", play="p\0", batch_number=1), Warned(message="a\0b\udcff")):
        journal(event)
    journal(host_finished("r\udc80", reason="x\0y\udcff", status=HostStatus.FAILED))
    journal.close()
    assert not journal.lost
    assert turns(stored, "one") == {"r\ufffd": "failed", "r2": "pending"}
    assert [event.message for _, event in stored.events("one") if isinstance(event, Warned)] == ["a\0b\udcff"]


def test_long_outputs_come_back(stored: Store) -> None:
    from tests.store.stories import task_finished

    accept(stored, "one")
    text = "é\0\udc80x" * 50_000
    stored.journal("one")(task_finished("r1", output=text))
    (read,) = [event for _, event in stored.events("one")]
    assert read.results[0].output == text  # type: ignore[attr-defined]  # it is the TaskFinished


def test_what_is_wanted_of_a_job_is_a_stored_fact(stored: Store, where: str) -> None:
    accept(stored, "one")
    with Store.at(where) as other:
        other.request("one", Wanted.PAUSE_AFTER_BATCH, "bob@there")
    assert stored.wanted("one") == (Wanted.PAUSE_AFTER_BATCH, "bob@there")
    assert [type(event) for _, event in stored.events("one")] == [ControlRequested]


def test_a_request_to_a_job_that_is_not_there_is_an_error_and_not_lost(stored: Store) -> None:
    with pytest.raises(Exception):  # noqa: B017 - which one is the database's affair; that it is one is ours
        stored.request("none", Wanted.STOP_NOW, "ann")


def test_a_job_has_one_owner(stored: Store, where: str) -> None:
    """F50c"""
    accept(stored, "one")
    with Store.at(where) as other:
        with pytest.raises(StoreError, match="runs already"):
            other.take("one")
        stored.take("one")


def test_f50c_of_two_that_go_on_with_a_job_at_once_only_the_later_one_records_anything(stored: Store, where: str) -> None:
    """The other took it after this process did, before either of them had told anything."""
    accept(stored, "one")
    stored.journal("one")(RunInterrupted(job_id="one", reason="gone"))
    stored.take("one")
    lost: list[str] = []
    with Store.at(where) as other:
        other.take("one")
        journal = stored.journal("one", on_lost=lost.append)
        journal(run_started("one"))
        assert lost and "not its own" in lost[0]
        other.journal("one")(run_started("one"))
        assert [type(event) for _, event in stored.events("one")] == [RunInterrupted, RunStarted]


def test_a_job_that_went_on_since_it_was_looked_at_is_not_taken(stored: Store, where: str) -> None:
    """What a person said of its doubts was said of an older state."""
    accept(stored, "one")
    seen = stored.last_event("one")
    stored.take("one", seen=seen)
    for event in whole_run("one"):
        stored.journal("one")(event)
    with Store.at(where) as other:
        with pytest.raises(StoreError, match="went on meanwhile"):
            other.take("one", seen=seen)
        other.take("one", seen=other.last_event("one"))
        with pytest.raises(StoreError, match="there is no job"):
            other.take("none")


LIVES = [
    # name, machine and boot of the other process, whether it is taken to live
    ("an earlier boot of this machine", "node/1", "before", False),
    ("another machine", "other/2", "before", True),
    ("another machine of the same name", "node/2", "before", True),
    ("machines that nothing tells apart", "", "before", True),
]


@pytest.mark.parametrize(("machine", "boot", "lives"), [row[1:] for row in LIVES], ids=[row[0] for row in LIVES])
def test_who_is_taken_for_dead_before_its_lease_is_over(machine: str, boot: str, lives: bool) -> None:
    """A store on a server may be used from two machines that are both called `localhost`."""
    own = Owner(id="own", machine=machine and "node/1", boot="now", pids="p", pid=1)
    other = Owner(id="other", machine=machine, boot=boot, pids="p", pid=1)
    assert own.is_alive(SimpleNamespace(**other.row())) is lives


def test_a_process_that_was_taken_for_dead_records_nothing_more(stored: Store, where: str) -> None:
    """F37: halted for longer than its lease, then awake again."""
    accept(stored, "one")
    lost: list[str] = []
    journal = stored.journal("one", on_lost=lost.append)
    journal(run_started("one"))
    with stored.engine.begin() as connection:
        connection.execute(update(tables.owner).values(until_monotonic=0.0, until_wall=0.0))
    with Store.at(where) as other:
        other.me = Owner.me()
        assert other.settle() == ("one",)
        with pytest.raises(StoreError, match="taken for dead"):
            journal(intent("r1"))
        journal(host_finished("r1"))
        journal.close()
        assert kinds(other, "one") == ["RunStarted", "RunInterrupted"]
    assert len(lost) == 1


def test_a_reader_that_follows_never_misses_an_event(stored: Store, where: str) -> None:
    """Numbers are given in the order in which events can be seen, whoever writes them."""
    jobs = [accept(stored, f"job{number}", BATCHES) for number in range(4)]
    done = threading.Event()

    def write(job: str) -> None:
        with Store.at(where) as store:
            journal = store.journal(job)
            for number in range(60):
                journal(Warned(message=str(number)))
                journal(intent("r1"))
            journal.close()

    threads = [threading.Thread(target=write, args=(job,)) for job in jobs]
    seen: list[int] = []

    def follow() -> None:
        while True:
            last = done.is_set()
            with stored.reading() as connection:
                seen.extend(connection.scalars(select(tables.event.c.seq).where(tables.event.c.seq > max(seen, default=0)).order_by("seq")))
            if last:
                return
            time.sleep(0.001)

    reader = threading.Thread(target=follow)
    for thread in (reader, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    done.set()
    reader.join()
    with stored.reading() as connection:
        assert seen == list(connection.scalars(select(tables.event.c.seq).order_by("seq")))
    assert len(seen) == 4 * 120


def test_jobs_of_one_process_in_many_threads_are_each_whole(stored: Store) -> None:
    jobs = [accept(stored, f"job{number}") for number in range(5)]

    def run(job: str) -> None:
        journal = stored.journal(job)
        for event in whole_run(job):
            journal(event)
        journal.close()
        assert journal.complete

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for job in jobs:
        assert kinds(stored, job) == [type(event).__name__ for event in whole_run(job)]
    assert new_job("x").id == "x"
