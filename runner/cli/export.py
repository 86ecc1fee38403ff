"""`nornir-playbook export`: all that is known of a job, as one file."""

from __future__ import annotations

from pathlib import Path

import click

from runner.cli.options import JOB, STORE, settings_for
from runner.cli.streams import complain, show


@click.command(short_help="Write all that is known of a job to a file.")
@JOB
@click.argument("file", required=False, type=click.Path(path_type=Path, allow_dash=True))
@click.option("--force", is_flag=True, help="Replace FILE where it is there already.")
@STORE
def export(job: str, file: Path | None, force: bool, store: str | None) -> None:
    """Write JOB to FILE, one JSON document: its head, the plan it was started with, and its events with all outputs.

    \b
    nornir-playbook export last
    nornir-playbook export last - | jq '.events[] | select(.event == "host_finished")'

    FILE is JOB.json in the current folder where none is given, and standard output where it is `-`. Only you can read the file:
    it holds what the devices said. Logins and other secrets of the playbook are not in it.
    """
    from runner.jobs.exporting import pieces, write_new
    from runner.jobs.recording import open_store
    from runner.reporters.escape import one_line
    from runner.store.reading import find

    with open_store(settings_for(Path.cwd(), store=store), create=False) as opened:
        found = find(opened, job)
        content = pieces(opened, found)
        if file == Path("-"):
            for piece in content:
                show(piece, nl=False)
            return
        path = file or Path(f"{found.id}.json")
        write_new(path, content, force=force)
        complain(f"job {found.id} written to {one_line(str(path))}")
