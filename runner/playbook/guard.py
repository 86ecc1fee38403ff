"""Keeps templates from doing anything with a secret but putting it into text: planning does not know it, so every answer would be wrong."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any

from runner.secret import holds_marker, without_markers

_CARRIES = "attr batch d default first items join last length count list map reject rejectattr reverse select selectattr slice"
CARRIES = frozenset(_CARRIES.split())
"""Filters that leave the entries of a list or mapping as they are, so that secrets may be among them."""
_LOOKS_OUTSIDE = "mapping iterable sequence string number integer float boolean none callable failed success succeeded changed skipped"
LOOKS_OUTSIDE = frozenset(_LOOKS_OUTSIDE.split())
"""Tests that look at the kind of a value, or at the outcome of a task."""
FREE = frozenset({"defined", "undefined"})
HINT = "its value is fetched when the run starts; put it into a text as it is, with {{ }} or ~"

_NAME = re.compile(r"<secret (\w+)>")


class SecretTouched(Exception):
    """A template does something with a secret that needs its value; the message is a sentence."""


def check_text(value: Any, what: str) -> None:
    """Refuse a text with a secret in it."""
    if isinstance(value, str) and holds_marker(value):
        found = _NAME.search(without_markers(value))
        name = f"secret '{found[1]}'" if found else "a secret"
        raise SecretTouched(f"{what} cannot be used on {name}, nor on a text that holds it")


def check_all(value: Any, what: str) -> None:
    """Refuse a value that has a text with a secret anywhere inside it."""
    stack = [value]
    while stack:
        each = stack.pop()
        if isinstance(each, str):
            check_text(each, what)
        elif isinstance(each, Mapping):
            stack.extend(each.keys())
            stack.extend(each.values())
        elif isinstance(each, list | tuple | set | frozenset):
            stack.extend(each)


def guarded(kind: str, name: str, function: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """A filter or test that refuses secrets, while `active` says that there are any."""
    if name in FREE:
        return function
    skip = 1 if hasattr(function, "jinja_pass_arg") else 0
    what = f"{kind} '{name}'"
    first = check_text if name in (CARRIES if kind == "filter" else LOOKS_OUTSIDE) else check_all

    @functools.wraps(function)
    def checked(*args: Any, **kwargs: Any) -> Any:
        if active():
            if args[skip:]:
                first(args[skip], what)
            for each in (*args[skip + 1 :], *kwargs.values()):
                check_all(each, what)
        return function(*args, **kwargs)

    return checked
