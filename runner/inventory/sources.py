"""The raw inventory: three trees of plain data, each able to say where a value of it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from runner.documents.load import read
from runner.documents.model import Document
from runner.documents.older import doubts_of
from runner.errors import InputError, Problem, Where

_ENDINGS = (".yaml", ".yml")
CONNECTION = "netmiko"
"""The one kind of connection whose options are ours."""


_DEPTHS = {"hosts": 1, "groups": 1, "defaults": 0}
"""The files, and how many names stand before an element's keys."""


class Tree(Protocol):
    """Plain data with places; a Document, or what a Nornir plugin gave, where places are unknown."""

    @property
    def data(self) -> Any: ...

    def place(self, path: Sequence[str | int]) -> Where | None:
        """Where a key stands, if that is known; without the text of the line."""

    def problem(self, message: str, path: Sequence[str | int], *, hint: str = "", key: bool = False) -> Problem:
        """A problem with the value at a path, or with its key."""


@dataclass(frozen=True, kw_only=True)
class FileTree:
    """A file of the inventory."""

    document: Document = field(repr=False)

    @property
    def data(self) -> Any:
        return self.document.data

    def place(self, path: Sequence[str | int]) -> Where | None:
        return self.document.where(path, key=True, quoted=False)

    def problem(self, message: str, path: Sequence[str | int], *, hint: str = "", key: bool = False) -> Problem:
        return self.document.problem(message, path, hint=hint, key=key)


@dataclass(frozen=True, kw_only=True)
class PlainTree:
    """Data without places: problems begin with the way to the value. `name` says what the data is, empty for a missing file."""

    data: Any = field(default_factory=dict, repr=False)
    name: str = ""

    def place(self, path: Sequence[str | int]) -> Where | None:
        return None

    def problem(self, message: str, path: Sequence[str | int], *, hint: str = "", key: bool = False) -> Problem:
        way = ".".join(str(step) for step in path)
        return Problem(message=f"{self.name} {way}: {message}" if way else f"{self.name}: {message}", hint=hint)


@dataclass(frozen=True, kw_only=True)
class Trees:
    """Hosts and groups by name, and the defaults. `problems` are those of reading them; `complete` when each was read to its end.

    `warnings` are what is odd but allowed in the files themselves.
    """

    hosts: Tree
    groups: Tree = field(default_factory=PlainTree)
    defaults: Tree = field(default_factory=PlainTree)
    problems: tuple[Problem, ...] = ()
    complete: bool = True
    warnings: tuple[Problem, ...] = ()


def read_folder(folder: Path, names: Mapping[str, str] | None = None) -> Trees:
    """The SimpleInventory files of a folder: hosts.yaml, and groups.yaml and defaults.yaml where they exist; `.yml` is as good.

    `names` gives other paths for `hosts`, `groups` and `defaults`; a relative one begins at the folder. A file that cannot be read
    gives problems beside what could be read of it. Raises InputError: no such folder, no hosts file.
    """
    if not folder.is_dir() and not names:
        reason = "it is a file, not a folder" if folder.exists() else "there is no such folder"
        raise InputError(
            f"no inventory at {folder}: {reason}",
            hint="name one with `-i DIR`, or make one: a hosts.yaml with a line such as `r1: {hostname: 192.0.2.1, platform: cisco_ios}`",
        )
    problems: list[Problem] = []
    trees = [_read(_candidates(folder, name, names or {}), depth, problems) for name, depth in _DEPTHS.items()]
    if trees[0] is None and not problems:
        wanted = (names or {}).get("hosts", "hosts.yaml")
        raise InputError(
            f"no inventory at {folder}: it has no {wanted}",
            hint="it needs a line for each device, such as `r1: {hostname: 192.0.2.1, platform: cisco_ios}`",
        )
    hosts, groups, defaults = (tree or PlainTree() for tree in trees)
    warnings = [warning for tree, depth in zip(trees, _DEPTHS.values(), strict=True) if tree for warning in _doubts(tree, depth)]
    return Trees(
        hosts=hosts,
        groups=groups,
        defaults=defaults,
        problems=tuple(problems),
        complete=None not in trees or not problems,
        warnings=tuple(warnings),
    )


def _doubts(tree: FileTree, depth: int) -> tuple[Problem, ...]:
    return doubts_of(tree.document, lambda path: _is_data(path[depth:]))


def _is_data(path: Sequence[str | int]) -> bool:
    """Whether a place below a host, group or the defaults is a value of the user's own data."""
    return len(path) > 1 and path[0] == "data"


def _is_free(path: Sequence[str | int]) -> bool:
    """Whether its keys are not ours: data, and options of connections that others read."""
    return _is_data(path) or (len(path) > 1 and path[0] == "connection_options" and path[1] != CONNECTION)


def _candidates(folder: Path, name: str, names: Mapping[str, str]) -> list[Path]:
    """The existing files that could be meant."""
    paths = [Path(names[name])] if name in names else [Path(f"{name}{ending}") for ending in _ENDINGS]
    return [folder / path for path in paths if (folder / path).exists()]


def _read(paths: list[Path], depth: int, problems: list[Problem]) -> FileTree | None:
    """One file of the inventory; None when there is none or it cannot be read, which `problems` then tells."""
    if not paths:
        return None
    if len(paths) > 1:
        problems.append(Problem(message=f"{paths[0]} and {paths[1].name} both exist, and only one can count", hint="remove one of them"))
        return None
    document, found = read(paths[0], free=lambda path: _is_free(path[depth:]))
    problems.extend(found)
    return FileTree(document=document) if document else None
