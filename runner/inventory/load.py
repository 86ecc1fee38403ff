"""The inventory of a run: read from a folder or a Nornir plugin, checked as a whole, every value inherited."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem, Where
from runner.inventory.grouping import check_circles, check_groups, parents_of
from runner.inventory.jumps import check_jump_hosts, with_jumps
from runner.inventory.model import Device, Inventory
from runner.inventory.names import shown, twins
from runner.inventory.plugin import read_plugin
from runner.inventory.resolve import devices_of
from runner.inventory.schema import check_defaults, check_elements
from runner.inventory.sources import Trees, read_folder
from runner.settings.load import Settings

OWN_PLUGIN = "SimpleInventory"
"""Nornir's name for the files we read ourselves."""
_FILE_OPTIONS = {"host_file": "hosts", "group_file": "groups", "defaults_file": "defaults"}


def load_inventory(folder: Path | None, settings: Settings) -> Inventory:
    """The inventory in `folder`, or where the settings say it is: their folder, or the plugin they name.

    A folder named in a stronger place than the plugin outranks it: `-i DIR` does so always.

    Raises:
        InputError: everything that is wrong in all files, in one pass, each with its place.
    """
    return inventory_of(_read(folder, settings))


def inventory_of(trees: Trees) -> Inventory:
    """Check raw trees and resolve them. Raises InputError with all problems."""
    hosts, groups = parents_of(trees.hosts), parents_of(trees.groups)
    problems = [
        *trees.problems,
        *check_elements(trees.hosts, "host"),
        *check_elements(trees.groups, "group"),
        *check_defaults(trees.defaults),
        *(check_groups(trees.hosts, hosts, groups) if trees.complete else ()),
        *(check_groups(trees.groups, groups, groups) if trees.complete else ()),
        *check_circles(trees.groups, groups),
        *_check_twins(trees, hosts),
        *(check_jump_hosts(trees) if trees.complete else ()),
    ]
    if problems:
        raise InputError(sorted(problems, key=_place))
    devices = with_jumps(devices_of(trees, hosts, groups), trees)
    members = _members(devices, groups)
    return Inventory(devices=devices, groups=members, warnings=(*trees.warnings, *_warnings(trees, devices, members)))


def _read(folder: Path | None, settings: Settings) -> Trees:
    options = settings.options
    if folder is not None:
        return read_folder(folder)
    plugin = options.inventory_plugin
    if plugin is None or settings.rank("inventory") > settings.rank("inventory_plugin"):
        return read_folder(options.inventory)
    if plugin != OWN_PLUGIN:
        return read_plugin(plugin, options.inventory_options, _origin(settings))
    for option in options.inventory_options:
        if option not in _FILE_OPTIONS:
            raise InputError(f"unknown option '{option}' of the inventory plugin {OWN_PLUGIN}", hint=did_you_mean(option, _FILE_OPTIONS))
    names = {_FILE_OPTIONS[option]: str(path) for option, path in options.inventory_options.items()}
    return read_folder(options.inventory, names)


def _origin(settings: Settings) -> Where | None:
    """The place in a file that gives the plugin's options."""
    file, _, line = settings.origin("inventory_options").rpartition(":")
    return Where(file=file, line=int(line), column=1) if file and line.isdecimal() else None


def _place(problem: Problem) -> tuple[str, int, int]:
    """Problems are told in the order of the files; those without a place last."""
    where = problem.where
    return (where.file, where.line, where.column) if where else ("\U0010ffff", 0, 0)


def _check_twins(trees: Trees, hosts: Mapping[str, object]) -> Iterator[Problem]:
    """Names that only differ in case would share one file where the file system does not tell them apart (F75)."""
    for first, second in twins(name for name in hosts if isinstance(name, str)):
        where = trees.hosts.place((first,))
        line = f" of line {where.line}" if where else ""
        message = f"host name {shown(second)} differs from {shown(first)}{line} only in how it is written"
        yield trees.hosts.problem(message, (second,), hint="give one of them another name", key=True)


def _members(devices: Mapping[str, Device], parents: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    members: dict[str, list[str]] = {group: [] for group in parents}
    for device in devices.values():
        for group in device.groups:
            members[group].append(device.name)
    return {group: tuple(names) for group, names in members.items()}


def _warnings(trees: Trees, devices: Mapping[str, Device], members: Mapping[str, tuple[str, ...]]) -> Iterator[Problem]:
    if not devices:
        yield trees.hosts.problem("the inventory has no hosts", ())
    addresses: dict[tuple[str, int], list[str]] = {}
    for device in devices.values():
        addresses.setdefault((device.hostname.casefold(), device.port), []).append(device.name)
    for (hostname, port), names in addresses.items():
        if len(names) > 1:
            named = f"{', '.join(names[:3])} and {len(names) - 3} more hosts" if len(names) > 4 else ", ".join(names)
            message = f"{named} have one address, {hostname} port {port}"
            yield trees.hosts.problem(message, (names[1],), hint="each is treated as a device of its own", key=True)
    for name in members:
        if name in devices:
            yield trees.groups.problem(f"{shown(name)} is a group and a host; in a pattern it means the group", (name,), key=True)
        elif name == "all" and len(members[name]) < len(devices):
            yield trees.groups.problem("in a pattern 'all' means every host, not this group", (name,), key=True)
