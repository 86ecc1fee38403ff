"""Problems as people see them: the line, the caret, and nothing that should not be on a screen."""

from __future__ import annotations

import pytest

from runner.documents.excerpt import excerpt, mask
from runner.documents.load import parse, understand
from runner.documents.show import printable, show_problem
from runner.errors import Problem, Where


def problem(text: str, column: int, message: str = "is wrong", hint: str = "") -> Problem:
    return Problem(message=message, where=Where(file="f.yaml", line=3, column=column, text=text), hint=hint)


def test_the_line_and_a_caret() -> None:
    assert show_problem(problem("  a: b", 6, hint="mend it")) == "f.yaml:3:6 is wrong (mend it)\n      a: b\n         ^"


def test_without_a_place_or_a_line_there_is_no_caret() -> None:
    assert show_problem(Problem(message="is wrong", hint="mend it")) == "is wrong (mend it)"
    assert show_problem(problem("", 1)) == "f.yaml:3:1 is wrong"
    assert show_problem(problem("   ", 1)) == "f.yaml:3:1 is wrong"


CARETS = [
    ("start", "abc", 1, "    abc\n    ^"),
    ("behind the end", "abc", 50, "    abc\n       ^"),
    ("tab before", "\tabc", 2, "     abc\n     ^"),
    ("wide characters", "日本: x", 5, "    日本: x\n          ^"),
    ("combining", "e\u0301: x", 5, "    e\u0301: x\n       ^"),
    ("escape before", "\x1b[2Ja", 5, "    \\x1b[2Ja\n           ^"),
    ("direction mark", "a\u202eb", 3, "    a\\u202eb\n           ^"),
]


@pytest.mark.parametrize(("text", "column", "expected"), [row[1:] for row in CARETS], ids=[row[0] for row in CARETS])
def test_the_caret_stands_below_its_column(text: str, column: int, expected: str) -> None:
    assert show_problem(problem(text, column)).split("\n", 1)[1] == expected


@pytest.mark.parametrize("column", [1, 500, 5000, 10_000])
def test_a_long_line_is_cut_around_the_place(column: int) -> None:
    text = "".join(chr(ord("a") + number % 26) for number in range(10_000))
    _, line, caret = show_problem(problem(text, column)).split("\n")
    assert len(line) < 130
    assert line[len(caret) - 1] == text[column - 1]


def test_f70_nothing_in_a_problem_moves_the_cursor() -> None:
    shown = show_problem(problem("a: \x1b]0;x\x07 \u202e\u2028 \ud800", 1, message="bad \x1b[2J\r\nline", hint="\x9b5n"))
    assert len(shown.split("\n")) == 3
    assert all(char.isprintable() or char == "\n" for char in shown)


def test_f71_a_message_is_one_line() -> None:
    assert printable("a\nb\rc\u2029d\x85e") == "a\\x0ab\\x0dc\\u2029d\\x85e"


MASKED = [
    "password: hunter2",
    "  - password: hunter2",
    "password: =hunter2",
    "'password' : hunter2",
    "enable_secret: hunter2",
    "SNMP_COMMUNITY: hunter2",
    "api-token: hunter2",
    "ssh_private_key: hunter2",
    "key: hunter2",
    "passphrase: 'hunter2",
    "{user: admin, password: hunter2, port: 22}",
    '{"password":"hunter2"}',
    "commands: snmp-server community hunter2 RO",
    "- username admin secret 5 hunter2",
    "- enable password hunter2",
    "- tacacs-server key 7 hunter2",
    "- key-string hunter2",
    "- ip ospf message-digest-key 1 md5 hunter2",
    "url: https://admin:hunter2@example.net/",
    "args: --token=hunter2",
    "credential: hunter2",
]


@pytest.mark.parametrize("line", MASKED)
def test_f65_secrets_of_a_line_are_masked(line: str) -> None:
    assert "hunter2" in line and "hunter2" not in mask(line)
    assert "hunter2" not in show_problem(problem(line, len(line)))
    assert "******" in mask(line)


@pytest.mark.parametrize("line", ["hosts: all", "keys: [a]", "keyring: x", "monkey: 1", "password:", "tokens:", "- name: keyboard layout"])
def test_other_lines_are_shown_as_they_are(line: str) -> None:
    assert mask(line) == line


SEVERAL = """\
a:
  password: |
    hunter2

    hunter2
  other: shown
  secrets:
  - hunter2
  - hunter2
  tokens:
    - {x: hunter2}
    - y:
        - hunter2
  z: {p: 1, key: "hunter2
    hunter2"}
  login: {password:
    hunter2}
  last: shown
"""


def test_f65_a_secret_of_several_lines_is_masked_in_each() -> None:
    lines = SEVERAL.split("\n")
    shown = [excerpt(lines, number) for number in range(len(lines))]
    assert not [line for line in shown if "hunter2" in line]
    assert [line for line in shown if "shown" in line] == ["  other: shown", "  last: shown"]


def test_f65_the_place_of_a_value_never_carries_a_secret() -> None:
    document = parse(SEVERAL, file="f.yaml")
    for path in [("a", "password"), ("a", "secrets", 1), ("a", "tokens", 1, "y", 0), ("a", "z", "key"), ("a", "login", "password")]:
        assert "hunter2" not in document.where(path).text, path


def test_f65_a_syntax_error_beside_a_secret() -> None:
    for source in (
        'password: "hunter2\n',
        "password: hunter2: x\n",
        "password: @hunter2\n",
        "password: hunter2\n\tx: 1\n",
        "password: [hunter2\n",
    ):
        _, problems = understand(source, file="f.yaml")
        assert problems
        assert "hunter2" not in "".join(show_problem(each) + repr(each) for each in problems), source


@pytest.mark.parametrize(
    "text", ["x" * 1_000_000, "password" * 100_000, "key-" * 200_000, "password " * 100_000, " " * 1_000_000, "://" * 300_000]
)
def test_a_line_of_a_million_characters_is_no_trouble(text: str) -> None:
    """The patterns take time in proportion to the line; this test hangs when one does not."""
    assert len(show_problem(problem(f"a: {text} b", 5)).split("\n")) == 3
    assert excerpt([f"a: {text}", f"  {text}"], 1) is not None
