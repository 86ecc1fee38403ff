"""How a job was started and by whom, noted so that it can be planned again and that people know whom to ask."""

from __future__ import annotations

import getpass
import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from runner import __version__
from runner.job import Origin, Start
from runner.settings.load import Settings
from runner.settings.options import PATHS, Options

_GIT_SECONDS = 5.0
"""Seconds that Git is given to say which commit a project is at."""

_OF_THIS_RUN = frozenset({"format", "verbosity", "record", "store"})
"""Settings that say how one run is shown and where it is kept, not what the job is."""


def given_settings(settings: Settings) -> dict[str, Any]:
    """The settings that flags and environment said, which outrank every file: what a job must be planned with again.

    Paths are among them in any case: without, they would be relative to wherever the job is gone on with.
    """
    names = (name for name in Options.model_fields if settings.outranks_playbook(name) or name in PATHS)
    return {name: _absolute(settings.value(name)) for name in names if name not in _OF_THIS_RUN and settings.value(name) is not None}


def start_of_playbook(
    playbook: Path,
    settings: Settings,
    command: Sequence[str],
    *,
    limit: str | None = None,
    extra_vars: Sequence[str] = (),
    tags: Sequence[str] = (),
    skip_tags: Sequence[str] = (),
) -> Start:
    """The start of `run`. `command` is what was typed, behind the program's name."""
    return Start(
        kind="run",
        playbook=str(playbook.absolute()),
        folder=str(Path.cwd()),
        settings=given_settings(settings),
        limit=_absolute_file(limit),
        extra_vars=tuple(_absolute_file(each) or "" for each in extra_vars),
        tags=tuple(tags),
        skip_tags=tuple(skip_tags),
        command=tuple(command),
    )


def start_of_commands(
    pattern: str, commands: Sequence[str], settings: Settings, command: Sequence[str], *, limit: str | None = None
) -> Start:
    """The start of `exec`."""
    return Start(
        kind="exec",
        pattern=pattern,
        commands=tuple(commands),
        folder=str(Path.cwd()),
        settings=given_settings(settings),
        limit=_absolute_file(limit),
        command=tuple(command),
    )


def origin_of(root: Path) -> Origin:
    """Who starts a job now, and the state of the Git work tree that `root` lies in."""
    commit = _git(root, "rev-parse", "--verify", "HEAD")
    dirty = None if commit is None else _git(root, "status", "--porcelain", "--", ".")
    return Origin(
        user=_user(),
        machine=platform.node(),
        pid=os.getpid(),
        version=__version__,
        commit=commit,
        dirty=None if dirty is None else dirty != "",
    )


def by_whom() -> str:
    """Who asks something of a job, in words: `ann@laptop`."""
    return f"{_user()}@{platform.node()}"


def _user() -> str:
    with suppress(OSError, KeyError, ImportError):
        return getpass.getuser()
    return str(os.getuid())


def _git(root: Path, *arguments: str) -> str | None:
    """What Git says, None where there is no Git or no work tree. Nothing that the work tree configures is run."""
    program = shutil.which("git")
    if program is None:
        return None
    command = [program, "-C", str(root), "-c", "core.fsmonitor=false", "--no-optional-locks", *arguments]
    try:
        done = subprocess.run(  # noqa: S603 - a fixed program with fixed arguments
            command, capture_output=True, text=True, errors="replace", stdin=subprocess.DEVNULL, timeout=_GIT_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _absolute(value: Any) -> Any:
    return str(value.absolute()) if isinstance(value, Path) else value


def _absolute_file(text: str | None) -> str | None:
    """`@FILE` with the file's absolute path; anything else as it is."""
    return f"@{Path(text[1:]).absolute()}" if text and text.startswith("@") else text
