"""`nornir-playbook stop` and `pause`: ask something of a job that runs, from wherever its store can be reached."""

from __future__ import annotations

from pathlib import Path

import click

from runner.cli.options import JOB, STORE, settings_for
from runner.cli.streams import show
from runner.job import Wanted

_AFTER = click.option(
    "--after",
    type=click.Choice(["batch", "host"]),
    default="batch",
    help="What still comes to its end: the batch under way, or only the hosts at work. [batch]",
)


@click.command(short_help="Stop a job that runs: no further batch is started.")
@JOB
@_AFTER
@click.option("--now", is_flag=True, help="Cut what only reads; what writes has the grace time to end, then it is cut too.")
@STORE
def stop(job: str, after: str, now: bool, store: str | None) -> int:
    """Ask JOB to stop. JOB is an id, the beginning of one, or `last`.

    \b
    nornir-playbook stop last
    nornir-playbook stop 20261124-0912 --after host

    The batch under way comes to its end, its sessions are closed, and the job ends with exit code 7.
    `nornir-playbook resume JOB` runs what was left.
    """
    words = {"batch": Wanted.STOP_AFTER_BATCH, "host": Wanted.STOP_AFTER_HOST}
    return _ask(job, Wanted.STOP_NOW if now else words[after], store, "stops now" if now else f"stops after the {_what(after)}")


@click.command(short_help="Pause a job that runs, until it is resumed.")
@JOB
@_AFTER
@STORE
def pause(job: str, after: str, store: str | None) -> int:
    """Ask JOB to pause. JOB is an id, the beginning of one, or `last`.

    Nothing waits in between: the batch under way comes to its end, its sessions are closed, and the process ends with exit
    code 7. `nornir-playbook resume JOB` goes on with the next batch, after a reboot as well.
    """
    words = {"batch": Wanted.PAUSE_AFTER_BATCH, "host": Wanted.PAUSE_AFTER_HOST}
    return _ask(job, words[after], store, f"pauses after the {_what(after)}")


def _what(after: str) -> str:
    return "batch under way" if after == "batch" else "hosts at work"


def _ask(name: str, wanted: Wanted, place: str | None, what: str) -> int:
    from runner.errors import InputError
    from runner.jobs.recording import open_store
    from runner.jobs.starting import by_whom
    from runner.states import JobStatus
    from runner.store.reading import find

    with open_store(settings_for(Path.cwd(), store=place), create=False) as store:
        job = find(store, name)
        if job.status not in (JobStatus.RUNNING, JobStatus.PENDING):
            raise InputError(f"job {job.id} does not run: it is {job.status.value}", hint=f"nornir-playbook show {job.id}")
        store.request(job.id, wanted, by_whom())
    show(f"job {job.id} {what}")
    return 0
