"""Writes a file below a folder so that it is whole or as it was, and never somewhere else."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import secrets
import stat
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from runner.errors import RunnerError

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_APPENDED = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_LOCK_SECONDS = 10.0
_REASONS = {
    errno.ENOSPC: "disk full",
    errno.EDQUOT: "disk quota used up",
    errno.EFBIG: "file size limit reached",
}


def replace_file(base: Path, names: Sequence[str], data: bytes) -> None:
    """Put `data` in the file `names` below `base`; readers see the old content or the new, after a crash as well.

    Folders are made with mode 0700, the file has mode 0600. The new content is on disk when this returns.

    Raises:
        RunnerError: a part of the way is a symbolic link or no folder, the disk is full, or the system refuses; the old file is intact.
    """
    with _told(names), _folder(base, names) as folder:
        _refuse_all_but_files(folder, names)
        temporary = f".{secrets.token_hex(8)}.part"
        descriptor = os.open(temporary, _NEW, 0o600, dir_fd=folder)
        try:
            try:
                _write(descriptor, data)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
            os.rename(temporary, names[-1], src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(temporary, dir_fd=folder)
            raise
        os.fsync(folder)


def append_file(base: Path, names: Sequence[str], data: bytes) -> None:
    """Add `data` as one whole block to the end of the file, on a line of its own, however many threads or programs add to it.

    Folders, modes, durability and errors are those of `replace_file`.
    """
    with _told(names), _folder(base, names) as folder, _locked(folder, names) as descriptor:
        size = os.fstat(descriptor).st_size
        if size and data and os.pread(descriptor, 1, size - 1) != b"\n":
            data = b"\n" + data
        try:
            _write(descriptor, data)
        except BaseException:
            os.ftruncate(descriptor, size)
            raise
        os.fsync(descriptor)
        if not size:
            os.fsync(folder)


def open_to_append(base: Path, names: Sequence[str]) -> int:
    """A descriptor of the file that writes at its end, for text that comes bit by bit; the caller closes it.

    Folders, modes and errors are those of `replace_file`.
    """
    with _told(names), _folder(base, names) as folder:
        _refuse_all_but_files(folder, names)
        return os.open(names[-1], _APPENDED, 0o600, dir_fd=folder)


@contextlib.contextmanager
def _folder(base: Path, names: Sequence[str]) -> Iterator[int]:
    """The descriptor of the folder that holds the file; each folder on the way is opened inside the one before it."""
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The folder the user chose may be a link; nothing below it may.
    descriptor = os.open(base, _FOLDER & ~os.O_NOFOLLOW)
    try:
        for depth in range(1, len(names)):
            inner = _enter(descriptor, names[:depth])
            os.close(descriptor)
            descriptor = inner
        yield descriptor
    finally:
        os.close(descriptor)


def _enter(parent: int, way: Sequence[str]) -> int:
    try:
        return os.open(way[-1], _FOLDER, dir_fd=parent)
    except FileNotFoundError:
        # Another thread may make it at the same moment, which is as good.
        with contextlib.suppress(FileExistsError):
            os.mkdir(way[-1], 0o700, dir_fd=parent)
            os.fsync(parent)
        return _enter(parent, way)
    except OSError as error:
        if error.errno in (errno.ENOTDIR, errno.ELOOP):
            raise _no_folder(parent, way) from error
        raise


def _no_folder(parent: int, way: Sequence[str]) -> RunnerError:
    if stat.S_ISLNK(os.stat(way[-1], dir_fd=parent, follow_symlinks=False).st_mode):
        return _link(way)
    return RunnerError(f"'{'/'.join(way)}' is not a folder, so nothing can be saved below it", hint="choose another path")


def _refuse_all_but_files(folder: int, names: Sequence[str]) -> None:
    try:
        mode = os.stat(names[-1], dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise _link(names)
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise RunnerError(f"'{'/'.join(names)}' exists and is {kind}, so it cannot be written", hint="choose another path")


def _link(way: Sequence[str]) -> RunnerError:
    return RunnerError(
        f"'{'/'.join(way)}' is a symbolic link, and no link below the output folder is followed",
        hint="remove the link, choose another path, or choose another output folder",
    )


@contextlib.contextmanager
def _locked(folder: int, names: Sequence[str]) -> Iterator[int]:
    """The file opened for appending, ours alone until the end; one that was replaced while we waited is opened again."""
    until = time.monotonic() + _LOCK_SECONDS
    while True:
        _refuse_all_but_files(folder, names)
        descriptor = os.open(names[-1], _APPENDED, 0o600, dir_fd=folder)
        try:
            if _lock(descriptor, until, names) and _still_there(folder, names[-1], descriptor):
                yield descriptor
                return
        finally:
            os.close(descriptor)


def _lock(descriptor: int, until: float, names: Sequence[str]) -> bool:
    """Take the lock; a lock of an open file, so it also holds between the threads of one program."""
    pause = 0.001
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > until:
                raise RunnerError(
                    f"'{'/'.join(names)}' has been locked by others for {_LOCK_SECONDS:.0f} seconds, so nothing was added to it",
                    hint="see which program holds it, for example with `lsof`",
                ) from None
            time.sleep(pause)
            pause = min(pause * 2, 0.02)
        else:
            return True


def _still_there(folder: int, name: str, descriptor: int) -> bool:
    try:
        return os.path.samestat(os.stat(name, dir_fd=folder, follow_symlinks=False), os.fstat(descriptor))
    except FileNotFoundError:
        return False


def _write(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


@contextlib.contextmanager
def _told(names: Sequence[str]) -> Iterator[None]:
    """Say what the system refused in a sentence."""
    path = "/".join(names)
    try:
        yield
    except OSError as error:
        if error.errno in _REASONS:
            raise RunnerError(
                f"{_REASONS[error.errno]}: '{path}' was not written and is as it was before",
                hint="make room, or choose another folder with --output-dir",
            ) from error
        raise RunnerError(
            f"'{path}' could not be written: {error.strerror or error}", hint="check the output folder and its permissions"
        ) from error
