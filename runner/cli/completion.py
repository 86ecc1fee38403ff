"""Shell completion of host and group names, read from the inventory the command line names, and of folders."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


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


def _names(context: click.Context) -> Mapping[str, str]:
    """Every group and host with the word for what it is; none, rather than an error or a warning, when they cannot be had."""
    from runner.inventory.load import load_inventory
    from runner.settings.load import load_settings
    from runner.settings.project import project_root, user_config_file

    flags = {"inventory": context.params.get("inventory")}
    try:
        settings = load_settings(flags=flags, environ=os.environ, project=project_root(Path.cwd()), user_config=user_config_file())
        inventory = load_inventory(None, settings)
    except Exception:  # whatever is wrong, a key press on a half-typed line is not the moment to say so
        return {}
    return {"all": "group", **dict.fromkeys(inventory.groups, "group"), **dict.fromkeys(inventory.devices, "host")}
