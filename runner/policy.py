"""Limits on failures: one pure function from what has happened to whether the run goes on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from runner.states import BAD, GOOD, HostStatus

OnBatchFailure = Literal["continue", "stop", "pause"]
Verdict = Literal["continue", "stop", "pause"]

_PERCENTAGE = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?)\s*%\s*")


@dataclass(frozen=True, kw_only=True)
class Policy:
    """When a play stops. Hosts that failed, were unreachable or are in doubt all count as failures.

    What `ignore_errors` or `ignore_unreachable` let pass does not count: such a host is not in one of those three states.

    Arguments:
        max_fail_percentage: of the hosts of the current batch; strictly more than this stops. None = no limit.
        max_failures: of the run: a number of hosts, or text such as "20%" of the run's hosts; more than this stops. None = no limit.
        any_errors_fatal: the first failure stops.
        on_batch_failure: what a batch leads to in which some host failed and none ended well.
    """

    max_fail_percentage: float | None = None
    max_failures: int | str | None = None
    any_errors_fatal: bool = False
    on_batch_failure: OnBatchFailure = "continue"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What has happened when the question is asked.

    Arguments:
        batch: the hosts of the current batch, all of them, by state.
        run: the hosts of the whole run, all of them, each by its worst state so far.
        batch_over: every host of the batch has ended.
    """

    batch_number: int
    batch: Mapping[HostStatus, int]
    run: Mapping[HostStatus, int] = field(default_factory=dict)
    batch_over: bool = False


@dataclass(frozen=True, kw_only=True)
class Decision:
    """Whether the run goes on; where it does not, which limit says so and the arithmetic behind it, as a sentence."""

    verdict: Verdict = "continue"
    limit: str = ""
    reason: str = ""


CONTINUE = Decision()


def decide(policy: Policy, facts: Facts) -> Decision:
    """The first limit that is passed, those that stop before the one that may only pause.

    `max_fail_percentage` is Ansible's rule (strictly more, of the batch's real size); that unreachable hosts count is ours.

    Raises ValueError for a `max_failures` that is neither a number of hosts nor a percentage.
    """
    return next(_passed(policy, facts), CONTINUE)


def _passed(policy: Policy, facts: Facts) -> Iterator[Decision]:
    number, size, failed = facts.batch_number, sum(facts.batch.values()), _failed(facts.batch)
    if policy.any_errors_fatal and failed:
        reason = f"{_counted(facts.batch)} in batch {number}, any_errors_fatal allows none"
        yield Decision(verdict="stop", limit="any_errors_fatal", reason=reason)
    most = policy.max_fail_percentage
    if most is not None and failed * 100 > Fraction(str(most)) * size:
        reason = f"{_counted(facts.batch)} in batch {number} ({_percent(failed, size)}), max_fail_percentage allows {most:g}%"
        yield Decision(verdict="stop", limit="max_fail_percentage", reason=reason)
    if policy.max_failures is not None and _too_many(policy.max_failures, facts.run):
        share = f" ({_percent(_failed(facts.run), sum(facts.run.values()))})" if isinstance(policy.max_failures, str) else ""
        reason = f"{_counted(facts.run)}{share}, limit {policy.max_failures} (max_failures)"
        yield Decision(verdict="stop", limit="max_failures", reason=reason)
    if policy.on_batch_failure != "continue" and facts.batch_over and failed and not any(facts.batch.get(state) for state in GOOD):
        reason = f"{_counted(facts.batch)} in batch {number} and none ended well"
        yield Decision(verdict=policy.on_batch_failure, limit="on_batch_failure", reason=reason)


def _too_many(limit: int | str, run: Mapping[HostStatus, int]) -> bool:
    failed, hosts = _failed(run), sum(run.values())
    if isinstance(limit, int):
        return failed > limit
    if match := _PERCENTAGE.fullmatch(limit):
        return failed * 100 > Fraction(match[1]) * hosts
    if limit.strip().isdecimal():
        return failed > int(limit)
    raise ValueError(f"max_failures '{limit}' is neither a number of hosts nor a percentage such as 20%")


def _failed(counts: Mapping[HostStatus, int]) -> int:
    return sum(counts.get(state, 0) for state in BAD)


def _counted(counts: Mapping[HostStatus, int]) -> str:
    """`3 of 25 hosts failed`, and where not all of them simply failed, in which ways: `(1 failed, 2 unreachable)`."""
    size = sum(counts.values())
    names = ((HostStatus.FAILED, "failed"), (HostStatus.UNREACHABLE, "unreachable"), (HostStatus.IN_DOUBT, "in doubt"))
    ways = [f"{counts[state]} {name}" for state, name in names if counts.get(state)]
    detail = "" if not counts.get(HostStatus.UNREACHABLE) and not counts.get(HostStatus.IN_DOUBT) else f" ({', '.join(ways)})"
    return f"{_failed(counts)} of {size} host{'' if size == 1 else 's'} failed{detail}"


def _percent(part: int, whole: int) -> str:
    return f"{round(100 * part / whole, 1):g}%" if whole else "0%"
