"""Checks data against a pydantic model and turns what does not fit into located problems in plain words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from runner.documents.fields import known_keys
from runner.documents.model import Document
from runner.documents.scalars import kind
from runner.documents.suggest import did_you_mean
from runner.errors import Problem

M = TypeVar("M", bound=BaseModel)
DataPath = tuple[str | int, ...]

_EXPECTED = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "none_required": "nothing",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "frozen_set_type": "a list",
    "dict_type": "a mapping",
    "mapping_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_OF_KEYS = ("extra_forbidden", "missing")
_ABOUT_KEYS = frozenset({"extra_forbidden", "missing"})  # a value that is still a template does not excuse these
_LIMITS = {
    "greater_than": "greater than {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "at most {le}",
    "multiple_of": "a multiple of {multiple_of}",
    "finite_number": "a finite number",
    "int_from_float": "a whole number, without a fraction",
    "string_pattern_mismatch": "text that matches {pattern}",
}
_LENGTHS = {
    "too_short": "must have at least {min_length} {entries}",
    "too_long": "must have at most {max_length} {entries}",
    "string_too_short": "must have at least {min_length} characters",
    "string_too_long": "must have at most {max_length} characters",
}


def validate(model: type[M], value: Any, document: Document, path: DataPath) -> tuple[M | None, list[Problem]]:
    """The model made of `value`, which stands at `path` in the document, or all problems with it.

    Values are named by kind only, never shown: they may be secret.
    """
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        return None, located(error, model, value, document, path)


def validate_sound(model: type[M], value: dict[str, Any], document: Document, path: DataPath) -> tuple[M | None, list[Problem]]:
    """As `validate`, but entries that are wrong are left out of the model; None when it cannot do without them."""
    try:
        return model.model_validate(value), []
    except ValidationError as error:
        problems = located(error, model, value, document, path)
        wrong = {details["loc"][0] for details in error.errors(include_url=False) if details["loc"]}
    sound, _ = validate(model, {key: inner for key, inner in value.items() if key not in wrong}, document, path)
    return sound, problems


def located(
    error: ValidationError,
    model: type[BaseModel],
    value: Any,
    document: Document,
    path: DataPath,
    *,
    unless: Callable[[Any], bool] | None = None,
) -> list[Problem]:
    """The problems that pydantic's error stands for, one for each place: alternatives of a union are put together.

    Places whose value `unless` says yes to are left out: a template that is yet to be rendered may become what is expected.
    """
    places: dict[DataPath, list[ErrorDetails]] = {}
    for details in error.errors(include_url=False):
        places.setdefault(_data_path(details, value), []).append(details)
    return [
        _problem(place, group, model, value, document, path)
        for place, group in places.items()
        if (unless is None or group[0]["type"] in _OF_KEYS or not unless(group[0]["input"])) and not _is_explained(place, group, places)
    ]


def _is_explained(place: DataPath, group: Sequence[ErrorDetails], places: Iterable[DataPath]) -> bool:
    """Whether the value is of the right kind for one alternative of a union, and something inside it has a problem of its own."""
    union = all(len(details["loc"]) > len(place) for details in group)
    return union and any(len(other) > len(place) and other[: len(place)] == place for other in places)


def _data_path(details: ErrorDetails, value: Any) -> DataPath:
    """The steps of pydantic's location that exist in the data; the others name alternatives of a union."""
    steps: list[str | int] = []
    for number, step in enumerate(details["loc"]):
        last = number == len(details["loc"]) - 1
        inside = step in value if isinstance(value, dict) else isinstance(value, list | tuple) and step in range(len(value))
        if inside:
            value = value[step]
        elif not (last and details["type"] == "missing"):
            continue
        steps.append(step)
    return tuple(steps)


def _problem(
    place: DataPath, group: Sequence[ErrorDetails], model: type[BaseModel], value: Any, document: Document, path: DataPath
) -> Problem:
    details = group[0]
    subject = _subject(path + place)
    if details["type"] == "invalid_key" or (details["type"] == "string_type" and details["loc"][-1:] == ("[key]",)):
        key = place[-1]
        return document.problem(
            f"key '{key}' is {kind(key)}, but a key must be text", path + place, hint=f"put it in quotes: '{key}'", key=True
        )
    match details["type"]:
        case "extra_forbidden":
            known = known_keys(model, place[:-1])
            hint = did_you_mean(str(place[-1]), known) or (f"known: {', '.join(known)}" if known else "")
            return document.problem(f"unknown key '{place[-1]}'", path + place, hint=hint, key=True)
        case "missing":
            return document.problem(f"{subject} is missing", path + place[:-1], hint=f"add '{place[-1]}:'")
        case "literal_error" | "enum":
            expected = str(details.get("ctx", {}).get("expected", "")).replace("'", "").replace(" or ", ", ")
            given = details["input"]
            hint = did_you_mean(given, expected.split(", ")) if isinstance(given, str) else ""
            return document.problem(f"{subject} must be one of: {expected}", path + place, hint=hint)
    return document.problem(f"{subject} {_sentence(group)}", path + place)


def _subject(place: DataPath) -> str:
    """What a problem is about: the last key, with the number of the entry behind it."""
    names = [step for step in place if isinstance(step, str)]
    if not names:
        return f"entry {int(place[-1]) + 1}" if place else "this"
    return f"'{names[-1]}'" if place[-1] == names[-1] else f"entry {int(place[-1]) + 1} of '{names[-1]}'"


def _sentence(group: Sequence[ErrorDetails]) -> str:
    """What must be the case instead; alternatives are joined by "or"."""
    details = group[0]
    expected = dict.fromkeys(_EXPECTED[each["type"]] for each in group if each["type"] in _EXPECTED)
    context = details.get("ctx", {})
    if expected:
        return f"must be {' or '.join(expected)}, not {kind(details['input'])}"
    if details["type"] in _LIMITS:
        return f"must be {_LIMITS[details['type']].format_map(context)}"
    if details["type"] in _LENGTHS:
        entries = "entry" if 1 in (context.get("min_length"), context.get("max_length")) else "entries"
        return _LENGTHS[details["type"]].format_map({**context, "entries": entries}).replace("1 characters", "1 character")
    if details["type"] in ("value_error", "assertion_error"):
        return str(context.get("error", details["msg"]))
    message = details["msg"]
    return message[:1].lower() + message[1:]
