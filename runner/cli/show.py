"""`nornir-playbook show`: what a job did, and what can be done next."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.options import FORMAT, JOB, STORE, settings_for
from runner.cli.results import check, give

if TYPE_CHECKING:
    from runner.jobs.looking import Looked
    from runner.reporters.line import Line


@click.command(short_help="Show what a job did, and what can be done next.")
@JOB
@click.option("--host", metavar="PATTERN", help="The tasks of these hosts with their outputs: a name, 'r*', or '~r[0-9]+$'.")
@click.option("--batch", type=click.IntRange(min=1), metavar="N", help="Only this batch.")
@click.option("--failed", is_flag=True, help="Only hosts that failed, were unreachable or are in doubt.")
@STORE
@FORMAT
def show(job: str, host: str | None, batch: int | None, failed: bool, store: str | None, format_: str | None) -> int:
    """Show JOB: an id, the beginning of one, `last`, or `last~1` for the one before it.

    \b
    nornir-playbook show last
    nornir-playbook show last --host r7
    nornir-playbook show 20261124-0912 --batch 2 --format json

    --format json gives the document that `run --format json` gave, or the part of it that was asked for.
    """
    from runner.jobs.looking import looked_at
    from runner.jobs.recording import open_store
    from runner.store.reading import find

    settings = settings_for(Path.cwd(), store=store, format=format_)
    with open_store(settings, create=False) as opened:
        looked = looked_at(opened, find(opened, job), hosts=host, batch=batch, failed=failed)
    with looked.record:
        if settings.options.format != "text":
            from runner.journal.document import write_json
            from runner.reporters.outlet import Outlet

            out = Outlet(sys.stdout, os.environ)
            write_json(looked.record, out)
            check(out.lost)
        else:
            give(lambda width: _page(looked, width, with_tasks=host is not None, only_bad=failed))
    return 0


def _page(looked: Looked, width: int | None, *, with_tasks: bool, only_bad: bool) -> Iterator[Line]:
    from runner.reporters import job_page
    from runner.reporters.host_page import host_lines
    from runner.reporters.line import wrapped

    job, record = looked.job, looked.record
    parts = [
        [*job_page.head(job, record, looked.retries)],
        [*job_page.batches(record)],
        [*job_page.attention(record, job, looked.doubts, only_bad=only_bad)],
        [*job_page.next_steps(job, record, looked.doubts)],
    ]
    if with_tasks:
        yield from (part for line in parts[0] for part in wrapped(line, width))
        for each in record.hosts.values():
            yield ()
            yield from host_lines(each, record)
        parts = [[*job_page.in_doubt(job, looked.doubts)], parts[3]]
        yield ()
    for number, lines in enumerate(filter(None, parts)):
        if number:
            yield ()
        yield from (part for line in lines for part in wrapped(line, width))
