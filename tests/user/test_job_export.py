"""A job as one file: whole, private, and never in the place of another."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import jsonschema
import pytest

from runner.lab import Device, Faults
from tests.project import CANARY, Project

SCHEMA = json.loads((Path(__file__).parent.parent.parent / "docs/events.schema.json").read_text())


@pytest.fixture
def ran(project: Project) -> tuple[Project, str]:
    """A project and the id of its one job."""
    project.fleet([Device(name="r1", password=CANARY), Device(name="r2", password=CANARY, faults=Faults(reject_password=True))])
    return project, project.run("exec", "all", "-c", "show version", "--format", "json").json["id"]


def test_the_file_holds_head_plan_and_events_with_outputs(ran: tuple[Project, str]) -> None:
    project, job = ran
    run = project.run("export", "last")
    file = project.folder / f"{job}.json"
    assert run.code == 0 and str(file.name) in run.stderr and run.stdout == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    found = json.loads(file.read_text())
    assert (found["format"], found["version"]) == ("job of nornir-playbook", 1)
    assert (found["job"]["id"], found["job"]["status"], found["job"]["exit_code"]) == (job, "completed", 4)
    assert found["start"]["commands"] == ["show version"] and found["plan"]["hosts"] == ["r1", "r2"] and found["origin"]["machine"]
    kinds = [event["event"] for event in found["events"]]
    assert kinds[0] == "run_started" and kinds[-1] == "run_finished" and kinds.count("host_finished") == 2
    [task] = [event for event in found["events"] if event["event"] == "task_finished" and event["host"] == "r1"]
    assert "Cisco IOS Software" in task["results"][0]["output"]
    for event in found["events"]:
        jsonschema.validate(event, SCHEMA)
    assert json.loads(project.run("export", job, "-").stdout) == found


def test_nothing_is_overwritten_without_force(ran: tuple[Project, str]) -> None:
    project, _ = ran
    mine = project.write("mine.json", "mine")
    (project.folder / "link.json").symlink_to(mine)
    for name in ("mine.json", "link.json"):
        run = project.run("export", "last", name)
        assert run.code == 3 and "--force" in run.stderr
    assert mine.read_text() == "mine"
    assert project.run("export", "last", "link.json", "--force").code == 0
    assert mine.read_text() == "mine" and not (project.folder / "link.json").is_symlink()
    assert project.run("export", "last", "mine.json", "--force").code == 0
    assert json.loads(mine.read_text())["format"] and stat.S_IMODE(mine.stat().st_mode) == 0o600


def test_f48_a_file_that_cannot_be_written_leaves_nothing(ran: tuple[Project, str]) -> None:
    project, _ = ran
    run = project.run("export", "last", "no/such/folder.json")
    assert run.code == 1 and "was not written: No such file or directory" in run.stderr
    full = project.run("export", "last", "/dev/full", "--force")
    assert full.code == 3
    assert not [path for path in project.folder.iterdir() if path.suffix == ".part"]
