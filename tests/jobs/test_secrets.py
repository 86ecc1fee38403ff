"""What is masked in a job, and what masking would only blur."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.inventory.model import Device, LoginRefs, Reference
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


JUMP = Target(name="gate", hostname="192.0.2.9", username="operator", password=Secret("correct horse"))
IN_PLAIN_TEXT = Device(name="r2", hostname="192.0.2.2", login=LoginRefs(password=(Reference(kind="plain", value=Secret("operator")),)))


@pytest.mark.parametrize(
    ("devices", "first", "second"),
    [
        pytest.param(
            {},
            Target(name="r1", hostname="192.0.2.1", username="admin", jump=JUMP),
            Target(name="r2", hostname="192.0.2.2", username="nobody", password=Secret("operator")),
            id="the user of a jump host",
        ),
        pytest.param(
            {"r2": IN_PLAIN_TEXT},
            Target(name="r1", hostname="192.0.2.1", username="operator", password=Secret("correct horse")),
            Target(name="r2", hostname="192.0.2.2", username="nobody", password=Secret("operator")),
            id="a user that the environment named, and a password in plain text",
        ),
    ],
)
def test_it_is_not_looked_for_whoever_the_user_is(devices: dict[str, Device], first: Target, second: Target) -> None:
    plan = Plan(playbook="x.yaml", root=Path(), plays=(), devices=devices)
    assert all_secrets(plan, {"r1": first, "r2": second}, {}) == {Secret("correct horse")}
