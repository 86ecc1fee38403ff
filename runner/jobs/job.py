"""What running a plan needs beside the plan itself, made before anything starts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runner.execution.referee import Ask
from runner.inventory.resolver import Resolver
from runner.job import OnInDoubt
from runner.jobs.recording import Recorder
from runner.jobs.watching import Watched
from runner.leases import OnBusy
from runner.planning.plan import Plan
from runner.planning.registries import Registries
from runner.playbook.render import Templates
from runner.progress import Place
from runner.target import Limits
from runner.transport.host_keys import HostKeys


@dataclass(frozen=True, kw_only=True)
class Job:
    """All that running a plan needs beside the plan itself.

    Arguments:
        login_rate: attempts to connect per second over all hosts; None = no limit.
        ask: asks the person at the terminal for one line; None where nobody can be asked.
        session_log: keep the text of every session in a file of its own below the output folder.
        recorder: puts the job on record; None where it leaves none.
        on_in_doubt: what decides about writes in doubt of a job that goes on: `ask`, `verify` or `rerun`.
        verdicts: what a person has said about them: `done` or `not_done`.
        inventory: names the inventory, so that hosts of the same name in two of them are two.
        on_busy: what becomes of a host on whose device another job works; `max_sessions` is the ceiling over all recorded jobs.
        watched: what says, while the job runs, that it is to stop or to pause; None where nobody can.
    """

    plan: Plan
    registries: Registries
    templates: Templates
    resolver: Resolver
    host_keys: HostKeys
    limits: Limits
    output_dir: Path
    login_rate: float | None = None
    ask: Ask | None = None
    session_log: bool = False
    watched: Watched | None = None
    recorder: Recorder | None = None
    on_in_doubt: OnInDoubt = "ask"
    verdicts: Mapping[Place, str] = field(default_factory=dict)
    inventory: str = ""
    on_busy: OnBusy = "wait"
    max_sessions: int | None = None
