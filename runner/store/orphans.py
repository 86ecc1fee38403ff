"""Files of outputs: those that events name, and those that no event names, because a process was killed in between."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from runner.states import JobStatus
from runner.store import tables

if TYPE_CHECKING:
    from runner.store.store import Store

_YOUNG = 3600.0
"""Seconds for which a file may wait for the event that names it."""

_NAMES_A_FILE = '%"stored": {%'
_PAGE = 500


def named_outputs(store: Store) -> Iterator[tuple[str, str, str]]:
    """Job, file name and digest of every output that is in a file."""
    table, after = tables.event, 0
    while True:
        with store.reading() as connection:
            query = select(table.c.seq, table.c.job, table.c.detail).where(table.c.seq > after, table.c.detail.like(_NAMES_A_FILE))
            rows = connection.execute(query.order_by(table.c.seq).limit(_PAGE)).all()
        for row in rows:
            after = row.seq
            yield from ((row.job, stored["file"], stored["sha256"]) for stored in _stored(row.detail))
        if len(rows) < _PAGE:
            return


def _stored(detail: str) -> Iterator[dict[str, Any]]:
    results = json.loads(detail).get("results")
    for each in results if isinstance(results, list) else ():
        if isinstance(each, dict) and isinstance(each.get("stored"), dict):
            yield each["stored"]


def orphans(store: Store) -> tuple[Path, ...]:
    """Files and folders of outputs that no event names, but for young ones and those of jobs at work."""
    folder = store.outputs.folder
    if folder is None or not folder.is_dir():
        return ()
    with store.reading() as connection:
        status = {row.id: row.status for row in connection.execute(select(tables.job.c.id, tables.job.c.status))}
    named = {(job, name) for job, name, _ in named_outputs(store)}
    found: list[Path] = []
    for each in sorted(folder.iterdir()):
        if each.name not in status:
            found += [each] if _is_old(each) else []
        elif status[each.name] not in (JobStatus.RUNNING.value, JobStatus.PENDING.value) and each.is_dir():
            found += [path for path in sorted(each.iterdir()) if (each.name, path.name) not in named and _is_old(path)]
    return tuple(found)


def _is_old(path: Path) -> bool:
    try:
        return time.time() - path.lstat().st_mtime > _YOUNG
    except OSError:
        return False


def remove(path: Path) -> int:
    """Remove a file or a folder; the bytes that gives back."""
    size = size_of(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return size


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files in a folder."""
    if path.is_dir() and not path.is_symlink():
        return sum(size_of(each) for each in path.iterdir())
    return path.lstat().st_size if path.exists() or path.is_symlink() else 0
