"""A person at a terminal: types, and sees what a program writes to it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.user.waiting import DEADLINE, until

_SIT_DOWN = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
"""Makes the terminal the program's own, as a login does, so that Ctrl-C reaches it and passwords are read from it."""


_COLOUR = re.compile(r"\x1b\[[0-9;]*m")


class Person:
    """Runs a command at a pseudo-terminal. `stdout` sends its results elsewhere, as `> file` does.

    `raw` is everything the terminal got so far, `text` the same without colours.
    """

    def __init__(
        self,
        command: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        columns: int = 80,
        rows: int = 24,
        stdout: int | None = None,
    ) -> None:
        self._main, below = pty.openpty()
        fcntl.ioctl(below, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._data = bytearray()
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SIT_DOWN, *command],
            cwd=folder,
            env=dict(environment),
            stdin=below,
            stdout=below if stdout is None else stdout,
            stderr=below,
            start_new_session=True,
        )
        os.close(below)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._reader.join(5)
        os.close(self._main)

    @property
    def raw(self) -> str:
        return self._data.decode(errors="replace")

    @property
    def text(self) -> str:
        return _COLOUR.sub("", self.raw)

    def sees(self, words: str, times: int = 1) -> None:
        """Wait until the words have been written, that many times."""
        until(lambda: self.text.count(words) >= times or self._process.poll() is not None, words)
        self._reader.join(0.1 if self._process.poll() is None else 5)
        assert self.text.count(words) >= times, f"{words!r} was never seen:\n{self.text}"

    def types(self, keys: str) -> None:
        """Press these keys; `\\x03` is Ctrl-C, `\\n` the enter key."""
        os.write(self._main, keys.encode())

    def leaves(self, seconds: float = DEADLINE) -> int:
        """Wait for the end; gives the exit code. No end left a traceback."""
        try:
            code = self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise AssertionError(f"still running after {seconds} s:\n{self.text}") from None
        self._reader.join(5)
        assert "Traceback" not in self.text, self.text
        return code

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._main, 65536)
            except OSError:  # the other side is closed: how Linux says end of file here
                return
            if not data:
                return
            self._data += data
