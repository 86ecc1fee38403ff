"""From checked trees to devices: every value inherited, host before groups in order before defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from runner.inventory.grouping import ancestors
from runner.inventory.model import Device, LoginRefs, Reference, References
from runner.inventory.references import parse_reference
from runner.inventory.sources import CONNECTION, Tree, Trees
from runner.platforms import platform_name

_LOGIN = ("username", "password", "secret")
_PLACE = ("hostname", "port", "platform", "jump_host", "legacy_algorithms")
_DEFAULT_PORT = 22


@dataclass(frozen=True, kw_only=True)
class _Level:
    """What one host, group or the defaults say, or several of them folded into one.

    Arguments:
        place: hostname, port and platform, the way there and how it is spoken to.
        login: candidates for each login value.
        connection: the same two again from `connection_options.netmiko`, which outranks them at every level, as in Nornir.
    """

    place: Mapping[str, Any] = field(default_factory=dict)
    login: Mapping[str, References] = field(default_factory=dict)
    connection: _Level | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)


def devices_of(trees: Trees, host_groups: Mapping[str, tuple[str, ...]], parents: Mapping[str, Sequence[str]]) -> dict[str, Device]:
    """All devices in the order of the file. The trees must have been checked; what is inherited is folded once for each set of groups."""
    defaults = _level(trees.defaults, trees.defaults.data or {}, ())
    levels = {name: _level(trees.groups, body, (name,)) for name, body in (trees.groups.data or {}).items()}
    chains: dict[tuple[str, ...], tuple[tuple[str, ...], _Level]] = {}
    devices = {}
    for name, body in (trees.hosts.data or {}).items():
        own = host_groups[name]
        if own not in chains:
            chain = ancestors(own, parents)
            chains[own] = chain, _fold([*(levels[group] for group in chain), defaults])
        chain, inherited = chains[own]
        devices[name] = _device(name, chain, _fold([_level(trees.hosts, body, (name,)), inherited]) if body else inherited)
    return devices


def _device(name: str, groups: tuple[str, ...], level: _Level) -> Device:
    connection = level.connection or _Level()
    place = {**level.place, **connection.place}
    login = {item: _candidates(connection.login.get(item, ()), level.login.get(item, ())) for item in _LOGIN}
    first = next(iter(login["username"]), None)
    return Device(
        name=name,
        hostname=place.get("hostname", name),
        port=place.get("port", _DEFAULT_PORT),
        username=first.value.reveal() if first and first.value else None,
        platform=platform_name(place.get("platform")),
        groups=groups,
        data=level.data,
        login=LoginRefs(**login),
        options=level.options,
        jump_host=place.get("jump_host") or None,
        legacy_algorithms=place.get("legacy_algorithms", False),
    )


def _level(tree: Tree, body: Mapping[str, Any], path: tuple[str, ...]) -> _Level:
    """What one element says itself."""
    options = (body.get("connection_options") or {}).get(CONNECTION) or {}
    extras = options.get("extras") or {}
    below = (*path, "connection_options", CONNECTION)
    login = _login(tree, options, below)
    if extras.get("secret") is not None:
        login["secret"] = (parse_reference(extras["secret"], tree.place((*below, "extras", "secret"))),)
    return _Level(
        place=_given(body, _PLACE),
        login=_login(tree, body, path),
        connection=_Level(place=_given(options, _PLACE), login=login) if options else None,
        data=body.get("data") or {},
        options={key: value for key, value in extras.items() if key != "secret"},
    )


def _login(tree: Tree, body: Mapping[str, Any], path: tuple[str, ...]) -> dict[str, References]:
    """The references that stand in an element; a named credential stands behind each of its own values."""
    found = {item: (parse_reference(body[item], tree.place((*path, item))),) for item in _LOGIN if body.get(item) is not None}
    if body.get("credential") is not None:
        named = Reference(kind="credential", name=body["credential"], where=tree.place((*path, "credential")))
        return {item: (*found.get(item, ()), named) for item in _LOGIN}
    return dict(found)


def _fold(levels: Sequence[_Level]) -> _Level:
    """Several levels as one; the first that gives a value wins, and data and options are merged key by key."""
    connections = [level.connection for level in levels if level.connection]
    return _Level(
        place=_merged(level.place for level in levels),
        login={item: _candidates(*(level.login.get(item, ()) for level in levels)) for item in _LOGIN},
        connection=_fold(connections) if connections else None,
        data=_merged(level.data for level in levels),
        options=_merged(level.options for level in levels),
    )


def _candidates(*chains: References) -> References:
    """The chains in order, up to the first reference that always has a value."""
    found: list[Reference] = []
    for reference in (reference for chain in chains for reference in chain):
        found.append(reference)
        if reference.kind != "credential":
            break
    return tuple(found)


def _merged(mappings: Iterable[Mapping[str, Any]]) -> Mapping[str, Any]:
    """One mapping of all keys, each with its first value; the mapping itself where only one says anything."""
    filled = [mapping for mapping in mappings if mapping]
    if len(filled) == 1:
        return filled[0]
    merged: dict[str, Any] = {}
    for mapping in reversed(filled):
        merged.update(mapping)
    return merged


def _given(body: Mapping[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    return {key: body[key] for key in keys if body.get(key) is not None}
