"""F47, F40: whichever write fails, no acknowledged event is lost, none stored twice or out of order, and no intent is let through."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event as hooks

from runner.events import RunFinished, Warned, WriteIntended
from runner.store.rebuilding import differences
from runner.store.store import Store
from runner.store.troubles import StoreError
from tests.store.stories import accept, host_finished, intent, kinds, run_started, whole_run
from tests.user.waiting import until

STORY = len(whole_run("x"))


class Failing:
    """Lets chosen transactions fail, as a disk would: at their first change, or when they are committed."""

    def __init__(self, store: Store, chosen: Callable[[int], bool] = lambda count: False, *, at_commit: bool) -> None:
        self._at_commit = at_commit
        self._fails = self.fired = False
        self.arm(chosen)
        hooks.listen(store.engine, "begin", self._begin)
        hooks.listen(store.engine, "before_cursor_execute", self._execute)
        hooks.listen(store.engine, "commit", self._commit)

    def arm(self, chosen: Callable[[int], bool], *, keep: bool = False) -> None:
        """Choose by number, from 1 on; with `keep` still knowing whether one failed before."""
        self._chosen, self.count = chosen, 0
        self.fired = self.fired and keep

    def _begin(self, connection: Any) -> None:
        if not connection.get_execution_options().get("reads_only", False):
            self.count += 1
            self._fails = self._chosen(self.count)
        else:
            self._fails = False

    def _execute(self, connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if self._fails and not self._at_commit and statement.startswith("INSERT"):
            self._fail()

    def _commit(self, connection: Any) -> None:
        if self._fails and self._at_commit:
            self._fail()

    def _fail(self) -> None:
        self.fired = True
        raise StoreError("disk I/O error", kind="refused")


def told(store: Store, job: str) -> tuple[list[str], list[str], list[str]]:
    """Tell a whole run. What was acknowledged before any loss, which intents were refused, what was said of losses."""
    lost: list[str] = []
    journal = store.journal(job, on_lost=lost.append)
    acknowledged, refused = [], []
    for each in whole_run(job):
        try:
            journal(each)
        except StoreError:
            assert isinstance(each, WriteIntended)
            refused.append(each.host)
        else:
            if isinstance(each, WriteIntended):
                assert not lost, "an intent was let through although the record has a gap"
            acknowledged.append(type(each).__name__)
    journal.close()
    assert bool(lost) == bool(journal.lost) and len(lost) <= 1
    assert journal.complete
    return acknowledged, refused, lost


@pytest.mark.parametrize("at_commit", [False, True], ids=["insert", "commit"])
def test_whichever_write_fails(stored: Store, at_commit: bool) -> None:
    """The first, the second and so on, each in a job of its own, until there are no more."""
    failing, nth = Failing(stored, at_commit=at_commit), 0
    while failing.fired or not nth:
        nth += 1
        job = accept(stored, f"job{nth}")
        failing.arm(nth.__eq__)
        acknowledged, refused, lost = told(stored, job)
        failing.arm(lambda count: False, keep=True)
        assert kinds(stored, job) == acknowledged, nth
        assert len(acknowledged) == STORY - len(refused) and bool(lost) == failing.fired, nth
    assert nth > STORY // 3 and not differences(stored)


def test_what_follows_an_event_that_failed_unnoticed_waits_behind_it(stored: Store) -> None:
    accept(stored, "one")
    failing = Failing(stored, lambda count: count == 1, at_commit=False)
    journal = stored.journal("one")
    journal(Warned(message="first"))  # nobody waits for it
    until(lambda: failing.fired, "the failure")
    journal(Warned(message="second"))
    with pytest.raises(StoreError):
        journal(intent("r1"))
    journal(host_finished("r1"))
    assert [getattr(event, "message", "") for _, event in stored.events("one")] == ["first", "second", ""]


def test_a_disk_that_stays_broken_is_told_once_and_holds_back_every_intent(stored: Store) -> None:
    accept(stored, "one")
    failing = Failing(stored, lambda count: count >= 2, at_commit=False)
    lost: list[str] = []
    journal = stored.journal("one", on_lost=lost.append)
    journal(run_started("one"))
    for number in range(20):
        journal(Warned(message=str(number)))
    for host in ("r1", "r2"):
        with pytest.raises(StoreError):
            journal(intent(host))
        journal(host_finished(host))
    assert len(lost) == 1 and not journal.complete and journal.lost
    failing.arm(lambda count: False)
    journal(RunFinished(job_id="one", status="failed", exit_code=1, duration_seconds=1.0))  # type: ignore[arg-type]  # a word will do
    assert journal.complete, "what was kept is stored when the disk is well again"
    assert [event.message for _, event in stored.events("one") if isinstance(event, Warned)] == [str(number) for number in range(20)]
    with pytest.raises(StoreError, match="the record of this job cannot be written"):
        journal(intent("r3"))


def test_one_piece_of_work_that_fails_spoils_no_other(stored: Store) -> None:
    accept(stored, "one")

    def wrong(connection: Any) -> None:
        raise ZeroDivisionError

    tickets = [stored.writer.submit(work) for work in (stored.me.sign, wrong, stored.me.sign, wrong)]
    assert [ticket.stored() for ticket in tickets] == [True, False, True, False]
    with pytest.raises(ZeroDivisionError):
        tickets[1].wait()
    stored.beat()


def test_even_what_is_no_exception_does_not_end_the_writer(stored: Store) -> None:
    def leave(connection: Any) -> None:
        raise SystemExit(3)

    with pytest.raises(StoreError, match="SystemExit"):
        stored.writer.run(leave)
    stored.beat()


def test_a_closed_writer_takes_nothing_and_nobody_waits_for_ever(stored: Store) -> None:
    writer = stored.writer
    tickets = [writer.submit(stored.me.sign) for _ in range(50)]
    writer.close()
    writer.close()
    assert all(ticket.done and ticket.stored() for ticket in tickets)
    with pytest.raises(StoreError, match="is closed"):
        writer.run(stored.me.sign)


def test_a_process_that_was_forked_off_takes_no_part(stored: Store) -> None:
    """It has the parent's objects but not its thread: it is told so instead of waiting for ever, and ends nothing of the parent's."""
    journal = stored.journal(accept(stored, "one"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of forking with threads, which is what happens here
        child = os.fork()
    if not child:
        code = 1
        try:
            with pytest.raises(StoreError, match="was opened by another process"):
                stored.beat()
            with pytest.raises(StoreError, match="was opened by another process"):
                journal(intent("r1"))
            stored.close()
            code = 0
        finally:
            os._exit(code)
    assert os.waitpid(child, 0)[1] == 0
    assert stored.settle() == () and not journal.lost
    journal(run_started("one"))
    assert kinds(stored, "one") == ["RunStarted"]
