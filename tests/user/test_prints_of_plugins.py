"""What a plugin, or a program that it starts, prints goes to stderr: stdout holds the results and nothing else."""

from __future__ import annotations

import json

import pytest

from tests.project import Project

PLUGIN = """
import os, subprocess, sys

print("said when imported")
KEPT = sys.stdout

def talk(host):
    print("said by print")
    KEPT.write("said to a kept stream\\n")
    os.write(1, b"said to the descriptor\\n")
    subprocess.run(["echo", "said by a program"], check=True)

def judge(output):
    print("said by a handler")
"""
PLAYBOOK = """
- hosts: all
  tasks:
    - {name: Ours, python: {function: "mine:talk"}}
    - commands: show clock
      on_result: [{python: {function: "mine:judge"}}]
    - debug: ours
"""
SAID = (
    "said when imported",
    "said by print",
    "said to a kept stream",
    "said to the descriptor",
    "said by a program",
    "said by a handler",
)


@pytest.fixture
def talkative(project: Project) -> Project:
    project.fleet(1)
    project.write("plugins/mine.py", PLUGIN)
    project.write("talk.yaml", PLAYBOOK)
    return project


@pytest.mark.parametrize("format_", ["text", "json", "ndjson"])
def test_a_run(talkative: Project, format_: str) -> None:
    run = talkative.run("run", "talk.yaml", "--format", format_, "--yes")
    assert run.code == 0, run.stderr
    assert "said" not in run.stdout and [text for text in SAID if text not in run.stderr] == []
    if format_ == "text":
        assert "1 changed" in run.stdout
    else:
        documents = [run.json] if format_ == "json" else [json.loads(line) for line in run.stdout.splitlines()]
        assert documents[-1]["exit_code"] == 0


@pytest.mark.parametrize("arguments", [["plan", "talk.yaml", "--format", "json"], ["validate", "talk.yaml"]], ids=lambda words: words[0])
def test_what_is_said_while_planning(talkative: Project, arguments: list[str]) -> None:
    run = talkative.run(*arguments)
    assert run.code == 0 and run.stdout
    assert "said" not in run.stdout and "said when imported" in run.stderr
