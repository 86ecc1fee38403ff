"""A real PostgreSQL server of the distribution: started once for the tests, on a socket in a folder of its own, ended afterwards."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from tests.user.programs import needed

_AS = "postgres"
"""The user that Debian's package makes; the server refuses to run as root."""


class Postgres:
    """A running server. `url` makes a new, empty database and says where it is."""

    def __init__(self, folder: Path, programs: Path) -> None:
        self.folder, self._programs, self._made = folder, programs, 0
        self._server: subprocess.Popen[bytes] | None = None

    def url(self) -> str:
        """The URL of a new database."""
        self._made += 1
        name = f"jobs{self._made}"
        with psycopg.connect(self._conninfo("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}".encode())
        return f"postgresql://postgres@/{name}?host={self.folder}"

    def start(self) -> None:
        """Start it and wait until it lets somebody in."""
        command = [str(self._programs / "postgres"), "-D", str(self.folder / "data"), "-k", str(self.folder), "-c", "listen_addresses="]
        with (self.folder / "log").open("ab") as log:
            self._server = subprocess.Popen(
                [*command, "-c", "fsync=off"], stdout=log, stderr=log, user=_user(), group=_user(), extra_groups=[] if _user() else None
            )
        until = time.monotonic() + 30
        while True:
            try:
                psycopg.connect(self._conninfo("postgres")).close()
                return
            except psycopg.OperationalError:
                assert self._server.poll() is None and time.monotonic() < until, (self.folder / "log").read_text(errors="replace")
                time.sleep(0.05)

    def stop(self) -> None:
        """End it, and with it every connection."""
        if self._server is not None:
            self._server.send_signal(signal.SIGINT)  # its "fast shutdown"
            self._server.wait(30)
            self._server = None

    def _conninfo(self, database: str) -> str:
        return f"host={self.folder} user=postgres dbname={database} connect_timeout=5"


def _user() -> str | None:
    return _AS if os.geteuid() == 0 else None


def _programs() -> Path:
    """Debian keeps the server's programs apart from those that everybody runs."""
    for _ in range(2):
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if found:
            return found[-1].parent
        if (elsewhere := shutil.which("initdb")) is not None:
            return Path(elsewhere).resolve().parent
        needed("pg_createcluster", "postgresql")
    pytest.skip("PostgreSQL's server is not installed; on Debian and Ubuntu: apt-get install postgresql")


@contextmanager
def postgres() -> Iterator[Postgres]:
    """A server for as long as the block lasts."""
    programs = _programs()
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))  # the path of a socket has to be short
    try:
        if _user():
            shutil.chown(folder, _AS, _AS)
        subprocess.run(
            [str(programs / "initdb"), "-D", str(folder / "data"), "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync"],
            user=_user(),
            group=_user(),
            extra_groups=[] if _user() else None,
            capture_output=True,
            check=True,
            cwd="/",
        )
        server = Postgres(folder, programs)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
