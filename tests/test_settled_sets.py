"""A pattern that Python would warn about means the same as before, and Python says nothing."""

from __future__ import annotations

import re
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.settled_sets import settled


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("r[1-3]$", "r[1-3]$"),
        ("[[0-9]", r"[\[0-9]"),
        ("[^[]x[]a]", r"[^\[]x[]a]"),
        ("[a||b]", r"[a\||b]"),
        ("[+--]", r"[+-\-]"),
        ("[a-c--]", r"[a-c\--]"),
        (r"\[[a]&&", r"\[[a]&&"),
        ("[[", r"[\["),
    ],
)
def test_what_is_unclear_gets_a_backslash(pattern: str, expected: str) -> None:
    assert settled(pattern) == expected


@given(pattern=st.text(alphabet="[]^-&~|\\ab+", max_size=8), text=st.text(alphabet="[]^-&~|\\ab+", max_size=3))
def test_the_meaning_stays(pattern: str, text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            before = re.compile(pattern)
        except re.error:
            before = None
    if before is None:
        with pytest.raises(re.error):
            re.compile(settled(pattern))
        return
    after = re.compile(settled(pattern))  # a warning is an error in this suite
    assert [found.span() for found in after.finditer(text)] == [found.span() for found in before.finditer(text)]
