"""What is wanted of a job reaches its control within a moment, and nothing that goes wrong on the way ends the job."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from runner.events import Event, Warned
from runner.execution.control import Control
from runner.job import Wanted
from runner.job_events import ControlRequested
from runner.jobs.watching import Watched, Watching
from tests.user.waiting import until

Wish = tuple[Wanted, str]
PAUSE: Wish = (Wanted.PAUSE_AFTER_BATCH, "ann@host")


class Board:
    """Where somebody writes what is wanted."""

    def __init__(self) -> None:
        self.control, self.told = Control(), list[Event]()
        self.wish: Wish = (Wanted.RUN, "")
        self.looks = self.beats = 0
        self.broken = False

    def wanted(self) -> Wish:
        self.looks += 1
        if self.broken:
            raise OSError("the disk is gone")
        return self.wish

    def beat(self) -> None:
        self.beats += 1
        if self.broken:
            raise OSError("the disk is gone")

    def watching(self, wanted: Callable[[], Wish] | None = None) -> Watching:
        watched = Watched(wanted=wanted or self.wanted, beat=self.beat, every=0.01, beat_every=0.02)
        return Watching(watched, "job", self.control, self.told.append)

    def looked_again(self) -> None:
        before = self.looks
        until(lambda: self.looks >= before + 2, "it is looked at again")


def test_f36_a_wish_that_is_there_before_a_batch_is_opened_holds_for_it() -> None:
    """However seldom it is looked at otherwise."""
    board = Board()
    with Watching(Watched(wanted=board.wanted, every=3600.0), "job", board.control, board.told.append):
        until(lambda: board.looks == 1, "it is looked at when the job begins")
        board.wish = PAUSE
        assert not board.control.next_batch()
    assert [type(event) for event in board.told] == [ControlRequested]


def test_f36_a_wish_is_passed_on_and_told_once_and_can_be_taken_back() -> None:
    board = Board()
    with board.watching():
        board.looked_again()
        assert board.told == [] and board.control.next_batch()
        board.wish = PAUSE
        until(lambda: len(board.told) == 1, "the wish is told")
        assert board.control.wanted == PAUSE
        board.looked_again()
        board.wish = (Wanted.RUN, "bob@host")
        until(lambda: len(board.told) == 2, "it is taken back")
        assert board.control.next_batch()
    wishes = [(event.wanted, event.by) for event in board.told if isinstance(event, ControlRequested)]
    assert wishes == [PAUSE, (Wanted.RUN, "bob@host")]


def test_a_wish_that_comes_too_late_is_not_told() -> None:
    board = Board()
    with board.watching():
        board.control.wind_down(*PAUSE)
        assert not board.control.next_batch()
        board.wish = (Wanted.RUN, "bob@host")
        board.looked_again()
    assert board.told == [] and board.control.wanted == PAUSE


def test_errors_are_told_once_each_and_it_goes_on_looking() -> None:
    board = Board()
    board.broken = True
    with board.watching():
        until(lambda: board.looks > 2 and board.beats > 2, "it is looked at again and again")
        board.broken, board.wish = False, PAUSE
        until(lambda: board.control.wanted == PAUSE, "the wish arrives after all")
    warnings = [event.message for event in board.told if isinstance(event, Warned)]
    assert sorted(warnings) == [
        "others may take this job for dead: OSError: the disk is gone",
        "what is wanted of this job cannot be read: OSError: the disk is gone",
    ]


def test_nothing_is_told_once_the_end_is_told_and_the_job_is_alive_until_it_has_ended() -> None:
    board = Board()
    with board.watching() as watching:
        watching.quiet()
        board.wish, beats = PAUSE, board.beats
        until(lambda: board.beats > beats + 2, "it goes on beating")
    assert board.told == [] and board.control.wanted == (Wanted.RUN, "")


def test_its_thread_ends_with_the_job() -> None:
    before = threading.active_count()
    with Board().watching():
        assert threading.active_count() == before + 1
    assert threading.active_count() == before


@pytest.mark.parametrize("raises", [False, True], ids=["the job ends well", "the job breaks"])
def test_a_look_that_hangs_does_not_keep_the_job(raises: bool) -> None:
    forever, looked = threading.Event(), threading.Event()

    def hang() -> Wish:
        looked.set()
        forever.wait(60)
        return PAUSE

    board = Board()
    try:
        with board.watching(hang):
            assert looked.wait(10)
            if raises:
                raise ValueError("broken")
    except ValueError:
        assert raises
    assert not forever.is_set()
    forever.set()
