"""Writes all that is known of a job as one JSON document: its head, its plan, every event with its outputs, one after the other."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from runner.errors import InputError, RunnerError
from runner.journal.event_json import event_object
from runner.journal.redaction import unchanged

if TYPE_CHECKING:
    from runner.store.reading import StoredJob
    from runner.store.store import Store

FORMAT = "job of nornir-playbook"
VERSION = 1


def pieces(store: Store, job: StoredJob) -> Iterator[str]:
    """The document in ASCII, one event a line. Secrets are not in it: they were masked before anything was stored."""
    head = {
        "format": FORMAT,
        "version": VERSION,
        "job": {name: getattr(job, name) for name in _HEAD} | {"status": job.status.value},
        "start": asdict(job.start),
        "origin": asdict(job.origin),
        "plan": job.frozen.plan,
        "digests": job.frozen.digests,
    }
    yield "{\n"
    for name, value in head.items():
        yield f"{json.dumps(name)}: {json.dumps(value)},\n"
    yield '"events": ['
    separator = "\n"
    for _, event in store.events(job.id):
        yield separator + json.dumps(event_object(event, unchanged), allow_nan=False)
        separator = ",\n"
    yield "\n]\n}\n"


_HEAD = (
    *("id", "parent", "playbook", "created", "started", "ended", "duration_seconds", "exit_code", "reason"),
    *("total_devices", "total_batches", "current_batch"),
)


def write_new(path: Path, content: Iterator[str], *, force: bool = False) -> None:
    """Write a file that only its owner can read; it appears when it is complete.

    Arguments:
        force: it may replace a file.

    Raises:
        InputError: there is something of that name.
        RunnerError: it cannot be written; nothing is left behind.
    """
    free = not path.exists() and not path.is_symlink()
    if not free and not (force and path.is_file()):
        raise _taken(path)
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                for piece in content:
                    file.write(piece)
                file.flush()
                os.fsync(file.fileno())
            _put(part, path, force=force)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()
    except OSError as error:
        raise RunnerError(f"{path} was not written: {_why(error)}", hint="choose another file or folder") from error


def _put(part: Path, path: Path, *, force: bool) -> None:
    """In one step; without `force`, a file that somebody made meanwhile stays."""
    if force:
        part.replace(path)
        return
    try:
        os.link(part, path)
    except FileExistsError:
        raise _taken(path) from None


def _taken(path: Path) -> InputError:
    return InputError(f"{path} is there already", hint="--force replaces a file, or name another one")


def _why(error: OSError) -> str:
    return "disk full" if error.errno == errno.ENOSPC else error.strerror or str(error)
