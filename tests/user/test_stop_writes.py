"""F30, F31: what writes is given its grace time at the first signal, and then cut; judged by what the devices received."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project
from tests.user.test_stop import ended
from tests.user.test_stop import reached_by_ctrl_c as reached_by_ctrl_c
from tests.user.waiting import until

LINES = ("interface Loopback0", "description ours", "ip mtu 1400", "no shutdown")
PUSH = f"{{name: push, config: {{lines: {list(LINES)}, save: always, compare: false}}}}"
SAVE = "{name: save, commands: [write memory, show clock]}"
NETMIKO = (
    "{name: netmiko, nornir_task: {task: 'nornir_netmiko.tasks:netmiko_send_config', "
    "args: {config_commands: [interface Loopback0, description ours, no shutdown]}}}"
)
PYTHON = "{name: function, python: {function: 'plugins.slow:wait', args: {seconds: 3}}}"

SLOW = Faults(slow=1.0)
LONG = 60.0
"""Seconds until a test gives up; what must end at once is held against `AT_ONCE`."""
AT_ONCE = 15.0

MODULE = """
import pathlib
import time

def wait(host, seconds):
    pathlib.Path(f"begun-{host['name']}").touch()
    time.sleep(seconds)
    return "done"

def keep(output):
    time.sleep(3)
    pathlib.Path("kept").touch()
