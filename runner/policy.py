"""Limits on failures: one pure function from what has happened to whether the run goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

OnBatchFailure = Literal["continue", "stop", "pause"]


@dataclass(frozen=True, kw_only=True)
class Policy:
    """When a play stops. Hosts that failed, were unreachable or are in doubt all count as failures.

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
