"""A job is followed from another terminal: told as the run itself tells it, ended with its exit code, never touched."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, COMMAND, Project
from tests.user.waiting import DEADLINE, until

PLAYBOOK = """
- name: audit
  hosts: all
  batch_size: 2
  tasks:
    - {name: clock, commands: show clock}
    - {name: gate, python: {function: "gate:wait", reads_only: true}, when: host.name == "r3"}
"""

GATE = """
import time
from pathlib import Path

def wait():
    while not Path("open").exists():
        time.sleep(0.02)
"""


@pytest.fixture
def held(project: Project) -> tuple[Project, Fleet]:
    """A project in which r3, in the second of three batches, waits until the file `open` is there."""
    project.write("audit.yaml", PLAYBOOK)
    project.write("plugins/gate.py", GATE)
    faults = {"r6": Faults(error_on=frozenset({"show clock"}))}
    names = [f"r{number}" for number in range(1, 7)]
    return project, project.fleet([Device(name=name, password=CANARY, faults=faults.get(name, Faults())) for name in names])


def begun(project: Project, fleet: Fleet, *arguments: str) -> subprocess.Popen[str]:
    process = project.start("run", "audit.yaml", *arguments)
    until(lambda: "show clock" in fleet.log("r3"), "r3 is asked")
    return process


def watching(project: Project, *arguments: str) -> tuple[subprocess.Popen[bytes], Path]:
    """Somebody who watches, and the file with what he has seen so far."""
    seen = project.folder / "seen"
    with seen.open("w") as file:
        process = subprocess.Popen(
            [*COMMAND, "watch", "last", *arguments], cwd=project.folder, env=project.environment(), stdout=file, stderr=file
        )
    return process, seen


def objects(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines() if line.startswith("{")]


def by_host(text: str) -> dict[object, list[dict[str, object]]]:
    """What was told of each host, and of none, in order: of two hosts at work neither is first."""
    found: dict[object, list[dict[str, object]]] = {}
    for each in objects(text):
        found.setdefault(each.get("host"), []).append(each)
    return found


def test_a_running_job_is_told_as_it_tells_itself_and_its_exit_code_is_given(held: tuple[Project, Fleet]) -> None:
    project, fleet = held
    job = begun(project, fleet, "--format", "ndjson")
    watcher, seen = watching(project, "--format", "ndjson")
    until(lambda: '"host_connected", "at"' in seen.read_text() and '"r3"' in seen.read_text(), "what has happened so far is seen")
    assert watcher.poll() is None
    project.write("open", "")
    told, _ = job.communicate(timeout=DEADLINE)
    assert (job.returncode, watcher.wait(DEADLINE)) == (2, 2)
    assert by_host(seen.read_text()) == by_host(told)
    again = project.run("watch", "last", "--format", "json")
    assert (again.code, again.json["results"]["r6"]["status"]) == (2, "failed")


def test_ctrl_c_ends_the_watching_and_not_the_job(held: tuple[Project, Fleet]) -> None:
    project, fleet = held
    job = begun(project, fleet)
    watcher, seen = watching(project)
    until(lambda: "batch 2 of 3" in seen.read_text(), "the second batch is seen")
    watcher.send_signal(signal.SIGTERM)  # as Ctrl-C, which a shell without job control lets children ignore
    assert watcher.wait(DEADLINE) == 7
    assert "not watched any more" in seen.read_text() and job.poll() is None
    project.write("open", "")
    assert job.wait(DEADLINE) == 2
    job.communicate()


def test_a_job_that_is_killed_while_it_is_watched_is_seen_to_be_interrupted(held: tuple[Project, Fleet]) -> None:
    project, fleet = held
    job = begun(project, fleet)
    watcher, seen = watching(project)
    until(lambda: "batch 2 of 3" in seen.read_text(), "the second batch is seen")
    job.kill()
    job.communicate()
    assert watcher.wait(DEADLINE) == 7
    assert "job interrupted: the process that ran it is gone" in seen.read_text()
    assert fleet.wait_idle()


def test_a_job_that_was_stopped_and_went_on_is_told_once_to_its_end(held: tuple[Project, Fleet]) -> None:
    project, fleet = held
    job = begun(project, fleet)
    assert project.run("stop", "last").code == 0
    project.write("open", "")
    job.communicate(timeout=DEADLINE)
    assert job.returncode == 7
    assert project.run("resume", "last").code == 2
    run = project.run("watch", "last")
    assert run.code == 2
    assert "resumed by" in run.stderr and "2 hosts left" in run.stderr
    assert run.stdout.count("3 batches, 6 hosts") == 1 and "5 ok, 1 failed" in run.stdout
