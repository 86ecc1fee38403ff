"""The JSON Schema of a playbook, made from the language's models and from the arguments of the installed actions and result handlers."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from runner.contracts import Action, ResultHandler
from runner.errors import InputError
from runner.planning.registries import Registries, Registry, arguments_of
from runner.planning.schema_shapes import of_arguments, of_keywords
from runner.playbook.model import HandlerCall, LoopControl, Play, TaskKeywords, Verify

Schema = dict[str, Any]


def playbook_schema(registries: Registries, *, only: str = "") -> Schema:
    """The schema, in the words of draft-07 that yaml-language-server understands.

    It knows everything about keywords and arguments that can be said of one value alone. What `validate` finds beyond that
    (undefined variables, patterns that match nothing, arguments that do not go together) it does not.

    Arguments:
        only: leave out plugins whose classes are not of this package.
    """
    actions, handlers = _plugins(registries.actions, only), _plugins(registries.handlers, only)
    definitions: dict[str, Schema] = {}
    made = {
        "play": _play(),
        "task": _task({name: _value(plugin, f"action.{name}", definitions) for name, plugin in actions.items()}),
        "on_result": _entry({name: _value(plugin, f"result_handler.{name}", definitions) for name, plugin in handlers.items()}),
    }
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Playbook of nornir-playbook",
        "description": "A list of plays.",
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/definitions/play"},
        "definitions": made | definitions,
    }


def _plugins(registry: Registry[Action] | Registry[ResultHandler], only: str) -> Mapping[str, Action | ResultHandler | str]:
    """Plugins by name; of one that cannot be loaded, why."""
    found: dict[str, Action | ResultHandler | str] = {}
    for name in registry.names:
        try:
            plugin: Action | ResultHandler = registry.get(name)
        except InputError as error:
            if not only:
                found[name] = error.message
        else:
            if type(plugin).__module__.startswith(only):
                found[name] = plugin
    return found


def _play() -> Schema:
    properties = of_keywords(Play)
    properties["serial"] = {**properties["batch_size"], "description": "Ansible's word for `batch_size`; give one of the two."}
    properties["tasks"] = {
        "type": "array",
        "minItems": 1,
        "items": {"$ref": "#/definitions/task"},
        "description": Play.model_fields["tasks"].description,
    }
    shape = _mapping("A play: these hosts, in batches, these tasks.", properties)
    return {**shape, "required": ["hosts", "tasks"], "not": {"required": ["batch_size", "serial"]}}


def _task(actions: Mapping[str, Schema]) -> Schema:
    properties = of_keywords(TaskKeywords)
    loop, results = (TaskKeywords.model_fields[name].description or "" for name in ("loop_control", "on_result"))
    properties["loop_control"] = _mapping(loop, of_keywords(LoopControl))
    check = TaskKeywords.model_fields["verify"].description or ""
    properties["verify"] = {**_mapping(check, of_keywords(Verify)), "required": ["commands", "that"]}
    properties["on_result"] = {"type": "array", "items": {"$ref": "#/definitions/on_result"}, "description": results}
    shape = _mapping("A task: keywords, and exactly one action.", {**actions, **properties})
    return {**shape, "oneOf": [{"required": [name]} for name in actions]}


def _entry(handlers: Mapping[str, Schema]) -> Schema:
    commands = {"commands": of_keywords(HandlerCall)["commands"]}
    shape = _mapping("A result handler with its arguments.", {**handlers, **commands})
    alone = {"enum": [*handlers], "description": "A result handler without arguments."}
    return {"anyOf": [{**shape, "oneOf": [{"required": [name]} for name in handlers]}, alone]}


def _mapping(description: str, properties: Mapping[str, Schema]) -> Schema:
    return {"type": "object", "description": description, "properties": dict(properties), "additionalProperties": False}


def _value(plugin: Action | ResultHandler | str, name: str, definitions: dict[str, Schema]) -> Schema:
    """What may stand behind a plugin's name. One that was written by somebody else may have arguments that no schema can tell."""
    if isinstance(plugin, str):
        return {"description": f"Cannot be used: {plugin}"}
    text = inspect.getdoc(type(plugin)) or ""
    try:
        shape, inner = of_arguments(plugin.arguments, name)
    except Exception as error:  # pydantic calls code of the model
        return {"description": f"{text}\n\nNothing is known about its arguments: {type(error).__name__}".strip()}
    definitions.update(inner)
    shape = {"anyOf": [shape, {"type": "null"}]} if _may_be_left_out(plugin) else shape
    return {**shape, "description": text} if text else shape


def _may_be_left_out(plugin: Action | ResultHandler) -> bool:
    try:
        arguments_of(plugin, None)
    except ValidationError:
        return False
    return True