"""


def started(project: Project, task: str, faults: Faults, *flags: str, more: str = "") -> tuple[Fleet, subprocess.Popen[str]]:
    """Two hosts, one after the other; the first has the faults."""
    fleet = project.fleet([Device(name="r1", password=CANARY, faults=faults), Device(name="r2", password=CANARY)])
    project.write("plugins/slow.py", MODULE)
    project.write("x.yaml", f"- {{hosts: all, batch_size: 1, tasks: [{task}{more}]}}\n")
    return fleet, project.start("run", "x.yaml", "--yes", "--format", "json", *flags)


def received(fleet: Fleet, line: str) -> Callable[[], bool]:
    return lambda: line in fleet.log("r1")


WRITES = [
    ("lines, then the saving", PUSH, "description ours", [*LINES, "write memory"]),
    ("the saving itself", SAVE, "write memory", ["write memory", "show clock"]),
    ("a task of nornir-netmiko", NETMIKO, "description ours", ["interface Loopback0", "description ours", "no shutdown"]),
]


@pytest.mark.parametrize(("task", "at", "sent"), [row[1:] for row in WRITES], ids=[row[0] for row in WRITES])
def test_f30_a_write_under_way_comes_to_its_end(project: Project, task: str, at: str, sent: list[str]) -> None:
    fleet, process = started(project, task, SLOW)
    until(received(fleet, at), f"r1 has received '{at}'")
    process.send_signal(signal.SIGTERM)
    run = ended(project, process, LONG)
    assert run.code == 7, run.stderr
    job = run.json
    assert (job["status"], job["not_started"]) == ("stopped", ["r2"])
    assert job["results"]["r1"]["status"] in ("changed", "ok"), job["results"]["r1"]
    assert [line for line in fleet.log("r1") if line in sent] == sent
    assert fleet.wait_idle() and fleet.counters("r2").total == 0


def test_f30_no_task_is_begun_behind_the_write(project: Project) -> None:
    fleet, process = started(project, PUSH, SLOW, more=", {name: look, commands: show users}")
    until(received(fleet, "description ours"), "r1 is being configured")
    process.send_signal(signal.SIGINT)
    run = ended(project, process, LONG)
    host = run.json["results"]["r1"]
    assert (run.code, host["status"]) == (7, "stopped"), run.stderr
    assert [task["status"] for task in host["tasks"]] == ["changed", "stopped"]
    assert [line for line in fleet.log("r1") if line in LINES] == list(LINES) and "show users" not in fleet.log("r1")


def test_f30_a_write_is_not_begun_after_the_signal(project: Project) -> None:
    """The task writes, and has only read so far: it is cut at once, and its host is not in doubt."""
    read_first = "{name: push, config: {lines: [interface Loopback0], save: never}}"
    fleet, process = started(project, read_first, Faults(slow=LONG))
    until(lambda: any("show run" in line for line in fleet.log("r1")), "r1 is asked for its configuration")
    process.send_signal(signal.SIGINT)
    run = ended(project, process, AT_ONCE)
    assert (run.code, run.json["results"]["r1"]["status"]) == (7, "stopped"), run.stderr
    assert "configure terminal" not in fleet.log("r1")


HANGS = [
    ("lines", PUSH, Faults(hang_at_line=2), "description ours"),
    ("a command", SAVE, Faults(hang_at="command"), "write memory"),
    ("a task of nornir-netmiko", NETMIKO, Faults(hang_at_line=2), "description ours"),
]


@pytest.mark.parametrize("second", [False, True], ids=["the grace time ends", "F31 a second signal"])
@pytest.mark.parametrize(("task", "faults", "at"), [row[1:] for row in HANGS], ids=[row[0] for row in HANGS])
def test_a_write_that_hangs_is_cut_and_in_doubt(project: Project, task: str, faults: Faults, at: str, second: bool) -> None:
    fleet, process = started(project, task, faults, "--grace", "1000" if second else "1")
    until(received(fleet, at), f"r1 has received '{at}'")
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    while "stopping:" not in process.stderr.readline():
        assert process.poll() is None, "ended without a word"
    if second:
        process.send_signal(signal.SIGINT)
    run = ended(project, process, AT_ONCE)
    assert (run.code, run.json["status"], run.json["not_started"]) == (5, "stopped", ["r2"]), run.stderr
    assert run.json["results"]["r1"]["status"] == "in_doubt"
    fleet.set_faults("r1", Faults())
    assert fleet.wait_idle() and fleet.log("r1").count(at) == 1


@pytest.mark.parametrize(
    ("more", "code", "state"), [(", reads_only: true", 7, "stopped"), ("", 5, "in_doubt")], ids=["it reads", "it writes"]
)
def test_f34_a_function_that_hangs_is_left_behind(project: Project, more: str, code: int, state: str) -> None:
    """Python cannot be cut; the run ends all the same, and says what it does not know."""
    task = f"{{name: function, python: {{function: 'plugins.slow:wait', args: {{seconds: 600}}{more}}}}}"
    _, process = started(project, task, Faults(), "--grace", "1")
    until((project.folder / "begun-r1").exists, "the function runs")
    begun = time.monotonic()
    process.send_signal(signal.SIGTERM)
    run = ended(project, process, LONG)
    assert (run.code, run.json["results"]["r1"]["status"], run.json["not_started"]) == (code, state, ["r2"]), run.stderr
    assert time.monotonic() - begun < LONG


def test_f30_a_function_that_writes_comes_to_its_end(project: Project) -> None:
    _, process = started(project, PYTHON, Faults())
    until((project.folder / "begun-r1").exists, "the function runs")
    process.send_signal(signal.SIGINT)
    run = ended(project, process, LONG)
    assert (run.code, run.json["results"]["r1"]["status"]) == (7, "changed"), run.stderr


def test_f30_what_the_write_gave_is_handled_to_the_end(project: Project) -> None:
    """Longer after the signal than a function that only reads may hang."""
    handled = PYTHON.replace("seconds: 3}}", "seconds: 7}}, on_result: [{python: {function: 'plugins.slow:keep'}}]")
    _, process = started(project, handled, Faults())
    until((project.folder / "begun-r1").exists, "the function runs")
    process.send_signal(signal.SIGINT)
    run = ended(project, process, LONG)
    assert (run.code, run.json["results"]["r1"]["status"]) == (7, "changed"), run.stderr
    assert (project.folder / "kept").exists()
