"""Sends lines of configuration one at a time, stops at the first that is refused, and commits where that is needed."""

from __future__ import annotations

import re
from collections.abc import Sequence

from runner.actions.config_arguments import COMMENT_AT_MOST, ConfigLine
from runner.contracts import ConfigMode, Reply
from runner.platforms import Configuration, Platform
from runner.secret import without_markers

SHOWN = 80
"""Characters of a line that a message quotes."""

_NOISE = re.compile(r"!|end$|\w{3} \w{3} +\d{1,2} \d\d:\d\d:\d\d")
_PLACE = re.compile(r"\[edit[^\]]*\]$|\{[\w:-]+\}$")
"""What devices say around their pending changes: comments and the time; where one is, and which routing engine answers."""


class Push:
    """One push of lines to one device. `run` once, then read what came of it.

    Attributes:
        applied: lines of ours that the device holds at the end of it.
        refused: why it failed, as a clause; empty when it did not.
        pending: on platforms with a candidate, the device's own words about what changes.
        replies: what the device answered to each thing sent.
    """

    def __init__(self, lines: Sequence[ConfigLine], platform: Platform, config: Configuration, comment: str, timeout: float | None) -> None:
        self._platform, self._config, self._comment, self._timeout = platform, config, comment, timeout
        self._lines = tuple(lines)
        self._texts = config.whole_lines(line.line for line in lines)
        self.total = len(lines)
        self.applied = 0
        self.refused = ""
        self.pending = ""
        self.replies: list[Reply] = []

    def run(self, mode: ConfigMode) -> None:
        """Push them. SessionError and Stopped pass through."""
        if self._config.candidate:
            self._with_commit(mode)
        else:
            self._send_all(mode)
            if self.refused:
                self.refused += f"; {_stay(self.applied)}"

    def _with_commit(self, mode: ConfigMode) -> None:
        """Nothing is effective until the commit is proven; whatever waits when this returns is discarded by the session."""
        if self._waiting(mode):
            self.refused = "the candidate holds uncommitted changes of somebody else; nothing was sent"
            return
        self._send_all(mode)
        sent, self.applied = self.applied, 0
        if self.refused:
            self.refused += f"; nothing was committed, {_gone(sent, ' before it')}"
            return
        self.pending = self._waiting(mode)
        if self.pending:
            words = self._commit(mode)
            if words and self._config.committed and re.search(self._config.committed, self.replies[-1].output):
                self.applied = sent  # as where two routing engines do not agree
                self.refused = f"the device committed and complained: {words}; all {sent} lines were committed"
                return
            if words:
                self.pending = ""
                self.refused = f"the commit was refused: {words}; nothing was committed, {_gone(sent)}"
                return
        self.applied = sent

    def _send_all(self, mode: ConfigMode) -> None:
        for text in self._texts:
            first, *more = text.split("\n")
            reply = self._send(mode, text, self._lines[self.applied])
            if reply.error:
                place = f"line {self.applied + 1} of {self.total}"
                self.refused = f"{place}, '{quoted(first)}', was refused: {without_markers(reply.error)}"
                return
            self.applied += 1 + len(more)

    def _send(self, mode: ConfigMode, text: str, known: ConfigLine | None = None) -> Reply:
        timeout = self._timeout if known is None or known.timeout is None else known.timeout
        reply = mode.send(text, timeout=timeout, prompt=known.prompt if known else None, answer=known.answer if known else None)
        self.replies.append(reply)
        return reply

    def _waiting(self, mode: ConfigMode) -> str:
        """The changes that wait for a commit, as the device shows them; empty when there are none."""
        if not self._config.compare:
            return "(this platform does not show what waits)" if self.applied else ""
        noise = [_NOISE, *(re.compile(pattern) for pattern in self._config.volatile)]
        lines = [line.rstrip() for line in self._send(mode, self._config.compare).output.splitlines()]
        telling = [line for line in lines if line and not any(each.match(line.strip()) for each in noise)]
        return "" if all(_PLACE.match(line.strip()) for line in telling) else "\n".join(telling) + "\n"

    def _commit(self, mode: ConfigMode) -> str:
        """Make it effective; empty when that is proven, else what the device said."""
        reply = self._send(mode, self._config.commit.format(comment=commit_comment(self._comment)))
        words = reply.error or self._platform.error_in(reply.output)
        # A device that is silent after a commit has nothing to prove it with, so that anything marked as a message counts against it.
        loud = re.search(r"^\s*(%.*?)\s*$", reply.output, re.MULTILINE) if not self._config.committed else None
        if words or loud:
            return without_markers(words or (loud[1] if loud else ""))
        if self._config.committed and not re.search(self._config.committed, reply.output):
            return unconfirmed(reply.output)
        return ""


def commit_comment(text: str) -> str:
    """A comment that every platform takes as one: no quotes that would end it, no `?` that would ask for help, not too long."""
    words = " ".join(text.split())
    return words.replace('"', "'").replace("\\", "/").replace("?", ".")[:COMMENT_AT_MOST].strip()


def unconfirmed(output: str) -> str:
    """What is said of an answer that lacks the words of success."""
    last = next((line.strip() for line in reversed(output.splitlines()) if line.strip()), "")
    return f"the device did not confirm it, and said '{quoted(last)}'" if last else "the device did not confirm it"


def quoted(line: str) -> str:
    """A line as messages quote it: without secrets, not too long."""
    shown = without_markers(line)
    return shown if len(shown) <= SHOWN else f"{shown[: SHOWN - 3]}..."


def _stay(applied: int) -> str:
    return {0: "nothing was applied", 1: "1 line is applied and stays"}.get(applied, f"{applied} lines are applied and stay")


def _gone(sent: int, which: str = "") -> str:
    return {0: "there is nothing to discard", 1: f"the line{which} was discarded"}.get(sent, f"the {sent} lines{which} were discarded")
