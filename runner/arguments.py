"""How actions and result handlers say what their arguments are beside data: expressions, template files, texts for later, one text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import BaseModel


class ExpressionMark:
    """Marks an argument that is a Jinja2 expression (`a == 1`), so that it is evaluated and never rendered as a template."""


class ConditionMark(ExpressionMark):
    """Marks an expression of which only the truth counts, which a secret therefore cannot be."""


Expression = Annotated[str, ExpressionMark()]
"""The type of an argument that holds an expression, as `that:` and `when:` do."""


class LateMark:
    """Marks an argument of a result handler that the handler renders itself, with `context.render`, when it needs it.

    So a template in it that cannot be rendered harms nothing else.
    """


class TemplateFileMark:
    """Marks an argument that names a template file, so that planning reads the file and renders it for each host."""


TemplateFile = Annotated[str, TemplateFileMark()]
"""The type of an argument that names a Jinja2 template below the project's root; the action gets the rendered text in its place."""


def text_or_mapping(schema: dict[str, Any]) -> None:
    """Tell editors that the arguments may also be written as one text, by changing their mapping's JSON Schema in place.

    To be given to a model as `json_schema_extra`.
    """
    mapping = dict(schema)
    schema.clear()
    schema["anyOf"] = [{"type": "string"}, mapping]


def template_file_fields(model: type[BaseModel]) -> frozenset[str]:
    """Names of the arguments of `model` that name template files."""
    return _marked(model, TemplateFileMark)


def late_fields(model: type[BaseModel]) -> frozenset[str]:
    """Names of the arguments of `model` that are rendered when the handler asks for them."""
    return _marked(model, LateMark)


def expression_fields(model: type[BaseModel]) -> frozenset[str]:
    """Names of the arguments of `model` that hold expressions and are therefore not rendered as templates."""
    return _marked(model, ExpressionMark)


def condition_fields(model: type[BaseModel]) -> frozenset[str]:
    """Names of the arguments of `model` that hold conditions; they are among its expressions."""
    return _marked(model, ConditionMark)


def _marked(model: type[BaseModel], kind: type) -> frozenset[str]:
    """Fields with that mark, at the field itself or at an alternative of its type (`TemplateFile | None`)."""
    return frozenset(
        name
        for name, info in model.model_fields.items()
        if any(isinstance(mark, kind) for mark in (*info.metadata, *_inner(info.annotation)))
    )


def _inner(annotation: Any) -> Iterator[Any]:
    for each in getattr(annotation, "__args__", ()):
        yield from getattr(each, "__metadata__", ())
