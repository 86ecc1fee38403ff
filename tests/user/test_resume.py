"""A job that was stopped, paused or killed goes on in another process; a job that failed is retried: judged by the routers' own logs."""

from __future__ import annotations

import signal
import sqlite3
from contextlib import closing
from typing import Any

import pytest
import yaml

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project
from tests.user.test_stop import ended
from tests.user.test_stop import reached_by_ctrl_c as reached_by_ctrl_c
from tests.user.waiting import until

LONG = 60.0
AUDIT = """
- name: audit
  hosts: all
  batch_size: 10
  tasks:
    - commands: [show version, show clock]
    - config: {lines: [ntp server 10.0.0.1]}
"""
CHANGE = """
- name: change
  hosts: all
  batch_size: 2
  tasks:
    - name: ntp
      config: {lines: [ntp server 10.0.0.1, ntp server 10.0.0.2]}
      verify: {commands: [show running-config], that: "'ntp server 10.0.0.2' in output"}
    - commands: show clock
"""
SENT_ONCE = ("show version", "show clock", "ntp server 10.0.0.1")


def fleet_of(project: Project, count: int, **faults: Faults) -> Fleet:
    """`r1` and so on, of which some have a fault."""
    return project.fleet([Device(name=f"r{n}", password=CANARY, faults=faults.get(f"r{n}", Faults())) for n in range(1, count + 1)])


def times(fleet: Fleet, host: str, line: str) -> int:
    """How often a router received a line."""
    return fleet.log(host).count(line)


def stopped(project: Project, fleet: Fleet, command: str, slow: str) -> dict[str, Any]:
    """The job's document after `stop` or `pause` was asked for while this router answered slowly."""
    process = project.start("run", "audit.yaml", "--yes", "--format", "json")
    until(lambda: "show version" in fleet.log(slow), f"{slow} is asked")
    asked = project.run(command, "last")
    assert asked.code == 0, asked.stderr
    run = ended(project, process, LONG)
    assert run.code == 7, run.stderr
    document: dict[str, Any] = run.json
    return document


@pytest.mark.parametrize(("command", "status"), [("stop", "stopped"), ("pause", "paused")])
def test_s11_s14_f36_what_was_left_runs_and_nothing_twice(project: Project, command: str, status: str) -> None:
    project.write("audit.yaml", AUDIT)
    fleet = fleet_of(project, 25, r12=Faults(slow=3.0))
    job = stopped(project, fleet, command, "r12")
    assert [batch["status"] for batch in job["batches"]] == ["completed", "completed", "pending"] and job["status"] == status
    assert fleet.wait_idle() and fleet.counters().total == 20
    fleet.set_faults("r12", Faults())
    run = project.run("resume", "last", "--yes", "--format", "json")
    assert run.code == 0, run.stderr
    again = run.json
    assert again["id"] == job["id"] and [batch["status"] for batch in again["batches"]] == ["completed"] * 3
    assert [len(batch["device_ids"]) for batch in again["batches"]] == [10, 10, 5]
    assert {host["status"] for host in again["results"].values()} == {"changed"}
    assert fleet.counters().total == 25
    for device in fleet.devices:
        assert [times(fleet, device.name, line) for line in SENT_ONCE] == [1, 1, 1], device.name
    assert project.run("show", "last", "--format", "json").json == again


def test_f40_a_killed_job_is_gone_on_with_and_its_doubt_is_verified(project: Project) -> None:
    project.write("change.yaml", CHANGE)
    fleet = fleet_of(project, 6, r3=Faults(hang_at_line=2))
    process = project.start("run", "change.yaml", "--yes")
    until(lambda: "ntp server 10.0.0.2" in fleet.log("r3") and times(fleet, "r4", "show clock") == 1, "r3 hangs, r4 is done")
    until(lambda: fleet.counters("r4").live == 0, "r4 is closed")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    shown = project.run("show", "last", "--format", "json").json
    assert (shown["status"], shown["results"]["r3"]["status"]) == ("interrupted", "in_doubt")
    assert [shown["results"][f"r{n}"]["status"] for n in (1, 2, 5, 6)] == ["changed", "changed", "pending", "pending"]
    fleet.set_faults("r3", Faults())
    run = project.run("resume", "last", "--on-in-doubt", "verify", "--yes", "--format", "json")
    assert run.code == 0, run.stderr
    assert {host["status"] for host in run.json["results"].values()} == {"changed"}
    for name in ("r1", "r2", "r4", "r5", "r6"):
        assert times(fleet, name, "ntp server 10.0.0.2") == 1, name
    assert times(fleet, "r3", "ntp server 10.0.0.2") == 2, "the device said that it was not done, and then it was"
    assert "ntp server 10.0.0.2" in fleet.running_config("r3")


