"""`nornir-playbook jobs`: the jobs that are on record."""

from __future__ import annotations

import json
from pathlib import Path

import click

from runner.cli.options import LIST_FORMAT, STORE, settings_for
from runner.cli.results import give
from runner.cli.streams import complain, show


@click.command(short_help="List the jobs that are on record.")
@click.option("--playbook", metavar="GLOB", help="Only of this playbook: its path, its name, or a pattern such as 'ospf*'; `exec`.")
@click.option("--host", metavar="PATTERN", help="Only those with one of these hosts: a name, 'r*', or '~r[0-9]+$'.")
@click.option("--status", "statuses", metavar="S,...", multiple=True, help="Only those that are in one of these states.")
@click.option("--since", metavar="2d|DATE", help="Only those begun since then: 2d, 12h, 30m, 2026-11-20, 2026-11-20T10:00.")
@click.option("-n", "most", metavar="N", type=click.IntRange(min=0), default=20, help="Not more than N; 0 = all. [20]")
@STORE
@LIST_FORMAT
def jobs(
    playbook: str | None, host: str | None, statuses: tuple[str, ...], since: str | None, most: int, store: str | None, format_: str | None
) -> int:
    """List jobs, the newest first: when they were begun, in which state they are, what their hosts came to, who started them.

    \b
    nornir-playbook jobs --status failed,stopped --since 2d
    nornir-playbook jobs --playbook ospf_audit --host r7
    nornir-playbook jobs -n 1 --format json

    A job whose process is gone is shown as interrupted.
    """
    from runner.jobs.history import jobs_of, moment_of, status_words
    from runner.jobs.recording import NoStore, open_store
    from runner.reporters.job_table import job_lines, job_object

    settings = settings_for(Path.cwd(), store=store, format=format_)
    status_words(statuses)
    if since:
        moment_of(since)
    try:
        with open_store(settings, create=False) as opened:
            found = jobs_of(opened, playbook=playbook, host=host, statuses=statuses, since=since, most=most)
    except NoStore as nothing:
        found = ()
        complain(f"{nothing.message}: {nothing.hint}")
    else:
        if not found:
            filtered = playbook or host or statuses or since
            complain("no job fits" if filtered else "no job is recorded yet: `nornir-playbook run` and `exec` record every job they run")
    if settings.options.format == "ndjson":
        for each in found:
            show(json.dumps(job_object(each)))
    elif settings.options.format == "json":
        show(json.dumps([job_object(each) for each in found], indent=2))
    elif found:
        give(lambda width: job_lines(found, width))
    return 0
