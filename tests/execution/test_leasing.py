"""A host and the lease on its device: when it is taken and given back, and what becomes of a host whose device is busy."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from runner.contracts import Reply
from runner.errors import RunnerError
from runner.events import BatchFinished, Event, HostFinished, HostHeldBack, HostStarted, TaskFinished, WriteIntended
from runner.job_events import DeviceBusy
from runner.leases import Busy, OnBusy
from runner.states import HostStatus
from runner.target import Target
from tests.execution.scenario import Scenario, healthy, unreachable

PLAY = "- hosts: all\n  batch_size: 0\n  {}\n  tasks:\n    - commands: show clock\n    - commands: show version\n"
HOLDER = "another"


@dataclass
class Register:
    """Gives out devices; `refuse` says by host who has it, `device` which device a host is."""

    refuse: dict[str, RunnerError] = field(default_factory=dict)
    device: Callable[[str], str] = lambda host: host
    most: int = 1000
    story: list[str] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    lost: bool = False
    peak: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, target: Target) -> Held:
        with self.lock:
            if target.name in self.refuse:
                raise self.refuse[target.name]
            if len(self.held) >= self.most:
                raise Busy("no session is free", passes=True)
            if self.device(target.name) in self.held:
                raise Busy("this job works on it", holder="own", passes=True)
            self.held[self.device(target.name)] = target.name
            self.peak = max(self.peak, len(self.held))
            self.story.append(f"{target.name} takes")
        return Held(self, target.name)

    def note(self, event: Event) -> None:
        """Keep the order of things."""
        if isinstance(event, HostStarted | HostFinished):
            with self.lock:
                self.story.append(f"{event.host} {'started' if isinstance(event, HostStarted) else event.status}")


@dataclass
class Held:
    """A device that a host has."""

    register: Register
    host: str

    def holds(self) -> bool:
        return not self.register.lost

    def release(self) -> None:
        with self.register.lock:
            self.register.held = {device: host for device, host in self.register.held.items() if host != self.host}
            self.register.story.append(f"{self.host} gives back")


def busy(holder: str = HOLDER, *, passes: bool = False) -> Busy:
    return Busy(f"job {holder} works on it", holder=holder, passes=passes)


def scenario(folder: Path, register: Register, hosts: int = 1, on_busy: OnBusy = "wait") -> Scenario:
    return Scenario(folder, hosts=hosts, leases=register, on_busy=on_busy, watch=register.note)


def quits() -> None:
    raise SystemExit("a library that leaves")


ENDS = [
    ("ok", lambda: None, HostStatus.OK),
    ("unreachable", unreachable, HostStatus.UNREACHABLE),
    ("a thread that breaks", quits, HostStatus.FAILED),
]


@pytest.mark.parametrize(("opens", "status"), [row[1:] for row in ENDS], ids=[row[0] for row in ENDS])
def test_a_device_is_taken_before_the_connect_and_given_back_behind_the_close(
    tmp_path: Path, opens: Callable[[], None], status: HostStatus
) -> None:
    register = Register()

    def connect() -> None:
        register.story.append("connects")
        opens()

    run = scenario(tmp_path, register)
    run.opens = {"r1": connect}
    run.run(PLAY.format(""))
    told = [part for part in register.story if part != f"r1 {status}"]
    assert told == ["r1 takes", "r1 started", "connects", "r1 gives back"] and not register.held
    assert run.told(HostFinished)[0].status is status and run.connections["r1"].closed >= 1
    if status is not HostStatus.FAILED:  # the end of a thread that broke is told when the thread is gone
        assert register.story.index(f"r1 {status}") < register.story.index("r1 gives back")


def test_the_session_is_closed_before_the_device_is_given_back(tmp_path: Path) -> None:
    register = Register()
    closed: list[int] = []
    run = scenario(tmp_path, register)

    class Watching(Register):
        def take(self, target: Target) -> Held:
            held = super().take(target)

            class Last(Held):
                def release(self) -> None:
                    closed.append(run.connections["r1"].closed)
                    super().release()

            return Last(held.register, held.host)

    run.leases = Watching()
    run.run(PLAY.format(""))
    assert closed == [1]


def test_a_host_that_talks_to_nobody_takes_no_device(tmp_path: Path) -> None:
    register = Register()
    scenario(tmp_path, register).run("- hosts: all\n  tasks:\n    - debug: hello\n")
    assert register.story == ["r1 started", "r1 ok"]


def test_a_connection_that_is_not_ours_needs_the_device_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed = tmp_path / "site" / "foreign-1.dist-info"
    installed.mkdir(parents=True)
    (installed / "METADATA").write_text("Metadata-Version: 2.1\nName: foreign\nVersion: 1\n")
    (installed / "entry_points.txt").write_text("[nornir.plugins.connections]\nforeign = foreign_kind:Foreign\n")
    (tmp_path / "site" / "foreign_kind.py").write_text(
        "class Foreign:\n    def open(self, *args, **names): self.connection = self\n    def close(self): pass\n"
    )
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "foreign_task.py").write_text("def nothing(task): return 'done'\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    register = Register()
    run = scenario(tmp_path, register)
    run.run("- hosts: all\n  tasks:\n    - nornir_task: {task: 'foreign_task:nothing', connection: foreign, reads_only: true}\n")
    assert register.story == ["r1 takes", "r1 started", "r1 ok", "r1 gives back"], run.told(HostFinished)
    assert not run.connections


def test_wait_tells_once_who_has_the_device_and_the_batchs_other_hosts_run_on(tmp_path: Path) -> None:
    register = Register(refuse={"r1": busy()})
    run = scenario(tmp_path, register, hosts=3)
    tries: list[int] = []

    class Counting(Register):
        def take(self, target: Target) -> Held:
            if target.name == "r1":
                tries.append(1)
                if len(tries) > 2 and len(run.told(HostFinished)) == 2:
                    self.refuse = {}
            return super().take(target)

    run.leases = Counting(refuse={"r1": busy()})
    run.run(PLAY.format(""))
    assert {event.host: event.status for event in run.told(HostFinished)} == dict.fromkeys(("r1", "r2", "r3"), HostStatus.OK)
    assert [event.host for event in run.told(HostFinished)][-1] == "r1" and len(tries) > 2
    (told,) = run.told(DeviceBusy)
    assert (told.host, told.holder, told.decision, told.reason) == ("r1", HOLDER, "wait", f"job {HOLDER} works on it")
    assert run.told(BatchFinished)[0].counts == {"ok": 3}


def test_skip_leaves_the_host_out_and_goes_on(tmp_path: Path) -> None:
    run = scenario(tmp_path, Register(refuse={"r1": busy()}), hosts=2, on_busy="skip").run(
        PLAY.format("batch_size: 1").replace("  batch_size: 0\n", "")
    )
    assert [event.host for event in run.told(HostStarted)] == ["r2"] and "r1" not in run.connections
    assert [(event.decision, event.host) for event in run.told(DeviceBusy)] == [("skip", "r1")]
    assert run.told(HostHeldBack)[0].reason == f"job {HOLDER} works on it"
    assert run.control.proceed()


def test_fail_starts_nothing_more(tmp_path: Path) -> None:
    run = scenario(tmp_path, Register(refuse={"r1": busy()}), hosts=3, on_busy="fail").run(
        PLAY.format("batch_size: 1").replace("  batch_size: 0\n", "")
    )
    assert not run.told(HostStarted) and not run.connections
    assert [(event.decision, event.host) for event in run.told(DeviceBusy)] == [("fail", "r1")]
    assert run.control.limit == f"r1 is not started: job {HOLDER} works on it (on_busy: fail)"


def test_of_several_busy_hosts_the_first_ends_the_job_and_the_others_are_not_started(tmp_path: Path) -> None:
    refuse: dict[str, RunnerError] = {f"r{n}": busy() for n in range(1, 6)}
    run = scenario(tmp_path, Register(refuse=refuse), hosts=5, on_busy="fail").run(PLAY.format(""))
    assert len(run.told(DeviceBusy)) == 1 and not run.told(HostStarted)


@pytest.mark.parametrize("on_busy", ["skip", "fail"])
def test_what_passes_by_itself_is_waited_for_in_any_case(tmp_path: Path, on_busy: OnBusy) -> None:
    """F57: a batch larger than the sessions there may be, and two names for one device."""
    register, pair = Register(most=2), threading.Barrier(2, timeout=20)
    run = scenario(tmp_path, register, hosts=6, on_busy=on_busy)

    def both() -> None:
        pair.wait()

    run.opens = dict.fromkeys((f"r{n}" for n in range(1, 7)), both)
    run.run(PLAY.format(""))
    assert [event.status for event in run.told(HostFinished)] == [HostStatus.OK] * 6 and register.peak == 2
    register = Register(device=lambda host: "one and the same")
    run = scenario(tmp_path, register, hosts=3, on_busy=on_busy).run(PLAY.format(""))
    assert [event.status for event in run.told(HostFinished)] == [HostStatus.OK] * 3 and register.peak == 1


@pytest.mark.parametrize("most", [1, 2])
def test_hosts_that_meet_at_a_barrier_do_not_wait_for_one_that_waits_for_a_device(tmp_path: Path, most: int) -> None:
    """With `any_errors_fatal` all hosts of a batch meet between tasks: those that hold a device would wait for ever."""
    register = Register(most=most)
    run = scenario(tmp_path, register, hosts=4)
    worker = threading.Thread(target=run.run, args=(PLAY.format("any_errors_fatal: true"),), daemon=True)
    worker.start()
    worker.join(30)
    if worker.is_alive():
        run.control.stop("it hangs")
        worker.join(30)
        pytest.fail("the hosts wait for each other")
    assert [event.status for event in run.told(HostFinished)] == [HostStatus.OK] * 4


def test_a_stop_ends_the_wait_and_the_host_is_not_started(tmp_path: Path) -> None:
    run = scenario(tmp_path, Register(refuse={"r1": busy()}))
    run.delay = 600.0

    def watch(event: Event) -> None:
        if isinstance(event, DeviceBusy):
            threading.Timer(0.05, run.control.stop, ["enough"]).start()

    run.watch = watch
    run.run(PLAY.format(""))
    assert not run.told(HostStarted) and not run.told(HostFinished)


def test_a_store_that_cannot_say_whose_a_device_is_starts_nothing(tmp_path: Path) -> None:
    run = scenario(tmp_path, Register(refuse={"r1": RunnerError("the disk is full")}), hosts=2).run(
        PLAY.format("batch_size: 1").replace("  batch_size: 0\n", "")
    )
    assert run.control.limit == "the device of r1 cannot be locked: the disk is full"
    assert not run.told(HostStarted) and not run.connections


def test_f37_where_the_device_is_lost_nothing_more_is_sent(tmp_path: Path) -> None:
    register = Register()
    run = scenario(tmp_path, register)

    def watch(event: Event) -> None:
        register.lost |= isinstance(event, TaskFinished)

    run.watch = watch
    run.run(
        "- hosts: all\n  tasks:\n    - commands: show clock\n"
        "    - config: {lines: [hostname x]}\n      ignore_errors: true\n    - debug: x\n"
    )
    assert run.sent("r1") == ["show clock"] and len(run.told(WriteIntended)) == 1
    (end,) = run.told(HostFinished)
    assert end.status is HostStatus.FAILED and end.phase == "command" and "nothing more was sent" in end.reason
    assert run.connections["r1"].closed == 1


def test_f37_a_device_lost_in_the_middle_of_a_configuration_is_not_ok(tmp_path: Path) -> None:
    register = Register()
    run = scenario(tmp_path, register)

    def lose_it(line: str) -> Reply:
        register.lost = True
        return healthy(line)

    run.answers = {"r1": {"line 1": lose_it}}
    run.run("- hosts: all\n  tasks:\n    - config: {lines: [line 1, line 2]}\n")
    assert run.sent("r1")[-1] == "line 1"
    (end,) = run.told(HostFinished)
    assert end.status in (HostStatus.FAILED, HostStatus.IN_DOUBT) and "1 of 2 lines were accepted" in end.reason
