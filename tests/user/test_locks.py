"""P10: two jobs never work on one device at once, whoever started them; judged by what the devices counted."""

from __future__ import annotations

import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from runner.job import Frozen, NewJob, Origin, Start
from runner.lab import Device, Faults, Fleet
from runner.progress import Progress
from runner.states import HostStatus, JobStatus
from runner.store.leases import StoreLease, StoreLeases
from runner.store.reading import find
from runner.store.store import Store
from runner.target import Target
from tests.project import CANARY, Project, Run
from tests.user.waiting import until

Starter = Callable[..., "subprocess.Popen[str]"]

LONG = 90.0
SLOW = Faults(slow=0.3)

READ = "- hosts: all\n  batch_size: 0\n  tasks:\n    - commands: [show clock, show version]\n"
WRITE = """
- hosts: all
  tasks:
    - commands: show clock
    - name: describe
      config: {{lines: [interface Loopback0, description {0}], compare: false}}
"""


def ended(process: subprocess.Popen[str]) -> Run:
    """What a process left."""
    stdout, stderr = process.communicate(timeout=LONG)
    assert "Traceback" not in stderr, stderr
    return Run(process.returncode, stdout, stderr)


def other_names(project: Project, fleet: Fleet) -> Path:
    """A second inventory, in which the same devices are called otherwise: by name, and at an address that has a name."""
    folder = project.folder / "others" / "inventory"
    fleet.write_inventory(folder)
    text = (folder / "hosts.yaml").read_text().replace("\nr", "\nsite-r").replace("127.0.0.1", "localhost")
    (folder / "hosts.yaml").write_text(text)
    known = (folder / "known_hosts").read_text()
    (folder / "known_hosts").write_text(known + known.replace("[127.0.0.1]", "[localhost]"))
    return folder


@pytest.fixture
def store(project: Project) -> Iterator[Store]:
    """The store that the project's commands use."""
    project.write("nornir-playbook.toml", 'store = "jobs.db"\n')
    with Store.at(str(project.folder / "jobs.db")) as store:
        yield store


