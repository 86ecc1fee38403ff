"""The reference of everything a user can write, made from the models: keywords, actions, result handlers, templates, settings."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, BeforeValidator, RootModel
from pydantic.fields import FieldInfo

from runner.contracts import Action, ResultHandler
from runner.documents.suggest import did_you_mean
from runner.errors import InputError
from runner.planning.registries import Registries, Registry
from runner.playbook.filters import regex_replace, regex_search, slug
from runner.playbook.model import HandlerCall, LoopControl, Play, TaskKeywords, Verify
from runner.playbook.sandbox import Sandbox
from runner.settings.options import IN_FILES_ONLY, Options, environment_name


@dataclass(frozen=True, kw_only=True)
class Argument:
    """Something that is written as a key with a value.

    Arguments:
        type: the kind of value in words.
        default: as written in YAML, empty where leaving the key out means that there is none.
    """

    name: str
    type: str
    text: str
    default: str = ""
    required: bool = False

    @property
    def facts(self) -> str:
        """Type and default in a few words."""
        default = f"default {self.default}" if self.default else ""
        return "; ".join(filter(None, (self.type, "required" if self.required else default)))


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One name of the reference.

    Arguments:
        kind: what it is: `keywords`, `action`, `result handler`, `templates`, `settings`.
        text: the explanation, plain Markdown of paragraphs, lists and fenced code; its first sentence is the summary.
        lists: names that need no explanation, by what they are.
    """

    name: str
    kind: str
    text: str
    arguments: tuple[Argument, ...] = ()
    heading: str = "Arguments"
    lists: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def summary(self) -> str:
        """The first sentence."""
        first = " ".join(self.text.split("\n\n", 1)[0].split())
        return f"{first.split('. ', 1)[0].rstrip('.:')}."


def names() -> tuple[str, ...]:
    """Everything `entries` knows, in the order in which it is listed."""
    registries = Registries()
    return (*_KEYWORDS, *registries.actions.names, *registries.handlers.names, *_OTHERS)


def entries(kind: str | None = None) -> Iterator[Entry]:
    """All entries, or those of one kind. A plugin that cannot be loaded has an entry that says why."""
    registries = Registries()
    every = [make() for make in _KEYWORDS.values()]
    every += [*_plugins("action", registries.actions), *_plugins("result handler", registries.handlers)]
    every += [make() for make in _OTHERS.values()]
    return (entry for entry in every if kind in (None, entry.kind))


def reference(name: str) -> tuple[Entry, ...]:
    """The entries of a name; two where an action and a result handler share it. Raises InputError for an unknown name."""
    found = tuple(entry for entry in entries() if entry.name == name)
    if not found:
        raise InputError(f"there is nothing called '{name}'", hint=did_you_mean(name, names()) or f"known: {', '.join(names())}")
    return found


def _play() -> Entry:
    serial = Argument(name="serial", type="as `batch_size`", text="Ansible's word for `batch_size`; give one of the two.")
    rows = [row for argument in _arguments(Play) for row in ((argument, serial) if argument.name == "batch_size" else (argument,))]
    rows = [
        _required(row) if row.name == "tasks" else row for row in rows
    ]  # the model lets a play without tasks through, the loader does not
    text = "Keywords of a play: which hosts, in batches of what size, and the tasks for them."
    return Entry(name="play", kind="keywords", text=text, arguments=tuple(rows), heading="Keywords")


def _task() -> Entry:
    [label] = _arguments(LoopControl)
    check = [replace(each, name=f"verify.{each.name}", required=False) for each in _arguments(Verify)]
    rows = [*_arguments(TaskKeywords), Argument(name="loop_control.label", type=label.type, text=label.text), *check]
    text = "Keywords of a task, beside the name of its one action."
    return Entry(name="task", kind="keywords", text=text, arguments=tuple(rows), heading="Keywords")


def _on_result() -> Entry:
    rows = tuple(_arguments(HandlerCall))
    text = (
        "Keywords of an entry of `on_result`, beside the name of its one result handler. The handlers run when all commands of the task "
        "are done, for each command's result in the order written. A handler without arguments may be its name alone: `- print`."
    )
    return Entry(name="on_result", kind="keywords", text=text, arguments=rows, heading="Keywords")


def _templates() -> Entry:
    sandbox = Sandbox()
    ours: dict[str, Callable[..., Any]] = {"slug": slug, "regex_search": regex_search, "regex_replace": regex_replace}
    rows = tuple(Argument(name=name, type="filter", text=_paragraph(function)) for name, function in ours.items())
    text = (
        "Filters, tests and functions of templates. They hold for texts with `{{ }}` or `{% %}` and for expressions (`when`, `that`, "
        "`var`): Jinja2's own without those for HTML or files, and some that are known from Ansible. The tests `match` and `search` take a "
        "regular expression, `match` from the start of the text."
    )
    lists = (
        ("Filters", tuple(sorted(name for name in sandbox.filters if not name.startswith("_")))),
        ("Tests", tuple(sorted(name for name in sandbox.tests if name.isidentifier()))),
        ("Functions", tuple(sorted(sandbox.globals))),
    )
    return Entry(name="templates", kind="templates", text=text, arguments=rows, heading="Ours", lists=lists)


