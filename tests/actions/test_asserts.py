"""When `assert` fails a host, and what it says."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.actions.asserts import Assert, AssertArguments
from runner.arguments import expression_fields
from tests.actions.fakes import Context

VARIABLES = {"count": 2, "state": "FULL"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param({"that": "count == 2"}, "", id="holds"),
        pytest.param({"that": True}, "", id="true"),
        pytest.param({"that": False}, "'false' is false", id="false"),
        pytest.param({"that": ["count == 2", "state == 'FULL'"]}, "", id="all hold"),
        pytest.param({"that": ["count == 2", "count > 2", "state == 'DOWN'"]}, "'count > 2' is false", id="the first false one"),
        pytest.param({"that": "count > 2", "fail_msg": "too few"}, "too few ('count > 2' is false)", id="fail_msg"),
        pytest.param({"that": "count > 2", "msg": "too few"}, "too few ('count > 2' is false)", id="msg"),
        pytest.param({"that": "missing > 2"}, "'missing > 2' cannot be decided: 'missing' is undefined", id="undefined"),
    ],
)
def test_the_reason_names_the_expression(value: Any, reason: str) -> None:
    action = Assert()
    result = action.run(AssertArguments.model_validate(value), Context(variables=VARIABLES))
    assert result.reason == reason
    assert result.failed == bool(reason)


@pytest.mark.parametrize(("that", "shown"), [("count == 2", [("well", "")]), ("count == 3", [])], ids=["holds", "does not"])
def test_success_is_told_only_when_it_is_one(that: str, shown: list[tuple[str, str]]) -> None:
    context = Context(variables=VARIABLES)
    action = Assert()
    action.run(AssertArguments.model_validate({"that": that, "success_msg": "well"}), context)
    assert context.shown == shown


@pytest.mark.parametrize(
    "value",
    [{}, {"that": []}, {"that": ""}, {"that": "true", "msg": "a", "fail_msg": "b"}, {"that": "true", "message": "x"}, "true"],
    ids=["nothing", "empty list", "empty text", "two reasons", "unknown key", "bare text"],
)
def test_wrong_arguments_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Assert.arguments.model_validate(value)


def test_the_conditions_are_expressions() -> None:
    assert expression_fields(Assert.arguments) == {"that"}
