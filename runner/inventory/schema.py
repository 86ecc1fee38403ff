"""What may stand in an inventory: each key with what its value must be. All problems of a tree in one pass, each at its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from runner.documents.suggest import did_you_mean
from runner.errors import Problem
from runner.inventory.extras import extras_problems
from runner.inventory.names import name_problem, shown
from runner.inventory.references import reference_problem
from runner.inventory.sources import CONNECTION, Tree

Path = tuple[str, ...]
Fault = tuple[str, str]
"""What is wrong with a value, as the end of a sentence that begins with its key, and a hint."""

FINE: Fault = ("", "")


def _text(value: Any) -> Fault:
    if isinstance(value, str):
        return FINE if value.strip() else ("is empty", "leave it out to inherit it")
    return "must be text", "write it in quotes" if isinstance(value, int | float) else ""


def _hostname(value: Any) -> Fault:
    fault = _text(value)
    if fault == FINE and (value.startswith("-") or not all(character.isprintable() and character != " " for character in value)):
        return "is no address or name of a host", "write for example 192.0.2.1, 2001:db8::1 or r1.example.net"
    return fault


def _port(value: Any) -> Fault:
    good = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 65_535
    return FINE if good else ("must be a number from 1 to 65535", "write it without quotes" if isinstance(value, str) else "")


def _reference(value: Any) -> Fault:
    if not isinstance(value, str):
        return _text(value)
    return reference_problem(value)


def _switch(value: Any) -> Fault:
    return FINE if isinstance(value, bool) else ("must be true or false", "")


def _jump_host(value: Any) -> Fault:
    if value is False:
        return FINE
    fault = _text(value)
    return fault if fault == FINE else (fault[0], "write the name of a host of this inventory, or false for none")


def _groups(value: Any) -> Fault:
    if isinstance(value, list):
        return FINE if all(isinstance(name, str) for name in value) else ("must be a list of names of groups", "write each in quotes")
    hint = f"write `groups: [{value}]`" if isinstance(value, str) and value.isprintable() and len(value) < 60 else ""
    return "must be a list of names of groups", hint


def _mapping(value: Any) -> Fault:
    return FINE if isinstance(value, dict) else ("must be a mapping of keys to values", "")


_LOGIN: Mapping[str, Callable[[Any], Fault]] = {
    "hostname": _hostname,
    "port": _port,
    "username": _reference,
    "password": _reference,
    "platform": _text,
}
_DEFAULTS = {
    **_LOGIN,
    "secret": _reference,
    "credential": _text,
    "jump_host": _jump_host,
    "legacy_algorithms": _switch,
    "data": _mapping,
    "connection_options": _mapping,
}
_ELEMENT = {**_DEFAULTS, "groups": _groups}
_CONNECTION = {**_LOGIN, "extras": _mapping}


def check_elements(tree: Tree, what: str) -> Iterator[Problem]:
    """The problems of a tree of hosts or groups by name; `what` is `host` or `group`."""
    if tree.data is None:
        return
    if not isinstance(tree.data, dict):
        yield tree.problem(f"must map names of {what}s to what is known about them", (), hint="write `NAME:` and below it its keys")
        return
    for name, body in tree.data.items():
        fault = name_problem(name, of_host=what == "host")
        if fault:
            yield tree.problem(f"{what} name {shown(name)} {fault}", (name,), key=True)
        if body is None:
            yield tree.problem(f"{what} {shown(name)} has nothing behind it", (name,), hint=f"write `{name}: {{}}` for none", key=True)
        elif not isinstance(body, dict):
            yield tree.problem(f"{what} {shown(name)} must be a mapping of keys to values", (name,), key=True)
        else:
            yield from _check_body(tree, body, (name,), _ELEMENT)


def check_defaults(tree: Tree) -> Iterator[Problem]:
    """The problems of the defaults."""
    if tree.data is None:
        return
    if isinstance(tree.data, dict):
        yield from _check_body(tree, tree.data, (), _DEFAULTS)
    else:
        yield tree.problem("the defaults must be a mapping of keys to values", ())


def _check_body(tree: Tree, body: Mapping[Any, Any], path: Path, known: Mapping[str, Callable[[Any], Fault]]) -> Iterator[Problem]:
    for key, value in body.items():
        check = known.get(key)
        if check is None:
            hint = did_you_mean(str(key), known) or ("values of your own belong under `data:`" if "data" in known else "")
            yield tree.problem(f"unknown key {shown(key)}", (*path, key), hint=hint, key=True)
        elif value is not None and (fault := check(value)) != FINE:
            yield tree.problem(f"'{key}' {fault[0]}", (*path, key), hint=fault[1])
        elif key == "connection_options" and value:
            yield from _check_connections(tree, value, (*path, key))
    if body.get("credential") is not None and body.get("password") is not None:
        yield tree.problem("'credential' and 'password' are both given", (*path, "credential"), hint="keep one of them", key=True)


def _check_connections(tree: Tree, connections: Mapping[Any, Any], path: Path) -> Iterator[Problem]:
    """Options of other kinds of connection are not ours and stay unread; a name that nearly is ours is a slip."""
    for name, options in connections.items():
        if name != CONNECTION:
            hint = did_you_mean(str(name), [CONNECTION])
            if hint:
                yield tree.problem(f"unknown kind of connection {shown(name)}", (*path, name), hint=hint, key=True)
        elif options is not None and not isinstance(options, dict):
            yield tree.problem(f"'{CONNECTION}' must be a mapping of keys to values", (*path, name))
        elif options:
            yield from _check_body(tree, options, (*path, name), _CONNECTION)
            yield from _check_extras(tree, options.get("extras"), (*path, name, "extras"))


def _check_extras(tree: Tree, extras: Any, path: Path) -> Iterator[Problem]:
    if not isinstance(extras, dict):
        return
    for key, message, hint in extras_problems(extras):
        yield tree.problem(message, (*path, key), hint=hint, key=True)
    if extras.get("secret") is not None and (fault := _reference(extras["secret"])) != FINE:
        yield tree.problem(f"'secret' {fault[0]}", (*path, "secret"), hint=fault[1])
