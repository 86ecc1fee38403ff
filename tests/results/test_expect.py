"""When `expect` fails a host, and what it says."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.arguments import expression_fields
from runner.contracts import Refused
from runner.results.expect import Expect, ExpectArguments
from tests.results.fakes import Context

OUTPUT = "r1 uptime is 3 weeks\nGi1 up\nGi2 down\nAS 65001"


def expect(value: Any, output: str = OUTPUT, **context: Any) -> None:
    Expect().handle(ExpectArguments.model_validate(value), Context(output=output, **context))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"contains": "Gi1 up"}, id="contains"),
        pytest.param({"contains": ["Gi1", "Gi2"]}, id="contains all"),
        pytest.param({"contains": 65001}, id="contains a number"),
        pytest.param({"contains": [65001, "AS"]}, id="contains numbers and texts"),
        pytest.param({"not_contains": "Gi3"}, id="not_contains"),
        pytest.param({"matches": r"^Gi\d up$"}, id="matches a line"),
        pytest.param({"matches": [r"^r1 ", r"\d+ weeks$"]}, id="matches all"),
        pytest.param({"that": "parsed | length == 2"}, id="that"),
        pytest.param({"that": ["command == 'show version'", "'up' in output", "host.name == 'r1'"]}, id="that all"),
        pytest.param({"that": True, "contains": "AS", "matches": "AS", "not_contains": "x" * 9}, id="everything"),
    ],
)
def test_what_holds_passes(value: Any) -> None:
    expect(value, parsed=[1, 2])


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        pytest.param(
            {"contains": "Gi3"},
            "output of 'show version' does not contain 'Gi3'; it has 4 lines, the first is 'r1 uptime is 3 weeks'",
            id="contains",
        ),
        pytest.param(
            {"contains": ["Gi1", "gi2"]},
            "output of 'show version' does not contain 'gi2'; it has 4 lines, the first is 'r1 uptime is 3 weeks'",
            id="case counts",
        ),
        pytest.param({"not_contains": ["Gi3", "down"]}, "output of 'show version' contains 'down': 'Gi2 down'", id="not_contains"),
        pytest.param(
            {"not_contains": "65001"}, "output of 'show version' contains '65001': 'AS 65001'", id="not_contains in the last line"
        ),
        pytest.param(
            {"matches": "^up"},
            "nothing in the output of 'show version' matches '^up'; it has 4 lines, the first is 'r1 uptime is 3 weeks'",
            id="matches",
        ),
        pytest.param({"that": ["true", "parsed == 3"]}, "'parsed == 3' is false for the output of 'show version'", id="that"),
        pytest.param({"that": False}, "'false' is false for the output of 'show version'", id="false"),
        pytest.param({"contains": "Gi3", "message": "Gi3 is missing"}, "Gi3 is missing", id="message"),
    ],
)
def test_what_does_not_hold_is_refused_in_a_sentence(value: Any, reason: str) -> None:
    with pytest.raises(Refused) as caught:
        expect(value, parsed=4)
    assert str(caught.value) == reason


@pytest.mark.parametrize(
    ("output", "words"), [("", "it is empty"), (" \n", "it is empty"), ("one\n", "it is 'one'")], ids=["empty", "blank", "one line"]
)
def test_what_was_seen_is_told(output: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        expect({"contains": "x"}, output)


def test_f70_f71_device_text_in_the_reason_is_one_harmless_line() -> None:
    with pytest.raises(Refused) as caught:
        expect({"not_contains": "bad"}, "ok\n\x1b]0;title\x07bad \u202e line\udcff\n" + "x" * 500)
    assert str(caught.value) == r"output of 'show version' contains 'bad': '\x1b]0;title\x07bad \u202e line\udcff'"
    with pytest.raises(Refused) as caught:
        expect({"contains": "a\nb"}, "y" * 500)
    assert r"'a\nb'" in str(caught.value)
    assert len(str(caught.value)) < 200


def test_f72_output_is_never_rendered() -> None:
    expect({"contains": "{{ 7*7 }}"}, "{{ 7*7 }}")
    with pytest.raises(Refused):
        expect({"contains": "49"}, "{{ 7*7 }}")


def test_what_cannot_be_decided_is_never_ok() -> None:
    with pytest.raises(Refused, match=r"nobody can say .* the output has 1000001 characters"):
        expect({"matches": "x"}, "x" * 1_000_001)
    with pytest.raises(Refused, match="'neighbours' is undefined"):
        expect({"that": "neighbours | length > 2"})
    expect({"contains": "xx"}, "x" * 1_000_001)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param({}, "has nothing to check", id="nothing"),
        pytest.param({"message": "x"}, "has nothing to check", id="only a message"),
        pytest.param({"contains": []}, "has nothing to check", id="empty list"),
        pytest.param({"contains": ""}, "an empty text, which is in every output", id="empty text"),
        pytest.param({"matches": "("}, "not a valid regular expression", id="broken pattern"),
        pytest.param({"contain": "x"}, "Extra inputs", id="unknown key"),
        pytest.param("Gi1", "valid dictionary", id="bare text"),
    ],
)
def test_wrong_arguments_are_refused(value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        ExpectArguments.model_validate(value)


def test_only_that_holds_expressions() -> None:
    assert expression_fields(ExpectArguments) == {"that"}


@pytest.mark.parametrize("arguments", [{"not_contains": "bad"}, {"contains": "good"}, {"that": "true"}], ids=str)
def test_f79_an_output_that_was_cut_is_never_as_expected(arguments: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="cut at the limit"):
        Expect().handle(ExpectArguments.model_validate(arguments), Context(output="good", truncated=True))
