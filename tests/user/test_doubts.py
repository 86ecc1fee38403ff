"""A configuration accepted, refused and cut in the middle: record, recap, exit code and the lab's own log side by side."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack

import pytest

from runner.lab import Device, Faults
from runner.store.store import Store
from tests.project import CANARY, Project
from tests.user.test_locks import hold
from tests.user.waiting import until

LINES = ("interface Loopback0", "description ours", "ip mtu 1400", "no shutdown", "ip ospf cost 10")
PLAYBOOK = f"""
- name: change
  hosts: all
  tasks:
    - {{name: loopback, config: {{lines: {list(LINES)}}}}}
    - {{name: look, commands: show clock}}
- name: later
  hosts: all
  tasks:
    - {{name: again, commands: show users}}
"""

TWO_PLAYS = """
- hosts: all
  batch_size: 0
  tasks:
    - config: {lines: [ntp server 10.0.0.1]}
      when: "host.name == 'r1'"
      verify: {commands: [show running-config], that: "'10.0.0.1' in output"}
- hosts: all
  batch_size: 0
  tasks: [commands: show clock]
"""


def devices(**faults: Faults) -> list[Device]:
    return [Device(name=name, password=CANARY, faults=each) for name, each in faults.items()]


def test_accepted_refused_and_cut(project: Project) -> None:
    """F13 and in doubt: 5 before 2; only the healthy host meets the later tasks and plays."""
    refused = Faults(error_on=frozenset({"ip mtu 1400"}))
    fleet = project.fleet(devices(r1=Faults(), r2=refused, r3=Faults(close_at_line=3)))
    project.write("change.yaml", PLAYBOOK)
    run = project.run("run", "change.yaml", "--yes", "--format", "json")
    assert run.code == 5, run.stderr
    results = run.json["results"]
    assert {name: host["status"] for name, host in results.items()} == {"r1": "changed", "r2": "failed", "r3": "in_doubt"}
    assert [task["name"] for task in results["r1"]["tasks"]] == ["loopback", "look", "again"]
    assert [[task["name"] for task in results[name]["tasks"]] for name in ("r2", "r3")] == [["loopback"]] * 2
    assert results["r1"]["tasks"][0]["lines"] == {"applied": 5, "total": 5}
    assert results["r2"]["tasks"][0]["lines"] == {"applied": 2, "total": 5}
    assert results["r3"]["tasks"][0]["lines"] == {"applied": 2, "total": 5}
    assert "% Invalid input" in results["r2"]["reason"] and "not known" in results["r3"]["reason"]
    assert [run.json["recap"][name] for name in ("r3",)] == [dict.fromkeys(run.json["recap"]["r3"], 0)], (
        "in doubt is none of the seven words"
    )
    assert "r3  in doubt (command)" in run.stderr
    assert fleet.wait_idle() and len(fleet.sessions("r2")) == len(fleet.sessions("r3")) == 1
    words = project.run("run", "change.yaml", "--yes", "-v")
    assert words.code == 5 and "in doubt, look at them before repeating anything (1): r3" in words.stdout
    assert "loopback: failed" in words.stderr and "2 of 5 lines" in words.stderr


def test_a_cut_without_limits_is_counted_by_them(project: Project) -> None:
    project.fleet(devices(r1=Faults(close_at_line=2), r2=Faults(), r3=Faults()))
    project.write("change.yaml", PLAYBOOK)
    run = project.run("run", "change.yaml", "--yes", "-b", "1", "--max-failures", "0", "--format", "json")
    assert (run.code, run.json["status"], run.json["not_started"]) == (5, "failed", ["r2", "r3"])
    assert run.json["reason"] == "1 of 3 hosts failed (1 in doubt), limit 0 (max_failures)"


@pytest.mark.parametrize("ignore", ["", ", ignore_errors: true"])
def test_what_is_lost_before_the_first_line_is_failed(project: Project, ignore: str) -> None:
    project.fleet(devices(r1=Faults(close_at="command")))
    project.write("change.yaml", PLAYBOOK.replace("name: loopback", f"name: loopback{ignore}"))
    run = project.run("run", "change.yaml", "--yes", "--format", "json")
    assert (run.code, run.json["results"]["r1"]["status"]) == (2, "failed"), run.stderr


def test_f31_a_second_signal_in_the_middle_of_a_write_leaves_the_host_in_doubt(project: Project) -> None:
    fleet = project.fleet(devices(r1=Faults(hang_at_line=3), r2=Faults()))
    project.write("change.yaml", PLAYBOOK)
    process = project.start("run", "change.yaml", "--yes", "-b", "1", "--format", "json")
    until(
        lambda: any(any(line.text == LINES[2] for line in session.lines) for session in fleet.sessions("r1")),
        "r1 has received the third line",
    )
    process.send_signal(signal.SIGINT)
    assert process.stderr is not None
    while "stopping:" not in process.stderr.readline():
        assert process.poll() is None, "ended without a word"
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=60)
    job = json.loads(stdout)
    assert (process.returncode, job["status"], job["not_started"]) == (5, "stopped", ["r2"]), stderr
    assert job["results"]["r1"]["status"] == "in_doubt"
    fleet.set_faults("r1", Faults())
    assert fleet.wait_idle() and fleet.counters().total == 1


def test_a_host_that_was_busy_in_a_later_play_keeps_its_turn_in_an_earlier_one(project: Project) -> None:
    """Going on with the doubt of its neighbour opens that earlier batch again."""
    device = Device("r1", password=CANARY, faults=Faults(close_at_line=1))
    fleet = project.fleet([device, Device("r2", password=CANARY)])
    project.write("two.yaml", TWO_PLAYS)
    project.write("nornir-playbook.toml", 'store = "jobs.db"\n')
    with Store.at(str(project.folder / "jobs.db")) as store, ExitStack() as stack:
        hold(stack, store, fleet, "r2")
        first = project.run("run", "two.yaml", "--yes", "--on-busy", "skip", "--format", "json")
    assert [first.json["results"][name]["status"] for name in ("r1", "r2")] == ["in_doubt", "pending"], first.stderr
    fleet.set_faults("r1", Faults())
    again = project.run("resume", "last", "--yes", "--on-in-doubt", "verify", "--format", "json")
    assert again.code == 0, again.stderr
    assert again.json["batches"][0]["device_ids"] == ["r1", "r2"]
    assert [again.json["results"][name]["status"] for name in ("r1", "r2")] == ["changed", "ok"]