def _settings() -> Entry:
    rows = []
    for argument in _arguments(Options):
        variable = "" if argument.name in IN_FILES_ONLY else f" Environment: `{environment_name(argument.name)}`."
        rows.append(Argument(name=argument.name, type=argument.type, default=argument.default, text=f"{argument.text}{variable}"))
    text = (
        "Keys of `nornir-playbook.toml`, of the user's `config.toml`, and environment variables. `nornir-playbook config show --origin` "
        "shows the values in force and where each came from."
    )
    return Entry(name="settings", kind="settings", text=text, arguments=tuple(rows), heading="Settings")


_KEYWORDS: dict[str, Callable[[], Entry]] = {"play": _play, "task": _task, "on_result": _on_result}
_OTHERS: dict[str, Callable[[], Entry]] = {"templates": _templates, "settings": _settings}


def _plugins(kind: str, registry: Registry[Action] | Registry[ResultHandler]) -> Iterator[Entry]:
    for name in registry.names:
        try:
            plugin = registry.get(name)
        except InputError as error:
            yield Entry(name=name, kind=kind, text=f"Cannot be used: {error.message}")
        else:
            yield _plugin(name, kind, plugin)


def _plugin(name: str, kind: str, plugin: Action | ResultHandler) -> Entry:
    """Where the arguments are a root model, those of the mappings in it are listed, or the value itself."""
    text, model = inspect.getdoc(type(plugin)) or "", plugin.arguments
    if not issubclass(model, RootModel):
        return Entry(name=name, kind=kind, text=text, arguments=tuple(_arguments(model)))
    value = model.model_fields["root"].description or ""
    inner = next(_models_in(model.model_fields["root"].annotation), None)
    heading = f"Arguments: {value[:1].lower()}{value[1:].rstrip('.')}"
    return Entry(name=name, kind=kind, text=text, arguments=tuple(_arguments(inner)) if inner else (), heading=heading)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for each in getattr(annotation, "__args__", ()):
        yield from _models_in(each)


def _arguments(model: type[BaseModel]) -> Iterator[Argument]:
    """The fields that a user writes: those with a description."""
    for name, info in model.model_fields.items():
        if info.description:
            yield Argument(
                name=info.alias or name,
                type=_type(info),
                text=info.description,
                default="" if info.is_required() else _default(info),
                required=info.is_required(),
            )


def _required(argument: Argument) -> Argument:
    return Argument(name=argument.name, type=argument.type, text=argument.text, required=True)


def _default(info: FieldInfo) -> str:
    value = info.get_default(call_default_factory=True, validated_data={})
    if isinstance(value, bool):
        return "true" if value else "false"
    if value in (None, (), {}) or isinstance(value, BaseModel):
        return ""
    return f"`{value:g}`" if isinstance(value, float) else f"`{value}`"


def _type(info: FieldInfo) -> str:
    """A field's type as a YAML writer would say it; a list that may be written as one text says so."""
    named = list(dict.fromkeys(_names_of(info.annotation)))
    if named == ["list of texts"] and _takes_one_text(info):
        return "text or list of texts"
    return " or ".join([", ".join(named[:-1]), named[-1]] if len(named) > 2 else named)


def _takes_one_text(info: FieldInfo) -> bool:
    """Lists that are looked at before they are validated are those for which one text will do."""
    return any(isinstance(mark, BeforeValidator) for mark in info.metadata)


_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Any: "any value"}


def _names_of(annotation: Any) -> Iterator[str]:
    """The kinds of value an annotation allows; None is not one, as leaving the key out says it."""
    origin = getattr(annotation, "__origin__", None)
    inner: tuple[Any, ...] = getattr(annotation, "__args__", ())
    if annotation in _PLAIN:
        yield _PLAIN[annotation]
    elif annotation is type(None) or annotation is Ellipsis:
        return
    elif origin in (tuple, list):
        kinds = list(dict.fromkeys(_names_of(inner[0])))
        yield f"list of {' or '.join(f'{kind}s' for kind in kinds)}"
    elif "Literal" in str(origin or annotation) and inner:
        yield f"one of {', '.join(f'`{each}`' for each in inner)}"
    elif hasattr(annotation, "__metadata__"):
        yield from _names_of(origin)
    elif _is_mapping(annotation):
        yield "mapping"
    elif inner:
        for each in inner:
            yield from _names_of(each)
    else:
        yield {"Path": "path"}.get(getattr(annotation, "__name__", ""), "any value")


def _is_mapping(annotation: Any) -> bool:
    kind = getattr(annotation, "__origin__", annotation)
    return isinstance(kind, type) and (issubclass(kind, BaseModel) or kind.__name__ in ("dict", "Mapping"))


def _paragraph(function: Callable[..., Any]) -> str:
    return " ".join((inspect.getdoc(function) or "").split("\n\n", 1)[0].split()).replace("\\\\", "\\")
