"""What is masked in a job, and what masking would only blur."""

from __future__ import annotations

from pathlib import Path

from runner.jobs.secrets import all_secrets
from runner.planning.plan import Plan
from runner.secret import Secret
from runner.target import Target


def test_a_password_that_is_the_name_of_some_user_is_not_looked_for() -> None:
    plan = Plan(playbook="x.yaml", root=Path(), plays=(), devices={})
    targets = {
        "r1": Target(name="r1", hostname="192.0.2.1", username="admin", password=Secret("correct horse")),
        "r2": Target(name="r2", hostname="192.0.2.2", username="nobody", password=Secret("admin"), secret=Secret("enable me")),
    }
    assert all_secrets(plan, targets, {"r1": {"marker": Secret("community")}}) == {
        Secret("correct horse"),
        Secret("enable me"),
        Secret("community"),
    }
