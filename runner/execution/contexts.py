"""What actions and result handlers see of a run, made for one host and one task."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runner.contracts import ConfigMode, Reply, Session, Value
from runner.errors import RunnerError
from runner.execution.claims import Claims
from runner.platforms import Platform
from runner.playbook.render import Templates

Show = Callable[[str, str], None]
"""Shows a text under a title to the user: `show(text, title)`."""


class RecordedSession:
    """A session that remembers its replies, so that what was read before a session broke is not lost."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.replies: list[Reply] = []

    def send(self, command: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        """As the session it wraps."""
        reply = self._session.send(command, timeout=timeout, prompt=prompt, answer=answer)
        self.replies.append(reply)
        return reply

    def configuring(self) -> AbstractContextManager[ConfigMode]:
        """As the session it wraps."""
        return self._session.configuring()


@dataclass(kw_only=True)
class TaskActionContext:
    """An `ActionContext` for one round of a task."""

    host: Mapping[str, Any]
    variables: Mapping[str, Any]
    item: Any
    templates: Templates
    shows: Show
    recorded: RecordedSession | None
    platform: Platform
    root: Path
    nornir_task: Any

    @property
    def session(self) -> Session:
        """The open session."""
        if self.recorded is None:
            raise RuntimeError("this action declared that it needs no session, and asked for one")
        return self.recorded

    def evaluate(self, expression: str) -> Any:
        """The value of an expression over the host's variables."""
        return self.templates.evaluate(expression, self.variables)

    def show(self, text: str, *, title: str = "") -> None:
        """Show text to the user now."""
        self.shows(text, title)

    def reveal(self, value: Any) -> Any:
        """The data with its secrets."""
        raise NotImplementedError

    def login(self) -> Mapping[str, Any]:
        """The host's address and login."""
        raise NotImplementedError

    def once_per_batch(self, work: Callable[[], Value]) -> Value:
        """What the first host of the batch gets."""
        raise NotImplementedError

    def ask(self, question: str) -> str:
        """A person's answer."""
        raise NotImplementedError

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        raise NotImplementedError


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
