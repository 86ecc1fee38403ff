"""Which names a variable may have."""

from __future__ import annotations

import re
from typing import Any

from runner.documents.model import Document
from runner.documents.validate import DataPath
from runner.errors import Problem

_RESERVED = "vars host item command output parsed inventory_hostname group_names groups hostvars omit playbook_dir range dict namespace"
RESERVED = frozenset(_RESERVED.split())
"""Names that are set for every task or result, or that templates need."""

_WORDS = "and or not in is if else true false none True False None loop self caller varargs kwargs"
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def wrong_name(name: str) -> str:
    """Why a variable cannot have this name; empty when it can."""
    if not _IDENTIFIER.fullmatch(name):
        return f"'{name}' cannot be the name of a variable: letters, digits and _ are allowed, with a letter first"
    if name in RESERVED:
        return f"'{name}' cannot be the name of a variable: the runner sets it itself"
    if name in _WORDS.split():
        return f"'{name}' cannot be the name of a variable: templates use it as a word of their own"
    return ""


def check_variables(variables: Any, document: Document, at: DataPath, problems: list[Problem]) -> None:
    """Add a problem for each variable of a mapping that cannot have its name."""
    for name in variables if isinstance(variables, dict) else ():
        if wrong := wrong_name(name):
            problems.append(document.problem(wrong, (*at, name), hint="choose another name", key=True))
