"""F79c: streams that say only ASCII, that are closed, full, or whose reader has gone, change no exit code and no result."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from runner.lab import Faults
from tests.project import COMMAND, Project

PLAYBOOK = """
- name: "Prüfung ✓"
  hosts: all
  batch_size: 2
  tasks:
    - name: "Größe"
      commands: show clock
      on_result: [{print: }]
    - debug: "naïve: 設定"
"""

WAYS = {
    "run": ["run", "audit.yaml"],
    "verbose": ["run", "audit.yaml", "-vv"],
    "json": ["run", "audit.yaml", "--format", "json"],
    "exec": ["exec", "all", "-c", "show clock"],
    "plan": ["plan", "audit.yaml"],
    "plan json": ["plan", "audit.yaml", "--format", "json"],
    "validate": ["validate", "audit.yaml"],
    "hosts": ["hosts"],
    "doc": ["doc"],
    "config": ["config", "show"],
    "help": ["--help"],
    "exit codes": ["help", "exit-codes"],
}

every_way = pytest.mark.parametrize("arguments", WAYS.values(), ids=WAYS)
typical_ways = pytest.mark.parametrize("arguments", [WAYS[name] for name in ("run", "json", "hosts")], ids=["run", "json", "hosts"])


@pytest.fixture
def failing(project: Project) -> Project:
    """A project whose r2 answers with an error: runs end with 2, and everything else with 0."""
    fleet = project.fleet(3)
    fleet.set_faults("r2", Faults(raw_output={"show clock": "% Invalid input: für\r\n".encode()}))
    project.write("audit.yaml", PLAYBOOK)
    return project


def code_of(arguments: list[str]) -> int:
    return 2 if arguments[0] in ("run", "exec") else 0


@every_way
def test_f79c_an_ascii_terminal(failing: Project, arguments: list[str]) -> None:
    run = failing.run(*arguments, env={"PYTHONIOENCODING": "ascii"})
    assert run.code == code_of(arguments), run.stderr
    assert (run.stdout + run.stderr).isascii() and run.stdout
    if "json" in arguments:
        assert run.json


@every_way
def test_f79c_the_reader_of_stdout_has_gone(failing: Project, arguments: list[str]) -> None:
    check_without_reader(failing, arguments, "")


@typical_ways
def test_f79c_the_reader_of_an_unbuffered_stdout_has_gone(failing: Project, arguments: list[str]) -> None:
    check_without_reader(failing, arguments, "1")


def check_without_reader(project: Project, arguments: list[str], unbuffered: str) -> None:
    """As in `| head -1`, without its luck: the pipe is closed before the first byte."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [*COMMAND, *arguments],
        cwd=project.folder,
        env=project.environment({"PYTHONUNBUFFERED": unbuffered}),
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        timeout=60,
        check=False,
    )
    os.close(writer)
    assert done.returncode == code_of(arguments), done.stderr
    assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr and "rror:" not in done.stderr


@typical_ways
@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-"])
def test_f79c_started_without_a_stream(failing: Project, arguments: list[str], closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *COMMAND, *arguments],
        cwd=failing.folder,
        env=failing.environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == code_of(arguments), done.stderr
    assert "Traceback" not in done.stderr and "internal error" not in done.stderr


@every_way
def test_a_full_disk_is_an_error_that_is_said(failing: Project, arguments: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=failing.folder,
            env=failing.environment(),
            stdin=subprocess.DEVNULL,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1, done.stderr
    assert done.stderr.count("error: results could not be written: No space left on device") == 1, done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("redirection", ["2>/dev/full", "2>&-"])
def test_wrong_input_keeps_its_exit_code_where_nobody_can_be_told(project: Project, redirection: str) -> None:
    project.fleet(1)
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", *COMMAND, "hosts", "nobody"],
        cwd=project.folder,
        env=project.environment(),
        timeout=60,
        check=False,
        capture_output=True,
    )
    assert done.returncode == 3
