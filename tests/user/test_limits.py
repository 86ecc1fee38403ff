"""Limits as a user meets them: the line of output of each one that trips, the exit code, and how many sessions the devices saw."""

from __future__ import annotations

import json
import time

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project

PLAYBOOK = """
- name: audit
  hosts: all
  batch_size: 3
  tasks:
    - {name: clock, commands: show clock}
    - {name: version, commands: show version}
"""
REFUSED = Faults(refuse=True)
REJECTED = Faults(reject_password=True)
INVALID = Faults(error_on=frozenset({"show clock"}))


def fleet_of(project: Project, faults: dict[str, Faults], devices: int = 9, playbook: str = PLAYBOOK) -> Fleet:
    """A fleet in which some devices have faults, and the playbook."""
    project.write("audit.yaml", playbook)
    return project.fleet(
        [Device(name=each.name, password=CANARY, faults=faults.get(each.name, Faults())) for each in Device.fleet(devices)]
    )


ALL = ("r1", "r2", "r3")
TRIPS = [
    # flags, faults, exit code, reason, hosts of later batches
    (
        ("--max-fail-percentage", "34"),
        dict.fromkeys(ALL[:2], INVALID),
        2,
        "2 of 3 hosts failed in batch 1 (66.7%), max_fail_percentage allows 34%",
        6,
    ),
    (
        ("--max-failures", "1"),
        {"r1": INVALID, "r4": REFUSED},
        4,
        "2 of 9 hosts failed (1 failed, 1 unreachable), limit 1 (max_failures)",
        3,
    ),
    (("--max-failures", "10%"), {"r1": REFUSED}, 4, "1 of 9 hosts failed (1 unreachable) (11.1%), limit 10% (max_failures)", 6),
    (("--any-errors-fatal",), {"r2": INVALID}, 2, "1 of 3 hosts failed in batch 1, any_errors_fatal allows none", 6),
    (("--on-batch-failure", "stop"), dict.fromkeys(ALL, INVALID), 2, "3 of 3 hosts failed in batch 1 and none ended well", 6),
    (
        ("--on-batch-failure", "pause"),
        dict.fromkeys(ALL, REFUSED),
        4,
        "3 of 3 hosts failed (3 unreachable) in batch 1 and none ended well, and nobody can be asked whether to go on",
        6,
    ),
]


@pytest.mark.parametrize(("flags", "faults", "code", "reason", "left"), TRIPS, ids=[" ".join(row[0]) for row in TRIPS])
def test_each_limit_says_its_arithmetic(
    project: Project, flags: tuple[str, ...], faults: dict[str, Faults], code: int, reason: str, left: int
) -> None:
    fleet = fleet_of(project, faults)
    run = project.run("run", "audit.yaml", *flags, "--format", "json")
    assert (run.code, run.json["status"]) == (code, "failed"), run.stderr
    assert f"limit: {reason}; nothing more is started" in run.stderr and run.json["reason"] == reason
    assert {f"r{n}" for n in range(10 - left, 10)} <= set(run.json["not_started"])
    assert fleet.wait_idle() and all(not fleet.sessions(name) for name in run.json["not_started"])
    words = project.run("run", "audit.yaml", *flags)
    assert "not started (" in words.stdout and f"job failed: {reason}" in words.stdout, words.stdout


def test_without_limits_every_batch_runs(project: Project) -> None:
    fleet = fleet_of(project, {f"r{n}": REFUSED for n in (1, 2, 3)})
    run = project.run("run", "audit.yaml", "--format", "json")
    assert (run.code, run.json["status"], run.json["not_started"]) == (4, "completed", [])
    assert fleet.counters().total == 6 and "limit:" not in run.stderr


def test_f24_wrong_passwords_lock_no_account(project: Project) -> None:
    fleet = fleet_of(project, {f"r{n}": REJECTED for n in range(1, 31)}, devices=30)
    run = project.run("run", "audit.yaml", "-b", "10", "--format", "json")
    assert (run.code, run.json["status"]) == (4, "failed")
    assert sum(session.password_attempts for n in range(1, 31) for session in fleet.sessions(f"r{n}")) == 3
    assert len(run.json["not_started"]) == 27 and "3 logins in a row as 'admin'" in run.json["reason"]
    held = [run.json["results"][name] for name in run.json["not_started"] if run.json["results"][name]["reason"]]
    assert held and all(host["status"] == "pending" and "max_auth_failures" in host["reason"] for host in held)
    assert project.run("run", "audit.yaml").stderr.count("might be locked; hosts with these credentials are not started") == 1


def test_f24_a_success_resets_the_count(project: Project) -> None:
    fleet = fleet_of(project, dict.fromkeys(("r2", "r3", "r5", "r6", "r8", "r9"), REJECTED))
    run = project.run("run", "audit.yaml", "-b", "1", "--format", "json")
    assert (run.code, run.json["status"], run.json["not_started"]) == (4, "completed", [])
    assert sum(session.password_attempts for n in (2, 3, 5, 6, 8, 9) for session in fleet.sessions(f"r{n}")) == 6


def test_f28_logins_are_as_far_apart_as_the_rate_says(project: Project) -> None:
    fleet = fleet_of(project, {}, devices=6)
    begun = time.monotonic()
    run = project.run("run", "audit.yaml", "-b", "0", "--login-rate", "4", "--format", "json")
    assert run.code == 0 and time.monotonic() - begun >= 5 / 4
    assert fleet.counters().total == 6


def test_a_device_that_comes_back_is_reached_with_retries_and_the_record_says_how_often(project: Project) -> None:
    fleet = fleet_of(project, {"r1": REFUSED, "r2": Faults(reject_password=True)}, devices=3)
    process = project.start("run", "audit.yaml", "--connect-retries", "8", "--format", "json")
    assert process.stderr is not None
    line = ""
    while "attempt 2 in" not in line:
        line = process.stderr.readline()
        assert process.poll() is None or line, "it ended without a second attempt"
    assert "r1  no connection (tcp)" in line
    fleet.set_faults("r1", Faults())
    stdout, _ = process.communicate(timeout=60)
    results = json.loads(stdout)["results"]
    assert process.returncode == 4 and results["r1"]["status"] == "ok" and results["r1"]["attempts"] >= 2
    assert "attempts" not in results["r2"] and len(fleet.sessions("r2")) == 1, "F24: a refused login was tried again"


def test_an_unreachable_host_that_is_ignored_changes_no_exit_code(project: Project) -> None:
    fleet_of(project, {"r2": REFUSED}, devices=3, playbook=PLAYBOOK.replace("batch_size: 3", "ignore_unreachable: true"))
    run = project.run("run", "audit.yaml", "--max-failures", "0", "--format", "json")
    assert (run.code, run.json["status"], run.json["results"]["r2"]["status"]) == (0, "completed", "skipped"), run.stderr
    assert "ignore_unreachable" in run.json["results"]["r2"]["reason"] and run.json["recap"]["r2"]["ignored"] == 1
    assert "r2  skipped (tcp)" in run.stderr
