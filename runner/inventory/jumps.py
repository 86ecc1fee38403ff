"""Which host stands in front of which: the names behind `jump_host`, checked and followed to the end."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from runner.documents.suggest import did_you_mean
from runner.errors import InputError, Problem
from runner.inventory.model import Device
from runner.inventory.names import shown
from runner.inventory.sources import Tree, Trees

KEY = "jump_host"
DIRECT = "write `jump_host: false` at the one that is reached directly"


def check_jump_hosts(trees: Trees) -> Iterator[Problem]:
    """Names that are no host, and hosts that name themselves. Trees that are no mappings are somebody else's problem."""
    hosts, groups = _names(trees.hosts), _names(trees.groups)
    levels = [(tree, (name,), tree.data[name]) for tree in (trees.hosts, trees.groups) for name in _names(tree)]
    for tree, path, body in [*levels, (trees.defaults, (), trees.defaults.data)]:
        jump = body.get(KEY) if isinstance(body, dict) else None
        if not isinstance(jump, str) or not jump.strip():
            continue
        if jump not in hosts:
            hint = f"{shown(jump)} is a group: name one of its hosts" if jump in groups else did_you_mean(jump, hosts)
            hint = hint or "it must be a host of this inventory, with an address and a login of its own"
            yield tree.problem(f"{KEY} {shown(jump)} is no host", (*path, KEY), hint=hint)
        elif tree is trees.hosts and path == (jump,):
            yield tree.problem(f"{shown(jump)} names itself as its jump host", (*path, KEY), hint="write `jump_host: false` for none")


def with_jumps(devices: Mapping[str, Device], trees: Trees) -> dict[str, Device]:
    """The same devices, each with the one it is reached through.

    A host that inherits itself as its jump host, from a group or the defaults, is reached directly.

    Raises InputError: hosts that are reached through themselves.
    """
    ahead = {name: device.jump_host for name, device in devices.items() if device.jump_host not in (None, name)}
    made: dict[str, Device] = {}
    circles: dict[frozenset[str], Problem] = {}
    for start in ahead:
        chain = _chain(start, ahead, made)
        if chain[-1] in chain[:-1]:
            circle = chain[chain.index(chain[-1]) : -1]
            circles.setdefault(frozenset(circle), _circle(trees.hosts, circle))
            continue
        for name in reversed(chain):
            following = ahead.get(name)
            made.setdefault(name, replace(devices[name], jump=made[following]) if following else devices[name])
    if circles:
        raise InputError(circles.values())
    return {name: made.get(name, device) for name, device in devices.items()}


def _chain(start: str, ahead: Mapping[str, str | None], ended: Collection[str]) -> list[str]:
    """The hosts from `start` on, each behind the next; up to one that is known to end, or to the first that comes a second time."""
    chain = [start]
    while chain[-1] not in ended and (following := ahead.get(chain[-1])):
        seen = following in chain
        chain.append(following)
        if seen:
            break
    return chain


def _circle(hosts: Tree, names: list[str]) -> Problem:
    way = " -> ".join(map(shown, [*names, names[0]]))
    written = [name for name in names if (hosts.data[name] or {}).get(KEY)]
    path = (written[0], KEY) if written else (names[0],)
    return hosts.problem(f"{shown(path[0])} is reached through itself: {way}", path, hint=DIRECT, key=not written)


def _names(tree: Tree) -> tuple[str, ...]:
    return tuple(name for name in tree.data if isinstance(name, str)) if isinstance(tree.data, dict) else ()
