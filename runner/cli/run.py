"""`nornir-playbook run`: a playbook on its hosts, batch by batch."""

from __future__ import annotations

from pathlib import Path

import click

from runner.cli.options import (
    BATCH_SIZE,
    EXTRA_VARS,
    INVENTORY,
    LIMIT,
    REPORT,
    RUN_FORMAT,
    SKIP_TAGS,
    TAGS,
    VERBOSE,
    output_dir,
    policy_options,
    record_options,
    session_options,
    settings_for,
)
from runner.cli.streams import results_apart


@click.command(short_help="Run a playbook, batch by batch.")
@click.argument("playbook", type=click.Path(path_type=Path))
@INVENTORY
@LIMIT
@BATCH_SIZE
@EXTRA_VARS
@TAGS
@SKIP_TAGS
@policy_options
@session_options
@record_options
@output_dir("Where `save` paths begin. [.]")
@RUN_FORMAT
@REPORT
@VERBOSE
def run(
    playbook: Path,
    limit: str | None,
    extra_vars: tuple[str, ...],
    tags: tuple[str, ...],
    skip_tags: tuple[str, ...],
    ask_pass: bool,
    ask_enable: bool,
    yes: bool,
    format_: str | None,
    reports: tuple[str, ...],
    key: str | None,
    verbose: int,
    **flags: str | float | bool | None,
) -> int:
    """Run PLAYBOOK on the hosts of its plays.

    \b
    nornir-playbook run playbooks/ospf_audit.yaml
    nornir-playbook run audit.yaml -i inventory -l 'core,!r7' -b 25%
    nornir-playbook run audit.yaml --format json > result.json

    A run that writes to more than one device asks first; without a terminal it needs --yes.

    Hosts are taken batch by batch; a batch starts when the sessions of the one before are closed. The exit code is 0 when
    every host did what the playbook says; `nornir-playbook help exit-codes` lists the others.
    """
    from runner.cli.ask import can_ask
    from runner.cli.recording import run_recorded, typed
    from runner.cli.session import Choices
    from runner.jobs.prepare import read_and_plan
    from runner.jobs.starting import start_of_playbook

    settings = settings_for(playbook.parent, format=format_, verbosity=verbose or None, **flags)
    with results_apart():
        planned = read_and_plan(playbook, settings, limit=limit, extra_vars=extra_vars, tags=tags, skip_tags=skip_tags, can_ask=can_ask())
    start = start_of_playbook(playbook, settings, typed(), limit=limit, extra_vars=extra_vars, tags=tags, skip_tags=skip_tags)
    return run_recorded(planned, Choices(ask_pass=ask_pass, ask_enable=ask_enable, yes=yes, reports=reports), start, key=key)
