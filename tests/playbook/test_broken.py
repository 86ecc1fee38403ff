"""Broken playbooks: each file in tests/data/broken gives exactly the problems that stand in the .expected file beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.documents.show import show_problem
from tests.playbook.reading import problems, reading

BROKEN = sorted((Path(__file__).parent.parent / "data" / "broken").glob("*.yaml"))


def test_there_are_enough_of_them() -> None:
    assert len(BROKEN) >= 25


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_mistake_of_a_file_is_found_with_its_place(path: Path) -> None:
    """F80, F81, F82, F84, F85 and the mistakes people make in playbooks."""
    expected = path.with_suffix(".expected").read_text(encoding="utf-8").splitlines()
    assert problems(path) == expected
    assert expected, "a file without mistakes does not belong here"


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_every_problem_can_be_shown(path: Path) -> None:
    for problem in reading(path).problems:
        assert problem.where is not None
        assert show_problem(problem).splitlines()[0].startswith(f"{path.name}:{problem.where.line}:{problem.where.column} ")


def test_f65_no_problem_shows_a_secret() -> None:
    path = next(path for path in BROKEN if "f65" in path.stem)
    assert path.read_text(encoding="utf-8").count("hunter2") == 5
    shown = "\n".join(show_problem(problem) for problem in reading(path).problems)
    assert shown.count("******") == 4
    assert "hunter2" not in shown
    assert "hunter2" not in repr(reading(path).problems)
