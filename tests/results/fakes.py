"""A result handler's side of a run, over plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jinja2 import Environment, StrictUndefined, UndefinedError

from runner.errors import InputError, RunnerError

_JINJA = Environment(undefined=StrictUndefined)  # noqa: S701 - expressions have values, not HTML


@dataclass
class Context:
    """A HandlerContext that remembers what was registered and shown."""

    output: str = ""
    command: str = "show version"
    parsed: Any = None
    platform: str | None = "cisco_ios"
    output_dir: Path = Path("nowhere")
    root: Path = Path("nowhere")
    task: str = "a task"
    truncated: bool = False
    claims: dict[str, str] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)
    host: Mapping[str, Any] = field(default_factory=lambda: {"name": "r1"})
    registered: dict[str, Any] = field(default_factory=dict)
    shown: list[tuple[str, str]] = field(default_factory=list)

    def evaluate(self, expression: str) -> Any:
        names = {"host": self.host, "command": self.command, "output": self.output, "parsed": self.parsed, **self.registered}
        try:
            return _JINJA.compile_expression(expression, undefined_to_none=False)(**names)
        except UndefinedError as error:
            raise InputError(str(error)) from error

    def render(self, text: str) -> str:
        try:
            return _JINJA.from_string(text).render(host=self.host, command=self.command, output=self.output, parsed=self.parsed)
        except UndefinedError as error:
            raise InputError(str(error)) from error

    def set_parsed(self, value: Any) -> None:
        self.parsed = value

    def register(self, name: str, value: Any) -> None:
        self.registered[name] = value

    def saved(self, place: str) -> None:
        self.files.append(place)

    def claim(self, place: str) -> None:
        if place in self.claims:
            raise RunnerError(f"{place} is taken")
        self.claims[place] = self.command

    def show(self, text: str, *, title: str = "") -> None:
        self.shown.append((text, title))
