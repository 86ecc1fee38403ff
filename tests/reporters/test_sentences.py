"""Facts put into words."""

from __future__ import annotations

from typing import Any

import pytest

from runner.events import HandlerFailed
from runner.job import Wanted
from runner.job_events import ControlRequested
from runner.reporters.sentences import control_requested, handler_failed, play_started
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


def test_a_hint_that_stands_in_the_message_is_not_said_again() -> None:
    message, hint = "'prot' is undefined (did you mean 'proto'?)", "did you mean 'proto'?"
    whole: dict[str, Any] = {
        "host": "r1",
        "play": "p",
        "batch_number": 1,
        "task": "t",
        "handler": "save",
        "command": "c",
        "message": message,
    }
    assert len([*handler_failed(HandlerFailed(**whole, hint=hint))]) == 1
    assert len([*handler_failed(HandlerFailed(**whole, hint="look"))]) == 2


WISHES = [
    (Wanted.RUN, "going on: asked for by ann@host"),
    (Wanted.PAUSE_AFTER_BATCH, "pause: asked for by ann@host; no further batch is started"),
    (Wanted.STOP_AFTER_HOST, "stop: asked for by ann@host; no further host is started"),
    (Wanted.STOP_NOW, "stop: asked for by ann@host; what reads is cut, what writes is given its grace time"),
]


@pytest.mark.parametrize(("wanted", "line"), WISHES, ids=[row[0].value for row in WISHES])
def test_a_wish_says_whose_it_is_and_what_follows(wanted: Wanted, line: str) -> None:
    assert "".join(text for text, _ in control_requested(ControlRequested(job_id="j", wanted=wanted, by="ann@host"))) == line
