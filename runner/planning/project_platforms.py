"""What a project knows of platforms beyond the built-in table: `plugins/platforms.yaml` below its root."""

from __future__ import annotations

import re
from dataclasses import fields, replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict

from runner.documents.load import read
from runner.documents.scalars import kind
from runner.documents.suggest import did_you_mean
from runner.documents.validate import validate_sound
from runner.errors import Problem
from runner.platforms import ALIASES, Configuration, Platform, Platforms, known_platforms, platform_name, platform_of
from runner.settled_sets import settled

FILE = Path("plugins") / "platforms.yaml"
_LISTS = ("read_only", "only_so", "errors", "filters", "redirections")


def _regular_expression(pattern: str) -> str:
    pattern = settled(pattern)
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    return pattern


def _prompt(pattern: str) -> str:
    try:
        filled = pattern.format(name="(?P<name>r1)")
    except (ValueError, LookupError, AttributeError):
        raise ValueError("must be a regular expression with {name} in it, other braces doubled") from None
    _regular_expression(filled)
    return pattern


def _telling(pattern: str) -> str:
    if re.match(_regular_expression(pattern), ""):
        raise ValueError("fits an empty line, and so every line")
    return pattern


def _commit(text: str) -> str:
    try:
        text.format(comment="x")
    except (ValueError, LookupError, AttributeError):
        raise ValueError("may hold {comment}, other braces doubled") from None
    return text


def _command(text: str) -> str:
    if any(not character.isprintable() for character in text):
        raise ValueError("must be one line of printable characters")
    return text


_Pattern = Annotated[str, AfterValidator(_regular_expression)]
_Command = Annotated[str, AfterValidator(_command)]
_Patterns = tuple[Annotated[str, AfterValidator(_telling)], ...]


class _Entry(BaseModel):
    """What may be said of a platform: lists are added to what is known, all else replaces it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    like: str | None = None
    read_only: tuple[str, ...] = ()
    abbreviates: bool | None = None
    only_so: _Patterns = ()
    errors: _Patterns = ()
    filters: tuple[str, ...] = ()
    redirections: _Patterns = ()
    enter: _Command | None = None
    leave: _Command | None = None
    prompt: Annotated[str, AfterValidator(_prompt)] | None = None
    already: _Pattern | None = None
    candidate: bool | None = None
    commit: Annotated[_Command, AfterValidator(_commit)] | None = None
    committed: _Pattern | None = None
    compare: _Command | None = None
    discard: _Command | None = None
    discarded: _Pattern | None = None
    uncommitted: _Pattern | None = None
    running: _Command | None = None
    volatile: _Patterns = ()
    save: _Command | None = None
    saved: _Pattern | None = None
    status: _Command | None = None


def read_platforms(root: Path) -> tuple[Platforms, list[Problem]]:
    """The platforms as a project knows them, and everything that is wrong with its file."""
    path = root / FILE
    if not path.is_file():
        return Platforms(), []
    document, problems = read(path)
    if document is None or document.data is None:
        return Platforms(), list(problems)
    if not isinstance(document.data, dict):
        problem = document.problem(f"a file of platforms is a mapping of names to what is known, not {kind(document.data)}")
        return Platforms(), [*problems, problem]
    own: dict[str, Platform] = {}
    for name, data in document.data.items():
        entry, wrong = validate_sound(_Entry, data, document, (name,)) if isinstance(data, dict) else (None, [])
        problems += wrong
        if not isinstance(data, dict):
            problems.append(document.problem(f"'{name}' must be a mapping, not {kind(data)}", (name,)))
        elif entry is not None:
            like = entry.like
            if like is not None and platform_name(like) not in known_platforms():
                hint = did_you_mean(like, [*known_platforms(), *ALIASES]) or f"known: {', '.join(known_platforms())}"
                problems.append(document.problem(f"there is no platform '{like}' to be like", (name, "like"), hint=hint))
            made = own[str(platform_name(name))] = _platform(str(platform_name(name)), entry)
            if made.config is not None and made.config.candidate and not made.config.commit:
                hint = "add `commit`, and `discard` where the platform has one"
                problems.append(document.problem(f"'{name}' has a candidate and no `commit` that makes it effective", (name,), hint=hint))
    return Platforms(own), list(problems)


def _platform(name: str, entry: _Entry) -> Platform:
    base = platform_of(entry.like or name)
    added: dict[str, Any] = {key: (*getattr(base, key), *getattr(entry, key)) for key in _LISTS if getattr(entry, key)}
    if entry.abbreviates is not None:
        added["abbreviates"] = entry.abbreviates
    config = base.config
    changed: dict[str, Any] = {
        each.name: value for each in fields(Configuration) if (value := getattr(entry, each.name, None)) is not None and value != ()
    }
    if changed:
        config = config or Configuration()
        if "volatile" in changed:
            changed["volatile"] = (*config.volatile, *changed["volatile"])
        config = replace(config, **changed)
    return replace(base, name=name, config=config, **added)
