"""From a task as written to what it does on one host: variables bound, condition decided, loop unrolled, arguments rendered.

Planning calls this for every host before anything is touched; execution calls the very same functions, at run time, for the
tasks that waited for a registered result.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from runner.documents.scalars import kind
from runner.planning.plan import PlannedTask, Round, Step
from runner.playbook.model import DataPath
from runner.playbook.render import TemplateError, Templates


class StepError(Exception):
    """A template of a task cannot be rendered: `error` says why, `path` where it stands in the playbook."""

    def __init__(self, path: DataPath, error: TemplateError) -> None:
        super().__init__(str(error))
        self.path = path
        self.error = error


def names_in(task: PlannedTask, expressions: frozenset[str], templates: Templates) -> frozenset[str]:
    """Every variable the task's condition, loop and arguments mention; those of its result handlers are not among them.

    Raises StepError for a template that does not parse.
    """
    found: set[str] = set()
    for path, text, is_expression in _templates_in(task, expressions):
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
    task: PlannedTask, written: Mapping[str, Any], scope: Mapping[str, Any], expressions: frozenset[str], templates: Templates
) -> Step:
    """The rounds of a task; `written` are variables of play and task that are still to be rendered, which may use `item`.

    Raises StepError.
    """
    wanted = names_in(task, expressions, templates)

    def bound(names: frozenset[str], **more: Any) -> dict[str, Any]:
        try:
            return bind(written, {**scope, **more}, names, templates)
        except TemplateError as error:
            raise StepError(task.at, error) from error

    if task.loop is None:
        return Step(rounds=(_round(task, None, bound(wanted), expressions, templates),))
    items = _render(task.loop, bound(templates.names(task.loop)), templates, (*task.at, "loop"))
    if not isinstance(items, list | tuple):
        message = f"loop needs a list, and this is {kind(items)}"
        raise StepError((*task.at, "loop"), TemplateError(message))
    return Step(rounds=tuple(_round(task, item, bound(wanted, item=item), expressions, templates) for item in items))


def has_template(value: Any) -> bool:
    """Whether any text in the value is a template."""
    return any("{{" in text or "{%" in text or "{#" in text for _, text, _ in _texts_in((), value))


def tolerates(value: Any, name: str) -> bool:
    """Whether every text that mentions an undefined name does so only to ask whether it is defined, or with a default."""
    asks = re.compile(rf"\b{re.escape(name)}\b[\w.\[\]'\"]*\s*(?:is\s+(?:not\s+)?(?:un)?defined\b|\|\s*d(?:efault)?\b)")
    texts = [text for _, text, _ in _texts_in((), value) if re.search(rf"\b{re.escape(name)}\b", text)]
    return all(asks.search(text) for text in texts)


def _round(task: PlannedTask, item: Any, scope: Mapping[str, Any], expressions: frozenset[str], templates: Templates) -> Round:
    label = str(item) if item is not None else ""
    if task.label is not None and task.loop is not None:
        label = str(_render(task.label, scope, templates, (*task.at, "loop_control", "label")))
    for position, condition in enumerate(task.when):
        path = (*task.at, "when", position) if len(task.when) > 1 else (*task.at, "when")
        if not _evaluate(condition, scope, templates, path):
            return Round(item=item, label=label, skip=f"'{condition}' is false")
    at = (*task.at, task.action)
    if not isinstance(task.raw, dict) or not expressions:
        return Round(item=item, label=label, arguments=_render(task.raw, scope, templates, at))
    arguments = {key: value if key in expressions else _render(value, scope, templates, (*at, key)) for key, value in task.raw.items()}
    for key in expressions & task.raw.keys():
        for text in _texts(task.raw[key]):
            _evaluate(text, scope, templates, (*at, key))
    return Round(item=item, label=label, arguments=arguments)


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


def _texts(value: Any) -> tuple[str, ...]:
    entries = value if isinstance(value, list | tuple) else (value,)
    return tuple(entry for entry in entries if isinstance(entry, str))


def _templates_in(task: PlannedTask, expressions: frozenset[str]) -> Iterator[tuple[DataPath, str, bool]]:
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
