"""Files and folders for their owner alone, whatever the umask is."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def private_folder(path: Path) -> None:
    """Make the folder, and those above it that are missing, with mode 0700. Raises OSError."""
    if path.is_dir():
        return
    if path.parent != path:
        private_folder(path.parent)
    with suppress(FileExistsError):  # another process may make it at the same moment, which is as good
        path.mkdir(mode=0o700)
        path.chmod(0o700)  # a umask may have taken the owner's own rights


def private_file(path: Path) -> int:
    """The descriptor of a new, empty file with mode 0600. Raises OSError, where it is there already too."""
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    os.fchmod(descriptor, 0o600)
    return descriptor


def sync_folder(path: Path) -> None:
    """Bring a folder's names to the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
