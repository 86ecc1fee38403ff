"""A wish to stop or to pause: which replaces which, what each lets happen still, and when it is too late to take one back."""

from __future__ import annotations

import threading

import pytest

from runner.errors import Stopped
from runner.execution.control import Control
from runner.job import Wanted

RUN, NOW = Wanted.RUN, Wanted.STOP_NOW
PAUSE_B, PAUSE_H, STOP_B, STOP_H = Wanted.PAUSE_AFTER_BATCH, Wanted.PAUSE_AFTER_HOST, Wanted.STOP_AFTER_BATCH, Wanted.STOP_AFTER_HOST

MAY = [
    (RUN, True, True, True),
    (PAUSE_B, True, True, False),
    (STOP_B, True, True, False),
    (PAUSE_H, True, False, False),
    (STOP_H, True, False, False),
    (NOW, False, False, False),
]


@pytest.mark.parametrize(("wanted", "step", "host", "batch"), MAY, ids=[row[0].value for row in MAY])
def test_what_each_wish_lets_begin(wanted: Wanted, step: bool, host: bool, batch: bool) -> None:
    control = Control()
    control.wind_down(wanted, "ann@host")
    assert (control.proceed(), control.next_host(), control.next_batch()) == (step, host, batch)
    assert control.cancelled.is_set() == (wanted is NOW)


REPLACED = [
    ("the last of equal strength holds", [PAUSE_B, STOP_B], False, STOP_B),
    ("a stronger one holds", [PAUSE_B, STOP_H], False, STOP_H),
    ("a weaker one takes the stronger back", [STOP_H, PAUSE_B], False, PAUSE_B),
    ("it is taken back", [STOP_H, RUN], False, RUN),
    ("too late to take it back", [STOP_B, RUN], True, STOP_B),
    ("too late for a weaker one", [STOP_H, PAUSE_B], True, STOP_H),
    ("a stop of what is paused", [PAUSE_B, STOP_B], True, STOP_B),
    ("a stronger one of what is carried out", [PAUSE_B, PAUSE_H], True, PAUSE_H),
    ("now is final", [NOW, RUN], False, NOW),
    ("now replaces all", [PAUSE_B, NOW], True, NOW),
]


@pytest.mark.parametrize(("wishes", "carried_out", "holds"), [row[1:] for row in REPLACED], ids=[row[0] for row in REPLACED])
def test_which_wish_holds(wishes: list[Wanted], carried_out: bool, holds: Wanted) -> None:
    control = Control()
    first, second = wishes
    assert control.wind_down(first, "ann@host")
    if carried_out:
        assert not control.next_batch()
        assert control.next_host() == (first in (PAUSE_B, STOP_B))
    assert control.wind_down(second, "bob@host") == (holds is second)
    assert control.wanted == (holds, "bob@host" if holds is second else "ann@host")
    if holds is RUN:
        assert control.next_batch() and control.next_host()


def test_the_same_wish_again_is_none() -> None:
    control = Control()
    assert not control.wind_down(RUN, "")
    assert control.wind_down(PAUSE_B, "ann@host") and not control.wind_down(PAUSE_B, "ann@host")


def test_a_wish_behind_the_verdict_comes_too_late() -> None:
    control = Control()
    assert control.conclude() == (RUN, "")
    assert not control.wind_down(STOP_H, "ann@host") and not control.wind_down(NOW, "ann@host")
    assert not control.cancelled.is_set()


def test_a_host_that_waits_for_its_turn_is_let_go_and_one_at_work_is_not() -> None:
    control = Control()
    control.wind_down(STOP_H, "ann@host")
    control.check()
    control.wait(0.0)
    with pytest.raises(Stopped):
        control.wait(60.0, new_host=True)


def test_between_batches_an_orderly_wish_holds_at_once() -> None:
    control = Control()
    with control.between_batches():
        assert control.proceed()
        control.wind_down(PAUSE_B, "ann@host")
        assert not control.proceed()
        assert not control.wind_down(RUN, "ann@host"), "a question was left unanswered because of it"
    assert control.proceed() and not control.next_batch()


def test_a_stop_from_a_signal_in_the_middle_of_a_wish_does_not_wait_for_itself() -> None:
    """Judged with the thread that is in the middle of it: a lock that cannot be taken twice would hang it."""
    control, ended = Control(), threading.Event()

    def wish_and_be_stopped() -> None:
        with control._lock:
            control.stop("a signal")
        ended.set()

    threading.Thread(target=wish_and_be_stopped, daemon=True).start()
    assert ended.wait(10)
    assert control.reason == "a signal" and control.stopped_for() >= 0.0
