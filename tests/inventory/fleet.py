"""Inventories for tests: written as files, read as a user's are."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from runner.errors import InputError
from runner.inventory.load import load_inventory
from runner.inventory.model import Device, Inventory
from runner.settings.load import Settings


def write(folder: Path, **files: str) -> Path:
    """Write `hosts`, `groups` and `defaults` into a folder."""
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
    return folder


def load(folder: Path, **files: str) -> Inventory:
    """The inventory of these files."""
    return load_inventory(write(folder, **files), Settings())


def problems(folder: Path, **files: str) -> list[str]:
    """What is wrong with these files, each as `FILE:LINE message (hint)` without folder and column; none when nothing is."""
    try:
        load(folder, **files)
    except InputError as error:
        assert error.exit_code == 3
        found = []
        for problem in error.problems:
            place = f"{Path(problem.where.file).name}:{problem.where.line} " if problem.where else ""
            found.append(f"{place}{problem.message}" + (f" ({problem.hint})" if problem.hint else ""))
        return found
    return []


def plain_inventory(groups: dict[str, list[str]], hosts: list[str]) -> Inventory:
    """An inventory in memory: hosts in order, groups with their members."""
    members = {name: tuple(host for host in hosts if host in names) for name, names in groups.items()}
    devices = {
        host: Device(name=host, hostname=host, groups=tuple(name for name, names in members.items() if host in names)) for host in hosts
    }
    return Inventory(devices=devices, groups=members)
