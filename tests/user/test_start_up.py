"""What is loaded before an answer: `--help` and completion only click, planning nothing that talks to devices."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.project import Project

HEAVY = {
    "netmiko", "paramiko", "nornir", "nornir_netmiko", "nornir_utils", "asyncssh", "sqlalchemy", "fastapi", "pydantic", "yaml", "jinja2",
    "rich", "keyring", "ntc_templates", "textfsm", "jmespath", "platformdirs", "apscheduler", "cryptography",
}  # fmt: skip
DEVICES = {"netmiko", "paramiko", "nornir", "nornir_netmiko", "nornir_utils", "asyncssh", "sqlalchemy", "fastapi", "rich", "keyring"}
TELLS = {"rich", "asyncssh", "fastapi", "keyring", "alembic", "psycopg"}

REPORT = (
    "import atexit, sys; atexit.register(lambda: sys.stderr.write('\\nloaded: ' + ' '.join({m.partition('.')[0] for m in sys.modules})))"
)
"""Written before the program runs, so that every way out of it reports the modules that were loaded."""

PLAYBOOK = "- hosts: all\n  tasks:\n    - {name: clock, commands: show clock, on_result: [{expect: {contains: UTC}}]}\n"


def loaded(project: Project, *arguments: str, env: dict[str, str] | None = None, code: int = 0) -> set[str]:
    """The packages that a call of the command has loaded when it ends."""
    done = subprocess.run(
        [sys.executable, "-c", f"{REPORT}; from runner.cli.main import main; main()", *arguments],
        cwd=project.folder,
        env=project.environment(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code, done.stderr
    return set(done.stderr.rpartition("loaded: ")[2].split())


@pytest.mark.parametrize(
    "arguments",
    [["--help"], ["--version"], ["run", "--help"], ["exec", "-h"], ["help", "exit-codes"], ["lab", "up", "--help"]],
    ids=" ".join,
)
def test_help_loads_nothing_heavy(project: Project, arguments: list[str]) -> None:
    packages = loaded(project, *arguments)
    assert "click" in packages and not packages & HEAVY


@pytest.mark.parametrize("arguments", [["rum"], ["run"], ["run", "x.yaml", "--bogus"], []], ids=" ".join)
def test_wrong_usage_loads_nothing_heavy(project: Project, arguments: list[str]) -> None:
    assert not loaded(project, *arguments, code=3) & HEAVY


@pytest.mark.parametrize("words", ["nornir-playbook r", "nornir-playbook run --ho", "nornir-playbook run --host-keys a"])
def test_completion_of_words_loads_nothing_heavy(project: Project, words: str) -> None:
    env = {"_NORNIR_PLAYBOOK_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(words.split()) - 1)}
    assert not loaded(project, env=env) & HEAVY
    assert not loaded(project, env={"_NORNIR_PLAYBOOK_COMPLETE": "bash_source"}) & HEAVY


def test_completion_of_hosts_loads_no_more_than_an_inventory_needs(project: Project) -> None:
    project.fleet(1)
    env = {"_NORNIR_PLAYBOOK_COMPLETE": "bash_complete", "COMP_WORDS": "nornir-playbook hosts r", "COMP_CWORD": "2"}
    assert not loaded(project, env=env) & (DEVICES | {"jinja2", "textfsm"})


@pytest.mark.parametrize("arguments", [["plan", "x.yaml"], ["validate", "x.yaml"], ["hosts"], ["config", "show"], ["doc"]], ids=" ".join)
def test_what_only_looks_loads_nothing_that_talks_to_devices(project: Project, arguments: list[str]) -> None:
    project.fleet(1)
    project.write("x.yaml", PLAYBOOK)
    packages = loaded(project, *arguments)
    assert "pydantic" in packages or arguments == ["config", "show"]
    assert not packages & DEVICES


def test_a_run_into_a_pipe_loads_nothing_that_it_does_not_use(project: Project) -> None:
    project.fleet(1)
    project.write("x.yaml", PLAYBOOK)
    for again in ("makes its store", "finds it"):
        packages = loaded(project, "run", "x.yaml")
        assert {"netmiko", "sqlalchemy"} <= packages and not packages & TELLS, again


def test_a_run_without_a_record_loads_no_database(project: Project) -> None:
    project.fleet(1)
    project.write("x.yaml", PLAYBOOK)
    packages = loaded(project, "run", "x.yaml", "--no-record")
    assert "netmiko" in packages and not packages & {*TELLS, "sqlalchemy", "sqlite3"}
