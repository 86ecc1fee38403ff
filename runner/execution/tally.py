"""What the rounds of a task have given so far, those of an earlier process among them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from runner.contracts import ActionResult, CommandResult
from runner.errors import SessionError, Stopped
from runner.job_events import WriteEnded


@dataclass
class Tally:
    """What one round, or all rounds of a task, have given.

    `fatal` is the end of the session or the stop that ended them; `in_doubt` says that a write may or may not have happened;
    `final` that the host cannot go on, whatever the task says about errors; `wrote` that there was an intent to write, `here` that
    it was in this process.
    """

    results: list[CommandResult] = field(default_factory=list)
    refused: set[int] = field(default_factory=set)
    reason: str = ""
    hint: str = ""
    changed: bool = False
    ran: bool = False
    facts: dict[str, Any] = field(default_factory=dict)
    fatal: SessionError | Stopped | None = None
    in_doubt: bool = False
    final: bool = False
    wrote: bool = False
    here: bool = False
    applied: int | None = None
    total: int | None = None
    diff: str = ""

    def fail(self, reason: str, hint: str = "") -> None:
        """Note the first failure; later ones do not replace it."""
        if not self.reason:
            self.reason, self.hint = reason or "the action failed without a reason", hint

    def add(self, done: ActionResult, item: Any) -> None:
        """Take over what one round gave. The result that failed is kept, and not shown to handlers."""
        self.results += [replace(each, item=item) for each in done.results]
        if done.failed and done.results:
            self.refused.add(len(self.results) - 1)
        self.changed |= done.changed
        self.facts.update(done.facts)
        self.count(done.applied, done.total)
        self._differ(done.diff)
        if done.failed:
            self.fail(done.reason, done.hint)

    def take(self, other: Tally) -> None:
        """Take over what a further round gave."""
        self.refused |= {len(self.results) + place for place in other.refused}
        self.results += other.results
        self.changed |= other.changed
        self.ran |= other.ran
        self.facts.update(other.facts)
        self.fatal = self.fatal or other.fatal
        self.in_doubt |= other.in_doubt
        self.final |= other.final
        self.wrote |= other.wrote
        self.here |= other.here
        self.count(other.applied, other.total)
        self._differ(other.diff)
        if other.reason:
            self.fail(other.reason, other.hint)

    def count(self, applied: int | None, total: int | None) -> None:
        """Add lines of configuration."""
        if total is not None:
            self.applied, self.total = (self.applied or 0) + (applied or 0), (self.total or 0) + total

    def _differ(self, diff: str) -> None:
        self.diff = "\n".join(filter(None, (self.diff.rstrip("\n"), diff)))


def tally_of(ended: WriteEnded) -> Tally:
    """What a round gave whose end an earlier process has told."""
    failed = ended.outcome == "failed"
    return Tally(
        results=list(ended.results),
        refused={len(ended.results) - 1} if failed and ended.results else set(),
        reason=ended.reason or "it failed" if failed else "",
        hint=ended.hint if failed else "",
        changed=ended.changed,
        ran=True,
        facts=dict(ended.facts or {}),
        wrote=True,
        applied=ended.applied,
        total=ended.total,
        diff=ended.diff,
    )
