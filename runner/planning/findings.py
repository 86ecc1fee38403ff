"""Problems found in planning, gathered over all hosts and said once for each place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from runner.documents.model import Document
from runner.errors import Problem, Where
from runner.playbook.model import DataPath
from runner.secret import without_markers

NAMED = 3
"""Hosts named in a message before the rest is counted."""


class _Entry(NamedTuple):
    """What makes two problems one."""

    path: DataPath
    message: str
    hint: str
    key: bool
    where: Where | None


@dataclass
class Findings:
    """Collects problems; the same message at the same place on many hosts becomes one."""

    document: Document
    _found: dict[_Entry, list[str]] = field(default_factory=dict)
    _order: list[Problem | _Entry] = field(default_factory=list)

    def add(
        self, message: str, path: DataPath, *, hint: str = "", host: str | None = None, key: bool = False, where: Where | None = None
    ) -> None:
        """Note a problem at a place of the playbook, or of the file that `where` names, on one host or in general."""
        entry = _Entry(path, without_markers(message), without_markers(hint), key, where)
        if entry not in self._found:
            self._found[entry] = []
            self._order.append(entry)
        if host is not None:
            self._found[entry].append(host)

    def extend(self, problems: tuple[Problem, ...] | list[Problem]) -> None:
        """Note problems that are located already."""
        self._order.extend(problem for problem in problems if problem not in self._order)

    def problems(self, hosts: int) -> tuple[Problem, ...]:
        """All of them, in the order found; hosts are named where not all `hosts` of the play are meant."""
        return tuple(each if isinstance(each, Problem) else self._located(each, hosts) for each in self._order)

    def _located(self, entry: _Entry, hosts: int) -> Problem:
        path, message, hint, key, where = entry
        meant = self._found[entry]
        if meant and len(meant) < hosts:
            rest = f" and {len(meant) - NAMED} more" if len(meant) > NAMED else ""
            message = f"{message}, for {', '.join(meant[:NAMED])}{rest}"
        if where is not None:
            return Problem(message=message, where=where, hint=hint)
        return self.document.problem(message, path, hint=hint, key=key)
