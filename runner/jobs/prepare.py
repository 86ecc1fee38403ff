"""From a playbook's path, or bare commands, to a plan with all that running it needs; nothing is touched here."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from runner.batches import parse_batch_size
from runner.documents.load import load, parse
from runner.documents.older import doubts_of
from runner.documents.text_keys import inside_top_level
from runner.errors import InputError, Problem
from runner.inventory.load import load_inventory
from runner.inventory.model import Inventory
from runner.planning.limits import NAMES as LIMITS
from runner.planning.limits import Given
from runner.planning.plan import Plan
from runner.planning.planner import PlanOptions, make_plan
from runner.planning.registries import Registries
from runner.playbook.loader import Reading, read_document, read_playbook
from runner.playbook.names import check_variables, wrong_name
from runner.playbook.render import Templates
from runner.settings.load import Settings

COMMAND_LINE = "command line"
"""What stands for a file's name where a user typed commands instead of writing a playbook."""


@dataclass(frozen=True, kw_only=True)
class Planned:
    """A plan and what it was made from. `warnings` are what is odd but allowed in inventory, playbook and variables."""

    plan: Plan
    inventory: Inventory
    settings: Settings
    registries: Registries
    templates: Templates
    warnings: tuple[Problem, ...] = ()


def read_and_plan(
    path: Path,
    settings: Settings,
    *,
    limit: str | tuple[str, ...] | None = None,
    extra_vars: Sequence[str] = (),
    tags: Sequence[str] = (),
    skip_tags: Sequence[str] = (),
    can_ask: bool = True,
) -> Planned:
    """The plan of a playbook file.

    Arguments:
        extra_vars: `name=value` texts, or `@file` for a YAML mapping of variables.
        can_ask: whether somebody at a terminal can be asked while the plan runs.

    Raises:
        InputError: every problem of playbook, inventory and plan that can be found before a device is reached.
    """
    registries = Registries()
    reading = read_playbook(path, actions=registries.actions.names, handlers=registries.handlers.names)
    variables, warnings = parse_extra_vars(extra_vars)
    options = PlanOptions(
        limit=limit, extra_vars=variables, tags=_words(tags), skip_tags=_words(skip_tags), can_ask=can_ask, **_from_settings(settings)
    )
    return _plan(reading, settings, registries, options, warnings)


def plan_commands(pattern: str, commands: Sequence[str], settings: Settings, *, limit: str | tuple[str, ...] | None = None) -> Planned:
    """The plan of `exec`: one play with one `commands` task, as if it stood in a file. Raises InputError."""
    registries = Registries()
    written = [{"name": "exec", "hosts": pattern, "tasks": [{"name": "commands", "commands": list(commands)}]}]
    document = parse(json.dumps(written), file=COMMAND_LINE)
    reading = read_document(document, actions=registries.actions.names, handlers=registries.handlers.names)
    return _plan(reading, settings, registries, PlanOptions(limit=limit, **_from_settings(settings)))


def parse_extra_vars(texts: Sequence[str]) -> tuple[dict[str, Any], list[Problem]]:
    """Variables from `-e`, texts from `name=value` and anything YAML can say from `@file`, and warnings. Raises InputError."""
    values: dict[str, Any] = {}
    warnings: list[Problem] = []
    for text in texts:
        if text.startswith("@"):
            document = load(Path(text[1:]), free=inside_top_level)
            if not isinstance(document.data, dict):
                raise InputError(document.problem("a file of variables is a mapping: name: value"))
            problems: list[Problem] = []
            check_variables(document.data, document, (), problems)
            if problems:
                raise InputError(problems)
            values.update(document.data)
            warnings.extend(doubts_of(document, inside_top_level))
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise InputError(Problem(message=f"-e '{text}' is not a variable", hint="write name=value, or @file for a YAML file of them"))
        if wrong := wrong_name(name):
            raise InputError(f"-e: {wrong}", hint="choose another name")
        values[name] = value
    return values, warnings


def _plan(reading: Reading, settings: Settings, registries: Registries, options: PlanOptions, warnings: Sequence[Problem] = ()) -> Planned:
    """The plan, or the problems of inventory and playbook together."""
    try:
        inventory = load_inventory(None, settings)
    except InputError as error:
        raise InputError([*reading.problems, *error.problems]) from error
    templates = Templates()
    plan = make_plan(reading, inventory, registries, templates, options)
    return Planned(
        plan=plan,
        inventory=inventory,
        settings=settings,
        registries=registries,
        templates=templates,
        warnings=(*inventory.warnings, *plan.warnings, *warnings),
    )


def _from_settings(settings: Settings) -> Mapping[str, Any]:
    """What flag or environment say of batch size and limits wins over the playbook; what a file says, and the default, is behind it."""
    name = "batch_size" if settings.outranks_playbook("batch_size") else "default_batch_size"
    forced = {each: settings.value(each) for each in LIMITS if settings.outranks_playbook(each)}
    default = {each: settings.value(each) for each in LIMITS if each not in forced}
    return {name: parse_batch_size(settings.options.batch_size), "limits": Given(forced=forced, default=default)}


def _words(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(word.strip() for text in texts for word in text.split(",") if word.strip())
