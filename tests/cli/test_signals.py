"""Signals as requests: what the first, the second and an ignored one do, and that everything is as before afterwards."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator

import pytest

from runner.cli.signals import SIGNALS, STOPPING, interruptible, stop_on_signals
from runner.execution.control import Control

every_signal = pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """Each test begins with handlers that are not ignored, and leaves them in place."""

    def own(*_: object) -> None:
        raise AssertionError("a signal came through")

    before = {number: signal.signal(number, own) for number in SIGNALS}
    yield
    now = {number: signal.signal(number, handler) for number, handler in before.items()}
    assert all(handler in (own, signal.SIG_IGN) for handler in now.values())


@every_signal
def test_the_first_stops_and_is_said_once_outside_of_the_handler(number: signal.Signals) -> None:
    control, heard = Control(), threading.Event()
    said: list[tuple[str, int]] = []

    def say(text: str) -> None:
        said.append((text, threading.get_ident()))
        heard.set()

    with stop_on_signals(control, say):
        assert control.proceed()
        signal.raise_signal(number)
        assert not control.proceed() and control.reason == SIGNALS[number]
        assert heard.wait(10)
    [(text, thread)] = said
    assert text == STOPPING and thread != threading.get_ident()


@every_signal
def test_the_second_raises_whichever_the_first_was(number: signal.Signals) -> None:
    control = Control()
    with pytest.raises(KeyboardInterrupt), stop_on_signals(control, lambda text: None):
        signal.raise_signal(signal.SIGTERM)
        signal.raise_signal(number)
    assert control.reason == "SIGTERM"


def test_what_was_said_last_is_said_before_the_block_ends() -> None:
    said: list[str] = []
    with stop_on_signals(Control(), said.append):
        signal.raise_signal(signal.SIGINT)
    assert said == [STOPPING]


@every_signal
def test_one_that_was_ignored_stays_ignored(number: signal.Signals) -> None:
    signal.signal(number, signal.SIG_IGN)
    control = Control()
    with stop_on_signals(control, lambda text: None):
        signal.raise_signal(number)
        assert control.proceed()
    assert signal.getsignal(number) is signal.SIG_IGN


@every_signal
def test_a_wait_for_a_person_ends_at_once(number: signal.Signals) -> None:
    control = Control()
    with stop_on_signals(control, lambda text: None):
        with pytest.raises(KeyboardInterrupt), interruptible():
            signal.raise_signal(number)
        assert control.proceed(), "that was an answer to a question, and not a stop of what had not begun"


def test_no_thread_is_left() -> None:
    before = threading.active_count()
    with stop_on_signals(Control(), lambda text: None):
        assert threading.active_count() == before + 1
    assert threading.active_count() == before
