"""A store in a file: what is looked at before SQLite may open it, and how SQLite is told to be careful."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from runner.store import schema
from runner.store.filesystems import REMOTE, KindOf
from runner.store.private import private_file, private_folder, sync_folder
from runner.store.troubles import NoStore, StoreError, listener

BUSY = 30.0
"""Seconds a writer waits for another process's transaction to end."""

LONGEST_LOG = 8 * 1024 * 1024
"""Bytes that SQLite's write-ahead log keeps on disk once what is in it has been brought over."""

OTHER = "name another file with --store, or with `store` in nornir-playbook.toml"


def check_file(path: Path, kind: KindOf, *, create: bool) -> bool:
    """Whether there is a file that SQLite may try to open. Raises StoreError, and NoStore where there is none and none is to be made.

    The file itself is never opened here: closing it again would drop the locks that SQLite holds on it in this process
    (https://www.sqlite.org/howtocorrupt.html, section 2.2).
    """
    try:
        return _check(path, kind, create)
    except OSError as error:
        raise _refused(path, error) from error


def _check(path: Path, kind: KindOf, create: bool) -> bool:
    if path.is_dir():
        raise StoreError(
            f"the store of jobs must be a file, and {path} is a folder", hint=f"for example {path / 'jobs.db'}", kind="refused"
        )
    there = path.exists()
    if there and not path.is_file():
        raise StoreError(f"the store of jobs must be a file, and {path} is something else", hint=OTHER, kind="refused")
    _refuse_network(path, kind)
    if not there:
        _refuse_leftovers(path)
        if not create:
            raise NoStore(f"there is no store of jobs at {path} yet", hint="the first recorded run makes it")
        return False
    if not path.stat().st_size:
        raise StoreError(f"{path} is empty, and a store never is", hint="put back a backup, or remove it if it was none", kind="damaged")
    _refuse_read_only(path)
    return True


def _refuse_network(path: Path, kind: KindOf) -> None:
    existing = next(each for each in (path, *path.parents) if each.exists())
    if name := REMOTE.get(kind(existing)):
        hint = "keep it on a local disk with --store FILE, or on a server with --store postgresql://USER@HOST/DATABASE"
        raise StoreError(f"{path} lies on {name}, where locks do not hold and a store of jobs would be damaged", hint=hint, kind="refused")


def _refuse_leftovers(path: Path) -> None:
    """What SQLite wrote beside a store that is gone would be taken for a part of the new one."""
    for ending in ("-wal", "-journal"):
        if (left := path.with_name(path.name + ending)).exists():
            hint = f"put the file back, or, if it is gone for good, rm '{left}'"
            raise StoreError(f"{path} is gone, but {left.name}, which holds a part of it, is still there", hint=hint, kind="damaged")


def _refuse_read_only(path: Path) -> None:
    """SQLite needs to write to read: to the file, and to the folder for the two files beside it."""
    for each, needed, hint in (
        (path, os.R_OK | os.W_OK, f"chmod u+rw '{path}', or {OTHER}"),
        (path.parent, os.W_OK | os.X_OK, f"chmod u+wx '{path.parent}', or {OTHER}"),
    ):
        if not os.access(each, needed, effective_ids=os.access in os.supports_effective_ids):
            what = "the file" if each == path else "its folder"
            raise StoreError(f"the store of jobs {path} cannot be written: {what} can only be read", hint=hint, kind="refused")


def make_file(path: Path, ours: schema.Schema) -> None:
    """A new store, whole when its name appears: of two processes that make it at once one wins, and both have it."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        private_folder(path.parent)
        try:
            os.close(private_file(temporary))
            _fill(temporary, ours)
            _publish(temporary, path)
        finally:
            for ending in ("", "-wal", "-shm", "-journal"):
                temporary.with_name(temporary.name + ending).unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise _refused(path, error) from error


def _fill(path: Path, ours: schema.Schema) -> None:
    engine = sqlite_engine(path)
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA auto_vacuum=INCREMENTAL")  # has to come before the first table
    schema.make(engine, ours, str(path))
    with engine.connect() as connection:
        connection.connection.cursor().execute("PRAGMA journal_mode=WAL")
    engine.dispose()


def _publish(temporary: Path, path: Path) -> None:
    try:
        with suppress(FileExistsError):
            os.link(temporary, path)
    except OSError:  # a file system without hard links
        if not path.exists():
            temporary.rename(path)


def sqlite_engine(path: Path) -> Engine:
    """The engine of a file that is there."""
    url = URL.create("sqlite", database=str(path))
    engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": BUSY, "check_same_thread": False})
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", listener(str(path)), retval=True)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so, and not at the first change
    cursor = connection.cursor()
    for pragma in ("synchronous=FULL", "foreign_keys=ON", f"journal_size_limit={LONGEST_LOG}", "trusted_schema=OFF"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    """A transaction that may write takes its place at once: one that begins by reading is refused when it comes to write (F49)."""
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _refused(path: Path, error: OSError) -> StoreError:
    words = error.strerror or str(error)
    kind = "full" if words == "No space left on device" else "refused"
    return StoreError(f"the store of jobs {path} cannot be opened: {words}", hint=OTHER, kind=kind)
