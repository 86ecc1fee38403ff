"""The example playbooks that write, each run on the lab as a user would."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.project import Project

PLAYBOOKS = Path(__file__).parent.parent.parent / "playbooks"


def test_loopback_writes_once_and_is_then_ok(project: Project) -> None:
    fleet = project.fleet(8)
    shutil.copytree(PLAYBOOKS, project.folder / "playbooks")
    refused = project.run("run", "playbooks/loopback.yaml")
    assert refused.code == 3 and "--yes" in refused.stderr and fleet.counters("r1").total == 0
    first = project.run("run", "playbooks/loopback.yaml", "--yes", "--format", "json")
    assert first.code == 0, first.stderr
    assert first.json["batches"][0]["device_ids"] == ["r1"]
    assert all(host["status"] == "changed" for host in first.json["results"].values())
    for name in ("r1", "r8"):
        assert all(
            words in fleet.saved_config(name) for words in (f"description {name} in ", "ntp server 192.0.2.1", "ntp server 192.0.2.2")
        )
    saves = fleet.log("r1").count("write memory")
    again = project.run("run", "playbooks/loopback.yaml", "--yes", "--format", "json")
    assert again.code == 0 and all(host["status"] == "ok" for host in again.json["results"].values())
    assert fleet.log("r1").count("write memory") == saves


def test_maintenance(project: Project) -> None:
    fleet = project.fleet(4)
    shutil.copytree(PLAYBOOKS, project.folder / "playbooks")
    run = project.run("run", "playbooks/maintenance.yaml", "--yes", "-e", "ticket=4711")
    assert run.code == 0, run.stderr
    assert "description maintenance 4711" in fleet.saved_config("r1")
