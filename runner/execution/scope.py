"""The variables of one host while its play runs: those of the plan, then what its tasks registered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class HostScope:
    """Names and values for templates. What tasks register or set wins over the plan's variables, extra variables over all."""

    def __init__(self, planned: Mapping[str, Any], extra: Mapping[str, Any]) -> None:
        self._planned = planned
        self._extra = extra
        self._gained: dict[str, Any] = {}

    def gain(self, values: Mapping[str, Any]) -> None:
        """Give these names their values for the rest of the host's play."""
        self._gained.update(values)

    def names(self, **more: Any) -> dict[str, Any]:
        """All names with their values; `more` are those of this moment only, such as `item`."""
        return {**self._planned, **self._gained, **more, **self._extra}
