"""`nornir-playbook init`: a project to begin with, empty or from an Ansible inventory."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING

import click

from runner.cli.streams import complain, show

if TYPE_CHECKING:
    from runner.inventory.model import Inventory

_NAMED = 4
"""Environment variables named in the next steps; the rest is counted."""


@click.command(short_help="Make a project, or convert an Ansible inventory.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--from-ansible",
    metavar="INVENTORY",
    type=click.Path(path_type=Path),
    help="Convert this Ansible inventory: a file in INI, YAML or `ansible-inventory --list` form, or a folder of them.",
)
def init(folder: Path, from_ansible: Path | None) -> None:
    """Make the files of a project in DIR (default: here): settings, an inventory, a first playbook and its schema for editors.

    A file that exists is never changed. With --from-ansible the inventory is converted; Ansible is not needed and nothing is run.

    \b
    nornir-playbook init my-network
    nornir-playbook init my-network --from-ansible ansible/inventory
    """
    from runner.cli.problems import show_warnings
    from runner.inventory.load import inventory_of
    from runner.inventory.sources import read_folder
    from runner.jobs.new_project import FIRST, HOSTS, converted_files, new_files, write_files

    files, converted = converted_files(from_ansible) if from_ansible else (new_files(), None)
    write_files(folder, files)
    for name in files:
        show(f"made {folder / name}")
    if converted:
        show_warnings(converted.notes)
        undone = f"; {_count(len(converted.notes), 'thing')} to look at above" if converted.notes else ""
        show(f"{_count(len(converted.hosts), 'host')}, {_count(len(converted.groups), 'group')} converted{undone}")
    first = "" if folder == Path() else f"cd {quote(str(folder))}"
    secret = _exports(inventory_of(read_folder(folder / "inventory")))
    steps = [first, f"$EDITOR {HOSTS}", secret, "nornir-playbook hosts", f"nornir-playbook plan {FIRST}", f"nornir-playbook run {FIRST}"]
    complain("next:")
    for step in filter(None, steps):
        complain(f"  {step}")


def _exports(inventory: Inventory) -> str:
    """The command that sets the variables which the logins name, with the first few of them; empty when there are none."""
    logins = (device.login for device in inventory.devices.values())
    references = (each for login in logins for each in (*login.username, *login.password, *login.secret))
    names = list(dict.fromkeys(each.name for each in references if each.kind == "env"))
    more = f"  # and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"export {' '.join(f'{name}=...' for name in names[:_NAMED])}{more}" if names else ""


def _count(number: int, word: str) -> str:
    return f"{number} {word if number == 1 else word + 's'}"
