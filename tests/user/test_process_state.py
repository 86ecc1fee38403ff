"""A run changes nothing of the process it runs in: not logging, not Nornir, not netmiko, no handler, no thread, no folder."""

from __future__ import annotations

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import netmiko
import netmiko.base_connection
import netmiko.ssh_dispatcher
import paramiko
import pytest
from nornir.core.plugins.connections import ConnectionPluginRegister
from nornir.core.plugins.inventory import InventoryPluginRegister, TransformFunctionRegister
from nornir.core.plugins.runners import RunnersPluginRegister

from runner.cli.main import PROGRAM, cli
from runner.execution.control import Control
from runner.jobs.prepare import read_and_plan
from runner.jobs.ready import job_of
from runner.jobs.run import run_job
from runner.lab import Device, Faults
from runner.settings.load import load_settings
from tests.project import CANARY, Project
from tests.user.waiting import until

PLAYBOOK = """
- hosts: all
  batch_size: 2
  tasks:
    - commands: [show version, show clock]
      register: it
      on_result:
        - save: "reports/{{ host.name }}/{{ command | slug }}"
        - parse: {with: textfsm}
          commands: show version
        - expect: {contains: UTC}
          commands: show clock
    - debug: "{{ it.stdout | length }}"
"""

REGISTERS = (ConnectionPluginRegister, InventoryPluginRegister, TransformFunctionRegister, RunnersPluginRegister)
LABS = ("lab-fleet", "asyncio_")
"""Threads of the simulated fleet, which runs in this process too."""

LOGGERS = (
    "",
    "netmiko",
    "nornir",
    "nornir.core",
    "nornir.core.task",
    "paramiko",
    "paramiko.transport",
    "asyncssh",
    "runner",
    "py.warnings",
)


def of_logging() -> dict[str, object]:
    """Levels, handlers and filters of the loggers that belong to others, and of ours."""
    found: dict[str, object] = {
        "disabled": logging.root.manager.disable,
        "class": logging.getLoggerClass(),
        "raise": logging.raiseExceptions,
    }
    for name in LOGGERS:
        logger = logging.getLogger(name)
        found[name or "root"] = (logger.level, tuple(logger.handlers), tuple(logger.filters), logger.propagate, logger.disabled)
    return found


def of_module(module: Any) -> dict[str, object]:
    """What the names of a module stand for, tables by their content."""
    return {
        name: dict(value) if isinstance(value, dict) else tuple(value) if isinstance(value, list) else value
        for name, value in vars(module).items()
        if not name.startswith("__")
    }


def snapshot() -> dict[str, object]:
    umask = os.umask(0o22)
    os.umask(umask)
    return {
        "logging": of_logging(),
        "nornir": [(dict(register.available), dict(vars(register))) for register in REGISTERS],
        "netmiko": of_module(netmiko),
        "netmiko.base_connection": of_module(netmiko.base_connection),
        "netmiko.BaseConnection": dict(vars(netmiko.BaseConnection)),
        "netmiko.ssh_dispatcher": of_module(netmiko.ssh_dispatcher),
        "paramiko.Transport": dict(vars(paramiko.Transport)),
        "paramiko.SSHClient": dict(vars(paramiko.SSHClient)),
        "signals": {
            number: signal.getsignal(number) for number in signal.valid_signals() if number not in (signal.SIGKILL, signal.SIGSTOP)
        },
        "umask": umask,
        "folder": Path.cwd(),
        "environment": dict(os.environ),
        "streams": (sys.stdin, sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__),
        "hooks": (sys.excepthook, threading.excepthook, sys.unraisablehook, warnings.showwarning),
        "warnings": tuple(warnings.filters),
        "switch interval": sys.getswitchinterval(),
        "recursion limit": sys.getrecursionlimit(),
        "path": tuple(sys.path),
        "gc": (gc.isenabled(), gc.get_threshold()),
        "threads": frozenset(thread for thread in threading.enumerate() if not thread.name.startswith(LABS)),
    }


def descriptors() -> int:
    """Open descriptors, where the system shows them."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.exists() else 0


@contextmanager
def unchanged() -> Iterator[None]:
    """What is inside leaves everything as it was; every difference is named."""
    before, open_before = snapshot(), descriptors()
    yield
    after = snapshot()
    for part, value in before.items():
        assert after[part] == value, f"{part} was changed"
    until(lambda: descriptors() <= open_before, "what was opened is closed, by the lab too")


def by_the_library(project: Project) -> int:
    settings = load_settings(
        flags={"inventory": str(project.folder / "inventory"), "output_dir": str(project.folder), "command_timeout": 2.0}, environ={}
    )
    job = job_of(read_and_plan(project.folder / "x.yaml", settings), ask_pass=None, ask_enable=None, ask_host_key=None)
    with run_job(job, lambda record, redact: [], Control()) as record:
        assert record.exit_code is not None
        return record.exit_code


def by_the_command(*options: str) -> Callable[[Project], int]:
    def run(project: Project) -> int:
        arguments = ["run", str(project.folder / "x.yaml"), "-i", str(project.folder / "inventory"), "--output-dir", str(project.folder)]
        code = cli.main([*arguments, "--command-timeout", "2", *options], prog_name=PROGRAM, standalone_mode=False)
        assert isinstance(code, int)
        return code

    return run


WAYS: dict[str, Callable[[Project], int]] = {
    "library": by_the_library,
    "command": by_the_command("-vv"),
    "command, json": by_the_command("--format", "json"),
}

FAULTS: dict[str, tuple[dict[str, Faults], int]] = {
    "healthy": ({}, 0),
    "faulty": (
        {
            "r1": Faults(refuse=True),
            "r2": Faults(reject_password=True),
            "r3": Faults(close_at="command"),
            "r4": Faults(hang_at="command"),
            "r5": Faults(not_ssh=b"HTTP/1.1 400\r\n\r\n"),
            "r6": Faults(other_host_key=True),
        },
        4,
    ),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize(("faults", "code"), FAULTS.values(), ids=FAULTS)
def test_a_run_leaves_the_process_as_it_was(
    project: Project, way: Callable[[Project], int], faults: dict[str, Faults], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    fleet = project.fleet([Device(each.name, password=CANARY, faults=faults.get(each.name, Faults())) for each in Device.fleet(7)])
    project.write("x.yaml", PLAYBOOK)
    assert way(project) == code  # once for what is loaded at the first use, such as modules and the tables of codecs
    with unchanged():
        assert way(project) == code
    assert fleet.wait_idle()
    assert (project.folder / "reports" / "r7" / "show-clock").exists()
    assert CANARY not in "".join(capsys.readouterr())


def test_the_first_run_of_a_process_registers_and_configures_nothing(project: Project) -> None:
    """In a fresh process, where the first use of Nornir and netmiko would show."""
    project.fleet(2)
    project.write("x.yaml", PLAYBOOK)
    script = project.write(
        "script.py",
        "import sys\n"
        "import paramiko.util\n"
        "paramiko.util.get_logger('paramiko.transport')  # paramiko gives its own logger a filter at the first use\n"
        "from tests.user.test_process_state import PROGRAM, cli, unchanged\n"
        "with unchanged():\n"
        "    code = cli.main(['run', 'x.yaml', '--format', 'json'], prog_name=PROGRAM, standalone_mode=False)\n"
        "sys.exit(code)\n",
    )
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert not list(project.folder.glob("*.log"))
