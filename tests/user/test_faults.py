"""A fleet of 20 with one device of each read fault: the reasons name phase and cause, the healthy hosts are ok."""

from __future__ import annotations

import time

from runner.lab import Device, Faults
from tests.project import CANARY, Project

PLAYBOOK = """
- name: audit
  hosts: all
  batch_size: 0
  tasks:
    - name: version
      commands: [show version, show ip ospf neighbor]
"""

# device -> its fault, the state of the host, the phase, and words that its reason must hold
FAULTS: dict[str, tuple[Faults, str, str, tuple[str, ...]]] = {
    "r1": (Faults(refuse=True), "unreachable", "tcp", ("refused",)),
    "r2": (Faults(hang_at="banner"), "unreachable", "banner", ("banner",)),
    "r3": (Faults(not_ssh=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "unreachable", "banner", ("SSH",)),
    "r4": (Faults(close_at="banner"), "unreachable", "banner", ("closed",)),
    "r5": (Faults(other_host_key=True), "unreachable", "host_key", ("key",)),
    "r6": (Faults(reject_password=True), "unreachable", "auth", ("password",)),
    "r7": (Faults(vty_full=True), "unreachable", "shell", ("session",)),
    "r8": (Faults(close_at="shell"), "unreachable", "shell", ("closed",)),
    "r9": (Faults(hang_at="prompt"), "unreachable", "prompt", ("prompt",)),
    "r10": (Faults(hang_at="command"), "failed", "command", ("show version",)),
    "r11": (Faults(close_at="command"), "failed", "command", ("closed",)),
    "r12": (Faults(error_on=frozenset({"show ip ospf neighbor"})), "failed", "", ("% Invalid input",)),
}


def test_each_fault_has_its_reason_and_the_others_are_ok(project: Project) -> None:
    devices = [
        Device(name=each.name, password=CANARY, faults=FAULTS[each.name][0] if each.name in FAULTS else Faults())
        for each in Device.fleet(20)
    ]
    fleet = project.fleet(devices)
    project.write("audit.yaml", PLAYBOOK)
    started = time.monotonic()
    run = project.run("run", "audit.yaml", "--format", "json", "--connect-timeout", "4", "--command-timeout", "4")
    seconds = time.monotonic() - started
    assert run.code == 4, run.stderr
    results = run.json["results"]
    for name, (_, status, phase, words) in FAULTS.items():
        host = results[name]
        assert (host["status"], host.get("phase", "")) == (status, phase), (name, host)
        assert "\n" not in host["reason"] and all(word in host["reason"] for word in words), (name, host["reason"])
    healthy = [name for name in results if name not in FAULTS]
    assert len(healthy) == 8
    assert {results[name]["status"] for name in healthy} == {"ok"}
    # 12 faults of up to 4 s each would be 20 s and more one after the other; side by side they are one deadline plus the start.
    assert seconds < 15
    assert fleet.wait_idle()
    assert all(len(fleet.sessions(name)) <= 1 for name in results), "something was retried"
    assert sum(session.password_attempts for session in fleet.sessions("r6")) == 1, "F24: the password was tried more than once"
    assert not any(session.password_attempts for session in fleet.sessions("r5")), "F22: a password was sent to a host with a changed key"


def test_f21_an_unknown_key_is_refused_with_its_fingerprint_and_the_line_that_accepts_it(project: Project) -> None:
    fleet = project.fleet(2)
    (project.folder / "inventory" / "known_hosts").unlink()
    project.write("audit.yaml", PLAYBOOK)
    refused = project.run("run", "audit.yaml")
    assert refused.code == 4
    assert "SHA256:" in refused.stderr and "accept-new" in refused.stderr
    assert not any(session.password_attempts for name in ("r1", "r2") for session in fleet.sessions(name))
    accepted = project.run("run", "audit.yaml", "--host-keys", "accept-new")
    assert accepted.code == 0, accepted.stderr
    assert (project.folder / "inventory" / "known_hosts").stat().st_mode & 0o777 == 0o600
    assert project.run("run", "audit.yaml").code == 0


def test_f23_a_known_hosts_file_that_the_user_names_must_exist(project: Project) -> None:
    fleet = project.fleet(1)
    project.write("audit.yaml", PLAYBOOK)
    run = project.run("run", "audit.yaml", "--known-hosts", "nowhere")
    assert run.code == 3 and "nowhere" in run.stderr
    assert fleet.counters().total == 0


def test_a_mangled_line_of_host_keys_is_told_and_hurts_nobody(project: Project) -> None:
    project.fleet(1)
    known = project.folder / "inventory" / "known_hosts"
    known.write_text("this is no key\n" + known.read_text())
    project.write("audit.yaml", PLAYBOOK)
    run = project.run("run", "audit.yaml")
    assert run.code == 0
    assert "known_hosts:1" in run.stderr
