"""What `debug` shows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.actions.debug import Debug, DebugArguments
from runner.arguments import expression_fields
from tests.actions.fakes import Context

VARIABLES = {"neighbours": [{"id": "10.0.0.1"}], "text": "{{ 7*7 }}"}


@pytest.mark.parametrize(
    ("value", "text", "title"),
    [
        pytest.param("hello", "hello", "", id="bare text"),
        pytest.param({"msg": "hello"}, "hello", "", id="msg"),
        pytest.param({"msg": ["a", "ü"]}, '[\n  "a",\n  "ü"\n]', "", id="a list"),
        pytest.param(["a"], '[\n  "a"\n]', "", id="bare list"),
        pytest.param({"msg": None}, "null", "", id="null"),
        pytest.param({"var": "neighbours[0].id"}, "10.0.0.1", "neighbours[0].id", id="expression"),
        pytest.param({"var": "neighbours | length"}, "1", "neighbours | length", id="number"),
        pytest.param({"var": "text"}, "{{ 7*7 }}", "text", id="f72 a value is never rendered"),
    ],
)
def test_shows_it_and_keeps_it_as_output(value: Any, text: str, title: str) -> None:
    context = Context(variables=VARIABLES)
    action = Debug()
    result = action.run(DebugArguments.model_validate(value), context)
    assert context.shown == [(text, title)]
    assert [(entry.command, entry.output) for entry in result.results] == [("", text)]
    assert not result.failed


def test_an_undefined_variable_fails_the_task() -> None:
    context = Context()
    action = Debug()
    result = action.run(DebugArguments.model_validate({"var": "neighbors"}), context)
    assert result.failed
    assert result.reason == "'neighbors' cannot be shown: 'neighbors' is undefined"
    assert result.hint == "define it"
    assert context.shown == []


@pytest.mark.parametrize("value", [{}, {"msg": "x", "var": "y"}, {"message": "x"}], ids=["nothing", "both", "unknown key"])
def test_wrong_arguments_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Debug.arguments.model_validate(value)


def test_only_var_is_an_expression() -> None:
    assert expression_fields(Debug.arguments) == {"var"}
