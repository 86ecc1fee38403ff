"""When `pause` waits, when it asks, and which answers end the run."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.actions.pause import Pause, PauseArguments
from runner.errors import RunnerError, Stopped
from tests.actions.fakes import Context


def run(value: Any, context: Context) -> Any:
    action = Pause()
    return action.run(PauseArguments.model_validate(value), context)


@pytest.mark.parametrize(
    ("value", "waited", "shown"),
    [
        pytest.param({"seconds": 30}, 30, "waiting 30 s", id="seconds"),
        pytest.param({"seconds": 0.5}, 0.5, "waiting 0.5 s", id="half a second"),
        pytest.param({"minutes": 2, "prompt": "OSPF settles"}, 120, "OSPF settles: waiting 2 min", id="minutes"),
        pytest.param({"minutes": 1.5}, 90, "waiting 1 min 30 s", id="a minute and a half"),
    ],
)
def test_it_waits_and_says_how_long(value: Any, waited: float, shown: str) -> None:
    context = Context()
    result = run(value, context)
    assert (context.waited, context.shown) == ([waited], [(shown, "")])
    assert not result.failed and not result.changed


@pytest.mark.parametrize("answer", ["", "yes", " go on "], ids=["Enter", "yes", "text"])
def test_it_asks_and_keeps_the_answer(answer: str) -> None:
    result = run({"prompt": "Is it up?"}, Context(answers=[answer]))
    assert [entry.output for entry in result.results] == [answer.strip()]


@pytest.mark.parametrize("answer", ["stop", "abort", "no", "N", "quit", " Stop "])
def test_these_answers_end_the_run(answer: str) -> None:
    with pytest.raises(Stopped, match=f"answered '{answer.strip()}'"):
        run({}, Context(answers=[answer]))


def test_where_nobody_can_be_asked_it_says_so() -> None:
    with pytest.raises(RunnerError):
        run({}, Context())


@pytest.mark.parametrize(("value", "asks"), [({}, True), ("Go?", True), ({"prompt": "x", "seconds": 1}, False), ({"minutes": 1}, False)])
def test_planning_can_know_whether_it_asks(value: Any, asks: bool) -> None:
    action = Pause()
    assert action.asks(PauseArguments.model_validate(value)) is asks


@pytest.mark.parametrize("value", [{"seconds": 0}, {"seconds": 1, "minutes": 1}, {"seconds": "inf"}, {"hours": 1}, 5])
def test_wrong_arguments_are_refused(value: Any) -> None:
    with pytest.raises(ValidationError):
        Pause.arguments.model_validate(value)
