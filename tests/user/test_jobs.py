"""Jobs that are over are listed and shown from their record alone, as the run itself told them."""

from __future__ import annotations

import json
import signal
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from runner.jobs.history import jobs_of
from runner.lab import Device, Faults, Fleet
from runner.store.store import Store
from tests.project import CANARY, COMMAND, Project
from tests.user.tmux import Tmux
from tests.user.waiting import until

PLAYBOOK = """
- name: audit
  hosts: all
  batch_size: 2
  tasks:
    - {name: clock, commands: [show clock, show version]}
    - {name: ntp, config: {lines: [ntp server 10.0.0.1, logging host 10.0.0.2, hostname x]}, when: host.name == "r4"}
"""


def fleet_with(project: Project, faults: dict[str, Faults], devices: int = 5) -> Fleet:
    project.write("audit.yaml", PLAYBOOK)
    names = [f"r{number}" for number in range(1, devices + 1)]
    return project.fleet([Device(name=name, password=CANARY, faults=faults.get(name, Faults())) for name in names])


def store_of(project: Project) -> Path:
    return project.folder / "home/.local/state/nornir-playbook/jobs.db"


@pytest.fixture
def ran(project: Project) -> Project:
    """A project with a job of five hosts, of which one cannot be logged in to and one refuses a line; then two of `exec`."""
    fleet_with(project, {"r3": Faults(reject_password=True), "r4": Faults(error_on=frozenset({"logging host 10.0.0.2"}))})
    assert project.run("run", "audit.yaml", "--yes").code == 4
    assert project.run("exec", "r1,r2", "-c", "show version").code == 0
    assert project.run("exec", "r5", "-c", "show clock").code == 0
    return project


@pytest.mark.parametrize("command", ["jobs", "show", "watch", "diff", "export"])
def test_without_a_record_there_is_a_friendly_word_and_no_new_file(project: Project, command: str) -> None:
    arguments = {"jobs": [], "diff": ["last", "last"]}.get(command, ["last"])
    run = project.run(command, *arguments)
    assert run.code == (0 if command == "jobs" else 3)
    assert run.stdout == "" and "no job is recorded yet" in run.stderr
    assert not store_of(project).exists()
    assert project.run("jobs", "--format", "json").json == []


def test_jobs_newest_first_with_what_their_hosts_came_to(ran: Project) -> None:
    lines = ran.run("jobs").stdout.splitlines()
    assert lines[0].split() == ["ID", "WHEN", "STATUS", "PLAYBOOK", "HOSTS", "BATCHES", "WHO"]
    assert [("exec r5: show clock" in lines[1]), ("exec r1,r2: show version" in lines[2]), ("audit.yaml" in lines[3])] == [True] * 3
    assert "3 ok, 1 failed, 1 unreachable" in lines[3] and "3/3" in lines[3]
    assert len({line.index("completed") for line in lines[1:]}) == 1, lines


def test_jobs_as_json(ran: Project) -> None:
    jobs = ran.run("jobs", "--format", "json").json
    assert [job["kind"] for job in jobs] == ["exec", "exec", "run"]
    job = jobs[-1]
    assert job["hosts"] == {"ok": 3, "failed": 1, "unreachable": 1}
    expected = {"status": "completed", "total_devices": 5, "batch_size": 2, "current_batch": 3, "total_batches": 3, "exit_code": 4}
    assert {name: job[name] for name in expected} == expected
    assert Path(job["playbook"]).name == "audit.yaml" and job["parent"] is None and job["origin"]["machine"]
    assert job["created"] <= job["started"] <= job["ended"] and job["duration_seconds"] > 0
    lines = ran.run("jobs", "--format", "ndjson").stdout.splitlines()
    assert [json.loads(line) for line in lines] == jobs


FILTERS: dict[str, tuple[dict[str, Any], int]] = {
    "all": ({}, 3),
    "newest": ({"most": 1}, 1),
    "playbook by name": ({"playbook": "audit"}, 1),
    "playbook by glob": ({"playbook": "*.yaml"}, 1),
    "exec": ({"playbook": "exec"}, 2),
    "host": ({"host": "r5"}, 2),
    "host by pattern": ({"host": "r*,!r5"}, 2),
    "no such host": ({"host": "nobody"}, 0),
    "status": ({"statuses": ["failed,stopped"]}, 0),
    "both states": ({"statuses": ["failed", "completed"]}, 3),
    "since": ({"since": "1h"}, 3),
    "since a date": ({"since": "2020-01-01"}, 3),
    "since a moment to come": ({"since": "2999-01-01T10:00"}, 0),
}


def test_filters(ran: Project) -> None:
    run = ran.run("jobs", "--status", "failed,stopped", "--format", "json")
    assert (run.code, run.json) == (0, []) and "no job fits" in run.stderr
    wanted = {"playbook": None, "host": None, "statuses": (), "since": None, "most": 0}
    with Store.at(str(store_of(ran)), create=False) as store:
        for name, (given, found) in FILTERS.items():
            assert len(jobs_of(store, **{**wanted, **given})) == found, name


