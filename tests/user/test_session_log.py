"""`--session-log`: a file for each host, readable by its owner alone, with all that went over the session and no secret."""

from __future__ import annotations

import stat
from typing import Any

from runner.lab import Device, Faults
from tests.project import CANARY, Project

SECRET = "canary-community"
ENABLE = "canary-enable-secret"

PLAYBOOK = """
- hosts: all
  secrets: {community: "env:COMMUNITY"}
  tasks:
    - commands: show clock
    - config: "snmp-server community {{ community }} RO"
- hosts: r1
  tasks:
    - commands: show users
"""


def logs(project: Project, folder: str = ".") -> dict[str, str]:
    return {path.name: path.read_text() for path in (project.folder / folder / "sessions").iterdir()}


def fleet_of(project: Project, *names: str, **more: Any) -> None:
    project.fleet([Device(name=name, password=CANARY, secret=ENABLE, **more) for name in names])


def test_f62_everything_but_secrets_is_there(project: Project) -> None:
    fleet_of(project, "r1", "r2")
    project.write("x.yaml", PLAYBOOK)
    run = project.run("run", "x.yaml", "--session-log", "--yes", env={"COMMUNITY": SECRET})
    assert run.code == 0, run.stderr
    found = logs(project)
    assert set(found) == {"r1.log", "r2.log"}
    for text in found.values():
        assert "> show clock" in text and "UTC" in text and "> snmp-server community ****** RO" in text
        assert "< r1#show clock" in text or "< r2#show clock" in text
        assert "-- phase auth" in text and "-- closed, confirmed by the device" in text
        assert not [secret for secret in (SECRET, ENABLE, CANARY) if secret in text]
    assert found["r1.log"].count("-- session with r1") == 2 and "show users" in found["r1.log"]
    assert run.stdout.count("canary") == run.stderr.count("canary") == 0
    folder = project.folder / "sessions"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_f15_packets_of_one_byte_and_a_device_that_shows_its_secret(project: Project) -> None:
    """What a device shows of a secret is masked as well, a byte at a time."""
    raw = f"username admin password {CANARY}\r\nenable secret {ENABLE}\r\n".encode()
    fleet_of(project, "r1", faults=Faults(chunk=1, raw_output={"show running-config": raw}))
    run = project.run("exec", "all", "-c", "show running-config", env={"NORNIR_PLAYBOOK_SESSION_LOG": "true"})
    assert run.code == 0, run.stderr
    [text] = logs(project).values()
    assert "username admin password ******" in text and "enable secret ******" in text and "canary" not in text


def test_one_that_cannot_be_reached_says_why(project: Project) -> None:
    fleet_of(project, "r1", faults=Faults(vty_full=True))
    assert project.run("exec", "all", "-c", "show clock", "--session-log", "--output-dir", "out").code == 4
    [text] = logs(project, "out").values()
    assert "-- failed: shell on" in text and text.rstrip().splitlines()[-1].endswith("-- closed, confirmed by the device")


def test_f67_no_link_is_followed_and_the_run_goes_on(project: Project) -> None:
    fleet_of(project, "r1", "r2")
    (project.folder / "sessions").mkdir()
    target = project.write("elsewhere", "")
    for name in ("r1", "r2"):
        (project.folder / "sessions" / f"{name}.log").symlink_to(target)
    run = project.run("exec", "all", "-c", "show clock", "--session-log", "--format", "json")
    assert run.code == 0 and target.read_text() == ""
    [warning] = run.json["warnings"]
    assert "the session log of r" in warning and "is a symbolic link" in warning


def test_nothing_is_written_without_the_flag(project: Project) -> None:
    fleet_of(project, "r1")
    assert project.run("exec", "all", "-c", "show clock").code == 0
    assert not (project.folder / "sessions").exists()
