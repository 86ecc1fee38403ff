"""Shell completion of host and group names, read from the inventory the command line names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem


def complete_hosts(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Names that go on with what was typed behind the last comma or operator; nothing, rather than an error, when there are none."""
    from click.shell_completion import CompletionItem

    from runner.cli.options import settings_for
    from runner.errors import RunnerError
    from runner.inventory.load import load_inventory

    start = max(incomplete.rfind(mark) for mark in ",:&!") + 1
    before, typed = incomplete[:start], incomplete[start:]
    try:
        settings = settings_for(Path.cwd(), inventory=context.params.get("inventory"))
        inventory = load_inventory(None, settings)
    except RunnerError:
        return []
    names = {**dict.fromkeys(inventory.groups, "group"), **dict.fromkeys(inventory.devices, "host")}
    return [CompletionItem(before + name, help=kind) for name, kind in names.items() if name.startswith(typed)]
