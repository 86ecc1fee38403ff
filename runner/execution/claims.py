"""Who wrote which file in a run, so that one result cannot silently replace another."""

from __future__ import annotations

import threading


class Claims:
    """Places taken by results of one run. Safe for many threads."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._lock = threading.Lock()

    def take(self, place: str, owner: str) -> str:
        """Take a place; returns who has it already, empty when it was free."""
        with self._lock:
            other = self._owners.setdefault(place, owner)
        return "" if other is owner else other
