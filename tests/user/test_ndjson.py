"""`--format ndjson`: a line for each event as it happens, nothing else on stdout, and what the schema in docs says of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from runner.lab import Faults
from tests.project import CANARY, Project, Run

SCHEMA = json.loads((Path(__file__).parent.parent.parent / "docs" / "events.schema.json").read_text())
PLAYBOOK = """
- name: Audit
  hosts: all
  batch_size: 2
  tasks:
    - name: Clock
      commands: show clock
      on_result: [{print: }, {expect: {that: "output", message: none}}]
    - debug: "user {{ host.username | default('?') }}"
"""


def lines(run: Run) -> list[dict[str, Any]]:
    """Every line of stdout, each of them valid."""
    found = [json.loads(line) for line in run.stdout.splitlines()]
    validator = Draft7Validator(SCHEMA)
    for line in found:
        validator.validate(line)
    return found


def test_a_run_is_told_event_by_event(project: Project) -> None:
    fleet = project.fleet(5)
    fleet.set_faults("r2", Faults(refuse=True))
    fleet.set_faults("r3", Faults(raw_output={"show clock": b"\xff\xfe \x1b[31m" + CANARY.encode() + b"\r\n"}))
    project.write("audit.yaml", PLAYBOOK)
    run = project.run("run", "audit.yaml", "--format", "ndjson")
    assert run.code == 4
    found = lines(run)
    names = [line["event"] for line in found]
    assert (names[0], names[-1]) == ("run_started", "run_finished")
    assert (found[-1]["exit_code"], found[-1]["status"]) == (4, "completed")
    assert names.count("batch_started") == names.count("batch_finished") == 3
    assert names.count("host_finished") == names.count("host_started") == 5
    assert [line["phase"] for line in found if line["event"] == "host_finished" and line["host"] == "r2"] == ["tcp"]
    assert len([line for line in found if line["event"] == "task_finished" and line["results"]]) == 8
    assert "\ufffd\ufffd" in run.stdout and CANARY not in run.stdout and "\x1b" not in run.stdout
    assert "batch 1 of 3" in run.stderr  # progress is where it was


def test_exec_by_setting(project: Project) -> None:
    project.fleet(2)
    run = project.run("exec", "all", "-c", "show clock", env={"NORNIR_PLAYBOOK_FORMAT": "ndjson"})
    assert run.code == 0
    assert {"run_started", "task_finished", "run_finished"} <= {line["event"] for line in lines(run)}


def test_a_line_comes_as_it_happens(project: Project) -> None:
    """The first events are read while a device that never answers keeps the run alive."""
    fleet = project.fleet(1)
    fleet.set_faults("r1", Faults(hang_at="command"))
    process = project.start("exec", "all", "-c", "show clock", "--format", "ndjson")
    assert process.stdout is not None
    read: list[dict[str, Any]] = []
    while not read or read[-1]["event"] != "host_connected":
        read.append(json.loads(process.stdout.readline()))
    assert process.poll() is None
    process.send_signal(2)
    rest, _ = process.communicate(timeout=30)
    last = json.loads(rest.splitlines()[-1])
    assert (last["event"], last["status"], last["exit_code"], process.returncode) == ("run_finished", "stopped", 7, 7)


def test_ascii(project: Project) -> None:
    project.fleet(1)
    project.write("x.yaml", '- name: "Prüfung \U0001f600"\n  hosts: all\n  tasks: [{debug: "ä"}]\n')
    run = project.run("run", "x.yaml", "--format", "ndjson", env={"PYTHONIOENCODING": "ascii"})
    assert run.stdout.isascii()
    assert "Prüfung \U0001f600" in {line.get("play") for line in lines(run)}


@pytest.mark.parametrize("arguments", [["hosts"], ["plan", "x.yaml"], ["config", "show"]], ids=lambda words: words[0])
def test_where_there_are_no_events_it_is_json(project: Project, arguments: list[str]) -> None:
    project.fleet(1)
    project.write("x.yaml", PLAYBOOK)
    assert project.run(*arguments, env={"NORNIR_PLAYBOOK_FORMAT": "ndjson"}).json


def test_wrong_input_gives_no_line(project: Project) -> None:
    project.fleet(1)
    run = project.run("run", "missing.yaml", "--format", "ndjson")
    assert (run.code, run.stdout) == (3, "")
