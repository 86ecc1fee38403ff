"""What `set_fact` gives a host, and which names it refuses."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from runner.abilities import DefinesFacts
from runner.actions.facts import SetFact, SetFactArguments
from tests.actions.fakes import Context


def test_values_become_facts_with_their_types() -> None:
    action = SetFact()
    result = action.run(SetFactArguments.model_validate({"uplinks": ["Gi0/1"], "count": 2}), Context(item="x"))
    assert result.facts == {"uplinks": ["Gi0/1"], "count": 2}
    assert not result.failed
    assert [entry.item for entry in result.results] == ["x"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        pytest.param({"up-links": 1}, "cannot be the name of a variable", id="dash"),
        pytest.param({"2nd": 1}, "cannot be the name of a variable", id="digit first"),
        pytest.param({"if": 1}, "cannot be the name of a variable", id="keyword"),
        pytest.param({"": 1}, "cannot be the name of a variable", id="empty"),
        *(
            pytest.param({name: 1}, "the runner sets it itself", id=name)
            for name in ("host", "item", "command", "output", "parsed", "groups", "group_names", "inventory_hostname", "vars")
        ),
        pytest.param({}, "names no variable", id="nothing"),
        pytest.param("x=1", "valid dictionary", id="text"),
    ],
)
def test_odd_names_are_refused(value: Any, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        SetFact.arguments.model_validate(value)


@pytest.mark.parametrize(
    ("raw", "names"),
    [
        pytest.param({"a": "{{ x }}", "b": 1}, {"a", "b"}, id="mapping"),
        pytest.param("{{ x }}", set(), id="template"),
        pytest.param(None, set(), id="nothing"),
        pytest.param({1: 2}, set(), id="no text"),
    ],
)
def test_planning_can_ask_for_the_names(raw: Any, names: set[str]) -> None:
    action = SetFact()
    assert isinstance(action, DefinesFacts)
    assert set(action.defines(raw)) == names
