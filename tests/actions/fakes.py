"""A host's side of an action: a session that answers from a table, and a context that remembers what was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment, StrictUndefined, UndefinedError

from runner.contracts import Reply
from runner.errors import InputError

_JINJA = Environment(undefined=StrictUndefined)  # noqa: S701 - expressions have values, not HTML


@dataclass
class TableSession:
    """Answers each command from `answers`; a text is the output, a Reply or an exception is itself."""

    answers: Mapping[str, Reply | Exception | str]
    sent: list[tuple[str, float | None, str | None, str | None]] = field(default_factory=list)

    def send(self, command: str, *, timeout: float | None = None, prompt: str | None = None, answer: str | None = None) -> Reply:
        self.sent.append((command, timeout, prompt, answer))
        found = self.answers[command]
        if isinstance(found, Exception):
            raise found
        return found if isinstance(found, Reply) else Reply(command=command, output=found, duration_seconds=0.5)


@dataclass
class Context:
    """An ActionContext over plain values."""

    variables: Mapping[str, Any] = field(default_factory=dict)
    table: TableSession | None = None
    item: Any = None
    host: Mapping[str, Any] = field(default_factory=lambda: {"name": "r1"})
    shown: list[tuple[str, str]] = field(default_factory=list)

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
