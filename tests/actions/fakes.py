"""A host's side of an action: a session that answers from a table, and a context that remembers what was shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, UndefinedError

from runner.contracts import Reply, Value
from runner.errors import InputError, RunnerError
from runner.platforms import Platform, platform_of

CONFIGURABLE = ("cisco_ios", "cisco_xe", "cisco_nxos", "cisco_xr", "arista_eos", "juniper_junos", "linux")

Answer = Reply | Exception | str

_JINJA = Environment(undefined=StrictUndefined)  # noqa: S701 - expressions have values, not HTML


@dataclass
class TableSession:
    """Answers each command from `answers`; a text is the output, a Reply or an exception is itself.

    A list holds the answers to that command one after the other; its last one stays.
    """

    answers: Mapping[str, Answer | list[Answer]]
    sent: list[tuple[str, float | None, str | None, str | None]] = field(default_factory=list)
    leaving: Exception | None = None

    @property
    def texts(self) -> list[str]:
        """What was sent, without the options."""
        return [text for text, *_ in self.sent]

    def send(self, command: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        self.sent.append((command, timeout, prompt, answer))
        found = self.answers[command]
        if isinstance(found, list):
            found = found.pop(0) if len(found) > 1 else found[0]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Reply) else Reply(command=command, output=found, duration_seconds=0.5)

    @contextmanager
    def configuring(self) -> Iterator[TableSession]:
        """The same table answers in configuration mode; entering and leaving it is seen in `sent`."""
        self.sent.append(("(enter)", None, None, None))
        try:
            yield self
        finally:
            self.sent.append(("(leave)", None, None, None))
        if self.leaving is not None:
            raise self.leaving


@dataclass
class Context:
    """An ActionContext over plain values."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    table: TableSession | None = None
    item: Any = None
    host: Mapping[str, Any] = field(default_factory=lambda: {"name": "r1"})
    shown: list[tuple[str, str]] = field(default_factory=list)
    platform: Platform = field(default_factory=lambda: platform_of("cisco_ios"))
    root: Path = field(default_factory=Path)
    nornir_task: Any = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    answers: list[str] = field(default_factory=list)
    waited: list[float] = field(default_factory=list)

    @property
    def session(self) -> TableSession:
        if self.table is None:
            raise RuntimeError("no session was asked for")
        return self.table

    def evaluate(self, expression: str) -> Any:
        try:
            value = _JINJA.compile_expression(expression, undefined_to_none=False)(**self.variables)
            if isinstance(value, StrictUndefined):
                str(value)
        except UndefinedError as error:
            raise InputError(str(error), hint="define it") from error
        return value

    def show(self, text: str, *, title: str = "") -> None:
        self.shown.append((text, title))

    def reveal(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: self.reveal(each) for key, each in value.items()}
        return self.secrets.get(value, value) if isinstance(value, str) else value

    def login(self) -> Mapping[str, Any]:
        return {"hostname": "127.0.0.1", "port": 22, "username": "admin", "password": "admin", "platform": self.platform.name}

    def once_per_batch(self, work: Callable[[], Value]) -> Value:
        return work()

    def ask(self, question: str) -> str:
        if not self.answers:
            raise RunnerError("nobody can be asked")
        return self.answers.pop(0)

    def wait(self, seconds: float) -> None:
        self.waited.append(seconds)
