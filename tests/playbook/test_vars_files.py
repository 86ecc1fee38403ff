"""Files of variables: mappings inside the project, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.playbook.vars_files import read_vars_file


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "vars").mkdir(parents=True)
    (tmp_path / "outside.yaml").write_text("area: 1\n")
    return root


def test_a_mapping_of_variables(project: Path) -> None:
    (project / "vars" / "site.yaml").write_text("area: 0\nvlans: ['10', '20']\n")
    assert read_vars_file(project / "vars" / "site.yaml", project) == ({"area": 0, "vlans": ["10", "20"]}, [])


def test_a_number_may_be_a_key_of_a_value_but_not_the_name_of_a_variable(project: Path) -> None:
    (project / "site.yaml").write_text("vlans: {10: users}\n20: x\n")
    values, problems = read_vars_file(project / "site.yaml", project, shown="site.yaml")
    assert values["vlans"] == {10: "users"}
    assert str(problems[0]) == "site.yaml:2:1 key '20' is a number, but a key must be text (put it in quotes: '20')"


def test_an_empty_file_has_no_variables(project: Path) -> None:
    (project / "empty.yaml").write_text("")
    assert read_vars_file(project / "empty.yaml", project) == ({}, [])


def test_f91_a_file_outside_the_project_is_refused_unread(project: Path) -> None:
    (project / "link.yaml").symlink_to(project.parent / "outside.yaml")
    (project / "folder").symlink_to(project.parent)
    for name in ("../outside.yaml", "/etc/passwd", "link.yaml", "folder/outside.yaml", "vars/../../outside.yaml"):
        values, problems = read_vars_file(project / name, project, shown=name)
        assert values == {}, name
        assert [problem.message for problem in problems] == [f"'{name}' lies outside the project's folder"]


def test_f91_a_link_inside_the_project_is_followed(project: Path) -> None:
    (project / "site.yaml").write_text("area: 0\n")
    (project / "link.yaml").symlink_to(project / "site.yaml")
    assert read_vars_file(project / "link.yaml", project) == ({"area": 0}, [])


def test_a_link_to_itself_is_a_problem(project: Path) -> None:
    (project / "loop.yaml").symlink_to(project / "loop.yaml")
    values, problems = read_vars_file(project / "loop.yaml", project, shown="loop.yaml")
    assert values == {} and len(problems) == 1


ROWS = [
    ("missing", None, "there is no file 'x.yaml' (check the name and the current folder)"),
    ("list", "- a\n", "x.yaml:1:1 a file of variables is a mapping of names to values, not a list"),
    ("text", "area\n", "x.yaml:1:1 a file of variables is a mapping of names to values, not text"),
    (
        "reserved",
        "area: 0\nhost: r1\n",
        "x.yaml:2:1 'host' cannot be the name of a variable: the runner sets it itself (choose another name)",
    ),
    ("duplicate", "a: 0\na: 1\n", "x.yaml:2:1 duplicate key 'a': line 2 repeats line 1 (keep one of them)"),
]


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in ROWS], ids=[row[0] for row in ROWS])
def test_other_files_are_problems(project: Path, text: str | None, expected: str) -> None:
    path = project / "x.yaml"
    if text is not None:
        path.write_text(text)
    assert [str(problem) for problem in read_vars_file(path, project, shown="x.yaml")[1]] == [expected]


def test_a_name_with_a_nul_is_a_problem(project: Path) -> None:
    assert len(read_vars_file(project / "a\0b", project, shown="odd")[1]) == 1
