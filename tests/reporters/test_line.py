"""Lines, wrapped without loss, and figures as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.reporters.line import clock, count, plain, seconds, states, wrapped


@pytest.mark.parametrize(
    ("duration", "text"),
    [(0.04, "0.0 s"), (4.13, "4.1 s"), (59.94, "59.9 s"), (59.96, "1 min 00 s"), (125, "2 min 05 s"), (3725, "1 h 02 min")],
)
def test_durations(duration: float, text: str) -> None:
    assert seconds(duration) == text


@pytest.mark.parametrize(("duration", "text"), [(0.6, "0:01"), (12, "0:12"), (754, "12:34"), (3723, "1:02:03"), (-1, "0:00")])
def test_clock(duration: float, text: str) -> None:
    assert clock(duration) == text


def test_counts_of_things() -> None:
    assert [count(1, "batch"), count(2, "batch"), count(0, "host")] == ["1 batch", "2 batches", "0 hosts"]


def test_states_are_said_in_words_good_ones_first() -> None:
    line = states({"pending": 4, "in_doubt": 1, "ok": 9, "failed": 0})
    assert plain(line) == "9 ok, 1 in doubt, 4 not started"
    assert [style for _, style in line if style] == ["ok", "in_doubt", "pending"]


def test_a_line_is_wrapped_at_blanks_and_keeps_its_styles() -> None:
    line = (("r7", "strong"), ("  ", ""), ("unreachable", "unreachable"), (" (tcp): connection refused", ""))
    assert [plain(part) for part in wrapped(line, 24)] == ["r7  unreachable (tcp):", "    connection refused"]
    assert ("unreachable", "unreachable") in wrapped(line, 24)[0]


@given(st.lists(st.text(alphabet="ab ", max_size=12), max_size=6), st.integers(6, 30))
def test_wrapping_loses_no_word(texts: list[str], width: int) -> None:
    line = tuple((text, "") for text in texts)
    parts = [plain(part) for part in wrapped(line, width)]
    assert "".join(" ".join(parts).split()) == "".join(plain(line).split())
    assert all(len(part.rstrip()) <= width for part in parts if len(part.split()) > 1)
