"""What actions and result handlers see of a run, made for one host and one task."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.contracts import Session, Value
from runner.errors import InputError, RunnerError
from runner.execution.claims import Claims
from runner.execution.recorded import RecordedSession
from runner.execution.shared import Connection
from runner.execution.work import HostWork
from runner.platforms import Platform
from runner.playbook.render import Templates
from runner.secret import Secret, reveal

Show = Callable[[str, str], None]
"""Shows a text under a title to the user: `show(text, title)`."""


@dataclass(kw_only=True)
class TaskActionContext:
    """An `ActionContext` for one round of a task; `place` tells rounds apart. `lent` says that the action was given a way around
    the guarded session, `finishing` that it may have written.
    """

    host: Mapping[str, Any]
    variables: Mapping[str, Any]
    item: Any
    shows: Show
    recorded: RecordedSession | None
    work: HostWork
    place: tuple[int, int]
    lent: bool = False
    finishing: bool = False
    _meetings: int = 0

    @property
    def platform(self) -> Platform:
        """What is known of the host's platform."""
        return self.work.facts

    @property
    def root(self) -> Path:
        """The project's folder."""
        return self.work.root

    @property
    def nornir_task(self) -> Any:
        """The Nornir task under way."""
        self.lent = True
        if self.recorded is not None and self.recorded.may_write:
            self.begin_to_write()
        return self.work.nornir_task

    @property
    def session(self) -> Session:
        """The open session."""
        if self.recorded is None:
            raise RuntimeError("this action declared that it needs no session, and asked for one")
        return self.recorded

    def evaluate(self, expression: str) -> Any:
        """The value of an expression over the host's variables."""
        return self.work.templates.evaluate(expression, self.variables)

    def show(self, text: str, *, title: str = "") -> None:
        """Show text to the user now."""
        self.shows(text, title)

    def reveal(self, value: Any) -> Any:
        """The data with its secrets. Raises InputError for a marker that cannot be replaced."""
        try:
            return _revealed(value, self.work.secrets)
        except ValueError as error:
            raise InputError(str(error)) from error

    def login(self) -> Mapping[str, Any]:
        """The host's address and login. Raises RunnerError where planning did not know that this task needs them."""
        target = self.work.target
        if target is None:
            raise RunnerError(f"no login is known for {self.work.host}", hint="name the `connection` that the task talks through")
        self.lent = True
        return {
            "hostname": target.hostname,
            "port": target.port,
            "username": target.username,
            "password": target.password.reveal() if target.password else None,
            "platform": target.platform,
        }

    def once_per_batch(self, work: Callable[[], Value]) -> Value:
        """What the first host of the batch gets."""
        self._meetings += 1
        with without_clock(self.work.session):
            return self.work.meetings.once((self.work.batch_number, *self.place, self._meetings), work)

    def ask(self, question: str) -> str:
        """A person's answer."""
        if self.work.ask is None:
            raise RunnerError("nobody can be asked: this is no terminal", hint="run it on a terminal, or leave the question out")
        self.work.control.check()
        with without_clock(self.work.session):
            return self.work.ask(question)

    def wait(self, seconds: float) -> None:
        """Let time pass. What has begun to write is not cut by a stop before its grace time is over."""
        finishing = self.finishing or (self.recorded is not None and self.recorded.finishing)
        self.work.control.wait(seconds, grace=self.work.grace if finishing else 0.0)

    def begin_to_write(self) -> None:
        """From now on the device may have been changed in a way that nobody sees."""
        self.finishing = True
        if self.recorded is not None:
            self.recorded.finishing = True


@contextmanager
def without_clock(connection: Connection | None) -> Iterator[None]:
    """The time spent inside counts against no deadline of the host."""
    begun = time.monotonic()
    try:
        yield
    finally:
        if connection is not None and connection.deadline is not None:
            connection.deadline += time.monotonic() - begun


def _revealed(value: Any, secrets: Mapping[str, Secret]) -> Any:
    if isinstance(value, str):
        return reveal(value, secrets)
    if isinstance(value, Mapping):
        return {_revealed(key, secrets): _revealed(each, secrets) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_revealed(each, secrets) for each in value)
    return value


@dataclass(kw_only=True)
class ResultContext:
    """A `HandlerContext` for the result of one command; the same one serves all handlers of that result in turn."""

    host: Mapping[str, Any]
    task: str
    command: str
    output: str
    item: Any
    truncated: bool
    platform: str | None
    output_dir: Path
    root: Path
    templates: Templates
    shows: Show
    claims: Claims
    variables: Mapping[str, Any]
    parsed: Any = None
    registered: dict[str, Any] = field(default_factory=dict)

    def names(self) -> dict[str, Any]:
        """The variables that templates and expressions of handlers see at this moment."""
        own = {"host": self.host, "command": self.command, "output": self.output, "parsed": self.parsed, "item": self.item}
        return {**self.variables, **self.registered, **own}

    def evaluate(self, expression: str) -> Any:
        """The value of an expression over `names()`."""
        return self.templates.evaluate(expression, self.names())

    def render(self, text: str) -> str:
        """A text with its templates rendered over `names()`."""
        return str(self.templates.render(text, self.names()))

    def set_parsed(self, value: Any) -> None:
        """Keep the structured form of this result."""
        self.parsed = value

    def register(self, name: str, value: Any) -> None:
        """Make a value known by name."""
        self.registered[name] = value

    def show(self, text: str, *, title: str = "") -> None:
        """Show text to the user now."""
        self.shows(text, title)

    def saved(self, place: str) -> None:
        """Note that a file was written."""
        self.claims.saved(place)

    def claim(self, place: str) -> None:
        """Take a place for this result alone."""
        item = f", item {self.item}" if self.item is not None else ""
        owner = f"'{self.command or self.task}' on {self.host['name']} (task '{self.task}'{item})"
        other = self.claims.take(place, owner)
        if other:
            raise RunnerError(
                f"{place} already holds the result of {other} and would be replaced",
                hint="make the path differ, for example with {{ host.name }} and {{ command | slug }}, or say `append: true`",
            )
