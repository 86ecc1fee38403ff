"""Opens a store: SQLite on a local disk, or PostgreSQL, with the same tables and the same promises, or says why it does not."""

from __future__ import annotations

from sqlalchemy import Engine

from runner.store import schema
from runner.store.filesystems import KindOf, kind_of
from runner.store.place import Place
from runner.store.postgres import postgres_engine
from runner.store.sqlite import check_file, make_file, sqlite_engine
from runner.store.troubles import NoStore


def engine_of(place: Place, *, create: bool, ours: schema.Schema = schema.OURS, kind: KindOf = kind_of, upgrade: bool = True) -> Engine:
    """The engine of a store whose tables are there and of this version.

    Arguments:
        create: make the store where there is none.
        upgrade: bring an older store to this version; else it is refused.

    Raises:
        NoStore: there is none, and it was not to be made.
        StoreError: it cannot be opened; nothing was changed or lost.
    """
    if place.file is not None:
        return _of_file(place, create, ours, kind, upgrade)
    engine = postgres_engine(place)
    with engine.connect().execution_options(reads_only=True) as connection:
        state = schema.look(connection, ours, str(place))
    if state == schema.NONE and not create:
        raise NoStore(f"there is no store of jobs in {place} yet", hint="the first recorded run makes it")
    if state == schema.NONE:
        schema.make(engine, ours, str(place))
    elif state == schema.OLDER:
        schema.upgrade(engine, place, ours, allowed=upgrade)
    return engine


def _of_file(place: Place, create: bool, ours: schema.Schema, kind: KindOf, upgrade: bool) -> Engine:
    assert place.file is not None  # noqa: S101 - for the type checker: the caller has looked
    if not check_file(place.file, kind, create=create):
        make_file(place.file, ours)
    engine = sqlite_engine(place.file)
    try:
        with engine.connect().execution_options(reads_only=True) as connection:
            older = schema.look(connection, ours, str(place)) == schema.OLDER
        if older:
            schema.upgrade(engine, place, ours, allowed=upgrade)
    except BaseException:
        engine.dispose()
        raise
    return engine
