"""The truth table of the limits: every way a host can fail against every limit, and the arithmetic of each one that trips."""

from __future__ import annotations

from collections import Counter

import pytest

from runner.policy import CONTINUE, Decision, Facts, Policy, decide
from runner.states import HostStatus

OK, CHANGED, SKIPPED = HostStatus.OK, HostStatus.CHANGED, HostStatus.SKIPPED
FAILED, UNREACHABLE, IN_DOUBT = HostStatus.FAILED, HostStatus.UNREACHABLE, HostStatus.IN_DOUBT
STOPPED, RUNNING, PENDING = HostStatus.STOPPED, HostStatus.RUNNING, HostStatus.PENDING

POLICIES = {
    "none": Policy(),
    "percentage 0": Policy(max_fail_percentage=0),
    "percentage 49": Policy(max_fail_percentage=49),
    "percentage 50": Policy(max_fail_percentage=50),
    "failures 0": Policy(max_failures=0),
    "failures 2": Policy(max_failures=2),
    "failures 20%": Policy(max_failures="20%"),
    "fatal": Policy(any_errors_fatal=True),
    "batch stop": Policy(on_batch_failure="stop"),
    "batch pause": Policy(on_batch_failure="pause"),
}

# How two of four hosts of batch 2 stand (of a run of ten, all others ok), the batch being over -> the limits that stop it.
# The states that `ignore_errors` and `ignore_unreachable` leave behind are ok and skipped; held back is pending.
TWO_OF_FOUR = {
    FAILED: {"percentage 0", "percentage 49", "failures 0", "fatal"},
    UNREACHABLE: {"percentage 0", "percentage 49", "failures 0", "fatal"},
    IN_DOUBT: {"percentage 0", "percentage 49", "failures 0", "fatal"},
    OK: set(),
    CHANGED: set(),
    SKIPPED: set(),
    STOPPED: set(),
    RUNNING: set(),
    PENDING: set(),
}
# The same for all four.
FOUR_OF_FOUR = {
    state: set(POLICIES) - {"none", "batch pause"} if state in (FAILED, UNREACHABLE, IN_DOUBT) else set() for state in TWO_OF_FOUR
}


def facts(bad: list[HostStatus], size: int = 4, run: int = 10, earlier: int = 0, *, over: bool = True) -> Facts:
    """Batch 2 with these hosts and the rest ok; `earlier` hosts failed in batch 1."""
    batch = Counter({OK: size - len(bad)}) + Counter(bad)
    return Facts(batch_number=2, batch=batch, run=batch + Counter({FAILED: earlier, OK: run - size - earlier}), batch_over=over)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("state", TWO_OF_FOUR, ids=str)
def test_two_of_four(state: HostStatus, policy: str) -> None:
    assert decide(POLICIES[policy], facts([state] * 2)).verdict == ("stop" if policy in TWO_OF_FOUR[state] else "continue")


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("state", FOUR_OF_FOUR, ids=str)
def test_four_of_four(state: HostStatus, policy: str) -> None:
    expected = "stop" if policy in FOUR_OF_FOUR[state] else "continue"
    if policy == "batch pause" and FOUR_OF_FOUR[state]:
        expected = "pause"
    assert decide(POLICIES[policy], facts([state] * 4)).verdict == expected


@pytest.mark.parametrize("policy", POLICIES)
def test_a_batch_under_way_is_not_yet_a_failed_batch(policy: str) -> None:
    verdict = decide(POLICIES[policy], facts([FAILED, FAILED, RUNNING, RUNNING], over=False)).verdict
    assert verdict == ("stop" if policy in TWO_OF_FOUR[FAILED] else "continue")


ARITHMETIC = [
    # policy, facts, limit, what the reason says
    (
        Policy(max_fail_percentage=10),
        facts([FAILED] * 3, 25, 25),
        "max_fail_percentage",
        "3 of 25 hosts failed in batch 2 (12%), max_fail_percentage allows 10%",
    ),
    (
        Policy(max_fail_percentage=33.3),
        facts([FAILED], 3),
        "max_fail_percentage",
        "1 of 3 hosts failed in batch 2 (33.3%), max_fail_percentage allows 33.3%",
    ),
    (
        Policy(max_fail_percentage=0),
        facts([UNREACHABLE], 1),
        "max_fail_percentage",
        "1 of 1 host failed (1 unreachable) in batch 2 (100%), max_fail_percentage allows 0%",
    ),
    (Policy(max_failures=2), facts([FAILED], earlier=2), "max_failures", "3 of 10 hosts failed, limit 2 (max_failures)"),
    (
        Policy(max_failures=2),
        facts([IN_DOUBT, UNREACHABLE], earlier=1),
        "max_failures",
        "3 of 10 hosts failed (1 failed, 1 unreachable, 1 in doubt), limit 2 (max_failures)",
    ),
    (Policy(max_failures="12.5%"), facts([FAILED], 4, 8, 1), "max_failures", "2 of 8 hosts failed (25%), limit 12.5% (max_failures)"),
    (Policy(any_errors_fatal=True), facts([FAILED]), "any_errors_fatal", "1 of 4 hosts failed in batch 2, any_errors_fatal allows none"),
    (
        Policy(on_batch_failure="stop"),
        facts([FAILED, IN_DOUBT], 2),
        "on_batch_failure",
        "2 of 2 hosts failed (1 failed, 1 in doubt) in batch 2 and none ended well",
    ),
]


@pytest.mark.parametrize(("policy", "happened", "limit", "reason"), ARITHMETIC, ids=[row[3] for row in ARITHMETIC])
def test_the_reason_holds_the_arithmetic(policy: Policy, happened: Facts, limit: str, reason: str) -> None:
    assert decide(policy, happened) == Decision(verdict="stop", limit=limit, reason=reason)


NOT_PASSED = [
    ("failures of earlier batches do not count for the percentage", Policy(max_fail_percentage=49), facts([FAILED], earlier=5)),
    ("strictly more than the number", Policy(max_failures=2), facts([FAILED], earlier=1)),
    ("strictly more than the percentage of the run", Policy(max_failures="20%"), facts([FAILED], earlier=1)),
    ("exactly an odd percentage", Policy(max_fail_percentage=12.5), facts([FAILED], 8)),
    ("one that ended well saves the batch", Policy(on_batch_failure="stop"), facts([FAILED, FAILED, FAILED, SKIPPED])),
    (
        "nobody failed",
        Policy(on_batch_failure="stop", any_errors_fatal=True, max_failures=0, max_fail_percentage=0),
        facts([STOPPED, PENDING]),
    ),
    ("no host at all", Policy(on_batch_failure="stop", max_failures="0%", max_fail_percentage=0), facts([], 0, 0)),
]


@pytest.mark.parametrize(("policy", "happened"), [row[1:] for row in NOT_PASSED], ids=[row[0] for row in NOT_PASSED])
def test_what_passes_no_limit(policy: Policy, happened: Facts) -> None:
    assert decide(policy, happened) == CONTINUE


def test_a_limit_that_stops_comes_before_one_that_asks() -> None:
    policy = Policy(on_batch_failure="pause", max_failures=1)
    assert decide(policy, facts([FAILED] * 4)).limit == "max_failures"


def test_hosts_held_back_do_not_save_a_batch_that_failed() -> None:
    assert decide(Policy(on_batch_failure="stop"), facts([UNREACHABLE, PENDING], 2)).verdict == "stop"


def test_a_limit_that_is_none_is_an_error() -> None:
    with pytest.raises(ValueError, match="a few"):
        decide(Policy(max_failures="a few"), facts([FAILED]))
