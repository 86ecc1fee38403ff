"""A play run by execution alone: connections are scripted, events are collected, nothing else is replaced."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from runner.contracts import Reply
from runner.errors import SessionError, Stopped
from runner.events import Event
from runner.execution.claims import Claims
from runner.execution.control import Control
from runner.execution.logins import Logins
from runner.execution.meeting import Meetings
from runner.execution.play import run_play
from runner.execution.referee import Ask, Referee
from runner.execution.shared import Backoff, Connect, PlayRun
from runner.job import OnInDoubt
from runner.jobs.prepare import read_and_plan
from runner.leases import Leases, OnBusy
from runner.progress import Place, Progress
from runner.secret import Secret
from runner.settings.load import load_settings
from runner.states import BAD
from runner.target import Limits, Target

Kind = TypeVar("Kind", bound=Event)
Answer = Callable[[str], Reply]


def healthy(command: str) -> Reply:
    """What a healthy device says."""
    return Reply(command=command, output=f"output of {command}", duration_seconds=0.01)


def lose(command: str) -> Reply:
    """A device that goes away."""
    raise SessionError(f"the device closed the session in the middle of '{command}'", phase="command", cause="closed")


def unreachable() -> None:
    """A device that is not there."""
    raise SessionError("connection refused", phase="tcp", cause="refused", hint="is SSH enabled?")


def stopped() -> None:
    """A stop that comes while connecting."""
    raise Stopped("stopped by a person")


@dataclass
class ScriptedConnection:
    """A connection whose behaviour is data."""

    target: Target
    opens: Callable[[], None] = lambda: None
    answers: dict[str, Answer] = field(default_factory=dict)
    checks: Callable[[], None] = lambda: None
    deadline: float | None = None
    close_confirmed: bool = True
    finishing: bool = False
    sent: list[str] = field(default_factory=list)
    closed: int = 0

    def connect(self) -> None:
        self.opens()

    def check(self) -> None:
        self.checks()

    def close(self) -> None:
        self.closed += 1

    def send(self, command: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        self.sent.append(command)
        return self.answers.get(command, healthy)(command)

    @contextmanager
    def configuring(self) -> Iterator[ScriptedConnection]:
        """Lines of configuration are answered as commands are."""
        yield self


@dataclass
class Scenario:
    """Runs the plays of a playbook on hosts r1, r2, ... and keeps what was told."""

    folder: Path
    hosts: int = 1
    opens: dict[str, Callable[[], None]] = field(default_factory=dict)
    answers: dict[str, dict[str, Answer]] = field(default_factory=dict)
    checks: dict[str, Callable[[], None]] = field(default_factory=dict)
    control: Control = field(default_factory=Control)
    limits: Limits = field(default_factory=Limits)
    events: list[Event] = field(default_factory=list)
    connections: dict[str, ScriptedConnection] = field(default_factory=dict)
    watch: Callable[[Event], None] = lambda event: None
    ask: Ask | None = None
    delay: float = 0.01
    leases: Leases | None = None
    on_busy: OnBusy = "wait"
    secret: Secret = field(default_factory=lambda: Secret("a secret"))
    gate: Callable[[Event], None] = lambda event: None
    past: tuple[Event, ...] = ()
    on_in_doubt: OnInDoubt = "ask"
    verdicts: dict[Place, str] = field(default_factory=dict)
    connect: Connect | None = None

    def run(self, playbook: str) -> Scenario:
        inventory = self.folder / "inventory"
        inventory.mkdir(exist_ok=True)
        entries = (
            f"r{n}: {{hostname: 127.0.0.1, port: {20000 + n}, platform: cisco_ios, data: {{number: {n}}}}}\n"
            for n in range(1, self.hosts + 1)
        )
        (inventory / "hosts.yaml").write_text("".join(entries))
        path = self.folder / "play.yaml"
        path.write_text(playbook)
        settings = load_settings(flags={"inventory": inventory}, environ={}, project=self.folder)
        planned = read_and_plan(path, settings)
        self.plan = planned.plan
        lock = threading.Lock()

        def tell(event: Event) -> None:
            with lock:
                self.gate(event)
                self.events.append(event)
            self.watch(event)

        def connect(target: Target) -> ScriptedConnection:
            made = ScriptedConnection(target, self.opens.get(target.name, lambda: None), self.answers.get(target.name, {}))
            made.checks = self.checks.get(target.name, made.checks)
            self.connections[target.name] = made
            return made

        self.logins = Logins(self.control)
        progress = Progress.of(self.past)
        referee, meetings = Referee(planned.plan.hosts, self.control, self.ask, progress.turns), Meetings(self.control)
        for play in planned.plan.plays:
            lost = self._lost_before(play.first_batch)
            alive = tuple(replace(batch, hosts=tuple(host for host in batch.hosts if host not in lost)) for batch in play.batches)
            run_play(
                PlayRun(
                    plan=planned.plan,
                    play=replace(play, batches=alive),
                    targets={name: Target(name=name, hostname="127.0.0.1") for name in planned.plan.hosts},
                    connect=self.connect or connect,
                    limits=self.limits,
                    registries=planned.registries,
                    templates=planned.templates,
                    output_dir=self.folder,
                    claims=Claims(),
                    tell=tell,
                    control=self.control,
                    logins=self.logins,
                    referee=referee,
                    meetings=meetings,
                    ask=self.ask,
                    secrets={host: dict.fromkeys(markers, self.secret) for host, markers in play.secrets.items()},
                    backoff=Backoff(base=self.delay, most=self.delay),
                    progress=progress,
                    on_in_doubt=self.on_in_doubt,
                    verdicts=self.verdicts,
                    leases=self.leases,
                    on_busy=self.on_busy,
                    busy_backoff=Backoff(base=self.delay, most=self.delay),
                )
            )
        return self

    def _lost_before(self, number: int) -> set[str]:
        turns = Progress.of([*self.past, *self.events]).turns
        return {host for each, ended in turns.items() if each < number for host, status in ended.items() if status in BAD}

    def told(self, kind: type[Kind], host: str | None = None) -> list[Kind]:
        """The events of one kind, of one host."""
        return [event for event in self.events if isinstance(event, kind) and (host is None or getattr(event, "host", None) == host)]

    def sent(self, host: str) -> list[str]:
        """What a host received."""
        return self.connections[host].sent if host in self.connections else []
