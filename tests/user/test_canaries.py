"""F60-F69: every kind of secret through every fault, with all that can be told switched on, and found nowhere but at the devices."""

from __future__ import annotations

import html
import json
import signal
import sqlite3
import subprocess
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import asyncssh
import pytest
import yaml

from runner.lab import HIDDEN, Device, Faults, Fleet
from tests.project import Project
from tests.user.family import family
from tests.user.faulty_fleet import WRONG_ENABLE, Row, rows, spoil
from tests.user.test_secrets import spellings
from tests.user.waiting import until

LOGIN = 'canary-Log1n/"quoted"&more-yranac'
ENABLE = "canary-Enab1e\\back/slash-yranac"
PHRASE = "canary-Phra5e of many words-yranac"
COMMUNITY = "canary-Com8unity/line-yranac"
TOKEN = "canary-T0ken/command-yranac"
JUMP = "canary-Jump+h0st/password-yranac"
SECRETS = (LOGIN, ENABLE, WRONG_ENABLE, PHRASE, COMMUNITY, TOKEN, JUMP)
TRACES = (b"canary", b"yranac")
"""How every one of them begins and ends: a piece of one is a find as well."""

READ, LINE = f"show users | include {TOKEN}", f"snmp-server community {COMMUNITY} RO"
LOOPBACK, SERVER = "interface Loopback0", "ntp server 192.0.2.1"
READS = {
    "cisco_ios": ["show version", "show users | include {{ token }}"],
    "arista_eos": ["show version", "show version | include {{ token }}"],
    "cisco_xr": ["show version", "show version | include {{ token }}"],
    "juniper_junos": ["show version", "show version | match {{ token }}"],
    "linux": ["uptime", "uptime | grep -v {{ token }}"],
}
WRITES = {
    **{name: [LOOPBACK, "snmp-server community {{ community }} RO", SERVER] for name in ("cisco_ios", "arista_eos", "cisco_xr")},
    "juniper_junos": ["set system ntp server 192.0.2.1", "set snmp community {{ community }} authorization read-only"],
    "linux": ["echo ours > /etc/one", "echo {{ community }} > /etc/two"],
}
OWN = (
    *rows(READ, LINE),
    Row(name="with-key"),
    Row(name="behind", faults=Faults(chunk=7)),
    Row(name="behind-cut", faults=Faults(close_at_line=2), status="in_doubt", phase="command"),
    Row(name="behind-none", status="unreachable", phase="auth"),
    Row(
        name="tells",
        faults=Faults(raw_output={"show version": "".join(f"% here: {each}\r\n" for each in SECRETS).encode()}, chunk=5),
        status="failed",
    ),
)
GATES = ("gate", "no-gate")
PLAYBOOK = """
- name: Everything
  hosts: all,!gate,!no-gate
  batch_size: 0
  secrets: {community: "env:COMMUNITY", token: "credential:token"}
  vars: VARIABLES
  tasks:
    - name: read
      commands: "{{ reads[host.platform] }}"
      register: it
      on_result: [{print: }, {parse: {with: json}}, {save: "kept/{{ host.name }}/{{ command | slug }}"}]
    - {name: write, config: {lines: "{{ writes[host.platform] }}", save: "{{ host.saves }}"}, register: done}
    - {name: tell, debug: "{{ it.stdout }} {{ done.stdout }} {{ done.diff | default('') }}"}
    - name: look
      commands: "{{ reads[host.platform][0] }}"
      on_result: [{expect: {that: "'% here' not in output", message: "it shows {{ output }}"}}]
""".replace("VARIABLES", json.dumps({"reads": READS, "writes": WRITES}))
CONFIGURATION = """
[credentials.token]
password = { cmd = ["cat", "FOLDER/token"] }
[credentials.key]
key_file = "FOLDER/key"
passphrase = { file = "FOLDER/phrase" }
"""
LIMITS = ("--connect-timeout", "6", "--command-timeout", "4", "--max-auth-failures", "99", "--yes")
USERS_OWN = ("inventory", "mine", "kept")
"""Folders of the project that may hold secrets: what the user wrote there, and the outputs that were saved as they are."""


def device(row: Row, key: str) -> Device:
    """A device that has all its kind of device can want: a login, an enable secret or one for sudo, a key."""
    enables = row.platform in ("cisco_ios", "arista_eos", "linux")
    return Device(
        row.name,
        platform=row.platform,
        password=LOGIN,
        secret=ENABLE if enables else None,
        public_keys=(key,) if row.name == "with-key" else (),
        faults=row.faults,
        data={"saves": "always" if row.saves else "never"},
    )


