"""A file beside the store that holds a place on the disk: given up when the disk is full, so that what is under way can be recorded."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from runner.store.private import private_file

SIZE = 1024 * 1024
"""Bytes that are held."""

_SPARE = 4 * SIZE
"""Bytes that must be free for the place to be taken: what is nearly full is not made fuller."""


class Reserve:
    """The reserve of a store in a file; of a database there is none."""

    def __init__(self, path: Path | None) -> None:
        self._path = None if path is None else path.with_name(f"{path.name}-reserve")

    def renew(self) -> bool:
        """Take the place; whether it is held now. Never raises: a store without a reserve is one all the same."""
        if self._path is None:
            return True
        with suppress(OSError):
            if self._path.exists():
                return True
            free = os.statvfs(self._path.parent)
            return free.f_bavail * free.f_frsize > _SPARE and self._fill(self._path)
        return False

    def free(self) -> bool:
        """Give the place up; whether there was one."""
        if self._path is None:
            return False
        try:
            self._path.unlink()
        except OSError:
            return False
        return True

    @staticmethod
    def _fill(path: Path) -> bool:
        descriptor = private_file(path)
        try:
            os.posix_fallocate(descriptor, 0, SIZE)
        except OSError:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(descriptor)
        return True
