"""Turns what pydantic says of a model into a JSON Schema as an editor needs it: draft-07, short forms, templates, no noise."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, BeforeValidator

Schema = dict[str, Any]

TEMPLATE: Schema = {"type": "string", "pattern": r"\{[{%]"}
"""A text that is rendered before it is looked at, and may become any value."""

_NO_TEXT = frozenset({"integer", "number", "boolean", "array"})
_KINDS = ("anyOf", "oneOf", "allOf")
_BOUNDS = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
"""What pydantic calls a bound behind a validator, where it does not know that the value is a number."""


def of_keywords(model: type[BaseModel]) -> dict[str, Schema]:
    """The schema of each keyword of a model of the language, by the name it has in YAML; keywords hold no templates but in texts.

    A keyword whose value is a model of ours refers to a definition that is not given here.
    """
    raw = _raw(model, "")
    _accept_one(model, raw)
    named = ((info.alias or name, info) for name, info in model.model_fields.items())
    return {name: _tidy(raw["properties"][name], lambda node: node) for name, info in named if info.description}


def of_arguments(model: type[BaseModel], name: str) -> tuple[Schema, dict[str, Schema]]:
    """The schema of a plugin's arguments, and the definitions it refers to, their names beginning with `name`.

    Where a value that is no text is wanted, a template may stand. Raises what pydantic raises for types that JSON does not know.
    """
    raw = _raw(model, f"{name}.")
    inner = raw.pop("$defs", {})
    _accept_one(model, raw)
    numbers = bool(model.model_config.get("coerce_numbers_to_str"))
    shape = _tidy(raw, _or_number if numbers else _or_template)
    return shape, {f"{name}.{each}": _tidy(found, _or_template) for each, found in inner.items()}


def _raw(model: type[BaseModel], prefix: str) -> Schema:
    return model.model_json_schema(by_alias=True, ref_template=f"#/definitions/{prefix}{{model}}")


def _accept_one(model: type[BaseModel], raw: Schema) -> None:
    """A list that is looked at before it is validated may be written as its one entry."""
    mappings = [each for each in (raw, *raw.get("anyOf", ())) if "properties" in each]
    for name, info in model.model_fields.items():
        if any(isinstance(mark, BeforeValidator) for mark in info.metadata):
            for shape in (each["properties"].get(info.alias or name, {}) for each in mappings):
                if shape.get("type") == "array":
                    array = {key: shape.pop(key) for key in ("type", "items", "minItems", "maxItems") if key in shape}
                    shape["anyOf"] = [array["items"], array]


def _tidy(node: Any, widen: Callable[[Schema], Schema]) -> Any:
    """The node without titles and empty defaults, in the words of draft-07, each value in it widened."""
    if not isinstance(node, dict):
        return node
    made = {key: value for key, value in node.items() if key != "title" and not (key == "default" and value in (None, [], {}))}
    if "properties" in made:
        made["properties"] = {name: _tidy(each, widen) for name, each in made["properties"].items() if not each.get("internal")}
    if "prefixItems" in made:
        made["items"] = made.pop("prefixItems")
    for key in ("items", "additionalProperties"):
        if key in made:
            value = made[key]
            made[key] = [_tidy(each, widen) for each in value] if isinstance(value, list) else _tidy(value, widen)
    for key in _KINDS:
        if key in made:
            made[key] = [_tidy(each, widen) for each in made[key]]
    if "anyOf" in made:
        made["anyOf"] = _flat(made["anyOf"])
    for word, plain in _BOUNDS.items():
        if word in made:
            made[plain] = made.pop(word)
    if "$ref" in made and len(made) > 1:  # draft-07 looks at nothing that stands beside a reference
        made["allOf"] = [{"$ref": made.pop("$ref")}]
    return widen(made)


def _flat(choices: list[Schema]) -> list[Schema]:
    """The choices without choices in them, each once, and no special text beside any text."""
    opened = [inner for each in choices for inner in (each["anyOf"] if set(each) == {"anyOf"} else [each])]
    if {"type": "string"} in opened:
        opened = [each for each in opened if each != TEMPLATE]
    return [each for place, each in enumerate(opened) if each not in opened[:place]]


def _or_template(node: Schema) -> Schema:
    free = node.get("type") == "object" and "properties" not in node
    if node.get("type") in _NO_TEXT or "enum" in node or "const" in node or free:
        return _either(node, TEMPLATE)
    return node


def _or_number(node: Schema) -> Schema:
    """Where numbers are taken as texts."""
    if node.get("type") == "string" and "enum" not in node:
        return {**node, "type": ["string", "number"]}
    return _or_template(node)


def _either(node: Schema, other: Schema) -> Schema:
    """Both; what is said about the value stays at the top."""
    about: Schema = {key: node[key] for key in ("description", "default") if key in node}
    return {"anyOf": [{key: value for key, value in node.items() if key not in about}, other], **about}
