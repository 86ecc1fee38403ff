"""What a play's limits are: from flags and environment, the play itself, and settings of files, the strongest first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from runner.playbook.model import Play
from runner.policy import Policy

POLICY = ("max_fail_percentage", "max_failures", "any_errors_fatal", "on_batch_failure")
NAMES = (*POLICY, "max_auth_failures", "connect_retries")
"""Keywords of a play that are settings too, under the same name."""


@dataclass(frozen=True, kw_only=True)
class Given:
    """Limits from beside the playbook: `forced` win over the play's own keywords, `default` hold where it has none."""

    forced: Mapping[str, Any] = field(default_factory=dict)
    default: Mapping[str, Any] = field(default_factory=dict)

    def of(self, play: Play) -> dict[str, Any]:
        """Every limit of a play that somebody has set."""
        chosen = {}
        for name in NAMES:
            own = getattr(play, name)
            value = self.forced[name] if name in self.forced else own if own is not None else self.default.get(name)
            if value is not None:
                chosen[name] = value
        return chosen


def policy_of(limits: Mapping[str, Any]) -> Policy:
    """The part of a play's limits that decides when it stops."""
    return Policy(**{name: limits[name] for name in POLICY if name in limits})


def in_words(policy: Policy) -> tuple[str, ...]:
    """Each limit that is in force, as a person would write it."""
    words = []
    if policy.max_fail_percentage is not None:
        words.append(f"max_fail_percentage {policy.max_fail_percentage:g}")
    if policy.max_failures is not None:
        words.append(f"max_failures {policy.max_failures}")
    if policy.any_errors_fatal:
        words.append("any_errors_fatal")
    if policy.on_batch_failure != "continue":
        words.append(f"on_batch_failure {policy.on_batch_failure}")
    return tuple(words)


def may_come_late(policy: Policy) -> bool:
    """Whether a limit is looked at while the hosts of a batch are at different tasks."""
    return policy.any_errors_fatal or policy.max_fail_percentage is not None or policy.max_failures is not None
