"""`nornir-playbook diff`: what two jobs were answered, compared host by host."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path

import click

from runner.cli.completion import complete_jobs
from runner.cli.options import FORMAT, STORE, settings_for
from runner.cli.results import give
from runner.cli.streams import complain
from runner.cli.streams import show as write
from runner.errors import InputError

DIFFERENT = 8
"""The exit code of --detailed-exitcode where something differs."""


@click.command(short_help="Compare what two jobs were answered.")
@click.argument("before", metavar="JOB1", shell_complete=complete_jobs)
@click.argument("after", metavar="JOB2", shell_complete=complete_jobs)
@click.option("--host", metavar="PATTERN", help="Only these hosts: a name, 'r*', or '~r[0-9]+$'.")
@click.option("--command", metavar="GLOB", help="Only commands that fit: 'show ip route*'.")
@click.option("--ignore", "ignored", metavar="REGEX", multiple=True, help="Leave out lines in which this is found. Repeatable.")
@click.option("--exact", is_flag=True, help="Compare clocks, ages and counters too, which are masked otherwise.")
@click.option("--detailed-exitcode", "detailed", is_flag=True, help="Exit with 8 when something differs.")
@STORE
@FORMAT
def diff(
    before: str,
    after: str,
    host: str | None,
    command: str | None,
    ignored: tuple[str, ...],
    exact: bool,
    detailed: bool,
    store: str | None,
    format_: str | None,
) -> int:
    """Compare the outputs of JOB1 with those of JOB2: of the same tasks and commands, host by host, line by line.

    \b
    nornir-playbook exec all -c 'show ip route'            before the change
    nornir-playbook run change.yaml
    nornir-playbook exec all -c 'show ip route'            and after it
    nornir-playbook diff last~2 last                       `last~2` is two jobs before the last

    Hosts with the same change are shown together, the fewest first. Clocks, ages and counters of packets are masked.
    """
    from runner.jobs.looking import looked_at
    from runner.jobs.recording import open_store
    from runner.journal.comparing import compare
    from runner.journal.volatile import masking
    from runner.reporters.job_diff import diff_lines, diff_object
    from runner.states import JobStatus
    from runner.store.reading import find

    settings = settings_for(Path.cwd(), store=store, format=format_)
    mask = masking(ignored, exact=exact)
    with ExitStack() as stack:
        with open_store(settings, create=False) as opened:
            jobs = [find(opened, name) for name in (before, after)]
            looked = [looked_at(opened, job, hosts=host, none=True) for job in jobs]
        old, new = (stack.enter_context(each.record) for each in looked)
        if host is not None and not old.hosts and not new.hosts:
            raise InputError(f"'{host}' is no host of these jobs", hint="a name, a pattern such as 'r*', or '~r[0-9]+$'")
        for job in jobs:
            if job.status in (JobStatus.RUNNING, JobStatus.PENDING):
                complain(f"job {job.id} is not at its end: what it has so far is compared")
        same_playbook = (jobs[0].start.kind, jobs[0].start.playbook) == (jobs[1].start.kind, jobs[1].start.playbook)
        found = compare(old, new, mask, by_task=same_playbook, command=command)
        if settings.options.format != "text":
            write(json.dumps(diff_object(found, old, new, mask), indent=2))
        else:
            give(lambda width: diff_lines(found, (jobs[0], jobs[1]), old, new, mask))
    return DIFFERENT if detailed and found.differs else 0
