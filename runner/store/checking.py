"""Looks a store through: whole, of this version, its cache as the events say, its outputs there, everything for its owner alone."""

from __future__ import annotations

import hashlib
import json
import shlex
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from runner.journal.event_read import UnknownEvent, event_of
from runner.store import tables
from runner.store.orphans import named_outputs, orphans
from runner.store.place import Place
from runner.store.rebuilding import differences
from runner.store.store import Store
from runner.store.troubles import NoStore, StoreError

_BACKUP = "put back a backup of the store"
_MANY = 10
"""Findings of one kind that are named one by one."""


@dataclass(frozen=True, kw_only=True)
class Finding:
    """Something that is not as it should be: `kind` is a word for programs, `mend` what to do, a command wherever there is one."""

    kind: str
    what: str
    mend: str


Command = Callable[[str], str]
"""Makes the command line of one of our commands on stores, of its name."""


def check(place: Place, command: Command = lambda word: f"nornir-playbook db {word}") -> tuple[Finding, ...]:
    """Everything that is wrong with a store.

    Raises NoStore: there is none.
    """
    try:
        with Store(place, create=False, upgrade=False) as store:
            return (*_whole(store), *_tables(store), *_events(store), *_cache(store, command), *_outputs(store, command), *_modes(place))
    except NoStore:
        raise
    except StoreError as error:
        kind = error.kind if error.kind == "damaged" else "unusable"
        return (Finding(kind=kind, what=error.message, mend=error.hint or _BACKUP), *_damage(place, error))


def _whole(store: Store) -> Iterator[Finding]:
    """Of a file, every page and every reference; a server looks after its own."""
    if store.place.file is None:
        return
    with store.reading() as connection:
        for found in connection.exec_driver_sql(f"PRAGMA integrity_check({_MANY})").scalars():
            if found != "ok":
                yield Finding(kind="damaged", what=" ".join(str(found).split()), mend=_BACKUP)
        if (row := connection.exec_driver_sql("PRAGMA foreign_key_check").first()) is not None:
            yield Finding(kind="damaged", what=f"a row of '{row[0]}' belongs to nothing in '{row[2]}'", mend=_BACKUP)


def _damage(place: Place, error: StoreError) -> Iterator[Finding]:
    if place.file is None or error.kind != "damaged" or not place.file.is_file():
        return
    try:
        with closing(sqlite3.connect(f"{place.file.as_uri()}?mode=ro", uri=True)) as connection:
            for (found,) in connection.execute(f"PRAGMA integrity_check({_MANY})"):
                if found == "ok":  # an empty file, or one of another program, is whole
                    continue
                yield Finding(kind="damaged", what=" ".join(str(found).split()), mend=_BACKUP)
    except sqlite3.Error:
        return


def _tables(store: Store) -> Iterator[Finding]:
    from runner.store.upgrading import schema_differences

    with store.reading() as connection:
        for found in schema_differences(connection):
            yield Finding(kind="schema", what=f"the tables are not those of this version: {found}", mend=_BACKUP)


def _events(store: Store) -> Iterator[Finding]:
    """Events that this version cannot read."""
    table, after = tables.event, 0
    while True:
        with store.reading() as connection:
            query = select(table.c.seq, table.c.job, table.c.detail).where(table.c.seq > after).order_by(table.c.seq).limit(500)
            rows = connection.execute(query).all()
        for row in rows:
            after = row.seq
            try:
                event_of(json.loads(row.detail))
            except (UnknownEvent, ValueError) as error:
                yield Finding(kind="event", what=f"event {row.seq} of job {row.job} cannot be read: {error}", mend="update nornir-playbook")
        if not rows:
            return


def _cache(store: Store, command: Command) -> Iterator[Finding]:
    for job, names in differences(store).items():
        what = f"of job {job}, {' and '.join(names)} {'is' if len(names) == 1 else 'are'} not what its events say"
        yield Finding(kind="cache", what=what, mend=command("rebuild"))


def _outputs(store: Store, command: Command) -> Iterator[Finding]:
    if store.outputs.folder is None:
        return
    for job, name, digest in named_outputs(store):
        path = store.outputs.folder / job / name
        try:
            changed = hashlib.sha256(path.read_bytes()).hexdigest() != digest
        except OSError as error:
            yield Finding(kind="output", what=f"an output of job {job} cannot be read: {path}: {error.strerror}", mend=f"put {path} back")
        else:
            if changed:
                yield Finding(kind="output", what=f"an output of job {job} is not what was stored: {path}", mend=f"put {path} back")
    if lost := orphans(store):
        names = ", ".join(str(path) for path in lost[:_MANY])
        more = f" and {len(lost) - _MANY} more" if len(lost) > _MANY else ""
        yield Finding(kind="orphan", what=f"outputs of no job: {names}{more}", mend=command("prune"))


def _modes(place: Place) -> Iterator[Finding]:
    for path in _files(place):
        try:
            mode = stat.S_IMODE(path.lstat().st_mode)
        except OSError:
            continue
        if mode & 0o077:
            wanted = "700" if path.is_dir() else "600"
            what = f"others may read or write {path} (mode {mode:04o})" if mode & 0o066 else f"others may enter {path} (mode {mode:04o})"
            yield Finding(kind="permissions", what=what, mend=f"chmod {wanted} {shlex.quote(str(path))}")


def _files(place: Place) -> Iterator[Path]:
    """What belongs to a store; copies that were made of it too."""
    if place.file is not None:
        yield from sorted(path for path in place.file.parent.glob(f"{place.file.name}*") if path.is_file())
    if place.outputs is not None and place.outputs.is_dir():
        yield place.outputs
        yield from sorted(place.outputs.rglob("*"))
