"""Every reporter hears every event, one at a time, and none can hurt the run."""

from __future__ import annotations

import threading

from runner.events import Event, Warned
from runner.reporters.fanout import Fanout


class Listener:
    """Writes down what it hears; raises at the first event when `broken`."""

    def __init__(self, *, broken: bool = False) -> None:
        self.heard: list[str] = []
        self.broken = broken
        self.closed = 0

    def __call__(self, event: Event) -> None:
        if self.broken:
            raise RuntimeError("out of paper")
        assert isinstance(event, Warned)
        self.heard.append(event.message)

    def close(self) -> None:
        self.closed += 1
        if self.broken:
            raise RuntimeError("jammed")


def test_events_reach_all_in_order() -> None:
    one, two = Listener(), Listener()
    fanout = Fanout([one, two])
    for text in "abc":
        fanout(Warned(message=text))
    assert one.heard == two.heard == ["a", "b", "c"]


def test_a_reporter_that_raises_is_dropped_with_one_warning() -> None:
    good, bad, errors = Listener(), Listener(broken=True), list[Warned]()
    fanout = Fanout([bad, good], errors.append)
    for text in "abc":
        fanout(Warned(message=text))
    assert good.heard == ["output through Listener has ended: RuntimeError: out of paper", "a", "b", "c"]
    assert [warning.message for warning in errors] == good.heard[:1]


def test_all_reporters_broken_is_no_reason_to_stop() -> None:
    def refuse(_: Warned) -> None:
        raise RuntimeError("me too")

    fanout = Fanout([Listener(broken=True), Listener(broken=True)], refuse)
    fanout(Warned(message="a"))
    fanout.close()


def test_close_closes_all_even_those_that_were_dropped() -> None:
    good, bad = Listener(), Listener(broken=True)
    fanout = Fanout([bad, good, lambda event: None])
    fanout(Warned(message="a"))
    fanout.close()
    assert (good.closed, bad.closed) == (1, 1)


def test_reporters_are_never_called_by_two_threads_at_once() -> None:
    inside = threading.Lock()
    overlaps: list[Event] = []

    def reporter(event: Event) -> None:
        if not inside.acquire(blocking=False):
            overlaps.append(event)
            return
        inside.release()

    fanout = Fanout([reporter])

    def many() -> None:
        for _ in range(300):
            fanout(Warned(message="x"))

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert overlaps == []
