"""Words that YAML 1.1 reads as true, false or a number and that are text here: whoever comes from Ansible is told, once for each place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import yaml

from runner.documents.model import Document, Doubt
from runner.errors import Problem

SHOWN = 5
"""Places told for one file; the rest is counted."""

_LONGEST = 300
_KINDS = frozenset(f"tag:yaml.org,2002:{kind}" for kind in ("bool", "int", "float"))
_RULES: Any = yaml.SafeLoader.yaml_implicit_resolvers  # by first character: tags and regular expressions


def is_doubtful(word: str) -> bool:
    """Whether YAML 1.1, as PyYAML and so Ansible and Nornir's users know it, takes an unquoted word for something that is no text."""
    rules = _RULES.get(word[:1], ()) if len(word) <= _LONGEST else ()
    return bool(rules) and any(tag in _KINDS and rule.match(word) for tag, rule in rules)


def doubts_of(document: Document, matters: Callable[[tuple[str | int, ...]], bool]) -> tuple[Problem, ...]:
    """Warnings about the doubtful words at places that matter: those where any value is allowed, so that no schema decides."""
    found = [doubt for doubt in document.doubts if matters(doubt.path)]
    warnings = [_warning(doubt, document) for doubt in found[:SHOWN]]
    if len(found) > SHOWN:
        message = f"from here on {len(found) - SHOWN} more that are text, but not for older YAML (Ansible)"
        warnings.append(Problem(message=message, where=document.located(found[SHOWN].where), hint="put them in quotes"))
    return tuple(warnings)


def _warning(doubt: Doubt, document: Document) -> Problem:
    where = document.located(doubt.where)
    if not where.text.startswith(doubt.word, where.column - 1):  # the line is masked there: it may be a secret
        return Problem(message="this is text, but older YAML (Ansible) reads it as something else", where=where, hint="put it in quotes")
    other = _older(doubt.word)
    message = f"'{doubt.word}' is text, but older YAML (Ansible) reads it as {other}"
    return Problem(message=message, where=where, hint=f'write "{doubt.word}" to mean the text, or {other}')


def _older(word: str) -> str:
    try:
        value = yaml.safe_load(word)
    except ValueError:  # such as 0b_, which PyYAML takes for a number that it then cannot read
        return "a number"
    return str(value).lower()
