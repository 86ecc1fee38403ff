"""An inventory from a Nornir plugin that the user named: only that plugin is loaded, and what it gives is checked like a file."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Any

from runner.documents.suggest import did_you_mean
from runner.errors import InputError
from runner.inventory.sources import PlainTree, Trees

GROUP = "nornir.plugins.inventory"


def read_plugin(name: str, options: Mapping[str, Any]) -> Trees:
    """Run the plugin and take its inventory apart.

    Raises:
        InputError: no such plugin (with the nearest), or the plugin failed, with its own words.
    """
    entry = _entry_point(name)
    try:
        inventory = entry.load()(**options).load()
        return Trees(
            hosts=PlainTree(name="host", data={key: _body(host) for key, host in inventory.hosts.items()}),
            groups=PlainTree(name="group", data={key: _body(group) for key, group in inventory.groups.items()}),
            defaults=PlainTree(name="defaults", data=_body(inventory.defaults)),
        )
    except Exception as error:  # a plugin is anybody's code: whatever it raises is its failure and not ours
        raise InputError(
            f"the inventory plugin '{name}' failed: {type(error).__name__}: {error}", hint=f"it is {entry.value}; check its options"
        ) from error


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
