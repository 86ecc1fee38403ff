"""Where a store is: a file on a local disk or a database, told without its password."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from runner.errors import InputError

_POSTGRES = frozenset({"postgresql", "postgres", "postgresql+psycopg"})
_SECRET = frozenset({"password", "sslpassword", "passfile"})


@dataclass(frozen=True)
class Place:
    """Where a store is.

    Arguments:
        file: SQLite's file; None where it is a database.
        outputs: the folder of long outputs; None where they are kept in the database.
    """

    url: URL
    file: Path | None = None
    outputs: Path | None = None

    def __str__(self) -> str:
        """The file's path, or the URL without what is secret."""
        if self.file is not None:
            return str(self.file)
        shown = self.url.set(drivername="postgresql").difference_update_query(_SECRET)
        return shown.render_as_string(hide_password=True)

    @classmethod
    def of(cls, text: str) -> Place:
        """The place that a path or a URL names. Raises InputError."""
        if "://" not in text:
            return cls._of_file(Path(text))
        try:
            url = make_url(text)
        except (ArgumentError, ValueError):
            raise InputError("the store's URL cannot be read", hint="expected postgresql://USER@HOST/DATABASE, or a file") from None
        name = url.drivername
        if name in ("sqlite", "sqlite+pysqlite") and url.database not in (None, "", ":memory:"):
            return cls._of_file(Path(str(url.database)))
        if name not in _POSTGRES:
            raise InputError(f"a store cannot be kept in '{name}'", hint="expected a file, or postgresql://USER@HOST/DATABASE")
        return cls(url.set(drivername="postgresql+psycopg"))

    @classmethod
    def _of_file(cls, path: Path) -> Place:
        """Links are followed now, so that what lies beside the file does so in every process."""
        real = Path(os.path.realpath(path))
        return cls(URL.create("sqlite", database=str(real)), real, real.with_name(f"{real.stem}-outputs"))