@pytest.fixture
def start(project: Project) -> Iterator[Starter]:
    """Starts the command, or with `script` a text of Python, and leaves nothing running."""
    with ExitStack() as stack:

        def started(*arguments: str | Path, script: str = "") -> subprocess.Popen[str]:
            begin = [sys.executable, "-c", script] if script else [sys.executable, "-m", "runner"]
            process = subprocess.Popen(
                [*begin, *map(str, arguments)],
                cwd=project.folder,
                env=project.environment({"PYTHONUNBUFFERED": "1"}),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield started


def hold(stack: ExitStack, store: Store, fleet: Fleet, *hosts: str) -> list[StoreLease]:
    """A job of this process that works on these devices, by names of its own."""
    store.accept(
        NewJob(id="holder", start=Start(playbook="a.yaml"), origin=Origin(), frozen=Frozen(plan={}, digests={})), [(1, "p", hosts)], 1
    )
    leases = StoreLeases(store, "holder", inventory="elsewhere")
    held = []
    for host in hosts:
        address, port = fleet.address(host)
        held.append(leases.take(Target(name=f"its {host}", hostname=address, port=port)))
        stack.callback(held[-1].release)
    return held


def test_f52_two_processes_with_two_names_for_each_device(project: Project, start: Starter) -> None:
    fleet = project.fleet(8, faults=SLOW)
    others = other_names(project, fleet)
    project.write("read.yaml", READ)
    first = start("run", "read.yaml", "--format", "json")
    second = start("run", "read.yaml", "-i", others, "--format", "json")
    runs = [ended(first), ended(second)]
    for run in runs:
        assert run.code == 0, run.stderr
        assert {host["status"] for host in run.json["results"].values()} == {"ok"} and len(run.json["results"]) == 8
    assert [fleet.counters(f"r{n}").peak for n in range(1, 9)] == [1] * 8
    assert [fleet.counters(f"r{n}").total for n in range(1, 9)] == [2] * 8
    assert "works on it, as " in runs[0].stderr + runs[1].stderr


def test_f57_two_jobs_together_have_no_more_sessions_than_max_sessions(project: Project, start: Starter) -> None:
    fleet = project.fleet(10, faults=SLOW)
    project.write("read.yaml", READ)
    limits = [",".join(f"r{n}" for n in range(first, 11, 2)) for first in (1, 2)]
    processes = [start("run", "read.yaml", "-l", limit, "--max-sessions", "3") for limit in limits]
    runs = [ended(process) for process in processes]
    assert [run.code for run in runs] == [0, 0], runs[0].stderr + runs[1].stderr
    assert fleet.counters().peak == 3 and fleet.counters().total == 10
    assert "max_sessions allows 3" in runs[0].stderr


def test_a_ceiling_smaller_than_the_batch_of_a_play_whose_hosts_meet(project: Project) -> None:
    fleet = project.fleet(5)
    project.write("read.yaml", READ + "    - commands: show clock\n  any_errors_fatal: true\n")
    run = project.run("run", "read.yaml", "--max-sessions", "2", timeout=LONG)
    assert run.code == 0 and fleet.counters().peak == 2, run.stderr


def test_skip_leaves_out_what_is_busy_and_says_who_has_it(project: Project, store: Store) -> None:
    fleet = project.fleet(4)
    project.write("read.yaml", READ + "- hosts: all\n  tasks: [commands: show clock]\n")
    with ExitStack() as stack:
        hold(stack, store, fleet, "r2", "r3")
        run = project.run("run", "read.yaml", "--on-busy", "skip")
    assert run.code == 6, run.stderr
    assert "r2  not started: job holder works on it, as its r2" in run.stderr
    assert "not started, job holder works on the device (2): r2, r3" in run.stdout
    assert [fleet.counters(f"r{n}").total for n in range(1, 5)] == [2, 0, 0, 2]  # nor in the second play


def test_fail_starts_nothing_more(project: Project, store: Store) -> None:
    fleet = project.fleet(4)
    project.write("read.yaml", READ)
    with ExitStack() as stack:
        hold(stack, store, fleet, "r2")
        run = project.run("run", "read.yaml", "-b", "1", "--on-busy", "fail", "--format", "json")
    assert run.code == 6 and run.json["status"] == "failed" and run.json["reason"].startswith("r2 is not started: job holder works on it")
    assert run.json["not_started"] == ["r2", "r3", "r4"] and run.json["results"]["r2"]["reason"] == "job holder works on it, as its r2"
    assert [fleet.counters(f"r{n}").total for n in range(1, 5)] == [1, 0, 0, 0]


def test_wait_is_over_when_the_device_is_given_back(project: Project, store: Store, start: Starter) -> None:
    fleet = project.fleet(3)
    project.write("read.yaml", READ)
    with ExitStack() as stack:
        (held,) = hold(stack, store, fleet, "r2")
        process = start("run", "read.yaml", "--format", "json")
        until(lambda: fleet.counters("r1").total == fleet.counters("r3").total == 1 and fleet.counters().live == 0, "the others to end")
        assert process.poll() is None and fleet.counters("r2").total == 0
        held.release()
    run = ended(process)
    assert run.code == 0 and run.stderr.count("r2  waits: job holder works on it, as its r2") == 1


def test_a_stop_while_waiting_ends_the_run(project: Project, store: Store, start: Starter) -> None:
    fleet = project.fleet(1)
    project.write("read.yaml", READ)
    with ExitStack() as stack:
        hold(stack, store, fleet, "r1")
        process = start("run", "read.yaml", "--format", "json")
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        assert any("waits" in line for line in lines)
        process.send_signal(signal.SIGTERM)
        stdout, _ = process.communicate(timeout=LONG)
    assert process.returncode == 7 and json.loads(stdout)["not_started"] == ["r1"]
    assert fleet.counters("r1").total == 0


def test_f53_the_device_of_a_killed_process_is_taken_over(project: Project, store: Store, start: Starter) -> None:
    """It was killed in the middle of a write: that host is in doubt in its record, and the other job need not wait for long."""
    fleet = project.fleet([Device(name="r1", password=CANARY, faults=Faults(hang_at_line=2))])
    project.write("a.yaml", WRITE.format("from-a"))
    project.write("b.yaml", READ)
    first = start("run", "a.yaml")
    until(lambda: fleet.counters("r1").live == 1 and "description from-a" in fleet.log("r1"), "the write to begin")
    second = start("run", "b.yaml")
    assert second.stderr is not None
    waits = next(line for line in iter(second.stderr.readline, "") if line.startswith("r1  waits: job "))
    assert fleet.counters("r1").total == 1
    first.kill()
    first.communicate()
    _, stderr = second.communicate(timeout=LONG)
    assert second.returncode == 0, stderr
    assert fleet.counters("r1").total == 2
    job = find(store, waits.split()[3])
    assert job.status is JobStatus.INTERRUPTED
    assert Progress.of(event for _, event in store.events(job.id)).ended(1, "r1") is HostStatus.IN_DOUBT


SLEEPER = """
import sys
from dataclasses import replace
from pathlib import Path
from runner.execution.control import Control
from runner.job import Start, Wanted
from runner.jobs.prepare import read_and_plan
from runner.jobs.ready import job_of
from runner.jobs.recording import Recorder
from runner.jobs.run import run_job
from runner.jobs.watching import Watched
from runner.settings.load import load_settings
from runner.store.owners import Owner
from runner.store.store import Store

settings = load_settings(flags={"inventory": Path("inventory")}, environ={}, project=Path.cwd())
planned = read_and_plan(Path(sys.argv[1]), settings)
with Store.at("jobs.db") as store:
    store.me = Owner.me(lease=1.0)
    watched = Watched(wanted=lambda: (Wanted.RUN, ""), beat=store.beat, every=0.05, beat_every=0.3)
    job = job_of(planned, ask_pass=None, ask_enable=None, ask_host_key=None)
    job = replace(job, recorder=Recorder(store=store, start=Start(playbook=sys.argv[1])), watched=watched)
    record = run_job(job, lambda record, redact: [], Control())
    for host in record.hosts.values():
        print(host.name, host.status, host.deciding.reason)
    print("exit", record.exit_code)
"""


def free(store: Path) -> bool:
    """Whether a transaction could begin."""
    connection = sqlite3.connect(store, timeout=0.2, isolation_level=None)
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return True


def test_f37_a_process_that_was_stopped_for_long_does_not_write_after_another(project: Project, store: Store, start: Starter) -> None:
    """Its lease is one second, so that nobody has to wait for half a minute. While it does not move, another job takes the device and
    writes to it; awake again, it sends not one line more, and the record stays as the other one left it.
    """
    fleet = project.fleet([Device(name="r1", password=CANARY, faults=Faults(slow=3.0))])
    project.write("a.yaml", WRITE.format("from-a"))
    project.write("b.yaml", WRITE.format("from-b"))
    sleeper = start("a.yaml", script=SLEEPER)
    try:
        until(lambda: "show clock" in fleet.log("r1"), "the first command to come")
        sleeper.send_signal(signal.SIGSTOP)
        while not free(project.folder / "jobs.db"):  # it was stopped in the middle of a transaction: nobody can write then
            sleeper.send_signal(signal.SIGCONT)
            sleeper.send_signal(signal.SIGSTOP)
        assert not fleet.config_lines("r1")
        fleet.set_faults("r1", Faults())
        other = project.run("run", "b.yaml", timeout=LONG)
        assert other.code == 0, other.stderr
    finally:
        sleeper.send_signal(signal.SIGCONT)
    run = ended(sleeper)
    assert run.stdout.startswith(("r1 failed nothing more was sent", "r1 stopped ")) and run.stdout.endswith("exit 1\n"), run.stdout
    assert fleet.config_lines("r1").count("description from-b") == 1 and "description from-a" not in fleet.log("r1")
    assert [line for line in fleet.log("r1") if line == "show clock"] == ["show clock"] * 2


def test_a_ceiling_that_does_not_hold_is_told(project: Project) -> None:
    project.fleet(1)
    project.write("read.yaml", READ)
    run = project.run("run", "read.yaml", "--no-record", "--max-sessions", "1")
    assert run.code == 0 and "warning: max_sessions does not hold for a run without a record" in run.stderr
    assert "warning" not in project.run("run", "read.yaml", "--max-sessions", "1").stderr


def test_f46_a_starter_that_repeats_itself_starts_one_job(project: Project, store: Store) -> None:
    fleet = project.fleet(2)
    project.write("read.yaml", READ)
    first = project.run("run", "read.yaml", "--idempotency-key", "ticket 7")
    again = project.run("run", "read.yaml", "--idempotency-key", "ticket 7")
    assert (first.code, again.code) == (0, 0) and fleet.counters().total == 2
    other = project.run("run", "read.yaml", "--idempotency-key", "ticket 8")
    assert other.code == 0 and fleet.counters().total == 4
