"""What all hosts of a running play share, and what execution asks of a connection."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from runner.contracts import Session
from runner.events import Tell
from runner.execution.claims import Claims
from runner.execution.control import Control
from runner.execution.line import Line
from runner.execution.logins import Logins
from runner.execution.meeting import Meetings
from runner.execution.referee import Ask, Referee
from runner.job import OnInDoubt
from runner.leases import Leases, OnBusy
from runner.planning.plan import Plan, PlannedPlay
from runner.planning.registries import Registries
from runner.playbook.render import Templates
from runner.progress import Place, Progress
from runner.secret import Secret
from runner.target import Limits, Target


class Connection(Session, Protocol):
    """A session that can be opened and closed; the guarded transport is one.

    `deadline` is a monotonic time after which every wait ends, None for no such time. While `finishing` is true, a wish to stop ends
    waits only when it is `Limits.grace` old, else at once. `close` never raises, and `close_confirmed` says afterwards whether the
    device acknowledged it.
    """

    deadline: float | None
    finishing: bool
    close_confirmed: bool

    def connect(self) -> None:
        """Open it and see the first prompt. Raises SessionError or Stopped."""

    def check(self) -> None:
        """Raise SessionError when the device went on after the prompt that seemed to end the last command, or is gone."""

    def close(self) -> None:
        """Close it; returns when it is closed at the device, or the time for that is up."""


Connect = Callable[[Target], Connection]
"""Makes a connection to a target, not yet open."""


@dataclass(frozen=True, kw_only=True)
class Backoff:
    """How long to wait before the next attempt to connect: `base` seconds, doubled each time up to `most`, and up to half as
    much again by chance, so that devices that came back together are not asked together. `chance` gives a number from 0 to 1."""

    base: float = 1.0
    most: float = 30.0
    chance: Callable[[], float] = random.random

    def seconds(self, attempt: int) -> float:
        """The wait after this failed attempt, counted from 1."""
        usual: float = min(self.most, self.base * 2 ** min(attempt - 1, 30))
        return usual * (1 + self.chance() / 2)


@dataclass(frozen=True, kw_only=True)
class PlayRun:
    """What all hosts of a running play share.

    `logins`, `referee` and `meetings` are the job's own; `secrets` maps each host to what its markers stand for; `ask` asks the
    person at the terminal, None where nobody can be asked. `leases` locks devices, None locks nothing; `on_busy` says what follows
    where another job works on one, and `busy_backoff` how long a host waits between two looks.

    `progress` is how far earlier processes came with the job, as it was when this one began; `on_in_doubt` is what decides about
    writes in doubt, `verdicts` what a person has said about them already: `done` or `not_done`.
    """

    plan: Plan
    play: PlannedPlay
    targets: Mapping[str, Target]
    connect: Connect
    limits: Limits
    registries: Registries
    templates: Templates
    output_dir: Path
    claims: Claims
    tell: Tell
    control: Control
    logins: Logins
    referee: Referee
    meetings: Meetings
    secrets: Mapping[str, Mapping[str, Secret]] = field(default_factory=dict)
    ask: Ask | None = None
    backoff: Backoff = field(default_factory=Backoff)
    progress: Progress = field(default_factory=Progress)
    on_in_doubt: OnInDoubt = "ask"
    verdicts: Mapping[Place, str] = field(default_factory=dict)
    leases: Leases | None = None
    on_busy: OnBusy = "wait"
    busy_backoff: Backoff = field(default_factory=lambda: Backoff(base=0.2, most=2.0))
    line: Line = field(default_factory=Line)