@pytest.fixture
def fleet(project: Project) -> Fleet:
    """The fleet, and a user who has each kind of secret where it belongs."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    gates = [
        Device("gate", password=JUMP, jump=True),
        Device("no-gate", password=JUMP, jump=True, faults=Faults(reject_password=True)),
    ]
    fleet = project.fleet([*(device(row, key.export_public_key().decode()) for row in OWN), *gates])
    inventory, mine = project.folder / "inventory", project.folder / "mine"
    spoil(fleet, inventory, ENABLE)
    hosts = yaml.safe_load((inventory / "hosts.yaml").read_text())
    hosts["with-key"]["credential"] = "key"
    for name in ("behind", "behind-cut", "behind-none"):
        hosts[name]["jump_host"] = "no-gate" if name == "behind-none" else "gate"
    (inventory / "hosts.yaml").write_text(yaml.safe_dump(hosts, sort_keys=False))
    project.write("mine/nornir-playbook/config.toml", CONFIGURATION.replace("FOLDER", str(mine)))
    project.write("mine/token", f"{TOKEN}\n")
    project.write("mine/phrase", f"{PHRASE}\n")
    project.write("mine/key", key.export_private_key(passphrase=PHRASE).decode()).chmod(0o600)
    project.write("x.yaml", PLAYBOOK)
    return fleet


def found_in(text: bytes) -> list[str]:
    """Where secrets, or pieces of one, stand in a text in whatever writing: what is around them."""
    forms = {form for secret in SECRETS for form in (*spellings(secret), html.escape(secret).encode(), json.dumps(secret)[1:-1].encode())}
    places = [text.find(form) for form in (*TRACES, *forms) if form in text]
    return [text[max(0, place - 60) : place + 60].decode(errors="replace") for place in places]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_find_is_one(secret: str) -> None:
    """What looks for secrets sees them: as they are, half of one, in other writings."""
    for text in (secret, secret[: len(secret) // 2], secret[len(secret) // 2 :], json.dumps(secret), html.escape(secret)):
        assert found_in(f"before {text} after".encode()), text
    assert all(found_in(b"before " + form + b" after") for form in spellings(secret))


def check_processes(pid: int) -> None:
    """No secret in any command line, of others' only whole ones, as other tests have canaries too; nor in our environment, but for one."""
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            assert not any(form in line.read_bytes() for secret in SECRETS for form in spellings(secret)), line
        except (FileNotFoundError, ProcessLookupError):
            continue  # it has ended
    try:
        for each in family(pid):
            assert not found_in(Path(f"/proc/{each}/cmdline").read_bytes()), each
            variables = Path(f"/proc/{each}/environ").read_bytes().split(b"\0")
            assert not found_in(b"\0".join(one for one in variables if not one.startswith(b"COMMUNITY="))), each
    except (FileNotFoundError, ProcessLookupError):
        pass


def own_folders(project: Project) -> dict[str, str]:
    """The environment of a user with every folder inside the project's."""
    folders = {f"XDG_{name}_HOME": str(project.folder / "xdg" / name) for name in ("STATE", "CACHE", "DATA")}
    temporary = project.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    return {**folders, "XDG_CONFIG_HOME": str(project.folder / "mine"), "TMPDIR": str(temporary), "COMMUNITY": COMMUNITY}


def watched(project: Project, *arguments: str, env: Mapping[str, str] | None = None) -> tuple[int, str, str]:
    """Run the command with every folder of a user inside the project's, and look at the processes all the while."""
    process = project.start(*arguments, env={**own_folders(project), **(env or {})})
    for _ in range(600):
        check_processes(process.pid)
        try:
            stdout, stderr = process.communicate(timeout=0.2)
            return process.returncode, stdout, stderr
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    raise AssertionError("it does not end")


def check_files(project: Project) -> None:
    """Every file that the run left, whatever its name."""
    for path in project.folder.rglob("*"):
        parts = path.relative_to(project.folder).parts
        assert set(parts) & {*USERS_OWN} or not found_in(str(path).encode())
        if path.is_file() and not set(parts) & {*USERS_OWN}:
            assert not found_in(path.read_bytes()), path


LOOKS = (
    ("jobs",),
    ("jobs", "--format", "json"),
    ("show", "last"),
    ("show", "last", "--host", "*"),
    ("show", "last", "--format", "json"),
    ("export", "last"),
    ("db", "check"),
    ("watch", "last"),
)
"""Ways to look at a job that was recorded."""


def recorded(project: Project) -> str:
    """All events of the store, as they are kept."""
    with closing(sqlite3.connect(project.folder / "xdg" / "STATE" / "nornir-playbook" / "jobs.db")) as store:
        return "".join(text for (text,) in store.execute("select detail from event"))


def check_record(project: Project) -> None:
    """What is kept of the job: for its user alone, and without a secret in whatever way it is looked at (F67)."""
    state = project.folder / "xdg" / "STATE"
    kept = [*state.rglob("*")]
    assert (state / "nornir-playbook" / "jobs.db") in kept
    for path in kept:
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
        assert path.is_dir() or not found_in(path.read_bytes()), path
    for look in LOOKS:
        run = project.run(*look, env=own_folders(project))
        assert run.code in (0, 5) and run.stdout + run.stderr and found_in((run.stdout + run.stderr).encode()) == [], (look, run)
    [exported] = project.folder.glob("*-*.json")
    assert exported.stat().st_mode & 0o777 == 0o600 and not found_in(exported.read_bytes())
    told = recorded(project)
    assert "snmp-server community" in told and "***" in told, "what held secrets was kept, without them"


