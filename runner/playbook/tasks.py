"""A task out of data: its keywords, its one action, its result handlers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from runner.documents.fields import keys_of
from runner.documents.model import Document
from runner.documents.scalars import kind
from runner.documents.suggest import did_you_mean
from runner.documents.validate import DataPath, validate_sound
from runner.errors import Problem
from runner.playbook.habits import TASK
from runner.playbook.keys import known_keys
from runner.playbook.model import HandlerCall, Task, TaskKeywords
from runner.playbook.names import check_variables, wrong_name

_KEYWORDS = keys_of(TaskKeywords)


class TaskReader:
    """Reads the tasks of one document. `problems` and `lost` grow as it reads."""

    def __init__(self, document: Document, actions: Collection[str], handlers: Collection[str]) -> None:
        self._document = document
        self._actions = tuple(sorted(actions))
        self._handlers = tuple(sorted(handlers))
        self.problems: list[Problem] = []
        self.lost: set[str] = set()

    def tasks(self, data: Any, at: DataPath) -> tuple[Task, ...]:
        """The tasks that can be understood."""
        if not isinstance(data, list) or not data:
            wrong = "'tasks' has no entries" if data in (None, []) else f"'tasks' must be a list, not {kind(data)}"
            self._add(wrong, at, hint="begin each task with '- '", key=data is None)
            return ()
        return tuple(task for number, each in enumerate(data) if (task := self._task(each, (*at, number))))

    def _task(self, data: Any, at: DataPath) -> Task | None:
        if not isinstance(data, dict):
            self._add(f"a task is a mapping with an action, not {kind(data)}", at, hint="write '- commands: ...'")
            return None
        listed = f"actions: {', '.join(self._actions)}; keywords of a task: {', '.join(_KEYWORDS)}"
        found, problems = known_keys(data, (*_KEYWORDS, *self._actions), TASK, self._document, at, listed=listed)
        self.problems += problems
        handlers = self._calls(found.pop("on_result", []), (*at, "on_result"))
        self._names(found, at)
        action = self._action(found, at, silent=bool(problems))
        if action is None:
            self._lose(found, handlers)
            return None
        keywords = {key: value for key, value in found.items() if key in _KEYWORDS}
        task = {**keywords, "action": action, "arguments": found[action], "on_result": handlers, "at": at}
        made, problems = validate_sound(Task, task, self._document, at)
        self.problems += problems
        return made

    def _action(self, found: dict[str, Any], at: DataPath, *, silent: bool) -> str | None:
        """The one action among the keys. `silent`: an unknown key may have been meant as the action and has its problem already."""
        actions = [key for key in found if key in self._actions]
        if not actions and not silent:
            self._add("the task has no action", at, hint=f"add one of: {', '.join(self._actions)}")
        for second in actions[1:]:
            self._add(f"a task has one action, but here are '{actions[0]}' and '{second}'", (*at, second), hint="make two tasks", key=True)
        return actions[0] if actions else None

    def _names(self, found: dict[str, Any], at: DataPath) -> None:
        check_variables(found.get("vars"), self._document, (*at, "vars"), self.problems)
        name = found.get("register")
        if isinstance(name, str) and (wrong := wrong_name(name)):
            self._add(wrong, (*at, "register"), hint="choose another name")
            del found["register"]

    def _lose(self, found: dict[str, Any], handlers: tuple[HandlerCall, ...]) -> None:
        """Remember what a task that is left out would have registered."""
        names = [found.get("register"), *(_registered(call) for call in handlers)]
        self.lost.update(name for name in names if isinstance(name, str))

    def _calls(self, data: Any, at: DataPath) -> tuple[HandlerCall, ...]:
        if not isinstance(data, list):
            self._add(f"'on_result' must be a list, not {kind(data)}", at, hint="begin each result handler with '- '")
            return ()
        return tuple(call for number, each in enumerate(data) if (call := self._call(each, (*at, number))))

    def _call(self, data: Any, at: DataPath) -> HandlerCall | None:
        if isinstance(data, str):
            data = {data: None}
        if not isinstance(data, dict):
            self._add(f"an entry of 'on_result' is the name of a result handler with its arguments, not {kind(data)}", at)
            return None
        names = [key for key in data if key in self._handlers]
        self._unknown_handlers(data, names, at)
        for second in names[1:]:
            wrong = f"an entry holds one result handler, but here are '{names[0]}' and '{second}'"
            self._add(wrong, (*at, second), hint="begin each with '- '", key=True)
        commands = data.get("commands")
        if commands is not None and not isinstance(commands, str):
            self._add(f"'commands' of a result handler is one text, a glob such as show ip *, not {kind(commands)}", (*at, "commands"))
            commands = None
        if not names:
            return None
        beside = {key: value for key, value in data.items() if key not in (*self._handlers, "commands")}
        arguments = beside or None if data[names[0]] is None else data[names[0]]  # what stands beside was meant to be inside
        call = HandlerCall(name=names[0], arguments=arguments, commands=commands, at=at)
        register = _registered(call)
        if isinstance(register, str) and (wrong := wrong_name(register)):
            self._add(wrong, (*at, names[0], "register"), hint="choose another name")
        return call

    def _unknown_handlers(self, data: dict[str, Any], names: list[str], at: DataPath) -> None:
        unknown = [key for key in data if key not in names and key != "commands"]
        for key in unknown:
            if names and data[names[0]] is None:
                self._add(f"'{key}' stands beside '{names[0]}', not inside it", (*at, key), hint="indent it further", key=True)
                continue
            hint = did_you_mean(key, (*self._handlers, "commands")) or f"result handlers: {', '.join(self._handlers)}"
            self._add(f"there is no result handler '{key}'", (*at, key), hint=hint, key=True)
        if not names and not unknown:
            self._add("the entry names no result handler", at, hint=f"add one of: {', '.join(self._handlers)}")

    def _add(self, message: str, at: DataPath, *, hint: str = "", key: bool = False) -> None:
        self.problems.append(self._document.problem(message, at, hint=hint, key=key))


def _registered(call: HandlerCall) -> Any:
    return call.arguments.get("register") if isinstance(call.arguments, dict) else None
