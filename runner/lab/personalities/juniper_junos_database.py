"""The configuration database of a Junos device: what is active, the candidates, who edits, and what to roll back to."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Literal

from runner.lab.personalities.interface_facts import PORTS
from runner.lab.personalities.juniper_junos_tree import JunosTree

Kind = Literal["shared", "private", "exclusive"]
KEPT = 50
"""Configurations that can be rolled back to, the active one among them."""


@dataclass
class Candidate:
    """A configuration that is being edited, and the lines that made it what it is."""

    tree: JunosTree
    lines: list[str] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Version:
    """A configuration that was committed: when, by whom, with which words."""

    tree: JunosTree
    user: str
    comment: str = ""
    when: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(kw_only=True)
class Editor:
    """A session in configuration mode, and where it is in it."""

    user: str
    kind: Kind
    place: str = ""
    since: datetime = field(default_factory=lambda: datetime.now(UTC))


class Database:
    """`editors` by their terminal line. The one candidate is shared by all but private editors; `clock` is for commits to confirm."""

    def __init__(self, tree: JunosTree, user: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._versions = [Version(tree=tree, user=user)]
        self._shared = Candidate(tree.copy())
        self._private: dict[int, Candidate] = {}
        self._clock = clock
        self._undo: tuple[float, int] | None = None
        self.editors: dict[int, Editor] = {}

    def copy(self) -> Database:
        """The active configuration alone, as it is kept."""
        return Database(self.active.copy(), self._versions[0].user)

    @property
    def versions(self) -> tuple[Version, ...]:
        """What was committed, the active configuration first. A commit that nobody confirmed in time is undone here."""
        if self._undo is not None and self._clock() >= self._undo[0]:
            self._undo = None
            self._make_active(Version(tree=self._versions[1].tree.copy(), user="root", comment="rollback of an unconfirmed commit"))
            self._shared = Candidate(self._versions[0].tree.copy())
        return tuple(self._versions)

    @property
    def active(self) -> JunosTree:
        """What the device works by."""
        return self.versions[0].tree

    @property
    def unconfirmed(self) -> int | None:
        """Minutes after which the last commit is undone, None when it is not to be."""
        return self._undo[1] if self.versions and self._undo is not None else None

    @property
    def hostname(self) -> str:
        """The name in the prompt."""
        return self.active.value(("system",), "host-name") or "Amnesiac"

    def is_shut(self, number: int) -> bool:
        """Whether the port of the cable with this number (from 1) is disabled."""
        return "disable" in self.active.at(("interfaces", port(number)))

    def __str__(self) -> str:
        return self.active.text()

    def candidate(self, line: int) -> Candidate:
        """What the session on this terminal line edits."""
        return self._private.get(line, self._shared)

    def is_changed(self, line: int) -> bool:
        """Whether something waits for a commit there."""
        return self.candidate(line).tree != self.active

    def locked_by(self, line: int) -> Editor | None:
        """Who else has the configuration for himself alone."""
        return next((editor for number, editor in self.editors.items() if number != line and editor.kind == "exclusive"), None)

    def enter(self, line: int, user: str, kind: Kind) -> None:
        """A session begins to edit."""
        self.editors[line] = Editor(user=user, kind=kind)
        if kind == "private":
            self._private[line] = Candidate(self.active.copy())

    def leave(self, line: int) -> None:
        """A session edits no more; what it did in private or alone is forgotten, what it did in the shared candidate stays."""
        editor = self.editors.pop(line, None)
        self._private.pop(line, None)
        if editor is not None and editor.kind == "exclusive":
            self._shared = Candidate(self.active.copy())

    def commit(self, line: int, user: str, comment: str, confirmed: int | None) -> tuple[str, ...]:
        """Make a candidate active, for so many minutes only unless confirmed; the lines that had waited."""
        self._undo = None if confirmed is None else (self._clock() + 60 * confirmed, confirmed)
        candidate = self.candidate(line)
        lines = tuple(candidate.lines)
        self._make_active(Version(tree=candidate.tree.copy(), user=user, comment=comment))
        candidate.lines.clear()
        if candidate is not self._shared:
            self._shared = Candidate(self._versions[0].tree.copy())
        return lines

    def roll_back(self, line: int, number: int) -> bool:
        """Load an earlier configuration (0: the active one) into the candidate; False when there is none with that number."""
        if not 0 <= number < len(self.versions):
            return False
        candidate = self.candidate(line)
        candidate.tree = self._versions[number].tree.copy()
        candidate.lines[:] = [] if number == 0 else [f"rollback {number}"]
        return True

    def _make_active(self, version: Version) -> None:
        self._versions = [version, *self._versions][:KEPT]


def port(number: int) -> str:
    """The port of the cable with this number (from 1)."""
    return PORTS["juniper_junos"].format(number)
