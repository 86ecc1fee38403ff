"""Tells editors that an action's arguments may also be written as one text."""

from __future__ import annotations

from typing import Any


def text_or_mapping(schema: dict[str, Any]) -> None:
    """Change a mapping's JSON Schema, in place, so that it allows a text instead."""
    mapping = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"type": "string"}, mapping]
