"""A terminal for tests: a pseudo-terminal of a given size, and what a reader would see on it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import termios
import threading
import tty
from typing import TextIO

_ESCAPE = re.compile(r"\x1b\[([0-9;?]*)([A-Za-z])")


class Terminal:
    """Give `stream` to what is tested, then `finish()`; `raw` is all that was written, `screen()` what is left of it."""

    def __init__(self, columns: int = 80, rows: int = 24) -> None:
        self._main, below = pty.openpty()
        tty.setraw(below)
        fcntl.ioctl(below, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.stream: TextIO = os.fdopen(below, "w", encoding="utf-8")
        self._data = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def raw(self) -> str:
        return self._data.decode()

    def finish(self) -> None:
        self.stream.close()
        self._reader.join(10)
        os.close(self._main)

    def screen(self) -> list[str]:
        """The lines as they stand in the end: carriage returns, cursor up and erasing are obeyed, colours dropped."""
        lines, row, column = [""], 0, 0
        for token in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", self.raw):
            escape = _ESCAPE.fullmatch(token)
            if escape and escape[2] == "A":
                row = max(0, row - int(escape[1] or 1))
            elif escape and escape[2] == "K":
                lines[row] = "" if escape[1] == "2" else lines[row][:column]
            elif token == "\r":
                column = 0
            elif token == "\n":
                row, column = row + 1, 0
                lines += [""] if row == len(lines) else []
            elif not escape:
                lines[row] = lines[row][:column].ljust(column) + token + lines[row][column + len(token) :]
                column += len(token)
        return [line.rstrip() for line in lines]

    def _read(self) -> None:
        while True:
            try:
                data = os.read(self._main, 65536)
            except OSError:  # the other side is closed: how Linux says end of file here
                return
            if not data:
                return
            self._data += data
