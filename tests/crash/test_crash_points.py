"""F41: the table of crash points: what a device has, what its host is, and what going on does, for each place at which a process dies."""

from __future__ import annotations

import json
import signal
from dataclasses import dataclass

import pytest

from runner.crash_points import POINTS, VARIABLE
from runner.lab import Device, Fleet
from tests.crash.forks import Forks
from tests.project import CANARY, Project, Run

LINES = tuple(f"ntp server 10.9.1.{number}" for number in range(1, 6))
PLAYBOOK = f"""
- name: change
  hosts: all
  batch_size: 1
  tasks:
    - name: servers
      config: {{lines: {json.dumps(LINES)}}}
      verify: {{commands: show running-config, that: "'{LINES[-1]}' in output"}}
      on_result: [{{save: "kept/{{{{ host.name }}}}"}}]
    - {{name: look, commands: show clock}}
"""


@dataclass(frozen=True, kw_only=True)
class Row:
    """`lines` the device has after the crash, with the host's `status`; `more` are those sent when it goes on and checks itself.

    `seen`: what the device answered is known in the end, so that result handlers get it. `or_`: another status that is as right,
    as nobody waits until it is on disk that a host has begun; what was written does not depend on it.
    """

    at: str
    lines: int
    status: str
    more: int
    seen: bool = True
    or_: str = ""


ROWS = (
    Row(at="before_intent", lines=0, status="stopped", or_="pending", more=5),
    Row(at="after_intent", lines=0, status="in_doubt", more=5),
    Row(at="mid_lines", lines=1, status="in_doubt", more=5),
    Row(at="mid_lines:3", lines=3, status="in_doubt", more=5),
    Row(at="mid_lines:5", lines=5, status="in_doubt", more=0, seen=False),
    Row(at="after_answer", lines=5, status="in_doubt", more=0, seen=False),
    Row(at="before_record", lines=5, status="in_doubt", more=0, seen=False),
    Row(at="after_record", lines=5, status="stopped", more=0),
    Row(at="in_handler", lines=5, status="stopped", more=0),
    Row(at="before_task_end", lines=5, status="stopped", more=0),
    Row(at="in_disconnect", lines=5, status="stopped", more=0),
)


def test_every_point_has_its_row() -> None:
    assert {row.at.partition(":")[0] for row in ROWS} == set(POINTS)


class World:
    """A project whose commands are forked, each with its output."""

    def __init__(self, project: Project, forks: Forks) -> None:
        self._project, self._forks, self.folder = project, forks, project.folder
        self.fleet: Fleet = project.fleet([Device(name, password=CANARY) for name in ("r1", "r2")])
        project.write("p.yaml", PLAYBOOK)

    def run(self, *arguments: str, at: str = "") -> Run:
        """A command, which may die."""
        environment = self._project.environment({VARIABLE: at} if at else None)
        output = self._project.folder / "output"
        child = self._forks.start(arguments, self._project.folder, environment, output)
        assert child.ended(60)
        run = Run(child.code, output.read_text(), output.with_suffix(".err").read_text())
        assert "Traceback" not in run.stderr
        self._project.runs.append(run)
        return run

    def crash(self, at: str) -> None:
        """Run the playbook up to its death; the devices see it (F12)."""
        assert self.run("run", "p.yaml", "--yes", at=at).code == -signal.SIGKILL
        assert self.fleet.wait_idle(), "sessions are left at the devices"

    def statuses(self) -> tuple[str, dict[str, str]]:
        """The job's, and those of its hosts."""
        shown = self.run("show", "last", "--format", "json").json
        return shown["status"], {name: host["status"] for name, host in shown["results"].items()}


@pytest.fixture
def world(project: Project, forks: Forks) -> World:
    return World(project, forks)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.at)
def test_f41_dies_and_goes_on_by_its_own_check(world: World, row: Row) -> None:
    world.crash(row.at)
    job, hosts = world.statuses()
    assert job == "interrupted" and hosts in ({"r1": status, "r2": "pending"} for status in (row.status, row.or_))
    assert world.fleet.config_lines("r1") == LINES[: row.lines]
    resumed = world.run("resume", "last", "--yes", "--on-in-doubt", "verify")
    assert resumed.code == 0, resumed.stderr
    assert world.statuses() == ("completed", {"r1": "changed", "r2": "changed"})
    assert world.fleet.config_lines("r1") == LINES[: row.lines] + LINES[: row.more]
    assert world.fleet.config_lines("r2") == LINES
    kept = {path.stem for path in (world.folder / "kept").iterdir()}
    assert kept == ({"r1", "r2"} if row.seen else {"r2"}), "handlers run, and once more where it died in one"
    assert world.run("db", "check").code == 0


@pytest.mark.parametrize("row", [row for row in ROWS if row.status == "in_doubt"], ids=lambda row: row.at)
def test_f43_what_is_in_doubt_is_left_alone_where_nobody_has_looked(world: World, row: Row) -> None:
    world.crash(row.at)
    resumed = world.run("resume", "last", "--yes")
    assert resumed.code == 5, resumed.stderr
    assert world.statuses() == ("completed", {"r1": "in_doubt", "r2": "changed"})
    assert world.fleet.config_lines("r1") == LINES[: row.lines] and len(world.fleet.sessions("r1")) == 1
    assert world.fleet.config_lines("r2") == LINES


@pytest.mark.parametrize("row", [row for row in ROWS if row.status == "stopped"], ids=lambda row: row.at)
def test_f43_what_is_known_needs_nobody(world: World, row: Row) -> None:
    world.crash(row.at)
    assert world.run("resume", "last", "--yes").code == 0
    assert world.fleet.config_lines("r1") == world.fleet.config_lines("r2") == LINES
