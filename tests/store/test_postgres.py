"""A store in PostgreSQL: what is particular about a server."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import event as hooks
from sqlalchemy import text

from runner.events import Warned
from runner.store.store import Store
from runner.store.troubles import StoreError
from tests.store.postgres import Postgres, postgres
from tests.store.stories import accept, kinds, run_finished, run_started


@pytest.fixture
def own() -> Iterator[Postgres]:
    """A server that may be stopped."""
    with postgres() as server:
        yield server


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_every_usual_name_of_the_scheme_is_understood(server: Postgres, scheme: str) -> None:
    with Store.at(server.url().replace("postgresql", scheme, 1)) as store:
        assert accept(store, "one") == "one" and store.outputs.folder is None


def test_a_database_of_another_program_is_not_touched(server: Postgres) -> None:
    url = server.url()
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE bills (id int)")
    with pytest.raises(StoreError, match="belongs to another program, and was left as it is"):
        Store.at(url)
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    assert tables == [("bills",)]


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://ann:hunter2@127.0.0.1:1/jobs", "postgresql://ann:***@127.0.0.1:1/jobs"),
        ("postgresql://ann@127.0.0.1:1/jobs?password=hunter2", "postgresql://ann@127.0.0.1:1/jobs"),
    ],
)
def test_a_server_that_does_not_answer_is_told_without_the_password(url: str, said: str) -> None:
    with pytest.raises(StoreError) as refused:
        Store.at(url)
    whole = f"{refused.value.message} {refused.value.hint} {refused.value.__cause__}"
    assert said in refused.value.message and "refused" in whole and "hunter2" not in whole


def test_a_database_that_is_not_there_is_told(server: Postgres) -> None:
    with pytest.raises(StoreError, match="there is no such database") as refused:
        Store.at(server.url().replace("/jobs", "/none"))
    assert "createdb" in refused.value.hint


def test_without_the_driver_the_extra_is_named() -> None:
    script = """
import sys
sys.modules["psycopg"] = None
from runner.store.store import Store
from runner.errors import RunnerError
try:
    Store.at("postgresql://ann:hunter2@127.0.0.1:1/jobs")
except RunnerError as error:
    sys.stdout.write(f"{error.message} {error.hint}")
"""
    said = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "pip install 'nornir-playbook[postgres]'" in said and "hunter2" not in said


def test_a_server_that_starts_again_between_two_events_is_no_gap(own: Postgres) -> None:
    with Store.at(own.url()) as store:
        journal = store.journal(accept(store, "one"))
        journal(run_started("one"))
        own.stop()
        own.start()
        journal(run_finished("one"))
        assert not journal.lost and kinds(store, "one") == ["RunStarted", "RunFinished"]


def test_a_server_that_is_gone_is_a_gap_until_it_is_back_and_nothing_is_stored_twice(own: Postgres) -> None:
    lost: list[str] = []
    with Store.at(own.url()) as store:
        journal = store.journal(accept(store, "one"), on_lost=lost.append)
        journal(run_started("one"))
        own.stop()
        for number in range(5):
            journal(Warned(message=str(number)))
        journal(run_started("one"))
        assert len(lost) == 1
        own.start()
        journal(run_finished("one"))
        assert journal.complete and kinds(store, "one") == ["RunStarted", *["Warned"] * 5, "RunStarted", "RunFinished"]


def test_an_event_whose_commit_was_never_answered_is_stored_once(server: Postgres) -> None:
    """The connection breaks again and again while events are stored; whether a commit got through is not known then."""
    url = server.url()
    done = threading.Event()

    def cut() -> None:
        with psycopg.connect(url, autocommit=True) as connection:
            while not done.wait(0.01):
                connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND query <> ''")

    with Store.at(url) as store:
        journal = store.journal(accept(store, "one"))
        cutter = threading.Thread(target=cut)
        cutter.start()
        for number in range(400):
            journal(Warned(message=str(number)))
            if number % 5 == 0:
                journal(run_started("one"))
        done.set()
        cutter.join()
        journal(run_finished("one"))
        journal.close()
        assert journal.complete
        told = [event.message for _, event in store.events("one") if isinstance(event, Warned)]
        assert told == [str(number) for number in range(400)] and kinds(store, "one").count("RunStarted") == 80


@pytest.mark.parametrize("times", [1, 2], ids=["once", "twice"])
def test_a_commit_that_took_place_and_was_not_answered_is_not_repeated(server: Postgres, times: int) -> None:
    """The server commits, and the connection breaks before it can say so."""
    left = [0]

    def unanswered(connection: Any, record: Any) -> None:
        commit = connection.commit

        def commits() -> None:
            commit()
            if left[0]:
                left[0] -= 1
                connection.close()
                raise psycopg.OperationalError("server closed the connection unexpectedly")

        connection.commit = commits

    with Store.at(server.url()) as store:
        hooks.listen(store.engine, "connect", unanswered)
        journal = store.journal(accept(store, "one"))
        left[0] = times
        journal(run_started("one"))
        assert left[0] == 0 and bool(journal.lost) == (times == 2)
        journal(run_finished("one"))
        journal.close()
        assert journal.complete and kinds(store, "one") == ["RunStarted", "RunFinished"]


def test_a_commit_that_was_answered_is_on_disk_whatever_the_servers_default(server: Postgres) -> None:
    url = server.url()
    with psycopg.connect(url, autocommit=True) as connection:
        name = connection.info.dbname
        connection.execute(f"ALTER DATABASE {name} SET synchronous_commit = off".encode())
    with Store.at(url) as store:
        assert store.writer.run(lambda connection: connection.scalar(text("SHOW synchronous_commit"))) == "on"
