"""The reference of the language, made from the models: keywords of plays and tasks, actions, result handlers."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo

from runner.contracts import Action, ResultHandler
from runner.errors import InputError
from runner.planning.registries import Registries
from runner.playbook.model import Play, TaskKeywords

KEYWORDS: dict[str, tuple[str, type[BaseModel]]] = {
    "play": ("Keywords of a play", Play),
    "task": ("Keywords of a task, beside its one action", TaskKeywords),
}


def names() -> tuple[str, ...]:
    """Everything `reference` knows."""
    registries = Registries()
    return (*KEYWORDS, *registries.actions.names, *registries.handlers.names)


def overview() -> Iterator[str]:
    """Each name with its first line, by kind."""
    registries = Registries()
    yield "Keywords"
    for name, (title, _) in KEYWORDS.items():
        yield f"  {name:<12} {title}"
    yield "\nActions: what a task does"
    for name, action in registries.actions.items().items():
        yield f"  {name:<12} {_first_line(action)}"
    yield "\nResult handlers: what happens with a task's result, under on_result"
    for name, handler in registries.handlers.items().items():
        yield f"  {name:<12} {_first_line(handler)}"
    yield "\nnornir-playbook doc NAME shows one of them."


def reference(name: str) -> Iterator[str]:
    """Everything about one keyword group, action or result handler. Raises InputError for an unknown name."""
    if name in KEYWORDS:
        title, model = KEYWORDS[name]
        yield title
        yield ""
        yield from _fields(model)
        return
    registries = Registries()
    found = False
    for kind, registry in (("action", registries.actions), ("result handler", registries.handlers)):
        if name in registry.names:
            found = True
            yield from _plugin(name, kind, registry.get(name))
    if not found:
        raise InputError(f"there is nothing called '{name}'", hint=f"known: {', '.join(names())}")


def _plugin(name: str, kind: str, plugin: Action | ResultHandler) -> Iterator[str]:
    yield f"{name} ({kind})"
    yield ""
    yield inspect.getdoc(type(plugin)) or ""
    yield ""
    yield "Arguments"
    yield from _fields(plugin.arguments)


def _fields(model: type[BaseModel]) -> Iterator[str]:
    if issubclass(model, RootModel):
        yield f"  {model.model_fields['root'].description or _type(model.model_fields['root'])}"
        return
    for name, info in model.model_fields.items():
        if isinstance(info.json_schema_extra, dict) and info.json_schema_extra.get("internal"):
            continue
        needed = "required" if info.is_required() else f"default {_default(info)}"
        yield f"  {info.alias or name} ({_type(info)}, {needed})"
        if info.description:
            yield f"      {info.description}"


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "none"
    return repr(value) if isinstance(value, str | int | float) else str(value) if value else "empty"


def _type(info: FieldInfo) -> str:
    return _type_name(info.annotation)


def _type_name(annotation: Any) -> str:
    """A type as a YAML writer would say it."""
    plain = {str: "text", int: "number", float: "number", bool: "true or false", type(None): "none", dict: "mapping", Any: "anything"}
    if annotation in plain:
        return plain[annotation]
    origin, arguments = getattr(annotation, "__origin__", None), getattr(annotation, "__args__", ())
    if origin in (tuple, list):
        return f"list of {_type_name(arguments[0])}" if arguments else "list"
    if origin is dict:
        return "mapping"
    if "Literal" in str(origin or annotation) and arguments:
        return " | ".join(str(each) for each in arguments)
    if arguments:
        return " or ".join(dict.fromkeys(_type_name(each) for each in arguments if each is not type(None)))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return "mapping"
    return getattr(annotation, "__name__", str(annotation))


def _first_line(plugin: object) -> str:
    return (inspect.getdoc(type(plugin)) or "").split("\n", 1)[0]
