"""A fleet behind a jump host, by the lab's count: one connection there, the batch at the devices, and a plan that says so."""

from __future__ import annotations

import signal

import yaml

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project
from tests.user.waiting import until

PLAYBOOK = "- hosts: r*\n  batch_size: 3\n  tasks:\n    - commands: show version\n"


def behind_bastion(project: Project, *, bastion: Faults | None = None, devices: int = 7, faults: Faults | None = None) -> Fleet:
    """Devices that are reached through `bastion`, which the defaults name for all."""
    gate = Device("bastion", password=CANARY, jump=True, faults=bastion or Faults())
    fleet = project.fleet([gate, *Device.fleet(devices, password=CANARY, faults=faults or Faults())])
    defaults = project.folder / "inventory" / "defaults.yaml"
    known = (yaml.safe_load(defaults.read_text()) or {}) if defaults.exists() else {}
    defaults.write_text(yaml.safe_dump({**known, "jump_host": "bastion"}))
    project.write("play.yaml", PLAYBOOK)
    return fleet


def test_one_connection_for_all_batches(project: Project) -> None:
    fleet = behind_bastion(project)
    run = project.run("run", "play.yaml", "--format", "json")
    assert run.code == 0, run.stderr
    assert {host["status"] for host in run.json["results"].values()} == {"ok"}
    assert fleet.wait_idle()
    assert len(fleet.sessions("bastion")) == 1
    assert [len(fleet.sessions(f"r{number}")) for number in range(1, 8)] == [1] * 7
    assert fleet.counters().peak <= 3 + 1


def test_the_plan_says_what_will_be_open(project: Project) -> None:
    fleet = behind_bastion(project)
    assert "at most 3 sessions + 1 jump connection open at once" in project.run("plan", "play.yaml").stdout
    assert project.run("plan", "play.yaml", "--format", "json").json["jump_connections"] == 1
    assert fleet.counters().total == 0


def test_f24_a_refused_jump_host_is_asked_once_and_every_host_says_why(project: Project) -> None:
    fleet = behind_bastion(project, bastion=Faults(reject_password=True))
    run = project.run("run", "play.yaml", "--format", "json")
    assert run.code == 4
    results = run.json["results"]
    assert {(host["status"], host["phase"]) for host in results.values()} == {("unreachable", "auth")}
    assert all("login to jump host bastion (127.0.0.1:" in host["reason"] for host in results.values())
    assert sum(session.password_attempts for session in fleet.sessions("bastion")) == 1
    assert fleet.counters().total == 1


def test_f31_ctrl_c_leaves_nothing_at_either_hop(project: Project) -> None:
    fleet = behind_bastion(project, faults=Faults(hang_at="command"))
    process = project.start("run", "play.yaml")
    until(lambda: any("show version" in fleet.log(f"r{number}") for number in range(1, 4)), "a device has got its command")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    assert process.returncode == 7
    assert fleet.wait_idle()


def test_a_retry_tries_the_jump_host_again(project: Project) -> None:
    fleet = behind_bastion(project, bastion=Faults(refuse=True), devices=1)
    project.write("play.yaml", PLAYBOOK.replace("batch_size: 3", "connect_retries: 1"))
    process = project.start("run", "play.yaml")
    assert process.stderr is not None
    told = next(line for line in process.stderr if "attempt 2 in" in line)
    fleet.set_faults("bastion", Faults())
    process.communicate(timeout=20)
    assert process.returncode == 0, told
    assert len(fleet.sessions("bastion")) == 1 and fleet.wait_idle()
