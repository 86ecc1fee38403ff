"""Brings an older store to this version, in one transaction; a file is copied beside itself before. The only place that loads alembic."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, select

from runner.store import tables
from runner.store.owners import Owner, living_owners
from runner.store.place import Place
from runner.store.private import private_file, sync_folder
from runner.store.schema import Schema
from runner.store.troubles import StoreError


def upgrade(engine: Engine, place: Place, ours: Schema) -> None:
    """Run the migrations that are missing. Raises StoreError, and then the store is as it was."""
    sqlite = engine.dialect.name == "sqlite"
    with engine.connect() as connection:
        if sqlite:  # a table that is made anew is dropped first, which would take along all that refers to it
            connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
        with connection.begin():
            found = connection.scalar(select(tables.version.c.version_num))
            if found == ours.version:  # another process was faster
                return
            _refuse_while_used(connection, place)
            if place.file is not None:
                _copy(place.file, place.file.with_name(f"{place.file.name}.before-{ours.version}"))
            _run(connection, ours, place)
            if sqlite and connection.exec_driver_sql("PRAGMA foreign_key_check").first() is not None:
                raise StoreError(f"the store of jobs {place} could not be upgraded: rows would refer to nothing", kind="refused")


def run_migrations(connection: Connection, ours: Schema) -> None:
    """Every migration that the store lacks, in the caller's transaction."""
    config = Config()
    config.set_main_option("script_location", str(ours.migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, ours.version)


def schema_differences(connection: Connection) -> list[str]:
    """Where the tables that are there are not those of this version."""
    found = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": True}), tables.metadata)
    return [" ".join(str(getattr(part, "name", part)) for part in each if part is not None) for each in found if isinstance(each, tuple)]


def _run(connection: Connection, ours: Schema, place: Place) -> None:
    try:
        run_migrations(connection, ours)
    except CommandError as error:
        raise StoreError(f"the store of jobs {place} could not be upgraded: {error}", hint="it is as it was", kind="refused") from error


def _refuse_while_used(connection: Connection, place: Place) -> None:
    """A process of the older version that still runs would not know the tables any more."""
    if living_owners(connection, Owner.me()):
        hint = "wait until it has ended, which the older version shows"
        raise StoreError(f"the store of jobs {place} is of an older version, and a job still runs in it", hint=hint, kind="busy")


def _copy(path: Path, to: Path) -> None:
    """The store as it is now, by a reader, while the caller holds it against other writers. The copy's name appears when it is whole."""
    temporary = to.with_name(f".{to.name}.part")
    try:
        temporary.unlink(missing_ok=True)
        os.close(private_file(temporary))
        with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(temporary)) as target:
            source.backup(target)
        temporary.replace(to)
        sync_folder(to.parent)
    except (OSError, sqlite3.Error) as error:
        temporary.unlink(missing_ok=True)
        hint = "make room beside it: it is copied before it is changed, and is as it was"
        raise StoreError(f"the store of jobs {path} could not be copied before its upgrade: {error}", hint=hint, kind="refused") from error
