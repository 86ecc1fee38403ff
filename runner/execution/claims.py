"""Who wrote which file in a run, so that one result cannot silently replace another and the end can say where they are."""

from __future__ import annotations

import threading
from pathlib import PurePosixPath


class Claims:
    """Places taken by results of one run. Safe for many threads."""

    def __init__(self) -> None:
        self._owners: dict[str, str] = {}
        self._saved: set[str] = set()
        self._lock = threading.Lock()

    def take(self, place: str, owner: str) -> str:
        """Take a place; returns who has it already, empty when it was free."""
        with self._lock:
            other = self._owners.setdefault(place, owner)
        return "" if other is owner else other

    def saved(self, place: str) -> None:
        """A file was written at this place, a path with `/` below the output folder."""
        with self._lock:
            self._saved.add(place)

    @property
    def files(self) -> int:
        """How many files were written."""
        return len(self._saved)

    @property
    def common(self) -> PurePosixPath:
        """The only file, or the folder that all of them are in."""
        places = [PurePosixPath(place) for place in self._saved]
        if len(places) == 1:
            return places[0]
        first, *rest = [place.parent.parts for place in places] or [()]
        depth = next((depth for depth, part in enumerate(first) if any(each[depth : depth + 1] != (part,) for each in rest)), len(first))
        return PurePosixPath(*first[:depth])