def test_a_host_in_doubt_stays_so_where_nobody_decides(project: Project) -> None:
    project.write("change.yaml", CHANGE)
    fleet = fleet_of(project, 4, r1=Faults(close_at_line=1))
    first = project.run("run", "change.yaml", "--yes", "--format", "json")
    assert (first.code, first.json["results"]["r1"]["status"]) == (5, "in_doubt"), first.stderr
    before = fleet.counters("r1").total
    run = project.run("resume", "last", "--yes", "--format", "json")
    assert run.code == 5, run.stderr
    assert run.json["results"]["r1"]["status"] == "in_doubt" and fleet.counters("r1").total == before
    assert "in doubt" in run.stderr and "--on-in-doubt" in run.stderr


def test_s13_retry_runs_failed_unreachable_and_not_started_and_nothing_else(project: Project) -> None:
    """3 failed, 2 unreachable, 5 never started because a limit tripped: exactly those ten."""
    project.write("limited.yaml", AUDIT.replace("batch_size: 10", "batch_size: 5\n  max_failures: 4"))
    bad = Faults(error_on={"show clock"})
    gone = Faults(refuse=True)
    fleet = fleet_of(project, 20, r11=bad, r12=gone, r13=bad, r14=gone, r15=bad)
    first = project.run("run", "limited.yaml", "--yes", "--format", "json")
    assert first.code == 4 and first.json["status"] == "failed", first.stderr
    wanted = [f"r{n}" for n in range(11, 21)]
    for name in wanted[:5]:
        fleet.set_faults(name, Faults())
    before = {device.name: fleet.counters(device.name).total for device in fleet.devices}
    run = project.run("retry", "last", "--yes", "--format", "json")
    assert run.code == 0, run.stderr
    assert [*run.json["results"]] == wanted and run.json["id"] != first.json["id"]
    reached = [name for name, count in before.items() if fleet.counters(name).total > count]
    assert sorted(reached) == sorted(wanted)
    jobs = project.run("jobs", "--format", "json").json
    assert jobs[0]["parent"] == first.json["id"]


@pytest.mark.parametrize(
    ("only", "batch", "hosts"),
    [
        (("--only", "unreachable"), (), ["r3"]),
        (("--only", "failed,unreachable"), (), ["r1", "r3"]),
        ((), ("--batch", "2"), ["r3"]),
        (("--only", "in-doubt"), (), ["r2"]),
    ],
    ids=["one word", "two words", "a batch", "in doubt"],
)
def test_what_is_retried_can_be_chosen(project: Project, only: tuple[str, ...], batch: tuple[str, ...], hosts: list[str]) -> None:
    project.write("change.yaml", CHANGE)
    fleet = fleet_of(project, 4, r1=Faults(no_config=True), r2=Faults(close_at_line=1), r3=Faults(refuse=True))
    assert project.run("run", "change.yaml", "--yes").code == 5
    for name in ("r1", "r2", "r3"):
        fleet.set_faults(name, Faults())
    run = project.run("retry", "last", *only, *batch, "--yes", "--format", "json")
    assert run.code == 0, run.stderr
    assert [*run.json["results"]] == hosts


def test_f45_changed_inputs_are_refused_by_name_and_can_be_accepted(project: Project) -> None:
    playbook = project.write("audit.yaml", AUDIT)
    fleet = fleet_of(project, 25, r12=Faults(slow=3.0))
    stopped(project, fleet, "stop", "r12")
    before = fleet.counters().total
    playbook.write_text(AUDIT.replace("10.0.0.1", "10.0.0.9"))
    refused = project.run("resume", "last", "--yes")
    assert refused.code == 3 and fleet.counters().total == before
    assert "task 2 'config' of play 'audit' has changed" in refused.stderr and "--accept-changes" in refused.stderr
    run = project.run("resume", "last", "--yes", "--accept-changes")
    assert run.code == 0, run.stderr
    assert times(fleet, "r25", "ntp server 10.0.0.9") == 1 and times(fleet, "r25", "ntp server 10.0.0.1") == 0


def test_accepted_changes_never_move_a_host_that_had_its_turn_into_another_batch(project: Project) -> None:
    """What was done is known by host and batch: in another batch the host would be written to again."""
    project.write("audit.yaml", AUDIT)
    fleet = fleet_of(project, 25, r12=Faults(slow=3.0))
    stopped(project, fleet, "stop", "r12")
    before = fleet.counters().total
    hosts = project.folder / "inventory" / "hosts.yaml"
    entries = yaml.safe_load(hosts.read_text())
    del entries["r1"]
    hosts.write_text(yaml.safe_dump(entries, sort_keys=False))
    for flags in ((), ("--accept-changes",)):
        run = project.run("resume", "last", "--yes", *flags)
        assert run.code == 3 and fleet.counters().total == before, run.stderr
        assert "r11 had its turn in batch 2" in run.stderr and "--accept-changes" not in run.stderr, run.stderr