def check_received(fleet: Fleet) -> None:
    """Every secret was at the devices: else that it is nowhere else says nothing."""
    lines = {row.name: fleet.log(row.name) for row in OWN}
    healthy = [row for row in OWN if row.status == "changed"]
    assert len(healthy) >= 7
    assert all(any(TOKEN in line for line in lines[row.name]) for row in healthy)
    assert all(any(COMMUNITY in line for line in fleet.config_lines(row.name)) for row in healthy)
    for name in ("refused-line", "hung-line", "cut-line", "behind-cut", "cut-candidate"):
        assert any(COMMUNITY in line for line in lines[name]), name
    for name in ("refused-command", "asks"):
        assert any(TOKEN in line for line in lines[name]), name
    assert any(asked.answer == HIDDEN for asked in fleet.sessions("wrong-enable")[0].asked)
    assert HIDDEN in {asked.answer for row in healthy for session in fleet.sessions(row.name) for asked in session.asked}
    assert any(COMMUNITY in line for line in lines["tells"]), "it goes on and shows its secrets in a failed expectation"
    [by_key] = fleet.sessions("with-key")
    assert by_key.authenticated and not by_key.password_attempts
    assert fleet.sessions("wrong-password")[0].password_attempts == 1 == fleet.sessions("no-gate")[0].password_attempts
    assert fleet.sessions("gate")[0].authenticated and len(fleet.sessions("gate")[0].forwarded) == 2


@pytest.mark.parametrize("format_", ["text", "json", "ndjson"])
def test_f60_every_secret_through_every_fault_is_found_nowhere(project: Project, fleet: Fleet, format_: str) -> None:
    sinks = ("--format", format_, "--report", "junit=out/report.xml", "--session-log", "--output-dir", "out")
    code, stdout, stderr = watched(project, "run", "x.yaml", "-vvvv", *LIMITS, *sinks)
    fleet.set_faults("stays", Faults())
    assert fleet.wait_idle()
    assert code == 5, stderr
    assert found_in(stdout.encode()) == []
    assert found_in(stderr.encode()) == []
    check_received(fleet)
    check_record(project)
    check_files(project)
    assert (project.folder / "out" / "report.xml").exists() and len([*(project.folder / "out" / "sessions").iterdir()]) >= 40
    if format_ == "json":
        results = json.loads(stdout)["results"]
        assert {row.name: results[row.name]["status"] for row in OWN} == {row.name: row.status for row in OWN}


def test_f60_a_killed_run_leaves_no_secret_in_the_record_and_going_on_neither(project: Project, fleet: Fleet) -> None:
    """Here the store was not closed: what is not in it yet lies beside it."""
    env = own_folders(project)
    process = project.start("run", "x.yaml", "-vvvv", *LIMITS, env=env)
    until(lambda: any(COMMUNITY in line for line in fleet.log("hung-line")), "a device has received a line with a secret")
    until(lambda: "snmp-server community" in recorded(project), "what another one answered to it is on record")
    process.kill()
    stdout, stderr = process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL and found_in((stdout + stderr).encode()) == []
    state = project.folder / "xdg" / "STATE" / "nornir-playbook"
    assert (state / "jobs.db-wal").stat().st_size > 0
    check_record(project)
    resumed = project.run("resume", "last", "-vvvv", "--yes", "--on-in-doubt", "verify", env=env, timeout=120)
    fleet.set_faults("stays", Faults())
    assert fleet.wait_idle() and resumed.code == 5, resumed.stderr
    assert found_in((resumed.stdout + resumed.stderr).encode()) == []
    (exported,) = project.folder.glob("*-*.json")
    exported.unlink()
    check_record(project)
    check_files(project)


def test_f64_the_logs_of_every_library_hold_none_either(project: Project, fleet: Fleet) -> None:
    """A user may switch on all the logs there are; netmiko's own would show what a session sends."""
    startup = project.write("mine/sitecustomize.py", "import logging\nlogging.basicConfig(level=logging.DEBUG, filename='debug.log')\n")
    env = {"PYTHONPATH": f"{startup.parent}:{project.environment()['PYTHONPATH']}"}
    code, stdout, stderr = watched(project, "run", "x.yaml", *LIMITS, env=env)
    fleet.set_faults("stays", Faults())
    assert fleet.wait_idle()
    assert code == 5, stderr
    log = (project.folder / "debug.log").read_bytes()
    assert b"DEBUG:netmiko" in log and b"DEBUG:nornir" in log, "the logs are on"
    assert found_in(log) == found_in(stdout.encode()) == found_in(stderr.encode()) == []
    check_received(fleet)
    check_files(project)
