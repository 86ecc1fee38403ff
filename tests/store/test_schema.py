"""The tables of a store: the same however they were made, and brought to this version with a copy kept (F50)."""

from __future__ import annotations

import logging
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import MetaData, create_engine, inspect
from sqlalchemy.engine import Inspector

from runner.store import tables
from runner.store.place import Place
from runner.store.postgres import postgres_engine
from runner.store.schema import OURS, Schema
from runner.store.store import Store
from runner.store.troubles import StoreError
from runner.store.upgrading import run_migrations, schema_differences
from tests.store.postgres import Postgres
from tests.store.stories import accept, kinds, run_started

_ENV = (OURS.migrations / "env.py").read_text()
_SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "0002", "0001"
def upgrade():
    with op.batch_alter_table("job", recreate="always" if op.get_bind().dialect.name == "sqlite" else "never") as job:
        job.add_column(sa.Column("note", sa.Text))
    {more}
"""


def _described(inspector: Inspector) -> dict[str, object]:
    return {
        name: (
            [{**column, "type": repr(column["type"]), "default": None} for column in inspector.get_columns(name)],
            inspector.get_pk_constraint(name),
            sorted(inspector.get_foreign_keys(name), key=repr),
            sorted(inspector.get_indexes(name), key=repr),
            sorted(inspector.get_unique_constraints(name), key=repr),
        )
        for name in inspector.get_table_names()
    }


def test_migrations_lead_to_the_tables_that_a_new_store_has(where: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    place = Place.of(where)
    with Store(place) as made:
        first = _described(inspect(made.engine))
        with made.reading() as connection:
            assert not schema_differences(connection)
    if place.file is not None:
        engine = create_engine(f"sqlite:///{tmp_path / 'other.db'}")
    else:
        server: Postgres = request.getfixturevalue("server")
        engine = postgres_engine(Place.of(server.url()))
    handlers, level = list(logging.getLogger().handlers), logging.getLogger("alembic").level
    with engine.begin() as connection:
        run_migrations(connection, OURS)
    assert (list(logging.getLogger().handlers), logging.getLogger("alembic").level) == (handlers, level)
    assert _described(inspect(engine)) == first
    engine.dispose()


def _later(folder: Path, more: str = "") -> Schema:
    """A version after this one, as it might be some day."""
    (folder / "versions").mkdir(parents=True)
    (folder / "env.py").write_text(_ENV)
    for each in (OURS.migrations / "versions").glob("0*.py"):
        (folder / "versions" / each.name).write_text(each.read_text())
    (folder / "versions" / "0002_note.py").write_text(_SECOND.format(more=more))
    return Schema(version="0002", metadata=MetaData(), migrations=folder)


@pytest.fixture
def filled(where: str) -> Place:
    """A store of this version with one job in it, and nobody at work."""
    with Store.at(where) as store:
        store.journal(accept(store, "one"))(run_started("one"))
    return Place.of(where)


def test_an_older_store_is_brought_to_this_version_with_all_that_is_in_it(filled: Place, tmp_path: Path) -> None:
    later = _later(tmp_path / "migrations")
    with pytest.raises(StoreError, match="is of an older version"):
        Store(filled, schema=later, upgrade=False)
    with Store(filled, schema=later, create=False) as store:
        assert "note" in {column["name"] for column in inspect(store.engine).get_columns("job")}
        assert kinds(store, "one") == ["RunStarted"]
    with pytest.raises(StoreError, match=r"was written by a newer version \(0002\)"):
        Store(filled)
    if filled.file is not None:
        copy = filled.file.with_name("jobs.db.before-0002")
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        with Store.at(str(copy)) as before:
            assert kinds(before, "one") == ["RunStarted"]


def test_a_migration_that_fails_leaves_the_store_as_it_was(filled: Place, tmp_path: Path) -> None:
    with pytest.raises(StoreError):
        Store(filled, schema=_later(tmp_path / "migrations", more='op.execute("SELECT * FROM nowhere")'))
    with Store(filled, create=False) as store:
        assert kinds(store, "one") == ["RunStarted"]
        with store.reading() as connection:
            assert not schema_differences(connection)


def test_an_older_store_in_use_is_not_touched(where: str, tmp_path: Path) -> None:
    with Store.at(where) as store:
        accept(store, "one")
        with pytest.raises(StoreError, match="a job still runs in it"):
            Store(Place.of(where), schema=_later(tmp_path / "migrations"))
        store.beat()


def test_an_upgrade_without_room_for_the_copy_does_not_begin(tmp_path: Path) -> None:
    with Store.at(str(tmp_path / "jobs.db")) as store:
        store.journal(accept(store, "one"))
    (tmp_path / "jobs.db.before-0002").mkdir()
    (tmp_path / "jobs.db.before-0002" / "x").touch()
    with pytest.raises(StoreError, match="could not be copied before its upgrade"):
        Store(store.place, schema=_later(tmp_path / "migrations"))
    with closing(sqlite3.connect(tmp_path / "jobs.db")) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (tables.VERSION,)


def test_alembic_is_not_loaded_where_nothing_is_to_be_upgraded(tmp_path: Path) -> None:
    script = "import sys; from runner.store.store import Store\nStore.at(sys.argv[1]).close()\nassert 'alembic' not in sys.modules"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", script, str(tmp_path / "jobs.db")], check=True)


def test_the_newest_migration_is_the_version_of_the_tables() -> None:
    assert sorted(each.name[:4] for each in (OURS.migrations / "versions").glob("0*.py"))[-1] == tables.VERSION
