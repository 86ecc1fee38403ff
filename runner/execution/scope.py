"""The variables of one host while its play runs: those of the plan, then what its tasks registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HostScope:
    """Names and values for templates, in Ansible's order of strength: inventory, play, task, registered and set, extra variables.

    Arguments:
        planned: names with their values, those of the play that are plain among them.
        written: variables of the play whose values are templates themselves.
        extra: win over all.
    """

    def __init__(self, planned: Mapping[str, Any], written: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
        self._planned = planned
        self._written = written
        self._extra = extra
        self._gained: dict[str, Any] = {}

    def gain(self, values: Mapping[str, Any]) -> None:
        """Give these names their values for the rest of the host's play."""
        self._gained.update(values)

    def names(self, **more: Any) -> dict[str, Any]:
        """All names that have values by themselves; `more` are those of this moment only, such as `item`."""
        return {**self._planned, **self._gained, **self._extra, **more}

    def written(self, task_vars: Mapping[str, Any]) -> dict[str, Any]:
        """The variables of play and task that are still to be rendered, without those that something stronger has given a value."""
        together = {**self._written, **task_vars}
        return {name: value for name, value in together.items() if name not in self._gained and name not in self._extra}
