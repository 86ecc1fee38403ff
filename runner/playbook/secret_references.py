"""How a playbook says where a secret comes from, and why it never holds one itself."""

from __future__ import annotations

from runner.errors import Where
from runner.inventory.model import Reference
from runner.inventory.references import parse_reference, reference_problem

REFERENCES = "write env:NAME, keyring:SERVICE/USER, or credential:NAME for the password of that credential of your own configuration"
"""What to write instead."""


def secret_problem(text: str) -> str:
    """What is wrong with the reference of a secret, as a clause that never quotes it; empty when it is one."""
    kind, colon, rest = text.partition(":")
    if colon and kind == "credential":
        return "" if rest.strip() else "begins with `credential:` but no name of a credential follows"
    wrong, _ = reference_problem(text)
    if wrong:
        return wrong.replace("an inventory", "a playbook")
    if parse_reference(text, None).kind == "plain":
        return "is plain text, which everybody who reads the playbook would know"
    return ""


def secret_reference(text: str, where: Where) -> Reference:
    """The reference that a text is in which `secret_problem` finds nothing wrong."""
    kind, colon, rest = text.partition(":")
    if colon and kind == "credential":
        return Reference(kind="credential", name=rest.strip(), where=Where(file=where.file, line=where.line, column=where.column))
    return parse_reference(text, where)
