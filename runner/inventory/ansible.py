"""Reads an Ansible inventory, a file or a folder of them, without Ansible and without running anything."""

from __future__ import annotations

from pathlib import Path

from runner.documents.foreign import VAULT_FILE, read_text
from runner.errors import InputError, Problem, Where
from runner.inventory.ansible_ini import read_ini
from runner.inventory.ansible_model import AnsibleInventory
from runner.inventory.ansible_tree import EXPORT, read_tree
from runner.inventory.ansible_vars import read_vars_folders

_PASSED_OVER = (".pyc", ".pyo", ".swp", ".bak", ".rpm", ".md", ".txt", ".rst", ".orig", ".cfg", ".retry")
_FOLDERS = ("group_vars", "host_vars")
_TREES = (".yaml", ".yml", ".json")


def read_ansible(path: Path) -> AnsibleInventory:
    """All that an inventory says, with the group_vars/ and host_vars/ beside its files.

    Raises InputError: there is none, it is a program, or it cannot be read; with the place.
    """
    if not path.exists():
        raise InputError(f"no Ansible inventory at {path}: there is no such file or folder")
    inventory = AnsibleInventory()
    files = _files(path) if path.is_dir() else [path]
    if not files:
        raise InputError(f"no Ansible inventory at {path}: the folder holds no file of one")
    for file in files:
        _read(file, inventory)
    for folder in dict.fromkeys([path if path.is_dir() else path.parent, *(file.parent for file in files)]):
        read_vars_folders(folder, inventory)
    outside = path.absolute().parent if path.is_dir() else path.absolute().parent.parent
    for name in _FOLDERS:
        if (outside / name).is_dir() and outside / name != path.absolute():
            inventory.note(f"{outside / name} belongs to playbooks and not to the inventory: it was not read", hint=f"copy it into {path}")
    return inventory


def _files(folder: Path) -> list[Path]:
    """The files of a folder in Ansible's order, those of folders in it among them."""
    found: list[Path] = []
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or path.name.endswith("~") or path.suffix in _PASSED_OVER or path.name in _FOLDERS:
            continue
        found.extend(_files(path) if path.is_dir() else [path])
    return found


def _read(file: Path, into: AnsibleInventory) -> None:
    if _is_program(file):
        where = Where(file=str(file), line=1, column=1)
        raise InputError(Problem(message="this inventory is a program, and programs are not run", where=where, hint=EXPORT))
    text = read_text(file)
    if text.startswith(VAULT_FILE):
        where = Where(file=str(file), line=1, column=1)
        raise InputError(Problem(message="this file is encrypted by Ansible's vault", where=where, hint="decrypt a copy of it first"))
    if file.suffix == ".toml":
        raise InputError(f"{file} is an inventory in TOML, which cannot be converted", hint=EXPORT)
    if file.suffix in _TREES or _looks_like_a_tree(text):
        read_tree(text, str(file), into)
    else:
        read_ini(text, str(file), into)


def _is_program(file: Path) -> bool:
    try:
        with file.open("rb") as opened:
            return opened.read(2) == b"#!"
    except OSError:
        return False  # reading it says why


def _looks_like_a_tree(text: str) -> bool:
    """Whether a file without a telling name is YAML or JSON: an INI file's first line is a section or a host."""
    lines = (line.strip() for line in text.splitlines())
    first = next((line for line in lines if line and not line.startswith(("#", ";"))), "")
    return first.startswith(("---", "{")) or first.endswith(":")
