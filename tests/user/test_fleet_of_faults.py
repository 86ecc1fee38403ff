"""A fleet of 40 with one device of every fault: the exit code, one line each with phase and cause, no session left at a device."""

from __future__ import annotations

import math
import re
import time
from dataclasses import dataclass, field

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project, Run

READS, LINES = ("show version", "show ip ospf neighbor"), ("interface Loopback0", "description ours", "shutdown")
LOG = "*Nov 24 06:46:25.123: %SYS-5-CONFIG_I: Configured from console by admin on vty0"
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


@dataclass(frozen=True, kw_only=True)
class Row:
    """A device and what must be said of it. `words` are all in its reason; `says` overrides what the inventory has."""

    name: str
    faults: Faults = field(default_factory=Faults)
    status: str = "changed"
    phase: str = ""
    words: tuple[str, ...] = ()
    platform: str = "cisco_ios"

    @property
    def saves(self) -> bool:
        """Whether there is something to save, as far as the inventory knows."""
        return self.platform in ("cisco_ios", "arista_eos") and self.name != "wrong-platform"


def unreachable(name: str, phase: str, faults: Faults, *words: str) -> Row:
    return Row(name=name, faults=faults, status="unreachable", phase=phase, words=words)


def failed(name: str, faults: Faults, *words: str, phase: str = "", platform: str = "cisco_ios") -> Row:
    return Row(name=name, faults=faults, status="failed", phase=phase, words=words, platform=platform)


def doubtful(name: str, faults: Faults, *words: str, platform: str = "cisco_ios") -> Row:
    return Row(name=name, faults=faults, status="in_doubt", phase="command", words=("not known", *words), platform=platform)


# The silent ones first, so that their deadlines pass side by side in one batch.
ROWS = (
    unreachable("black-hole", "tcp", Faults(hang_at="tcp"), "no answer"),
    unreachable("no-banner", "banner", Faults(hang_at="banner"), "banner"),
    unreachable("no-kex", "host_key", Faults(hang_at="kex"), ""),
    unreachable("no-login", "auth", Faults(hang_at="auth"), "login"),
    unreachable("no-shell", "shell", Faults(hang_at="shell"), ""),
    unreachable("no-prompt", "prompt", Faults(hang_at="prompt"), "prompt"),
    failed("hung-command", Faults(hang_at="command"), "show version", phase="command"),
    doubtful("hung-line", Faults(hang_at_line=2)),
    failed("endless", Faults(flood=math.inf), "", phase="command"),
    unreachable("wrong-platform", "prompt", Faults(), "platform"),
    unreachable("no-name", "dns", Faults(), "nowhere.invalid"),
    unreachable("refused", "tcp", Faults(refuse=True), "refused"),
    unreachable("http", "banner", Faults(not_ssh=b"HTTP/1.1 400 Bad Request\r\n\r\n"), "SSH"),
    unreachable("closes", "banner", Faults(close_at="banner"), "closed"),
    unreachable("closes-kex", "host_key", Faults(close_at="kex"), "closed"),
    unreachable("old", "host_key", Faults(old_algorithms=True), "algorithm"),
    unreachable("unknown-key", "host_key", Faults(), "SHA256:"),
    unreachable("changed-key", "host_key", Faults(other_host_key=True), "key"),
    unreachable("wrong-password", "auth", Faults(reject_password=True), "password"),
    unreachable("closes-login", "auth", Faults(close_at="auth"), "closed"),
    unreachable("second-factor", "auth", Faults(second_factor="Verification code: "), "Verification code"),
    unreachable("wrong-enable", "auth", Faults(), "enable"),
    unreachable("vty-full", "shell", Faults(vty_full=True), "session"),
    unreachable("closes-shell", "shell", Faults(close_at="shell"), "closed"),
    unreachable("closes-prompt", "prompt", Faults(close_at="prompt"), "closed"),
    failed("closes-output", Faults(close_at="command"), "closed", phase="command"),
    failed("refused-command", Faults(error_on={READS[1]}), READS[1], "% Invalid input"),
    failed("asks", Faults(confirm_on={READS[1]: "Really? [confirm]"}), "Really? [confirm]", phase="command"),
    failed("no-config", Faults(no_config=True), "authorization failed", phase="command"),
    failed("refused-line", Faults(error_on={LINES[1]}), "line 2 of 3", "% Invalid input"),
    failed("refused-save", Faults(refuse_save=True), "could not be saved"),
    failed("refused-commit", Faults(commit_fails=True), "commit was refused", platform="cisco_xr"),
    doubtful("cut-line", Faults(close_at_line=2)),
    doubtful("cut-candidate", Faults(close_at_line=2), platform="juniper_junos"),
    failed("prompt-inside", Faults(prompt_in_output=True), "cannot be trusted", phase="command"),
    Row(
        name="banners", faults=Faults(banner="### r1# keep > out $ ###\nrouter>\n", login_banner="### Password: no > entry #\n", noisy=LOG)
    ),
    Row(name="bytes", faults=Faults(chunk=1), platform="arista_eos"),
    Row(name="interactive", faults=Faults(interactive_only=True), platform="juniper_junos"),
    Row(name="well", platform="linux"),
    Row(name="stays", faults=Faults(hang_on_exit=True)),
)


def fleet_of(project: Project) -> Fleet:
    """The devices, and an inventory that is wrong about four of them."""
    devices = []
    for row in ROWS:
        reads, writes = OTHERS[row.platform]
        data = {"reads": [*reads], "writes": [*writes], "saves": "always" if row.saves else "never"}
        secret = "canary-Enab1e" if row.name == "wrong-enable" else None
        devices.append(Device(row.name, password=CANARY, platform=row.platform, faults=row.faults, data=data, secret=secret))
    fleet = project.fleet(devices)
    hosts = project.folder / "inventory" / "hosts.yaml"
    entries = dict(re.findall(r"^(\S+):\n((?: .*\n)+)", hosts.read_text(), re.MULTILINE))
    entries["no-name"] = entries["no-name"].replace("127.0.0.1", "nowhere.invalid")
    entries["wrong-enable"] = entries["wrong-enable"].replace("canary-Enab1e", "another-one")
    entries["wrong-platform"] += "  platform: juniper_junos\n"
    hosts.write_text("".join(f"{name}:\n{entry}" for name, entry in entries.items()))
    known = project.folder / "inventory" / "known_hosts"
    known.write_text(known.read_text().replace(f"{fleet.host_key_line('unknown-key')}\n", ""))
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
