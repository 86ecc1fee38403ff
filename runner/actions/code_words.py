"""Puts what a user's code gives or raises into text."""

from __future__ import annotations

import json
from typing import Any

AT_MOST = 300
"""Characters of an exception's words that a reason shows."""


def in_words(error: BaseException) -> str:
    """An exception in one line: its kind, and what it says."""
    said = " ".join(str(error).split())
    if len(said) > AT_MOST:
        said = f"{said[: AT_MOST - 3]}..."
    return f"{type(error).__name__}: {said}" if said else type(error).__name__


def text_of(value: Any) -> str:
    """Text as it is, nothing as nothing, any other value as JSON."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    try:
        return json.dumps(value, indent=2, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):  # keys that are no text, circles
        return repr(value)
