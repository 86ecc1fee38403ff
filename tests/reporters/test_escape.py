"""Nothing a device, playbook or inventory says can steer a terminal or pass for a line of ours."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runner.reporters.escape import escape, one_line

ROWS = [
    pytest.param("plain text\n\tindented", "plain text\n\tindented", id="newline and tab stay"),
    pytest.param("Grüße 日本 😀", "Grüße 日本 😀", id="letters of all languages stay"),
    pytest.param("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07", id="clear screen, window title, bell"),
    pytest.param("\x1b]52;c;cm0gLXJm\x1b\\", "\\x1b]52;c;cm0gLXJm\\x1b\\", id="OSC 52, the clipboard"),
    pytest.param("\x9b2J", "\\x9b2J", id="C1 control sequence introducer"),
    pytest.param("all ok\rfailed", "all ok\\rfailed", id="overwriting a line"),
    pytest.param("one\r\ntwo\r\r\nthree", "one\ntwo\nthree", id="line ends of devices"),
    pytest.param("a\x08b\x7fc\x00", "a\\x08b\\x7fc\\x00", id="backspace, delete, NUL"),
    pytest.param("ad\u202emin\u2066x\u2069", "ad\\u202emin\\u2066x\\u2069", id="turning the direction"),
    pytest.param("a\u200bb\ufeff", "a\\u200bb\\ufeff", id="unseen characters"),
    pytest.param("a\u2028b\x85c", "a\\u2028b\\x85c", id="line ends of Unicode"),
    pytest.param("\U000e0041", "\\U000e0041", id="tag characters"),
    pytest.param("latin \udce4", "latin \\xe4", id="a byte that is not UTF-8"),
    pytest.param("\ud83d", "\\ud83d", id="lone surrogate"),
]


@pytest.mark.parametrize(("text", "shown"), ROWS)
def test_f70_harmful_characters_are_shown_not_obeyed(text: str, shown: str) -> None:
    assert escape(text) == shown


@given(st.text(alphabet=st.characters()))
def test_f70_whatever_comes_only_newline_and_tab_are_left_of_the_controls(text: str) -> None:
    shown = escape(text)
    assert {character for character in shown if unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")} <= {"\n", "\t"}
    shown.encode("utf-8")
    assert escape(shown) == shown


def test_f71_a_reason_stays_on_one_line() -> None:
    assert one_line(" bad\nr2 : ok=9\r\n\tx ") == "bad\\nr2 : ok=9\\n x"


@given(st.text())
def test_f71_one_line_is_one_line(text: str) -> None:
    assert len(one_line(text).splitlines()) <= 1
