"""Every class of event becomes an object that its schema allows, with no secret in it, whatever a device sent."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from jsonschema import Draft7Validator

from runner.contracts import CommandResult
from runner.events import ConnectRetried, Event, HostConnected, HostHeldBack, LimitTripped, TextPrinted, Warned, WriteIntended
from runner.job import Wanted
from runner.job_events import ControlRequested, DeviceBusy, DoubtResolved, LinesTaken, RunInterrupted, RunResumed, WriteEnded
from runner.journal.event_json import event_classes, event_name, event_object, event_schema
from runner.journal.event_read import event_of
from runner.secret import MASK, Redactor, Secret, marker
from tests.journal import story

SCHEMA = event_schema()
PLACE: dict[str, Any] = {"host": "r1", "play": story.PLAY, "batch_number": 1}
EVENTS: list[Event] = [
    *story.audit(),
    story.host_started("r1"),
    story.handler_failed("r1"),
    story.play_started(["r1"], 1),
    ConnectRetried(**PLACE, attempt=1, phase="tcp", reason="refused", delay_seconds=1.23456),
    HostHeldBack(**PLACE, reason="3 logins refused"),
    WriteIntended(**PLACE, index=0, task="t", action="config", item={"a": (1, None)}, lines=2, digest="ab"),
    LimitTripped(play="p", batch_number=1, limit="max_failures", decision="stop", reason="3 > 2"),
    TextPrinted(host="r1", task="t", text="x", title=""),
    Warned(message="odd"),
    HostConnected(**PLACE, duration_seconds=0.1),
    ControlRequested(job_id="j", wanted=Wanted.PAUSE_AFTER_BATCH, by="ann@shell"),
    RunInterrupted(job_id="j", reason="the process is gone"),
    RunResumed(job_id="j", by="ann@shell", hosts=("r1",), changed=("host r1",)),
    LinesTaken(**PLACE, index=0, place=1, task="t", applied=3, total=5),
    WriteEnded(**PLACE, index=0, place=1, task="t", outcome="done", results=(CommandResult(command="c", output="o"),), facts={"a": 1}),
    DoubtResolved(**PLACE, index=0, place=0, task="t", verdict="done", how="verify", detail="seen"),
    DeviceBusy(**PLACE, holder="j2", decision="wait", reason="job j2 works on it"),
]


def valid(line: object) -> bool:
    return Draft7Validator(SCHEMA).is_valid(line)


def test_the_schema_is_one() -> None:
    Draft7Validator.check_schema(SCHEMA)
    assert len(SCHEMA["oneOf"]) == len(event_classes()) > 15


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_is_what_the_schema_says(event: Event) -> None:
    line = json.loads(json.dumps(event_object(event, str), allow_nan=False))
    Draft7Validator(SCHEMA).validate(line)
    told = {field.name for field in fields(event) if not field.metadata.get("stored_only")}
    assert set(line) == {"event", *told} == set(SCHEMA["definitions"][line["event"]]["properties"])
    assert [*line][:2] == ["event", "at"] and line["at"].endswith("Z")


def test_the_store_keeps_more_than_programs_are_told() -> None:
    """What goes on after a crash needs results of a write at once, which programs find in the end of the task."""
    event = EVENTS[-3]
    assert isinstance(event, WriteEnded) and "results" not in event_object(event, str)
    assert event_of(event_object(event, str, exact=True)) == event


def test_the_schema_can_say_no() -> None:
    line = event_object(Warned(message="odd"), str)
    assert valid(line)
    assert not valid({**line, "event": "warmed"})
    assert not valid({**line, "message": 3})
    assert not valid({name: value for name, value in line.items() if name != "hint"})


def test_results_are_as_in_the_document_and_hold_any_text() -> None:
    """Bytes that are no UTF-8, control characters, numbers that JSON does not know."""
    result = CommandResult(command="show clock", output="a\udcff\x1b[31m\n", parsed=[float("nan")], duration_seconds=0.123456)
    line = event_object(story.task("r1", results=(result,)), str)
    assert line["results"] == [{"command": "show clock", "output": "a\ufffd\x1b[31m\n", "parsed": [None], "duration_seconds": 0.123}]
    assert json.loads(json.dumps(line)) == line and valid(line)


def test_f65_secrets_are_masked_in_every_text_and_names_stay() -> None:
    redact = Redactor([Secret("r1-canary"), Secret("failed")])
    note = marker("0" * 16, "community")
    result = CommandResult(command="c r1-canary", output="o r1-canary", parsed={"r1-canary": "r1-canary"}, item="r1-canary")
    event = story.task("r1-canary", "failed", results=(result,), reason=f"r1-canary {note}", hint="r1-canary", diff="+ r1-canary")
    line = event_object(event, redact)
    assert (line["host"], line["status"]) == ("r1-canary", "failed")
    text = json.dumps({name: value for name, value in line.items() if name not in ("host", "status")})
    assert "canary" not in text and "\ue000" not in text and "ue000" not in text and MASK in line["reason"]
    intent = event_object(WriteIntended(**PLACE, index=0, task="t r1-canary", action="config", item={"k": "r1-canary"}), redact)
    assert "canary" not in json.dumps(intent)


def test_names_of_events() -> None:
    assert event_name(WriteIntended) == "write_intended"


def test_every_class_was_tried() -> None:
    assert {type(event) for event in EVENTS} == set(event_classes())
