"""A job that is stopped or paused from another terminal: it ends in order, says who wanted it, and how to go on."""

from __future__ import annotations

import signal

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project
from tests.user.test_stop import PLAYBOOK, ended
from tests.user.test_stop import reached_by_ctrl_c as reached_by_ctrl_c
from tests.user.waiting import until

SLOW = Faults(slow=6.0)
LONG = 60.0


def begun(project: Project) -> Fleet:
    """Six hosts in batches of two, of which r3 takes longer than another command takes to start on a busy machine."""
    project.write("audit.yaml", PLAYBOOK)
    return project.fleet([Device(name=f"r{n}", password=CANARY, faults=SLOW if n == 3 else Faults()) for n in range(1, 7)])


WAYS = [
    ("stop", (), "stopped"),
    ("pause", (), "paused"),
    ("stop", ("--after", "host"), "stopped"),
    ("pause", ("--after", "host"), "paused"),
]


@pytest.mark.parametrize(("command", "flags", "status"), WAYS, ids=[" ".join((row[0], *row[1])) for row in WAYS])
def test_f36_from_another_terminal(project: Project, command: str, flags: tuple[str, ...], status: str) -> None:
    fleet = begun(project)
    process = project.start("run", "audit.yaml", "--format", "json")
    until(lambda: "show clock" in fleet.log("r3"), "r3 is asked")
    asked = project.run(command, "last", *flags)
    assert asked.code == 0, asked.stderr
    run = ended(project, process, LONG)
    job = run.json
    assert (run.code, job["status"], job["not_started"]) == (7, status, ["r5", "r6"]), run.stderr
    assert job["reason"].startswith(f"{status} by ") and job["reason"].endswith("after batch 2")
    assert [job["results"][name]["status"] for name in ("r1", "r2", "r3", "r4")] == ["ok"] * 4
    assert f"{command}: asked for by " in run.stderr
    assert run.stderr.splitlines()[-1] == f"go on with: nornir-playbook resume {job['id']}"
    assert fleet.wait_idle() and fleet.counters().total == 4


def test_f30_stop_now_from_another_terminal_cuts_what_reads(project: Project) -> None:
    fleet = begun(project)
    fleet.set_faults("r3", Faults(hang_at="command"))
    process = project.start("run", "audit.yaml", "--format", "json")
    until(lambda: "show clock" in fleet.log("r3"), "r3 is asked")
    assert project.run("stop", "last", "--now").code == 0
    run = ended(project, process, 15.0)
    assert (run.code, run.json["status"], run.json["results"]["r3"]["status"]) == (7, "stopped", "stopped"), run.stderr
    assert run.json["not_started"] == ["r5", "r6"] and fleet.wait_idle()


def test_f30_ctrl_c_outranks_a_pause_that_was_asked_for(project: Project) -> None:
    fleet = begun(project)
    fleet.set_faults("r3", Faults(hang_at="command"))
    process = project.start("run", "audit.yaml", "--format", "json")
    until(lambda: "show clock" in fleet.log("r3"), "r3 is asked")
    assert project.run("pause", "last").code == 0
    process.send_signal(signal.SIGINT)
    run = ended(project, process, 15.0)
    assert (run.code, run.json["status"]) == (7, "stopped"), run.stderr
    assert "SIGINT" in run.json["reason"]


def test_a_run_that_leaves_no_record_does_not_say_how_to_resume_it(project: Project) -> None:
    fleet = begun(project)
    fleet.set_faults("r3", Faults(hang_at="command"))
    process = project.start("run", "audit.yaml", "--no-record")
    until(lambda: "show clock" in fleet.log("r3"), "r3 is asked")
    process.send_signal(signal.SIGINT)
    run = ended(project, process, 15.0)
    assert run.code == 7 and "resume" not in run.stdout + run.stderr
