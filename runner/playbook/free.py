"""Which places of a playbook hold the user's own data, where a key may be a number."""

from __future__ import annotations

from runner.documents.fields import keys_of
from runner.documents.validate import DataPath
from runner.playbook.model import TaskKeywords

_KEYWORDS = frozenset(keys_of(TaskKeywords))


def is_free(path: DataPath) -> bool:
    """The value of a variable, a loop, and the value of a plugin's argument; where its model names keys, the model refuses numbers."""
    match path:
        case (_, "vars", _, *_) | (_, "tasks", _, "vars", _, *_) | (_, "tasks", _, "loop", *_):
            return True
        case (_, "tasks", _, "on_result", _, str(), str(), *_):
            return True
        case (_, "tasks", _, str(action), str(), *_):
            return action not in _KEYWORDS
    return False
