"""An Ansible inventory as it is written: groups, hosts and their variables, each with its place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

from runner.errors import Problem, Where


class Var(NamedTuple):
    """A variable's value; `owner` is the host or group that it was written for."""

    value: Any
    where: Where | None
    owner: str


Vars = dict[str, Var]


@dataclass
class Group:
    """A group: its variables in the inventory's own files, and its members."""

    vars: Vars = field(default_factory=dict)
    hosts: dict[str, None] = field(default_factory=dict)
    children: dict[str, Where | None] = field(default_factory=dict)


@dataclass
class AnsibleInventory:
    """What was read; readers add to it, later ones win.

    Arguments:
        hosts: variables of the inventory's own files; `host_files` those of host_vars/, and `group_files` those of group_vars/.
        notes: what could not be taken over.
    """

    hosts: dict[str, Vars] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=lambda: {"all": Group(), "ungrouped": Group()})
    host_files: dict[str, Vars] = field(default_factory=dict)
    group_files: dict[str, Vars] = field(default_factory=dict)
    notes: list[Problem] = field(default_factory=list)

    def group(self, name: str) -> Group:
        """The group of that name, made if there is none."""
        return self.groups.setdefault(name, Group())

    def host(self, name: str) -> Vars:
        """The variables of a host, which is made if there is none."""
        return self.hosts.setdefault(name, {})

    def note(self, message: str, where: Where | None = None, hint: str = "") -> None:
        """Say what could not be taken over."""
        self.notes.append(Problem(message=message, where=where, hint=hint))
