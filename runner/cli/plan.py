"""`nornir-playbook plan` and `validate`: what would happen, and whether it could, without touching a device."""

from __future__ import annotations

from collections.abc import Sized
from pathlib import Path

import click

from runner.cli.options import BATCH_SIZE, EXTRA_VARS, FORMAT, INVENTORY, LIMIT, SKIP_TAGS, TAGS, policy_options, settings_for
from runner.cli.streams import results_apart, show
from runner.errors import InputError, Problem


@click.command(short_help="Show what a playbook would do; touches nothing.")
@click.argument("playbook", type=click.Path(path_type=Path))
@INVENTORY
@LIMIT
@BATCH_SIZE
@EXTRA_VARS
@TAGS
@SKIP_TAGS
@policy_options
@FORMAT
@click.option("-v", "--verbose", count=True, help="Show what every host would get, and every line of it.")
def plan(
    playbook: Path,
    limit: str | None,
    extra_vars: tuple[str, ...],
    tags: tuple[str, ...],
    skip_tags: tuple[str, ...],
    format_: str | None,
    verbose: int,
    **flags: str | float | bool | None,
) -> None:
    """Show the plan of PLAYBOOK: its hosts in their batches, its tasks with the commands each host would get, the session ceiling.

    Everything that can be wrong before a device is reached is found here. With -v the commands of every host are shown.
    """
    from runner.cli.problems import show_warnings
    from runner.jobs.prepare import read_and_plan
    from runner.planning.describe import as_lines
    from runner.planning.plan_json import as_json
    from runner.reporters.escape import escape

    settings = settings_for(playbook.parent, format=format_, verbosity=min(verbose, 4) or None, **flags)
    with results_apart():
        planned = read_and_plan(playbook, settings, limit=limit, extra_vars=extra_vars, tags=tags, skip_tags=skip_tags)
    show_warnings(planned.warnings)
    if settings.options.format != "text":
        import json

        show(json.dumps(as_json(planned.plan, planned.registries), indent=2, ensure_ascii=True))
        return
    for line in as_lines(planned.plan, planned.registries, every_host=settings.options.verbosity > 0):
        show(escape(line))


@click.command(short_help="Check playbooks against the inventory.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@INVENTORY
@EXTRA_VARS
def validate(files: tuple[Path, ...], inventory: str | None, extra_vars: tuple[str, ...]) -> None:
    """Check FILES, each a playbook, as `run` would before the first connection; all problems of all files are shown."""
    from runner.cli.problems import show_warnings
    from runner.jobs.prepare import read_and_plan

    problems: dict[Problem, None] = {}  # in order, and what is wrong with the inventory only once
    warnings: dict[Problem, None] = {}
    fine: list[str] = []
    for file in files:
        try:
            with results_apart():
                planned = read_and_plan(file, settings_for(file.parent, inventory=inventory), extra_vars=extra_vars)
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
        else:
            warnings |= dict.fromkeys(planned.warnings)
            fine.append(f"{file}: ok, {_count(planned.plan.hosts, 'host')} in {_count(planned.plan.batches, 'batch')}")
    for line in fine:
        show(line)
    show_warnings(tuple(warnings))
    if problems:
        raise InputError(problems)


def _count(things: Sized, noun: str) -> str:
    from runner.reporters.line import count

    return count(len(things), noun)
