"""Which value of a variable a host has in Ansible, and how groups, defaults and hosts of ours come to say the same.

Source of the order: "Understanding variable precedence" in Ansible's user guide, without what belongs to playbooks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from runner.errors import InputError, Problem
from runner.inventory.ansible_model import AnsibleInventory, Vars
from runner.inventory.grouping import ancestors

_IMPLIED = ("all", "ungrouped")
PRIORITY = "ansible_group_priority"


@dataclass(frozen=True, kw_only=True)
class Ordered:
    """Groups in which `all` and `ungrouped` are no groups any more.

    Arguments:
        parents: of each group, and `groups` of each host, those that win first.
        groups_vars: and so on, what each says itself, so that inheritance as ours gives each host what Ansible's gives it.
    """

    groups: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, tuple[str, ...]]
    host_vars: Mapping[str, Vars]
    group_vars: Mapping[str, Vars]
    default_vars: Vars


def ordered(inventory: AnsibleInventory) -> Ordered:
    """Put an inventory in order. Raises InputError: a group that is a child of itself."""
    ranks = _ranks(inventory)
    own = {name: {**group.vars, **inventory.group_files.get(name, {})} for name, group in inventory.groups.items()}

    def winners(names: Iterable[str]) -> tuple[str, ...]:
        return tuple(sorted((name for name in names if name not in _IMPLIED), key=ranks.__getitem__, reverse=True))

    holders: dict[str, list[str]] = {name: [] for name in inventory.groups}
    members: dict[str, list[str]] = {name: [] for name in inventory.hosts}
    for name, group in inventory.groups.items():
        for child in group.children:
            holders[child].append(name)
        for host in group.hosts:
            members[host].append(name)
    parents = {name: winners(above) for name, above in holders.items() if name not in _IMPLIED}
    groups = {name: winners(above) for name, above in members.items()}
    for vars_ in own.values():
        vars_.pop(PRIORITY, None)
    everyone = inventory.group_files.get("all", {})
    # A file group_vars/all wins over what the inventory itself says of any group.
    said = {
        name: {key: var for key, var in own[name].items() if key not in everyone or key in inventory.group_files.get(name, {})}
        for name in inventory.groups
        if name != "all"
    }
    defaults = own["all"]
    host_vars = {}
    for name in inventory.hosts:
        chain = ancestors(groups[name], parents)
        ranked = sorted(chain, key=ranks.__getitem__) if chain else ["ungrouped"]
        inherited = _merged([defaults, *(said[group] for group in ranked)])
        expected = _merged([inherited, inventory.hosts[name], inventory.host_files.get(name, {})])
        ours = _merged([defaults, *(said[group] for group in reversed(chain))])
        host_vars[name] = {key: var for key, var in expected.items() if ours.get(key) is not var}
    return Ordered(groups=groups, parents=parents, host_vars=host_vars, group_vars=said, default_vars=defaults)


def _merged(layers: Iterable[Vars]) -> Vars:
    """A later layer wins."""
    merged: Vars = {}
    for layer in layers:
        merged.update(layer)
    return merged


def _ranks(inventory: AnsibleInventory) -> dict[str, tuple[int, int, str]]:
    """What decides between groups, the highest wins: the depth, a priority that the inventory itself gives, the name."""
    depths = _depths(inventory)
    ranks = {}
    for name, group in inventory.groups.items():
        given = str(group.vars[PRIORITY].value) if PRIORITY in group.vars else ""
        ranks[name] = depths[name], int(given) if given.removeprefix("-").isdecimal() else 1, name
    return ranks


def _depths(inventory: AnsibleInventory) -> dict[str, int]:
    """How far each group is below `all`, on its longest way. Raises InputError for a circle."""
    depths = dict.fromkeys(inventory.groups, 1)
    depths["all"] = 0
    for start in inventory.groups:
        pending: list[tuple[str, tuple[str, ...]]] = [(start, ())]
        while pending:
            name, way = pending.pop()
            for child, where in inventory.groups[name].children.items():
                if child in (*way, name):
                    circle = " -> ".join([*(*way, name)[(*way, name).index(child) :], child])
                    raise InputError(Problem(message=f"groups go round in a circle: {circle}", where=where, hint="remove one of them"))
                if depths[child] <= depths[name]:
                    depths[child] = depths[name] + 1
                    pending.append((child, (*way, name)))
    return depths
