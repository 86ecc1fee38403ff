"""The answer to one command while it comes in: kept up to a cap, its echo removed, its last line at hand."""

from __future__ import annotations

import codecs
import time

from runner.transport.lines import Echo, last_line

LINE_KEPT = 4096


class Answer:
    """Fed with what arrives after a command was written.

    Arguments:
        limit: bytes that are kept; the rest is counted and thrown away.
        before: the channel's count of received bytes when the command was written.
        echo: False where none is to be expected.

    Attributes:
        echoed: the whole echo of the command has been seen, or it is clear that there is none.
        matched: it has been seen. `before`: whole lines that came before it, and are no part of the answer.
        line: the line in progress.
        gap: the longest pause within the answer so far, in seconds.
        latest: monotonic time of the last arrival.
        size: bytes received.
        pressed: return was pressed to see the prompt on a line of its own.
        truncated: there was more than is kept.
    """

    def __init__(self, command: str, limit: int, before: int, *, echo: bool = True) -> None:
        self._echo = Echo(command)
        self._limit = limit
        self._before = before
        self._head = ""
        self._parts: list[str] = []
        self._kept = 0
        self._bare = True
        self.echoed = not echo
        self.matched = False
        self.before = ""
        self.line = ""
        self._recent = ""
        self.gap = 0.0
        self.latest = time.monotonic()
        self.size = 0
        self.pressed = False
        self.truncated = False

    def feed(self, text: str, received: int) -> None:
        """Take in `text`; `received` is the channel's count of bytes now."""
        now = time.monotonic()
        if self.echoed and not self._bare:  # the pause before the first output is the device thinking, not a slow line
            self.gap = max(self.gap, now - self.latest)
        self.latest = now
        self.size = received - self._before
        self._recent = (self._recent + text)[-LINE_KEPT:]
        self.line = (self.line + text).rpartition("\n")[2][-LINE_KEPT:]
        if self.echoed:
            self._bare = False
            self._keep(text)
            return
        self._head += text
        end = self._echo.end(self._head)
        if end is not None:
            self.echoed = self.matched = True
            self.before = self._echo.before(self._head)
            rest, self._head = self._head[end:], ""
            self._bare = not rest
            self._keep(rest)
        elif len(self._head) > self._echo.reach:
            self.give_up_echo()

    def give_up_echo(self) -> None:
        """There is no echo: what came is the answer itself."""
        self.echoed = True
        self._bare = False
        rest, self._head = self._head, ""
        self._keep(rest)

    def answered(self) -> None:
        """A question in the line in progress was answered: it is over, whatever still stands on it."""
        self.line = ""

    def ends_at(self, prompt: str) -> bool:
        """True when the line in progress is exactly the prompt."""
        return bool(self.line) and last_line(self.line) == prompt

    @property
    def current(self) -> str:
        """The line in progress as a reader sees it."""
        return last_line(self.line) if self.line else ""

    @property
    def recent(self) -> str:
        """The end of what came: of its lines those that were kept whole, and the one in progress."""
        return self._recent

    @property
    def text(self) -> str:
        """What was kept, without the echo."""
        return "".join(self._parts) + self._head

    def _keep(self, text: str) -> None:
        if not text:
            return
        data, room = text.encode("utf-8", "surrogateescape"), self._limit - self._kept
        if len(data) > room:
            self.truncated = True
            decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
            text = decoder.decode(data[:room])  # a character that the cap cuts in two is left out
        self._kept += min(len(data), room)
        self._parts.append(text)
