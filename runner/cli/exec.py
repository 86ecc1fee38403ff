"""`nornir-playbook exec`: commands on hosts without a playbook, identical outputs shown once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from runner.cli.completion import complete_hosts
from runner.cli.options import (
    BATCH_SIZE,
    INVENTORY,
    LIMIT,
    REPORT,
    RUN_FORMAT,
    VERBOSE,
    output_dir,
    policy_options,
    record_options,
    session_options,
    settings_for,
)
from runner.cli.streams import results_apart
from runner.errors import InputError, Problem


@click.command("exec", short_help="Run commands on hosts without a playbook.")
@click.argument("pattern", shell_complete=complete_hosts)
@click.option("-c", "--command", "commands", metavar="COMMAND", multiple=True, required=True, help="What to send. Repeatable.")
@INVENTORY
@LIMIT
@BATCH_SIZE
@policy_options
@session_options
@record_options
@output_dir("Where --session-log writes. [.]")
@RUN_FORMAT
@REPORT
@VERBOSE
def exec_(
    pattern: str,
    commands: tuple[str, ...],
    limit: str | None,
    ask_pass: bool,
    ask_enable: bool,
    yes: bool,
    format_: str | None,
    reports: tuple[str, ...],
    key: str | None,
    verbose: int,
    **flags: str | float | bool | None,
) -> int:
    """Send COMMANDs to the hosts that PATTERN selects, batch by batch.

    \b
    nornir-playbook exec core -c 'show version'
    nornir-playbook exec 'all,!r7' -c 'show clock' -c 'show users'

    A command may use what the inventory knows of each host: 'show ip route {{ host.hostname }}'.

    Identical outputs are shown once with the hosts that gave them, the rarest first: what differs is what you see.
    """
    from runner.cli.recording import run_recorded, typed
    from runner.cli.session import Choices
    from runner.jobs.prepare import plan_commands
    from runner.jobs.starting import start_of_commands

    settings = settings_for(Path.cwd(), format=format_, verbosity=verbose or None, **flags)
    try:
        with results_apart():
            planned = plan_commands(pattern, commands, settings, limit=limit)
    except InputError as error:
        raise InputError(map(_without_place, error.problems)) from error
    planned = replace(planned, warnings=tuple(map(_without_place, planned.warnings)))
    start = start_of_commands(pattern, commands, settings, typed(), limit=limit)
    choices = Choices(ask_pass=ask_pass, ask_enable=ask_enable, yes=yes, grouped=True, reports=reports)
    return run_recorded(planned, choices, start, key=key)


def _without_place(problem: Problem) -> Problem:
    """What was typed needs no place; the playbook that was made of it is ours and tells the user nothing."""
    from runner.jobs.prepare import COMMAND_LINE
    from runner.planning.undefined import DEFINE

    if problem.where is None or problem.where.file != COMMAND_LINE:
        return problem
    return replace(problem, where=None, hint="define it in the inventory's `data`" if problem.hint == DEFINE else problem.hint)
