"""A play out of data: its keywords checked, its tasks read, everything that is wrong put on a list."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from runner.batches import parse_batch_size
from runner.documents.fields import keys_of
from runner.documents.model import Document
from runner.documents.scalars import kind
from runner.documents.validate import DataPath, validate_sound
from runner.errors import Problem
from runner.playbook.habits import PLAY
from runner.playbook.keys import known_keys
from runner.playbook.model import Play
from runner.playbook.names import check_variables, wrong_name
from runner.playbook.render import is_template
from runner.playbook.secret_references import REFERENCES, secret_problem
from runner.playbook.tasks import TaskReader

_KEYWORDS = (*keys_of(Play), "serial")


class PlayReader:
    """Reads the plays of one document. `problems` and `lost` grow as it reads."""

    def __init__(self, document: Document, actions: Collection[str], handlers: Collection[str]) -> None:
        self._document = document
        self._tasks = TaskReader(document, actions, handlers)
        self.problems: list[Problem] = self._tasks.problems
        self.lost: set[str] = self._tasks.lost

    def play(self, data: Any, at: DataPath) -> Play | None:
        """The play without the keywords that are wrong; None when its hosts cannot be known."""
        if not isinstance(data, dict):
            self._add(f"a play is a mapping with 'hosts' and 'tasks', not {kind(data)}", at)
            return None
        listed = f"keywords of a play: {', '.join(_KEYWORDS)}"
        found, problems = known_keys(data, _KEYWORDS, PLAY, self._document, at, listed=listed)
        self.problems += problems
        tasks = self._tasks.tasks(found.pop("tasks"), (*at, "tasks")) if "tasks" in found else self._no_tasks(at)
        self._batch_size(found, at)
        if found.get("hosts") in ("", []):
            self._add("'hosts' is empty", (*at, "hosts"), hint="write a host pattern; all means every host")
            del found["hosts"]
            found["hosts"] = ()
        check_variables(found.get("vars"), self._document, (*at, "vars"), self.problems)
        self._secrets(found, at)
        play, problems = validate_sound(Play, {**found, "at": at}, self._document, at)
        self.problems += problems
        return play.model_copy(update={"tasks": tasks}) if play and play.hosts else None

    def _batch_size(self, found: dict[str, Any], at: DataPath) -> None:
        """Check `batch_size` and its alias `serial`, and leave only the former."""
        if "serial" in found and "batch_size" in found:
            self._add("'serial' is another word for 'batch_size', and both are given", (*at, "serial"), hint="keep one of them", key=True)
            del found["serial"]
        key = "serial" if "serial" in found else "batch_size"
        value = found.pop(key, None)
        if value is None:
            return
        try:
            parse_batch_size(value)
            found["batch_size"] = value
        except ValueError as error:
            self._add(str(error), (*at, key))

    def _secrets(self, found: dict[str, Any], at: DataPath) -> None:
        """Keep the secrets that are references, or templates of some; no problem quotes a line of theirs, which may hold a password."""
        given = found.get("secrets")
        if not isinstance(given, dict):
            return
        sound = {}
        for name, value in given.items():
            if wrong := wrong_name(name) if isinstance(name, str) else f"'{name}' cannot be the name of a variable: it is a number":
                self._add(wrong, (*at, "secrets", name), hint="choose another name")
            elif not isinstance(value, str):
                self._add(f"secret '{name}' must be a reference, not {kind(value)}", (*at, "secrets", name), hint=REFERENCES)
            elif not is_template(value) and (wrong := secret_problem(value)):
                self._add(f"secret '{name}' {wrong}", (*at, "secrets", name), hint=REFERENCES)
            else:
                sound[name] = value
        found["secrets"] = sound

    def _no_tasks(self, at: DataPath) -> tuple[()]:
        self._add("'tasks' is missing: the play does nothing", at, hint="add 'tasks:'")
        return ()

    def _add(self, message: str, at: DataPath, *, hint: str = "", key: bool = False) -> None:
        self.problems.append(self._document.problem(message, at, hint=hint, key=key))
