"""What `print` shows."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.results.show import Print, PrintArguments
from tests.results.fakes import Context


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param({}, "{{ 7*7 }}\x1b[2J", id="f72 the output as it came"),
        pytest.param({"what": "output"}, "{{ 7*7 }}\x1b[2J", id="output"),
        pytest.param({"what": "parsed"}, '[\n  "ü"\n]', id="parsed"),
        pytest.param("hello", "hello", id="text"),
        pytest.param({"msg": "hello"}, "hello", id="msg"),
        pytest.param({"msg": {"a": 1}}, '{\n  "a": 1\n}', id="value"),
        pytest.param(["a"], '[\n  "a"\n]', id="bare value"),
    ],
)
def test_shows_it_under_the_command(value: Any, text: str) -> None:
    context = Context(output="{{ 7*7 }}\x1b[2J", parsed=["ü"])
    Print().handle(PrintArguments.model_validate(value), context)
    assert context.shown == [(text, "show version")]


@pytest.mark.parametrize(
    "value", [{"what": "everything"}, {"msg": "a", "what": "output"}, {"message": "a"}], ids=["what", "both", "unknown key"]
)
def test_wrong_arguments_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        PrintArguments.model_validate(value)
