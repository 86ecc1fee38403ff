"""Errors and warnings as lines: a place first where there is one, else the word, and a count below several."""

from __future__ import annotations

import pytest

from runner.cli.problems import show_error, show_warnings
from runner.errors import InputError, Problem, RunnerError, Where

PLACED = Problem(message="unknown key 'x'", where=Where(file="a.yaml", line=2, column=3, text="  x: 1"), hint="did you mean 'y'?")
FREE = Problem(message="there is no file 'b'", hint="check the name")

ERRORS = [
    (InputError(PLACED), "a.yaml:2:3 unknown key 'x' (did you mean 'y'?)\n      x: 1\n      ^\n"),
    (InputError(FREE), "error: there is no file 'b' (check the name)\n"),
    (InputError([FREE, FREE]), "error: there is no file 'b' (check the name)\n" * 2 + "2 problems; nothing was touched\n"),
    (RunnerError("it broke"), "error: it broke\n"),
    (RunnerError("it broke", hint="mend it"), "error: it broke\n  mend it\n"),
    (RunnerError("\x1b[2Jit\x07 broke"), "error: \\x1b[2Jit\\x07 broke\n"),
    (InputError("\x1b[2Jit broke"), "error: \\x1b[2Jit broke\n"),
]


@pytest.mark.parametrize(("error", "shown"), ERRORS, ids=["placed", "free", "two", "other", "hint", "hostile", "hostile input"])
def test_errors(error: RunnerError, shown: str, capsys: pytest.CaptureFixture[str]) -> None:
    show_error(error)
    out, err = capsys.readouterr()
    assert (out, err) == ("", shown)


def test_warnings_begin_with_the_word_wherever_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    show_warnings((PLACED, FREE))
    assert capsys.readouterr().err.splitlines()[::3] == [
        "warning: a.yaml:2:3 unknown key 'x' (did you mean 'y'?)",
        "warning: there is no file 'b' (check the name)",
    ]
