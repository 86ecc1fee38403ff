"""Text of a terminal: line ends, the line of the cursor, echoes, questions, and device text that goes into a message."""

from __future__ import annotations

import pytest

from runner.transport.classify import shown
from runner.transport.lines import Echo, beyond_prompts, is_pager, is_question, last_line, normal


@pytest.mark.parametrize(
    ("raw", "text"),
    [("a\r\nb", "a\nb"), ("a\r\r\nb", "a\nb"), ("a\n\rb", "a\nb"), ("a\r\n\r\nb", "a\n\nb"), ("a\rb", "a\rb"), ("a\nb", "a\nb"), ("", "")],
    ids=range(7),
)
def test_normal(raw: str, text: str) -> None:
    assert normal(raw) == text


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("x\nr1#", "r1#"),
        ("x\nr1# ", "r1#"),
        ("x\n\x1b[1mr1#\x1b[0m", "r1#"),
        ("x\nold\rr1#", "r1#"),
        ("x\n\x1b]0;title\x07r1#", "r1#"),
        ("x\nr1#\r", "r1#"),
        ("x\nr1#\n", ""),
        ("", ""),
    ],
    ids=range(8),
)
def test_last_line(raw: str, line: str) -> None:
    assert last_line(raw) == line


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("show ver\r\nout", "out"),
        ("r1#show ver\r\nout", "out"),
        ("show \r\nver\r\nout", "out"),
        ("show v\x08v\x08ver\r\nout", None),
        ("show\x1b[K ver\r\nout", "out"),
        ("show v\rver\r\nout", "out"),
        ("show v", None),
        ("show ver", None),
        ("other\r\n", None),
    ],
    ids=range(9),
)
def test_echo(text: str, rest: str | None) -> None:
    end = Echo("show ver").end(text)
    assert (None if end is None else text[end:]) == rest


def test_beyond_prompts() -> None:
    assert beyond_prompts("\r\nr1#\r\n\r\nr1# ", "r1#") == ""
    assert beyond_prompts("\r\nr1#show\r\nr1#", "r1#") == "r1#show"


@pytest.mark.parametrize("line", ["Proceed? [confirm]", "Continue (y/n)?", "Are you sure [yes/no]:", "Password:", "Delete? [no]:"])
def test_questions(line: str) -> None:
    assert is_question(line)


@pytest.mark.parametrize("line", ["Interface status: up", "r1#", "100 packets", "password encryption is on"])
def test_no_questions(line: str) -> None:
    assert not is_question(line)


@pytest.mark.parametrize(
    "line", [" --More-- ", "--More--", "---- More ----", "---(more 45%)---", "<--- More --->", "Press any key to continue"]
)
def test_pagers(line: str) -> None:
    assert is_pager(line)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("plain é", "plain é"),
        ("a\x1b[2Jb", "a\\x1b[2Jb"),
        ("two\nlines", "two\\nlines"),
        ("\udcff", "\\xff"),
        ("\u202eabc", "\\u202eabc"),
        ("x" * 200, "x" * 120 + "..."),
    ],
    ids=range(6),
)
def test_f71_device_text_in_a_message_is_one_harmless_line(raw: str, text: str) -> None:
    assert shown(raw) == text
