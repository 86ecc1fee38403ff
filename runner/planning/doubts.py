"""Values of a playbook that older YAML reads differently, where no schema says what they are."""

from __future__ import annotations

from collections.abc import Sequence

from runner.documents.fields import takes_anything
from runner.documents.model import Document
from runner.documents.older import doubts_of
from runner.errors import InputError, Problem
from runner.planning.registries import Registries
from runner.playbook.model import DataPath


def doubts_in_playbook(document: Document, registries: Registries) -> tuple[Problem, ...]:
    """Warnings about variables, loops, and arguments of actions and result handlers that may be any value."""
    return doubts_of(document, lambda path: _matters(path, registries))


def _matters(path: DataPath, registries: Registries) -> bool:
    match path:
        case (_, "vars", _, *_) | (_, "tasks", _, "vars", _, *_) | (_, "tasks", _, "loop", *_):
            return True
        case (_, "tasks", _, "on_result", _, str(name), *rest) if name in registries.handlers.names:
            return _any_value(registries, name, rest, of_action=False)
        case (_, "tasks", _, str(name), *rest) if name in registries.actions.names:
            return _any_value(registries, name, rest, of_action=True)
    return False


def _any_value(registries: Registries, name: str, path: Sequence[str | int], *, of_action: bool) -> bool:
    try:
        plugin = registries.actions.get(name) if of_action else registries.handlers.get(name)
    except InputError:  # of a task that the tags leave out; whoever runs it is told
        return False
    return takes_anything(plugin.arguments, path)