WRONG = (
    (["jobs", "--status", "complete"], "did you mean 'completed'"),
    (["jobs", "--since", "yesterday"], "2d, 12h"),
    (["show", "last~3"], "there is no job 'last~3'"),
    (["show", "20"], "the beginning of 3 jobs"),
    (["show", "last", "--host", "r9"], "is no host of the job"),
    (["show", "last", "--batch", "7"], "its batches are 1 to 1"),
)


def test_what_is_wrong_is_said(ran: Project) -> None:
    for arguments, words in WRONG:
        run = ran.run(*arguments)
        assert run.code == 3 and words in run.stderr, run.stderr


def test_show_gives_the_document_of_the_run(project: Project) -> None:
    fleet_with(project, {"r3": Faults(reject_password=True), "r4": Faults(error_on=frozenset({"logging host 10.0.0.2"}))})
    told = project.run("run", "audit.yaml", "--yes", "--format", "json")
    shown = project.run("show", "last", "--format", "json")
    assert shown.code == 0 and shown.stdout == told.stdout
    one = project.run("show", told.json["id"][:-1], "--host", "r4", "--format", "json").json
    assert one["results"] == {"r4": told.json["results"]["r4"]} and [batch["batch_number"] for batch in one["batches"]] == [2]
    second = project.run("show", "last", "--batch", "2", "--format", "json").json
    assert [*second["results"]] == ["r3", "r4"] and second["results"]["r3"] == told.json["results"]["r3"]
    assert [*project.run("show", "last", "--failed", "--format", "json").json["results"]] == ["r3", "r4"]


def test_show_for_people(ran: Project) -> None:
    job = ran.run("jobs", "--playbook", "audit", "--format", "json").json[0]["id"]
    run = ran.run("show", job)
    text = run.stdout
    assert run.code == 0 and f"job {job} completed, exit code 4" in text
    assert "nornir-playbook run audit.yaml --yes" in text and str(ran.folder) in text
    assert "Batch 2 of 3 (2 devices): 1 failed, 1 unreachable, " in text
    assert "r3  unreachable (auth)" in text and "hint: check the user name and the password" in text
    assert 'r4  failed in "ntp"' in text and "(1 of 3 lines)" in text
    assert f"next: nornir-playbook retry {job}" in text and "resume" not in text


def test_show_a_host_with_its_outputs(ran: Project) -> None:
    job = ran.run("jobs", "--playbook", "audit", "--format", "json").json[0]["id"]
    text = ran.run("show", "last~2", "--host", "r4").stdout
    assert f"job {job} completed" in text
    assert "-- clock (commands): ok" in text and "  > show clock" in text and "Cisco IOS Software" in text
    assert "-- ntp (config): failed" in text and "1 of 3 lines" in text
    assert "r3" not in text
    assert "no host failed" in ran.run("show", "last", "--failed").stdout


def test_f31_a_job_whose_process_was_killed_is_interrupted_and_its_open_write_in_doubt(project: Project) -> None:
    fleet = fleet_with(project, {"r4": Faults(hang_at_line=2)}, devices=6)
    process = project.start("run", "audit.yaml", "--yes")
    until(lambda: "logging host 10.0.0.2" in fleet.log("r4"), "r4 hangs in its second line")
    running = project.run("jobs", "--format", "json").json[0]
    assert (running["status"], running["batches_done"], running["exit_code"]) == ("running", 1, None)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert fleet.wait_idle()
    listed = project.run("jobs", "--format", "json").json[0]
    assert (listed["status"], listed["hosts"]) == ("interrupted", {"ok": 3, "pending": 2, "in_doubt": 1})
    text = project.run("show", "last").stdout
    assert "interrupted: the process that ran it is gone" in text
    assert "not started (2): r5,r6" in text
    assert 'r4  in doubt "ntp" (config): ' in text and "of 3 lines" in text and "| logging host 10.0.0.2" in text
    assert f"next: nornir-playbook resume {listed['id']}" in text


def test_what_a_device_sent_steers_no_terminal(project: Project) -> None:
    fleet_with(project, {})
    project.run("exec", "r1", "-c", "show version")
    with sqlite3.connect(store_of(project)) as store:  # as if a device had sent it
        store.execute(
            "update event set detail = replace(detail, 'Cisco IOS Software', '\\u001b[2Jgone\\u202e') where kind = 'task_finished'"
        )
    store.close()
    text = project.run("show", "last", "--host", "r1").stdout
    assert "\\x1b[2Jgone\\u202e" in text and "\x1b" not in text and "\u202e" not in text


def test_tables_fit_the_terminal(ran: Project) -> None:
    for columns in (40, 100):
        environment = ran.environment({"NO_COLOR": "1"})
        with Tmux([*COMMAND, "jobs"], folder=ran.folder, environment=environment, columns=columns, rows=40) as screen:
            assert screen.leaves() == 0
            assert not [line for line in screen.everything() if len(line) > columns]
