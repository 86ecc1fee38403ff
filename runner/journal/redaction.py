"""Keeps secrets out of what is told: the free texts of an event, masked before anyone stores or shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any, TypeVar

from runner.events import Event

Redact = Callable[[str], str]
"""Masks the known secrets in a text; `runner.secret.Redactor` is one."""

E = TypeVar("E", bound=Event)

_FREE_TEXT = frozenset({"reason", "hint", "message", "text", "title", "command", "diff"})


def unchanged(text: str) -> str:
    """The redaction where there is no secret to look for."""
    return text


def redacted(event: E, redact: Redact) -> E:
    """The event with its free texts masked. Outputs are not touched here: they are masked where they are stored."""
    old = {field.name: getattr(event, field.name) for field in fields(event) if field.name in _FREE_TEXT}
    new: dict[str, Any] = {name: redact(text) for name, text in old.items() if text}
    return replace(event, **new) if any(old[name] != text for name, text in new.items()) else event
