"""F12, F33, F40: jobs killed at random moments: nothing is written twice, nothing is told that is not so, nothing is left."""

from __future__ import annotations

import os

import pytest

from tests.crash.suite import run, summary, told

SEEDS = int(os.environ.get("CRASH_SEEDS", "200"))


@pytest.mark.timeout(1800)
def test_f40_killed_at_random_moments(capsys: pytest.CaptureFixture[str]) -> None:
    """`CRASH_SEEDS` says how many; one that fails is run alone as it says."""
    outcomes = [*run(range(1, SEEDS + 1))]
    with capsys.disabled():
        print(f"\n{summary(outcomes)}")  # noqa: T201 - for whoever reads what continuous integration says
    assert not [told(outcome) for outcome in outcomes if outcome.findings]
    assert sum(outcome.kills for outcome in outcomes) >= SEEDS, "there were fewer kills than this can say anything with"
    assert SEEDS < 20 or any(outcome.verdict.in_doubt for outcome in outcomes), "no write was cut"
