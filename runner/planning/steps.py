"""From a task as written to what it does on one host: variables bound, condition decided, loop unrolled, arguments rendered.

Planning calls this for every host before anything is touched; execution calls the very same functions, at run time, for the
tasks that waited for a registered result.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from runner.documents.scalars import kind
from runner.planning.plan import PlannedTask, Round, Step
from runner.playbook.model import DataPath
from runner.playbook.render import TemplateError, Templates, is_template
from runner.secret import holds_marker


class StepError(Exception):
    """A template of a task cannot be rendered: `error` says why, `path` where it stands in the playbook.

    `file` is the template file that it happened in, as the playbook names it; empty where it was in the playbook itself.
    """

    def __init__(self, path: DataPath, error: TemplateError, *, file: str = "") -> None:
        super().__init__(str(error))
        self.path = path
        self.error = error
        self.file = file


ReadFile = Callable[[str], str]
"""Gives the text of a template file by its name in the playbook; raises TemplateError when there is none."""


def names_in(task: PlannedTask, expressions: frozenset[str], templates: Templates) -> frozenset[str]:
    """Every variable the task's condition, loop and arguments mention; those of its result handlers are not among them.

    Raises StepError for a template that does not parse.
    """
    found: set[str] = set()
    for path, text, is_expression in templates_in(task, expressions):
        try:
            found |= templates.expression_names(text) if is_expression else templates.names(text)
        except TemplateError as error:
            raise StepError(path, error) from error
    return frozenset(found) - {"item"} if task.loop is not None else frozenset(found)


def closure(wanted: frozenset[str], written: Mapping[str, Any], templates: Templates) -> frozenset[str]:
    """The wanted names and every name that the values of the variables in `written` need for them. Raises TemplateError."""
    found: set[str] = set()
    open_ = set(wanted)
    while open_:
        name = open_.pop()
        found.add(name)
        if name in written:
            open_ |= templates.names(written[name]) - found
    return frozenset(found)


def bind(written: Mapping[str, Any], scope: Mapping[str, Any], wanted: frozenset[str], templates: Templates) -> dict[str, Any]:
    """The scope with the wanted ones of the variables in `written`, whose values may be templates of each other.

    Raises:
        TemplateError: a variable is undefined, or defined by itself.
    """
    if not any(name in written for name in wanted):
        return dict(scope)
    bound, busy, done = dict(scope), set[str](), set[str]()

    def need(name: str) -> None:
        if name in done or name not in written:
            return
        if name in busy:
            raise TemplateError(f"variable '{name}' is defined by itself")
        busy.add(name)
        for other in sorted(templates.names(written[name])):
            need(other)
        bound[name] = templates.render(written[name], bound)
        done.add(name)

    for name in sorted(wanted):
        need(name)
    return bound


def expand(
    task: PlannedTask,
    written: Mapping[str, Any],
    scope: Mapping[str, Any],
    expressions: frozenset[str],
    templates: Templates,
    read: ReadFile | None = None,
    wanted: frozenset[str] | None = None,
) -> Step:
    """The rounds of a task; `written` are variables of play and task that are still to be rendered, which may use `item`.

    `read` gives the template files that the task names; without it those that the plan holds. `wanted` is what `names_in` finds,
    for who knows it already.

    Raises StepError.
    """
    bench = _Bench(task, written, scope, expressions, templates, read or _planned_files(task))
    wanted = names_in(task, expressions, templates) if wanted is None else wanted
    if task.loop is None:
        return Step(rounds=(bench.round(None, bench.bound(wanted)),))
    items = _render(task.loop, bench.bound(templates.names(task.loop)), templates, (*task.at, "loop"))
    if not isinstance(items, list | tuple):
        message = f"loop needs a list, and this is {kind(items)}"
        raise StepError((*task.at, "loop"), TemplateError(message))
    return Step(rounds=tuple(bench.round(item, bench.bound(wanted, item=item)) for item in items))


def _planned_files(task: PlannedTask) -> ReadFile:
    def read(name: str) -> str:
        if name not in task.files:
            raise TemplateError(f"the template '{name}' was not known when the run was planned", hint="name it without registered results")
        return task.files[name]

    return read


@dataclass(frozen=True)
class _Bench:
    """What expanding a task for one host works with."""

    task: PlannedTask
    written: Mapping[str, Any]
    scope: Mapping[str, Any]
    expressions: frozenset[str]
    templates: Templates
    read: ReadFile

    def bound(self, names: frozenset[str], **more: Any) -> dict[str, Any]:
        """The names with values and, of those still to be rendered, these."""
        try:
            return bind(self.written, {**self.scope, **more} if more else self.scope, names, self.templates)
        except TemplateError as error:
            raise StepError(self.task.at, error) from error

    def round(self, item: Any, scope: Mapping[str, Any]) -> Round:
        """One run of the action."""
        task, templates = self.task, self.templates
        label = str(item) if item is not None else ""
        if task.label is not None and task.loop is not None:
            label = str(_render(task.label, scope, templates, (*task.at, "loop_control", "label")))
        for position, condition in enumerate(task.when):
            path = (*task.at, "when", position) if len(task.when) > 1 else (*task.at, "when")
            if not _holds(condition, scope, templates, path):
                return Round(item=item, label=label, skip=f"'{condition}' is false")
        at = (*task.at, task.action)
        if not isinstance(task.raw, dict):
            return Round(item=item, label=label, arguments=_render(task.raw, scope, templates, at))
        arguments = {key: self._argument(key, value, scope, (*at, key)) for key, value in task.raw.items()}
        return Round(item=item, label=label, arguments=arguments)

    def _argument(self, key: str, value: Any, scope: Mapping[str, Any], path: DataPath) -> Any:
        if key in self.expressions:
            for text in _texts(value):
                (_holds if key in self.task.conditions else _evaluate)(text, scope, self.templates, path)
            return value
        rendered = _render(value, scope, self.templates, path)
        if key in self.task.file_arguments and isinstance(rendered, str):
            return self._from_file(rendered, scope, path)
        return rendered

    def _from_file(self, name: str, scope: Mapping[str, Any], path: DataPath) -> str:
        """The rendered text of a template file."""
        try:
            source = self.read(name)
        except TemplateError as error:
            raise StepError(path, error) from error
        try:
            item = {"item": scope["item"]} if "item" in scope else {}
            return self.templates.render_file(source, {**scope, **self.bound(self.templates.file_names(source), **item)})
        except TemplateError as error:
            raise StepError(path, error, file=name) from error


def has_template(value: Any) -> bool:
    """Whether any text in the value is a template."""
    return any(is_template(text) for _, text, _ in _texts_in((), value))


def tolerates(value: Any, name: str) -> bool:
    """Whether every text that mentions an undefined name does so only to ask whether it is defined, or with a default."""
    asks = re.compile(rf"\b{re.escape(name)}\b[\w.\[\]'\"]*\s*(?:is\s+(?:not\s+)?(?:un)?defined\b|\|\s*d(?:efault)?\b)")
    texts = [text for _, text, _ in _texts_in((), value) if re.search(rf"\b{re.escape(name)}\b", text)]
    return all(asks.search(text) for text in texts)


def _render(value: Any, scope: Mapping[str, Any], templates: Templates, path: DataPath) -> Any:
    """Render the texts of a tree; an error knows the very place."""
    if isinstance(value, dict):
        return {key: _render(entry, scope, templates, (*path, key)) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_render(entry, scope, templates, (*path, position)) for position, entry in enumerate(value)]
    if not isinstance(value, str):
        return value
    try:
        return templates.render(value, scope)
    except TemplateError as error:
        raise StepError(path, error) from error


def _evaluate(expression: str, scope: Mapping[str, Any], templates: Templates, path: DataPath) -> Any:
    try:
        return templates.evaluate(expression, scope)
    except TemplateError as error:
        raise StepError(path, error) from error


def _holds(condition: str, scope: Mapping[str, Any], templates: Templates, path: DataPath) -> bool:
    value = _evaluate(condition, scope, templates, path)
    if isinstance(value, str) and holds_marker(value):
        raise StepError(path, TemplateError("a condition cannot be a secret: its value is fetched when the run starts"))
    return bool(value)


def _texts(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list | tuple) else (value,)
    return tuple(entry for entry in entries if isinstance(entry, str))


def templates_in(task: PlannedTask, expressions: frozenset[str]) -> Iterator[tuple[DataPath, str, bool]]:
    """Each text of the task that may hold names: its path, the text, whether it is an expression."""
    for condition in task.when:
        yield (*task.at, "when"), condition, True
    yield from _texts_in((*task.at, "loop"), task.loop)
    yield from _texts_in((*task.at, "loop_control", "label"), task.label)
    at = (*task.at, task.action)
    if not isinstance(task.raw, dict):
        yield from _texts_in(at, task.raw)
        return
    for key, value in task.raw.items():
        if key in expressions:
            for text in _texts(value):
                yield (*at, key), text, True
        else:
            yield from _texts_in((*at, key), value)


def _texts_in(path: DataPath, value: Any) -> Iterator[tuple[DataPath, str, bool]]:
    if isinstance(value, str):
        yield path, value, False
    elif isinstance(value, dict):
        for key, entry in value.items():
            yield from _texts_in((*path, key), entry)
    elif isinstance(value, list | tuple):
        for position, entry in enumerate(value):
            yield from _texts_in((*path, position), entry)
