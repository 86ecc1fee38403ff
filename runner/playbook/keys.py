"""Sorts the keys of a play or task into those that exist and those that do not, with advice for the latter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from runner.documents.model import Document
from runner.documents.suggest import nearest
from runner.documents.validate import DataPath
from runner.errors import Problem
from runner.playbook.habits import advice


def known_keys(
    data: dict[str, Any], known: Sequence[str], habits: dict[str, str], document: Document, at: DataPath, *, listed: str
) -> tuple[dict[str, Any], list[Problem]]:
    """The entries whose keys exist, and a problem for each other key.

    A misspelt key counts as the one that was probably meant, so that it causes no second problem further on.

    Arguments:
        known: the keys that exist; `habits` is advice for keys that do not.
        listed: what to say about a key that resembles nothing.
    """
    found = {key: value for key, value in data.items() if key in known}
    problems = []
    for key, value in data.items():
        if key in known:
            continue
        tail = key.rpartition(".")[2]
        hint = f"write '{tail}'" if tail in known else advice(key, habits)
        meant = tail if tail in known else None if hint else nearest(key, known)
        if key.startswith("with_"):
            found.setdefault("loop", value if isinstance(value, list | str) else [])
        if meant:
            hint = hint or f"did you mean '{meant}'?"
            found.setdefault(meant, value)
        problems.append(document.problem(f"unknown key '{key}'", (*at, key), hint=hint or listed, key=True))
    return found, problems
