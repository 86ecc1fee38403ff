"""From an Ansible inventory to the data of our three files, with a note for each thing that could not be taken over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from runner.documents.foreign import has_sealed, plain
from runner.errors import Problem, Where
from runner.inventory.ansible_fields import ALIASES, Field, field_of
from runner.inventory.ansible_model import AnsibleInventory, Var, Vars
from runner.inventory.ansible_precedence import Ordered, ordered
from runner.inventory.names import name_problem, shown, twins

_PLACES = 2
"""Further places named for one note; the rest is counted."""


@dataclass(frozen=True, kw_only=True)
class Converted:
    """The data of hosts.yaml, groups.yaml and defaults.yaml, and what has to be done by hand."""

    hosts: Mapping[str, Any]
    groups: Mapping[str, Any]
    defaults: Mapping[str, Any]
    notes: tuple[Problem, ...]


def convert(inventory: AnsibleInventory) -> Converted:
    """Convert what was read. Raises InputError: groups in a circle."""
    for vars_ in _all_vars(inventory):
        for alias, name in ALIASES.items():
            if alias in vars_:
                vars_.setdefault(name, vars_[alias])
                del vars_[alias]
    converter = _Converter(inventory, ordered(inventory))
    return converter.converted()


def _all_vars(inventory: AnsibleInventory) -> Iterable[Vars]:
    yield from inventory.hosts.values()
    yield from inventory.host_files.values()
    yield from inventory.group_files.values()
    yield from (group.vars for group in inventory.groups.values())


class _Converter:
    """One conversion."""

    def __init__(self, inventory: AnsibleInventory, order: Ordered) -> None:
        self.order = order
        self.notes: list[Problem] = list(inventory.notes)
        self.addresses: dict[str, str] = {}
        self._told: set[int] = set()
        for name in inventory.hosts:
            address = {**order.host_vars[name]}.get("ansible_host")
            if address and isinstance(address.value, str):
                self.addresses.setdefault(address.value, name)
        self.addresses.update({name: name for name in inventory.hosts})

    def converted(self) -> Converted:
        """Everything, groups first, so that a note names the place that it comes from."""
        order = self.order
        defaults = self._element(order.default_vars, ())
        refused = {name for name in order.parents if self._refused(name, "group")}
        groups = {
            name: self._element(order.group_vars[name], [above for above in parents if above not in refused])
            for name, parents in order.parents.items()
            if name not in refused
        }
        doubles = {second for _, second in twins(order.groups)}
        hosts = {}
        for name, own in order.groups.items():
            if name in doubles:
                self.notes.append(Problem(message=f"host {shown(name)} was left out: another differs from it only in how it is written"))
            elif not self._refused(name, "host"):
                hosts[name] = self._element(order.host_vars[name], [group for group in own if group not in refused])
        return Converted(hosts=hosts, groups=groups, defaults=defaults, notes=_gathered(self.notes))

    def _refused(self, name: str, what: str) -> bool:
        """Whether a name is none of ours, which is then noted."""
        problem = name_problem(name, of_host=what == "host")
        if problem:
            self.notes.append(Problem(message=f"{what} {shown(name)} was left out: its name {problem}"))
        return bool(problem)

    def _element(self, variables: Vars, groups: Iterable[str]) -> dict[str, Any]:
        """A host, a group or the defaults, as it is written."""
        body: dict[str, Any] = {}
        data: dict[str, Any] = {}
        for name, var in variables.items():
            field = field_of(name, var, self.addresses)
            if field is None:
                field = self._own(name, var)
            if field.said:
                self._note(field, var)
            if field.key:
                body[field.key] = field.value
            elif field.data and not has_sealed(var.value):
                data[name] = plain(var.value)
        if named := list(groups):
            body["groups"] = named
        if data:
            body["data"] = data
        return body

    def _own(self, name: str, var: Var) -> Field:
        """A variable of the user's own."""
        if has_sealed(var.value):
            return Field(said=f"'{name}' is sealed by Ansible's vault and was left out", hint="write it as a secret of the play, env:NAME")
        if _has_template(var.value):
            hint = "data is never rendered: move it into `vars:` of a play"
            return Field(said=f"'{name}' is a template and was kept as text", hint=hint, data=True)
        return Field(data=True)

    def _note(self, field: Field, var: Var) -> None:
        """A variable is told once, wherever it had to be repeated."""
        if id(var) not in self._told:
            self._told.add(id(var))
            self.notes.append(field.problem(var))


def _has_template(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_has_template, value.values()))
    if isinstance(value, list | tuple):
        return any(map(_has_template, value))
    return isinstance(value, str) and ("{{" in value or "{%" in value)


def _gathered(notes: Iterable[Problem]) -> tuple[Problem, ...]:
    """One note for all that say the same, with the other places."""
    found: dict[tuple[str, str], list[Where | None]] = {}
    for note in notes:
        places = found.setdefault((note.message, note.hint), [])
        if note.where not in places:
            places.append(note.where)
    gathered = []
    for (message, hint), (first, *others) in found.items():
        further = [f"{place.file}:{place.line}" for place in others[:_PLACES] if place]
        rest = f" and {len(others) - _PLACES} more" if len(others) > _PLACES else ""
        gathered.append(Problem(message=f"{message}; also at {', '.join(further)}{rest}" if further else message, where=first, hint=hint))
    return tuple(replace(each) for each in gathered)
