"""Problems found in planning, gathered over all hosts and said once for each place."""

from __future__ import annotations

from dataclasses import dataclass, field

from runner.documents.model import Document
from runner.errors import Problem
from runner.playbook.model import DataPath

NAMED = 3
"""Hosts named in a message before the rest is counted."""


@dataclass
class Findings:
    """Collects problems; the same message at the same place on many hosts becomes one."""

    document: Document
    _found: dict[tuple[DataPath, str, str, bool], list[str]] = field(default_factory=dict)
    _order: list[Problem | tuple[DataPath, str, str, bool]] = field(default_factory=list)

    def add(self, message: str, path: DataPath, *, hint: str = "", host: str | None = None, key: bool = False) -> None:
        """Note a problem at a place of the playbook, on one host or in general."""
        entry = (path, message, hint, key)
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

    def _located(self, entry: tuple[DataPath, str, str, bool], hosts: int) -> Problem:
        path, message, hint, key = entry
        meant = self._found[entry]
        if meant and len(meant) < hosts:
            rest = f" and {len(meant) - NAMED} more" if len(meant) > NAMED else ""
            message = f"{message}, for {', '.join(meant[:NAMED])}{rest}"
        return self.document.problem(message, path, hint=hint, key=key)
