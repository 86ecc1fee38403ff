"""F60-F67: no secret in any output, file, log, message or process, whatever goes wrong and however much is told."""

from __future__ import annotations

import base64
import subprocess
import sys
import urllib.parse
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from runner.jobs.prepare import read_and_plan
from runner.jobs.ready import job_of
from runner.lab import Device, Faults, Fleet
from runner.settings.load import load_settings
from tests.project import COMMAND, Project
from tests.user.waiting import until

LOGIN = "canary-Log1n/pass+word"
ENABLE = "canary-Enab1e&secret"
WRONG = "canary-Wr0ng=password"
DATA = "canary-Data-t0ken"
SECRETS = (LOGIN, ENABLE, WRONG, DATA)

PLAYBOOK = """
- name: audit
  hosts: all
  batch_size: 0
  tasks:
    - {name: version, commands: [show version, show clock], register: it, on_result: [{expect: {contains: ':'}}, {print: }]}
    - {name: config, commands: show running-config, on_result: [{parse: {with: json}}], ignore_errors: true}
    - {name: facts, set_fact: {site_is: "{{ host.groups }}"}}
    - {name: no, assert: {that: "it.stdout | length == 1"}}
"""

FAULTS: dict[str, Faults] = {
    "healthy": Faults(),
    "refuse": Faults(refuse=True),
    "not_ssh": Faults(not_ssh=b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "key": Faults(other_host_key=True),
    "old": Faults(old_algorithms=True),
    "rejected": Faults(reject_password=True),
    "vty": Faults(vty_full=True),
    "error": Faults(error_on=frozenset({"show clock"})),
    "chunks": Faults(chunk=1),
    **{f"hang_{phase}": Faults(hang_at=phase) for phase in ("tcp", "banner", "kex", "auth", "shell", "prompt", "command")},
    **{f"close_{phase}": Faults(close_at=phase) for phase in ("banner", "kex", "auth", "shell", "prompt", "command")},
}  # fmt: skip

LIMITS = ("--connect-timeout", "3", "--command-timeout", "3")


def spellings(secret: str) -> Iterable[bytes]:
    """A secret as it is, and as what might carry it writes it."""
    yield secret.encode()
    yield urllib.parse.quote_plus(secret).encode()
    yield urllib.parse.quote(secret, safe="").encode()
    yield secret.encode().hex().encode()
    yield from (base64.b64encode(b"x" * shift + secret.encode())[4:-4] for shift in (0, 1, 2))


def holders(text: bytes, secrets: Iterable[str] = SECRETS) -> list[str]:
    """The secrets that stand in a text."""
    return [secret for secret in secrets if any(each in text for each in spellings(secret))]


def check_files(project: Project) -> None:
    """Every file below the project, its home and its temporary folder included; what the user wrote and saved aside."""
    for path in project.folder.rglob("*"):
        if path.is_file() and path.relative_to(project.folder).parts[0] not in ("inventory", "reports", "bin"):
            assert not holders(path.read_bytes()), path


def variables(project: Project, **extra: str) -> dict[str, str]:
    temporary = project.folder / "tmp"
    temporary.mkdir(exist_ok=True)
    return {"TMPDIR": str(temporary), **extra}


def fleet_of(project: Project, password: str = LOGIN) -> Fleet:
    """One device of each fault; every one wants an enable secret, and `wrong_enable` another one than the inventory has."""
    devices = [Device(name, password=LOGIN, secret=ENABLE, faults=faults, data={"token": DATA}) for name, faults in FAULTS.items()]
    fleet = project.fleet([*devices, Device("wrong_enable", password=LOGIN, secret=ENABLE)])
    inventory = project.folder / "inventory"
    for file in inventory.glob("*.yaml"):
        file.write_text(file.read_text().replace(LOGIN, password))
    before, name, after = (inventory / "hosts.yaml").read_text().partition("wrong_enable:")
    (inventory / "hosts.yaml").write_text(before + name + after.replace(ENABLE, WRONG))
    project.write("x.yaml", PLAYBOOK)
    return fleet


@pytest.mark.parametrize("format_", ["text", "json"])
@pytest.mark.parametrize("password", [LOGIN, WRONG, "env:ROUTER_PASSWORD"], ids=["right", "wrong", "environment"])
def test_f60_f61_every_fault_at_the_highest_verbosity(project: Project, password: str, format_: str) -> None:
    fleet = fleet_of(project, password)
    env = variables(project, **({"ROUTER_PASSWORD": LOGIN} if password.startswith("env:") else {}))
    run = project.run("run", "x.yaml", "-vvvv", "--format", format_, *LIMITS, env=env)
    assert run.code == 4, run.stderr
    assert not holders((run.stdout + run.stderr).encode())
    check_files(project)
    logins = fleet.counters().logins
    assert logins == 0 if password == WRONG else logins >= 8, "many faults come after the login"
    if format_ == "json" and password != WRONG:  # the secrets were really used
        assert "show running-config" in fleet.log("healthy")
        assert run.json["results"]["wrong_enable"]["status"] == "unreachable" and run.json["results"]["wrong_enable"]["phase"] == "auth"


def test_f60_what_a_device_prints_of_our_secrets_is_masked_and_saved_as_it_is(project: Project) -> None:
    told = f"username admin password {LOGIN}\r\nenable secret {ENABLE}\r\n% Invalid input: {LOGIN}\r\n"
    fleet = project.fleet([Device("r1", password=LOGIN, secret=ENABLE)])
    fleet.set_faults("r1", Faults(raw_output={"show clock": told.encode(), "show users": told.replace("%", "").encode()}, chunk=7))
    project.write(
        "x.yaml",
        "- hosts: all\n  tasks:\n"
        "    - commands: show users\n      register: it\n      ignore_errors: true\n"
        "      on_result: [{print: }, {save: reports/users}, {expect: {contains: nothing}}]\n"
        "    - {debug: '{{ it.output }}'}\n    - {commands: show clock}\n",
    )
    for format_ in ("text", "json"):
        run = project.run("run", "x.yaml", "-vvvv", "--format", format_, env=variables(project))
        assert run.code == 2, run.stderr
        assert not holders((run.stdout + run.stderr).encode()), run.stdout + run.stderr
        assert "username admin" in run.stdout + run.stderr
    check_files(project)
    assert LOGIN in (project.folder / "reports" / "users").read_text()


def test_f60_nothing_in_a_running_process(project: Project) -> None:
    """While a read hangs: no secret on its command line, none in a file, and no other process that could be asked."""
    fleet = project.fleet([Device("r1", password=LOGIN, secret=ENABLE, faults=Faults(hang_at="command"))])
    project.write("x.yaml", PLAYBOOK)
    process = project.start("run", "x.yaml", "-vv", env=variables(project))
    until(lambda: "show version" in fleet.log("r1"), "the read hangs")
    proc = Path(f"/proc/{process.pid}")
    if proc.exists():
        assert not holders((proc / "cmdline").read_bytes()) and not holders((proc / "environ").read_bytes())
        assert not [child for task in (proc / "task").iterdir() for child in (task / "children").read_text().split()]
    check_files(project)
    process.terminate()
    stdout, stderr = process.communicate(timeout=20)
    assert process.returncode == 7
    assert not holders((stdout + stderr).encode())


def test_a_password_from_stdin_and_nothing_of_it_stays(project: Project) -> None:
    fleet = project.fleet([Device("r1", password=LOGIN, secret=ENABLE)])
    done = subprocess.run(
        [*COMMAND, "exec", "all", "--ask-pass", "--ask-enable", "-vvvv", "-c", "show running-config"],
        cwd=project.folder,
        env=project.environment(variables(project)),
        input=f"{LOGIN}\n{ENABLE}\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert fleet.counters().logins == 1
    assert not holders((done.stdout + done.stderr).encode())
    check_files(project)


def test_f63_what_shows_the_inventory_and_the_plan_shows_no_secret(project: Project) -> None:
    fleet_of(project)
    for arguments in (
        ["hosts", "all"],
        ["hosts", "all", "--format", "json"],
        ["plan", "x.yaml", "-vvvv"],
        ["plan", "x.yaml", "--format", "json"],
        ["validate", "x.yaml"],
        ["config", "show", "--origin"],
    ):
        run = project.run(*arguments, env=variables(project))
        assert run.code == 0
        assert not holders((run.stdout + run.stderr).encode(), (LOGIN, ENABLE, WRONG)), arguments


def test_f63_no_object_of_a_job_shows_a_secret(project: Project) -> None:
    fleet_of(project)
    settings = load_settings(flags={"inventory": str(project.folder / "inventory")}, environ={})
    planned = read_and_plan(project.folder / "x.yaml", settings)
    job = job_of(planned, ask_pass=None, ask_enable=None, ask_host_key=None)
    assert not holders(f"{planned!r} {job!r} {settings!r} {planned.inventory.devices!r}".encode(), (LOGIN, ENABLE, WRONG))


BROKEN: Mapping[str, str] = {
    "unknown key": f"r1: {{password: {LOGIN}, hostnme: x}}\n",
    "wrong type": f"r1: {{password: [{LOGIN}]}}\n",
    "no yaml": f"r1: {{password: {LOGIN}, groups: [}}\n",
    "bad indentation": f"r1:\n  password: {LOGIN}\n   username: x\n",
    "tab": f"r1:\n\tpassword: {LOGIN}\n",
    "duplicate": f"r1:\n  password: {LOGIN}\n  password: {WRONG}\n",
    "tag": f"r1: {{password: !vault {LOGIN}}}\n",
    "quote left open": f'r1: {{password: "{LOGIN}, port: 22}}\n',
    "unknown reference": f"r1: {{password: 'cmd:{LOGIN}'}}\n",
    "secret of extras": f"r1: {{connection_options: {{netmiko: {{extras: {{secret: {ENABLE}, sesion_log: x}}}}}}}}\n",
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_f65_an_error_beside_a_secret_does_not_show_it(project: Project, text: str) -> None:
    project.write("inventory/hosts.yaml", text)
    run = project.run("hosts", "all")
    assert run.code == 3 and "hosts.yaml:" in run.stderr, run.stderr
    assert not holders(run.stderr.encode()), run.stderr


SCRIPT = """
import logging, pathlib, sys
logging.basicConfig(level=logging.DEBUG, filename="debug.log")
from runner.cli.main import main
main(["run", "x.yaml", "-vvvv", "--connect-timeout", "3", "--command-timeout", "3"])
"""


def test_f62_f64_the_debug_logs_of_nornir_netmiko_and_paramiko(project: Project) -> None:
    """A user may switch on every log there is; the passwords are still not in them."""
    fleet_of(project)
    done = subprocess.run(
        [sys.executable, str(project.write("script.py", SCRIPT))],
        cwd=project.folder,
        env=project.environment(variables(project)),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 4, done.stderr
    log = (project.folder / "debug.log").read_bytes()
    assert b"DEBUG:netmiko" in log and b"INFO:nornir" in log, "the logs are on"
    assert not holders(log, (LOGIN, ENABLE, WRONG))
    assert not holders(done.stdout + done.stderr)


def test_f67_what_a_run_writes_is_its_users_own(project: Project) -> None:
    project.fleet([Device("r1", password=LOGIN)])
    project.write("x.yaml", "- hosts: all\n  tasks: [{commands: show clock, on_result: [{save: 'reports/{{ host.name }}/clock'}]}]\n")
    assert project.run("run", "x.yaml", env=variables(project)).code == 0
    saved = project.folder / "reports" / "r1" / "clock"
    assert saved.stat().st_mode & 0o077 == 0 and saved.parent.stat().st_mode & 0o077 == 0
