"""`nornir-playbook doc` explains everything there is, fits the terminal, and survives a broken plugin."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from runner.cli.doc import doc
from runner.planning.reference import Entry, entries, names, reference
from tests.project import Project


def lines_of(*arguments: str, columns: int = 100) -> list[str]:
    """What the command prints on a terminal that is so wide."""
    result = CliRunner(env={"COLUMNS": str(columns)}).invoke(doc, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output.splitlines()


def test_without_a_name_it_lists_every_name_with_a_summary() -> None:
    lines = lines_of()
    for name in set(names()):
        found = [line for line in lines if line.startswith(f"  {name} ")]
        assert len(found) == names().count(name)  # an action and a result handler may share one
        assert all(len(line.split(maxsplit=1)[1]) > 10 for line in found)
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("entry", tuple(entries()), ids=lambda entry: f"{entry.kind} {entry.name}")
def test_each_name_is_explained_with_all_its_arguments(entry: Entry) -> None:
    name = entry.name
    lines = lines_of(name, columns=80)
    assert lines[0].startswith(name) and lines[1] == ""
    text = " ".join(" ".join(lines).split())
    for argument in entry.arguments:
        assert any(line.startswith(f"  {argument.name} (") for line in lines), argument.name
        assert f"{argument.name} ({argument.facts}) {' '.join(argument.text.split())}" in text
    code = {f"    {line}" for each in reference(name) for line in each.text.splitlines()}
    assert not [line for line in lines if len(line) > 80 and line not in code]
    assert "```" not in text and "typing." not in text and "<class" not in text


def test_lines_are_never_squeezed_beyond_reading() -> None:
    assert max(map(len, lines_of("play", columns=10))) > 30


def test_an_unknown_name_is_answered_with_the_known_ones(project: Project) -> None:
    run = project.run("doc", "nothing")
    assert run.code == 3 and run.stdout == ""
    assert "'nothing'" in run.stderr and all(name in run.stderr for name in names())


def test_a_plugin_that_cannot_be_loaded_does_not_hide_the_others(project: Project) -> None:
    project.write("site/broken-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: broken\nVersion: 1\n")
    project.write("site/broken-1.dist-info/entry_points.txt", "[runner.actions]\nbroken = nowhere_at_all:Thing\n")
    path = f"{project.folder / 'site'}:{project.environment()['PYTHONPATH']}"
    run = project.run("doc", env={"PYTHONPATH": path})
    assert run.code == 0, run.stderr
    assert "nowhere_at_all" in run.stdout and "  commands " in run.stdout
