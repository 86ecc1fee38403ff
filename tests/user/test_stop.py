"""F12, F30-F32: a run that is stopped closes its sessions, starts no further host and says what became of each."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import time
from collections.abc import Callable, Iterator

import pytest

from runner.lab import Device, Faults, Fleet
from tests.project import CANARY, Project, Run
from tests.user.waiting import until

PLAYBOOK = """
- name: audit
  hosts: all
  batch_size: 2
  tasks:
    - name: clock
      commands: show clock
"""

AT_ONCE = 10.0
"""Seconds that a stop may take on a busy machine; the promise is 2, and what is stopped would hang for 60 and more."""

HANG = Faults(hang_at="command")


@pytest.fixture(autouse=True)
def reached_by_ctrl_c() -> Iterator[None]:
    """A shell without job control starts us with SIGINT ignored, and children inherit that; ours are to be like a user's."""
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def fleet_with(project: Project, faults: dict[str, Faults], devices: int = 6) -> Fleet:
    """A fleet in which the named devices have their fault, and the playbook to run on it."""
    project.write("audit.yaml", PLAYBOOK)
    return project.fleet(
        [Device(name=each.name, password=CANARY, faults=faults.get(each.name, Faults())) for each in Device.fleet(devices)]
    )


def asked(fleet: Fleet, *hosts: str) -> Callable[[], bool]:
    """Whether each of the hosts has received the command that it will not answer."""
    return lambda: all("show clock" in fleet.log(host) for host in hosts)


def ended(project: Project, process: subprocess.Popen[str], seconds: float = AT_ONCE) -> Run:
    """What the process left, which must end in time and without a traceback."""
    try:
        stdout, stderr = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"still running {seconds} s after it was stopped: {process.communicate()}") from None
    assert "Traceback" not in stderr, stderr
    run = Run(process.returncode, stdout, stderr)
    project.runs.append(run)
    return run


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.mark.parametrize("number", SIGNALS, ids=lambda number: number.name)
def test_f30_f32_a_signal_stops_hung_reads_and_nothing_new_starts(project: Project, number: signal.Signals) -> None:
    fleet = fleet_with(project, {"r1": HANG, "r2": HANG})
    process = project.start("run", "audit.yaml", "--format", "json")
    until(asked(fleet, "r1", "r2"), "r1 and r2 are asked")
    process.send_signal(number)
    run = ended(project, process)
    assert run.code == 7, run.stderr
    job = run.json
    assert (job["status"], job["exit_code"]) == ("stopped", 7)
    assert number.name in job["reason"]
    assert {name: host["status"] for name, host in job["results"].items()} == {
        "r1": "stopped", "r2": "stopped", "r3": "pending", "r4": "pending", "r5": "pending", "r6": "pending"
    }  # fmt: skip
    assert job["not_started"] == ["r3", "r4", "r5", "r6"]
    assert [batch["status"] for batch in job["batches"]] == ["stopped", "pending", "pending"]
    assert "stopped" in job["results"]["r1"]["reason"] and "show clock" in job["results"]["r1"]["reason"]
    assert fleet.wait_idle()
    assert [fleet.counters(name).total for name in ("r1", "r2", "r3", "r4", "r5", "r6")] == [1, 1, 0, 0, 0, 0]
    assert run.stderr.count("stopping:") == 1


def test_f30_hosts_that_had_ended_stay_what_they_were(project: Project) -> None:
    fleet = fleet_with(project, {"r2": Faults(error_on=frozenset({"show clock"})), "r4": HANG})
    process = project.start("run", "audit.yaml", "--format", "json")
    until(asked(fleet, "r4"), "the second batch hangs at r4")
    until(lambda: fleet.counters("r3").total == 1 and fleet.counters("r3").live == 0, "r3 is done")
    process.send_signal(signal.SIGINT)
    run = ended(project, process)
    assert run.code == 2, run.stderr  # that a host failed says more than that we were stopped, whatever was left out
    assert run.json["status"] == "stopped"
    states = [run.json["results"][name]["status"] for name in ("r1", "r2", "r3", "r4", "r5", "r6")]
    assert states == ["ok", "failed", "ok", "stopped", "pending", "pending"]
    assert "UTC" in run.json["results"]["r3"]["tasks"][0]["results"][0]["output"]
    assert run.json["recap"]["r1"]["ok"] == 1


SLOW_READS = {
    "slow": Faults(slow=60),
    "flood": Faults(flood=math.inf),
    "trickle": Faults(flood=1_000_000, chunk=1, delay_chunks=0.02),
}


