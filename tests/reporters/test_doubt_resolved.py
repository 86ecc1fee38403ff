"""What became of a write in doubt is told when it is decided, with what decided it."""

from __future__ import annotations

import pytest

from runner.job_events import DoubtResolved
from tests.journal import story
from tests.reporters.test_busy import shown


@pytest.mark.parametrize(
    ("verdict", "detail", "line"),
    [
        ("done", "a person said: done", "r1  task 'ntp' took effect and is not done again: a person said: done"),
        ("not_done", "after 'show run' it is false that x", "r1  task 'ntp' is done again: after 'show run' it is false that x"),
        ("not_done", "", "r1  task 'ntp' is done again"),
        ("done", "a\x1b[31mb", "r1  task 'ntp' took effect and is not done again: a\\x1b[31mb"),
    ],
    ids=["done", "not done", "without words", "device output is data"],
)
def test_a_verdict_is_told(verdict: str, detail: str, line: str) -> None:
    event = DoubtResolved(
        host="r1", play=story.PLAY, batch_number=1, index=0, place=0, task="ntp", verdict=verdict, how="verify", detail=detail
    )
    with story.record_of(("r1",)) as record:
        assert shown(record, [event]) == [line]
