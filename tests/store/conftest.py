"""Stores for tests: the same tests run on a file and on a PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from runner.store.store import Store
from tests.store.postgres import Postgres, postgres


@pytest.fixture(scope="session")
def server() -> Iterator[Postgres]:
    """A PostgreSQL server for all tests."""
    with postgres() as server:
        yield server


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made: a path, and a URL."""
    if request.param == "sqlite":
        return str(tmp_path / "state" / "jobs.db")
    server: Postgres = request.getfixturevalue("server")
    return server.url()


@pytest.fixture
def stored(where: str) -> Iterator[Store]:
    """An open store."""
    with Store.at(where) as store:
        yield store
