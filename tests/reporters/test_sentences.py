"""Facts put into words."""

from __future__ import annotations

import pytest

from runner.reporters.sentences import play_started
from tests.journal import story
from tests.project import Project

ROWS = [("Uplinks", "play Uplinks: 2 hosts in batch 1"), ("play 1", "play 1: 2 hosts in batch 1"), ("Play 7", "Play 7: 2 hosts in batch 1")]


@pytest.mark.parametrize(("name", "line"), ROWS, ids=[row[0] for row in ROWS])
def test_a_play_that_is_called_play_is_not_called_so_twice(name: str, line: str) -> None:
    assert "".join(text for text, _ in play_started(story.play_started(["r1", "r2"], 1, play=name))) == line


def test_a_play_without_a_name_is_announced_by_its_number(project: Project) -> None:
    project.write("inventory/hosts.yaml", "r1: {}\n")
    project.write("x.yaml", "- hosts: all\n  tasks: [{debug: x}]\n- name: Second\n  hosts: all\n  tasks: [{debug: x}]\n")
    lines = project.run("run", "x.yaml").stderr.splitlines()
    assert [line for line in lines if "play" in line.casefold() and "x.yaml" not in line] == [
        "play 1: 1 host in batch 1",
        "play Second: 1 host in batch 2",
    ]
