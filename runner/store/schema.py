"""The version of a store's tables: what is there, how a new one is made, how an older one is brought to this version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, Engine, MetaData, insert, inspect, select

from runner.store import tables
from runner.store.place import Place
from runner.store.troubles import StoreError

APPLICATION = 0x4E504A31
"""SQLite's `application_id` of our files: "NPJ1"."""

NONE, OURS_IS_THERE, OLDER = "none", "ours", "older"

_QUICK = 16 * 1024 * 1024
"""Bytes up to which a file is looked through when it is opened, which takes less than 20 ms; `db check` looks through any."""


@dataclass(frozen=True, kw_only=True)
class Schema:
    """Tables of a version, and the folder of the migrations that lead to it."""

    version: str
    metadata: MetaData
    migrations: Path


OURS = Schema(version=tables.VERSION, metadata=tables.metadata, migrations=Path(__file__).parent / "migrations")


def look(connection: Connection, ours: Schema, where: str) -> str:
    """Whether there is no store, one of this version, or an older one. Raises StoreError for a foreign, damaged or newer one."""
    if connection.dialect.name == "sqlite":
        _look_at_file(connection, where)
    names = inspect(connection).get_table_names()
    if tables.version.name not in names:
        if connection.dialect.name == "sqlite" or names:
            raise _foreign(where)
        return NONE
    found = list(connection.scalars(select(tables.version.c.version_num)))
    if found == [ours.version]:
        return OURS_IS_THERE
    if len(found) != 1 or not found[0].isdigit():
        raise _foreign(where)
    if found[0] > ours.version:
        hint = f"update nornir-playbook, or {_OTHER}"
        raise StoreError(f"the store of jobs {where} was written by a newer version ({found[0]})", hint=hint, kind="refused")
    return OLDER


def _look_at_file(connection: Connection, where: str) -> None:
    if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION:
        raise _foreign(where)
    pages = connection.exec_driver_sql("PRAGMA page_count").scalar() or 0
    size = connection.exec_driver_sql("PRAGMA page_size").scalar() or 0
    if pages * size > _QUICK:
        return
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        hint = "nornir-playbook db check shows what; put back a backup of it"
        raise StoreError(f"the store of jobs {where} is damaged: {' '.join(str(found).split())}", hint=hint, kind="damaged")


def make(engine: Engine, ours: Schema, where: str) -> None:
    """The tables of a new store, without alembic, which takes longer to load than a job to start."""
    with engine.begin() as connection:
        if inspect(connection).has_table(tables.version.name):  # another process was faster
            return
        ours.metadata.create_all(connection)
        connection.execute(insert(tables.version).values(version_num=ours.version))
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION}")


def upgrade(engine: Engine, place: Place, ours: Schema, *, allowed: bool) -> None:
    """Bring an older store to this version. Raises StoreError where that is not allowed, or a job runs in it."""
    if not allowed:
        raise StoreError(f"the store of jobs {place} is of an older version", hint="nornir-playbook db upgrade", kind="refused")
    from runner.store.upgrading import upgrade as upgraded

    upgraded(engine, place, ours)


def _foreign(where: str) -> StoreError:
    return StoreError(f"{where} belongs to another program, and was left as it is", hint=_OTHER, kind="refused")


_OTHER = "name another file or database with --store"