def test_retry_takes_a_host_by_its_name_whatever_else_that_means(project: Project) -> None:
    """A group of the same name holds hosts that ended well; in a pattern, brackets would swallow what follows."""
    project.write("audit.yaml", AUDIT)
    names = ("core", "r[1", "r2")
    fleet = project.fleet([Device(name, password=CANARY, faults=Faults(refuse=name != "r2")) for name in names])
    hosts = project.folder / "inventory" / "hosts.yaml"
    entries = yaml.safe_load(hosts.read_text())
    entries["r2"]["groups"] = ["core"]
    hosts.write_text(yaml.safe_dump(entries, sort_keys=False))
    project.write("inventory/groups.yaml", "core: {}\n")
    assert project.run("run", "audit.yaml", "--yes").code == 4
    for name in names:
        fleet.set_faults(name, Faults())
    run = project.run("retry", "last", "--yes", "--format", "json")
    assert run.code == 0 and [*run.json["results"]] == ["core", "r[1"], run.stderr
    assert times(fleet, "r2", "ntp server 10.0.0.1") == 1


def test_what_was_masked_in_the_record_is_never_sent(project: Project) -> None:
    """A password that also stood in an extra variable is not known any more, as it is nowhere on disk (F60)."""
    project.write(
        "x.yaml",
        """
- hosts: all
  tasks:
    - config: {lines: ["snmp-server community {{ word }}"]}
    - {debug: "{{ item }}", loop: [2026-01-31, "{{ word }}"]}
""",
    )
    fleet = fleet_of(project, 1, r1=Faults(refuse=True))
    assert project.run("run", "x.yaml", "--yes", "-e", f"word={CANARY}").code != 0
    fleet.set_faults("r1", Faults())
    run = project.run("retry", "last", "--yes")
    assert run.code == 3 and "masked" in run.stderr and "-e @FILE" in run.stderr, run.stderr
    assert fleet.counters().total == 0


def test_f40_a_job_that_was_cut_off_before_its_last_word_is_given_its_end(project: Project) -> None:
    """Every host had ended, and the process died before it could say so of the job."""
    project.write("audit.yaml", AUDIT)
    fleet = fleet_of(project, 2)
    first = project.run("run", "audit.yaml", "--yes", "--format", "json").json
    with closing(sqlite3.connect(project.folder / "home/.local/state/nornir-playbook/jobs.db")) as record, record:
        record.execute("DELETE FROM event WHERE kind = 'run_finished'")
        record.execute("UPDATE job SET status = 'running', exit_code = NULL, owner = 'gone'")
    assert project.run("show", "last", "--format", "json").json["status"] == "interrupted"
    before = fleet.counters().total
    run = project.run("resume", "last", "--yes", "--format", "json")
    assert (run.code, run.json["status"]) == (0, "completed"), run.stderr
    assert run.json["results"] == first["results"] and fleet.counters().total == before


def test_a_job_that_ended_is_not_resumed(project: Project) -> None:
    project.write("audit.yaml", AUDIT)
    fleet = fleet_of(project, 2)
    assert project.run("run", "audit.yaml", "--yes").code == 0
    before = fleet.counters().total
    for arguments, said in [
        (("resume", "last"), "nothing is left"),
        (("retry", "last"), "every host ended well"),
        (("stop", "last"), "does not run"),
        (("resume", "nonsense"), "there is no job 'nonsense'"),
        (("retry", "last", "--only", "unreachabel"), "unreachable"),
        (("retry", "last", "--batch", "7"), "no batch 7"),
    ]:
        run = project.run(*arguments)
        assert run.code == 3 and said in run.stderr, (arguments, run.stderr)
    assert fleet.counters().total == before


def test_f46_a_second_start_with_the_same_key_starts_nothing(project: Project) -> None:
    project.write("audit.yaml", AUDIT)
    fleet = fleet_of(project, 2)
    assert project.run("run", "audit.yaml", "--yes", "--idempotency-key", "change-4711").code == 0
    before = fleet.counters().total
    second = project.run("run", "audit.yaml", "--yes", "--idempotency-key", "change-4711")
    assert second.code == 0 and "nothing was started" in second.stderr
    assert fleet.counters().total == before


def test_exec_is_a_job_and_goes_on_from_another_folder(project: Project) -> None:
    fleet = fleet_of(project, 4, r3=Faults(hang_at="command"))
    process = project.start("exec", "all", "-b", "2", "-c", "show clock")
    until(lambda: "show clock" in fleet.log("r3"), "r3 is asked")
    process.send_signal(signal.SIGINT)
    run = ended(project, process, 15.0)
    assert run.code == 7, run.stderr
    fleet.set_faults("r3", Faults())
    (project.folder / "elsewhere").mkdir()
    moved = Project(project.folder / "elsewhere", project.make_fleet)
    again = moved.run("resume", "last", "--format", "json", env={"HOME": str(project.folder / "home")})
    assert again.code == 0, again.stderr
    assert {name: host["status"] for name, host in again.json["results"].items()} == dict.fromkeys(("r1", "r2", "r3", "r4"), "ok")
    assert [times(fleet, name, "show clock") for name in ("r1", "r2")] == [1, 1]