@pytest.mark.parametrize("faults", SLOW_READS.values(), ids=SLOW_READS)
def test_f30_slow_and_endless_answers_are_cut(project: Project, faults: Faults) -> None:
    fleet = fleet_with(project, {"r1": faults}, devices=3)
    process = project.start("run", "audit.yaml", "--format", "json")
    until(asked(fleet, "r1"), "r1 is asked")
    process.send_signal(signal.SIGINT)
    run = ended(project, process)
    assert run.code == 7, run.stderr
    assert run.json["results"]["r1"]["status"] == "stopped" and run.json["not_started"] == ["r3"]
    assert fleet.wait_idle()


@pytest.mark.parametrize("phase", ["tcp", "banner", "kex", "auth", "shell", "prompt"])
def test_f30_a_login_that_hangs_is_cut(project: Project, phase: str) -> None:
    fleet = fleet_with(project, {"r1": Faults(hang_at=phase), "r2": HANG}, devices=3)  # type: ignore[arg-type]  # the ids are its words
    process = project.start("run", "audit.yaml", "--format", "json", "--connect-timeout", "120")
    until(asked(fleet, "r2"), "r2 is asked")
    if phase != "tcp":  # a black hole sees nobody
        until(lambda: fleet.counters("r1").live == 1, "r1 is being logged in to")
    process.send_signal(signal.SIGINT)
    run = ended(project, process)
    assert run.code == 7, run.stderr
    assert [run.json["results"][name]["status"] for name in ("r1", "r2", "r3")] == ["stopped", "stopped", "pending"]
    assert fleet.wait_idle() and fleet.counters("r3").total == 0


def test_f30_in_words(project: Project) -> None:
    fleet = fleet_with(project, {"r1": HANG, "r2": HANG})
    process = project.start("run", "audit.yaml")
    until(asked(fleet, "r1", "r2"), "r1 and r2 are asked")
    process.send_signal(signal.SIGINT)
    run = ended(project, process)
    assert run.code == 7
    assert "stopping: no further host is started" in run.stderr
    assert "2 stopped" in run.stdout and "4 not started" in run.stdout, run.stdout


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_f31_a_second_signal_ends_at_once_and_the_record_is_still_written(project: Project, second: signal.Signals) -> None:
    fleet = fleet_with(project, {"r1": Faults(hang_at="command", hang_on_exit=True), "r2": HANG})
    process = project.start("run", "audit.yaml", "--format", "json")
    until(asked(fleet, "r1", "r2"), "r1 and r2 are asked")
    assert process.stderr is not None
    process.send_signal(signal.SIGINT)
    while "stopping:" not in process.stderr.readline():  # r1 never confirms its close, which takes the first stop a while
        assert process.poll() is None, "ended without a word"
    process.send_signal(second)
    run = ended(project, process)
    assert run.code == 7, run.stderr
    job = json.loads(run.stdout)
    assert job["status"] == "stopped" and job["not_started"] == ["r3", "r4", "r5", "r6"]
    assert job["results"]["r1"]["status"] == "stopped"
    fleet.set_faults("r1", Faults())
    assert fleet.wait_idle() and fleet.counters().total == 2


def test_f12_after_kill_9_no_session_is_left_at_the_devices(project: Project) -> None:
    fleet = fleet_with(project, {"r1": HANG, "r2": HANG})
    process = project.start("run", "audit.yaml")
    until(asked(fleet, "r1", "r2"), "r1 and r2 are asked")
    process.kill()
    assert ended(project, process).code == -signal.SIGKILL
    assert fleet.wait_idle()
    assert fleet.counters().total == 2


def test_a_signal_that_was_ignored_stays_ignored(project: Project) -> None:
    """`nohup` runs go on when the terminal is closed."""
    fleet = fleet_with(project, {"r1": Faults(slow=3.0)}, devices=1)
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)  # what a child inherits
    try:
        process = project.start("run", "audit.yaml", "--format", "json")
    finally:
        signal.signal(signal.SIGHUP, before)
    until(asked(fleet, "r1"), "r1 is asked")
    process.send_signal(signal.SIGHUP)
    run = ended(project, process, 60)
    assert run.code == 0, run.stderr
    assert run.json["status"] == "completed"


def test_stopping_takes_seconds_and_not_the_limits_of_the_run(project: Project) -> None:
    """The promise of two seconds, with what a busy machine adds: all hosts of a wide batch at once."""
    fleet = fleet_with(project, {f"r{number}": HANG for number in range(1, 21)}, devices=30)
    process = project.start("run", "audit.yaml", "-b", "20", "--format", "json")
    until(asked(fleet, *(f"r{number}" for number in range(1, 21))), "20 hosts are asked")
    process.send_signal(signal.SIGTERM)
    begun = time.monotonic()
    run = ended(project, process)
    assert run.code == 7 and time.monotonic() - begun < AT_ONCE
    assert len(run.json["not_started"]) == 10
    assert fleet.wait_idle() and fleet.counters().total == 20
