"""Every error this project raises on purpose: each one says what happened and what to do next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Phase = Literal["dns", "tcp", "banner", "host_key", "auth", "shell", "prompt", "command", "disconnect"]
"""Where in the life of a session something went wrong, in the order they are passed."""

UNREACHABLE_PHASES: frozenset[str] = frozenset({"dns", "tcp", "banner", "host_key", "auth", "shell", "prompt"})
"""A failure in one of these means that no first prompt was seen: the host is unreachable, not failed."""


class RunnerError(Exception):
    """Base of all: a sentence for people, a hint that says what to do, and the exit code of `docs`."""

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, kw_only=True)
class Where:
    """A place in a file: `line` and `column` count from 1; `text` is that line of the source, for the caret."""

    file: str
    line: int
    column: int
    text: str = ""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, kw_only=True)
class Problem:
    """One thing that is wrong with what the user gave us, and where."""

    message: str
    where: Where | None = None
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where} {self.message}" if self.where else self.message
        return f"{text} ({self.hint})" if self.hint else text


class InputError(RunnerError):
    """Something the user gave us is wrong; nothing was touched. Carries every problem found in one pass."""

    exit_code = 3

    def __init__(self, problems: str | Problem | Iterable[Problem], *, hint: str = "") -> None:
        if isinstance(problems, str):
            problems = Problem(message=problems, hint=hint)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems), hint=hint)
        if len(self.problems) == 1:
            self.message, self.hint = self.problems[0].message, hint or self.problems[0].hint


class SessionError(RunnerError):
    """A session with a device could not be opened, or was lost, or did not answer in time.

    Arguments:
        message: one sentence, the device's own words where there are any.
        phase: where it happened; decides between unreachable and failed.
        cause: a short fixed word for programs (`refused`, `timeout`, `unknown_key`, ...).
        output: the last thing the device sent, for the reader; at most a few lines.
    """

    exit_code = 4

    def __init__(self, message: str, *, phase: Phase, cause: str, hint: str = "", output: str = "") -> None:
        super().__init__(message, hint=hint)
        self.phase: Phase = phase
        self.cause = cause
        self.output = output

    @property
    def unreachable(self) -> bool:
        """True when no first prompt was seen."""
        return self.phase in UNREACHABLE_PHASES


class Stopped(RunnerError):
    """The user asked to stop while this was going on; raised inside a host's thread to unwind it."""

    exit_code = 7
