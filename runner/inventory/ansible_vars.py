"""Finds and reads group_vars/ and host_vars/ beside an Ansible inventory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from runner.documents.foreign import VAULT_FILE, parse_foreign, read_text
from runner.errors import Where
from runner.inventory.ansible_model import AnsibleInventory, Vars
from runner.inventory.ansible_tree import variables

_ENDINGS = ("", ".yml", ".yaml", ".json")


def read_vars_folders(folder: Path, into: AnsibleInventory) -> None:
    """Add the variables of all groups and hosts that are known by now; files of others are noted. Raises InputError."""
    for kind, known, found in (("group", into.groups, into.group_files), ("host", into.hosts, into.host_files)):
        below = folder / f"{kind}_vars"
        if not below.is_dir():
            continue
        for name in dict.fromkeys(each.name if each.is_dir() or each.suffix not in _ENDINGS else each.stem for each in _visible(below)):
            if name in known:
                found.setdefault(name, {}).update(_read(below, name, into))
            else:
                into.note(f"{below / name}: there is no {kind} '{name}'")


def _read(below: Path, name: str, into: AnsibleInventory) -> Vars:
    """The variables of one name: its file, or all files in its folder. The first of NAME, NAME.yml, NAME.yaml, NAME.json counts."""
    first = next((path for ending in _ENDINGS if (path := below / f"{name}{ending}").exists()), None)
    read: Vars = {}
    for file in [] if first is None else _files(first) if first.is_dir() else [first]:
        text = read_text(file)
        if text.startswith(VAULT_FILE):
            into.note("the whole file is encrypted by Ansible's vault", Where(file=str(file), line=1, column=1), _SEALED)
        else:
            read.update(variables(parse_foreign(text, file=str(file)), str(file), name))
    return read


_SEALED = "write what is secret in it as env:NAME or keyring:SERVICE/USER, and the rest below `data:`"


def _files(folder: Path) -> Iterator[Path]:
    for path in _visible(folder):
        if path.is_dir():
            yield from _files(path)
        elif path.suffix in _ENDINGS:
            yield path


def _visible(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and not path.name.endswith("~"))
