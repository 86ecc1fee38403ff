"""Opens a store by its URL: SQLite on a local disk, or PostgreSQL, with the same tables and the same promises."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, insert
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool

from runner.store import tables

BUSY = 10.0
"""Seconds a writer waits for another process's transaction to end."""


def engine_of(url: str, *, create: bool) -> Engine:
    """The engine of a store whose tables are there. Raises StoreError."""
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database:
        _make_private(Path(parsed.database))
    engine = create_engine(parsed, poolclass=NullPool, connect_args={"timeout": BUSY} if sqlite else {})
    if sqlite:
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    if create:
        _create(engine)
    return engine


def _make_private(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))


def _prepare(connection: Any, record: Any) -> None:
    connection.isolation_level = None  # transactions begin where we say so, and not at the first change
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Any) -> None:
    """A transaction that may write takes its place at once: one that begins by reading is refused when it comes to write (F49)."""
    reads = connection.get_execution_options().get("reads_only", False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _create(engine: Engine) -> None:
    """The tables of a new store, without alembic, which takes longer to load than a job to start."""
    with engine.connect() as connection:
        if engine.dialect.has_table(connection, "alembic_version"):
            return
    with engine.begin() as connection:
        if not engine.dialect.has_table(connection, "alembic_version"):
            tables.metadata.create_all(connection)
            connection.execute(insert(tables.version).values(version_num=tables.VERSION))
