"""The plan: who runs what, in which batch. Pure data, made before anything is touched, and all that execution follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from runner.errors import Problem
from runner.inventory.model import Device, Reference
from runner.platforms import Platforms
from runner.playbook.model import DataPath, HandlerCall
from runner.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Round:
    """One run of a task's action on one host: the only one, or one for each item of its loop.

    `arguments` are rendered plain data, not yet validated; `skip` says why the round does not run, empty when it does.
    """

    arguments: Any = None
    item: Any = None
    label: str = ""
    skip: str = ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """One task on one host as far as planning knows it. A deferred one waits for results that exist only at run time.

    `writes` says why the step could change the device, empty when it only reads; of a deferred one it is what can be known now.
    """

    rounds: tuple[Round, ...] = ()
    deferred: frozenset[str] = frozenset()
    writes: str = ""

    @property
    def skipped(self) -> bool:
        """True when planning already knows that nothing of it will run."""
        return not self.deferred and all(each.skip for each in self.rounds)


@dataclass(frozen=True, kw_only=True)
class Check:
    """How a device shows whether a task's write took effect: commands that only read, and expressions over what they give.

    Both are as written, and rendered when the check is made.
    """

    commands: tuple[str, ...]
    that: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedTask:
    """A task of a play with its step for every host. `raw` and `when` are as written; `at` is its place in the playbook.

    `connection` is what it talks through: `netmiko` for the guarded session, empty for none, else the name of a Nornir connection
    plugin, which is not guarded. `conditions` are the arguments of which only the truth counts. `file_arguments` are those that
    name template files, `files` the text of each by the name it has in the playbook. `verify` says whether a write took effect whose
    end was not seen; an `idempotent` task may be done again where that is not known.
    """

    index: int
    name: str
    action: str
    raw: Any
    when: tuple[str, ...] = ()
    register: str | None = None
    vars: Mapping[str, Any] = field(default_factory=dict)
    loop: Any = None
    label: str | None = None
    tags: frozenset[str] = frozenset()
    ignore_errors: bool = False
    no_log: bool = False
    on_result: tuple[HandlerCall, ...] = ()
    needs_session: bool = True
    connection: str = "netmiko"
    ignore_unreachable: bool = False
    verify: Check | None = None
    idempotent: bool = False
    at: DataPath = ()
    conditions: frozenset[str] = frozenset()
    file_arguments: frozenset[str] = frozenset()
    files: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, Step] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class PlannedBatch:
    """A batch; `number` counts from 1 through the whole job."""

    number: int
    hosts: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PlannedPlay:
    """A play: its hosts in order, cut into batches, and its tasks. `variables` maps each host to the
    names its templates see; `written_vars` are those of the play whose values are templates themselves.

    `policy` says when it stops. After `max_auth_failures` refused logins in a row no more are tried with the same credentials; a
    connect is tried again up to `connect_retries` times where that may help. `secrets` maps each host to its markers (see
    `runner.secret.marker`) and where the secret behind each comes from.
    """

    index: int
    name: str
    hosts: tuple[str, ...]
    batch_size: int | str | list[int | str]
    batches: tuple[PlannedBatch, ...]
    tasks: tuple[PlannedTask, ...]
    variables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    written_vars: Mapping[str, Any] = field(default_factory=dict)
    policy: Policy = field(default_factory=Policy)
    max_auth_failures: int = 3
    connect_retries: int = 0
    ignore_unreachable: bool = False
    secrets: Mapping[str, Mapping[str, Reference]] = field(default_factory=dict)

    @property
    def ceiling(self) -> int:
        """Sessions that may be open at once: the hosts of the largest batch, without those that no task talks to."""
        return max((sum(map(self.talks, batch.hosts)) for batch in self.batches), default=0)

    @property
    def first_batch(self) -> int:
        """The number of the first batch; 0 without any."""
        return self.batches[0].number if self.batches else 0

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {host: batch.number for batch in self.batches for host in batch.hosts}

    def batch_number(self, host: str) -> int:
        """The number of the host's batch in the job."""
        return self._numbers[host]

    def needs_session(self, host: str, apart: Collection[int] = ()) -> bool:
        """Whether any task will, or may, talk to this host through the guarded session, apart from those with these indexes."""
        return any(task.needs_session and not task.steps[host].skipped for task in self.tasks if task.index not in apart)

    def talks(self, host: str) -> bool:
        """Whether any task will, or may, talk to this host, through whatever kind of connection."""
        return any(task.connection and not task.steps[host].skipped for task in self.tasks)

    def writes_to(self, host: str) -> bool:
        """Whether any task could change this host's device."""
        return any(task.steps[host].writes for task in self.tasks)


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything a job will do. `root` is the project's folder; `devices` are the hosts of all plays.

    `warnings` are what is odd but allowed in the playbook and its files of variables.
    """

    playbook: str
    root: Path
    plays: tuple[PlannedPlay, ...]
    devices: Mapping[str, Device]
    extra_vars: Mapping[str, Any] = field(default_factory=dict)
    platforms: Platforms = field(default_factory=Platforms)
    warnings: tuple[Problem, ...] = ()

    @property
    def hosts(self) -> tuple[str, ...]:
        """Every host once, in the order in which its turn first comes."""
        return tuple(dict.fromkeys(host for play in self.plays for host in play.hosts))

    @property
    def written_hosts(self) -> tuple[str, ...]:
        """The hosts whose devices some task could change."""
        return tuple(host for host in self.hosts if any(host in play.variables and play.writes_to(host) for play in self.plays))

    @property
    def batches(self) -> tuple[tuple[PlannedPlay, PlannedBatch], ...]:
        """All batches of all plays in order, each with its play."""
        return tuple((play, batch) for play in self.plays for batch in play.batches)

    @property
    def batch_size(self) -> int | str | list[int | str]:
        """As the user wrote it; of the first play where plays differ."""
        return self.plays[0].batch_size if self.plays else 0

    @property
    def ceiling(self) -> int:
        """Sessions that may be open at once in the whole job, those to jump hosts not counted."""
        return max((play.ceiling for play in self.plays), default=0)

    @property
    def jump_hosts(self) -> tuple[str, ...]:
        """The hosts that sessions go through. Each holds one connection more, from its first use to the end of the job."""
        reached = (host for host in self.hosts if any(host in play.variables and play.needs_session(host) for play in self.plays))
        return tuple(dict.fromkeys(jump.name for host in reached for jump in self.devices[host].jumps))
