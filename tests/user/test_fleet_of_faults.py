"""A fleet of 40 with one device of every fault: the exit code, one line each with phase and cause, no session left at a device."""

from __future__ import annotations

import time

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project, Run
from tests.user.faulty_fleet import Row, rows, spoil

ENABLE = "canary-Enab1e/secret"

READS, LINES = ("show version", "show ip ospf neighbor"), ("interface Loopback0", "description ours", "shutdown")
OTHERS = {
    "cisco_ios": (READS, LINES),
    "arista_eos": (READS, LINES),
    "cisco_xr": (("show version",), LINES),
    "juniper_junos": (("show version",), ("set interfaces lo0 description ours", "set system ntp server 192.0.2.1")),
    "linux": (("ip address show", "uptime"), ("echo ours > /etc/one", "echo ours > /etc/two")),
}

PLAYBOOK = """
- name: Change everything
  hosts: all
  batch_size: 10
  tasks:
    - {name: read, commands: "{{ host.reads }}"}
    - {name: write, config: {lines: "{{ host.writes }}", save: "{{ host.saves }}"}}
    - {name: look, commands: "{{ host.reads[0] }}"}
"""


ROWS = rows(READS[1], LINES[1])


def fleet_of(project: Project) -> Fleet:
    """The devices, their inventory and the playbook."""
    devices = []
    for row in ROWS:
        reads, writes = OTHERS[row.platform]
        data = {"reads": [*reads], "writes": [*writes], "saves": "always" if row.saves else "never"}
        secret = ENABLE if row.name == "wrong-enable" else None
        devices.append(Device(row.name, password=CANARY, platform=row.platform, faults=row.faults, data=data, secret=secret))
    fleet = project.fleet(devices)
    spoil(fleet, project.folder / "inventory", ENABLE)
    project.write("x.yaml", PLAYBOOK)
    return fleet


def told_of(run: Run, row: Row) -> tuple[str, str]:
    """The one line of progress about a host that did not end well, and the hint below it."""
    lines = run.stderr.splitlines()
    [place] = [place for place, line in enumerate(lines) if line.startswith(f"{row.name}  ")]
    hint = lines[place + 1].removeprefix("    hint: ") if lines[place + 1].startswith("    hint: ") else ""
    return lines[place], hint


def check_told(run: Run, row: Row) -> None:
    """The record and the line say what is wrong, and where."""
    host = run.json["results"][row.name]
    assert (host["status"], host.get("phase", "")) == (row.status, row.phase), (row.name, host)
    if row.status == "changed":
        assert not [line for line in run.stderr.splitlines() if line.startswith(f"{row.name}  ")]
        return
    line, hint = told_of(run, row)
    state = f"{row.name}  {row.status.replace('_', ' ')}" + (f" ({row.phase})" if row.phase else "")
    assert line.startswith(state) and line.endswith(host["reason"]), (row.name, line)
    missing = [word for word in row.words if word not in f"{host['reason']} {hint}"]
    assert not missing, (row.name, missing, line, hint)


def check_device(fleet: Fleet, row: Row) -> None:
    """What the device saw fits: no wrong ok, nothing sent twice, nothing sent after the fault."""
    writes = (*OTHERS[row.platform][1],)
    assert fleet.counters(row.name).total == (0 if row.phase in ("dns", "tcp") else 1), row.name
    [*sessions] = fleet.sessions(row.name)
    if row.phase in ("dns", "tcp", "banner", "host_key"):
        assert not any(session.password_attempts for session in sessions), f"F22: a password was sent to {row.name}"
    assert all(session.password_attempts <= 1 for session in sessions), f"F24: {row.name}"
    taken = fleet.config_lines(row.name)
    if row.status == "changed" or row.name in ("refused-save", "refused-commit"):
        assert taken == writes, row.name
    elif row.status == "in_doubt":
        assert taken == writes[: 1 if row.faults.hang_at_line else 2], row.name
    else:
        assert taken == (writes[:1] if row.name == "refused-line" else ()), row.name


def test_every_fault_of_sessions_of_wrong_oks_and_of_connecting(project: Project) -> None:
    """F08-F10, F13-F18, F20, F20e, F21, F22, F24-F27: in one run of the command, with its limits small."""
    fleet = fleet_of(project)
    limits = ("--connect-timeout", "6", "--command-timeout", "4", "--max-auth-failures", "99")
    started = time.monotonic()
    run = project.run("run", "x.yaml", "--yes", "--format", "json", *limits, env={"NORNIR_PLAYBOOK_OUTPUT_LIMIT": "200000"}, timeout=120)
    seconds = time.monotonic() - started
    assert fleet.counters().peak <= 10, "F01"
    assert fleet.counters().live == fleet.counters("stays").live == 1, "of those left to the fault alone"
    fleet.set_faults("stays", Faults())
    assert fleet.wait_idle(), "a session is left"
    job = run.json
    assert (run.code, job["exit_code"], job["status"]) == (5, 5, "completed"), run.stderr
    assert len(ROWS) == len(job["results"]) == 40 and [batch["batch_size"] for batch in job["batches"]] == [10] * 4
    for row in ROWS:
        check_told(run, row)
        check_device(fleet, row)
    assert [batch["status"] for batch in job["batches"]] == ["failed", "failed", "failed", "completed"]
    assert {name: sum(job["recap"][row.name][name] for row in ROWS) for name in ("changed", "unreachable")} == {
        "changed": 5,
        "unreachable": 22,
    }
    assert [name for name, host in job["results"].items() if not host.get("close_confirmed", True)] == ["stays"]
    assert seconds < 45, "a fault took longer than its limit"  # the limits of the first batch, one after the other, are 50 s
