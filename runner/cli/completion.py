"""Answers the completion scripts of shells: of host and group names too, read from the inventory that the line names."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runner.cli.streams import results_apart

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


VARIABLE = "_NORNIR_PLAYBOOK_COMPLETE"
"""The environment variable by which completion scripts ask."""


_MOST_JOBS = 50


def answer(command: click.Command, program: str, instruction: str) -> int:
    """Print a completion script (`bash_source`) or completions (`bash_complete`), and nothing else; returns the exit code."""
    from click.shell_completion import FishComplete, add_completion_class, shell_complete

    class Fish(FishComplete):
        """click's script cuts a completion at its first comma, and a pattern such as `core,ams` has them."""

        source_template = FishComplete.source_template.replace('string split ","', 'string split -m 1 ","')

    add_completion_class(Fish)
    try:
        return shell_complete(command, {}, program, VARIABLE, instruction)
    except Exception:  # a key press on a half-typed line is not the moment to say what is wrong with it
        return 1


def complete_hosts(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names that go on with what was typed behind the last comma or operator."""
    from click.shell_completion import CompletionItem

    start = max(incomplete.rfind(mark) for mark in ",:&!") + 1
    before, typed = incomplete[:start], incomplete[start:]
    names = _names(context)
    return [CompletionItem(before + name, help=kind) for name, kind in names.items() if name.startswith(typed)]


def complete_folders(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Leaves it to the shell, which knows folders best."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="dir")]


def complete_jobs(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Ids of the newest jobs, and `last`."""
    from click.shell_completion import CompletionItem

    jobs = {"last": "the newest job", **_jobs(context)}
    return [CompletionItem(job, help=words) for job, words in jobs.items() if job.startswith(incomplete)]


def _jobs(context: click.Context) -> Mapping[str, str]:
    """Each job with a few words about it; none where they cannot be had."""
    from runner.jobs.recording import open_store
    from runner.reporters.job_table import what
    from runner.settings.load import load_settings
    from runner.settings.project import project_root, user_config_file
    from runner.store.listing import listed

    given = context.params.get("store")
    flags = {} if given is None else {"store": given}
    try:
        settings = load_settings(flags=flags, environ=os.environ, project=project_root(Path.cwd()), user_config=user_config_file())
        with open_store(settings, create=False) as store:
            return {job.id: f"{job.status.value}: {what(job.start)}" for job in listed(store, most=_MOST_JOBS)}
    except Exception:  # as above
        return {}


def _names(context: click.Context) -> Mapping[str, str]:
    """Every group and host with the word for what it is; none, rather than an error or a warning, when they cannot be had."""
    from runner.inventory.load import load_inventory
    from runner.settings.load import load_settings
    from runner.settings.project import project_root, user_config_file

    flags = {"inventory": context.params.get("inventory")}
    try:
        settings = load_settings(flags=flags, environ=os.environ, project=project_root(Path.cwd()), user_config=user_config_file())
        with results_apart():
            inventory = load_inventory(None, settings)
    except Exception:  # as above
        return {}
    return {"all": "group", **dict.fromkeys(inventory.groups, "group"), **dict.fromkeys(inventory.devices, "host")}
