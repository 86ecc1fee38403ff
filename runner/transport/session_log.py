"""The text of one session for people: everything sent and received, line by line with its time, and no secret in it."""

from __future__ import annotations

import re
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from runner.secret import MASK, Secret
from runner.transport.veil import expression

SENT, RECEIVED, NOTE = ">", "<", "--"
LONGEST_LINE = 20_000
"""Characters after which a line without an end is taken for a whole one."""

_NOTED = {
    "begun": "{}",
    "phase": "phase {}",
    "banner": "banner {}",
    "key": "host key {}",
    "login": "login as {}",
    "failed": "failed: {}",
    "closed": "closed, {}",
}


@dataclass
class _Line:
    """A line that has ended, or one under way."""

    kind: str
    at: datetime
    text: str = ""


class SessionLog:
    """The witness of a session that writes what it hears.

    A device may break a secret that it shows over two lines, or over two packets. So what was received is held back until enough has
    come behind it for no secret to be half seen, and all the rest is written when the session is closed.

    Arguments:
        write: takes text that ends with a newline.
        secrets: what is never written, however a terminal wraps it; a login's password is not sent through the shell in any case.
        redact: masks what else is secret in a line.
    """

    def __init__(self, write: Callable[[str], None], secrets: Iterable[Secret], redact: Callable[[str], str]) -> None:
        values = sorted({secret.reveal() for secret in secrets if secret.reveal().strip()}, key=len, reverse=True)
        self._pattern = re.compile("|".join(expression(value) for value in values)) if values else None
        self._held_back = 4 * max(map(len, values), default=0) + (80 if values else 0)
        self._write, self._redact = write, redact
        self._lines: deque[_Line] = deque()
        self._open: dict[str, _Line] = {}
        self._ended = False
        self._lock = threading.Lock()

    def __call__(self, what: str, text: str) -> None:
        with self._lock:
            if what in ("sent", "received"):
                self._take(SENT if what == "sent" else RECEIVED, text)
            elif what in _NOTED:
                self._lines.append(_Line(NOTE, _now(), _NOTED[what].format(text)))
            self._mask()
            if what == "closed":
                self._end()
            self._flush()

    def _take(self, kind: str, text: str) -> None:
        *whole, rest = text.split("\n")
        for part in whole:
            line = self._open.pop(kind, None) or _Line(kind, _now())
            line.text = (line.text + part).rstrip("\r")
            self._lines.append(line)
        if rest:
            line = self._open.setdefault(kind, _Line(kind, _now()))
            line.text += rest
            if len(line.text) > LONGEST_LINE:
                self._lines.append(self._open.pop(kind))

    def _mask(self) -> None:
        """Mask every secret in what is held, also one that goes over the end of a line."""
        if self._pattern is None:
            return
        for kind in (SENT, RECEIVED):
            lines = [*self._of(kind)]
            joined = "\n".join(line.text for line in lines)
            spans = [match.span() for match in self._pattern.finditer(joined)]
            end = len(joined)
            for line in reversed(lines if spans else ()):
                start = end - len(line.text)
                for left, right in reversed(spans):
                    if left < end and right > start:
                        line.text = line.text[: max(0, left - start)] + MASK + line.text[max(0, right - start) :]
                end = start - 1

    def _of(self, kind: str) -> Iterator[_Line]:
        yield from (line for line in self._lines if line.kind == kind)
        if kind in self._open:
            yield self._open[kind]

    def _flush(self) -> None:
        """Write the lines, in their order, that have enough behind them."""
        behind = sum(len(line.text) + 1 for line in self._of(RECEIVED))
        ready = []
        while self._lines:
            line = self._lines[0]
            if line.kind == RECEIVED:
                behind -= len(line.text) + 1
                if behind < self._held_back and not self._ended:
                    break
            ready.append(self._shown(self._lines.popleft()))
        if ready:
            self._write("".join(ready))

    def _end(self) -> None:
        """Nothing comes any more: lines under way are whole."""
        note = self._lines.pop()
        self._lines.extend(self._open.pop(kind) for kind in (SENT, RECEIVED) if kind in self._open)
        self._lines.append(note)
        self._ended = True

    def _shown(self, line: _Line) -> str:
        time = line.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return f"{time} {line.kind} {_printable(self._redact(line.text))}\n"


def _now() -> datetime:
    return datetime.now(UTC)


def _printable(text: str) -> str:
    """The text with everything that a terminal would act on in its escaped form; a byte that was not UTF-8 is that byte."""
    return "".join(char if char.isprintable() or char == "\t" else _escaped(char) for char in text)


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code - 0xDC00:02x}" if 0xDC80 <= code <= 0xDCFF else char.encode("unicode_escape", "surrogatepass").decode("ascii")
