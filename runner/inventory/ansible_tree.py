"""Reads an Ansible inventory that is a tree: YAML, or the JSON that `ansible-inventory --list` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from runner.documents.foreign import Located, parse_foreign
from runner.errors import InputError, Problem, Where
from runner.inventory.ansible_model import AnsibleInventory, Group, Var, Vars
from runner.inventory.ansible_names import expand

META = "_meta"
EXPORT = "run `ansible-inventory -i INVENTORY --list --export > inventory.json` and convert inventory.json"
_PARTS = ("hosts", "vars", "children")


def read_tree(text: str, file: str, into: AnsibleInventory) -> None:
    """Add what a YAML or JSON file says. Raises InputError: it is no inventory."""
    data = parse_foreign(text, file=file)
    if not isinstance(data, dict):
        raise InputError(Problem(message="this is no inventory: it maps no groups", where=Where(file=file, line=1, column=1)))
    if isinstance(data.get("plugin"), str):
        message = f"this file configures the inventory plugin '{data['plugin']}', which only Ansible can run"
        raise InputError(Problem(message=message, where=_line(data, "plugin", file), hint=EXPORT))
    reader = _Listing(file, into) if META in data else _Tree(file, into)
    for name, body in data.items():
        if name != META:
            reader.group(str(name), body, _line(data, name, file))
    if META in data and isinstance(data[META], dict):
        for name, values in (data[META].get("hostvars") or {}).items():
            into.host(str(name)).update(variables(values, file, str(name)))


def variables(values: Any, file: str, owner: str) -> Vars:
    """The variables in a mapping, each with its place."""
    if not isinstance(values, Mapping):
        return {}
    return {str(key): Var(value, _line(values, key, file), owner) for key, value in values.items()}


def _line(mapping: Any, key: Any, file: str) -> Where | None:
    line = mapping.lines.get(key) if isinstance(mapping, Located) else None
    return Where(file=file, line=line, column=1) if line else None


class _Tree:
    """Groups within groups, as Ansible's `yaml` plugin reads them."""

    def __init__(self, file: str, into: AnsibleInventory) -> None:
        self.file = file
        self.into = into

    def group(self, name: str, body: Any, where: Where | None) -> None:
        """One group with all that is in it."""
        group = self.into.group(name)
        if body is None:
            return
        if not isinstance(body, dict):
            raise InputError(Problem(message=f"the group '{name}' must be a mapping of hosts, vars and children", where=where))
        for part in body:
            if part not in _PARTS:
                self.into.note(f"'{part}' in the group '{name}' is none of hosts, vars, children", _line(body, part, self.file))
        group.vars.update(variables(body.get("vars"), self.file, name))
        self._hosts(group, body.get("hosts"))
        children = body.get("children")
        for child, inner in children.items() if isinstance(children, dict) else [(each, None) for each in children or ()]:
            place = _line(children, child, self.file)
            group.children[str(child)] = place
            self.group(str(child), inner, place)

    def _hosts(self, group: Group, hosts: Any) -> None:
        for pattern, values in hosts.items() if isinstance(hosts, dict) else [(each, None) for each in _list(hosts)]:
            try:
                names, port = self.names(str(pattern))
            except ValueError as error:
                raise InputError(Problem(message=str(error), where=_line(hosts, pattern, self.file))) from None
            for name in names:
                own = self.into.host(name)
                if port is not None:
                    own["ansible_port"] = Var(port, _line(hosts, pattern, self.file), name)
                own.update(variables(values, self.file, name))
                group.hosts[name] = None

    def names(self, pattern: str) -> tuple[list[str], int | None]:
        """The hosts that a key stands for."""
        return expand(pattern)


class _Listing(_Tree):
    """Groups side by side, as inventory scripts print them; a name is a name there, without ranges."""

    def names(self, pattern: str) -> tuple[list[str], int | None]:
        return [pattern], None

    def group(self, name: str, body: Any, where: Where | None) -> None:
        """A list alone is a list of hosts."""
        super().group(name, {"hosts": body} if isinstance(body, list) else body, where)


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if isinstance(value, str) else []
