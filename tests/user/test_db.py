"""`nornir-playbook db`: where jobs are recorded, what is wrong with that and how to mend it, and the removal of old ones."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import time
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from runner.job_events import RunInterrupted
from runner.states import HostStatus, JobStatus
from runner.store.projection import moment
from runner.store.store import Store
from tests.project import Project
from tests.store.stories import accept, host_finished, intent, run_finished, run_started, task_finished, whole_run

LONG = "x" * 100_000


@pytest.fixture
def path(project: Project) -> Path:
    """A store where the project says, with one whole job that left a long output."""
    project.write("nornir-playbook.toml", 'store = "state/jobs.db"\n')
    path = project.folder / "state" / "jobs.db"
    with Store.at(str(path)) as store:
        journal = store.journal(accept(store, "whole"))
        for event in (*whole_run("whole")[:-1], task_finished("r1", output=LONG), whole_run("whole")[-1]):
            journal(event)
    return path


def _sql(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(statement, values)
        connection.commit()


def test_the_path_is_told_without_making_anything(project: Project) -> None:
    default = project.folder / "home" / ".local" / "state" / "nornir-playbook" / "jobs.db"
    assert project.run("db", "path").stdout == f"{default}\n"
    told = project.run("db", "path", "--format", "json").json
    assert told == {"store": str(default), "outputs": str(default.with_name("jobs-outputs")), "exists": False}
    run = project.run("db", "path", "--store", "postgresql://ann:hunter2@db.example/jobs?sslpassword=hunter3")
    assert run.stdout == "postgresql://ann:***@db.example/jobs\n"
    assert not default.parent.exists()


@pytest.mark.parametrize("command", ["check", "prune"])
def test_where_nothing_was_recorded_there_is_no_store(project: Project, command: str) -> None:
    run = project.run("db", command)
    assert run.code == 1 and "there is no store of jobs at " in run.stderr and not run.stdout
    assert not (project.folder / "home").exists()


def test_a_store_in_order(project: Project, path: Path) -> None:
    run = project.run("db", "check")
    assert (run.code, run.stdout) == (0, f"{path}: in order\n"), run.stderr
    assert project.run("db", "check", "--format", "json").json == {"store": str(path), "findings": []}


def _cache(path: Path) -> None:
    _sql(path, "UPDATE turn SET status = 'failed' WHERE host = 'r2'")


def _job_row(path: Path) -> None:
    _sql(path, "UPDATE job SET status = 'stopped'")


def _event(path: Path) -> None:
    _sql(path, "INSERT INTO event (job, kind, mark, at, detail) VALUES ('whole', 'x', 'x', 'x', ?)", '{"event": "from_the_future"}')


def _table(path: Path) -> None:
    _sql(path, "DROP INDEX ix_turn_host")


def _output_gone(path: Path) -> None:
    next(path.with_name("jobs-outputs").rglob("*.out")).unlink()


def _output_changed(path: Path) -> None:
    next(path.with_name("jobs-outputs").rglob("*.out")).write_text("other")


def _orphan(path: Path) -> None:
    lost = path.with_name("jobs-outputs") / "whole" / "lost.out"
    lost.write_text("x")
    lost.chmod(0o600)
    os.utime(lost, (time.time() - 7200, time.time() - 7200))


def _mode(path: Path) -> None:
    path.chmod(0o644)


def _torn(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 * 2 : 4096 * 6] = b"\xa5" * 4096 * 4
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "kind", "said", "mend"),
    [
        (_cache, "cache", "of job whole, turn is not what its events say", "nornir-playbook db rebuild"),
        (_job_row, "cache", "of job whole, job is not what its events say", "nornir-playbook db rebuild"),
        (_event, "event", "there is no event 'from_the_future'", "update nornir-playbook"),
        (_table, "schema", "ix_turn_host", "put back a backup of the store"),
        (_output_gone, "output", "cannot be read", "put "),
        (_output_changed, "output", "is not what was stored", "put "),
        (_orphan, "orphan", "lost.out", "nornir-playbook db prune"),
        (_mode, "permissions", "(mode 0644)", "chmod 600 "),
        (_torn, "damaged", "", "put back a backup"),
    ],
    ids=["turn", "job", "event", "table", "output gone", "output changed", "orphan", "mode", "torn"],
)
def test_what_is_wrong_is_told_with_what_mends_it(
    project: Project, path: Path, spoil: Callable[[Path], None], kind: str, said: str, mend: str
) -> None:
    spoil(path)
    run = project.run("db", "check")
    lines = run.stdout.splitlines()
    assert run.code == 2 and lines[-1].startswith(f"{path}: ") and not run.stderr
    assert lines[0].startswith(f"{kind}: ") and said in lines[0] and mend in lines[1]


def test_an_empty_file_is_one_finding(project: Project) -> None:
    run = project.run("db", "check", "--store", project.write("empty.db", ""))
    assert run.code == 2 and run.stdout.splitlines()[-1].endswith(": 1 finding"), run.stdout


@pytest.mark.parametrize(("spoil", "mend"), [(_cache, ["db", "rebuild"]), (_orphan, ["db", "prune"])], ids=["the cache", "lost outputs"])
def test_the_commands_named_do_mend(project: Project, path: Path, spoil: Callable[[Path], None], mend: list[str]) -> None:
    spoil(path)
    mended = project.run(*mend)
    assert mended.code == 0, mended.stderr
    assert project.run("db", "check").code == 0


def test_upgrade_of_a_store_of_this_version_changes_nothing(project: Project, path: Path) -> None:
    run = project.run("db", "upgrade", "--format", "json")
    assert run.json == {"store": str(path), "version": "0001", "copy": None}


AGO = moment(datetime.now(UTC) - timedelta(days=100))


def _old(store: Store, job: str, status: JobStatus) -> None:
    journal = store.journal(accept(store, job))
    journal(run_started(job))
    if status is JobStatus.INTERRUPTED:
        journal(RunInterrupted(job_id=job, reason="gone"))
    else:
        journal(run_finished(job, status))


@pytest.fixture
def many(project: Project, path: Path) -> Path:
    """Jobs in every state, all of which ended long ago but for the whole one, and one that runs."""
    with Store.at(str(path)) as store:
        for status in (JobStatus.COMPLETED, JobStatus.FAILED, JobStatus.STOPPED, JobStatus.PAUSED, JobStatus.INTERRUPTED):
            _old(store, status.value, status)
        journal = store.journal(accept(store, "doubt"))
        for event in (run_started("doubt"), intent("r1"), host_finished("r1", status=HostStatus.IN_DOUBT), run_finished("doubt")):
            journal(event)
        journal = store.journal("completed")
        journal(task_finished("r1", output=LONG))
        accept(store, "child", parent="completed")
    _sql(path, "UPDATE job SET ended = ?, created = ? WHERE id NOT IN ('whole', 'child')", AGO, AGO)
    return path


def _jobs(path: Path) -> set[str]:
    with closing(sqlite3.connect(path)) as connection:
        return {row[0] for row in connection.execute("SELECT id FROM job")}


def test_old_jobs_of_which_nothing_is_left_to_do_are_removed_with_their_outputs(project: Project, many: Path) -> None:
    asked = project.run("db", "prune", "--older-than", "90d")
    assert asked.code == 3 and "this would remove 2 jobs (" in asked.stderr and "give --yes" in asked.stderr
    assert "completed" in _jobs(many)
    run = project.run("db", "prune", "--older-than", "90d", "--yes", "--format", "json")
    assert run.json["removed"] == ["completed", "failed"] and run.json["bytes"] > 100_000
    assert _jobs(many) == {"whole", "stopped", "paused", "interrupted", "doubt", "child"}
    with closing(sqlite3.connect(many)) as connection:
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,), "the room is given back"
        for table in ("event", "turn", "batch"):
            assert not connection.execute(f"SELECT 1 FROM {table} WHERE job = 'completed'").fetchall()  # noqa: S608 - names of ours
    assert {each.name for each in many.with_name("jobs-outputs").iterdir()} == {"whole"}
    rest = project.run("db", "prune", "--older-than", "90d", "--all", "--yes")
    assert rest.code == 0 and rest.stdout.startswith("removed 4 jobs: ")
    assert _jobs(many) == {"whole", "child"}
    assert project.run("db", "prune", "--older-than", "1h", "--yes").stdout == "removed 0 jobs: 0 bytes\n"


def test_a_job_that_runs_is_never_removed(project: Project, path: Path) -> None:
    with Store.at(str(path)) as store:
        store.journal(accept(store, "runs"))(run_started("runs"))
        _sql(path, "UPDATE job SET created = ? WHERE id = 'runs'", AGO)
        assert project.run("db", "prune", "--older-than", "1d", "--all", "--yes").code == 0
        assert "runs" in _jobs(path)


@pytest.mark.parametrize("text", ["90", "-1d", "99999999d"])
def test_a_time_that_is_none_is_refused(project: Project, path: Path, text: str) -> None:
    run = project.run("db", "prune", "--older-than", text)
    assert run.code == 3 and "expected a whole number and h, d or w" in run.stderr


def test_a_wrong_password_is_not_told(project: Project) -> None:
    run = project.run("db", "check", "--store", "postgresql://ann:hunter2@127.0.0.1:1/jobs", "--format", "json")
    assert run.code == 2 and "hunter2" not in run.stdout + run.stderr
    assert "postgresql://ann:***@127.0.0.1:1/jobs" in json.loads(run.stdout)["findings"][0]["what"]


def test_the_store_that_a_run_makes_is_in_order_and_for_its_owner_alone(project: Project) -> None:
    project.fleet(2)
    assert project.run("exec", "all", "-c", "show version").code == 0
    path = Path(project.run("db", "path").stdout.strip())
    assert stat.S_IMODE(path.stat().st_mode) == 0o600 and stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert project.run("db", "check").stdout == f"{path}: in order\n"
