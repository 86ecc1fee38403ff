"""Reads a file of variables that a play names, which must lie inside the project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runner.documents.load import read
from runner.documents.older import doubts_of
from runner.documents.scalars import kind
from runner.documents.text_keys import inside_top_level
from runner.errors import Problem
from runner.playbook.names import check_variables


def read_vars_file(
    path: Path, root: Path, *, shown: str | None = None, warnings: list[Problem] | None = None
) -> tuple[dict[str, Any], list[Problem]]:
    """The variables of a YAML file, and every problem with it; the variables are empty when it cannot be used.

    Arguments:
        path: the file; `shown` is how the user named it.
        root: the project's folder. A file that lies outside once links are followed is refused unread.
        warnings: takes what is odd but allowed.
    """
    shown = str(path) if shown is None else shown
    try:
        inside = path.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError, ValueError) as error:  # a link that leads to itself, a name with a NUL in it
        return {}, [Problem(message=f"'{shown}' cannot be read: {error}")]
    if not inside:
        message = f"'{shown}' lies outside the project's folder"
        return {}, [Problem(message=message, hint="files of variables must be below the folder with nornir-playbook.toml or .git")]
    document, problems = read(path.resolve(), shown=shown, free=inside_top_level)
    if document is None or document.data is None:
        return {}, problems
    if not isinstance(document.data, dict):
        message = f"a file of variables is a mapping of names to values, not {kind(document.data)}"
        return {}, [*problems, document.problem(message)]
    check_variables(document.data, document, (), problems)
    if warnings is not None:
        warnings.extend(doubts_of(document, inside_top_level))
    return document.data, problems
