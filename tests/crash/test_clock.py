"""F35: a wall clock that is set back or forward has no effect on leases and deadlines: only the monotonic clock counts there."""

from __future__ import annotations

import ast
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import delete, update

import runner
from runner.lab import Device
from runner.leases import Busy
from runner.states import JobStatus
from runner.store import tables
from runner.store.leases import StoreLeases, elapsed
from runner.store.reading import find
from runner.store.store import Store
from runner.target import Target
from tests.project import CANARY, Project
from tests.store.stories import accept, run_started

R1 = Target(name="r1", hostname="192.0.2.1")
HOUR = 3600.0
SOURCE = Path(runner.__file__).parent

SHOWN_ONLY = {
    "events.py": "when something was, for people",
    "execution/ends.py": "when a batch began and ended, for people; beside it the monotonic clock counts",
    "jobs/run.py": "the job's id",
    "store/store.py": "when a job was accepted, for people",
    "store/owners.py": "the lease of a process of another boot or machine, whose monotonic clock says nothing here",
    "store/orphans.py": "the age of a file that no event names",
    "jobs/history.py": "`jobs --since`",
    "cli/db.py": "`db prune --older-than`",
    "transport/session_log.py": "the time of a line",
}
"""Modules that ask for the time of day, and what for."""


def wall_clocks(tree: ast.AST) -> Iterator[int]:
    """Lines that ask for the time of day."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if (node.value.id, node.attr) in {("time", "time"), ("time", "time_ns"), ("datetime", "now"), ("datetime", "utcnow")}:
                yield node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time" and {each.name for each in node.names} & {"time", "time_ns"}:
            yield node.lineno


def test_f35_the_time_of_day_is_asked_for_only_where_it_is_shown() -> None:
    paths = [path for path in SOURCE.rglob("*.py") if "lab" not in path.relative_to(SOURCE).parts]
    asking = {str(path.relative_to(SOURCE)) for path in paths if [*wall_clocks(ast.parse(path.read_text()))]}
    assert asking == set(SHOWN_ONLY)
    assert [*wall_clocks(ast.parse("from time import time\nx = time.time()\ny = datetime.now()"))] == [1, 2, 3], "it finds them"


def test_f37_a_lease_is_not_sure_any_more_when_the_machine_has_slept(tmp_path: Path) -> None:
    """Another machine took the device meanwhile, while the monotonic clock of this one stood still."""
    passed = 0.0
    with Store.at(str(tmp_path / "state" / "jobs.db")) as holder:
        job = accept(holder, "one")
        holder.journal(job)(run_started(job))
        lease = StoreLeases(holder, job, inventory="/i", clock=lambda: passed).take(R1)
        holder.writer.run(lambda connection: connection.execute(delete(tables.lease)))
        assert lease.holds(), "nobody is asked before every line"
        passed = HOUR
        assert not lease.holds()
    assert elapsed() >= time.monotonic() - 1.0


@pytest.mark.parametrize("step", [-HOUR, HOUR], ids=["back", "forward"])
def test_f35_the_lease_of_a_living_process_outlives_a_clock_that_is_set(tmp_path: Path, step: float) -> None:
    """What the clock being set forward makes of its lease: a time of day that is long past. Its monotonic time is what counts."""
    file = str(tmp_path / "state" / "jobs.db")
    with Store.at(file) as holder, Store.at(file) as other:
        job = accept(holder, "one")
        holder.journal(job)(run_started(job))
        lease = StoreLeases(holder, job, inventory="/i").take(R1)
        owner = tables.owner.c
        other.writer.run(lambda connection: connection.execute(update(tables.owner).values(until_wall=owner.until_wall - step)))
        assert other.settle() == () and find(other, job).status is JobStatus.RUNNING
        with pytest.raises(Busy, match="job one works on it"):
            StoreLeases(other, accept(other, "two"), inventory="/i").take(R1)
        assert lease.holds()


@pytest.mark.parametrize("step", [-HOUR, HOUR], ids=["back", "forward"])
def test_f35_a_lease_that_ran_out_is_over_whatever_the_clock_says(tmp_path: Path, step: float) -> None:
    file = str(tmp_path / "state" / "jobs.db")
    with Store.at(file) as holder, Store.at(file) as other:
        job = accept(holder, "one")
        holder.journal(job)(run_started(job))
        owner = tables.owner.c
        over = {"until_monotonic": owner.until_monotonic - HOUR, "until_wall": owner.until_wall + step}
        other.writer.run(lambda connection: connection.execute(update(tables.owner).where(owner.id == holder.me.id).values(over)))
        assert other.settle() == (job,) and find(other, job).status is JobStatus.INTERRUPTED


JUMPS = """
import time
real, calls = time.time, iter(range(10**9))
time.time = lambda: real() + (3600 if next(calls) % 2 else -3600)
"""


def test_f35_a_job_runs_and_is_recorded_under_a_clock_that_jumps(project: Project) -> None:
    """Every look at the clock is an hour before or behind the one before."""
    fleet = project.fleet([Device(f"r{number}", password=CANARY) for number in (1, 2, 3)])
    project.write("x.yaml", "- hosts: all\n  tasks: [{commands: show clock}, {config: {lines: [ntp server 10.9.9.9]}}]\n")
    startup = project.write("mine/sitecustomize.py", JUMPS)
    env = {"PYTHONPATH": f"{startup.parent}:{project.environment()['PYTHONPATH']}"}
    run = project.run("run", "x.yaml", "--yes", "-b", "2", "--command-timeout", "10", "--format", "json", env=env)
    assert run.code == 0, run.stderr
    assert run.json["duration_seconds"] < 60 and fleet.wait_idle()
    assert project.run("db", "check", env=env).code == 0
    assert project.run("show", "last", "--format", "json", env=env).json["status"] == "completed"
