"""A session that keeps the evidence: what was answered before it broke, and whether a write was begun whose answer nobody read."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from runner import crash_points
from runner.contracts import ConfigMode, Reply
from runner.errors import RunnerError, SessionError, Stopped
from runner.execution.shared import Connection
from runner.platforms import Platform

_NOT_SENT = frozenset({"broken", "config_mode", "secret"})
"""Causes with which a send of one line says that it sent nothing."""

_ANSWERED = frozenset({"unexpected_question"})
"""Causes that are an answer: the device asked, nobody said yes, and the session is closed."""


class RecordedSession:
    """The session of one round of a task.

    Attributes:
        replies: what was answered, in order.
        expected: lines of configuration that will be sent; between them an action may send others, as a commit.
        accepted: how many of them the device took; `on_taken` hears it each time.
        may_write: the intent to write has been told; without it there is no way into configuration mode.
        finishing: something was or may have been written: what is left of the round is not cut by a stop at once, as it has to come
            to an end that is known.
    """

    def __init__(self, connection: Connection, platform: Platform, cancelled: threading.Event, holds: Callable[[], bool]) -> None:
        self._connection, self._platform, self._cancelled, self._holds = connection, platform, cancelled, holds
        self.replies: list[Reply] = []
        self.expected: tuple[str, ...] = ()
        self.accepted = 0
        self.on_taken: Callable[[int], None] = lambda accepted: None
        self.may_write = False
        self._begun = self._answered = 0

    @property
    def began(self) -> bool:
        """Whether anything that writes was, or may have been, sent."""
        return self._begun > 0

    @property
    def finishing(self) -> bool:
        """See above."""
        return self._connection.finishing

    @finishing.setter
    def finishing(self, value: bool) -> None:
        self._connection.finishing = value

    def send(self, command: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        """As the session it wraps. A command that writes is begun only where nothing is left over from the one before, the first of
        them only where nobody stops.
        """
        self._check_held()
        if not self._platform.why_it_writes(command):
            return self._kept(self._connection.send(command, timeout=timeout, prompt=prompt, answer=answer))
        self._check_stop()
        self._connection.check()
        with self._writing(command):
            return self._kept(self._connection.send(command, timeout=timeout, prompt=prompt, answer=answer))

    @contextmanager
    def configuring(self) -> Iterator[ConfigMode]:
        """As the session it wraps; a stop that came before the first line leaves everything as it was.

        Raises RunnerError where the task was said to read only.
        """
        if not self.may_write:
            raise RunnerError("nothing was sent: the task is said to read only, and wants to configure", hint="leave `reads_only` out")
        self._check_stop()
        with self._connection.configuring() as mode:
            yield _RecordedMode(mode, self)

    def in_doubt(self, error: BaseException) -> bool:
        """Whether, ended by this error, neither the acceptance nor the refusal of something sent was read.

        A session that turns out to be out of step makes even the answers doubtful that seemed to be read.
        """
        out_of_step = isinstance(error, SessionError) and error.cause == "out_of_step"
        return self._begun > self._answered or (out_of_step and self._begun > 0)

    def configure(self, mode: ConfigMode, line: str, timeout: float | None, prompt: str | None, answer: str | None) -> Reply:
        """Send a line of configuration."""
        self._check_held()
        self._check_stop()
        with self._writing(line):
            reply = self._kept(mode.send(line, timeout=timeout, prompt=prompt, answer=answer))
        lines = tuple(line.split("\n"))  # a text of several, such as a banner, is sent as one
        if not reply.error and self.expected[self.accepted :][: len(lines)] == lines:
            self.accepted += len(lines)
            self.on_taken(self.accepted)
            crash_points.here("mid_lines")
        return reply

    @contextmanager
    def _writing(self, text: str) -> Iterator[None]:
        self.finishing = True
        self._begun += 1
        try:
            yield
        except SessionError as error:
            if error.cause in _NOT_SENT and "\n" not in text:  # else lines of it may have gone out before
                self._begun -= 1
            elif error.cause in _ANSWERED:
                self._answered += 1
            raise
        self._answered += 1

    def _kept(self, reply: Reply) -> Reply:
        self.replies.append(reply)
        return reply

    def _check_held(self) -> None:
        """A process that did not move for long may have been given up, and its devices with it: then it sends nothing more (F37)."""
        if not self._holds():
            said = "nothing more was sent: this process did not move for so long that the device was given to others"
            raise SessionError(said, phase="command", cause="lease_lost", hint="did the machine sleep? another job may be at work there")

    def _check_stop(self) -> None:
        if self._cancelled.is_set() and not self.finishing:
            raise Stopped("stopped by the user before anything was written")


class _RecordedMode:
    """Configuration mode whose lines are recorded."""

    def __init__(self, mode: ConfigMode, session: RecordedSession) -> None:
        self._mode, self._session = mode, session

    def send(self, line: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        """As the mode it wraps."""
        return self._session.configure(self._mode, line, timeout, prompt, answer)
