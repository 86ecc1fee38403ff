"""What is known of a job beside its events: how it was started, by whom, from which state of its inputs, and what is wanted of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

OnInDoubt = Literal["ask", "verify", "rerun"]
"""What decides, when a job goes on, about a write of which nobody saw the end: a person, the task's own check, or doing it again."""


class Wanted(StrEnum):
    """What somebody wants of a job that runs. Stored, so that it holds across processes; later wishes replace earlier ones.

    The orderly ones let what is under way come to its end: `after_batch` the batch, `after_host` the plays of the hosts at work.
    `now` is the first Ctrl-C: reading steps are cut, writing steps have the grace time.
    """

    RUN = "run"
    PAUSE_AFTER_BATCH = "pause_after_batch"
    PAUSE_AFTER_HOST = "pause_after_host"
    STOP_AFTER_BATCH = "stop_after_batch"
    STOP_AFTER_HOST = "stop_after_host"
    STOP_NOW = "stop_now"

    @property
    def pauses(self) -> bool:
        """Whether the job is to be paused rather than stopped."""
        return self in (Wanted.PAUSE_AFTER_BATCH, Wanted.PAUSE_AFTER_HOST)


@dataclass(frozen=True, kw_only=True)
class Start:
    """How a job was started: enough to plan it again.

    Arguments:
        kind: `run` for a playbook, `exec` for bare commands.
        playbook: absolute path of the playbook; empty for `exec`.
        pattern: the hosts of `exec`, `commands` its commands.
        folder: absolute path of the folder it was started in, which relative paths are relative to.
        settings: those given by flag or environment, which outrank every file; paths are absolute.
        limit: as given to `--limit`, or the names of the hosts themselves.
        extra_vars: as given to `-e`, files with absolute paths.
        command: the equivalent command line, as arguments; secrets masked.
    """

    kind: str = "run"
    playbook: str = ""
    pattern: str = ""
    commands: tuple[str, ...] = ()
    folder: str = ""
    settings: Mapping[str, Any] = field(default_factory=dict)
    limit: str | tuple[str, ...] | None = None
    extra_vars: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    skip_tags: tuple[str, ...] = ()
    command: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Who started a job and from where. `commit` and `dirty` are those of the Git work tree the playbook lies in, None outside of one."""

    user: str = ""
    machine: str = ""
    pid: int = 0
    version: str = ""
    commit: str | None = None
    dirty: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """A plan as it is stored: to be shown, compared and resumed from. Secrets are in it as references only.

    Arguments:
        plan: what `plan --format json` gives.
        digests: SHA-256 in hexadecimal of each part a plan is made of, by the part's name (`host r1`, `play 1 task 3 'Set NTP'`,
            `template banner.j2`), so that what changed can be named.
    """

    plan: Mapping[str, Any]
    digests: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class NewJob:
    """A job as it is accepted. `parent` is the job it retries; of two with the same `idempotency_key` only the first is made."""

    id: str
    start: Start
    origin: Origin
    frozen: Frozen
    parent: str | None = None
    idempotency_key: str | None = None
