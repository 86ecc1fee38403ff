"""How a login value is written in an inventory: as it is, or as a reference to where it really stands."""

from __future__ import annotations

import re

from runner.errors import Where
from runner.inventory.model import Reference
from runner.secret import Secret

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFUSED = ("cmd", "file")
_EXPLANATION = (
    "nothing in an inventory may run a program or read a file: define it in your own configuration as "
    "[credentials.NAME] and write `credential: NAME` here"
)


def reference_problem(text: str) -> tuple[str, str]:
    """What is wrong with a reference, as a message that never quotes the text (it may be a password), and a hint; else two empty texts."""
    kind, colon, rest = text.partition(":")
    if not text:
        return "is empty", "leave it out, or write env:NAME or keyring:SERVICE/USER"
    if colon and kind in _REFUSED:
        return f"begins with `{kind}:`, which an inventory cannot use", _EXPLANATION
    if colon and kind == "env" and not _VARIABLE.fullmatch(rest):
        return "begins with `env:` but no name of a variable follows", "write env:NAME, with letters, digits and underscores"
    if colon and kind == "keyring" and not all(rest.rpartition("/")):
        return "begins with `keyring:` but no SERVICE/USER follows", "write keyring:SERVICE/USER"
    return "", ""


def parse_reference(text: str, where: Where | None) -> Reference:
    """The reference that a checked text is; anything that names no provider is the value itself."""
    where = where and Where(file=where.file, line=where.line, column=where.column)
    kind, colon, rest = text.partition(":")
    if colon and kind == "env":
        return Reference(kind="env", name=rest, where=where)
    if colon and kind == "keyring":
        return Reference(kind="keyring", name=rest, where=where)
    return Reference(kind="plain", value=Secret(text), where=where)
