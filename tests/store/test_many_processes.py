"""F49, F50b, F40: many processes on one store, a reader that takes its time, and processes that are killed."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select, update

from runner.events import Warned
from runner.store import tables
from runner.store.rebuilding import differences
from runner.store.sqlite import LONGEST_LOG
from runner.store.store import Store
from tests.store.stories import accept, kinds, run_started

_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}

_WRITERS = """
import os, sys
from sqlalchemy import select, update
from runner.store import tables
from runner.store.store import Store
job = tables.job
def add(connection):
    seen = connection.scalar(select(job.c.current_batch).where(job.c.id == "one"))
    connection.execute(update(job).where(job.c.id == "one").values(current_batch=seen + 1))
def write():
    with Store.at(sys.argv[1]) as store:
        for _ in range(int(sys.argv[3])):
            store.writer.run(add)
children = []
for _ in range(int(sys.argv[2])):
    children.append(os.fork())
    if not children[-1]:
        code = 1
        try:
            write()
            code = 0
        finally:
            os._exit(code)
sys.exit(sum(os.waitpid(child, 0)[1] != 0 for child in children))
"""


def _start(script: str, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", script, *arguments]
    return subprocess.Popen(command, env=_ENVIRONMENT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_f49_twenty_processes_that_read_and_then_write_are_never_locked_out(stored: Store, where: str) -> None:
    accept(stored, "one")
    stored.writer.run(lambda connection: connection.execute(update(tables.job).values(current_batch=0)))
    done = _start(_WRITERS, where, "20", "50")
    _, stderr = done.communicate(timeout=110)
    assert (done.returncode, stderr) == (0, "")
    with stored.reading() as connection:
        assert connection.scalar(select(tables.job.c.current_batch)) == 20 * 50


def test_f50b_a_log_that_grew_while_somebody_read_is_brought_over_when_the_job_ends(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with Store.at(str(path)) as slow:
        with Store.at(str(path)) as store:
            journal = store.journal(accept(store, "one"))
            reader = slow.reading()
            assert reader.scalar(select(tables.job.c.id)) == "one"  # from now on it holds this state of the store
            for number in range(300):
                journal(Warned(message=f"{number} " + "x" * 40_000))
            journal.close()
            assert path.with_name("jobs.db-wal").stat().st_size > 10_000_000
            reader.close()
        log = path.with_name("jobs.db-wal")
        assert not log.exists() or not log.stat().st_size


def test_f50b_a_log_that_grew_is_brought_over_in_a_process_that_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "jobs.db"
    with Store.at(str(path)) as store:
        journal = store.journal(accept(store, "one"))
        reader = store.reading()
        assert reader.scalar(select(tables.job.c.id)) == "one"
        for number in range(400):
            journal(Warned(message=f"{number} " + "x" * 40_000))
        journal(run_started("one"))
        assert path.with_name("jobs.db-wal").stat().st_size > LONGEST_LOG
        reader.close()
        for _ in range(3):
            store.beat()
        store.writer.run(store.me.sign)
        assert path.with_name("jobs.db-wal").stat().st_size < 1_000_000


def test_f50b_readers_of_ours_hold_no_state_between_two_pages(tmp_path: Path) -> None:
    """One that has read a page and then does nothing for the rest of the job: the log does not grow because of it."""
    path = tmp_path / "jobs.db"
    with Store.at(str(path)) as store:
        journal = store.journal(accept(store, "one"))
        for number in range(300):
            journal(Warned(message=str(number)))
        journal(run_started("one"))
        slow = store.events("one")
        next(slow)
        for number in range(1000):
            journal(Warned(message=f"{number} " + "x" * 40_000))
            if number % 10 == 0:
                journal(run_started("one"))  # waits, so that not everything is one transaction
        journal.close()
        assert path.with_name("jobs.db-wal").stat().st_size < 2 * LONGEST_LOG
        assert len(list(slow)) == 1400


_VICTIM = """
import sys
from runner.store.store import Store
from tests.store.stories import *
with Store.at(sys.argv[1]) as store:
    job = sys.argv[2]
    journal = store.journal(accept(store, job))
    print("accepted", flush=True)
    for number in range(1000):
        for event in (run_started(job), *batch_events(1 + number % 2, HOSTS[:2])):
            journal(event)
            print(type(event).__name__, flush=True)
"""


@pytest.mark.parametrize("seed", range(6))
def test_f40_what_was_acknowledged_is_there_after_a_kill(stored: Store, where: str, seed: int) -> None:
    delay = random.Random(seed).uniform(0.0, 0.3)  # noqa: S311 - a seed that can be repeated is what is wanted
    victim = _start(_VICTIM, where, f"job{seed}")
    assert victim.stdout is not None
    assert victim.stdout.readline() == "accepted\n"
    time.sleep(delay)  # when it is hit is left to chance, as the order of things may be anything then
    victim.send_signal(signal.SIGKILL)
    told = victim.stdout.read().split("\n")[:-1]  # communicate() would lose what was read together with the first line
    victim.communicate()
    durable = [name for name in told if name not in ("BatchStarted", "HostStarted")]
    job = f"job{seed}"
    read = kinds(stored, job)
    with_loose = read[: len(told)]
    assert [name for name in read if name not in ("BatchStarted", "HostStarted")][: len(durable)] == durable
    last = max((place for place, name in enumerate(told) if name not in ("BatchStarted", "HostStarted")), default=-1)
    assert with_loose[: last + 1] == told[: last + 1], "what stands before something that was acknowledged is there too"
    assert stored.settle() == (job,)
    assert kinds(stored, job) == [*read, "RunInterrupted"] and not differences(stored)
