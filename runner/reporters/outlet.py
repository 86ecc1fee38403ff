"""One output stream as reporters use it: what it can show, and writing that never breaks a run."""

from __future__ import annotations

import codecs
import os
from collections.abc import Mapping
from typing import TextIO

_IN_ASCII = str.maketrans({"…": "..."})
_DEFAULT_WIDTH = 80


class Outlet:
    """A text stream that takes any text and never raises; itself file-like, so that others can write to it.

    `interactive`: lines may be redrawn. `colour`: styles may be written. Both follow NO_COLOR, FORCE_COLOR, TERM=dumb and
    ACCESSIBLE (https://no-color.org, https://force-color.org; NO_COLOR wins). `lost` says why text could not be written;
    it stays empty when the reader merely went away (`| head`), as nobody misses that text.
    """

    def __init__(self, stream: TextIO | None, environ: Mapping[str, str]) -> None:
        self._stream = stream
        self._environ = environ
        self.lost = ""
        self.terminal = _is_terminal(stream)
        clever = self.terminal and environ.get("TERM", "") not in ("", "dumb", "unknown")
        self.interactive = clever and not _on(environ, "ACCESSIBLE") and not _on(environ, "NORNIR_PLAYBOOK_ACCESSIBLE")
        self.colour = not environ.get("NO_COLOR") and (clever or _on(environ, "FORCE_COLOR"))
        self.encoding = _encoding(stream)

    @property
    def width(self) -> int | None:
        """Columns of the terminal right now; None where there is none and lines may be of any length."""
        if not self.terminal or self._stream is None:
            return None
        columns = self._environ.get("COLUMNS", "")
        if columns.isascii() and columns.isdigit() and int(columns) > 0:
            return int(columns)
        try:
            return os.get_terminal_size(self._stream.fileno()).columns or _DEFAULT_WIDTH
        except (OSError, ValueError):
            return _DEFAULT_WIDTH

    def write(self, text: str) -> int:
        """Write and flush. What the stream's encoding cannot say is written as an escape."""
        stream = self._stream
        if stream is not None:
            try:
                stream.write(self._sayable(text))
                stream.flush()
            except (OSError, ValueError) as error:  # ValueError: somebody closed the stream
                self._stream = None
                self._silence(stream, error)
        return len(text)

    def flush(self) -> None:
        """Nothing to do: every write flushes."""

    def isatty(self) -> bool:
        """Whether the stream is a terminal."""
        return self.terminal

    def _sayable(self, text: str) -> str:
        try:
            text.encode(self.encoding)
        except UnicodeError:
            return text.translate(_IN_ASCII).encode(self.encoding, "backslashreplace").decode(self.encoding)
        return text

    def _silence(self, stream: TextIO, error: OSError | ValueError) -> None:
        """Let what Python still holds for this stream go nowhere.

        Otherwise Python would try again at exit, complain and end with code 120
        (https://docs.python.org/3/library/signal.html#note-on-sigpipe).
        """
        if not isinstance(error, BrokenPipeError):
            self.lost = str(getattr(error, "strerror", None) or error)
        try:
            nowhere = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(nowhere, stream.fileno())
            finally:
                os.close(nowhere)
        except (OSError, ValueError):
            pass


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def _on(environ: Mapping[str, str], name: str) -> bool:
    return environ.get(name, "") not in ("", "0")


def _encoding(stream: TextIO | None) -> str:
    """The stream's encoding; UTF-8 where it has none (text kept in memory) or one that Python does not know."""
    try:
        return codecs.lookup(getattr(stream, "encoding", None) or "utf-8").name
    except LookupError:
        return "utf-8"
