"""An event comes back from its JSON as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest

from runner.events import Event, Warned
from runner.journal.event_json import event_object
from runner.journal.event_read import UnknownEvent, event_of
from tests.journal.test_event_json import EVENTS


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_there_and_back(event: Event) -> None:
    line = json.loads(json.dumps(event_object(event, str)))
    back = event_of(line)
    assert type(back) is type(event)
    assert event_object(back, str) == line


def test_fields_of_a_later_version_are_passed_over() -> None:
    assert event_of({**event_object(Warned(message="odd"), str), "colour": "red"}) == Warned(message="odd")


@pytest.mark.parametrize(
    "stored",
    [{}, {"event": "host_painted"}, {"event": "warned"}, {"event": "run_started", "at": "yesterday"}],
    ids=["no", "other", "less", "time"],
)
def test_what_is_no_event_is_said(stored: dict[str, Any]) -> None:
    with pytest.raises(UnknownEvent):
        event_of(stored)
