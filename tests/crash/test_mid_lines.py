"""F12, F33, F42: a process that is killed while a device takes its lines: nothing goes on, and what was sent is shown first."""

from __future__ import annotations

import signal
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from runner.lab import Device, Faults, Fleet
from tests.crash.test_crash_points import LINES, PLAYBOOK
from tests.project import CANARY, COMMAND, Project
from tests.user.person import Person
from tests.user.waiting import until

MARK = "CRASH_TEST_OF"


@contextmanager
def store_of(project: Project) -> Iterator[sqlite3.Connection]:
    file = project.folder / "home" / ".local" / "state" / "nornir-playbook" / "jobs.db"
    with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
        yield connection


def kept_lines(project: Project) -> int:
    """How many of r1's lines are on record as taken."""
    with store_of(project) as connection:
        return int(connection.execute("select count(*) from event where kind = 'lines_taken' and host = 'r1'").fetchone()[0])


def processes(mark: str) -> list[int]:
    """Every process whose environment holds it."""
    found = []
    for path in Path("/proc").glob("[0-9]*/environ"):
        try:
            if f"{MARK}={mark}".encode() in path.read_bytes():
                found.append(int(path.parent.name))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


@pytest.fixture
def killed(project: Project) -> Fleet:
    """A fleet whose r1 has taken three of five lines when the runner was killed."""
    fleet = project.fleet([Device("r1", password=CANARY, faults=Faults(hang_at_line=4)), Device("r2", password=CANARY)])
    project.write("p.yaml", PLAYBOOK)
    process = project.start("run", "p.yaml", "--yes", env={MARK: str(project.folder)})
    until(lambda: LINES[3] in fleet.log("r1") and kept_lines(project) == 3, "r1 has received its fourth line")
    assert process.pid in processes(str(project.folder))
    process.kill()
    process.communicate(timeout=20)
    assert process.returncode == -signal.SIGKILL
    return fleet


def test_f12_f33_sessions_are_closed_and_nothing_goes_on(project: Project, killed: Fleet) -> None:
    assert killed.wait_idle() and killed.config_lines("r1") == LINES[:3]
    assert processes(str(project.folder)) == []
    assert killed.counters("r2").total == 0


def test_f42_how_far_it_came_is_shown_and_nothing_is_sent_by_itself(project: Project, killed: Fleet) -> None:
    shown = project.run("show", "last")
    assert "at least 3 of 5 lines were taken" in shown.stdout, shown.stdout
    resumed = project.run("resume", "last", "--yes")
    assert resumed.code == 5 and "r1: task 'servers' (5 lines) was cut off: at least 3 of 5 lines were taken" in resumed.stderr
    assert killed.config_lines("r1") == LINES[:3] and killed.counters("r1").total == 1
    assert killed.config_lines("r2") == LINES


@pytest.mark.parametrize(("answer", "sent", "code"), [("done", (), 0), ("not done", LINES, 0), ("leave", (), 5)])
def test_f42_a_person_is_told_and_asked(project: Project, killed: Fleet, answer: str, sent: tuple[str, ...], code: int) -> None:
    killed.set_faults("r1", Faults())
    command = [*COMMAND, "resume", "last", "--yes"]
    with Person(command, folder=project.folder, environment=project.environment(), columns=160) as person:
        person.sees("at least 3 of 5 lines were taken. It was to send:")
        assert killed.counters("r1").total == 1, "nothing is sent before somebody has answered"
        person.types(f"{answer}\n")
        assert person.leaves() == code, person.text
    assert killed.config_lines("r1") == LINES[:3] + sent
    status = project.run("show", "last", "--format", "json").json["results"]["r1"]["status"]
    assert status == ("in_doubt" if answer == "leave" else "changed")
