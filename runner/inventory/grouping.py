"""How groups hang together: every name known, no circle, and the ancestors of each in Nornir's order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from runner.documents.suggest import did_you_mean
from runner.errors import Problem
from runner.inventory.names import shown
from runner.inventory.sources import Tree


def parents_of(tree: Tree) -> dict[str, tuple[str, ...]]:
    """Each host's or group's own groups, as far as they are written as a list of names."""
    bodies = tree.data if isinstance(tree.data, dict) else {}
    return {name: _own_groups(body) for name, body in bodies.items()}


def check_groups(tree: Tree, parents: Mapping[str, Sequence[str]], known: Mapping[str, object]) -> Iterator[Problem]:
    """A problem for each name of a group that no group has."""
    for name, groups in parents.items():
        for index, group in enumerate(groups):
            if group not in known:
                hint = did_you_mean(group, known) or ("groups are defined in groups.yaml" if not known else "")
                yield tree.problem(f"unknown group {shown(group)}", (name, "groups", index), hint=hint)


def check_circles(tree: Tree, parents: Mapping[str, Sequence[str]]) -> Iterator[Problem]:
    """A problem for each circle of groups, with the way round it."""
    done: set[str] = set()
    for start in parents:
        way: list[str] = []
        pending = [(start, iter(parents[start]))] if start not in done else []
        while pending:
            group, rest = pending[-1]
            if not way or way[-1] != group:
                way.append(group)
            following = next(rest, None)
            if following is None:
                done.add(group)
                way.pop()
                pending.pop()
            elif following in way:
                circle = [*way[way.index(following) :], following]
                yield tree.problem(f"groups go round in a circle: {' -> '.join(circle)}", (group, "groups"), hint="remove one of them")
            elif following in parents and following not in done:
                pending.append((following, iter(parents[following])))


def ancestors(groups: Sequence[str], parents: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The groups with all their ancestors, each once: depth first, as Nornir's `extended_groups`. There must be no circle."""
    found: dict[str, None] = {}
    pending = list(reversed(groups))
    while pending:
        group = pending.pop()
        if group not in found:
            found[group] = None
            pending.extend(reversed(parents[group]))
    return tuple(found)


def _own_groups(body: object) -> tuple[str, ...]:
    groups = body.get("groups") if isinstance(body, dict) else None
    return tuple(group for group in groups if isinstance(group, str)) if isinstance(groups, list) else ()
