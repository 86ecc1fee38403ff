"""F47: the disk is full while a job runs. No intent is let through, what is under way is recorded, and what was recorded is intact."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as hooks

from runner.events import Warned
from runner.store.rebuilding import differences
from runner.store.reserve import SIZE
from runner.store.store import Store
from runner.store.troubles import StoreError
from tests.store.stories import accept, host_finished, intent, kinds, run_finished, run_started, task_finished, write_ended

_MUCH = "x" * 40_000
"""An output that stays in the store itself."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, of 8 MB, where this machine lets us mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def test_f47_a_full_disk_stops_intents_and_the_reserve_takes_the_end(disk: Path) -> None:
    path = disk / "jobs.db"
    with Store.at(str(path)) as store:
        lost: list[str] = []
        journal = store.journal(accept(store, "one"), on_lost=lost.append)
        journal(run_started("one"))
        journal(intent("r1"))
        reserve = disk / "jobs.db-reserve"
        assert reserve.stat().st_size == SIZE and reserve.stat().st_blocks * 512 >= SIZE
        _fill(disk)
        for _ in range(100):  # of a disk's last pages some may be left
            journal(Warned(message=_MUCH))
            journal(write_ended("r1"))
            if lost:
                break
        assert lost == [f"the disk of the store of jobs {path} is full"] and not reserve.exists()
        for host in ("r1", "r2"):
            with pytest.raises(StoreError, match="the record of this job cannot be written"):
                journal(intent(host))
        for event in (task_finished("r1"), host_finished("r1"), run_finished("one")):
            journal(event)
        journal.close()
        assert journal.complete, "the end of what was under way stands in the room that was kept for it"
        with pytest.raises(StoreError, match="is full"):
            accept(store, "two")
        (disk / "ballast").unlink()
        store.beat()
        assert reserve.exists()
        journal = store.journal(accept(store, "two"))
        journal(intent("r1"))
    with Store.at(str(path)) as store:
        assert kinds(store, "one")[-3:] == ["TaskFinished", "HostFinished", "RunFinished"] and kinds(store, "one")[1] == "WriteIntended"
        assert kinds(store, "two") == ["WriteIntended"] and not differences(store)


def _fill(disk: Path) -> None:
    with (disk / "ballast").open("wb", buffering=0) as file:
        for size in (65536, 4096, 512):
            try:
                while True:
                    file.write(b"x" * size)
            except OSError:
                continue


def test_f47_where_not_even_the_reserve_helps_the_record_is_intact_and_complete_later(tmp_path: Path) -> None:
    """The file may not grow, as with a quota: nothing is lost of what was acknowledged, and the rest follows when there is room."""
    with Store.at(str(tmp_path / "jobs.db")) as store:
        limit: list[int] = []

        def limited(connection: Any) -> None:
            if limit:
                connection.exec_driver_sql(f"PRAGMA max_page_count={limit[0]}")

        hooks.listen(store.engine, "begin", limited)
        lost: list[str] = []
        journal = store.journal(accept(store, "one"), on_lost=lost.append)
        journal(run_started("one"))
        limit.append(1)  # SQLite takes the number of pages there are
        told = 0
        while not lost:
            journal(task_finished("r1", output=_MUCH))
            told += 1
        assert not journal.complete
        with pytest.raises(StoreError):
            journal(intent("r2"))
        before = len(kinds(store, "one"))
        journal(host_finished("r1"))
        assert len(kinds(store, "one")) == before and not journal.complete
        limit[0] = 1_000_000
        journal(run_finished("one"))
        assert journal.complete
        assert kinds(store, "one") == ["RunStarted", *["TaskFinished"] * told, "HostFinished", "RunFinished"]
        assert not differences(store)


_SCRIPT = """
import json, resource, sys
from runner.store.store import Store
from runner.store.troubles import StoreError
from tests.store.stories import *
with Store.at(sys.argv[1]) as store:
    lost, refused = [], 0
    journal = store.journal(accept(store, "one"), on_lost=lost.append)
    journal(run_started("one"))
    size = max(int(store.place.file.with_name("jobs.db-wal").stat().st_size), int(store.place.file.stat().st_size))
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 30_000, resource.RLIM_INFINITY))
    stored = 0
    while not lost:
        journal(task_finished("r1", output="x" * 10_000))
        stored += not lost
    try:
        journal(intent("r1"))
    except StoreError:
        refused += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    journal(run_finished("one"))
    journal.close()
    sys.stdout.write(json.dumps([stored, refused, journal.complete, lost]))
"""


def test_f47_a_limit_on_the_size_of_files_is_told_and_passes(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", _SCRIPT, str(path)], env=environment, capture_output=True, text=True, check=True)
    stored, refused, complete, lost = json.loads(done.stdout)
    assert refused == 1 and complete and len(lost) == 1 and "the disk refuses" in lost[0]
    with Store.at(str(path)) as store:
        assert kinds(store, "one") == ["RunStarted", *["TaskFinished"] * (stored + 1), "RunFinished"]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_an_output_that_cannot_be_written_to_its_file_is_kept_until_it_can(tmp_path: Path) -> None:
    """F48: the folder of outputs is in the way, then it is not."""
    with Store.at(str(tmp_path / "jobs.db")) as store:
        lost: list[str] = []
        journal = store.journal(accept(store, "one"), on_lost=lost.append)
        (tmp_path / "jobs-outputs").write_text("in the way")
        journal(task_finished("r1", output="y" * 100_000))
        assert len(lost) == 1 and not kinds(store, "one")
        (tmp_path / "jobs-outputs").unlink()
        journal(host_finished("r1"))
        assert journal.complete and kinds(store, "one") == ["TaskFinished", "HostFinished"]
