"""The JUnit XML of a run told as a story: which case is what, unique names, and any text a device can send."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Sequence
from typing import Any
from xml.etree.ElementTree import Element

import pytest

from runner.contracts import CommandResult
from runner.events import Event, HostHeldBack, PlayStarted
from runner.journal.record import JobRecord
from runner.reporters.junit import junit
from runner.secret import MASK, Redactor, Secret
from runner.states import JobStatus
from tests.journal import story

TASKS = ("Neighbours", "Save")
PLAY = PlayStarted(play=story.PLAY, hosts=("r1",), tasks=TASKS, first_batch=1, batches=1)


def made(events: Sequence[Event], *batches: tuple[str, ...], redact: Any = str) -> Element:
    """The document of a run with these batches."""
    record = story.record_of(*(batches or (("r1",),)), redact=redact)
    story.told(record, [story.run_started(1, 1), *events])
    plays = [event for event in events if isinstance(event, PlayStarted)]
    root = ElementTree.fromstring(junit(record, plays, redact))  # noqa: S314  # ours
    record.close()
    return root


def outcome(case: Element) -> tuple[str, str]:
    """Name, and `ok` or the kind and type of what happened."""
    for kind in ("error", "failure", "skipped"):
        if (found := case.find(kind)) is not None:
            return case.attrib["name"], " ".join([kind, found.get("type", "")]).strip()
    return case.attrib["name"], "ok"


def cases(*events: Event) -> list[tuple[str, str]]:
    return [outcome(case) for case in made([PLAY, story.batch_started(1, 1, ("r1",)), *events]).iter("testcase")]


STARTED = story.host_started("r1")
ROWS: dict[str, tuple[list[Event], list[tuple[str, str]]]] = {
    "ok": (
        [STARTED, story.task("r1"), story.task("r1", "changed", index=1, name="Save"), story.host_finished("r1", "changed")],
        [("Neighbours", "ok"), ("Save", "ok")],
    ),
    "failed": (
        [STARTED, story.task("r1", "failed", reason="no"), story.host_finished("r1", "failed", task="Neighbours")],
        [("Neighbours", "failure failed"), ("Save", "skipped")],
    ),
    "in doubt": (
        [STARTED, story.task("r1", "in_doubt", reason="cut"), story.host_finished("r1", "in_doubt", task="Neighbours")],
        [("Neighbours", "failure in_doubt"), ("Save", "skipped")],
    ),
    "ignored": (
        [STARTED, story.task("r1", "failed", ignored=True, reason="no"), story.task("r1", index=1), story.host_finished("r1")],
        [("Neighbours", "ok"), ("Neighbours (2)", "ok")],
    ),
    "unreachable": (
        [STARTED, story.host_finished("r1", "unreachable", phase="tcp", reason="refused")],
        [("session", "error unreachable"), ("Neighbours", "skipped"), ("Save", "skipped")],
    ),
    "lost between tasks": (
        [STARTED, story.task("r1"), story.host_finished("r1", "failed", phase="command", reason="lost")],
        [("session", "failure failed"), ("Neighbours", "ok"), ("Save", "skipped")],
    ),
    "in doubt after a task that was ignored": (
        [STARTED, story.task("r1", "failed", ignored=True), story.host_finished("r1", "in_doubt", reason="out of step")],
        [("session", "failure in_doubt"), ("Neighbours", "ok"), ("Save", "skipped")],
    ),
    "skipped": (
        [STARTED, story.task("r1", "skipped"), story.task("r1", index=1), story.host_finished("r1")],
        [("Neighbours", "skipped"), ("Neighbours (2)", "ok")],
    ),
    "stopped": (
        [STARTED, story.task("r1", "stopped"), story.host_finished("r1", "stopped"), story.run_finished(7, status=JobStatus.STOPPED)],
        [("Neighbours", "skipped"), ("Save", "skipped")],
    ),
    "not started": ([], [("Neighbours", "skipped"), ("Save", "skipped")]),
    "held back": (
        [HostHeldBack(host="r1", play=story.PLAY, batch_number=1, reason="3 logins refused")],
        [("Neighbours", "skipped"), ("Save", "skipped")],
    ),
    "a result handler failed": (
        [STARTED, story.task("r1"), story.handler_failed("r1"), story.task("r1", index=1), story.host_finished("r1")],
        [("Neighbours", "ok"), ("Neighbours (2)", "ok"), ("Neighbours: save (show ip ospf neighbor)", "error result_handler")],
    ),
}


@pytest.mark.parametrize(("events", "expected"), ROWS.values(), ids=ROWS)
def test_what_a_host_came_to(events: list[Event], expected: list[tuple[str, str]]) -> None:
    assert sorted(cases(*events)) == sorted(expected)


def test_the_whole_audit() -> None:
    """25 hosts of which one is unreachable: a suite, and numbers that add up."""
    root = made([story.play_started(story.names(1, 25), 3), *story.audit()[1:]], *story.BATCHES)
    [suite] = root.findall("testsuite")
    assert suite.attrib["name"] == story.PLAY
    for element in (root, suite):
        assert [element.attrib[name] for name in ("tests", "errors", "failures", "skipped")] == ["26", "1", "0", "1"]
    assert Counter(case.attrib["classname"] for case in suite.iter("testcase"))["r7"] == 2
    [error] = suite.iter("error")
    assert "connection refused" in error.attrib["message"] and "is SSH enabled" in (error.text or "")
    batches = [each.attrib["value"] for case in suite.iter("testcase") for each in case.iter("property") if each.attrib["name"] == "batch"]
    assert (batches[0], batches[-1]) == ("1", "3")


def test_plays_are_suites_and_one_that_never_began_is_there() -> None:
    record = JobRecord.of_plan("j1", "x.yaml", 1, [(1, "A", 1, ("r1",)), (2, "B", 1, ("r1",))], ["r1"])
    began = PlayStarted(play="A", hosts=("r1",), tasks=("t",), first_batch=1, batches=1)
    story.told(
        record, [began, story.host_started("r1", play="A"), story.task("r1", play="A", name="t"), story.host_finished("r1", play="A")]
    )
    root = ElementTree.fromstring(junit(record, [began], str))  # noqa: S314  # ours
    found = {suite.attrib["name"]: [outcome(case) for case in suite.iter("testcase")] for suite in root}
    assert found == {"A": [("A: t", "ok")], "B": [("B: not started", "skipped")]}


def test_f79_texts_that_xml_does_not_know_and_secrets() -> None:
    nasty = "a\x00\x1b[31m\x0b\ufffe\uffff\udcff]]>&<\u202e canary-secret\r\n"
    result = CommandResult(command="show canary-secret", output=nasty)
    events = [
        PLAY,
        STARTED,
        story.task("r1", "failed", results=(result,), reason=nasty, hint=nasty, name=nasty),
        story.handler_failed("r1", nasty),
        story.host_finished("r1", "failed", task="x", reason=nasty),
    ]
    root = made(events, redact=Redactor([Secret("canary-secret")]))
    text = ElementTree.tostring(root, encoding="unicode")
    assert "canary" not in text and MASK in text
    [failure] = root.iter("failure")
    assert "\\x00\\x1b[31m" in failure.attrib["message"] and "]]>&<" in failure.attrib["message"] and "\\xff" in failure.attrib["message"]
    [output] = root.iter("system-out")
    assert "show ******" in (output.text or "")


def test_a_long_output_is_cut_from_its_beginning() -> None:
    result = CommandResult(command="show tech", output="x" * 100_000 + "the end")
    root = made([PLAY, STARTED, story.task("r1", "failed", results=(result,)), story.host_finished("r1", "failed")])
    [output] = root.iter("system-out")
    assert len(output.text or "") == 20_000 and (output.text or "").endswith("the end")
