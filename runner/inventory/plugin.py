"""An inventory from a Nornir plugin that the user named: only that plugin is loaded, and what it gives is checked like a file."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from runner.documents.excerpt import MASK
from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem, Where
from runner.inventory.sources import PlainTree, Trees

GROUP = "nornir.plugins.inventory"
_ENVIRONMENT = "env:"


def read_plugin(name: str, options: Mapping[str, Any], where: Where | None = None) -> Trees:
    """Run the plugin and take its inventory apart; `where` is the place that gives the options.

    Raises:
        InputError: no such plugin (with the nearest), an option that names a variable which is not set, or the plugin failed, with its
            own words, in which what came from a variable is masked.
    """
    entry = _entry_point(name)
    given = resolved(options, os.environ, where)
    try:
        inventory = entry.load()(**given).load()
        return Trees(
            hosts=PlainTree(name="host", data={key: _body(host) for key, host in inventory.hosts.items()}),
            groups=PlainTree(name="group", data={key: _body(group) for key, group in inventory.groups.items()}),
            defaults=PlainTree(name="defaults", data=_body(inventory.defaults)),
        )
    except Exception as error:  # a plugin is anybody's code: whatever it raises is its failure and not ours
        said = _masked(f"{type(error).__name__}: {error}", options, given)
        raise InputError(f"the inventory plugin '{name}' failed: {said}", hint=f"it is {entry.value}; check its options") from None


def resolved(options: Mapping[str, Any], environ: Mapping[str, str], where: Where | None = None) -> dict[str, Any]:
    """The options with every `env:NAME` in them, also in tables and lists of them, replaced by the variable's value.

    Raises:
        InputError: variables that are not set, all of them.
    """
    problems: list[Problem] = []

    def each(value: Any, way: str) -> Any:
        if isinstance(value, Mapping):
            return {key: each(inner, f"{way}.{key}") for key, inner in value.items()}
        if isinstance(value, list):
            return [each(inner, f"{way}[{place}]") for place, inner in enumerate(value)]
        if not isinstance(value, str) or not value.startswith(_ENVIRONMENT):
            return value
        variable = value.removeprefix(_ENVIRONMENT)
        if not environ.get(variable):
            message = f"the option {way} of the inventory plugin needs the environment variable {variable}, which is not set"
            problems.append(Problem(message=message, where=where, hint=f"export {variable}=... before the command"))
        return environ.get(variable, "")

    found = {key: each(value, key) for key, value in options.items()}
    if problems:
        raise InputError(problems)
    return found


def _masked(text: str, options: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    """A plugin's words without what an option took from the environment: that is where tokens are."""
    for written, value in zip(_texts(options), _texts(given), strict=True):
        if written != value:
            text = text.replace(value, MASK)
    return text


def _texts(value: Any) -> Iterator[str]:
    """Every text in a tree, in its order."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for inner in value.values() if isinstance(value, Mapping) else value:
            yield from _texts(inner)


def _entry_point(name: str) -> EntryPoint:
    found = entry_points(group=GROUP, name=name)
    if found:
        return next(iter(found))
    known = sorted(entry_points(group=GROUP).names)
    hint = did_you_mean(name, known) or f"installed: {', '.join(known) or 'none'}"
    raise InputError(f"no inventory plugin '{name}' is installed", hint=hint)


def _body(element: Any) -> dict[str, Any]:
    """A host, group or defaults as the keys of a file: its own values, without what Nornir would inherit."""
    written = {key: value for key, value in element.dict().items() if key != "name" and value not in (None, {}, [])}
    for name, options in written.get("connection_options", {}).items():
        written["connection_options"][name] = {key: value for key, value in options.items() if value is not None}
    return written
