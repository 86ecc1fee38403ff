"""What the action and the result handler `python` do alike: which arguments a user's function is given, what it may not return."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from runner.planning.import_paths import asked_for


def check_args(args: Mapping[str, Any], offered: Iterable[str]) -> None:
    """Refuse arguments that go by the name of an offered one. Raises ValueError."""
    taken = sorted(set(args) & set(offered))
    if taken:
        raise ValueError(f"has '{taken[0]}' in `args`, which the function is given by itself; choose another name")


def offered_by(context: object, function: Callable[..., Any], offered: Iterable[str]) -> dict[str, Any]:
    """Those of the offered arguments that the function's signature names: fields of the context, or as `context` itself."""
    return {name: context if name == "context" else getattr(context, name) for name in asked_for(function, offered)}


def unfinished(value: Any, path: str) -> str:
    """Why what a function returned is no result, as a sentence that names the function's import path; empty when it is one."""
    if not inspect.isawaitable(value) and not inspect.isgenerator(value):
        return ""
    if inspect.iscoroutine(value):
        value.close()  # else Python warns on the user's terminal that nobody waited for it
    return f"'{path}' returned a {type(value).__name__}, which has done nothing yet"
