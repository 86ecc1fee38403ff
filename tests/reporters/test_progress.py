"""The live line: what it counts, when it says it will be over, and that it fits any terminal."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from runner.events import Event
from runner.reporters.line import plain
from runner.reporters.progress import Progress, advance, eta, live_lines
from tests.journal.story import batch_finished, batch_started, host_finished, host_started, names, run_started

TEN = names(1, 10)


def after(timed: Iterable[tuple[float, Event]]) -> Progress:
    progress = Progress()
    for now, event in timed:
        progress = advance(progress, event, now)
    return progress


def second_batch(finished: int, failed: int = 0) -> Progress:
    """Batch 2 of 3 as it is at second 8: batch 1 took 4 seconds, every host so far 3."""
    events: list[tuple[float, Event]] = [(0, run_started(25, 3)), (0, batch_started(1, 3, TEN))]
    events += [(0, host_started(name)) for name in TEN] + [(3, host_finished(name, seconds=3.0)) for name in TEN]
    events += [(4, batch_finished(1, 3, {"ok": 10}, seconds=4.0)), (6, batch_started(2, 3, TEN))]
    events += [(6, host_started(name, 2)) for name in TEN]
    events += [(8, host_finished(name, "failed" if i < failed else "ok", 2, seconds=3.0)) for i, name in enumerate(TEN[:finished])]
    return after(events)


def test_the_live_line_says_it_all() -> None:
    (line,) = live_lines(second_batch(7, failed=1), 8, 120)
    assert plain(line) == "Batch 2 of 3  [#######   ] 7/10  ok 6  failed 1  running 3 (r8-r10)  ETA 0:05"
    assert {("ok 6", "ok"), ("failed 1", "failed"), ("running 3", "running")} <= set(line)


def test_before_anything_has_ended_there_is_no_eta() -> None:
    progress = after([(0, run_started(2, 1)), (0, batch_started(1, 1, ("r1", "r2"))), (0, host_started("r1"))])
    assert eta(progress, 1) is None
    assert plain(live_lines(progress, 1, 80)[0]) == "Batch 1 of 1  [          ] 0/2  running 1 (r1)"


ETAS = [
    pytest.param(8, 5.0, id="one second here, four for the batch to come"),
    pytest.param(30, 4.0, id="a host that takes longer than others makes no negative time"),
]


@pytest.mark.parametrize(("now", "left"), ETAS)
def test_the_eta_counts_batches_not_hosts_one_after_the_other(now: float, left: float) -> None:
    assert eta(second_batch(5), now) == pytest.approx(left)


def test_when_nothing_is_left_to_judge_by_the_eta_goes() -> None:
    progress = after([(0, batch_started(1, 1, TEN)), (0, host_started("r1")), (2, host_finished("r2", seconds=2.0))])
    assert eta(progress, 1.8) is None


def test_a_closed_batch_has_no_line() -> None:
    progress = advance(second_batch(10), batch_finished(2, 3, {"ok": 10}), 9)
    assert live_lines(progress, 9, 80) == []


def test_parallel_batches_have_a_line_each() -> None:
    progress = advance(second_batch(0), batch_started(3, 3, TEN), 6)
    assert [plain(line)[:12] for line in live_lines(progress, 9, 80)] == ["Batch 2 of 3", "Batch 3 of 3"]


@pytest.mark.parametrize("width", [1, 5, 10, 20, 30, 40, 60, 80, 200])
def test_the_live_line_is_shorter_than_the_terminal(width: int) -> None:
    (line,) = live_lines(second_batch(7, failed=1), 8, width)
    assert len(plain(line)) < width
    if width >= 40:
        assert "failed 1" in plain(line)
