"""`nornir-playbook watch`: a job that runs in another terminal, followed through its store."""

from __future__ import annotations

import json
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.options import JOB, RUN_FORMAT, STORE, VERBOSE, settings_for
from runner.cli.results import check
from runner.cli.signals import interruptible
from runner.cli.streams import complain, show
from runner.errors import Stopped

if TYPE_CHECKING:
    from runner.events import Event
    from runner.store.reading import StoredJob
    from runner.store.store import Store


@click.command(short_help="Follow a job that runs in another terminal.")
@JOB
@STORE
@RUN_FORMAT
@VERBOSE
def watch(job: str, store: str | None, format_: str | None, verbose: int) -> int:
    """Follow JOB, an id, the beginning of one or `last`, to its end, as if it ran here; one that has ended is told once more.

    \b
    nornir-playbook watch last
    nornir-playbook watch last --format ndjson

    The exit code is the job's. Ctrl-C ends the watching, with exit code 7, and leaves the job alone.
    """
    from runner.jobs.recording import open_store
    from runner.store.reading import find

    settings = settings_for(Path.cwd(), store=store, format=format_, verbosity=verbose or None)
    with open_store(settings, create=False) as opened:
        found = find(opened, job)
        try:
            with interruptible():
                return _follow(opened, found, settings.options.format, settings.options.verbosity)
        except KeyboardInterrupt:
            complain(f"not watched any more; job {found.id} is not touched by that (nornir-playbook stop {found.id} ends it)")
            return Stopped.exit_code


def _follow(store: Store, job: StoredJob, format_: str, verbosity: int) -> int:
    from runner.jobs.following import code_of, followed
    from runner.reporters.console import Console
    from runner.reporters.json_document import JsonDocument
    from runner.store.reading import empty_record

    last: Event | None = None
    with empty_record(job) as record:
        grouped = job.start.kind == "exec"
        console = Console(record, out=sys.stdout, err=sys.stderr, results=format_ == "text", verbosity=verbosity, grouped=grouped)
        document = JsonDocument(record, sys.stdout)
        with closing(console):
            for event, is_last in followed(store, job.id):
                last = event
                record.apply(event)
                if is_last or not store.is_end(event):
                    console(event)
                if format_ == "ndjson":
                    show(_line(event))
            if format_ == "json":
                document.write()
        check(console.lost or document.lost)
        return code_of(last, record)


def _line(event: Event) -> str:
    from runner.journal.event_json import event_object
    from runner.journal.redaction import unchanged

    return json.dumps(event_object(event, unchanged), allow_nan=False)
