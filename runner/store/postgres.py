"""A store in PostgreSQL: one writer at a time over all processes, so that events are numbered in the order of their commits."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import NullPool

from runner.store.place import Place
from runner.store.sqlite import BUSY
from runner.store.troubles import StoreError, listener

LOCK = 0x4E504A31
"""The advisory lock of whoever writes."""

_CONNECT = 10
"""Seconds until the server has answered."""

_IDLE = 60
"""Seconds after which the server ends a transaction in which nothing happens, as when its process was halted."""


def postgres_engine(place: Place) -> Engine:
    """The engine of a database. Raises StoreError where the driver is missing."""
    if find_spec("psycopg") is None:
        hint = "install it with: pip install 'nornir-playbook[postgres]'"
        raise StoreError("a store in PostgreSQL needs the extra 'postgres', which is not installed", hint=hint, kind="refused")
    given = {"connect_timeout": _CONNECT, "application_name": "nornir-playbook"}
    arguments = {name: value for name, value in given.items() if name not in place.url.query}
    try:
        engine = create_engine(place.url, poolclass=NullPool, isolation_level="READ COMMITTED", connect_args=arguments)
    except ImportError as error:
        hint = "install it with: pip install 'nornir-playbook[postgres]'"
        raise StoreError(f"a store in PostgreSQL needs psycopg, which does not load: {error}", hint=hint, kind="refused") from error
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", listener(str(place)), retval=True)
    return engine


def _prepare(connection: Any, record: Any) -> None:
    """A commit that was answered is on disk, also where the server's own default is laxer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'")
        for name, seconds in (("lock_timeout", BUSY), ("idle_in_transaction_session_timeout", _IDLE)):
            cursor.execute(f"SET {name} = {int(seconds * 1000)}")
    connection.commit()


def _begin(connection: Any) -> None:
    """The lock is let go after the commit can be seen, so the next writer sees it, and no reader a number before a smaller one."""
    if not connection.get_execution_options().get("reads_only", False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({LOCK})")
